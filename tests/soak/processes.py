"""Kill and resume training runs that read ahead, and race for one file.

A run has a MultiProcessing stream, a log in SQLite and a checkpoint at every
other batch. It is killed at random and resumed until it is done. Its
parameters, the state of the step rule, the log and the rest of the epoch must
then equal, bit for bit, those of an uninterrupted run. No process may be left
after a kill, and no file after a save.

"""
import glob
import os
import pickle
import random
import signal
import subprocess
import sys
import tempfile
import time

import numpy
from blocks.extensions import SimpleExtension

BATCHES = 34  # ends within an epoch of five batches
FILES = {'checkpoint.tar', 'log.sqlite', 'result.pkl'}
WORDS = ('{} trainings killed {} times, which left {} half-written files and '
         '{} journals of SQLite: all the same bit for bit, no process and '
         'nothing else left; {} races for one file')
ROOT = os.path.abspath(__file__).rsplit(os.sep, 3)[0]
SCRIPT = 'from tests.soak import processes; processes.train({!r})'
RACE = 'from tests.soak import processes; processes.race({!r}, {})'


def add_one(data):
    """Add one; a mapping that takes time."""
    time.sleep(.005)
    return tuple(item + 1 for item in data)


def build():
    """Return the main loop of the training run."""
    from blocks.algorithms import Adam, GradientDescent
    from blocks.bricks import Linear
    from blocks.extensions import FinishAfter
    from blocks.extensions.monitoring import TrainingDataMonitoring
    from blocks.extensions.saveload import Checkpoint
    from blocks.initialization import IsotropicGaussian
    from blocks.log import SQLiteLog
    from blocks.main_loop import MainLoop
    from blocks.model import Model
    from fuel.datasets import IndexableDataset
    from fuel.schemes import ShuffledScheme
    from fuel.streams import DataStream
    from fuel.transformers import Mapping, MultiProcessing
    from theano import tensor
    linear = Linear(3, 2, weights_init=IsotropicGaussian(.1),
                    biases_init=IsotropicGaussian(.1), seed=1)
    linear.initialize()
    cost = (linear.apply(tensor.matrix('x')) ** 2).mean()
    cost.name = 'cost'
    data = numpy.random.RandomState(2).normal(size=(40, 3))
    stream = MultiProcessing(Mapping(DataStream(
        IndexableDataset({'x': data}),
        iteration_scheme=ShuffledScheme(40, 8)), add_one), max_store=4)
    return MainLoop(
        GradientDescent(cost=cost, parameters=linear.parameters,
                        step_rule=Adam(.01)), stream, model=Model(cost),
        log=SQLiteLog('log.sqlite'), extensions=[
            FinishAfter(after_n_batches=BATCHES),
            TrainingDataMonitoring([cost], after_batch=True),
            Checkpoint('checkpoint.tar', every_n_batches=2,
                       after_training=False),
            CheckFolder(every_n_batches=2)])


class CheckFolder(SimpleExtension):
    """Checks the folder when a checkpoint has just been saved there."""

    def do(self, which_callback, *arguments):
        check_folder('.')


def check_folder(folder):
    """Raise an error if a file does not belong in a folder."""
    left = set(os.listdir(folder)) - FILES
    # The next access of the log removes the journal of a killed write.
    assert not left, f'left in the folder: {sorted(left)}'


def state(main_loop):
    """Return the whole result of a run, for an exact comparison.

    Kills after the last checkpoint decide whether its end is in the log, so
    this record is omitted.

    """
    log = main_loop.log
    return {
        'parameters': {name: value.tobytes() for name, value
                       in main_loop.model.get_parameter_values().items()},
        'step rule': [variable.get_value().tobytes()
                      for variable, _ in main_loop.algorithm.updates],
        'log': {time_: {name: (numpy.asarray(value).tobytes()
                               if name == 'cost' else value)
                        for name, value in log[time_].items()
                        if name != 'training_finished'}
                for time_ in sorted(log)},
        'status': {name: log.status[name] for name in
                   ('iterations_done', 'epochs_done', '_epoch_ends')},
        'next': [[array.tobytes() for array in batch.values()]
                 for batch in main_loop.epoch_iterator]}


def train(folder):
    """Start or resume training in a folder and write the result."""
    os.chdir(folder)
    from blocks.serialization import load
    if os.path.exists('checkpoint.tar'):
        with open('checkpoint.tar', 'rb') as file:
            main_loop = load(file)
    else:
        main_loop = build()
    # If a kill followed the last checkpoint, run() would train too long.
    if main_loop.status['iterations_done'] < BATCHES:
        main_loop.run()
    result = state(main_loop)
    main_loop.data_stream.close()
    with open('result.pkl', 'wb') as file:
        pickle.dump(result, file)


def start(code):
    """Run code in a process that leads its own group."""
    path = [ROOT, os.path.join(ROOT, 'compat'),
            os.environ.get('PYTHONPATH', '')]
    return subprocess.Popen(
        [sys.executable, '-c', code], cwd=ROOT, stderr=subprocess.PIPE,
        text=True, start_new_session=True, env=dict(
            os.environ, PYTHONPATH=os.pathsep.join(filter(None, path))))


def wait(process, seconds):
    """Wait for a process, which must succeed."""
    _, errors = process.communicate(timeout=seconds)
    assert process.returncode == 0, errors


def group_is_empty(leader):
    """Return whether no process of a group is left after at most 1.5 s."""
    for _ in range(30):
        if not any(members(leader)):
            return True
        time.sleep(.05)
    return False


def members(leader):
    """Yield the running processes of a group, without zombies."""
    for path in glob.glob('/proc/[0-9]*/stat'):
        try:
            with open(path) as file:
                state, _, group = file.read().rpartition(')')[2].split()[:3]
        except OSError:
            continue
        if int(group) == leader and state != 'Z':
            yield path


def result(folder):
    with open(os.path.join(folder, 'result.pkl'), 'rb') as file:
        return pickle.load(file)


def one_training(rng, expected, longest):
    """Kill a run until it has finished.

    Returns
    -------
    kills, litter, journals : int
        The numbers of kills, half-written files and journals that they left.
    took : float
        The duration of a run without kills, else infinity.

    """
    kills = litter = journals = 0
    began = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        while True:
            process = start(SCRIPT.format(folder))
            try:
                wait(process, rng.uniform(.2, .8) * longest)
                break
            except subprocess.TimeoutExpired:
                process.send_signal(signal.SIGKILL)
                process.communicate()
                assert group_is_empty(process.pid), 'a process was left'
                kills += 1
                left = set(os.listdir(folder)) - FILES
                journals += 'log.sqlite-journal' in left
                litter += len(left - {'log.sqlite-journal'})
                longest *= 1.05  # so that it finishes eventually
        assert group_is_empty(process.pid), 'a process was left'
        check_folder(folder)
        found = result(folder)
        for part, value in expected.items():
            assert found[part] == value, (
                f'after {kills} kills, {part} differs: '
                f'{found[part]} and not {value}')
        took = numpy.inf if kills else time.monotonic() - began
        return (kills, litter, journals), took


def race(path, number):
    """Save to a path that others also save to, and load the result."""
    import theano
    from blocks.serialization import load, load_parameters, secure_dump
    W = theano.shared(numpy.full(1000, float(number)), name='W')
    for _ in range(30):
        secure_dump({'by': number}, path, parameters=[W])
        with open(path, 'rb') as file:
            values = load_parameters(file)['W']
            assert (values == values[0]).all() and values.size == 1000
            assert load(file)['by'] == values[0]


def one_race():
    """Let four processes save to one file."""
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, 'checkpoint.tar')
        processes = [start(RACE.format(path, number)) for number in range(4)]
        try:
            for process in processes:
                wait(process, 300)
        finally:
            for process in processes:
                process.kill()
        left = glob.glob(os.path.join(folder, '.*'))
        assert not left, f'files left after a race: {left}'


def main(seconds, seed):
    """Run for some seconds, see :mod:`tests.soak`."""
    rng = random.Random(seed)
    end = time.monotonic() + seconds
    longest = numpy.inf
    for _ in range(2):  # the first may load slowly
        with tempfile.TemporaryDirectory() as folder:
            began = time.monotonic()
            wait(start(SCRIPT.format(folder)), 600)
            longest = min(longest, time.monotonic() - began)
            expected = result(folder)
    assert expected['status']['iterations_done'] == BATCHES, expected
    assert len(expected['log']) == BATCHES and expected['next'], expected
    counts, rounds = numpy.zeros(3, int), 0
    races = 0
    while rounds < 1 or time.monotonic() < end:
        killed, took = one_training(rng, expected, longest)
        counts += killed
        longest = min(longest, took)  # the first measurement may be slow
        if rounds % 5 == 0:
            one_race()
            races += 1
        rounds += 1
    return WORDS.format(rounds, *counts, races)
