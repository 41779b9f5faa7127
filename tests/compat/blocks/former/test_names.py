"""Tests that names of Blocks 0.0.1 and 0.1 work and name their successor."""
import importlib
import subprocess
import sys
import unittest
import warnings

import numpy
from blocks.algorithms import GradientDescent, Scale
from blocks.bricks import MLP, Brick, Linear, Logistic, Tanh
from blocks.bricks.base import NoneAllocation, NoneInitialization, lazy
from blocks.config import config
from blocks.extensions.plot import Plot
from blocks.graph import ComputationGraph
from blocks.initialization import Constant
from blocks.model import Model
from blocks.select import Selector
from blocks.utils import shared_floatx
from theano import tensor

#: Former module, name there, present path.
NAMES = (
    ('blocks.bricks', 'Sigmoid', 'blocks.bricks.Logistic'),
    ('blocks.bricks', 'WEIGHT', 'blocks.roles.WEIGHT'),
    ('blocks.bricks', 'BIAS', 'blocks.roles.BIAS'),
    ('blocks.bricks', 'shared_floatx_nans',
     'blocks.utils.shared_floatx_nans'),
    ('blocks.bricks.base', 'add_role', 'blocks.roles.add_role'),
    ('blocks.bricks.recurrent', 'Initializable',
     'blocks.bricks.interfaces.Initializable'),
    ('blocks.bricks.recurrent', 'Linear', 'blocks.bricks.simple.Linear'),
    ('blocks.bricks.recurrent', 'Fork', 'blocks.bricks.parallel.Fork'),
    ('blocks.bricks.attention', 'Distribute',
     'blocks.bricks.parallel.Distribute'),
    ('blocks.bricks.sequence_generators', 'LookupTable',
     'blocks.bricks.lookup.LookupTable'),
    ('blocks.roles', 'WEIGHTS', 'blocks.roles.WEIGHT'),
    ('blocks.roles', 'BIASES', 'blocks.roles.BIAS'),
    ('blocks.algorithms', 'DifferentiableCostMinimizer',
     'blocks.algorithms.UpdatesAlgorithm'),
    ('blocks.algorithms', 'l2_norm', 'blocks.theano_expressions.l2_norm'),
    ('blocks.main_loop', 'TrainingLog', 'blocks.log.log.TrainingLog'),
    ('blocks.main_loop', 'epoch_interrupt_message',
     'blocks.main_loop.batch_interrupt_message'),
    ('blocks.model', 'AbstractModel', 'blocks.model.Model'),
    ('blocks.serialization', 'secure_pickle_dump',
     'blocks.serialization.secure_dump'),
    ('blocks.extensions.saveload', 'SerializeMainLoop',
     'blocks.extensions.saveload.Checkpoint'))


def find(path):
    home, _, name = path.rpartition('.')
    return getattr(importlib.import_module(home), name)


class TestNames(unittest.TestCase):

    def test_are_aliases_and_warn(self):
        for module, name, place in NAMES:
            with self.subTest(module=module, name=name):
                with self.assertWarns(DeprecationWarning) as warned:
                    found = find(f'{module}.{name}')
                self.assertIs(found, find(place))
                self.assertIn(f'{module}.{name} is deprecated; use ',
                              str(warned.warning))

    def test_the_warning_points_at_the_script(self):
        with self.assertWarns(DeprecationWarning) as warned:
            from blocks.bricks import Sigmoid  # noqa: F401
        self.assertEqual(warned.filename, __file__)

    def test_names_that_never_existed(self):
        for module in sorted({module for module, _, _ in NAMES}):
            with self.subTest(module):
                self.assertFalse(hasattr(importlib.import_module(module),
                                         'no_such_name'))
                self.assertFalse(hasattr(importlib.import_module(module),
                                         'wraps_'))

    def test_saving(self):
        for old, advice in (('Dump', 'Checkpoint'),
                            ('LoadFromDump', 'saveload.Load')):
            with self.assertWarnsRegex(DeprecationWarning, advice):
                found = find(f'blocks.extensions.saveload.{old}')
            self.assertEqual(found.__module__, 'blocks.dump')

    def test_named_copy(self):
        from blocks.utils import named_copy
        x = tensor.vector('x')
        with self.assertWarnsRegex(DeprecationWarning, 'variable.copy'):
            copy = named_copy(x, 'y')
        self.assertEqual((x.name, copy.name), ('x', 'y'))
        numpy.testing.assert_array_equal(
            copy.eval({x: numpy.ones(2, x.dtype)}), [1, 1])


class TestConfig(unittest.TestCase):

    def test_there_after_import_blocks(self):
        self.assertEqual(subprocess.run(
            [sys.executable, '-c', 'import sys, blocks\n'
             'print("theano" in sys.modules, '
             'blocks.config.config.profile)'],
            capture_output=True, text=True, check=True).stdout,
            'False False\n')

    def test_settings_of_the_module(self):
        from blocks import config as module
        before = config.default_seed
        self.addCleanup(setattr, config, 'default_seed', before)
        with self.assertWarnsRegex(DeprecationWarning,
                                   'config.config.default_seed'):
            self.assertEqual(module.default_seed, before)
        with self.assertWarns(DeprecationWarning):
            module.default_seed = 77
        self.assertEqual(config.default_seed, 77)
        with self.assertRaisesRegex(AttributeError, 'no_such_setting'):
            module.no_such_setting


class TestParams(unittest.TestCase):
    """``params`` is the former name of ``parameters``."""

    def setUp(self):
        self.mlp = MLP([Tanh()], [2, 3], weights_init=Constant(1),
                       biases_init=Constant(2))
        self.mlp.initialize()
        x = tensor.matrix('x')
        self.cost = self.mlp.apply(x).sum()
        self.cost.name = 'cost'

    def test_of_a_brick(self):
        linear = self.mlp.linear_transformations[0]
        with self.assertWarnsRegex(DeprecationWarning,
                                   'Linear.params is deprecated; use param'):
            self.assertEqual(list(linear.params), list(linear.parameters))

    def test_of_a_brick_of_that_time(self):
        class Scale(Brick):
            def _allocate(self):
                self.params.append(shared_floatx(3., name='factor'))

            @property
            def factor(self):
                return self.params[0]

        scale = Scale()
        with self.assertWarns(DeprecationWarning):
            scale.allocate()
            self.assertEqual(scale.factor.name, 'factor')
        self.assertEqual(list(scale.parameters), [scale.factor])

    def test_of_gradient_descent(self):
        parameters = ComputationGraph(self.cost).parameters
        with self.assertWarnsRegex(DeprecationWarning, r'\(params=\.\.\.\)'):
            descent = GradientDescent(cost=self.cost, params=parameters,
                                      step_rule=Scale(.1))
        self.assertEqual(descent.parameters, parameters)
        with self.assertWarns(DeprecationWarning):
            self.assertEqual(descent.params, parameters)
        with self.assertRaisesRegex(ValueError, 'pass parameters or '):
            GradientDescent(cost=self.cost, params=parameters,
                            parameters=parameters)

    def test_of_a_model_and_of_a_selector(self):
        model = Model(self.cost)
        with self.assertWarns(DeprecationWarning):
            self.assertEqual(model.get_params(), model.get_parameter_dict())
        with self.assertWarns(DeprecationWarning):
            values = model.get_param_values()
        self.assertEqual(sorted(values), ['/mlp/linear_0.W',
                                          '/mlp/linear_0.b'])
        values['/mlp/linear_0.b'] += 5
        with self.assertWarns(DeprecationWarning):
            model.set_param_values(values)
        numpy.testing.assert_array_equal(
            self.mlp.linear_transformations[0].b.get_value(), [7, 7, 7])
        selector = Selector(self.mlp)
        with self.assertWarns(DeprecationWarning):
            self.assertEqual(selector.get_params('b'),
                             selector.get_parameters('b'))


class TestBareLazy(unittest.TestCase):

    def test_arguments_may_be_given_later(self):
        with self.assertWarnsRegex(
                DeprecationWarning, r"@lazy\(allocation=\['dim'\], initial"
                                    r"ization=\['weights_init'\]\)"):
            class Lazy(Brick):
                @lazy
                def __init__(self, dim, weights_init, scale=1, **kwargs):
                    super().__init__(**kwargs)
                    self.dim, self.weights_init = dim, weights_init
                    self.scale = scale

        brick = Lazy(scale=2)
        self.assertIs(brick.dim, NoneAllocation)
        self.assertIs(brick.weights_init, NoneInitialization)
        self.assertEqual((brick.scale, Lazy(5).dim), (2, 5))
        with self.assertRaisesRegex(ValueError, 'dim must be set'):
            brick.allocate()


class TestPlotByAServer(unittest.TestCase):

    def test_arguments(self):
        with self.assertLogs('blocks.extensions.plot', 'WARNING') as logs:
            plot = Plot('run', [['cost']], start_server=True,
                        server_url='http://localhost:5006/')
        self.assertRegex(logs.output[0], r'no server draws .*run\.png')
        self.assertEqual(plot.path, 'run.png')
        with self.assertNoLogs('blocks.extensions.plot'):
            Plot('run', [['cost']], open_browser=False, start_server=False)


class TestPresentNames(unittest.TestCase):

    def test_do_not_warn(self):
        with warnings.catch_warnings():
            warnings.simplefilter('error')
            for module in sorted({module for module, _, _ in NAMES}):
                module = importlib.import_module(module)
                for name in getattr(module, '__all__', ()):
                    getattr(module, name)
            Linear(2, 3)
            self.assertIs(find('blocks.bricks.Logistic'), Logistic)
