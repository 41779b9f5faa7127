"""Tests of minGRU and minLSTM against NumPy, and as bricks."""
from collections import OrderedDict
from unittest import TestCase

import numpy
import theano
from blocks.bricks import Linear, Tanh
from blocks.initialization import Constant, IsotropicGaussian
from blocks.roles import INITIAL_STATE
from numpy.testing import assert_allclose, assert_array_equal
from theano import tensor
from theano.configparser import change_flags

import rnn_kernels
from blocks_rnn_bricks import (
    MIN_GRU_GATES,
    MIN_LSTM_GATES,
    MinGRU,
    MinLSTM,
    Sampler,
    UnidirectionalStack,
    draw_symbols,
    get_direction,
    get_network,
    set_direction,
)
from tests.bricks.cell_tests import CellTests, arguments_of, values_of
from tests.equations import iterated_padded, min_gru_step, min_lstm_step
from tests.rnn_kernels.plain import plain


class MinimalTests(CellTests):
    """Tests of both units."""

    names = {'initial_state': INITIAL_STATE}

    def test_each_gate_is_initialised_on_its_own(self):
        brick = self.make(dim=4)
        brick.initialize()  # no weights_init: there are no recurrent weights
        assert_array_equal(brick.initial_state_.get_value(), numpy.zeros(4))

    @change_flags(floatX='float64')
    def test_long_sequences(self):
        brick = self.brick(dim=2)
        inputs, mask, h = arguments_of(brick, 2, 500, 3, 'full')
        x, states = tensor.tensor3('x'), tensor.matrix('states')
        got = brick.apply(x, states=states).eval({x: inputs, states: h})
        expected, = iterated_padded(self.oracle, {}, inputs, mask, [h])
        assert_allclose(got, expected, rtol=1e-10, atol=1e-12)

    @plain()
    @change_flags(floatX='float64')
    def test_fractional_masks_mix_states(self):
        brick = self.brick()
        inputs, mask, h = arguments_of(brick, 1, 6, 4, 'holes')
        mask *= numpy.random.RandomState(2).uniform(size=mask.shape)
        x, m, states = (tensor.tensor3('x'), tensor.matrix('mask'),
                        tensor.matrix('states'))
        for reverse in (False, True):
            order = slice(None, None, -1 if reverse else 1)
            expected, before = [], h
            for x_t, m_t in zip(inputs[order], mask[order][:, :, None]):
                new, = self.oracle({}, x_t, before)
                before = m_t * new + (1 - m_t) * before
                expected.append(before)
            for disabled in (False, True):
                with (rnn_kernels.disabled() if disabled else
                      change_flags(floatX='float64')):
                    outputs = brick.apply(x, mask=m, states=states,
                                          reverse=reverse)
                got = outputs.eval({x: inputs, m: mask, states: h})
                assert_allclose(got, expected, rtol=1e-12)

    @change_flags(floatX='float64')
    def test_gradients_of_kernel_and_scan_are_equal(self):
        brick = self.brick(dim=4)
        x, m, states, weights = (
            tensor.tensor3('x'), tensor.matrix('mask'),
            tensor.matrix('states'), tensor.tensor3('weights'))
        for reverse in (False, True):
            functions = []
            for disabled in (False, True):
                with (rnn_kernels.disabled() if disabled else
                      change_flags(floatX='float64')):
                    outputs = brick.apply(x, mask=m, states=states,
                                          reverse=reverse)
                functions.append(theano.function(
                    [x, m, states, weights], theano.grad(
                        (outputs * weights).sum(), [x, states]),
                    mode='FAST_COMPILE' if disabled else None))
            for T, kind, low in [(200, 'lengths', 1), (50, 'holes', 1),
                                 (50, 'holes', .3)]:
                inputs, mask, h = arguments_of(brick, 3, T, 5, kind)
                mask = mask * numpy.random.RandomState(4).uniform(
                    low, 1, mask.shape)
                factors = numpy.random.RandomState(5).normal(size=(T, 5, 4))
                results = [function(inputs, mask, h, factors)
                           for function in functions]
                for ours, theirs in zip(*results):
                    assert_allclose(ours, theirs, rtol=1e-10, atol=1e-12)
                self.assertFalse(results[0][0][mask == 0].any())

    @plain()
    @change_flags(floatX='float64')
    def test_other_activations(self):
        brick = self.brick(activation=Tanh())
        arrays = arguments_of(brick, 1, 5, 2, 'holes')
        squashed = arrays[0].copy()
        k = self.squashed
        squashed[..., 3 * k:3 * k + 3] = numpy.tanh(
            squashed[..., 3 * k:3 * k + 3])
        x, mask, states = (tensor.tensor3('x'), tensor.matrix('mask'),
                           tensor.matrix('states'))
        got = brick.apply(x, mask=mask, states=states).eval(
            dict(zip((x, mask, states), arrays)))
        expected, = iterated_padded(self.oracle, {}, squashed, arrays[1],
                                    arrays[2:])
        assert_allclose(got, expected, rtol=1e-12)

    @change_flags(floatX='float64')
    def test_samples_step_by_step(self):
        stack = UnidirectionalStack(
            [self.make(dim=3), self.make(dim=4)], input_dim=5,
            weights_init=IsotropicGaussian(1.), biases_init=Constant(.1),
            seed=1)
        output = Linear(4, 5, weights_init=IsotropicGaussian(2.),
                        biases_init=Constant(0), seed=2)
        for brick in stack, output:
            brick.initialize()
        dims = OrderedDict((name, stack.get_dim(name))
                           for name in stack.state_names)
        self.assertEqual(list(dims.values()), [3, 4])

        def step(symbols, states):
            outputs, *after = stack.unroll(
                tensor.eye(5)[symbols][None], as_list=True, **states)
            return output.apply(outputs[0]), after

        drawn = Sampler(step, dims).sample([[1, 2], [3, 0]], 6, seed=1)
        # The same network, layer by layer, in NumPy.
        features = numpy.eye(5)[numpy.concatenate([[[1, 2], [3, 0]], drawn])]
        for (direction,), dim in zip(stack.layers, (3, 4)):
            linear, = direction.projection.children
            features, = iterated_padded(
                self.oracle, {},
                features.dot(linear.W.get_value()) + linear.b.get_value(),
                numpy.ones((8, 2)), [numpy.zeros((2, dim))])
        rng = numpy.random.RandomState(1)
        assert_array_equal(drawn, [
            draw_symbols(energies, 1., rng) for energies in
            features.dot(output.W.get_value())[1:-1]])
        self.assertGreater(len(set(drawn.flatten())), 1)

    def test_conversion_to_other_libraries_is_refused(self):
        brick = self.make(dim=2, name='enc')
        linear = Linear(3, brick.get_dim('inputs'))
        stack = UnidirectionalStack([self.make(dim=2)], input_dim=3)
        for call in (lambda: get_direction(brick, linear),
                     lambda: set_direction(brick, linear, {}),
                     lambda: get_network(stack)):
            with self.assertRaisesRegex(
                    TypeError, 'expected an LSTM, .*got {}.*a different form'
                    .format(type(brick).__name__)):
                call()

    def test_dims(self):
        brick = self.make(dim=5)
        count = len(type(brick).gates)
        self.assertEqual([brick.get_dim(name) for name in
                          ('inputs', 'states', 'mask')], [5 * count, 5, 0])
        self.assertIn(', '.join(type(brick).gates), brick.remedy('inputs'))


class TestMinGRU(MinimalTests, TestCase):
    step = staticmethod(min_gru_step)
    squashed = 1

    def make(self, dim=3, **kwargs):
        return MinGRU(dim=dim, **kwargs)

    @plain()
    def test_gates(self):
        self.assertEqual(MIN_GRU_GATES, ('u', 'n'))
        x = tensor.matrix('x')
        brick = self.make(dim=1)
        step = theano.function([x], brick.apply(
            x, states=tensor.ones_like(x[:, :1]) * .25, iterate=False))
        # closed, half open, open
        got = step(numpy.array([[-100, 7], [0, .75], [100, 7]],
                               theano.config.floatX))
        assert_allclose(got[:, 0], [.25, .5, 7], rtol=1e-6)


class TestMinLSTM(MinimalTests, TestCase):
    step = staticmethod(min_lstm_step)
    squashed = 0

    def make(self, dim=3, **kwargs):
        return MinLSTM(dim=dim, **kwargs)

    @plain()
    def test_gates(self):
        self.assertEqual(MIN_LSTM_GATES, ('i', 'j', 'f'))
        x, h = tensor.matrix('x'), tensor.matrix('h')
        brick = self.make(dim=1)
        after = brick.apply(x, states=h, iterate=False)
        step = theano.function([x, h], [after] + theano.grad(
            after.sum(), [x, h]))
        values = numpy.array([
            [7, -40, 0],        # f alone: keep the state
            [7, 0, -40],        # j alone: write the candidate
            [.75, 3, 3],        # both open: equal shares
            [.75, -1e4, -1e4],  # both closed
        ], theano.config.floatX)
        got = step(values, numpy.full((4, 1), .25, theano.config.floatX))
        assert_allclose(got[0][:, 0], [.25, 7, .5, .5], rtol=1e-6)
        for gradient in got[1:]:
            self.assertTrue(numpy.isfinite(gradient).all())

    def test_closed_gates_in_a_kernel(self):
        for floatX in ('float32', 'float64'):
            with change_flags(floatX=floatX):
                brick = self.brick()
                x = tensor.tensor3('x')
                outputs = brick.apply(x)
                values = numpy.full((3, 2, 9), -1e4, floatX)
                values[..., :3] = .5
                got, gradient = theano.function(
                    [x], [outputs, theano.grad(outputs.sum(), x)])(values)
                first = values_of(brick)['initial_state']
                assert_allclose(got[0, 0], (first + .5) / 2, rtol=1e-6)
                assert_allclose(gradient[-1, :, :3], .5, rtol=1e-6)
                self.assertTrue(numpy.isfinite(gradient).all())
