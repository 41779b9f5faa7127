"""Kill a training at random moments, resume it, and look for differences.

``python -m tests.soak.kill_checkpoints [SECONDS [SEED]]`` kills with SIGKILL,
again and again, a training that saves a checkpoint after each batch. However
often it was killed, in the end all of its state must be, bit for bit, that of
a training that never was, and of all that was half written nothing must be
left beside the checkpoint.

"""
import os
import pickle
import random
import signal
import sys
import tempfile
import time
import traceback

import numpy
from blocks.algorithms import Adam, CompositeRule, StepClipping
from blocks.extensions import FinishAfter, TrainingExtension
from blocks.extensions.monitoring import (
    DataStreamMonitoring,
    TrainingDataMonitoring,
)
from blocks.extensions.saveload import Checkpoint
from blocks.serialization import continue_training, load, load_parameters

from tests.compat.blocks.training import regression_loop, regression_stream

CHECKPOINT, STATE = 'checkpoint.tar', 'state.pkl'
BATCHES = 62  # amid an epoch of five


class Summary(TrainingExtension):
    """Writes down the state of training when it ends."""

    def after_training(self):
        loop = self.main_loop
        state = {
            'shared': [variable.get_value().tobytes() for variable in
                       [*loop.model.parameters,
                        *(shared for shared, _ in loop.algorithm.updates)]],
            'log': {when: {name: numpy.asarray(value).tolist()
                           for name, value in row.items()}
                    for when, row in loop.log.items()},
            'epochs': loop.status['_epoch_ends'],
            'next': [{name: value.tolist() for name, value in batch.items()}
                     for batch in loop.epoch_iterator]}
        with open(STATE, 'wb') as file:
            pickle.dump(state, file)


def build():
    """A main loop that depends on the seeds in it alone."""
    loop = regression_loop(
        step_rule=CompositeRule([StepClipping(0.5), Adam(0.02)]))
    cost = loop.algorithm.cost
    loop.extensions += [
        TrainingDataMonitoring([cost], prefix='train', every_n_batches=3),
        # The stream that is trained on, in the middle of an epoch.
        DataStreamMonitoring([cost], regression_stream(), prefix='valid',
                             every_n_batches=7),
        FinishAfter(after_n_batches=BATCHES), Summary(),
        Checkpoint(CHECKPOINT, after_batch=True, after_training=False)]
    return loop


def start(folder):
    """Train, or go on, in another process; return its number."""
    number = os.fork()
    if number:
        return number
    try:
        os.chdir(folder)
        if os.path.exists(CHECKPOINT):
            continue_training(CHECKPOINT)
        else:
            build().run()
    except BaseException:
        traceback.print_exc()
        os._exit(1)
    os._exit(0)


def has_ended(number, seconds):
    """Wait for a process; kill it unless it ends in time."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        done, status = os.waitpid(number, os.WNOHANG)
        if done:
            if status:
                raise AssertionError(f'the training failed: {status}')
            return True
        time.sleep(0.001)
    os.kill(number, signal.SIGKILL)
    _, status = os.waitpid(number, 0)
    return status == 0


def check_checkpoint(folder):
    """Raise unless the checkpoint, if there is one, is a whole one."""
    path = os.path.join(folder, CHECKPOINT)
    if os.path.exists(path):
        with open(path, 'rb') as file:
            loop = load(file)
            parameters = load_parameters(file)
        for variable in loop.model.parameters:
            numpy.testing.assert_array_equal(parameters[variable.name],
                                             variable.get_value())


def final_state(folder):
    """The state at the end; nothing else must be left."""
    left = sorted(os.listdir(folder))
    if left != [CHECKPOINT, STATE]:
        raise AssertionError(f'left in the folder: {left}')
    with open(os.path.join(folder, STATE), 'rb') as file:
        return pickle.load(file)


def train_with_kills(rng, whole_takes):
    """Train to the end, killed on the way.

    Returns
    -------
    state : dict
    kills : int
        How often it was killed.
    litter : int
        How many half-written files that left on the way.

    """
    kills = litter = 0
    with tempfile.TemporaryDirectory() as folder:
        while not has_ended(start(folder), rng.uniform(0, whole_takes)):
            kills += 1
            litter += sum(name.endswith('.tmp')
                          for name in os.listdir(folder))
            check_checkpoint(folder)
        return final_state(folder), kills, litter


def main(seconds=60., seed=1):
    """Kill for some time.

    Parameters
    ----------
    seconds : float, optional
        How long. The training under way is brought to its end.
    seed : int, optional
        Of the moments.

    Returns
    -------
    str
        What was done.

    Raises
    ------
    AssertionError
        If a training came to another end, or left something behind.

    """
    rng = random.Random(seed)
    began = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        has_ended(start(folder), float('inf'))
        expected = final_state(folder)
    whole_takes = time.monotonic() - began
    if max(expected['log']) != BATCHES or not expected['next']:
        raise AssertionError('the training did not end where it should')
    trainings = kills = litter = 0
    while not trainings or time.monotonic() - began < seconds:
        state, more_kills, more_litter = train_with_kills(rng, whole_takes)
        for part, value in expected.items():
            if state[part] != value:
                raise AssertionError(f'killed {more_kills} times, {part} '
                                     f'came out different')
        trainings += 1
        kills += more_kills
        litter += more_litter
    return (f'{trainings} trainings killed {kills} times, which left '
            f'{litter} half-written files: all the same bit for bit, '
            f'nothing left behind')


if __name__ == '__main__':
    # Under its name, so that what is pickled can be found again.
    from tests.soak import kill_checkpoints
    print(kill_checkpoints.main(*map(float, sys.argv[1:])))
