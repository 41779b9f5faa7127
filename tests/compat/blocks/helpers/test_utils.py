"""Tests of helpers for containers, arguments, variables and tests."""
import logging
import os
import subprocess
import sys
import unittest
from collections import OrderedDict

import blocks.utils
import numpy
import theano
from blocks import utils
from blocks.bricks import MLP, Sequence, Tanh
from blocks.theano_expressions import hessian_times_vector, l2_norm
from blocks.utils.containers import AnnotatingList
from blocks.utils.testing import (
    MockAlgorithm,
    MockMainLoop,
    silence_printing,
    skip_if_configuration_set,
    skip_if_not_available,
)
from numpy.testing import assert_allclose, assert_array_equal
from theano import tensor
from theano.sandbox.rng_mrg import MRG_RandomStreams


class Logged(AnnotatingList):
    """Records every change of its items."""

    def __init__(self, items=None):
        self.log = []
        super().__init__(items)

    def _setitem(self, key, value):
        self.log.append(('in', value))

    def _delitem(self, key):
        self.log.append(('out', self[key]))


class TestContainers(unittest.TestCase):

    def test_list(self):
        items = Logged('ab')
        items[0] = 'c'
        del items[1]
        items += 'd'
        self.assertEqual(items.pop(), 'd')
        self.assertEqual(items.log, [
            ('in', 'a'), ('in', 'b'), ('out', 'a'), ('in', 'c'),
            ('out', 'b'), ('in', 'd'), ('out', 'd')])
        self.assertEqual((repr(items), len(items)), ("['c']", 1))
        self.assertEqual(items, ['c'])
        self.assertEqual(items, Logged('c'))
        self.assertNotEqual(items, ['d'])

    def test_packing(self):
        self.assertEqual(utils.pack((1, 2)), [1, 2])
        self.assertEqual(utils.pack('ab'), ['ab'])
        original = [1]
        self.assertIsNot(utils.pack(original), original)
        self.assertEqual(utils.unpack((1, 2)), [1, 2])
        self.assertEqual(utils.unpack([]), [])
        self.assertEqual(utils.unpack([3], singleton=True), 3)
        with self.assertRaisesRegex(ValueError, 'exactly one.*got 2'):
            utils.unpack([1, 2], singleton=True)

    def test_dictionaries(self):
        source = {'a': 1, 'b': 2, 'c': 3}
        self.assertEqual(list(utils.dict_subset(source, 'ca').items()),
                         [('c', 3), ('a', 1)])
        self.assertEqual(utils.dict_subset(source, 'ax', must_have=False),
                         {'a': 1})
        self.assertEqual(utils.dict_subset(source, 'b', pop=True), {'b': 2})
        self.assertEqual(set(source), {'a', 'c'})
        with self.assertRaises(KeyError):
            utils.dict_subset(source, 'x')
        union = utils.dict_union(OrderedDict(a=1), {'b': 2}, c=3)
        self.assertIsInstance(union, OrderedDict)
        self.assertEqual(union, {'a': 1, 'b': 2, 'c': 3})
        self.assertEqual(utils.dict_union(), {})
        with self.assertRaisesRegex(ValueError, 'once.*: b, a'):
            utils.dict_union({'a': 1, 'b': 2}, {'b': 3, 'a': 1})

    def test_arguments(self):
        self.assertEqual(
            list(utils.extract_args(['x', 'y'], 1, y=2).items()),
            [('x', 1), ('y', 2)])
        for error, args, kwargs in ((KeyError, (1, 2), {'z': 3}),
                                    (TypeError, (1,), {'x': 3}),
                                    (TypeError, (1, 2, 3), {}),
                                    (ValueError, (1,), {})):
            with self.assertRaises(error):
                utils.extract_args(['x', 'y'], *args, **kwargs)


class TestObjects(unittest.TestCase):

    def test_repr(self):
        class Thing:
            size = 3

            @property
            def broken(self):
                raise RuntimeError

        self.assertRegex(utils.repr_attrs(Thing(), 'size'),
                         r'^<.*Thing object at 0x[0-9a-f]+: size=3>$')
        for attributes in ((), ('size', 'broken'), ('missing',)):
            self.assertRegex(utils.repr_attrs(Thing(), *attributes),
                             'object at 0x[0-9a-f]+>$')

    def test_reraise(self):
        def fail(new):
            try:
                {}['key']
            except KeyError:
                utils.reraise_as(new)

        for new, kind in ((ValueError('new', 7), ValueError),
                          ('new', KeyError)):
            with self.assertRaises(kind) as caught:
                fail(new)
            self.assertIn('new', caught.exception.args[0])
            self.assertIn('Original exception:\n\tKeyError: key',
                          caught.exception.args[0])
            self.assertIsInstance(caught.exception.__cause__, KeyError)
        with self.assertRaisesRegex(RuntimeError, 'except block'):
            utils.reraise_as('nothing')

    def test_recursion_limit(self):
        before = sys.getrecursionlimit()
        with self.assertRaises(KeyError):
            with utils.change_recursion_limit(before + 100):
                self.assertEqual(sys.getrecursionlimit(), before + 100)
                raise KeyError
        with utils.change_recursion_limit(10):
            self.assertEqual(sys.getrecursionlimit(), before)
        self.assertEqual(sys.getrecursionlimit(), before)

    def test_find_bricks(self):
        inner = Tanh(name='inner')
        mlp = MLP([Sequence([inner]), Tanh(name='outer')], [1, 2, 3])
        self.assertEqual([brick.name for brick in utils.find_bricks(
            [mlp, inner], lambda brick: isinstance(brick, Tanh))],
            ['inner', 'outer'])
        self.assertEqual(len(utils.find_bricks([mlp, mlp],
                                               lambda brick: True)), 6)

    def test_lazy_submodules(self):
        for name in utils.__all__:
            self.assertTrue(callable(getattr(utils, name)), name)
        self.assertLessEqual(set(utils.__all__), set(dir(utils)))
        with self.assertRaisesRegex(AttributeError, 'nonsense'):
            utils.nonsense
        code = ('import sys; from blocks.utils import pack; '
                'import blocks.config; print("theano" in sys.modules)')
        root = os.path.dirname(os.path.dirname(blocks.utils.__file__))
        found = subprocess.run(
            [sys.executable, '-c', code], capture_output=True, text=True,
            check=True, cwd=os.path.dirname(root))
        self.assertEqual(found.stdout.strip(), 'False')


class TestTheano(unittest.TestCase):

    def test_shared_variables(self):
        zeros = utils.shared_floatx_zeros((2, 3), name='z')
        assert_array_equal(zeros.get_value(), numpy.zeros((2, 3)))
        self.assertEqual((zeros.name, zeros.dtype),
                         ('z', theano.config.floatX))
        self.assertTrue(numpy.isnan(
            utils.shared_floatx_nans((2,)).get_value()).all())
        self.assertEqual(utils.shared_floatx(1, dtype='int8').dtype, 'int8')
        row = utils.shared_floatx(numpy.ones((1, 3)),
                                  broadcastable=(True, False))
        like = utils.shared_floatx_zeros_matching(row, name='n')
        self.assertEqual((like.broadcastable, like.name),
                         ((True, False), 'n'))
        with self.assertRaisesRegex(ValueError, 'expected a shared'):
            utils.shared_floatx_zeros_matching(tensor.vector())
        holder = utils.shared_like(tensor.lmatrix('m'))
        self.assertEqual((holder.name, holder.dtype, holder.ndim),
                         ('shared_m', 'int64', 2))
        for make in (utils.shared_floatx_zeros, utils.shared_floatx_nans):
            with self.assertRaisesRegex(ValueError, 'w: .*axis 1'):
                make((2, None), name='w')

    def test_kinds(self):
        x, shared = tensor.vector('x'), theano.shared(1.)
        rng = MRG_RandomStreams(1)
        rng.normal((2,))
        state = rng.state_updates[0][0]
        for variable, is_input, is_shared in (
                (x, True, False), (shared, False, True), (state, False,
                                                          False),
                (tensor.constant(1), False, False), (x + 1, False, False)):
            self.assertEqual(utils.is_graph_input(variable), is_input)
            self.assertEqual(utils.is_shared_variable(variable), is_shared)

    def test_checks(self):
        utils.check_theano_variable(None, 3, 'float')
        utils.check_theano_variable([[1, 2]], 2, 'int')
        utils.check_theano_variable(tensor.vector(), None, ('int', 'float'))
        for variable, message in ((tensor.vector('v'), 'v: .*2, got 1'),
                                  (tensor.lmatrix('m'), "m: .*'int64'")):
            with self.assertRaisesRegex(ValueError, message):
                utils.check_theano_variable(variable, 2, 'float')

    def test_hook(self):
        seen = []
        x = tensor.scalar('x')
        y = utils.put_hook(x * 2, lambda value, label: seen.append(
            (label, float(value))), 'twice')
        self.assertEqual(float((y + 1).eval({x: 3.})), 7)
        self.assertEqual(seen, [('twice', 6.)])

    def test_expressions(self):
        x, y = tensor.vector('x'), tensor.matrix('y')
        feed = {x: [3., 4.], y: [[12., 0.], [0., 84.]]}
        assert_allclose(l2_norm([x, y]).eval(feed), 85, rtol=1e-6)
        assert_allclose(l2_norm([x, 12.], squared=True).eval({x: [3., 4.]}),
                        169)
        gradient = tensor.grad((x ** 3).sum() + x[0] * x[1], x)
        direction = numpy.array([1., 2.], dtype=x.dtype)
        for r_op in (False, True):
            product = hessian_times_vector(gradient, x, direction, r_op=r_op)
            assert_allclose(product.eval({x: [3., 4.]}), [20, 49], rtol=1e-6)


class TestTesting(unittest.TestCase):

    def test_silence(self):
        @silence_printing
        def noisy(word):
            print(word)
            logging.getLogger('blocks').warning(word)
            return word

        with self.assertNoLogs('blocks.anything'):
            self.assertEqual(noisy('loud'), 'loud')

    def test_conditions(self):
        skip_if_not_available(modules=['numpy'],
                              configurations=['default_seed'])
        skip_if_configuration_set('default_seed', 'something else')
        for call in (
                lambda: skip_if_not_available(modules=['no_such_module']),
                lambda: skip_if_not_available(configurations=['no_such']),
                lambda: skip_if_not_available(datasets=['no_such_data']),
                lambda: skip_if_configuration_set(
                    'default_seed', blocks.config.config.default_seed)):
            with self.assertRaises(unittest.SkipTest) as caught:
                call()
            self.assertTrue(str(caught.exception))

    def test_mock_main_loop(self):
        loop = MockMainLoop()
        self.assertIsInstance(loop.algorithm, MockAlgorithm)
        loop.algorithm.initialize()
        with self.assertRaises(AssertionError):
            loop.algorithm.initialize()
        loop.algorithm.process_batch({'data': 3})
        self.assertEqual(loop.algorithm.batch, {'data': 3})
