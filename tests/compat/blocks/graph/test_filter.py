"""Tests of filters, selectors and models, which find variables."""
import logging
import pickle
import unittest

import numpy
from blocks.algorithms import GradientDescent, Scale
from blocks.bricks import MLP, Brick, Linear, Logistic, SimpleRecurrent, Tanh
from blocks.filter import (
    VariableFilter,
    get_annotation,
    get_application_call,
    get_brick,
)
from blocks.graph import ComputationGraph
from blocks.model import Model
from blocks.roles import (
    BIAS,
    INPUT,
    OUTPUT,
    PARAMETER,
    WEIGHT,
    VariableRole,
    WeightRole,
    add_role,
    has_roles,
)
from blocks.select import Path, Selector
from blocks.utils import shared_floatx
from numpy.testing import assert_array_equal
from theano import tensor


def names(variables):
    return [variable.name for variable in variables]


class TestVariableFilter(unittest.TestCase):

    def setUp(self):
        self.x = tensor.matrix('x')
        self.mlp = MLP([Tanh(), Logistic()], [4, 3, 2])
        y = self.mlp.apply(self.x, call_id='first')
        y.name = 'prediction'
        self.variables = ComputationGraph(y).variables
        self.first, self.second = self.mlp.linear_transformations

    def test_criteria(self):
        first, second = self.first, self.second
        for criteria, expected in (
                ({'roles': [WEIGHT]}, [first.W, second.W]),
                ({'roles': [BIAS], 'bricks': [second]}, [second.b]),
                ({'roles': [WEIGHT, BIAS], 'bricks': [first]},
                 [first.W, first.b]),
                ({'roles': [PARAMETER, BIAS], 'each_role': True},
                 [first.b, second.b]),
                ({'roles': [PARAMETER], 'name_regex': 'W'}, []),
                ({'roles': [WEIGHT], 'theano_name': 'W'},
                 [first.W, second.W]),
                ({'bricks': []}, [])):
            with self.subTest(criteria):
                self.assertCountEqual(VariableFilter(**criteria)(
                    self.variables), expected)
        for criteria, expected in (
                ({'bricks': [Tanh]}, ['tanh_apply_input_',
                                      'tanh_apply_output']),
                ({'bricks': [Brick], 'roles': [OUTPUT]},
                 ['linear_0_apply_output', 'tanh_apply_output',
                  'linear_1_apply_output', 'logistic_apply_output',
                  'prediction']),
                ({'name': 'W_norm'}, ['W_norm', 'W_norm']),
                ({'name_regex': 'W_n.*'}, ['W_norm', 'W_norm']),
                ({'theano_name': 'prediction'}, ['prediction']),
                ({'theano_name_regex': 'pre'}, ['prediction']),
                ({'theano_name_regex': 'diction'}, []),
                ({'call_id': 'first'}, ['mlp_apply_args_0', 'prediction']),
                ({'call_id': 'second'}, []),
                ({'applications': [self.first.apply], 'roles': [INPUT]},
                 ['linear_0_apply_input_']),
                ({'applications': [Linear.apply], 'roles': [INPUT]},
                 ['linear_0_apply_input_', 'linear_1_apply_input_'])):
            with self.subTest(criteria):
                self.assertCountEqual(
                    names(VariableFilter(**criteria)(self.variables)),
                    expected)

    def test_annotations(self):
        self.assertIs(get_brick(self.first.W), self.first)
        self.assertIsNone(get_brick(self.x))
        self.assertIsNone(get_application_call(self.first.W))
        self.assertIs(get_annotation(self.first.W, Linear), self.first)

    def test_mistakes(self):
        for criteria, error in (
                ({'bricks': ['linear']}, ValueError),
                ({'bricks': [WeightRole]}, ValueError),
                ({'applications': [Linear]}, ValueError),
                ({'applications': self.first.apply}, TypeError)):
            with self.subTest(criteria), self.assertRaises(error):
                VariableFilter(**criteria)
        with self.assertRaises(TypeError):
            VariableFilter(roles=WEIGHT)(self.variables)


class TestRoles(unittest.TestCase):

    def test_most_specific(self):
        x = tensor.vector('x')
        for role, expected in ((PARAMETER, [PARAMETER]), (WEIGHT, [WEIGHT]),
                               (PARAMETER, [WEIGHT]),
                               (INPUT, [WEIGHT, INPUT])):
            add_role(x, role)
            self.assertEqual(x.tag.roles, expected)
        self.assertTrue(has_roles(x, [PARAMETER]))
        self.assertFalse(has_roles(x, [BIAS]))
        self.assertFalse(has_roles(x, [WEIGHT, BIAS], match_all=True))
        with self.assertRaisesRegex(ValueError, 'x: a role.*WeightRole'):
            add_role(x, WeightRole)

    def test_own_roles(self):
        class GateL2Role(WeightRole):
            pass

        self.assertEqual(repr(GateL2Role()), 'GATE_L2')
        self.assertEqual(GateL2Role(), GateL2Role())
        self.assertEqual(len({GateL2Role(), GateL2Role(), WEIGHT}), 2)
        self.assertNotEqual(WEIGHT, VariableRole())

    def test_every_constant(self):
        from blocks import roles
        for name, role in vars(roles).items():
            if isinstance(role, VariableRole):
                self.assertEqual(repr(role), name)
                self.assertEqual(pickle.loads(pickle.dumps(role)), role)
                self.assertTrue(type(role).__doc__)


class TestSelector(unittest.TestCase):

    def setUp(self):
        self.mlp = MLP([Tanh(), Tanh()], [4, 3, 2], name='mlp')
        self.mlp.children[1].name = 'first_tanh'
        self.mlp.allocate()

    def test_paths(self):
        path = Path.parse('/a/b.W')
        self.assertEqual(str(path), '/a/b.W')
        self.assertEqual(path.nodes[:2], (Path.BrickName('a'),
                                          Path.BrickName('b')))
        self.assertIsInstance(path.nodes[2], Path.ParameterName)
        self.assertEqual(path, Path.parse('/a') + Path.parse('/b.W'))
        self.assertEqual(len({path, Path.parse('/a/b.W')}), 1)
        self.assertEqual(repr(path), "Path.parse('/a/b.W')")
        for wrong in ('', 'a/b'):
            with self.assertRaisesRegex(ValueError, 'a path starts with'):
                Path.parse(wrong)
        with self.assertRaisesRegex(ValueError, 'Path.parse'):
            Path('/a')

    def test_selection(self):
        first, second = self.mlp.linear_transformations
        selector = Selector(self.mlp)
        self.assertEqual(selector.select('/mlp/linear_1').bricks, [second])
        self.assertEqual(selector.select('/mlp/linear_1.b'), [second.b])
        self.assertEqual(selector.select('/mlp.W'), [first.W, second.W])
        self.assertEqual(selector.select('/other').bricks, [])
        self.assertEqual(list(selector.get_parameters('b').items()), [
            ('/mlp/linear_0.b', first.b), ('/mlp/linear_1.b', second.b)])

    def test_collision(self):
        self.mlp.linear_transformations[1].name = 'linear_0'
        with self.assertRaisesRegex(ValueError, '/mlp/linear_0.W appears'):
            Selector([self.mlp]).get_parameters()


class TestModel(unittest.TestCase):

    def test_bricks_and_names(self):
        x = tensor.tensor3('x')
        linear = Linear(2, 3, name='in')
        recurrent = SimpleRecurrent(3, Tanh(), name='rnn')
        free = shared_floatx(numpy.ones(3), name='free')
        add_role(free, PARAMETER)
        model = Model((recurrent.apply(linear.apply(x)) * free).sum())
        self.assertCountEqual(model.get_top_bricks(), [linear, recurrent])
        self.assertEqual(model.get_parameter_dict(), {
            '/in.W': linear.W, '/in.b': linear.b, '/rnn.W': recurrent.W,
            '/rnn.initial_state': recurrent.parameters[1], 'free': free})

    def test_values(self):
        linear = Linear(2, 3, name='l')
        model = Model(linear.apply(tensor.matrix()))
        values = {'/l.W': numpy.ones((2, 3)), '/l.b': numpy.zeros(3)}
        model.set_parameter_values(values)
        for name, value in model.get_parameter_values().items():
            assert_array_equal(value, values[name])
        with self.assertLogs('blocks.model', logging.ERROR) as logs:
            model.set_parameter_values({'/l.b': numpy.ones(3),
                                        '/l.c': numpy.ones(1)})
        self.assertRegex(''.join(logs.output), '/l.c(?s:.)*/l.W')
        with self.assertRaisesRegex(ValueError, r'/l.W.*\(2, 3\).*\(3, 2\)'):
            model.set_parameter_values({'/l.b': numpy.full(3, 7.),
                                        '/l.W': numpy.ones((3, 2))})
        # A failed attempt changes nothing.
        assert_array_equal(linear.b.get_value(), numpy.ones(3))

    def test_same_names(self):
        y = Linear(3, 3).apply(Linear(3, 3).apply(tensor.matrix()))
        with self.assertRaisesRegex(ValueError, "'linear'.*name="):
            Model(y)

    def test_sanity(self):
        linear = Linear(2, 3)
        cost = linear.apply(tensor.matrix()).sum()
        model = Model(cost)

        def algorithm(parameters):
            return GradientDescent(cost=cost, parameters=parameters,
                                   step_rule=Scale())

        with self.assertNoLogs('blocks.model'):
            model.check_sanity(algorithm([linear.W, linear.b]))
        with self.assertLogs('blocks.model', logging.WARNING):
            model.check_sanity(algorithm([linear.W]))
