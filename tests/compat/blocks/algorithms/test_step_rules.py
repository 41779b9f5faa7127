import unittest
from collections import OrderedDict

import numpy
import theano
from blocks.algorithms import (
    AdaDelta,
    AdaGrad,
    Adam,
    AdaMax,
    BasicMomentum,
    BasicRMSProp,
    CompositeRule,
    GradientDescent,
    Momentum,
    RemoveNotFinite,
    Restrict,
    RMSProp,
    Scale,
    StepClipping,
    StepRule,
    VariableClipping,
)
from blocks.roles import ALGORITHM_BUFFER, ALGORITHM_HYPERPARAMETER, has_roles
from blocks.utils import shared_floatx
from numpy.testing import assert_allclose
from theano import tensor

RTOL = 1e-10 if theano.config.floatX == 'float64' else 1e-5
SHAPES = [(3, 2), (4,), ()]


def run_rule(rule, gradients, parameters=None):
    """Return the steps of a rule for gradients over time.

    Parameters
    ----------
    rule : StepRule
    gradients : list of list of ndarray
        Indexed by time and parameter.
    parameters : list of ndarray, optional
        Values of the parameters, which do not change.

    Returns
    -------
    list of list of ndarray
        The steps, indexed by time and parameter.

    """
    if parameters is None:
        parameters = [numpy.ones_like(gradient) for gradient in gradients[0]]
    shared = [shared_floatx(value, name=f'p{index}')
              for index, value in enumerate(parameters)]
    inputs = [variable.type() for variable in shared]
    steps, updates = rule.compute_steps(OrderedDict(zip(shared, inputs)))
    function = theano.function(
        inputs, [steps[variable] for variable in shared], updates=updates,
        on_unused_input='ignore')
    return [function(*[numpy.asarray(gradient, theano.config.floatX)
                       for gradient in now]) for now in gradients]


def some_gradients(times=5, seed=1):
    rng = numpy.random.RandomState(seed)
    return [[rng.normal(size=shape) for shape in SHAPES]
            for _ in range(times)]


class Recurrence:
    """A rule in NumPy: `step` takes a gradient, attributes hold the state."""

    def __init__(self, step, **state):
        self.step, self.state = step, state

    def run(self, gradients):
        steps = [[None] * len(SHAPES) for _ in gradients]
        for index in range(len(SHAPES)):
            state = dict(self.state)
            for time, now in enumerate(gradients):
                steps[time][index], state = self.step(
                    now[index], time + 1, **state)
        return steps


def momentum(g, t, v):
    v = 0.7 * v + 0.3 * g
    return v, {'v': v}


def adadelta(g, t, a, b):
    a = 0.8 * a + 0.2 * g ** 2
    s = g * numpy.sqrt(b + 1e-3) / numpy.sqrt(a + 1e-3)
    return s, {'a': a, 'b': 0.8 * b + 0.2 * s ** 2}


def rmsprop(g, t, a):
    a = 0.8 * a + 0.2 * g ** 2
    return 0.3 * g / numpy.maximum(numpy.sqrt(a), 1 / 1.5), {'a': a}


def adagrad(g, t, a):
    a = a + g ** 2
    return 0.3 * g / (numpy.sqrt(a) + 1e-2), {'a': a}


def moments(g, t, m):
    beta = 0.8 * 0.9 ** (t - 1)
    return beta * m + (1 - beta) * g, 1 - beta ** t


def adam(g, t, m, v):
    m, correction = moments(g, t, m)
    v = 0.95 * v + 0.05 * g ** 2
    s = (0.3 * numpy.sqrt(1 - 0.95 ** t) / correction * m
         / (numpy.sqrt(v) + 1e-2))
    return s, {'m': m, 'v': v}


def adamax(g, t, m, u):
    m, correction = moments(g, t, m)
    u = numpy.maximum(0.95 * u, abs(g))
    return 0.3 / correction * m / (u + 1e-2), {'m': m, 'u': u}


class TestRulesAgainstNumPy(unittest.TestCase):

    CASES = [
        (Scale(0.3), Recurrence(lambda g, t: (0.3 * g, {}))),
        (BasicMomentum(0.7), Recurrence(
            lambda g, t, v: (0.7 * v + g, {'v': 0.7 * v + g}), v=0)),
        (Momentum(0.3, 0.7), Recurrence(momentum, v=0)),
        (AdaDelta(0.8, 1e-3), Recurrence(adadelta, a=0, b=0)),
        (RMSProp(0.3, 0.8, 1.5), Recurrence(rmsprop, a=0)),
        (CompositeRule([BasicRMSProp(0.8, 1.5), Scale(0.3)]),
         Recurrence(rmsprop, a=0)),
        (AdaGrad(0.3, 1e-2), Recurrence(adagrad, a=0)),
        (Adam(0.3, 0.8, 0.95, 1e-2, 0.9), Recurrence(adam, m=0, v=0)),
        (AdaMax(0.3, 0.8, 0.95, 1e-2, 0.9), Recurrence(adamax, m=0, u=0)),
    ]

    def test_five_steps(self):
        gradients = some_gradients()
        for rule, oracle in self.CASES:
            with self.subTest(type(rule).__name__):
                steps = run_rule(rule, gradients)
                for now, expected in zip(steps, oracle.run(gradients)):
                    for step, value in zip(now, expected):
                        assert_allclose(step, value, rtol=RTOL)

    def test_variables_have_roles(self):
        parameter = shared_floatx(numpy.ones(3), name='p')
        for rule, _ in self.CASES:
            _, updates = rule.compute_steps(
                OrderedDict([(parameter, parameter * 2)]))
            for buffer, _ in updates:
                self.assertTrue(has_roles(buffer, [ALGORITHM_BUFFER]))
                if buffer.ndim:
                    self.assertIs(buffer.tag.for_parameter, parameter)
            rules = getattr(rule, 'components', [rule])
            for variable in [value for part in rules
                             for value in vars(part).values()
                             if hasattr(value, 'get_value')]:
                self.assertTrue(
                    has_roles(variable, [ALGORITHM_HYPERPARAMETER]))

    def test_settings_can_be_changed_later(self):
        rule = Momentum(learning_rate=0.5)
        rule.learning_rate.set_value(numpy.asarray(
            2., dtype=theano.config.floatX))
        assert_allclose(run_rule(rule, [[numpy.array(3.)]])[0][0], 6.)


class TestLimits(unittest.TestCase):

    def test_step_clipping_limits_the_joint_norm(self):
        gradients = some_gradients(1)
        norm = numpy.sqrt(sum((g ** 2).sum() for g in gradients[0]))
        for threshold, factor in [(norm / 3, 1 / 3), (norm * 3, 1),
                                  (None, 1)]:
            steps = run_rule(StepClipping(threshold), gradients)[0]
            for step, gradient in zip(steps, gradients[0]):
                assert_allclose(step, gradient * factor, rtol=1e-6)

    def test_step_clipping_of_zeros(self):
        step, = run_rule(StepClipping(1.), [[numpy.zeros(3)]])[0]
        assert_allclose(step, 0)

    def test_variable_clipping(self):
        rng = numpy.random.RandomState(1)
        parameter, gradient = rng.normal(size=(2, 4, 3))
        target = parameter - gradient
        for axis in (None, 0, 1, (0, 1), [1], -1):
            sums = tuple(axis) if isinstance(axis, list) else axis
            norms = numpy.sqrt((target ** 2).sum(sums, keepdims=True))
            limit = numpy.median(norms) * 0.99
            step, = run_rule(VariableClipping(limit, axis=axis),
                             [[gradient]], [parameter])[0]
            assert_allclose(parameter - step,
                            target * numpy.minimum(1, limit / norms),
                            rtol=100 * RTOL, err_msg=str(axis))

    def test_variable_clipping_checks_axes(self):
        self.assertRaisesRegex(ValueError, 'once', VariableClipping, 1,
                               axis=[0, 0])
        self.assertRaisesRegex(
            ValueError, 'p0 has 1 axes.*Restrict', run_rule,
            VariableClipping(1, axis=1), [[numpy.ones(3)]])

    def test_remove_not_finite(self):
        gradients = [[numpy.array([1., numpy.nan]), numpy.array(2.),
                      numpy.array([[-numpy.inf, 1.]])]]
        parameters = [numpy.array([5., 7.]), numpy.array(1.),
                      numpy.array([[2., 3.]])]
        for scaler in (1, 0.1):
            steps = run_rule(RemoveNotFinite(scaler), gradients,
                             parameters)[0]
            for index in 0, 2:
                assert_allclose(parameters[index] - steps[index],
                                scaler * parameters[index], rtol=RTOL)
            assert_allclose(steps[1], 2.)

    def test_settings_out_of_range(self):
        for rule, arguments, complaint in [
                (AdaDelta, {'decay_rate': -0.1}, r'AdaDelta.*\[0, 1\]'),
                (AdaDelta, {'decay_rate': 2}, r'\[0, 1\], got 2'),
                (BasicRMSProp, {'decay_rate': 1.1}, r'BasicRMSProp'),
                (RMSProp, {'max_scaling': 0}, 'above 0, got 0')]:
            with self.subTest(arguments):
                self.assertRaisesRegex(ValueError, complaint, rule,
                                       **arguments)


class TestCombinations(unittest.TestCase):

    def test_restrict(self):
        a, b = (shared_floatx(value, name=name)
                for name, value in [('a', 1.), ('b', 2.)])
        steps, updates = Restrict(Momentum(0.1, 0.5), [b]).compute_steps(
            OrderedDict([(a, a * 3), (b, b * 3)]))
        self.assertEqual(list(steps), [a, b])
        self.assertEqual(len(updates), 1)
        assert_allclose(steps[a].eval(), 3.)
        assert_allclose(steps[b].eval(), 0.6)

    def test_restrict_to_unknown_parameters(self):
        a, b = (shared_floatx(1., name=name) for name in 'ab')
        self.assertRaisesRegex(
            ValueError, 'b is not among', Restrict(Scale(1), [b])
            .compute_steps, OrderedDict([(a, a)]))

    def test_rule_without_a_method_is_refused(self):
        class Nothing(StepRule):
            pass

        self.assertRaisesRegex(NotImplementedError, 'Nothing must override',
                               run_rule, Nothing(), [[numpy.ones(2)]])

    def test_broadcastable_axes_are_kept(self):
        for rule in (Momentum(0.1, 0.5), RMSProp(), Adam(), AdaMax(),
                     AdaGrad(), AdaDelta(), StepClipping(1.),
                     VariableClipping(1.), RemoveNotFinite()):
            parameter = shared_floatx(
                numpy.ones((1, 3, 1)), name='p',
                broadcastable=(True, False, True))
            algorithm = GradientDescent(
                cost=tensor.sqr(parameter).sum(), parameters=[parameter],
                step_rule=rule)
            algorithm.initialize()
            algorithm.process_batch({})
            self.assertEqual(parameter.get_value().shape, (1, 3, 1))
