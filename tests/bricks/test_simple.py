"""Tests of SimpleRNN, the lecture's first two equations."""
from functools import partial
from unittest import TestCase

import numpy
import theano
from blocks.bricks import Logistic, Rectifier, Softmax
from blocks.initialization import IsotropicGaussian
from blocks.select import Selector
from numpy.testing import assert_allclose, assert_array_equal
from theano import tensor
from theano.configparser import change_flags

from blocks_rnn_bricks import SimpleRNN
from tests.bricks.cell_tests import values_of
from tests.equations import (
    initial_states_of,
    iterated_padded,
    random_mask,
    relu,
    sigmoid,
    simple_step,
)


class TestSimpleRNN(TestCase):
    def setUp(self):
        self.flags = change_flags(floatX='float64')
        self.flags.__enter__()
        self.rng = numpy.random.RandomState(1)
        self.x = self.rng.normal(size=(6, 4, 2))

    def tearDown(self):
        self.flags.__exit__(None, None, None)

    def make(self, **kwargs):
        rnn = SimpleRNN(
            input_dim=2, dim=3, output_dim=5, seed=2,
            weights_init=IsotropicGaussian(0.7),
            biases_init=IsotropicGaussian(0.7), **kwargs)
        rnn.initialize()
        rnn.transition.parameters[1].set_value(self.rng.normal(size=3))
        return rnn

    def equations(self, rnn, mask, q, r, reverse=False):
        """Compute outputs and states in a loop over the sequences."""
        W = {path.split('/')[-1]: parameter.get_value() for path, parameter
             in Selector(rnn).get_parameters().items()}
        p = values_of(rnn.transition)
        h, = iterated_padded(
            partial(simple_step, squash=q), p,
            self.x.dot(W['input_projection.W']) + W['input_projection.b'],
            mask, initial_states_of(p, self.x.shape[1]), reverse)
        return r(h.dot(W['output_projection.W']) +
                 W['output_projection.b']), h

    def test_equations(self):
        def softmax(x):
            return numpy.exp(x) / numpy.exp(x).sum(axis=2, keepdims=True)

        def same(x):
            return x

        cases = [('defaults', {}, numpy.tanh, same),
                 ('softmax', {'output_activation': Softmax()},
                  numpy.tanh, softmax),
                 ('both', {'activation': Rectifier(),
                           'output_activation': Logistic()},
                  relu, sigmoid)]
        x, mask = tensor.tensor3('x'), tensor.matrix('mask')
        for case, kwargs, q, r in cases:
            for reverse in (False, True):
                rnn = self.make(**kwargs)
                f = theano.function([x, mask], rnn.apply(
                    x, mask=mask, reverse=reverse))
                for kind in ('full', 'lengths', 'holes'):
                    mask_value = random_mask(self.rng, 6, 4, kind)
                    for value, truth in zip(
                            f(self.x, mask_value),
                            self.equations(rnn, mask_value, q, r, reverse)):
                        assert_allclose(value, truth, rtol=1e-12,
                                        atol=1e-14, err_msg=case)

    def test_garbage_in_the_padding(self):
        rnn = self.make(mask_outputs=True)
        mask_value = random_mask(self.rng, 6, 4, 'holes')
        dirty = numpy.where(mask_value[:, :, None] > 0, self.x, numpy.nan)
        x, mask = tensor.tensor3('x'), tensor.matrix('mask')
        outputs, states = rnn.apply(x, mask=mask)
        parameters = list(Selector(rnn).get_parameters().values())
        f = theano.function([x, mask], [outputs] + theano.grad(
            (outputs ** 2).sum(), [x] + parameters))
        clean = f(self.x, mask_value)
        for value, truth in zip(f(dirty, mask_value), clean):
            assert_array_equal(value, truth)
        assert_array_equal(clean[0][mask_value == 0], 0)
        self.assertTrue((clean[0][mask_value == 1] != 0).all())

    def test_gradients(self):
        rnn = self.make()
        mask = random_mask(self.rng, 6, 4, 'holes')
        weights = [rnn.input_projection.W, rnn.transition.W,
                   rnn.output_projection.W, rnn.input_projection.b,
                   rnn.transition.parameters[1]]
        outputs, _ = rnn.apply(tensor.as_tensor_variable(self.x),
                               mask=tensor.as_tensor_variable(mask))
        projection = self.rng.normal(size=(6, 4, 5))
        f = theano.function([], [(outputs * projection).sum()] + theano.grad(
            (outputs * projection).sum(), weights))
        gradients = f()[1:]
        for weight, gradient in zip(weights, gradients):
            value = weight.get_value()
            for index in list(numpy.ndindex(*value.shape))[::2]:
                costs = []
                for step in (1e-6, -1e-6):
                    moved = value.copy()
                    moved[index] += step
                    weight.set_value(moved)
                    costs.append(f()[0])
                weight.set_value(value)
                assert_allclose(gradient[index],
                                (costs[0] - costs[1]) / 2e-6, rtol=1e-5,
                                atol=1e-7, err_msg=weight.name)

    def test_single_steps_equal_the_sequence(self):
        rnn = self.make()
        x, h = tensor.matrix('x'), tensor.matrix('h')
        step = theano.function([x, h], rnn.apply(x, states=h, iterate=False))
        sequence = tensor.tensor3('sequence')
        whole = theano.function([sequence], rnn.apply(sequence))(self.x)
        state = rnn.initial_states(4).eval()
        for t in range(6):
            outputs, state = step(self.x[t], state)
            assert_allclose(outputs, whole[0][t], rtol=1e-12)
            assert_allclose(state, whole[1][t], rtol=1e-12)

    def test_dimensions_and_errors(self):
        rnn = self.make()
        for name, dim in [('inputs', 2), ('states', 3), ('outputs', 5),
                          ('mask', 0)]:
            self.assertEqual(rnn.get_dim(name), dim)
        with self.assertRaisesRegex(ValueError, "SimpleRNN 'simplernn'.*3"):
            rnn.apply(tensor.matrix())
        with self.assertRaisesRegex(TypeError, 'mask of dtype int32'):
            rnn.apply(tensor.ftensor3(), mask=tensor.imatrix())
        x, mask = tensor.tensor3('x'), tensor.matrix('mask')
        f = theano.function([x, mask], rnn.apply(x, mask=mask))
        with self.assertRaisesRegex(ValueError, 'must have 2 features'):
            f(numpy.zeros((6, 4, 3)), numpy.ones((6, 4)))
        with self.assertRaisesRegex(ValueError, 'batch-major'):
            f(self.x, numpy.ones((4, 6)))
