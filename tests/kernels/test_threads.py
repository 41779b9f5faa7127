import os
import unittest
from threading import Barrier, current_thread
from unittest import mock

import numpy
from threadpoolctl import ThreadpoolController

from blocks_rnn_bricks.kernels import threads
from blocks_rnn_bricks.kernels.threads import (
    VARIABLE, SingleThreadedBlas, number_of_threads, run)


class TestNumberOfThreads(unittest.TestCase):
    def test_option_before_variable(self):
        with mock.patch.dict(os.environ, {VARIABLE: '3'}):
            self.assertEqual(number_of_threads(), 3)
            self.assertEqual(number_of_threads(2), 2)

    def test_default_is_cores_at_hand(self):
        environment = dict(os.environ)
        environment.pop(VARIABLE, None)
        with mock.patch.dict(os.environ, environment, clear=True):
            with mock.patch.object(os, 'sched_getaffinity', create=True,
                                   return_value={1, 4, 5}):
                self.assertEqual(number_of_threads(), 3)

    def test_no_number(self):
        for number in 0, -1, 1.5, 'many':
            with self.assertRaisesRegex(ValueError, 'threads must be'):
                number_of_threads(number)
        with mock.patch.dict(os.environ, {VARIABLE: 'two'}):
            with self.assertRaisesRegex(ValueError, VARIABLE + ' must be'):
                number_of_threads()


class TestRun(unittest.TestCase):
    def setUp(self):
        # Knows the BLAS of packages that were imported after the first run.
        patch = mock.patch.object(threads, 'single_threaded_blas',
                                  SingleThreadedBlas())
        patch.start()
        self.addCleanup(patch.stop)

    def blas_threads(self):
        pools = ThreadpoolController().select(user_api='blas').info()
        return [pool['num_threads'] for pool in pools]

    def test_results_in_order(self):
        self.assertEqual(run([lambda n=n: n for n in range(5)]),
                         list(range(5)))

    def test_at_the_same_time(self):
        # Deadlocks, and breaks, unless all three run at once.
        barrier = Barrier(3, timeout=20)

        def meet():
            barrier.wait()
            return current_thread().name
        self.assertEqual(len(set(run([meet] * 3))), 3)

    def test_one_blas_thread_inside(self):
        before = self.blas_threads()
        for inside in run([self.blas_threads] * 2):
            self.assertEqual(set(inside), {1})
        self.assertEqual(self.blas_threads(), before)

    def test_overlapping_runs_restore_blas(self):
        before = self.blas_threads()

        def nested():
            run([lambda: None])
            return self.blas_threads()
        self.assertEqual(set(run([nested])[0]), {1})
        self.assertEqual(self.blas_threads(), before)

    def test_exceptions(self):
        done = []

        def fail():
            raise KeyError('of a thread')
        for tasks in [fail, lambda: done.append(1)], [
                lambda: done.append(1), fail]:
            with self.assertRaisesRegex(KeyError, 'of a thread'):
                run(tasks)
        self.assertEqual(done, [1, 1])

    @unittest.skipUnless(hasattr(os, 'fork'), "no fork on this system")
    def test_after_fork(self):
        run([lambda: None] * 3)
        child = os.fork()
        if not child:
            code = 1
            try:
                code = int(run([lambda: 1, lambda: 2]) != [1, 2])
            finally:
                os._exit(code)
        self.assertEqual(os.waitpid(child, 0)[1], 0)

    def test_products(self):
        a = numpy.random.RandomState(3).rand(40, 30)
        for product in run([lambda: a.dot(a.T)] * 3):
            numpy.testing.assert_allclose(product, a.dot(a.T))
