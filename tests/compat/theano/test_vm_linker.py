"""Tests of the linker that computes elementwise Ops on whole arrays."""

import math
import sys
import warnings
from unittest import TestCase

import numpy
import theano
from numpy.testing import assert_allclose
from pytensor.link.vm import VMLinker as BackendLinker
from pytensor.tensor.math import log1mexp
from theano import tensor
from theano.gof._vm_linker import VMLinker


def calls(function, *args):
    """Count the Python calls that a function call makes."""
    number = 0

    def count(frame, event, argument):
        nonlocal number
        number += 1

    sys.setprofile(count)
    try:
        function(*args)
    finally:
        sys.setprofile(None)
    return number


class TestLinker(TestCase):
    """NumPy computes the values, and they equal NumPy's."""

    def test_modes_use_it(self):
        modes = [None, 'FAST_RUN', 'FAST_COMPILE', 'CVM', theano.Mode('vm'),
                 theano.Mode('cvm_nogc'),
                 theano.Mode('vm').including('fusion')]
        for mode in modes:
            with self.subTest(mode=mode):
                self.assertIsInstance(
                    theano.compile.get_mode(mode).linker, VMLinker)
        self.assertIs(theano.gof.vm.VM_Linker, VMLinker)

    def test_no_code_runs_per_element(self):
        x, y, z = tensor.dvectors('xyz')
        ones = numpy.ones(1000)
        loop, _ = theano.scan(lambda a, x, y: a + x * y, outputs_info=[z],
                              non_sequences=[x, y], n_steps=2)
        for variable in [tensor.add(x, y, z), tensor.mul(x, y, z), loop[-1],
                         tensor.clip(x, y, z), tensor.cast(x, 'float32'),
                         tensor.erf(x), tensor.nnet.softplus(x)]:
            for mode in 'FAST_RUN', 'FAST_COMPILE':
                function = theano.function([x, y, z], variable, mode=mode,
                                           on_unused_input='ignore')
                function(ones, ones, ones)
                with self.subTest(variable=variable, mode=mode):
                    self.assertLess(calls(function, ones, ones, ones), 500)

    def test_single_ufunc_is_called_directly(self):
        x, y = tensor.dmatrices('xy')
        ones = numpy.ones((2, 2))
        counts = []
        for linker in VMLinker, BackendLinker:
            function = theano.function([x, y], x * y, mode=theano.Mode(
                linker(c_thunks=False), optimizer=None))
            counts.append(calls(function, ones, ones))
        self.assertLess(counts[0], counts[1])

    def test_sums_and_products_of_many_terms(self):
        variables = [tensor.matrix(dtype=dtype) for dtype in
                     ('float32', 'int8', 'float64', 'float32')]
        values = [numpy.full((2, 3), number, variable.dtype)
                  for number, variable in enumerate(variables, start=1)]
        for operation, expected in [(tensor.add, 10.), (tensor.mul, 24.)]:
            result = theano.function(variables, operation(*variables))(
                *values)
            self.assertEqual(result.dtype, 'float64')
            assert_allclose(result, numpy.full((2, 3), expected))

    def test_sums_of_many_terms_do_not_broadcast_unknown_lengths(self):
        x, y, z = tensor.dvectors('x', 'y', 'z')
        function = theano.function([x, y, z], tensor.add(x, y, z))
        with self.assertRaises(ValueError):
            function(numpy.ones(3), numpy.ones(1), numpy.ones(3))

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

    def test_erf_of_integers(self):
        v = tensor.lvector()
        result = theano.function([v], tensor.erf(v))([-1, 0, 2])
        assert_allclose(result, [math.erf(number) for number in (-1, 0, 2)])

    def test_logarithm_of_one_minus_exponential(self):
        x = numpy.array([-1e-20, -.1, -1., -40.])
        v = tensor.dvector()
        assert_allclose(log1mexp(v).eval({v: x}),
                        [math.log(-math.expm1(number)) if number > -.5 else
                         math.log1p(-math.exp(number)) for number in x])

    def test_results_are_new_arrays(self):
        x = numpy.ones(3)
        v = tensor.dvector()
        for variable in tensor.tensor_copy(v), tensor.fill(v, v):
            function = theano.function(
                [theano.In(v, borrow=True)],
                theano.Out(variable, borrow=True),
                mode=theano.Mode('vm', optimizer=None))
            result = function(x)
            assert_allclose(result, x)
            self.assertFalse(numpy.may_share_memory(result, x))

    def test_single_ufuncs(self):
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

    def test_single_ufuncs_do_not_broadcast_unknown_lengths(self):
        x, y = tensor.matrices('x', 'y')
        function = theano.function([x, y], x * y)
        for shape in (2, 1), (1, 3), (1, 1), (3, 3):
            with self.assertRaises(ValueError):
                function(numpy.ones((2, 3)), numpy.ones(shape))
