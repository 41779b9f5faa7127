"""Tests of bricks, initialization and step rules."""
import unittest
from collections import OrderedDict

import numpy
import theano
from blocks.bricks import Tanh
from blocks.bricks.attention import AttentionRecurrent as GlimpsesFirst
from blocks.bricks.attention import SequenceContentAttention
from blocks.bricks.recurrent import SimpleRecurrent
from blocks.graph import ComputationGraph
from blocks.initialization import Constant, IsotropicGaussian
from blocks.utils import shared_floatx
from blocks_extras.algorithms import BasicNesterovMomentum, NesterovMomentum
from blocks_extras.bricks import FixedPermutation, Softsign
from blocks_extras.bricks.attention import SimpleSequenceAttention
from blocks_extras.bricks.attention2 import AttentionRecurrent
from blocks_extras.initialization import PermutationMatrix
from blocks_extras.utils import check_valid_permutation
from numpy.testing import assert_allclose, assert_array_equal
from theano import tensor


def rand(rng, *shape):
    return rng.normal(size=shape).astype(theano.config.floatX)


class TestPermutations(unittest.TestCase):

    def test_features(self):
        values = rand(numpy.random.RandomState(1), 2, 4)
        order = [2, 0, 3, 1]
        x = tensor.matrix('x')
        for dot in True, False:
            brick = FixedPermutation(order, dot=dot)
            result = brick.apply(x)
            with self.subTest(dot=dot):
                assert_allclose(result.eval({x: values}), values[:, order])
                self.assertEqual((brick.input_dim, brick.output_dim), (4, 4))
                self.assertEqual(ComputationGraph(result).parameters, [])

    def test_settings_given_later(self):
        brick = FixedPermutation()
        with self.assertRaisesRegex(ValueError, 'order must be set'):
            brick.allocate()
        brick.order = [1, 0]
        brick.allocate()

    def test_matrices(self):
        rng = numpy.random.RandomState(1)
        matrix = PermutationMatrix([1, 2, 0]).generate(rng, (3, 3))
        assert_array_equal(numpy.array([[5, 6, 7]]) @ matrix, [[6, 7, 5]])
        matrix = PermutationMatrix().generate(rng, (6, 6))
        for axis in 0, 1:
            assert_array_equal(matrix.sum(axis=axis), numpy.ones(6))
        self.assertEqual(matrix.dtype, theano.config.floatX)
        for scheme, shape in ((PermutationMatrix([1, 0]), (3, 3)),
                              (PermutationMatrix(), (2, 3)),
                              (PermutationMatrix(), (4,))):
            with self.assertRaisesRegex(ValueError, 'PermutationMatrix'):
                scheme.generate(rng, shape)

    def test_refused(self):
        for wrong in [0, 0], [1, 2], [0, -1], [[0]], [.5], [0., 1.]:
            with self.subTest(wrong), self.assertRaisesRegex(
                    ValueError, 'permutation'):
                check_valid_permutation(wrong)
        assert_array_equal(check_valid_permutation((1, 0)), [1, 0])


class TestSoftsign(unittest.TestCase):

    def test_values(self):
        x = tensor.vector('x')
        values = numpy.array([-3, 0, 1.5], theano.config.floatX)
        assert_allclose(Softsign().apply(x).eval({x: values}),
                        values / (1 + abs(values)), rtol=1e-6)


class TestNesterovMomentum(unittest.TestCase):

    def steps(self, rule, number):
        a = shared_floatx([3., 4.])
        steps, updates = rule.compute_steps(OrderedDict(
            [(a, tensor.grad((a ** 2).sum(), a))]))
        function = theano.function([], steps[a], updates=updates)
        return [function() for _ in range(number)]

    def test_values(self):
        gradient = numpy.array([6., 8.])
        for rule, scaled in ((BasicNesterovMomentum(.5), gradient),
                             (NesterovMomentum(.1, .5), .1 * gradient)):
            velocity, expected = 0, []
            for _ in range(3):
                velocity = .5 * velocity + scaled
                expected.append(.5 * velocity + scaled)
            with self.subTest(type(rule).__name__):
                assert_allclose(self.steps(rule, 3), expected, rtol=1e-6)

    def test_settings_can_be_changed(self):
        rule = NesterovMomentum(learning_rate=.1, momentum=.9)
        rule.learning_rate.set_value(numpy.float32(1))
        rule.momentum.set_value(numpy.float32(0))
        assert_allclose(self.steps(rule, 1), [[6, 8]])


class TestAttention(unittest.TestCase):

    def test_attends_to_one_element_after_another(self):
        rng = numpy.random.RandomState(1)
        attended, inputs = rand(rng, 5, 2, 3), rand(rng, 5, 2, 4)
        wrapped = SimpleRecurrent(4, Tanh())
        attention = SimpleSequenceAttention(
            state_names=wrapped.apply.states, attended_dim=3)
        brick = GlimpsesFirst(
            wrapped, attention, weights_init=IsotropicGaussian(.5),
            biases_init=Constant(0))
        brick.initialize()
        x, a = tensor.tensor3s('x', 'attended')
        _, glimpses, steps = brick.apply(inputs=x, attended=a)
        glimpses, steps = theano.function([x, a], [glimpses, steps])(
            inputs, attended)
        assert_array_equal(glimpses, attended)
        assert_array_equal(steps, [[t + 1] * 2 for t in range(5)])

    def test_glimpses_with_the_new_states(self):
        rng = numpy.random.RandomState(2)
        time, batch, dim, length, features = 4, 3, 5, 6, 7
        wrapped = SimpleRecurrent(dim, Tanh())
        attention = SequenceContentAttention(
            state_names=wrapped.apply.states, attended_dim=features,
            match_dim=5)
        brick = AttentionRecurrent(
            wrapped, attention, weights_init=IsotropicGaussian(.5),
            biases_init=Constant(0))
        brick.initialize()
        x, a = tensor.tensor3s('x', 'attended')
        mask, attended_mask = tensor.matrices('mask', 'attended_mask')
        results = brick.apply(inputs=x, mask=mask, attended=a,
                              attended_mask=attended_mask)
        values = {x: rand(rng, time, batch, dim),
                  a: rand(rng, length, batch, features),
                  mask: numpy.array([[1, 1, 1], [1, 0, 1], [1, 1, 0],
                                     [0, 1, 0]], theano.config.floatX),
                  attended_mask: numpy.ones((length, batch),
                                            theano.config.floatX)}
        values[attended_mask][4:, 1] = 0
        states, glimpses, weights = theano.function(
            list(values), results)(*values.values())

        state, glimpse, m = tensor.matrix(), tensor.matrix(), tensor.vector()
        element = tensor.matrix()
        distribute = theano.function([element, glimpse],
                                     brick.distribute.apply(
            inputs=element, weighted_averages=glimpse))
        step = theano.function([element, state, m], wrapped.apply(
            inputs=element, states=state, mask=m, iterate=False))
        look = theano.function([a, attended_mask, state],
                               attention.take_glimpses(
            attended=a, attended_mask=attended_mask, states=state))
        now = numpy.zeros((batch, dim), theano.config.floatX)
        seen = numpy.zeros((batch, features), theano.config.floatX)
        for t in range(time):
            now = step(distribute(values[x][t], seen), now, values[mask][t])
            seen, weight = look(values[a], values[attended_mask], now)
            for computed, expected in ((states[t], now), (
                    glimpses[t], seen), (weights[t], weight)):
                assert_allclose(computed, expected, rtol=1e-5, atol=1e-6)
        self.assertGreater(abs(weights[0] - weights[1]).max(), 1e-3)
