"""Tests of initialization schemes."""
import pickle
import unittest

import numpy
import theano
from blocks.bricks import LSTM, Brick, Linear
from blocks.initialization import (
    Constant,
    Identity,
    IsotropicGaussian,
    Orthogonal,
    Sparse,
    SparseND,
    Uniform,
)
from numpy.testing import assert_allclose, assert_array_equal


class TestSchemes(unittest.TestCase):

    def setUp(self):
        self.float_x = theano.config.floatX
        theano.config.floatX = 'float64'

    def tearDown(self):
        theano.config.floatX = self.float_x

    @staticmethod
    def draw(scheme, shape, seed=1):
        return scheme.generate(numpy.random.RandomState(seed), shape)

    def test_constant(self):
        for constant, shape, expected in (
                (5, (2, 3), [[5] * 3] * 2),
                ([1, 2, 3], (2, 3), [[1, 2, 3]] * 2),
                ([[1], [2]], (2, 3), [[1] * 3, [2] * 3])):
            value = Constant(constant).generate(None, shape)
            assert_array_equal(value, expected)
            value += 1   # not the scheme's own array
            assert_array_equal(Constant(constant).generate(None, shape),
                               expected)
        with self.assertRaises(ValueError):
            Constant([1, 2]).generate(None, (3,))

    def test_distributions(self):
        shape = (400, 500)
        for scheme, mean, std in (
                (IsotropicGaussian(), 0, 1), (IsotropicGaussian(3, 5), 5, 3),
                (Uniform(width=6), 0, 3 ** 0.5),
                (Uniform(2., std=0.5), 2, 0.5)):
            value = self.draw(scheme, shape)
            self.assertEqual(value.shape, shape)
            assert_allclose([value.mean(), value.std()], [mean, std],
                            atol=0.03)
        value = self.draw(Uniform(1., width=4), shape)
        assert_allclose([value.min(), value.max()], [-1, 3], atol=0.01)
        # The same numbers as the generator draws by itself.
        assert_array_equal(
            self.draw(IsotropicGaussian(2, 1), (3, 4)),
            numpy.random.RandomState(1).normal(1, 2, size=(3, 4)))
        for arguments in ({}, {'width': 1, 'std': 1}):
            with self.assertRaisesRegex(ValueError, 'width or std'):
                Uniform(**arguments)

    def test_identity(self):
        assert_array_equal(Identity(2).generate(None, (2, 3)),
                           [[2, 0, 0], [0, 2, 0]])

    def test_orthogonal(self):
        for rows, columns in ((4, 4), (6, 3), (3, 6)):
            value = self.draw(Orthogonal(3), (rows, columns))
            product = (value.T @ value if rows >= columns
                       else value @ value.T)
            assert_allclose(product, 9 * numpy.eye(min(rows, columns)),
                            atol=1e-12)
        for scheme in (Orthogonal(), Identity()):
            with self.assertRaisesRegex(ValueError, r'makes matrices.*\(3,'):
                scheme.generate(numpy.random.RandomState(1), (3,))

    def test_sparse(self):
        for num_init, count in ((3, 3), (0.5, 4), (1., 8), (8, 8)):
            value = self.draw(Sparse(num_init, Constant(2)), (5, 8))
            assert_array_equal((value == 2).sum(axis=1), [count] * 5)
            self.assertEqual(value.sum(), 10 * count)
        value = self.draw(Sparse(3, Constant(2), Constant(1)), (5, 8))
        assert_array_equal(value.sum(axis=1), [3 * 2 + 5] * 5)
        scheme = Sparse(3, IsotropicGaussian())
        assert_array_equal(self.draw(scheme, (5, 8)),
                           self.draw(scheme, (5, 8)))
        self.assertTrue((self.draw(scheme, (5, 8)) !=
                         self.draw(scheme, (5, 8), 2)).any())
        for num_init in (0, -1, 9, 1.5, 0.):
            with self.assertRaisesRegex(ValueError, f'got {num_init}'):
                self.draw(Sparse(num_init, Constant(1)), (5, 8))

    def test_sparse_on_axes(self):
        for axis, others, shape in ((0, (1, 2), (3, 4, 5)),
                                    ((0, 2), (1,), (3, 4, 5)),
                                    ((1, 0), (2, 3), (2, 3, 4, 2))):
            value = self.draw(SparseND(axis, num_init=2,
                                       weights_init=Constant(1)), shape)
            self.assertEqual(value.shape, shape)
            assert_array_equal(value.sum(axis=others), numpy.full(
                numpy.take(shape, sorted(numpy.atleast_1d(axis))), 2))

    def test_types_and_variables(self):
        rng = numpy.random.RandomState(1)
        for float_x in ('float32', 'float64'):
            theano.config.floatX = float_x
            for scheme in (Constant(1), IsotropicGaussian(), Uniform(std=1),
                           Identity(), Orthogonal(),
                           Sparse(1, Constant(1))):
                self.assertEqual(scheme.generate(rng, (2, 2)).dtype, float_x)
        variable = theano.shared(numpy.zeros((2, 3)))
        Constant(3).initialize(variable, rng)
        assert_array_equal(variable.get_value(), numpy.full((2, 3), 3))
        Constant(3).initialize(variable, rng, (4, 1))
        self.assertEqual(variable.get_value().shape, (4, 1))

    def test_repr(self):
        for scheme, end in ((Constant(1.0), ': constant=1.0>'),
                            (IsotropicGaussian(1, 2), ': mean=2, std=1>'),
                            (Uniform(1., 2.), ': mean=1.0, width=2.0>'),
                            (Orthogonal(), ': scale=1>'),
                            (Identity(2), ': mult=2>')):
            self.assertTrue(repr(scheme).endswith(end), repr(scheme))
            self.assertTrue(
                repr(pickle.loads(pickle.dumps(scheme))).endswith(end))

    def test_mistakes_name_the_parameter(self):
        class Wrong(Constant):
            def generate(self, rng, shape):
                return super().generate(rng, (*shape, 1))

        class Broken(Constant):
            def generate(self, rng, shape):
                raise KeyError('broken')

        lstm = LSTM(3, name='rnn', weights_init=Orthogonal(),
                    biases_init=Constant(0))
        above = Brick(name='above', children=[lstm])
        with self.assertRaisesRegex(
                ValueError, r'cannot initialize /above/rnn\.\w+ with '
                r'<blocks.initialization.Orthogonal.*makes matrices, got the '
                r'shape \(3,\)'):
            above.initialize()
        linear = Linear(2, 3, name='l', biases_init=Wrong(0),
                        weights_init=Constant(0))
        with self.assertRaisesRegex(
                ValueError, r'/l\.b with .*Wrong.*of shape \(3,\), the '
                r'values are of \(3, 1\)'):
            linear.initialize()
        linear.biases_init = Broken(0)
        with self.assertRaises(KeyError) as caught:
            linear.initialize()
        self.assertIn('/l.b', caught.exception.__notes__[0])
        with self.assertRaisesRegex(ValueError, 'initialize free with'):
            Identity().initialize(theano.shared(numpy.ones(3), name='free'),
                                  None)
