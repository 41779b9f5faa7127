"""Tests of allocation, initialization, children, and their errors."""
import copy
import pickle
import unittest

import numpy
from blocks.bricks import (
    LSTM,
    MLP,
    Bias,
    Brick,
    Feedforward,
    GatedRecurrent,
    Initializable,
    Linear,
    LinearMaxout,
    Logistic,
    Random,
    SimpleRecurrent,
    Tanh,
    lazy,
)
from blocks.bricks.base import NoneAllocation, NoneInitialization
from blocks.bricks.lookup import LookupTable
from blocks.bricks.parallel import Fork, Merge, Parallel
from blocks.filter import get_brick
from blocks.initialization import Constant, IsotropicGaussian
from blocks.roles import BIAS, PARAMETER, WEIGHT, has_roles
from numpy.testing import assert_array_equal


class TestLazy(unittest.TestCase):

    def test_placeholders(self):
        linear = Linear(output_dim=3)
        self.assertIs(linear.input_dim, NoneAllocation)
        self.assertFalse(linear.input_dim)
        self.assertEqual(repr(NoneInitialization), 'NoneInitialization')
        self.assertEqual(linear.allocation_args, ['input_dim', 'output_dim'])
        # Copies still count as missing: prototypes are copied.
        for again in (copy.deepcopy(linear), copy.copy(linear),
                      pickle.loads(pickle.dumps(linear))):
            self.assertIs(again.input_dim, NoneAllocation)
            with self.assertRaisesRegex(ValueError, 'input_dim must be set'):
                again.allocate()

    def test_positions(self):
        class Three(Brick):
            @lazy(allocation=['a'], initialization=['b'])
            def __init__(self, a, b, c='c', d=None):
                super().__init__()
                self.got = a, b, c, d

        for brick, expected in (
                (Three('a'), ('a', NoneInitialization, 'c', None)),
                (Three(d='d', b='b'), (NoneAllocation, 'b', 'c', 'd')),
                (Three(1, 2, 3, 4), (1, 2, 3, 4))):
            self.assertEqual(brick.got, expected)
        with self.assertRaisesRegex(ValueError, 'Three: a given both'):
            Three(1, a=1)
        three = Three(a=1)
        three.a, three.b = three.got[:2]
        with self.assertRaisesRegex(ValueError, 'three.*b must be set '
                                    'before initialization'):
            three.initialize()


class TestStages(unittest.TestCase):

    def test_flags_and_parameters(self):
        linear = Linear(2, 3, weights_init=Constant(2), biases_init=Constant(
            1))
        self.assertFalse(linear.allocated or linear.initialized)
        linear.allocate()
        self.assertTrue(linear.allocated and linear.allocation_config_pushed)
        self.assertTrue(numpy.isnan(linear.W.get_value()).all())
        linear.initialize()
        self.assertTrue(linear.initialized)
        assert_array_equal(linear.W.get_value(), 2 * numpy.ones((2, 3)))
        assert_array_equal(linear.b.get_value(), numpy.ones(3))
        for parameter, role in ((linear.W, WEIGHT), (linear.b, BIAS)):
            self.assertTrue(has_roles(parameter, [role, PARAMETER],
                                      match_all=True))
            self.assertIs(get_brick(parameter), linear)

    def test_failure_leaves_the_flag_unset(self):
        class Broken(Brick):
            def _push_allocation_config(self):
                raise RuntimeError

        parent = Brick(children=[Broken()])
        with self.assertRaises(RuntimeError):
            parent.allocate()
        self.assertFalse(parent.allocation_config_pushed)
        self.assertFalse(parent.allocated)

    def test_schemes_are_passed_to_children(self):
        mlp = MLP([Tanh(), None], [3, 2, 4], weights_init=Constant(5),
                  biases_init=Constant(6))
        mlp.push_initialization_config()
        first, second = mlp.linear_transformations
        second.weights_init = Constant(7)
        mlp.initialize()
        assert_array_equal(first.W.get_value(), 5 * numpy.ones((3, 2)))
        assert_array_equal(second.W.get_value(), 7 * numpy.ones((2, 4)))
        self.assertIs(first.rng, mlp.rng)

    def test_seeds(self):
        def weights(seed):
            linear = Linear(2, 3, weights_init=IsotropicGaussian(),
                            use_bias=False, seed=seed)
            linear.initialize()
            return linear.W.get_value()

        assert_array_equal(weights(3), weights(3))
        self.assertFalse(numpy.array_equal(weights(3), weights(4)))
        self.assertNotEqual(Linear().seed, Linear().seed)
        for brick, name in ((Linear(seed=1), 'seed'),
                            (Random(theano_seed=1), 'theano_seed')):
            with self.assertRaisesRegex(AttributeError, 'already set'):
                setattr(brick, name, 2)
        random = Random()
        self.assertIs(random.theano_rng, random.theano_rng)


class TestHierarchy(unittest.TestCase):

    def test_parents(self):
        child, parent = Linear(name='child'), Brick(name='parent')
        parent.children = [child]
        self.assertEqual(child.parents, [parent])
        self.assertEqual(child.get_unique_path(), [parent, child])
        top = Brick(name='top', children=[parent])
        child.input_dim, child.output_dim = 2, 3
        child.allocate()
        self.assertEqual(child.get_hierarchical_name(child.W),
                         '/top/parent/child.W')
        other = Tanh()
        parent.children[0] = other
        self.assertEqual((child.parents, other.parents), ([], [parent]))
        parent.children = [child, *parent.children]
        self.assertEqual((child.parents, other.parents), ([parent], [parent]))
        saved = parent.children
        parent.children = []
        self.assertEqual((child.parents, other.parents), ([], []))
        parent.children = saved
        self.assertEqual((child.parents, other.parents), ([parent], [parent]))
        del parent.children[1]
        self.assertEqual(other.parents, [])
        self.assertEqual(top.children, [parent])

    def test_list_of_children_is_not_changed(self):
        extra = Tanh(name='extra')
        for make in (lambda children: LinearMaxout(2, 3, 4,
                                                   children=children),
                     lambda children: LSTM(2, children=children)):
            children = [extra]
            brick = make(children)
            self.assertEqual(children, [extra])
            self.assertEqual(len(brick.children), 3)

    def test_prototypes_are_copied(self):
        prototype = Linear(use_bias=False)
        parallel = Parallel(['x', 'y'], [2, 3], [4, 5], prototype)
        parallel.allocate()
        self.assertEqual([child.name for child in parallel.children],
                         ['transform_x', 'transform_y'])
        self.assertFalse(prototype.allocated)
        self.assertEqual(parallel.children[1].W.get_value().shape, (3, 5))


class TestMistakes(unittest.TestCase):

    def test_parameters_before_allocation(self):
        for brick in (Linear(name='mine'), Tanh(name='mine'),
                      SimpleRecurrent(2, Tanh(), name='mine')):
            self.assertFalse(hasattr(brick, 'parameters'))
            with self.assertRaisesRegex(AttributeError,
                                        'mine .*not allocated.*allocate()'):
                brick.parameters
        with self.assertRaisesRegex(AttributeError, 'mine .*not allocated'):
            Linear(name='mine').W
        linear = Linear(1, 1, use_bias=False, name='mine')
        linear.allocate()
        with self.assertRaisesRegex(AttributeError, 'mine.*use_bias is Fal'):
            linear.b

    def test_missing_dimensions(self):
        for brick, name in (
                (Linear(2), 'output_dim'), (Bias(), 'dim'),
                (LSTM(), 'dim'), (GatedRecurrent(), 'dim'),
                (LookupTable(3), 'dim'), (Fork(['x'], output_dims=[2]),
                                          'input_dim'),
                (Merge(['x'], [2]), 'output_dim'),
                (LinearMaxout(2, 3), 'num_pieces')):
            with self.subTest(brick), self.assertRaisesRegex(
                    ValueError, f'{brick.name}.*{name} must be set'):
                brick.initialize()

    def test_invalid_dimensions(self):
        for brick, message in (
                (MLP([Tanh()], None, name='mlp'), 'mlp.*dims must be|'
                 r'linear_0 \(Linear\).*\(None, None\).*W'),
                (Linear(None, 3, name='one'), r'one .*\(None, 3\).*W'),
                (LSTM(2.5, name='half'), 'half .*2.5')):
            with self.subTest(brick), self.assertRaisesRegex(ValueError,
                                                             message):
                brick.allocate()
        with self.assertRaisesRegex(ValueError, r'mlp.*3 dims.*\[1, 2\]'):
            MLP([Tanh(), Tanh()], [1, 2]).allocate()

    def test_missing_schemes(self):
        for brick, name, scheme in (
                (Linear(2, 3, name='a'), 'a', 'weights_init.*biases_init'),
                (Linear(2, 3, name='a', biases_init=Constant(0)), 'a',
                 'weights_init'),
                (Linear(2, 3, name='a', weights_init=Constant(0)), 'a',
                 'biases_init'),
                (MLP([Tanh()], [2, 3], weights_init=Constant(1)),
                 'linear_0', 'biases_init'),
                (LSTM(2, name='b'), 'b', 'weights_init'),
                (GatedRecurrent(2, name='b'), 'b', 'weights_init')):
            with self.subTest(name), self.assertRaisesRegex(
                    ValueError, f'{name} .*no initialization.*{scheme}'):
                brick.initialize()

    def test_other_errors_of_initialization_are_left_alone(self):
        class Mistaken(Initializable):
            def _initialize(self):
                None.something

        with self.assertRaisesRegex(AttributeError, 'something'):
            Mistaken().initialize()

    def test_bias_settings_are_refused_without_biases(self):
        class Unbiased(Initializable):
            has_biases = False

        self.assertFalse(hasattr(Unbiased(), 'biases_init'))
        for arguments in ({'biases_init': Constant(0)}, {'use_bias': True}):
            with self.assertRaisesRegex(ValueError, 'unbiased.*no biases'):
                Unbiased(**arguments)

    def test_unknown_dimension(self):
        for brick in (Linear(2, 3), LSTM(2), Tanh(), LookupTable(2, 3)):
            with self.subTest(brick), self.assertRaisesRegex(
                    ValueError, f"{brick.name}.*'nonsense'"):
                brick.get_dim('nonsense')
        self.assertEqual(LSTM(2).get_dims(['inputs', 'mask', 'cells']),
                         [8, 0, 2])

    def test_interface_of_feedforward(self):
        class Incomplete(Feedforward):
            pass

        with self.assertRaisesRegex(AttributeError,
                                    'incomplete.*no input_dim'):
            Incomplete().input_dim
        with self.assertRaisesRegex(AttributeError, "'other'"):
            Logistic().other
