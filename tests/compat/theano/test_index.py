"""Tests of indexing with ``None`` against Theano 1.0.5."""

import json
from pathlib import Path
from unittest import TestCase

import numpy
import pytensor.tensor.math
import theano
from numpy.testing import assert_allclose
from theano import tensor
from theano.scan_module.scan_op import Scan

from tests.compat.theano import make_index_reference as reference

RESULTS = json.loads(
    (Path(__file__).parent / 'index_reference.json').read_text())


class TestNewAxes(TestCase):
    """The expected numbers of axes come from ``make_index_reference.py``."""

    def test_number_of_axes(self):
        found = reference.table()
        self.assertEqual(found.keys(), RESULTS.keys())
        for name, axes in RESULTS.items():
            if axes is not None:
                self.assertEqual(found[name], axes, name)

    def test_other_indices_equal_numpy(self):
        # Theano raises an error where it would have to drop an axis that may
        # be longer than one.
        value = numpy.arange(6.).reshape(2, 3)
        x = tensor.dmatrix()
        for index in [(None,), (slice(None), None), (1, None),
                      (None, Ellipsis), (slice(None), None, [2, 0])]:
            with self.subTest(index=index):
                assert_allclose(x[index].eval({x: value}), value[index])

    def test_values_and_gradient(self):
        # A step of a recurrent network whose mask is a vector or, to sample a
        # single step, a column (n, 1).
        h, h_, c = tensor.dmatrix(), tensor.dmatrix(), tensor.dcol()
        state = c[:, None] * h + (1. - c)[:, None] * h_
        self.assertEqual(state.broadcastable, (False, False))
        rng = numpy.random.RandomState(1)
        new, old = rng.normal(size=(2, 3, 4))
        mask = numpy.array([[1.], [0.], [1.]])
        value, gradient = theano.function(
            [h, h_, c], [state, tensor.grad((state ** 2).sum(), c)])(
                new, old, mask)
        expected = numpy.where(mask, new, old)
        assert_allclose(value, expected)
        assert_allclose(gradient, (2 * expected * (new - old)).sum(
            axis=1, keepdims=True))

    def test_element_of_a_slice(self):
        # Elements of the vector outside the slice are out of range.
        x = tensor.dvector('x')
        for name, pick in [
                ('[1:][-1]', lambda x: x[1:][-1]),
                ('[:-1][0]', lambda x: x[:-1][0]),
                ('[2:][-2]', lambda x: x[2:][-2]),
                ('[1:][1:][-1]', lambda x: x[1:][1:][-1]),
                ('[1:][::-1][0]', lambda x: x[1:][::-1][0]),
                ('[-2:][-3]', lambda x: x[-2:][-3]),
                ('[1:2][-1]', lambda x: x[1:2][-1])]:
            function = theano.function([x], pick(x))
            for length in range(5):
                value = numpy.arange(length) + 10.
                with self.subTest(name, length=length):
                    try:
                        expected = pick(value)
                    except IndexError:
                        self.assertRaises(IndexError, function, value)
                    else:
                        self.assertEqual(function(value), expected)

    def test_last_step_of_a_loop(self):
        # It is read from the loop's whole result, including the initial state,
        # so the loop needs to keep no more.
        x = tensor.dvector('x')
        h, _ = theano.scan(lambda a, h: a + h, sequences=x,
                           outputs_info=tensor.zeros(()))
        function = theano.function([x], h[-1])
        last = function.maker.fgraph.outputs[0].owner
        self.assertIsInstance(last.inputs[0].owner.op, Scan)
        self.assertEqual(len(last.op.idx_list), 1)
        self.assertNotIsInstance(last.op.idx_list[0], slice)
        self.assertEqual(function(numpy.arange(6.)), 15)

    def test_variables_as_positions(self):
        c, n = tensor.dcol(), tensor.lscalar()
        self.assertEqual(c[n, None].ndim, 1)
        self.assertEqual(c[n:, None].ndim, 2)
        self.assertEqual(c[tensor.lvector(), None].ndim, 3)

    def test_pytensor_still_indexes_like_numpy(self):
        # Its dot turns a vector into a matrix by vector[None].
        one, three = numpy.ones(1), numpy.arange(3.)[None]
        vector = tensor.TensorType('float64', (True,))()
        matrix = tensor.drow()
        product = pytensor.tensor.math.dot(vector, matrix)
        assert_allclose(product.eval({vector: one, matrix: three}), [0, 1, 2])
