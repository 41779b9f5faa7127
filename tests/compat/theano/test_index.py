"""Parts of tensors by an index with ``None``, compared with Theano 1.0.5."""

import json
from pathlib import Path
from unittest import TestCase

import numpy
import pytensor.tensor.math
import theano
from numpy.testing import assert_allclose
from theano import tensor

from tests.compat.theano import make_index_reference as reference

RESULTS = json.loads(
    (Path(__file__).parent / 'index_reference.json').read_text())


class TestNewAxes(TestCase):
    """``make_index_reference.py`` made the numbers of axes."""

    def test_number_of_axes(self):
        found = reference.table()
        self.assertEqual(found.keys(), RESULTS.keys())
        for name, axes in RESULTS.items():
            if axes is not None:
                self.assertEqual(found[name], axes, name)

    def test_other_parts_are_those_of_numpy(self):
        # Theano raises an error where an axis would have to be dropped
        # that may be longer than one.
        value = numpy.arange(6.).reshape(2, 3)
        x = tensor.dmatrix()
        for index in [(None,), (slice(None), None), (1, None),
                      (None, Ellipsis), (slice(None), None, [2, 0])]:
            with self.subTest(index=index):
                assert_allclose(x[index].eval({x: value}), value[index])

    def test_values_and_gradient(self):
        # A step of a recurrent network that takes its mask as a vector or,
        # to sample one step, as a column (n, 1).
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

    def test_variables_as_positions(self):
        c, n = tensor.dcol(), tensor.lscalar()
        self.assertEqual(c[n, None].ndim, 1)
        self.assertEqual(c[n:, None].ndim, 2)
        self.assertEqual(c[tensor.lvector(), None].ndim, 3)

    def test_pytensor_indexes_as_numpy(self):
        # Its dot makes a matrix of a vector by vector[None].
        one, three = numpy.ones(1), numpy.arange(3.)[None]
        vector = tensor.TensorType('float64', (True,))()
        matrix = tensor.drow()
        product = pytensor.tensor.math.dot(vector, matrix)
        assert_allclose(product.eval({vector: one, matrix: three}), [0, 1, 2])
