"""Tests of names and module paths that scripts import from Theano."""

import importlib
import io
import operator
import sys
import unittest
from collections import OrderedDict

import numpy
import scipy.sparse
import six
import theano
from numpy.testing import assert_allclose, assert_array_equal
from theano import compat, config, configdefaults, sparse, tensor
from theano.configparser import (
    AddConfigVar,
    BoolParam,
    EnumStr,
    FloatParam,
    IntParam,
    StrParam,
)
from theano.gof import op as gof_op
from theano.misc import pkl_utils
from theano.scan_module.scan_utils import equal_computations
from theano.tensor import nnet
from theano.tensor.xlogx import xlogx, xlogy0

PATHS = {
    'theano.compat': 'OrderedDict', 'theano.compat.python2x': 'OrderedDict',
    'theano.compat.six': 'iteritems', 'theano.compat.six.moves': 'xrange',
    'theano.compile.function': 'function', 'theano.compile.io': 'In',
    'theano.compile.mode': 'get_default_mode', 'theano.compile.ops':
    'as_op', 'theano.compile.pfunc': 'pfunc', 'theano.compile.profiling':
    'ProfileStats', 'theano.compile.sharedvalue': 'SharedVariable',
    'theano.configdefaults': 'config', 'theano.configparser': 'config',
    'theano.gof.graph': 'Variable', 'theano.gof.link': 'Container',
    'theano.gof.op': 'Op', 'theano.gof.opt': 'OpSub',
    'theano.gof.optdb': 'Query', 'theano.gof.params_type': 'ParamsType',
    'theano.gof.toolbox': 'Feature', 'theano.gof.utils': 'hashtype',
    'theano.gof.vm': 'VM_Linker', 'theano.gof.destroyhandler':
    'DestroyHandler', 'theano.misc.safe_asarray': '_asarray',
    'theano.sandbox.linalg.ops': 'matrix_inverse',
    'theano.sandbox.linalg': 'det', 'theano.sandbox.softsign': 'softsign',
    'theano.sandbox.solve': 'solve', 'theano.scalar.basic': 'Scalar',
    'theano.scalar.basic_scipy': 'erf', 'theano.scalar.sharedvar': 'shared',
    'theano.scalar': 'gammaln',
    'theano.scan_module.scan_checkpoints': 'scan_checkpoints',
    'theano.scan_module.scan_views': 'foldl', 'theano.sparse.basic': 'dot',
    'theano.tensor.blas': 'batched_dot', 'theano.tensor.nnet.nnet':
    'softmax', 'theano.tensor.nnet.sigm': 'ScalarSigmoid',
    'theano.tensor.opt': 'register_canonicalize',
    'theano.tensor.sharedvar': 'TensorSharedVariable',
    'theano.tensor.sort': 'argsort', 'theano.tensor.type': 'TensorType',
    'theano.tensor.type_other': 'NoneConst', 'theano.tensor.utils':
    'hash_from_ndarray', 'theano.tensor.var': 'TensorVariable'}
NAMES = """
    compile.FAST_RUN compile.Rebroadcast compile.Shape_i gof.ParamsType
    gof.local_optimizer scan_checkpoints tensor.Tensor
    tensor.config tensor.float32_atol tensor.hashtype tensor.printing.Print
    tensor.scal.Scalar tensor.xlogx.xlogx theano.config theano_logger
    tensor.nnet.crossentropy_softmax_1hot_with_bias
    tensor.basic.Elemwise
    """.split()


class TestPaths(unittest.TestCase):

    def test_modules(self):
        for path, name in PATHS.items():
            with self.subTest(path):
                self.assertTrue(hasattr(importlib.import_module(path), name))

    def test_names(self):
        for name in NAMES:
            with self.subTest(name):
                self.assertIsNotNone(operator.attrgetter(name)(theano))

    def test_objects_are_the_same_under_all_paths(self):
        self.assertIs(compat.six, six)
        self.assertIs(theano.theano, theano)
        self.assertIs(compat.OrderedDict, OrderedDict)
        self.assertIs(tensor.Tensor, tensor.TensorType)
        self.assertIs(configdefaults.config, config)


class TestCompat(unittest.TestCase):

    def test_functions(self):
        self.assertIs(compat.PY3, True)
        self.assertEqual(compat.b('\xe4'), b'\xe4')
        self.assertEqual([compat.cmp(1, 2), compat.cmp(2, 2),
                          compat.cmp('b', 'a')], [-1, 0, 1])
        self.assertEqual(compat.exc_message(ValueError('no')), 'no')
        self.assertEqual(compat.exc_message(ValueError(1, 2)), (1, 2))
        self.assertEqual(list(compat.decode_iter([b'\xc3\xa4', 'b'])),
                         ['\xe4', 'b'])
        self.assertEqual(compat.operator_div(3, 2), 1.5)
        self.assertIs(compat.get_unbound_function(self.test_functions),
                      TestCompat.test_functions)
        counts = compat.DefaultOrderedDict(int)
        for letter in 'bab':
            counts[letter] += 1
        self.assertEqual(list(counts.items()), [('b', 2), ('a', 1)])

    def test_machine(self):
        self.assertEqual(configdefaults.local_bitwidth(),
                         sys.maxsize.bit_length() + 1)
        self.assertIn(configdefaults.python_int_bitwidth(), (32, 64))
        self.assertGreater(configdefaults.cpuCount(), 0)


class TestOptions(unittest.TestCase):

    def test_declared(self):
        for name, param, expected in (
                ('depth', IntParam(3), 3), ('rate', FloatParam('.5'), .5),
                ('who', StrParam('me'), 'me'), ('on', BoolParam('0'), False),
                ('kind', EnumStr('a', 'b'), 'a'),
                ('made', IntParam(lambda: 7), 7)):
            with self.subTest(name):
                AddConfigVar(f'test_options.{name}', 'for this test', param)
                self.addCleanup(config._inert.pop, f'test_options__{name}')
                self.assertEqual(getattr(config.test_options, name),
                                 expected)

    def test_refused(self):
        with self.assertRaisesRegex(AttributeError, "option 'floatX'"):
            AddConfigVar('floatX', '', StrParam('float16'))
        for param in (BoolParam('perhaps'), IntParam('x'), IntParam(
                -1, lambda value: value > 0)):
            with self.assertRaisesRegex(ValueError, 'theano.config.wrong: '):
                AddConfigVar('wrong', '', param)
        self.assertFalse(hasattr(config, 'wrong'))

    def test_set_from_outside(self):
        settings = AddConfigVar.__globals__['SETTINGS']
        settings['test_options__outside'] = 'b'
        self.addCleanup(settings.pop, 'test_options__outside')
        AddConfigVar('test_options.outside', '', EnumStr('a', 'b'))
        self.addCleanup(config._inert.pop, 'test_options__outside')
        self.assertEqual(config.test_options.outside, 'b')


class TestXlogx(unittest.TestCase):

    def test_values(self):
        x, y = tensor.dvectors('x', 'y')
        function = theano.function([x, y], [xlogy0(x, y), xlogx(x)])
        values = numpy.array([0, 0, 0, 0, 2, .5])
        of_y, of_x = function(values, [0, 3, numpy.inf, -1, 3, 4])
        assert_allclose(of_y, [0, 0, 0, 0, 2 * numpy.log(3),
                               .5 * numpy.log(4)])
        assert_allclose(of_x, [0, 0, 0, 0, 2 * numpy.log(2),
                               .5 * numpy.log(.5)])
        self.assertTrue(numpy.isnan(xlogx(x).eval({x: [-1.]})).all())

    def test_data_types(self):
        for dtype, expected in ('float32', 'float32'), ('int64', 'float64'):
            self.assertEqual(xlogx(tensor.vector(dtype=dtype)).dtype,
                             expected)

    def test_gradients(self):
        x, y = tensor.dvectors('x', 'y')
        of_x, of_y = theano.function([x, y], theano.grad(
            xlogy0(x, y).sum(), [x, y]))([0., 0., 2.], [0., 3., 4.])
        assert_allclose(of_x, [0, numpy.log(3), numpy.log(4)])
        assert_allclose(of_y, [0, 0, .5])
        assert_allclose(theano.grad(xlogx(x).sum(), x).eval({x: [.5, 3]}),
                        1 + numpy.log([.5, 3]))


class TestSoftmaxWithBias(unittest.TestCase):

    def setUp(self):
        rng = numpy.random.RandomState(1)
        self.x, self.b, self.y = (tensor.dmatrix(), tensor.dvector(),
                                  tensor.ivector())
        self.values = {self.x: rng.normal(size=(4, 3)),
                       self.b: rng.normal(size=3),
                       self.y: numpy.array([2, 0, 1, 1], 'int32')}
        scores = self.values[self.x] + self.values[self.b]
        exponentials = numpy.exp(scores)
        self.softmax = exponentials / exponentials.sum(axis=1,
                                                       keepdims=True)
        self.cost = -numpy.log(self.softmax[range(4), [2, 0, 1, 1]])

    def assert_equals(self, variables, expected):
        for variable, wanted in zip(variables, expected, strict=True):
            given = {leaf: self.values[leaf] for leaf
                     in theano.gof.graph.inputs([variable])
                     if leaf in self.values}
            assert_allclose(variable.eval(given), wanted)

    def test_values(self):
        x, b, y = self.x, self.b, self.y
        best = self.softmax.argmax(axis=1)
        most = self.softmax.max(axis=1)
        self.assert_equals([nnet.softmax_with_bias(x, b)], [self.softmax])
        self.assert_equals(
            nnet.crossentropy_softmax_1hot_with_bias(x, b, y),
            [self.cost, self.softmax])
        self.assert_equals(
            nnet.crossentropy_softmax_argmax_1hot_with_bias(x, b, y),
            [self.cost, self.softmax, best])
        self.assert_equals(
            nnet.crossentropy_softmax_max_and_argmax_1hot_with_bias(x, b, y),
            [self.cost, self.softmax, most, best])
        self.assert_equals(
            nnet.crossentropy_softmax_max_and_argmax_1hot(x + b, y),
            [self.cost, self.softmax, most, best])

    def test_classes_have_the_type_of_the_targets(self):
        *_, best = nnet.crossentropy_softmax_argmax_1hot_with_bias(
            self.x, self.b, self.y)
        self.assertEqual(best.dtype, 'int32')

    def test_comparing_operations(self):
        for op, function in ((nnet.softmax_op, nnet.softmax),
                             (nnet.logsoftmax_op, nnet.logsoftmax)):
            applied = function(self.x).owner.op
            self.assertTrue(applied == op and op == applied)
            self.assertFalse(applied != op)
            self.assertNotEqual(tensor.exp(self.x).owner.op, op)
            assert_allclose(op(self.x).eval({self.x: self.values[self.x]}),
                            function(self.x).eval(
                                {self.x: self.values[self.x]}))
        self.assertNotEqual(nnet.softmax(self.x).owner.op,
                            nnet.logsoftmax_op)

    def test_leading_columns(self):
        for function, first in ((nnet.prepend_0_to_each_row, 0),
                                (nnet.prepend_1_to_each_row, 1)):
            assert_array_equal(function(self.x).eval({self.x: [[2., 3.]]}),
                               [[first, 2, 3]])
        assert_array_equal(nnet.prepend_scalar_to_each_row(
            5., self.x).eval({self.x: [[2., 3.]]}), [[5, 2, 3]])
        with self.assertRaisesRegex(TypeError, 'a scalar and a matrix'):
            nnet.prepend_0_to_each_row(self.b)


class TestRebroadcast(unittest.TestCase):

    def test_types(self):
        from theano.compile import Rebroadcast
        for pairs, broadcastable in (
                ([(0, True), (1, False)], (True, False)),
                ([(1, False)], (False, False)), ([], (False, True))):
            with self.subTest(pairs):
                self.assertEqual(
                    Rebroadcast(*pairs)(tensor.col()).broadcastable,
                    broadcastable)
        self.assertEqual(Rebroadcast((1, False), (0, True)).axis,
                         OrderedDict([(0, True), (1, False)]))

    def test_values_and_gradients(self):
        x = tensor.dmatrix()
        rows = tensor.Rebroadcast((0, True))(x)
        cost = (rows * numpy.arange(6.).reshape(2, 3)).sum()
        assert_array_equal(theano.grad(cost, x).eval({x: [[1, 1, 1]]}),
                           [[3, 5, 7]])
        with self.assertRaisesRegex(ValueError, 'must have length 1, got 2'):
            rows.eval({x: numpy.zeros((2, 3))})

    def test_wrong_arguments(self):
        with self.assertRaises(TypeError):
            tensor.Rebroadcast(0)
        with self.assertRaisesRegex(ValueError, 'no dimension 2'):
            tensor.Rebroadcast((2, False))(tensor.matrix())


class TestGraphs(unittest.TestCase):

    def test_equal_computations(self):
        x, y = tensor.matrices('xy')
        for expected, arguments in (
                (True, ([x + 1], [x + 1])), (False, ([x + 1], [x + 2])),
                (False, ([x + 1], [y + 1])),
                (True, ([x + 1], [y + 1], [x], [y])),
                (False, ([x + 1, x], [x + 1, y]))):
            with self.subTest(arguments):
                self.assertIs(equal_computations(*arguments), expected)

    def test_test_values(self):
        x = tensor.vector('x')
        self.assertEqual(list(gof_op.get_debug_values(x)), [])
        with self.assertRaisesRegex(AttributeError, 'x has no test value'):
            gof_op.get_test_value(x)
        x.tag.test_value = numpy.ones(2)
        for variable, expected in ((x, [1, 1]), (
                tensor.constant([1, 2]), [1, 2]), (
                theano.shared(numpy.zeros(1)), [0]), (5, 5)):
            assert_array_equal(gof_op.get_test_value(variable), expected)

    def test_checkpoints_of_a_loop(self):
        x, w = tensor.dvector('x'), tensor.dscalar('w')

        def step(element, state, weight):
            return tensor.tanh(weight * state + element)

        arguments = dict(fn=step, sequences=[x], non_sequences=[w],
                         outputs_info=[numpy.float64(0)])
        every, _ = theano.scan(**arguments)
        few, updates = theano.scan_checkpoints(save_every_N=4, **arguments)
        self.assertIsInstance(updates, theano.OrderedUpdates)
        data = numpy.linspace(-1, 1, 12)
        results = theano.function([x, w], [
            every, few, theano.grad(every[-1], w), theano.grad(few[-1], w)],
            updates=updates)(data, .7)
        assert_allclose(results[1], results[0][3::4])
        assert_allclose(results[3], results[2])
        self.assertNotEqual(results[2], 0)


class TestPklUtils(unittest.TestCase):

    def saved(self, obj, **kwargs):
        file = io.BytesIO()
        pkl_utils.dump(obj, file, **kwargs)
        file.seek(0)
        return file

    def test_round_trip_with_shared_arrays(self):
        w = theano.shared(numpy.arange(3.), name='w')
        again = theano.shared(numpy.ones(2), name='w')
        nameless = theano.shared(numpy.zeros((2, 2)))
        file = self.saved({'all': [w, again, nameless], 'first': w})
        with numpy.load(file) as archive:
            self.assertEqual(sorted(archive.files),
                             ['array_2', 'pkl', 'w', 'w_2'])
            assert_array_equal(archive['w'], [0, 1, 2])
        file.seek(0)
        loaded = pkl_utils.load(file)
        self.assertIs(loaded['all'][0], loaded['first'])
        for variable, original in zip(loaded['all'], (w, again, nameless)):
            assert_array_equal(variable.get_value(), original.get_value())
            self.assertEqual(variable.name, original.name)

    def test_refused(self):
        w, v = (theano.shared(numpy.ones(2), name='w') for _ in range(2))
        for variables, options, message in (
                ([w, v], {'allow_duplicates': False}, "the name 'w'"),
                ([theano.shared(1.)], {'allow_unnamed': False},
                 'has no name')):
            with self.assertRaisesRegex(ValueError, message):
                self.saved(variables, persistent_id=lambda: pkl_utils.
                           PersistentSharedVariableID(**options))


class TestSparse(unittest.TestCase):

    def test_products_and_gradient(self):
        values = scipy.sparse.random(4, 5, .5, 'csr', random_state=1)
        x, w = sparse.csr_matrix('x', 'float64'), tensor.dmatrix('w')
        weights = numpy.random.RandomState(2).normal(size=(5, 3))
        for product in sparse.dot, sparse.structured_dot:
            result = product(x, w)
            function = theano.function(
                [x, w], [result, theano.grad((result ** 2).sum(), w)])
            value, gradient = function(values, weights)
            expected = values.toarray() @ weights
            assert_allclose(value, expected)
            assert_allclose(gradient, 2 * values.toarray().T @ expected)

    def test_types(self):
        x = sparse.csc_matrix('x')
        self.assertIsInstance(x, sparse.SparseVariable)
        self.assertIsInstance(x.type, sparse.SparseType)
        self.assertNotIsInstance(tensor.matrix(), sparse.SparseVariable)
        self.assertTrue(sparse.enable_sparse)
        shared = sparse.shared(scipy.sparse.eye(2, format='csr'))
        assert_array_equal(
            sparse.dense_from_sparse(shared).eval(), numpy.eye(2))
