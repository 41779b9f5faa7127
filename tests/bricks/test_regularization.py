"""Tests of state dropout and zoneout."""
from unittest import TestCase

import numpy
import theano
from blocks.bricks import Tanh
from blocks.bricks.recurrent import GatedRecurrent, SimpleRecurrent
from blocks.initialization import IsotropicGaussian, Orthogonal
from numpy.testing import assert_allclose, assert_array_equal
from theano import tensor
from theano.configparser import change_flags

from blocks_rnn_bricks import (
    LSTM,
    BidirectionalStack,
    Regularized,
    Transition,
    carry_over,
    recurrent,
    variational_dropout,
)
from rnn_kernels.ops import Iterate
from tests.equations import lstm_step, random_mask
from tests.rnn_kernels.plain import plain


class TestRegularized(TestCase):
    def setUp(self):
        self.flags = change_flags(floatX='float64')
        self.flags.__enter__()
        self.rng = numpy.random.RandomState(1)
        self.x = self.rng.normal(size=(5, 3, 8))
        self.mask = random_mask(self.rng, 5, 3, 'holes')

    def tearDown(self):
        self.flags.__exit__(None, None, None)

    def make(self, transition=None, **kwargs):
        brick = Regularized(transition or LSTM(dim=2), theano_seed=5, seed=1,
                            weights_init=IsotropicGaussian(0.7), **kwargs)
        brick.initialize()
        return brick

    def compiled(self, brick, **kwargs):
        x, mask = tensor.tensor3('x'), tensor.matrix('mask')
        return theano.function([x, mask], brick.apply(x, mask=mask, **kwargs))

    def steps(self, W, dropout, zoneout_h, zoneout_c):
        """Run the equations step by step in NumPy."""
        h, c = numpy.zeros((2, 3, 2))
        states, cells = [], []
        for t in range(5):
            new_h, new_c = lstm_step({'W_state': W}, self.x[t], h * dropout,
                                     c)
            new_h = zoneout_h[t] * h + (1 - zoneout_h[t]) * new_h
            new_c = zoneout_c[t] * c + (1 - zoneout_c[t]) * new_c
            m = self.mask[t][:, None]
            h, c = m * new_h + (1 - m) * h, m * new_c + (1 - m) * c
            states.append(h)
            cells.append(c)
        return numpy.array(states), numpy.array(cells)

    @plain()
    def test_without_noise_equals_the_transition(self):
        brick = self.make(dropout=0.5)
        f = self.compiled(brick)
        self.assertIn(Iterate, [type(node.op) for node in
                                f.maker.fgraph.toposort()])
        g = self.compiled(brick.transition)
        for value, truth in zip(f(self.x, self.mask), g(self.x, self.mask)):
            assert_array_equal(value, truth)

    @plain()
    def test_zoneout_uses_its_expectation_in_evaluation(self):
        brick = self.make(zoneout={'states': 0.2, 'cells': 0.4})
        rates = numpy.full((2, 5, 3, 2), 0.2)
        rates[1] = 0.4
        expected = self.steps(brick.transition.W_state.get_value(), 1.,
                              *rates)
        for value, truth in zip(self.compiled(brick)(self.x, self.mask),
                                expected):
            assert_allclose(value, truth, rtol=1e-10)

    def test_zoneout_keeps_states_in_training(self):
        brick = self.make(zoneout=0.5)
        self.mask[:] = 1
        states, cells = self.compiled(brick, train=True)(self.x, self.mask)
        for values in (states, cells):
            kept = values[1:] == values[:-1]
            self.assertTrue(0.2 < kept.mean() < 0.8, kept.mean())
            self.assertTrue((kept[0] != kept[1]).any())

    def test_dropout_masks_are_the_same_at_all_steps(self):
        brick = self.make(dropout=0.5)
        run = self.compiled(brick, train=True)
        states, cells = run(self.x, self.mask)
        W = brick.transition.W_state.get_value()
        none = numpy.zeros((5, 1, 1))
        factors = [numpy.array([[a, b], [c, d], [e, f]])
                   for a in (0, 2) for b in (0, 2) for c in (0, 2)
                   for d in (0, 2) for e in (0, 2) for f in (0, 2)]
        matches = [factor for factor in factors if numpy.allclose(
            self.steps(W, factor, none, none)[0], states, rtol=1e-10)]
        self.assertTrue(matches)
        self.assertTrue((run(self.x, self.mask)[0] != states).any())

    @plain()
    def test_blocks_transitions(self):
        for transition, dims in [
                (SimpleRecurrent(dim=4, activation=Tanh()), {'inputs': 4}),
                (GatedRecurrent(dim=4), {'inputs': 4, 'gate_inputs': 8})]:
            brick = self.make(transition, dropout=0.3, zoneout=0.2)
            mask = tensor.matrix('mask')
            sequences = {name: tensor.tensor3(name) for name in dims}
            states = brick.apply(mask=mask, train=True, **sequences)[0]
            names = sorted(dims)
            f = theano.function(
                [mask] + [sequences[name] for name in names],
                [states] + theano.grad(states.sum(), [
                    sequences[name] for name in names]))
            values = [numpy.where(self.mask[:, :, None] > 0,
                                  self.rng.normal(size=(5, 3, dims[name])),
                                  numpy.nan) for name in names]
            for value in f(self.mask, *values):
                self.assertTrue(numpy.isfinite(value).all())

    @plain()
    def test_user_defined_transition(self):
        class Leaky(Transition):
            def get_dim(self, name):
                return {'inputs': 8, 'states': 8, 'mask': 0}[name]

            @recurrent(sequences=['inputs', 'mask'], states=['states'],
                       contexts=[], outputs=['states'])
            def apply(self, inputs, states, mask=None):
                return carry_over(mask, [.5 * states + inputs], [states])

        states = self.compiled(self.make(Leaky(), zoneout=.25))(
            self.x, self.mask)
        expected, h = [], numpy.zeros((3, 8))
        for x_t, m_t in zip(self.x, self.mask[:, :, None]):
            new = .25 * h + .75 * (.5 * h + x_t)
            h = m_t * new + (1 - m_t) * h
            expected.append(h)
        assert_allclose(states, expected, rtol=1e-10)

    @plain()
    def test_in_a_stack(self):
        stack = BidirectionalStack(
            [Regularized(LSTM(dim=2), dropout=0.5), LSTM(dim=2)],
            input_dim=8, weights_init=Orthogonal(),
            biases_init=IsotropicGaussian(0.1), seed=1, theano_seed=4)
        stack.initialize()
        clear = self.compiled(stack)
        noisy = self.compiled(stack, train=True)
        value = clear(self.x, self.mask)
        assert_array_equal(clear(self.x, self.mask), value)
        self.assertTrue((noisy(self.x, self.mask) != value).any())
        self.assertTrue((noisy(self.x, self.mask) !=
                         noisy(self.x, self.mask)).any())

    def test_errors(self):
        with self.assertRaisesRegex(ValueError, "state 'memory'.*states, ce"):
            Regularized(LSTM(dim=2), zoneout={'memory': 0.1})
        for kwargs in ({'dropout': 1.}, {'zoneout': -0.1}):
            with self.assertRaisesRegex(ValueError, 'at least 0 and below 1'):
                Regularized(LSTM(dim=2), **kwargs)
        brick = self.make(zoneout=0.1)
        with self.assertRaisesRegex(TypeError, 'mask of dtype int64'):
            brick.apply(tensor.ftensor3(), mask=tensor.lmatrix())
        with self.assertRaisesRegex(ValueError, 'must have 8 features'):
            self.compiled(brick)(self.x[:, :, :6], self.mask)


class TestVariationalDropout(TestCase):
    def test_scale_and_rate(self):
        from theano.sandbox.rng_mrg import MRG_RandomStreams
        x = tensor.tensor3('x')
        f = theano.function([x], variational_dropout(
            x, 0.25, MRG_RandomStreams(1)))
        ones = numpy.ones((3, 200, 10), dtype=theano.config.floatX)
        value = f(ones)
        self.assertEqual(value.dtype, theano.config.floatX)
        assert_allclose(numpy.unique(value), [0, 4. / 3], rtol=1e-6)
        assert_array_equal(value[0], value[2])
        self.assertLess(abs(value.mean() - 1), 0.05)
