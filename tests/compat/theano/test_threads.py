"""Tests of compiled functions that several threads call."""

import copy
import pickle
import threading
from concurrent.futures import ThreadPoolExecutor
from unittest import TestCase

import numpy
import theano
from numpy.testing import assert_array_equal
from theano import tensor
from theano.scan_module.scan_op import Scan


class Meeting(theano.Op):
    """An identity that runs a Python function while it is computed."""

    __props__ = ()
    meet = staticmethod(lambda: None)

    def make_node(self, x):
        return theano.Apply(self, [x], [x.type()])

    def perform(self, node, inputs, output_storage):
        self.meet()
        output_storage[0][0] = inputs[0]

    def __reduce__(self):
        return Meeting, ()


def run(*calls):
    """Call functions in separate threads and return their results."""
    with ThreadPoolExecutor(len(calls)) as pool:
        futures = [pool.submit(call) for call in calls]
        return [future.result(timeout=60) for future in futures]


class TestThreads(TestCase):
    """Each call computes as if it were alone."""

    def setUp(self):
        self.op, self.x = Meeting(), tensor.dvector('x')
        # The result reads the input twice, before and after the meeting.
        self.function = theano.function(
            [self.x], self.x + 10 * self.op(tensor.exp(self.x) - self.x))

    def expect(self, value, result):
        assert_array_equal(result, value + 10 * (numpy.exp(value) - value))

    def test_calls_of_one_function_wait(self):
        inside = overlaps = 0
        entered = threading.Event()

        def meet():
            nonlocal inside, overlaps
            inside += 1
            entered.set()
            # Time for the other thread to enter, if it can.
            threading.Event().wait(.2)
            overlaps += inside > 1
            inside -= 1

        self.op.meet = meet
        first, second = numpy.ones(2), numpy.full(3, 2.)

        def later():
            self.assertTrue(entered.wait(60))
            return self.function(second)

        for function in self.function, self.function.copy(share_memory=True):
            results = run(lambda: function(first), later)
            self.expect(first, results[0])
            self.expect(second, results[1])
        self.assertEqual(overlaps, 0)

    def test_copies_do_not_wait(self):
        # The barrier passes only if both are inside at the same time.
        self.op.meet = threading.Barrier(2, timeout=60).wait
        again = self.function.copy(share_memory=False)
        first, second = numpy.ones(2), numpy.full(3, 2.)
        results = run(lambda: self.function(first), lambda: again(second))
        self.expect(first, results[0])
        self.expect(second, results[1])

    def test_many_calls(self):
        h, _ = theano.scan(
            lambda a, h: tensor.tanh(h + a), sequences=self.x,
            outputs_info=tensor.zeros(()))
        function = theano.function(
            [self.x, theano.In(tensor.dscalar('y'), value=1.)],
            {'h': h, 'gradient': tensor.grad(h.sum(), self.x)},
            on_unused_input='ignore')
        values = [numpy.random.RandomState(seed).normal(size=5)
                  for seed in range(8)]
        expected = [function(value) for value in values]

        def work(function, start):
            for number in range(40):
                position = (start + number) % len(values)
                for name, result in function(values[position]).items():
                    assert_array_equal(result, expected[position][name])

        run(*(lambda n=n: work(function, n) for n in range(4)))
        copies = [function.copy(share_memory=False) for _ in range(4)]
        run(*(lambda n=n: work(copies[n], n) for n in range(4)))

    def test_lock_is_released_after_an_error(self):
        def fail():
            raise ZeroDivisionError

        self.op.meet = fail
        with self.assertRaises(ZeroDivisionError):
            self.function(numpy.ones(2))
        del self.op.meet
        value, = run(lambda: self.function(numpy.ones(2)))
        self.expect(numpy.ones(2), value)

    def test_function_cannot_call_itself(self):
        self.op.meet = lambda: self.function(numpy.zeros(2))
        with self.assertRaisesRegex(RuntimeError, r'from within itself.*'
                                    r'copy\(share_memory=False\)'):
            self.function(numpy.ones(2))
        sharing = self.function.copy(share_memory=True)
        self.op.meet = lambda: sharing(numpy.zeros(2))
        with self.assertRaisesRegex(RuntimeError, 'from within itself'):
            self.function(numpy.ones(2))

    def test_function_can_call_its_copy(self):
        again = self.function.copy(share_memory=False)
        results = []

        def meet():
            if not results:
                results.append(None)
                results.append(again(numpy.zeros(2)))

        self.op.meet = meet
        self.expect(numpy.ones(2), self.function(numpy.ones(2)))
        self.expect(numpy.zeros(2), results[1])


class TestCopies(TestCase):
    """Copies of functions compute in their own memory."""

    def loops(self, function):
        """Yield the loops of a graph and of their steps."""
        for node in function.maker.fgraph.apply_nodes:
            if isinstance(node.op, Scan):
                yield node.op
                yield from self.loops(node.op.fn)

    def rewrites(self, loop):
        """Return the names of the rewrites of a loop's step."""
        return set(loop.fn.maker.mode.provided_optimizer.include)

    def test_loops(self):
        x, y = tensor.dmatrix('x'), tensor.dscalar('y')

        def step(a, h):
            z, _ = theano.scan(lambda b, c: b + c, sequences=h,
                               outputs_info=tensor.zeros(()))
            return tensor.tanh(h + a) + z[-1]

        h, _ = theano.scan(step, sequences=x, outputs_info=tensor.zeros(3))
        value = numpy.random.RandomState(1).normal(size=(4, 3))
        for mode in 'FAST_COMPILE', 'FAST_RUN':
            function = theano.function([x, theano.In(y, value=2.)],
                                       {'h': h, 'y': y}, mode=mode)
            expected = function(value)
            for name, again in [
                    ('copy', function.copy()),
                    ('copy.copy', copy.copy(function)),
                    ('copy of a copy', function.copy().copy()),
                    ('deepcopy', copy.deepcopy(function)),
                    ('pickle', pickle.loads(pickle.dumps(function)))]:
                with self.subTest(copy=name, mode=mode):
                    result = again(value)
                    assert_array_equal(result['h'], expected['h'])
                    self.assertEqual((again(value, 3.)['y'], result['y']),
                                     (3., 2.))
                    loops = list(self.loops(function))
                    others = list(self.loops(again))
                    self.assertEqual((len(loops), len(others)), (2, 2))
                    for one, other in zip(loops, others):
                        self.assertIsNot(one.fn, other.fn)
                        self.assertEqual(self.rewrites(one),
                                         self.rewrites(other))

    def test_original_keeps_its_loops(self):
        x = tensor.dvector('x')
        h, _ = theano.scan(lambda a, h: h + a, sequences=x,
                           outputs_info=tensor.zeros(()))
        function = theano.function([x], h)
        before = list(self.loops(function))
        function.copy()
        self.assertEqual([id(op) for op in self.loops(function)],
                         [id(op) for op in before])
        assert_array_equal(function([1., 2.]), [1, 3])
