"""Tests of streams' processes: signals and killed processes."""
import contextlib
import os
import signal
import subprocess
import sys
import tempfile
import time
from unittest import TestCase, mock

import numpy
from fuel.datasets import IterableDataset
from fuel.streams import DataStream
from fuel.transformers import Mapping, MultiProcessing
from fuel.utils.processes import end_process, start_process

ROOT = os.path.abspath(__file__).rsplit(os.sep, 4)[0]
# Starts a reading process, prints its number, then runs the given lines.
SCRIPT = '''
import multiprocessing, os, signal, sys, time
from blocks.interrupts import Interrupts
from fuel.datasets import IterableDataset
from fuel.streams import DataStream
from fuel.transformers import Mapping, MultiProcessing
from fuel.utils.parallel import producer_consumer

def deaf(data):
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    return data

def produce(socket):
    socket.send_pyobj(os.getpid())
    time.sleep(100)

def consume(socket):
    print(socket.recv_pyobj(), flush=True)
    time.sleep(100)

def begin(*mappings):
    stream = DataStream(IterableDataset(range(10 ** 6)))
    for mapping in mappings:
        stream = Mapping(stream, mapping)
    stream = MultiProcessing(stream, max_store=3)
    epoch = stream.get_epoch_iterator()
    assert next(epoch) == (0,)
    print(stream.proc.pid, flush=True)
    return stream, epoch

if __name__ == '__main__':
    %s
'''


def gone(pid):
    """Return whether a process ends within two seconds."""
    for _ in range(40):
        try:
            with open(f'/proc/{pid}/stat') as file:
                if file.read().rpartition(')')[2].split()[0] == 'Z':
                    return True
        except (FileNotFoundError, ProcessLookupError):
            return True
        time.sleep(.05)
    return False


class Scripts(TestCase):
    def start(self, *lines):
        """Run lines in a process; return it and the first number it prints."""
        path = [ROOT, os.path.join(ROOT, 'compat'),
                os.environ.get('PYTHONPATH', '')]
        process = subprocess.Popen(
            [sys.executable, self.script('\n    '.join(lines))],
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
            start_new_session=True, env=dict(
                os.environ, PYTHONPATH=os.pathsep.join(filter(None, path))))
        self.addCleanup(self.end, process)
        return process, int(process.stdout.readline() or 0)

    def script(self, lines):
        file = self.enterContext(tempfile.NamedTemporaryFile(
            'w', suffix='.py'))
        file.write(SCRIPT % lines)
        file.flush()
        return file.name

    @staticmethod
    def end(process):
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.communicate()

    def ends(self, process, code, words=''):
        """Check that a process ends soon by itself with this result."""
        start = time.monotonic()
        _, errors = process.communicate(timeout=20)
        self.assertLess(time.monotonic() - start, 3)
        self.assertEqual(process.returncode, code, errors)
        self.assertRegex(errors, f'(?s)^{words}$')
        return errors


class TestEnds(Scripts):
    def test_exit_with_signal_handlers(self):
        for label, lines in [
                ('left open', []), ('closed', ['stream.close()']),
                ('forgotten', ['del stream, epoch'])]:
            with self.subTest(label):
                process, pid = self.start(
                    'with Interrupts():', '    stream, epoch = begin()',
                    *lines)
                self.ends(process, 0)
                self.assertTrue(gone(pid))

    def test_exit_when_the_stream_ignores_sigterm(self):
        process, pid = self.start('kept = begin(deaf)')
        self.ends(process, 0)
        self.assertTrue(gone(pid))

    def test_no_orphan(self):
        for method in 'fork', 'spawn', 'forkserver':
            for sent in signal.SIGKILL, signal.SIGTERM:
                with self.subTest(method, signal=sent):
                    process, pid = self.start(
                        f'multiprocessing.set_start_method({method!r})',
                        'kept = begin()', 'time.sleep(100)')
                    self.assertTrue(pid)
                    process.send_signal(sent)
                    process.wait()
                    self.assertTrue(gone(pid))

    def test_no_orphan_when_another_fork_survives(self):
        process, pid = self.start(
            'kept = begin()', 'if not os.fork():', '    time.sleep(100)',
            'time.sleep(100)')
        time.sleep(.1)
        process.kill()
        process.wait()
        self.assertTrue(gone(pid))

    def test_no_orphan_of_a_producer(self):
        process, pid = self.start('producer_consumer(produce, consume)')
        process.kill()
        process.wait()
        self.assertTrue(gone(pid))

    def test_ctrl_c_outside_of_a_main_loop(self):
        for label, line in [('while reading', 'for _ in epoch: pass'),
                            ('while busy', 'time.sleep(100)')]:
            with self.subTest(label):
                process, pid = self.start('stream, epoch = begin()', line)
                time.sleep(.2)
                os.killpg(process.pid, signal.SIGINT)
                errors = self.ends(process, -signal.SIGINT, '.+')
                # Of this process only, not of the reader.
                self.assertEqual(errors.count('Traceback'), 1, errors)
                self.assertEqual(errors.count('KeyboardInterrupt'), 1)
                self.assertTrue(gone(pid))

    def test_use_in_a_fork_is_an_error(self):
        process, _ = self.start(
            'stream, epoch = begin()', 'child = os.fork()',
            'if not child: next(epoch)', 'os.waitpid(child, 0)')
        self.ends(process, 0, '.*belongs to the process.*pickle it.*')


class TestInterrupts(Scripts):
    def test_fork_ends_as_without_interrupts(self):
        for name in 'SIGTERM', 'SIGINT':
            with self.subTest(name):
                process, pid = self.start(
                    'with Interrupts() as interrupts:',
                    '    child = os.fork()',
                    '    if not child: time.sleep(100)',
                    '    print(child, flush=True)', '    time.sleep(.2)',
                    f'    os.kill(child, signal.{name})',
                    '    status = os.waitpid(child, 0)[1]',
                    'assert not interrupts.received',
                    f'assert os.WTERMSIG(status) == signal.{name}, status')
                _, errors = process.communicate(timeout=20)
                self.assertEqual(process.returncode, 0, errors)
                self.assertNotIn('training will end', errors)


def huge(data):
    return numpy.zeros(10 ** 7),


def not_to_be_pickled(data):
    if data[0] == 2:
        return lambda: None,
    return data


class Awkward(Exception):
    """An error that can be pickled but not unpickled."""

    def __init__(self, first, second):
        super().__init__(f'{first} and {second}')


def awkward(data):
    raise Awkward('one', 'two')


def leave(data):
    sys.exit('left')


def die(data):
    os._exit(7)


class TestLosses(TestCase):
    def begin(self, mapping, number=10, **kwargs):
        stream = MultiProcessing(Mapping(DataStream(
            IterableDataset(range(number))), mapping), **kwargs)
        self.addCleanup(stream.close)
        return stream, stream.get_epoch_iterator()

    def test_killed_in_the_middle_of_a_batch(self):
        stream, epoch = self.begin(huge)
        time.sleep(.5)  # the pipe is full, the batch incomplete
        os.kill(stream.proc.pid, signal.SIGKILL)
        start = time.monotonic()
        for _ in range(2):
            with self.assertRaisesRegex(RuntimeError, 'exit code -9'):
                next(epoch)
        self.assertLess(time.monotonic() - start, 5)

    def test_all_errors_arrive(self):
        for mapping, before, words in [
                (not_to_be_pickled, 2, '(?s)Traceback.*pickle'),
                (awkward, 0, '(?s)Traceback.*Awkward: one and two'),
                (leave, 0, '(?s)Traceback.*SystemExit: left'),
                (die, 0, 'exit code 7')]:
            with self.subTest(mapping.__name__):
                _, epoch = self.begin(mapping)
                self.assertEqual([next(epoch) for _ in range(before)],
                                 list(zip(range(before))))
                for _ in range(2):
                    with self.assertRaisesRegex(RuntimeError, words):
                        next(epoch)

    def test_ctrl_c_in_the_middle_of_a_batch(self):
        stream, epoch = self.begin(not_to_be_pickled, 2)
        next(epoch)
        with mock.patch.object(type(stream.background._incoming),
                               'recv_bytes', side_effect=KeyboardInterrupt):
            with self.assertRaises(KeyboardInterrupt):
                next(epoch)
        with self.assertRaisesRegex(RuntimeError, r'interrupted.*reset\(\)'):
            next(epoch)
        stream.reset()
        self.assertEqual(list(stream.get_epoch_iterator()), [(0,), (1,)])

    def test_max_store(self):
        for number, error in [(0, ValueError), (-1, ValueError),
                              (1.5, TypeError), ('2', TypeError)]:
            with self.assertRaisesRegex(error, 'max_store must be.*got'):
                self.begin(huge, max_store=number)


class TestProcess(TestCase):
    def test_ended_within_a_second(self):
        for label, target in [('willing', time.sleep), ('deaf', sleep_on)]:
            with self.subTest(label):
                process = start_process(target, 100)
                time.sleep(.3)
                start = time.monotonic()
                end_process(process)
                self.assertLess(time.monotonic() - start, 1)
                self.assertFalse(process.is_alive())

    def test_signal_mask_is_restored(self):
        before = signal.pthread_sigmask(signal.SIG_BLOCK, [])
        end_process(start_process(time.sleep, 100))
        self.assertEqual(signal.pthread_sigmask(signal.SIG_BLOCK, []),
                         before)


def sleep_on(seconds):
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    time.sleep(seconds)
