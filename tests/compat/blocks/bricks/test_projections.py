"""Tests of Linear bricks that kernels absorb."""
import unittest

import numpy
import theano
from blocks.algorithms import GradientDescent, Scale
from blocks.bricks import LSTM, Linear
from blocks.config import config
from blocks.filter import VariableFilter
from blocks.graph import ComputationGraph, apply_dropout
from blocks.initialization import IsotropicGaussian
from blocks.roles import OUTPUT
from numpy.testing import assert_allclose
from theano import tensor
from theano.gradient import DisconnectedInputError

from rnn_kernels.ops import Iterate, IterateGradient
from tests.rnn_kernels.plain import plain

RATE = .1


def kernels_of(function):
    """Return the kernels of a function and the remaining dots."""
    return [type(node.op).__name__ for node in function.maker.fgraph.toposort()
            if isinstance(node.op, (Iterate, IterateGradient, tensor.Dot))]


class TestProjections(unittest.TestCase):
    def setUp(self):
        patched = plain()
        patched.__enter__()
        self.addCleanup(patched.__exit__, None, None, None)
        self.x, self.mask = tensor.dtensor3('x'), tensor.dmatrix('mask')
        self.linear = Linear(4, 12, name='to_lstm')
        self.lstm = LSTM(dim=3, name='lstm')
        for brick in self.linear, self.lstm:
            brick.weights_init = IsotropicGaussian(.5)
            brick.biases_init = IsotropicGaussian(.5)
            brick.initialize()
        self.inputs = self.linear.apply(self.x)
        states, _ = self.lstm.apply(self.inputs, mask=self.mask)
        self.states = states
        self.cost = (states ** 2).sum().copy(name='cost')
        rng = numpy.random.RandomState(0)
        self.batch = {
            'x': rng.normal(size=(5, 3, 4)),
            'mask': (numpy.arange(5)[:, None] <
                     numpy.array([5, 2, 3])).astype('float64')}

    def update(self, cost, **kwargs):
        """Make one update; return its algorithm and the new parameters."""
        parameters = ComputationGraph(cost).parameters
        before = [parameter.get_value() for parameter in parameters]
        algorithm = GradientDescent(
            cost=cost, parameters=parameters, step_rule=Scale(RATE),
            **kwargs)
        algorithm.add_updates([(theano.shared(0.), cost)])
        algorithm.initialize()
        algorithm.process_batch(self.batch)
        after = [parameter.get_value() for parameter in parameters]
        for parameter, value in zip(parameters, before):
            parameter.set_value(value)
        return algorithm, after

    def check(self, cost, **kwargs):
        """Compare an update with the plain gradient; return its kernels."""
        algorithm, got = self.update(cost, **kwargs)
        wrt = ComputationGraph(cost).parameters
        reference = theano.function(
            [self.x, self.mask], tensor.grad(cost, wrt))
        for parameter, value, gradient in zip(wrt, got, reference(
                self.batch['x'], self.batch['mask'])):
            assert_allclose(value, parameter.get_value() - RATE * gradient,
                            rtol=1e-9, atol=1e-12)
        return kernels_of(algorithm._function)

    def test_gradient_descent(self):
        # The same kernel returns the monitored cost.
        self.assertEqual(self.check(self.cost),
                         ['Iterate', 'IterateGradient'])

    def test_gradients_given(self):
        parameters = ComputationGraph(self.cost).parameters
        gradients = tensor.grad(self.cost, parameters)
        self.assertEqual(
            self.check(self.cost,
                       gradients=list(zip(parameters, gradients))),
            ['Dot', 'Iterate', 'IterateGradient', 'Dot'])

    def test_respects_consider_constant(self):
        # Inside a kernel that computes the Linear it would not be constant.
        with self.assertRaises(DisconnectedInputError):
            GradientDescent(cost=self.cost,
                            parameters=self.linear.parameters,
                            consider_constant=[self.inputs])

    def test_known_gradients(self):
        known = {self.inputs: tensor.ones_like(self.inputs)}
        algorithm = GradientDescent(
            cost=self.cost, parameters=self.linear.parameters,
            known_grads=known)
        bias = next(parameter for parameter in self.linear.parameters
                    if parameter.name == 'b')
        got = algorithm.gradients[bias].eval({self.x: self.batch['x']})
        assert_allclose(got, numpy.full(12, 15.))

    def test_noisy_projections_are_not_absorbed(self):
        graph = ComputationGraph(self.cost)
        inputs, = VariableFilter(roles=[OUTPUT], bricks=[self.linear])(graph)
        dropped = apply_dropout(graph, [inputs], .5, seed=1).outputs[0]
        algorithm, got = self.update(dropped)
        _, expected = self.update(self.cost)
        self.assertFalse(any(map(numpy.allclose, got, expected)))
        self.assertIn('Dot', kernels_of(algorithm._function))

    def test_function(self):
        for fused, expected in ((True, ['Iterate']),
                                (False, ['Dot', 'Iterate'])):
            with self.subTest(fused=fused):
                before = config.fuse_recurrent
                config.fuse_recurrent = fused
                try:
                    function = theano.function([self.x, self.mask],
                                               self.states)
                finally:
                    config.fuse_recurrent = before
                self.assertEqual(kernels_of(function), expected)
                if fused:
                    first = function(**self.batch)
                else:
                    assert_allclose(function(**self.batch), first,
                                    rtol=1e-12)
