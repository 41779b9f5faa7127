"""Kill a training run at random moments, resume it, and compare its end.

``python -m tests.soak.kill_checkpoints [SECONDS [SEED]]`` repeatedly kills,
by SIGKILL, a training run that saves a checkpoint after each batch. In the end
its whole state must equal, bit for bit, that of an uninterrupted run, and no
half-written file may be left beside the checkpoint.

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
BATCHES = 62  # ends within an epoch of five batches


class Summary(TrainingExtension):
    """Writes the state of training when it ends."""

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
    """Return a main loop that depends only on the seeds in it."""
    loop = regression_loop(
        step_rule=CompositeRule([StepClipping(0.5), Adam(0.02)]))
    cost = loop.algorithm.cost
    loop.extensions += [
        TrainingDataMonitoring([cost], prefix='train', every_n_batches=3),
        # The training stream's data, monitored in the middle of an epoch.
        DataStreamMonitoring([cost], regression_stream(), prefix='valid',
                             every_n_batches=7),
        FinishAfter(after_n_batches=BATCHES), Summary(),
        Checkpoint(CHECKPOINT, after_batch=True, after_training=False)]
    return loop


def start(folder):
    """Start or resume training in another process; return its number."""
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
    """Wait for a process and kill it unless it ends in time."""
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
    """Raise an error unless the checkpoint is complete or missing."""
    path = os.path.join(folder, CHECKPOINT)
    if os.path.exists(path):
        with open(path, 'rb') as file:
            loop = load(file)
            parameters = load_parameters(file)
        for variable in loop.model.parameters:
            numpy.testing.assert_array_equal(parameters[variable.name],
                                             variable.get_value())


def final_state(folder):
    """Return the state at the end; no other file may be left."""
    left = sorted(os.listdir(folder))
    if left != [CHECKPOINT, STATE]:
        raise AssertionError(f'left in the folder: {left}')
    with open(os.path.join(folder, STATE), 'rb') as file:
        return pickle.load(file)


def train_with_kills(rng, whole_takes):
    """Train to the end with kills on the way.

    Returns
    -------
    state : dict
    kills : int
        The number of kills.
    litter : int
        The number of half-written files that they left.

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
    """Kill training runs until the time is over.

    Parameters
    ----------
    seconds : float, optional
        Duration. The last run is trained to its end.
    seed : int, optional
        Seed of the random moments.

    Returns
    -------
    str
        A summary of the rounds.

    Raises
    ------
    AssertionError
        If a run ends in another state or leaves a file behind.

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
                                     f'differs')
        trainings += 1
        kills += more_kills
        litter += more_litter
    return (f'{trainings} trainings killed {kills} times, which left '
            f'{litter} half-written files: all the same bit for bit, '
            f'nothing left behind')


if __name__ == '__main__':
    # Under the module's own name, so that pickles can be loaded.
    from tests.soak import kill_checkpoints
    print(kill_checkpoints.main(*map(float, sys.argv[1:])))
