"""Tests that the bricks learn the adding problem, which needs memory."""
from unittest import TestCase

import numpy
import theano
from blocks.algorithms import (
    Adam,
    CompositeRule,
    GradientDescent,
    StepClipping,
)
from blocks.bricks import Linear
from blocks.graph import ComputationGraph
from blocks.initialization import Constant, Orthogonal
from theano import tensor

from blocks_rnn_bricks import LSTM, ForgetGateBias, UnidirectionalStack


def adding_problem(rng, steps, batch):
    """Return numbers in [0, 1), marks on two of them, and their sum.

    Hochreiter and Schmidhuber (1997), experiment 4, scaled as usual today:
    the mean squared error of always answering 1 is 1/6.

    """
    x = numpy.zeros((steps, batch, 2), dtype=theano.config.floatX)
    x[:, :, 0] = rng.uniform(size=(steps, batch))
    rows = numpy.arange(batch)
    half = steps // 2
    for marked in (rng.randint(0, half, size=batch),
                   rng.randint(half, steps, size=batch)):
        x[marked, rows, 1] = 1
    return x, (x[:, :, 0] * x[:, :, 1]).sum(axis=0)[:, None]


class TestAddingProblem(TestCase):
    def test_is_learned(self):
        stack = UnidirectionalStack(
            [LSTM(dim=24)], input_dim=2, weights_init=Orthogonal(),
            biases_init=ForgetGateBias(), seed=1)
        readout = Linear(24, 1, weights_init=Orthogonal(),
                         biases_init=Constant(0.5), seed=2)
        for brick in (stack, readout):
            brick.initialize()
        x, y = tensor.tensor3('x'), tensor.matrix('y')
        error = ((readout.apply(stack.summary(x)) - y) ** 2).mean()
        error.name = 'error'
        algorithm = GradientDescent(
            cost=error, parameters=ComputationGraph([error]).parameters,
            step_rule=CompositeRule([StepClipping(1.), Adam(0.01)]))
        algorithm.initialize()
        rng = numpy.random.RandomState(3)
        for _ in range(700):
            inputs, targets = adding_problem(rng, 20, 50)
            algorithm.process_batch({'x': inputs, 'y': targets})
        evaluate = theano.function([x, y], error)
        inputs, targets = adding_problem(rng, 20, 2000)
        self.assertGreater(((targets - 1) ** 2).mean(), 0.15)
        self.assertLess(evaluate(inputs, targets), 0.01)
