import os
import signal
import threading
import time
import unittest
from threading import Barrier, current_thread
from unittest import mock

from rnn_kernels.threads import VARIABLE, number_of_threads, run


class TestNumberOfThreads(unittest.TestCase):
    def test_option_overrides_the_variable(self):
        with mock.patch.dict(os.environ, {VARIABLE: '3'}):
            self.assertEqual(number_of_threads(), 3)
            self.assertEqual(number_of_threads(2), 2)

    def test_default_is_the_available_cores(self):
        environment = dict(os.environ)
        environment.pop(VARIABLE, None)
        with mock.patch.dict(os.environ, environment, clear=True):
            with mock.patch.object(os, 'sched_getaffinity', create=True,
                                   return_value={1, 4, 5}):
                self.assertEqual(number_of_threads(), 3)

    def test_invalid_numbers(self):
        for number in 0, -1, 1.5, 'many':
            with self.assertRaisesRegex(ValueError, 'threads must be'):
                number_of_threads(number)
        with mock.patch.dict(os.environ, {VARIABLE: 'two'}):
            with self.assertRaisesRegex(ValueError, VARIABLE + ' must be'):
                number_of_threads()


class TestRun(unittest.TestCase):
    def test_results_in_order(self):
        for threads in range(1, 7):
            self.assertEqual(run([lambda n=n: n for n in range(5)], threads),
                             list(range(5)))

    def test_tasks_run_at_the_same_time(self):
        # The barrier breaks unless all three run at once.
        barrier = Barrier(3, timeout=20)

        def meet():
            barrier.wait()
            return current_thread().ident
        self.assertEqual(len(set(run([meet] * 3, 3))), 3)

    def test_runs_no_more_threads_than_requested(self):
        for threads in 1, 2, 3:
            idents = run([lambda: current_thread().ident] * 6, threads)
            self.assertLessEqual(len(set(idents)), threads)
            self.assertEqual(idents[0], current_thread().ident)

    def test_exceptions(self):
        done = []

        def fail():
            raise KeyError('of a thread')
        for tasks in [fail, lambda: done.append(1)], [
                lambda: done.append(1), fail]:
            with self.assertRaisesRegex(KeyError, 'of a thread'):
                run(tasks, 2)
        self.assertEqual(done, [1, 1])

    def test_interruption(self):
        # Ctrl-C at any moment: all tasks end before it is raised, and no
        # worker is lost.
        run([lambda: None] * 2, 2)
        known = threading.active_count()
        for delay in .01, .05, .1:
            ended = []

            def work():
                time.sleep(.2)
                ended.append(1)
            timer = threading.Timer(delay, signal.raise_signal,
                                    [signal.SIGINT])
            timer.start()
            with self.assertRaises(KeyboardInterrupt):
                run([lambda: time.sleep(.02), work], 2)
            timer.join()
            self.assertEqual(ended, [1])
            self.assertEqual(run([lambda: 1, lambda: 2], 2), [1, 2])
        self.assertEqual(threading.active_count(), known)

    @unittest.skipUnless(hasattr(os, 'fork'), "no fork on this system")
    def test_after_fork(self):
        run([lambda: None] * 3, 3)
        child = os.fork()
        if not child:
            code = 1
            try:
                code = int(run([lambda: 1, lambda: 2], 2) != [1, 2])
            finally:
                os._exit(code)
        self.assertEqual(os.waitpid(child, 0)[1], 0)
