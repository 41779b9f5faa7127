"""Tests of LSTMs with projected states and normalised layers."""
from unittest import TestCase

import numpy
from blocks.bricks import Linear
from blocks.initialization import Constant, IsotropicGaussian, Orthogonal
from blocks.roles import BIAS, INITIAL_STATE, WEIGHT
from numpy.testing import assert_allclose, assert_array_equal
from theano import tensor
from theano.configparser import change_flags

from blocks_rnn_bricks import LSTM, LayerNormLSTM, ProjectedLSTM
from tests.bricks.cell_tests import CellTests, arguments_of
from tests.equations import layer_norm_lstm_step, projected_lstm_step
from tests.rnn_kernels.plain import plain

STATES = {'W_state': WEIGHT, 'initial_state': INITIAL_STATE,
          'initial_cells': INITIAL_STATE}


class TestProjectedLSTM(CellTests, TestCase):
    step = staticmethod(projected_lstm_step)
    names = dict(STATES, W_projection=WEIGHT)

    def make(self, dim=3, **kwargs):
        kwargs.setdefault('proj_dim', max(1, dim - 1))
        return ProjectedLSTM(dim=dim, **kwargs)

    @plain()
    @change_flags(floatX='float64')
    def test_more_states_than_cells(self):
        self.check_values(self.brick(dim=2, proj_dim=5), 1e-12, [(4, 3)])

    @plain()
    @change_flags(floatX='float64')
    def test_projection_by_the_identity_equals_the_lstm(self):
        plain = LSTM(dim=3, weights_init=Orthogonal(), seed=1)
        brick = self.make(proj_dim=3, weights_init=Orthogonal(), seed=1)
        for each in (plain, brick):
            each.initialize()
        brick.W_projection.set_value(numpy.eye(3))
        assert_array_equal(plain.W_state.get_value(),
                           brick.W_state.get_value())
        x = tensor.tensor3('x')
        value = numpy.random.RandomState(2).normal(size=(4, 2, 12))
        for got, truth in zip(brick.apply(x), plain.apply(x)):
            assert_allclose(got.eval({x: value}), truth.eval({x: value}),
                            rtol=1e-13)

    def test_dims(self):
        brick = self.make(dim=4, proj_dim=2, weights_init=IsotropicGaussian())
        brick.initialize()
        self.assertEqual([brick.get_dim(name) for name in
                          ('inputs', 'states', 'cells', 'mask')],
                         [16, 2, 4, 0])
        self.assertEqual(
            [parameter.get_value().shape for parameter in brick.parameters],
            [(2, 16), (2,), (4,), (4, 2)])
        self.assertGreater(abs(brick.W_projection.get_value()).min(), 0)
        states, cells = brick.initial_states(3)
        self.assertEqual((states.eval().shape, cells.eval().shape),
                         ((3, 2), (3, 4)))


class TestLayerNormLSTM(CellTests, TestCase):
    step = staticmethod(layer_norm_lstm_step)
    names = dict(STATES, gain_inputs=WEIGHT, gain_states=WEIGHT, b=BIAS,
                 gain_cells=WEIGHT, b_cells=BIAS)

    def make(self, dim=3, **kwargs):
        return LayerNormLSTM(dim=dim, **kwargs)

    @plain()
    @change_flags(floatX='float64')
    def test_epsilon(self):
        brick = self.brick(epsilon=.1)
        self.oracle = lambda *args: layer_norm_lstm_step(*args, epsilon=.1)
        self.check_values(brick, 1e-12, [(4, 3)])

    @plain()
    @change_flags(floatX='float64')
    def test_ignores_scale_and_shift_of_the_inputs(self):
        brick = self.make(epsilon=1e-12, weights_init=Orthogonal())
        brick.initialize()
        x = tensor.tensor3('x')
        states = brick.apply(x)[0]
        value = arguments_of(brick, 1, 5, 2, 'full')[0]
        assert_allclose(states.eval({x: 100 * value + 7}),
                        states.eval({x: value}), rtol=1e-6)

    def test_initialisation(self):
        brick = self.make(dim=4, weights_init=Orthogonal())
        brick.initialize()
        for name, size, value in [
                ('gain_inputs', 16, 1), ('gain_states', 16, 1), ('b', 16, 0),
                ('gain_cells', 4, 1), ('b_cells', 4, 0)]:
            assert_array_equal(getattr(brick, name).get_value(),
                               numpy.full(size, value), name)
        for block in numpy.split(brick.W_state.get_value(), 4, axis=1):
            assert_allclose(block.T.dot(block), numpy.eye(4), atol=1e-5)

    def test_invalid_epsilon_is_refused(self):
        for epsilon in (0, -1e-5, 1, 2.5):
            with self.assertRaisesRegex(
                    ValueError, 'LayerNormLSTM: epsilon must be .*got {}'
                    .format(epsilon)):
                self.make(epsilon=epsilon)

    def test_inputs_without_biases(self):
        linear = Linear(2, 12, use_bias=False, weights_init=Constant(1))
        self.assertEqual(self.make().apply(
            linear.apply(tensor.tensor3()))[0].ndim, 3)
