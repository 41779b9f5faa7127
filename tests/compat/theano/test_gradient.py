"""Tests of differentiation under its various names."""

from collections import UserList
from unittest import TestCase

import numpy
import theano
from numpy.testing import assert_allclose
from theano import tensor


class TestGrad(TestCase):
    """Tests of ``theano.grad`` and related functions."""

    def setUp(self):
        self.x, self.y = tensor.dvectors('x', 'y')
        self.cost = (self.x ** 2 * self.y).sum()
        self.values = {self.x: numpy.array([1., 2.]),
                       self.y: numpy.array([3., 5.])}

    def value(self, variable):
        return theano.function([self.x, self.y], variable,
                               on_unused_input='ignore')(
            *self.values.values())

    def test_of_one_or_several(self):
        d_x, d_y = [6., 20.], [1., 4.]
        for wrt in ([self.x, self.y], (self.x, self.y),
                    UserList([self.x, self.y])):
            gradients = tensor.grad(self.cost, wrt)
            self.assertEqual(len(gradients), 2)
            for gradient, expected in zip(gradients, (d_x, d_y)):
                assert_allclose(self.value(gradient), expected)
        assert_allclose(self.value(theano.grad(self.cost, self.x)), d_x)

    def test_wrong_arguments(self):
        with self.assertRaisesRegex(TypeError, 'variable or a list'):
            theano.grad(self.cost, 3)
        with self.assertRaises(TypeError):
            theano.grad(self.x, self.y)
        with self.assertRaises(theano.gradient.DisconnectedInputError):
            theano.grad(self.cost, tensor.dscalar())

    def test_operators(self):
        point = numpy.array([.5, -1.])
        assert_allclose(self.value(theano.Rop(
            self.x ** 2, self.x, tensor.constant(point))), [1., -4.])
        assert_allclose(self.value(theano.Lop(
            self.x ** 2, self.x, tensor.constant(point))), [1., -4.])

    def test_matrices(self):
        assert_allclose(self.value(theano.gradient.jacobian(
            self.x ** 2, self.x)), [[2., 0.], [0., 4.]])
        assert_allclose(self.value(theano.gradient.hessian(
            (self.x ** 3).sum(), self.x)), [[6., 0.], [0., 12.]])

    def test_altered_gradients(self):
        for alter, expected in [
                (theano.gradient.consider_constant, [0., 0.]),
                (theano.gradient.zero_grad, [0., 0.]),
                (lambda v: theano.gradient.grad_clip(v, -8., 8.), [6., 8.]),
                (lambda v: theano.gradient.grad_scale(v, .5), [3., 10.])]:
            cost = (alter(self.x) ** 2 * self.y).sum()
            self.assertEqual(self.value(cost), self.value(self.cost))
            assert_allclose(self.value(theano.grad(cost, self.x)), expected)

    def test_disconnected(self):
        cost = (theano.gradient.disconnected_grad(self.x) * self.y).sum()
        gradient = theano.grad(cost, self.x, disconnected_inputs='ignore')
        assert_allclose(self.value(gradient), [0., 0.])
