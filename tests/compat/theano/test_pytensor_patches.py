"""Each patch of PyTensor is needed still, and does what it should."""

import json
import math
import subprocess
import sys
import warnings
from unittest import TestCase

import numpy
import theano
from numpy.testing import assert_allclose
from pytensor.tensor.math import log1mexp
from theano import tensor

#: Tells what an unpatched PyTensor does.  A patch whose answer turns to
#: false can go.
QUESTIONS = '''
import json, sys, unittest.mock, warnings
import numpy
import pytensor, pytensor.tensor as pt
from pytensor.scan.op import Scan
from pytensor.tensor import basic
from pytensor.tensor.elemwise import Elemwise


def raises(function):
    try:
        function()
    except TypeError:
        return True
    return False


def calls(function, *args):
    number = 0

    def count(frame, event, argument):
        nonlocal number
        number += 1

    sys.setprofile(count)
    function(*args)
    sys.setprofile(None)
    return number


warnings.simplefilter('ignore')
x, y, z = pt.dvectors(3)
ones = numpy.ones(1000)
slow = [pt.add(x, y, z), pt.mul(x, y, z), pt.cast(x, 'float32'),
        pt.clip(x, y, z), pt.erf(x), pt.tensor_copy(x), pt.log1mexp(x),
        pt.second(x, y), pt.softplus(x)]
with unittest.mock.patch.object(
        basic, 'FunctionGraph', side_effect=basic.FunctionGraph) as graph:
    pt.zeros(x.shape)
def update_known():
    m = pytensor.shared(numpy.ones(3))
    m.default_update = pt.zeros((3,))
    pytensor.function([], m.sum())


print(json.dumps({
    'truth': raises(lambda: bool(x)),
    'lengths': graph.called,
    'elements': [str(out.owner.op) for out in slow if calls(
        out.owner.op.perform, out.owner, [ones] * len(out.owner.inputs),
        [[None]]) < 1000],
    'thunks': 'make_py_thunk' not in vars(Elemwise),
    'reshape': raises(lambda: x.reshape((2, 2), 2)),
    'update': raises(update_known),
    'delete': pytensor.shared(1).__class__.default_update.fdel is None,
    'scan': not hasattr(Scan, 'inputs')}))
'''


class TestPatches(TestCase):
    """One test for the need of all, one for the effect of each."""

    def test_patches_are_needed(self):
        answers = json.loads(subprocess.run(
            [sys.executable, '-c', QUESTIONS], stdout=subprocess.PIPE,
            check=True, text=True).stdout)
        self.assertEqual(answers, {'truth': True, 'lengths': True,
                                   'elements': [], 'thunks': True,
                                   'reshape': True, 'scan': True,
                                   'update': True, 'delete': True})

    def test_lengths_of_new_tensors(self):
        x = tensor.dmatrix()
        for variable, broadcastable in [
                (tensor.zeros((1, 3)), (True, False)),
                (tensor.zeros((x.shape[0], 1)), (False, True)),
                (tensor.alloc(0., x.shape[0], x.shape[1]), (False, False)),
                (tensor.repeat(x, 2, axis=0), (False, False))]:
            self.assertEqual(variable.broadcastable, broadcastable)
        for wrong in (2.5,), (tensor.dscalar(),):
            with self.assertRaises(TypeError):
                tensor.zeros(wrong)

    def test_sums_and_products_of_many(self):
        variables = [tensor.matrix(dtype=dtype) for dtype in
                     ('float32', 'int8', 'float64', 'float32')]
        values = [numpy.full((2, 3), number, variable.dtype)
                  for number, variable in enumerate(variables, start=1)]
        for operation, expected in [(tensor.add, 10.), (tensor.mul, 24.)]:
            result = theano.function(variables, operation(*variables))(
                *values)
            self.assertEqual(result.dtype, 'float64')
            assert_allclose(result, numpy.full((2, 3), expected))

    def test_whole_arrays_equal_elements(self):
        x = numpy.array([-40., -.7, -.1, 0., .3, 2., 800.])
        ones = numpy.ones(7)
        v, low, high = tensor.dvectors('v', 'low', 'high')
        softplus = numpy.maximum(x, 0) + numpy.log1p(numpy.exp(-abs(x)))
        for variable, expected in [
                (tensor.cast(v, 'int8'), x[:6].astype('int8')),
                (tensor.cast(v, 'float32'), x.astype('float32')),
                (tensor.clip(v, low, high), x.clip(-.5, 1.)),
                (tensor.erf(v), [math.erf(number) for number in x]),
                (tensor.tensor_copy(v), x),
                (tensor.fill(v, 2.), 2 * ones),
                (tensor.nnet.softplus(v), softplus)]:
            function = theano.function(
                [v, low, high], variable, mode='FAST_COMPILE',
                on_unused_input='ignore')
            data = x[:len(expected)]
            arguments = [data, -.5 * ones[:len(data)], ones[:len(data)]]
            result = function(*arguments)
            self.assertEqual(result.dtype, variable.dtype)
            assert_allclose(result, expected)

    def test_bare_ufuncs(self):
        x, y = tensor.matrix('x', 'float32'), tensor.matrix('y', 'float32')
        v, n = tensor.vector('v', 'float32'), tensor.scalar('n', 'float32')
        values = {x: [[1, -2, 3], [4, 5, 0]], y: [[2, 2, 0], [1, 1, 7]],
                  v: [3, 1, 2], n: 2}
        values = {variable: numpy.array(value, 'float32')
                  for variable, value in values.items()}
        a, b, c, d = values.values()
        with numpy.errstate(all='ignore'):
            cases = [(x * y, a * b), (x / y, a / b), (x - n, a - d),
                     (n - x, d - a), (x + v, a + c), (v * n, c * d),
                     (tensor.sqrt(x), numpy.sqrt(a)), (n * n, d * d),
                     (tensor.maximum(x, y), numpy.maximum(a, b))]
        with warnings.catch_warnings():
            warnings.simplefilter('error')
            for variable, expected in cases:
                result = variable.eval({
                    leaf: value for leaf, value in values.items()
                    if leaf in theano.gof.graph.inputs([variable])})
                self.assertIsInstance(result, numpy.ndarray)
                self.assertEqual(result.dtype, 'float32')
                assert_allclose(result, expected, err_msg=str(variable))

    def test_bare_ufuncs_do_not_broadcast_unknown_lengths(self):
        x, y = tensor.matrices('x', 'y')
        function = theano.function([x, y], x * y)
        for shape in (2, 1), (1, 3), (1, 1), (3, 3):
            with self.assertRaises(ValueError):
                function(numpy.ones((2, 3)), numpy.ones(shape))

    def test_reshape_by_position(self):
        x = tensor.matrix()
        self.assertEqual(x.reshape(tensor.lvector(), 3).ndim, 3)

    def test_results_are_new_arrays(self):
        x = numpy.ones(3)
        v = tensor.dvector()
        for variable in tensor.tensor_copy(v), tensor.fill(v, v):
            storage = [[None]]
            node = variable.owner
            node.op.perform(node, [x] * len(node.inputs), storage)
            self.assertFalse(numpy.may_share_memory(storage[0][0], x))

    def test_logarithm_of_one_minus_exponential(self):
        x = numpy.array([-1e-20, -.1, -1., -40.])
        v = tensor.dvector()
        assert_allclose(log1mexp(v).eval({v: x}),
                        [math.log(-math.expm1(number)) if number > -.5 else
                         math.log1p(-math.exp(number)) for number in x])

    def test_sums_of_many_do_not_broadcast_unknown_lengths(self):
        x, y, z = tensor.dvectors('x', 'y', 'z')
        function = theano.function([x, y, z], tensor.add(x, y, z))
        with self.assertRaises(ValueError):
            function(numpy.ones(3), numpy.ones(1), numpy.ones(3))
