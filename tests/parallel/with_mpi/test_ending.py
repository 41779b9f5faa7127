"""However one worker ends, all of them end, and what is saved goes on."""
import glob
import json
import os
import random
import signal
import subprocess
import tempfile
import time
from unittest import TestCase

import theano
from blocks.serialization import load
from numpy.testing import assert_allclose

from tests.parallel.with_mpi import ending
from tests.parallel.with_mpi.running import run, start, wait_for

KILLS = 2
#: Seconds within which all workers must have ended.
SOON = 15


class EndingTestCase(TestCase):
    """A folder for each test, and what is in it."""

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = folder.name

    def path(self, name):
        return os.path.join(self.folder, name)

    def start(self, workers=2, **options):
        process = start(workers, 'ending', self.folder, json.dumps(options))
        self.addCleanup(process.stdout.close)
        return process

    def run_to_end(self, workers=2, folder=None, **options):
        """Train; what the workers have written in the end."""
        folder = folder or self.folder
        code, output = run(workers, 'ending', folder, json.dumps(options))
        self.assertEqual(code, 0, output)
        ends = []
        for rank in range(workers):
            with open(os.path.join(folder, f'end_{rank}.json')) as file:
                ends.append(json.load(file))
        for other in ends[1:]:
            self.assertEqual(other, ends[0])
        return ends[0]

    def state(self, rank):
        """Process and batches done of a worker; zeros before the first."""
        try:
            with open(self.path(f'worker_{rank}')) as file:
                process, batches = file.read().split()
        except (OSError, ValueError):
            return 0, 0
        return int(process), int(batches)

    def wait_for_batches(self, process, batches, rank=0):
        self.assertTrue(wait_for(
            lambda: self.state(rank)[1] >= batches
            or process.poll() is not None))
        if process.poll() is not None:
            self.fail('it has ended: ' + process.communicate()[0])

    def assert_ends(self, process):
        """Wait for its end; the output."""
        begin = time.monotonic()
        output, _ = process.communicate(timeout=60)
        self.assertLess(time.monotonic() - begin, SOON, output)
        # Forks of a worker bear its command, which has the folder.
        self.assertTrue(wait_for(lambda: not running(self.folder), 5),
                        (running(self.folder), output))
        return output

    def checkpoint(self):
        with open(self.path('checkpoint.tar'), 'rb') as file:
            return load(file)


def running(argument):
    """The processes that have a word in their command, except this one."""
    found = subprocess.run(['ps', '-A', '-o', 'pid=,stat=,args='],
                           stdout=subprocess.PIPE, text=True, check=True)
    lines = [line.split(None, 2) for line in found.stdout.splitlines()]
    return [args for number, state, args in lines if argument in args
            and int(number) != os.getpid() and not state.startswith('Z')]


class TestSignals(EndingTestCase):

    def test_signals(self):
        """To mpiexec or one worker: all end after the same batch, saved."""
        for number, to_worker in [(signal.SIGINT, False),
                                  (signal.SIGTERM, False),
                                  (signal.SIGTERM, True)]:
            with self.subTest(signal=number, to_worker=to_worker):
                self.setUp()
                process = self.start(epochs=1000, pause=.002)
                self.wait_for_batches(process, 5, rank=1)
                target = self.state(1)[0] if to_worker else process.pid
                self.assertGreater(target, 1)
                os.kill(target, number)
                output = self.assert_ends(process)
                self.assertEqual(process.returncode, 0, output)
                with open(self.path('end_0.json')) as first, \
                        open(self.path('end_1.json')) as second:
                    first, second = json.load(first), json.load(second)
                self.assertEqual(first, second)
                saved = self.checkpoint()
                self.assertEqual(saved.status['iterations_done'],
                                 first['batches'])
                self.assertEqual(output.count('training will end'), 1,
                                 output)


class TestErrors(EndingTestCase):

    def run_alone(self, folder, **options):
        """Train in this process; what it has written in the end."""
        self.addCleanup(setattr, theano.config, 'floatX',
                        theano.config.floatX)
        ending.main(folder, **options)
        with open(os.path.join(folder, 'end_0.json')) as file:
            return json.load(file)

    def test_one_fails(self):
        """Its traceback is shown, once; what was saved goes on.

        With any number of workers, amid an epoch.

        """
        with tempfile.TemporaryDirectory() as folder:
            right = self.run_alone(folder, epochs=3)
        # Beyond the last regular checkpoints, at batches 6 and 18. What the
        # first worker saves when another one fails is whole: no batch that
        # it has read is lost.
        for workers, batch in [(2, 8), (3, 20)]:
            process = self.start(workers, epochs=3, fail=[1, batch])
            output = self.assert_ends(process)
            self.assertEqual(process.returncode, 1)
            self.assertIn(f'Worker 1 of {workers} failed', output)
            if batch == 8:  # later, the log that is printed has it, too
                self.assertEqual(output.count('Traceback'), 1, output)
            self.assertEqual(output.count('ValueError: broken on purpose'), 1)
            self.assertEqual(self.checkpoint().status['iterations_done'],
                             batch, output)
            self.assertFalse(os.path.exists(self.path('end_0.json')))
        found = self.run_alone(self.folder)
        self.assertEqual(found['batches'], right['batches'])
        assert_allclose(found['weights'], right['weights'], rtol=0,
                        atol=1e-10)


class TestFinishing(EndingTestCase):
    """What differs from worker to worker may say when training ends."""

    def test_one_wants_to_finish(self):
        for when, finish, batches in [
                ('after a batch', [1, 'batch', 7, 'row'], 7),
                ('after an epoch', [0, 'epoch', 2, 'row'], 24)]:
            with self.subTest(when):
                self.setUp()
                end = self.run_to_end(epochs=1000, finish=finish)
                self.assertEqual(end['batches'], batches)

    def test_one_goes(self):
        """The others cannot know; they end instead of waiting for it."""
        process = self.start(epochs=1000, finish=[1, 'batch', 7, 'raise'])
        output = self.assert_ends(process)
        self.assertEqual(process.returncode, 1, output)
        self.assertIn('worker 1 has ended training', output)
        self.assertIn('Worker 0 of 2 failed', output)
        self.assertEqual(output.count('Traceback'), 1, output)


class TestKills(EndingTestCase):

    def test_kills(self):
        """Killed at random and resumed, it ends as without; to the bit.

        Each worker reads ahead, in another process, which ends, too.

        """
        options = {'epochs': 12, 'noise': True, 'ahead': 2}
        with tempfile.TemporaryDirectory() as folder:
            right = self.run_to_end(folder=folder, **options)
        rng = random.Random(1)
        for kill in range(KILLS):
            with self.subTest(kill=kill):
                for path in glob.glob(self.path('worker_*')):
                    os.remove(path)
                rank = rng.randrange(2)
                process = self.start(pause=.004, **options)
                self.wait_for_batches(process, 1, rank)
                # So many batches, not seconds: the machine may be slow.
                self.wait_for_batches(
                    process, self.state(rank)[1] + rng.randrange(7, 16), rank)
                time.sleep(rng.uniform(0, .02))
                worker = self.state(rank)[0]
                self.assertGreater(worker, 1)
                os.kill(worker, signal.SIGKILL)
                output = self.assert_ends(process)
                self.assertNotEqual(process.returncode, 0, output)
        self.assertGreater(self.checkpoint().status['iterations_done'], 10)
        self.assertEqual(self.run_to_end(**options), right)
