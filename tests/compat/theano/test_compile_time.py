"""Tests that what shortens compiling keeps values and shapes right."""

from unittest import TestCase

import numpy
import theano
from numpy.testing import assert_allclose, assert_array_equal
from theano import tensor
from theano.compile.mode import Mode, optdb
from theano.scan_module import until
from theano.scan_module.scan_op import Scan


def alternating_chain(length):
    """Return an input and a deep graph of elementwise operations."""
    x = v = tensor.dvector()
    w = theano.shared(numpy.linspace(.1, .3, 4))
    for step in range(length):
        v = tensor.tanh(v * w) + x if step % 2 else v * v - w
    return x, w, v


def unrolled_network(length):
    """Return an input and the cost of an unrolled recurrent network."""
    x = tensor.dtensor3()
    inward, around = (theano.shared(numpy.eye(n, 3)) for n in (2, 3))
    h = tensor.zeros((x.shape[1], 3))
    for step in range(length):
        h = tensor.tanh(tensor.dot(x[step], inward) + tensor.dot(h, around))
    return x, around, h


class TestDeepGraphs(TestCase):
    """Skipped rewrites change no value."""

    def test_values(self):
        x, w, v = alternating_chain(30)
        data = numpy.linspace(-1, 1, 4)
        expected, weights = data, w.get_value()
        for step in range(30):
            expected = (numpy.tanh(expected * weights) + data if step % 2
                        else expected ** 2 - weights)
        assert_allclose(theano.function([x], v)(data), expected)
        x, w, h = unrolled_network(30)
        data = numpy.random.RandomState(1).randn(30, 5, 2)
        expected = numpy.zeros((5, 3))
        for step in range(30):
            expected = numpy.tanh(data[step].dot(numpy.eye(2, 3))
                                  + expected.dot(numpy.eye(3)))
        assert_allclose(theano.function([x], h)(data), expected)


class TestShapes(TestCase):
    """Shapes are known without computing the arrays."""

    def lengths(self, inputs, variable, *values):
        """Return the operations that compute a shape, and its value."""
        function = theano.function(inputs, variable.shape,
                                   on_unused_input='ignore')
        return ([node.op for node in function.maker.fgraph.apply_nodes],
                tuple(function(*values)))

    def test_elementwise(self):
        x, row, column = tensor.dmatrix(), tensor.drow(), tensor.dcol()
        fixed = theano.shared(numpy.ones((1, 3)), broadcastable=(True, False))
        three, four = numpy.ones((4, 3)), numpy.ones((4, 1))
        for variable, shape in [
                (tensor.exp(x) + row, (4, 3)), (row + column, (4, 3)),
                (column * tensor.zeros((1, 5)), (4, 5)),
                (column + fixed, (4, 3)), (2 * column, (4, 1)),
                (tensor.tanh(x) * x - 2, (4, 3))]:
            operations, answer = self.lengths(
                [x, row, column], variable, three, three[:1], four)
            self.assertEqual(answer, shape)
            self.assertNotIn('Elemwise', [type(operation).__name__
                                          for operation in operations])

    def test_shape_does_not_grow_with_the_graph(self):
        numbers = []
        for length in 3, 60:
            x, w, v = alternating_chain(length)
            operations, answer = self.lengths([x], v, numpy.ones(4))
            self.assertEqual(answer, (4,))
            numbers.append(len(operations))
        self.assertEqual(*numbers)

    def test_wrong_number_of_axes(self):
        class Column(theano.Op):
            __props__ = ()

            def make_node(self, x):
                return theano.Apply(self, [x], [tensor.dmatrix()])

            def infer_shape(self, node, input_shapes):
                return input_shapes

        x = tensor.dvector()
        with self.assertRaisesRegex(AssertionError,
                                    '(?s)1 dim.*2 dim.*Column'):
            theano.function([x], Column()(x).shape)

    def test_reshaped(self):
        x, n = tensor.dtensor3(), tensor.lscalar()
        like = tensor.dmatrix()
        first, second, third = x.shape
        for variable, switches in [
                (x.reshape((first * second, third)), 0),
                (x.reshape(like.shape), 0),
                (x.reshape((20, third)), 0),
                (x.reshape((-1, third)), 0),
                (x.reshape((n, third)), 1)]:
            operations, answer = self.lengths(
                [x, like, n], variable, numpy.ones((4, 5, 3)),
                numpy.ones((20, 3)), -1)
            self.assertEqual(answer, (20, 3))
            self.assertEqual(sum('switch' in str(operation).lower()
                                 for operation in operations), switches)

    def test_loops(self):
        x, n = tensor.dtensor3(), tensor.lscalar()
        w = tensor.dmatrix()
        data, weights = numpy.ones((5, 2, 3)), numpy.ones((3, 4))
        state = tensor.zeros((2, 4))

        def step(slice_, before, weights):
            now = tensor.tanh(slice_.dot(weights)) + before
            return now, now.T.dot(slice_), slice_.sum(axis=0), now.sum()

        (states, products, sums, totals), _ = theano.scan(
            step, sequences=[x], outputs_info=[state, None, None, None],
            non_sequences=[w])
        powers, _ = theano.scan(lambda before: 2 * before, n_steps=n,
                                outputs_info=[w])
        eyes, _ = theano.scan(lambda k, w: tensor.eye(2, 7) * k + w.sum(),
                              sequences=[tensor.arange(n)],
                              non_sequences=[w])
        for variable, shape in [
                (states, (5, 2, 4)), (products, (5, 4, 3)),
                (sums, (5, 3)), (totals, (5,)), (powers, (6, 3, 4)),
                (powers[-1], (3, 4)), (eyes, (6, 2, 7))]:
            operations, answer = self.lengths(
                [x, w, n], variable, data, weights, 6)
            self.assertEqual(answer, shape)
            self.assertFalse(any(isinstance(operation, Scan)
                                 for operation in operations))

    def test_loops_that_stop_early(self):
        x = tensor.dmatrix()
        (sums, doubles), _ = theano.scan(
            lambda slice_, before: ([before + slice_, 2 * slice_],
                                    until(slice_.sum() > 5)),
            sequences=[x], outputs_info=[tensor.zeros_like(x[0]), None])
        data = numpy.arange(12.).reshape(6, 2)
        for variable in sums, doubles:
            self.assertEqual(self.lengths([x], variable, data)[1], (3, 2))

    def test_shape_that_only_the_loop_knows(self):
        n = tensor.lscalar()
        counts, _ = theano.scan(
            lambda k, m: tensor.arange(m)[:2] + k * tensor.ones((2,)),
            sequences=[tensor.arange(n)], non_sequences=[n])
        function = theano.function([n], [counts.shape, counts])
        shape, values = function(4)
        assert_array_equal(shape, [4, 2])
        assert_allclose(values, [[k, k + 1] for k in range(4)])

    def test_gradients_of_loops(self):
        x, w = tensor.dtensor3(), tensor.dmatrix()
        states, _ = theano.scan(
            lambda slice_, before, w: tensor.tanh(slice_ + before.dot(w)),
            sequences=[x], outputs_info=[tensor.zeros_like(x[0])],
            non_sequences=[w])
        gradient = theano.grad(states.sum(), x)
        data = numpy.random.RandomState(1).randn(4, 2, 3)
        operations, answer = self.lengths([x, w], gradient, data,
                                          numpy.eye(3))
        self.assertEqual(answer, data.shape)
        self.assertFalse(any(isinstance(operation, Scan)
                             for operation in operations))


class TestRewrites(TestCase):
    """The modes contain the intended rewrites."""

    def names(self, mode):
        query = theano.compile.get_mode(mode).provided_optimizer
        return [rewrite.name for rewrite in optdb.query(query)]

    def test_products_are_left_to_numpy(self):
        for mode in 'FAST_RUN', 'FAST_COMPILE':
            self.assertNotIn('BlasOpt', self.names(mode))
        self.assertIn('BlasOpt', self.names('CVM'))

    def test_user_defined_modes_are_unchanged(self):
        names = self.names(Mode('vm', 'fast_run'))
        self.assertIn('ShapeOpt', names)
        self.assertNotIn('lean_shapes', names)
        for mode in 'FAST_RUN', 'FAST_COMPILE', 'CVM', 'NUMBA':
            names = self.names(mode)
            self.assertLess(names.index('lean_shapes'),
                            names.index('ShapeOpt'))
