"""Tests of the option `precision` of bricks and stacks."""
import unittest
from unittest import mock

import theano
from blocks.initialization import Constant, IsotropicGaussian
from theano import tensor

from blocks_rnn_bricks import (
    LSTM,
    BidirectionalStack,
    GatedRecurrent,
    Regularized,
    UnidirectionalStack,
)
from rnn_kernels import precisions
from rnn_kernels.ops import Iterate
from rnn_kernels.tracing import ancestors


def roundings(variable):
    """Return which kernels of a graph round, the first layer last."""
    found = []
    for ancestor in ancestors(variable):
        node = ancestor.owner
        if node is not None and isinstance(node.op, Iterate):
            found.append((node, [recurrence.cells.general.rounded
                                 for recurrence in node.op.recurrences]))
    return list(dict(found).values())


class TestPrecision(unittest.TestCase):
    def setUp(self):
        patched = mock.patch.object(precisions, 'supported',
                                    lambda: True)
        patched.start()
        self.addCleanup(patched.stop)

    def check(self, stack, expected):
        stack.weights_init = IsotropicGaussian(.1)
        stack.biases_init = Constant(0.)
        stack.initialize()
        outputs = stack.apply(tensor.ftensor3('x'))
        self.assertEqual(sorted(roundings(outputs)), sorted(expected))

    def test_stacks_and_their_transitions(self):
        self.addCleanup(setattr, theano.config, 'floatX',
                        theano.config.floatX)
        theano.config.floatX = 'float32'
        for label, stack, expected in (
                ('default', UnidirectionalStack([LSTM(3)], 2), [[False]]),
                ('stack', BidirectionalStack(
                    [LSTM(3), GatedRecurrent(3)], 2, precision='bfloat16'),
                 [[True, True], [True, True]]),
                ('one layer', UnidirectionalStack(
                    [LSTM(3, precision='bfloat16'), LSTM(3)], 2),
                 [[True], [False]]),
                ('a layer goes first', UnidirectionalStack(
                    [LSTM(3, precision='float32'), LSTM(3)], 2,
                    precision='bfloat16'), [[False], [True]]),
                ('regularized', UnidirectionalStack(
                    [Regularized(LSTM(3, precision='bfloat16'),
                                 zoneout=.1)], 2), [[True]])):
            with self.subTest(label):
                self.check(stack, expected)

    def test_float64_is_exact(self):
        lstm = LSTM(3, precision='bfloat16', weights_init=Constant(.1),
                    name='lstm')
        lstm.initialize()
        states, _ = lstm.apply(tensor.dtensor3('x'))
        self.assertEqual(roundings(states), [[False]])

    def test_unknown_precision_is_refused(self):
        for make in (lambda: LSTM(3, precision='half', name='it'),
                     lambda: UnidirectionalStack(
                         [LSTM(3)], 2, precision='half', name='it')):
            with self.assertRaisesRegex(
                    ValueError, "'it': precision must be 'float32' or "
                    "'bfloat16', got 'half'"):
                make()
