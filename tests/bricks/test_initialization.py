"""Tests of the initial biases that let gated units remember."""
from unittest import TestCase

import numpy
import theano
from blocks.bricks import Linear
from blocks.bricks.recurrent import GatedRecurrent as BlocksGatedRecurrent
from blocks.initialization import Constant
from numpy.testing import assert_allclose, assert_array_equal
from theano import tensor

from blocks_rnn_bricks import (
    BLOCKS_GRU_GATES,
    GATES,
    GRU_GATES,
    LSTM,
    MIN_GRU_GATES,
    MIN_LSTM_GATES,
    ChronoBias,
    ForgetGateBias,
    GatedRecurrent,
    MinGRU,
    MinLSTM,
    PeepholeLSTM,
)


def after_one_step(brick, bias, name, *others):
    """Return the states after a step from ones with only biases as input."""
    brick.initialize()
    rows = {other: numpy.zeros((1, brick.get_dim(other)), bias.dtype)
            for other in others}
    rows.update({state: numpy.ones((1, brick.get_dim(state)), bias.dtype)
                 for state in brick.apply.states})
    rows[name] = bias[None]
    return brick.apply(iterate=False, as_dict=True, **{
        row: tensor.constant(value) for row, value in rows.items()})


class TestBiases(TestCase):
    def test_forget_gate_bias_of_other_units(self):
        for gates, expected in [
                (GRU_GATES, [0, 2, 0]), (BLOCKS_GRU_GATES, [-2, 0]),
                (MIN_GRU_GATES, [-2, 0]), (MIN_LSTM_GATES, [0, 0, 2])]:
            bias = ForgetGateBias(2, gates).generate(None, (3 * len(gates),))
            assert_array_equal(bias, numpy.repeat(expected, 3))
            self.assertEqual(bias.dtype, theano.config.floatX)

    def test_chrono_bias(self):
        for T_max in (2, 50, 400.):
            linear = Linear(2, 4 * 5000, weights_init=Constant(0),
                            biases_init=ChronoBias(T_max), seed=1)
            linear.initialize()
            i, j, f, o = linear.b.get_value().reshape(4, 5000)
            for zero in (i, o, f + j):
                assert_array_equal(zero, numpy.zeros(5000))
            # exp(f) is uniform between 1 and T_max - 1.
            times = numpy.sort(numpy.exp(f.astype('float64')))
            assert_allclose(times, numpy.linspace(1, T_max - 1, 5000),
                            atol=.03 * T_max - .06 + 1e-6)

    def test_chrono_bias_of_other_units(self):
        def drawn(gates):
            bias = ChronoBias(100, gates).generate(
                numpy.random.RandomState(1), (3 * len(gates),))
            self.assertEqual(bias.dtype, theano.config.floatX)
            return bias.reshape(len(gates), 3)

        keep = numpy.log(numpy.random.RandomState(1).uniform(1, 99, 3))
        for gates, signs in [
                (GATES, [0, -1, 1, 0]), (GRU_GATES, [0, 1, 0]),
                (BLOCKS_GRU_GATES, [-1, 0]), (MIN_GRU_GATES, [-1, 0]),
                (MIN_LSTM_GATES, [0, -1, 1])]:
            assert_allclose(drawn(gates), numpy.outer(signs, keep),
                            rtol=1e-6)

    def test_chrono_bias_makes_units_remember(self):
        # With biases alone, a unit keeps exp(b) / (1 + exp(b)) of its
        # state at each step, and writes the rest.
        b = numpy.log(numpy.random.RandomState(3).uniform(1, 29, 4))
        expected = numpy.exp(b) / (1 + numpy.exp(b))
        zero = dict(weights_init=Constant(0))
        for brick, gates, state, names in [
                (LSTM(4, **zero), GATES, 'cells', ['inputs']),
                (PeepholeLSTM(4, **zero), GATES, 'cells', ['inputs']),
                (GatedRecurrent(4, **zero), GRU_GATES, 'states', ['inputs']),
                (BlocksGatedRecurrent(4, **zero), BLOCKS_GRU_GATES, 'states',
                 ['gate_inputs', 'inputs']),
                (MinGRU(4), MIN_GRU_GATES, 'states', ['inputs']),
                (MinLSTM(4), MIN_LSTM_GATES, 'states', ['inputs'])]:
            bias = ChronoBias(30, gates).generate(
                numpy.random.RandomState(3), (4 * len(gates),))
            after = after_one_step(brick, bias, *names)[state].eval()
            assert_allclose(after[0], expected, rtol=1e-5,
                            err_msg=str(brick))

    def test_errors(self):
        for make, error, pattern in [
                (lambda: ChronoBias('400'), TypeError, 'ChronoBias: T_max'),
                (lambda: ChronoBias(None), TypeError, 'ChronoBias: T_max'),
                (lambda: ChronoBias(1.5), ValueError, 'at least 2, got 1.5'),
                (lambda: ChronoBias(float('nan')), ValueError,
                 'T_max must be a finite number, got nan'),
                (lambda: ChronoBias(9, 'ijfo'), TypeError,
                 'gates must be a list of names'),
                (lambda: ChronoBias(9, ['r', 'n']), ValueError,
                 'at least one of f, j, u, z'),
                (lambda: ChronoBias(9, []), ValueError, 'at least one of'),
                (lambda: ForgetGateBias(gates=['j', 'o']), ValueError,
                 'ForgetGateBias: gates must name at least one of f, u, z'),
                (lambda: ForgetGateBias(gates='f'), TypeError,
                 'gates must be a list of names'),
                (lambda: ChronoBias(9).generate(None, (7,)), ValueError,
                 r'ChronoBias: .*4\*dim, the gates i, j, f, o .*\(7,\)'),
                (lambda: ChronoBias(9, MIN_GRU_GATES).generate(None, (3,)),
                 ValueError, r'2\*dim, the gates u, n .*\(3,\)')]:
            with self.assertRaisesRegex(error, pattern):
                make()
        self.assertEqual(repr(ChronoBias(9)), 'ChronoBias(9)')
