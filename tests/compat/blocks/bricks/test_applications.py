"""Tests of application methods: labels, names, delegates, calls, errors."""
import copy
import functools
import os
import pickle
import tempfile
import unittest
import warnings
from abc import ABCMeta

import numpy
import six
import theano
from blocks.bricks import Brick, Linear, Tanh, application, lazy
from blocks.bricks.base import (
    Application,
    ApplicationCall,
    BoundApplication,
    NoneAllocation,
    rename_function,
)
from blocks.bricks.recurrent import BaseRecurrent, recurrent
from blocks.filter import get_application_call, get_brick
from blocks.graph import ComputationGraph
from blocks.model import Model
from blocks.roles import INPUT, OUTPUT, has_roles
from blocks.serialization import load, secure_dump
from numpy.testing import assert_allclose
from theano import tensor


class Affine(Brick):
    """Two applications, one of them with all names declared."""

    @application(inputs=['x', 'shift'], outputs=['total', 'difference'])
    def apply(self, x, shift=1, application_call=None):
        application_call.add_auxiliary_variable(x.sum(), name='sum_of_x')
        return x + shift, x - shift

    @application
    def anonymous(self, *args, **kwargs):
        return [*args, *kwargs.values()]

    @application(outputs=['y'])
    def too_many(self, x):
        return x, 2 * x


class Doubled(Affine):
    """Calls the application of the same name in its base class."""

    @application
    def apply(self, *args, **kwargs):
        return [2 * output for output in super().apply(*args, **kwargs)]

    @apply.property('outputs')
    def apply_outputs(self):
        return super().apply.outputs

    @apply.property('inputs')
    def apply_inputs(self):
        return ['first', 'second']


class Wrapper(Brick):
    """Delegates to its child."""

    def __init__(self, child, **kwargs):
        super().__init__(**kwargs)
        self.children = [child]

    @application
    def apply(self, *args, **kwargs):
        return self.children[0].apply(*args, **kwargs)

    @apply.delegate
    def apply_delegate(self):
        return self.children[0].apply


# The subclass has the same name as its base class.
Same = type('Affine', (Affine,), {'apply': application(
    rename_function(lambda self, *args: super(Same, self).apply(*args),
                    'apply'))})


class TestLabels(unittest.TestCase):

    def test_variables_are_copied_and_labelled(self):
        brick, x = Affine(name='affine'), tensor.vector('x')
        total, difference = brick.apply(x, call_id='here')
        self.assertEqual(total.name, 'affine_apply_total')
        self.assertEqual(difference.tag.name, 'difference')
        call = get_application_call(total)
        self.assertIsInstance(call, ApplicationCall)
        self.assertIs(call.application, brick.apply)
        self.assertEqual(call.metadata['call_id'], 'here')
        self.assertIs(get_application_call(difference), call)
        variables = {var.name: var
                     for var in ComputationGraph([total]).variables}
        input_ = variables['affine_apply_x']
        self.assertIsNot(input_, x)
        for variable, role in ((input_, INPUT), (total, OUTPUT)):
            self.assertIs(get_brick(variable), brick)
            self.assertTrue(has_roles(variable, [role]))
        self.assertFalse(hasattr(x.tag, 'roles'))
        self.assertIn('affine_apply_sum_of_x', variables)

    def test_names_of_inputs_and_outputs(self):
        x, y = tensor.vectors('x', 'y')
        outputs = Affine(name='a').anonymous(x, 1, other=y)
        self.assertEqual([outputs[0].name, outputs[2].name],
                         ['a_anonymous_output_0', 'a_anonymous_output_2'])
        self.assertEqual(outputs[1], 1)
        names = {var.name for var in ComputationGraph(
            [outputs[0], outputs[2]]).variables}
        self.assertLessEqual({'a_anonymous_args_0', 'a_anonymous_other'},
                             names)

    def test_ways_to_return(self):
        brick, x = Affine(), tensor.vector('x')
        as_dict = brick.apply(x, as_dict=True)
        self.assertEqual(list(as_dict), ['total', 'difference'])
        value = numpy.array([1., 2.], theano.config.floatX)
        assert_allclose(as_dict['difference'].eval({x: value}), [0, 1])
        self.assertEqual(len(Linear(2, 3).apply(x, as_list=True)), 1)
        with self.assertRaisesRegex(ValueError, 'affine.*not both'):
            brick.apply(x, as_dict=True, as_list=True)

    def test_call_is_inserted_at_any_position(self):
        x = tensor.vector('x')
        # `shift` by name: too few arguments precede the call.
        for outputs in (Affine().apply(x, shift=3), Affine().apply(x, 3),
                        Affine.apply(Affine(), x, 3)):
            value = numpy.array([5.], theano.config.floatX)
            assert_allclose(outputs[0].eval({x: value}), [8])


class TestAttributes(unittest.TestCase):

    def test_of_class_and_brick(self):
        brick = Affine()
        self.assertEqual(Affine.apply.inputs, ['x', 'shift'])
        self.assertEqual(brick.apply.outputs, ['total', 'difference'])
        brick.apply.outputs = ['changed']
        self.assertEqual(brick.apply.outputs, ['changed'])
        self.assertEqual(Affine().apply.outputs, ['total', 'difference'])
        self.assertEqual(brick.apply.name, 'apply')

    def test_properties_and_super(self):
        brick, x = Doubled(), tensor.vector('x')
        self.assertEqual(brick.apply.inputs, ['first', 'second'])
        self.assertEqual(brick.apply.outputs, ['total', 'difference'])
        value = numpy.array([3.], theano.config.floatX)
        assert_allclose(brick.apply(x)[1].eval({x: value}), [4])
        with self.assertRaisesRegex(AttributeError, 'apply_inputs'):
            Doubled.apply.inputs = ['x']

    def test_delegate(self):
        wrapper = Wrapper(Affine())
        self.assertEqual(wrapper.apply.inputs, ['x', 'shift'])
        wrapper.children[0].apply.inputs = ['other']
        self.assertEqual(wrapper.apply.inputs, ['other'])
        with self.assertRaisesRegex(AttributeError, "affine.*'contexts'"):
            wrapper.apply.contexts

    def test_class_and_base_of_the_same_name(self):
        x = tensor.vector('x')
        value = numpy.array([1.], theano.config.floatX)
        assert_allclose(Same().apply(x)[0].eval({x: value}), [2])

    def test_pickle_and_copy(self):
        self.assertIs(pickle.loads(pickle.dumps(Linear.apply)), Linear.apply)
        linear = Linear(3, 2, name='l')
        linear.apply.outputs = ['mine']
        linear.allocate()
        for again in (pickle.loads(pickle.dumps(linear)),
                      copy.deepcopy(linear)):
            self.assertIsInstance(again.apply, BoundApplication)
            self.assertIs(again.apply.brick, again)
            self.assertEqual(again.apply.outputs, ['mine'])
            self.assertEqual(again.apply(tensor.matrix()).name,
                             'l_apply_mine')


class TestFunction(unittest.TestCase):
    """Applications can be unwrapped and wrapped again."""

    def test_function_exists_before_the_class(self):
        def step(self, x):
            return x
        self.assertIs(application(step).application_function, step)
        self.assertIs(Linear.apply.application_function,
                      Linear().apply.application_function)
        self.assertIsInstance(Linear.apply, Application)

    def test_recurrent_can_be_wrapped_again(self):
        spec = dict(sequences=['inputs'], states=['total'], contexts=[],
                    outputs=['total'])
        calls = []

        def fused(step):
            scanned = recurrent(**spec)(step).application_function

            @functools.wraps(scanned)
            def apply(brick, application, application_call, *args, **kwargs):
                calls.append((brick.name, application.name,
                              application_call.application is application))
                return scanned(brick, application, application_call, *args,
                               **kwargs)
            return application(**spec)(apply)

        class Sum(BaseRecurrent):
            @fused
            def apply(self, inputs, total):
                """Add the inputs to the total."""
                return total + inputs

            def get_dim(self, name):
                return 2

        self.assertEqual(Sum.apply.__doc__,
                         'Add the inputs to the total.')
        x = tensor.tensor3('x')
        brick = Sum()
        value = numpy.ones((3, 1, 2), theano.config.floatX)
        for total in (brick.apply(x), brick.apply(inputs=x)):
            assert_allclose(total.eval({x: value})[:, 0, 0], [1, 2, 3])
            self.assertEqual(total.name, 'sum_apply_total')
        # Twice each: once for the sequence, once for the step inside.
        self.assertEqual(calls, [('sum', 'apply', True)] * 4)


class Lazy(Brick):
    @lazy(allocation=['dim'])
    def __init__(self, dim, *args, **kwargs):
        super().__init__(**kwargs)
        self.dim = dim

    @application
    def apply(self, x):
        return x


class TestMistakes(unittest.TestCase):

    def test_names_of_inputs(self):
        x = tensor.matrix('x')
        for call, message in (
                (lambda: Linear(2, 3, name='in').apply(inputs=x),
                 r'in \(Linear\)\.apply.*input_'),
                (lambda: Linear(2, 3, name='in').apply(), 'in .*input_'),
                (lambda: Linear(2, 3, name='in').apply(x, x), 'too many')):
            with self.assertRaisesRegex(TypeError, message):
                call()
        with self.assertRaisesRegex(ValueError, r"\['y'\].*\['x'\]"):
            @application(inputs=['y'])
            def apply(self, x):
                return x

    def test_more_outputs_than_names(self):
        with self.assertRaisesRegex(ValueError, r"affine.*\['y'\]"):
            Affine().too_many(tensor.vector())

    def test_missing_dimension(self):
        brick = Lazy(name='lazy')
        self.assertIs(brick.dim, NoneAllocation)
        with self.assertRaisesRegex(ValueError, r'lazy \(Lazy\): dim must'):
            brick.apply(tensor.vector())

    def test_brick_that_is_not_a_child(self):
        x, stranger = tensor.vector('x'), Tanh(name='stranger')
        with warnings.catch_warnings():
            warnings.simplefilter('error')
            Wrapper(Tanh()).apply(x)

        class Outer(Brick):
            @application
            def apply(self, x):
                return stranger.apply(x)

        with self.assertWarnsRegex(UserWarning, 'outer.*stranger.*child'):
            Outer().apply(x)
        self.assertEqual(Application.call_stack, [])

    def test_call_stack_after_an_error(self):
        class Broken(Brick):
            @application
            def apply(self, x):
                raise RuntimeError('broken')

        with self.assertRaises(RuntimeError):
            Broken().apply(tensor.vector())
        self.assertEqual(Application.call_stack, [])

    def test_decorators(self):
        for decorator in (application, recurrent):
            with self.assertRaisesRegex(ValueError, 'use @'):
                decorator()
            with self.assertRaisesRegex(ValueError, 'use @'):
                decorator(lambda self, x: x, outputs=['y'])
        with self.assertRaisesRegex(ValueError, 'name of the attribute'):
            Affine.apply.property(lambda self: ['x'])


@six.add_metaclass(ABCMeta)
class Rebuilt(Affine):
    """A brick whose class a decorator recreates."""

    @application(inputs=['x'], outputs=['y'])
    def again(self, x):
        return self.apply.__get__(self, None)(x)[0]

    @application
    def twice(self, x):
        return self.again(self.again(x))

    @twice.delegate
    def twice_delegate(self):
        return self.again


class TestOldIdioms(unittest.TestCase):

    def test_get_of_an_application(self):
        brick = Rebuilt()
        self.assertIs(brick.apply.__get__(brick, None), brick.apply)
        self.assertIs(brick.apply.__get__(brick, Rebuilt), brick.apply)
        self.assertIs(brick.apply.__get__(None, Rebuilt), Affine.apply)
        x = tensor.vector('x')
        assert_allclose(brick.again(x).eval(
            {x: numpy.zeros(2, x.dtype)}), [1, 1])

    def test_recreated_class_pickles(self):
        self.assertIs(Rebuilt.again.brick, Rebuilt)
        self.assertIs(Rebuilt.apply.brick, Affine)
        brick = Rebuilt(name='rebuilt')
        x = tensor.vector('x')
        graph = ComputationGraph(brick.twice(x))
        self.assertEqual(brick.twice.outputs, ['y'])
        again, outputs = pickle.loads(pickle.dumps((brick, graph.outputs)))
        self.assertIs(type(again), Rebuilt)
        call = get_application_call(outputs[0])
        self.assertIs(call.application.application, Rebuilt.twice)
        self.assertIs(call.application.brick, again)
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, 'model.tar')
            secure_dump(Model(graph.outputs), path)
            with open(path, 'rb') as file:
                loaded, = load(file).get_top_bricks()
        self.assertEqual(loaded.name, 'rebuilt')
