"""Tests of sequence generators whose readouts compute costs and scores."""
import unittest

import numpy
import theano
from blocks.bricks import Tanh
from blocks.bricks.lookup import LookupTable
from blocks.bricks.recurrent import SimpleRecurrent
from blocks.filter import VariableFilter
from blocks.graph import ComputationGraph
from blocks.initialization import IsotropicGaussian
from blocks.roles import AUXILIARY
from blocks_extras.bricks.sequence_generator2 import (
    Feedback,
    SequenceGenerator,
    SoftmaxReadout,
)
from numpy.testing import assert_allclose
from theano import tensor


def log_softmax(scores):
    return scores - numpy.log(numpy.exp(scores).sum(axis=-1, keepdims=True))


class TestSoftmaxReadout(unittest.TestCase):

    def setUp(self):
        self.readout = SoftmaxReadout(
            input_names=['states1', 'states2'], num_tokens=4,
            input_dims=[2, 3], weights_init=IsotropicGaussian(1),
            biases_init=IsotropicGaussian(1), seed=1)
        self.readout.initialize()
        rng = numpy.random.RandomState(2)
        X = theano.config.floatX
        self.values = [rng.normal(size=(5, 3, dim)).astype(X)
                       for dim in (2, 3)]
        first, second = self.readout.merge_brick.children
        self.scores = log_softmax(
            self.values[0] @ first.W.get_value()
            + self.values[1] @ second.W.get_value()
            + self.readout.post_merge.parameters[0].get_value())
        self.states = tensor.tensor3s('states1', 'states2')

    def given(self):
        return {variable: value for variable, value
                in zip(self.states, self.values)}

    def test_scores(self):
        one, two = self.states
        self.assertEqual(self.readout.scores.inputs, ['states1', 'states2'])
        assert_allclose(
            self.readout.scores(states1=one, states2=two).eval(self.given()),
            self.scores, rtol=1e-4, atol=1e-6)

    def test_costs(self):
        one, two = self.states
        symbols = numpy.random.RandomState(3).randint(4, size=(5, 3))
        mask = numpy.ones((5, 3), theano.config.floatX)
        mask[3:, 1] = 0
        picked = numpy.take_along_axis(self.scores, symbols[..., None],
                                       axis=2)[..., 0]
        y, m = tensor.lmatrix('y'), tensor.matrix('m')
        for given, expected in ((None, -picked.sum(axis=0)),
                                (m, -(picked * mask).sum(axis=0))):
            costs = self.readout.costs(y, given, states1=one, states2=two)
            values = theano.function(
                [y, m, one, two], costs, on_unused_input='ignore')(
                    symbols, mask, *self.values)
            assert_allclose(values, expected, rtol=1e-4)

    def test_samples_have_their_scores_and_frequencies(self):
        one, two = tensor.matrices('states1', 'states2')
        samples, scores = self.readout.sample(states1=one, states2=two)
        rows = 20000
        values = [numpy.repeat(value[0, :1], rows, axis=0)
                  for value in self.values]
        samples, scores = theano.function([one, two], [samples, scores])(
            *values)
        expected = self.scores[0, 0]
        assert_allclose(scores, expected[samples], rtol=1e-4)
        assert_allclose(numpy.bincount(samples, minlength=4) / rows,
                        numpy.exp(expected), atol=.02)


class TestSequenceGenerator(unittest.TestCase):

    def setUp(self):
        schemes = {'weights_init': IsotropicGaussian(.7),
                   'biases_init': IsotropicGaussian(.3)}
        self.transition = SimpleRecurrent(3, Tanh())
        self.generator = SequenceGenerator(
            self.transition,
            SoftmaxReadout(input_names=['states'], num_tokens=4),
            Feedback(['inputs'], embedding=LookupTable(4, 2)),
            seed=5, **schemes)
        self.generator.initialize()
        generator = self.generator
        self.W = self.transition.W.get_value()
        self.table = generator.feedback.embedding.W.get_value()
        fork, = generator.feedback.fork.children
        self.fork = fork.W.get_value(), fork.b.get_value()
        merge, = generator.readout.merge_brick.children
        self.merge = (merge.W.get_value(),
                      generator.readout.post_merge.parameters[0].get_value())

    def scores(self, states):
        return log_softmax(states @ self.merge[0] + self.merge[1])

    def step(self, symbols, states):
        inputs = self.table[symbols] @ self.fork[0] + self.fork[1]
        return numpy.tanh(states @ self.W + inputs)

    def test_costs(self):
        symbols = numpy.random.RandomState(1).randint(4, size=(6, 3))
        mask = numpy.ones((6, 3), theano.config.floatX)
        mask[2:, 0], mask[5, 2] = 0, 0
        y, m = tensor.lmatrix('y'), tensor.matrix('m')
        costs = self.generator.costs(prediction=y, prediction_mask=m)
        last, = VariableFilter(roles=[AUXILIARY], name='states_final_value')(
            ComputationGraph(costs))
        costs, last = theano.function([y, m], [costs, last])(symbols, mask)
        for example in range(3):
            states, expected = numpy.zeros(3), 0
            for symbol in symbols[mask[:, example] == 1, example]:
                expected -= self.scores(states)[symbol]
                states = self.step(symbol, states)
            assert_allclose(costs[example], expected, rtol=1e-4)
            assert_allclose(last[example], states, rtol=1e-4)

    def test_generated_sequences_are_consistent(self):
        samples, scores, states = self.generator.generate(
            n_steps=5, batch_size=2)
        updates = ComputationGraph(states).updates
        samples, scores, states = theano.function(
            [], [samples, scores, states], updates=updates)()
        self.assertEqual(samples.shape, (5, 2))
        before = numpy.zeros((2, 3))
        for t in range(5):
            expected = self.scores(before)[range(2), samples[t]]
            assert_allclose(scores[t], expected, rtol=1e-4)
            before = self.step(samples[t], before)
            assert_allclose(states[t], before, rtol=1e-4)
        self.assertGreater(len(set(samples.ravel())), 1)
