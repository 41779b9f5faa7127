"""Tests of the GRU that resets after the product, against NumPy."""
from functools import partial
from unittest import TestCase

import numpy
from blocks.bricks import Linear, Rectifier
from blocks.initialization import Constant, Identity, Orthogonal
from blocks.roles import BIAS, INITIAL_STATE, WEIGHT
from numpy.testing import assert_allclose, assert_array_equal
from theano import tensor
from theano.configparser import change_flags

from blocks_rnn_bricks import GRU_GATES, GatedRecurrent
from tests.bricks.cell_tests import CellTests, arguments_of, values_of
from tests.equations import gru_step, iterated_padded, relu, sigmoid
from tests.rnn_kernels.plain import plain


class TestGatedRecurrent(CellTests, TestCase):
    step = staticmethod(gru_step)
    names = {'W_state': WEIGHT, 'b_candidate': BIAS,
             'initial_state': INITIAL_STATE}

    def make(self, dim=3, **kwargs):
        return GatedRecurrent(dim=dim, **kwargs)

    @plain()
    def test_gates(self):
        self.assertEqual(GRU_GATES, ('r', 'z', 'n'))
        brick = self.make(weights_init=Constant(0))
        brick.initialize()
        x, states = tensor.tensor3('x'), tensor.matrix('states')
        outputs = brick.apply(x, states=states)
        before = numpy.array([[.1, -.2, .3]])
        for z in (-100., 0., 100.):
            # Without recurrent weights r has no effect.
            gates = numpy.array([5.] * 3 + [z] * 3 + [.4, .5, .6])
            got, = outputs.eval({
                x: gates[None, None].astype(x.dtype),
                states: before.astype(x.dtype)})
            keep = sigmoid(z)
            assert_allclose(got, keep * before + (1 - keep) * numpy.tanh(
                gates[None, 6:]), rtol=1e-5)

    @plain()
    def test_reset_gate_multiplies_the_product_and_its_bias(self):
        brick = self.make(weights_init=Identity())
        brick.initialize()
        brick.b_candidate.set_value(numpy.array(
            [.5, -.5, .7], brick.b_candidate.dtype))
        x, states = tensor.tensor3('x'), tensor.matrix('states')
        outputs = brick.apply(x, states=states)
        before = numpy.array([[.1, -.2, .3]])
        for r in (-100., 100.):
            gates = numpy.array([r] * 3 + [-100.] * 3 + [.4, .5, .6])
            got, = outputs.eval({
                x: gates[None, None].astype(x.dtype),
                states: before.astype(x.dtype)})
            recurrent = before + [.5, -.5, .7] if r > 0 else 0
            assert_allclose(got, numpy.tanh(gates[None, 6:] + recurrent),
                            rtol=1e-5)

    @plain()
    @change_flags(floatX='float64')
    def test_other_activations(self):
        brick = self.brick(activation=Rectifier())
        arrays = arguments_of(brick, 1, 5, 2, 'holes')
        x, mask, states = (tensor.tensor3('x'), tensor.matrix('mask'),
                           tensor.matrix('states'))
        got = brick.apply(x, mask=mask, states=states).eval(
            dict(zip((x, mask, states), arrays)))
        expected, = iterated_padded(
            partial(gru_step, squash=relu), values_of(brick), arrays[0],
            arrays[1], arrays[2:])
        assert_allclose(got, expected, rtol=1e-12)

    def test_initialisation(self):
        brick = self.make(dim=4, weights_init=Orthogonal())
        brick.initialize()
        for block in numpy.split(brick.W_state.get_value(), 3, axis=1):
            assert_allclose(block.T.dot(block), numpy.eye(4), atol=1e-5)
        assert_array_equal(brick.b_candidate.get_value(), numpy.zeros(4))
        assert_array_equal(brick.initial_state_.get_value(), numpy.zeros(4))

    def test_dims(self):
        brick = self.make(dim=5)
        self.assertEqual([brick.get_dim(name) for name in
                          ('inputs', 'states', 'mask')], [15, 5, 0])
        self.assertEqual(brick.apply.sequences, ['inputs', 'mask'])
        self.assertEqual(brick.apply.states, ['states'])
        self.assertIn('r, z, n', brick.remedy('inputs'))
        linear = Linear(2, brick.get_dim('inputs'))
        self.assertEqual(brick.apply(linear.apply(tensor.tensor3())).ndim, 3)
