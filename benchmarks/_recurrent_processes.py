"""The processes of ``recurrent_speed``, which take turns."""
import itertools
import json
import os
import subprocess
import sys
import time
from pathlib import Path

import numpy

HERE = Path(__file__).resolve().parent
PAUSE = .01  # seconds, so that spinning threads fall asleep

OURS = '_recurrent_bricks.bricks'
GENERATOR = '_recurrent_bricks.generator'


class Worker:
    """A process in which contenders run.

    Parameters
    ----------
    python : str
        Its interpreter.
    checkout : path, optional
        The checkout whose bricks it imports; by default the installed ones.
        **environment
            Additional environment variables.

    """

    def __init__(self, python=sys.executable, checkout=None, **environment):
        environment = dict(os.environ, PYTHONUNBUFFERED='1', **environment)
        if checkout is not None:
            environment['PYTHONPATH'] = os.pathsep.join(filter(None, [
                str(Path(checkout, 'compat')), str(checkout),
                environment.get('PYTHONPATH')]))
        self._process = subprocess.Popen(
            [python, str(HERE / '_recurrent_worker.py')], text=True,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=environment)

    def __call__(self, command, **arguments):
        """Run a command of ``_recurrent_worker.py`` in the process."""
        answer = ''
        try:
            self._process.stdin.write(json.dumps([command, arguments]) + '\n')
            self._process.stdin.flush()
            answer = self._process.stdout.readline()
        except BrokenPipeError:
            pass
        result, error = json.loads(answer or '[null, "the process has ended"]')
        if error is not None:
            sys.exit('recurrent_speed: {} failed at {} {}: {}'.format(
                self._process.args[0], command, arguments, error))
        return result

    def close(self):
        """Close the process."""
        self._process.stdin.close()
        self._process.wait()
        self._process.stdout.close()


class Contender:
    """A contender in a worker process; a context that frees it at the end.

    Parameters
    ----------
    worker : Worker
    function : str
        'module.function'.
    task : :class:`~benchmarks._recurrent_tasks.Task`

    """

    _names = itertools.count()

    def __init__(self, worker, function, task):
        self.worker = worker
        self.name = str(next(self._names))
        worker('make', name=self.name, contender=function,
               task=task._asdict())

    def __enter__(self):
        return self

    def __exit__(self, *error):
        self.worker('forget', name=self.name)

    def run(self, function, clock):
        """Return the seconds that a call takes."""
        return self.worker('run', name=self.name, function=function,
                           clock=clock)


class Bench:
    """The processes of a benchmark, which take turns.

    Parameters
    ----------
    seconds : float
        How long to repeat each comparison.
    pythons : dict
        Interpreters by name: 'torch', 'original'.
    against : path, optional
        Another checkout of this project.
    clock : str, optional
        The function of `time` to measure with.

    """

    def __init__(self, seconds, pythons, against=None, clock='perf_counter'):
        self.seconds, self.clock = seconds, clock
        self._pythons, self._against = pythons, against
        self._workers = {}

    def __enter__(self):
        return self

    def __exit__(self, *error):
        for worker in self._workers.values():
            worker.close()

    def worker(self, name, threads):
        """Return the process 'ours', 'torch', 'original' or 'against'."""
        if (name, threads) not in self._workers:
            self._workers[name, threads] = self.start(name, threads)
        return self._workers[name, threads]

    def start(self, name, threads, **environment):
        """Start another process of this name."""
        for variable in ('BLOCKS_RNN_THREADS', 'OMP_NUM_THREADS',
                         'OPENBLAS_NUM_THREADS', 'MKL_NUM_THREADS'):
            environment[variable] = str(threads)
        environment.setdefault('THEANO_FLAGS', ','.join(filter(None, [
            os.environ.get('THEANO_FLAGS'), 'floatX=float32'])))
        checkout = {'ours': HERE.parent, 'against': self._against}.get(name)
        if name == 'original':  # another stack with its own packages
            environment['PYTHONPATH'] = os.environ.get(
                'ORIGINAL_PYTHONPATH', '')
            environment['THEANO_FLAGS'] = os.environ.get(
                'ORIGINAL_THEANO_FLAGS', 'floatX=float32')
        return Worker(self._pythons.get(name, sys.executable), checkout,
                      **environment)

    def versions(self):
        """Return the versions of the libraries that the processes imported."""
        found = {}
        for worker in self._workers.values():
            found.update(worker('versions'))
        return ', '.join('{} {}'.format(*pair)
                         for pair in sorted(found.items()))

    def measure(self, contenders, function='train', threads=1, least=5,
                share=1.):
        """Time contenders in turn.

        Parameters
        ----------
        contenders : list of tuple
            The name of a process, the function that makes the contender, and
            its :class:`~benchmarks._recurrent_tasks.Task`.
        function : str
            The function of the contenders to call.
        threads, least : int
            The threads of each process; the minimal number of rounds.
        share : float, optional
            The share of the seconds of the benchmark.

        Returns
        -------
        numpy.ndarray, shape (rounds, len(contenders))
            Seconds.

        """
        made = [Contender(self.worker(name, threads), maker, task)
                for name, maker, task in contenders]
        try:
            return self.take_turns(made, function, least, share)
        finally:
            for contender in made:
                contender.__exit__()

    def take_turns(self, made, function='train', least=5, share=1.):
        """Time existing contenders in turn."""
        for contender in made + made:
            contender.run(function, self.clock)
        rounds = []
        end = time.perf_counter() + share * self.seconds
        while len(rounds) < least or (time.perf_counter() < end and
                                      len(rounds) < 200):
            rounds.append([])
            for contender in made:
                time.sleep(PAUSE)
                rounds[-1].append(contender.run(function, self.clock))
        return numpy.array(rounds)


def ratio(times, one=0, other=1):
    """Return the median ratio of two columns of times."""
    return float(numpy.median(times[:, one] / times[:, other]))


def milliseconds(times, one=0):
    """Return the median of a column of times as a cell of a table."""
    return '{:.1f}'.format(1e3 * numpy.median(times[:, one]))
