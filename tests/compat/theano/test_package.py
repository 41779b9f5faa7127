"""Tests of the package's documentation and its testing tools."""

import importlib
import re
import warnings
from pathlib import Path
from unittest import TestCase

import numpy
import theano
from theano import tensor
from theano.tests import unittest_tools

DOCUMENTATION = (Path(__file__).parents[3] / 'docs' / 'theano.rst')


def find(name):
    """Import a dotted name, the longest module first."""
    parts = name.split('.')
    for number in range(len(parts), 0, -1):
        try:
            found = importlib.import_module('.'.join(parts[:number]))
        except ModuleNotFoundError:
            continue
        for part in parts[number:]:
            found = getattr(found, part)
        return found
    raise AssertionError(f'{name} cannot be imported')


class TestDocumentation(TestCase):
    """The tables of ``docs/theano.rst`` are correct."""

    def section(self, title):
        """Return the text below a heading."""
        text = DOCUMENTATION.read_text()
        return re.search(rf'^{title}\n-+\n(.*?)^[^\n]+\n-+\n', text,
                         re.DOTALL | re.MULTILINE).group(1)

    def test_supported_names(self):
        names = re.findall(r'``(theano\.[\w.]+)``',
                           self.section('Supported'))
        self.assertGreater(len(names), 50)
        for name in names:
            with self.subTest(name=name):
                self.assertIsNotNone(find(name))

    def test_unsupported_names(self):
        for name in ('theano.typed_list', 'theano.breakpoint',
                     'theano.tensor.topk', 'theano.tensor.inplace'):
            self.assertIn(name, self.section('Not supported'))
            with self.subTest(name=name), \
                    self.assertRaises((AttributeError, AssertionError)):
                find(name)

    def test_example(self):
        code = re.search(r'code-block:: python\n\n((?:    .*\n|\n)+)',
                         DOCUMENTATION.read_text()).group(1)
        scope = {}
        exec(re.sub('^    ', '', code, flags=re.MULTILINE), scope)
        unittest_tools.verify_grad(scope['Sorted'](),
                                   [numpy.array([3., 1., 2.])])

    def test_modules_do_not_warn(self):
        with warnings.catch_warnings():
            warnings.simplefilter('error')
            for name in theano.tensor.__all__:
                self.assertTrue(hasattr(theano.tensor, name), name)


class TestUnittestTools(TestCase):
    """Tests of helpers for tests."""

    def test_seeds(self):
        self.assertEqual(unittest_tools.fetch_seed(), 666)
        self.assertEqual(unittest_tools.fetch_seed('7'), 7)
        with theano.config.change_flags(unittests__rseed='random'):
            self.assertGreater(unittest_tools.fetch_seed(), 10 ** 9)
        unittest_tools.seed_rng(3)
        self.assertEqual(numpy.random.randint(2 ** 30),
                         numpy.random.RandomState(3).randint(2 ** 30))

    def test_assert_allclose(self):
        for dtype, difference in ('float64', 1e-6), ('float32', 1e-5), (
                'float16', 1e-3):
            one = numpy.ones(3, dtype)
            unittest_tools.assert_allclose(one, one + difference)
            with self.subTest(dtype), self.assertRaises(
                    unittest_tools.WrongValue):
                unittest_tools.assert_allclose(one, one + 20 * difference)
        # A function with one output in a list returns a list.
        unittest_tools.assert_allclose([[1., 2.]], [1., 2.])
        with self.assertRaisesRegex(unittest_tools.WrongValue,
                                    r'\(2,\), got \(3,\)'):
            unittest_tools.assert_allclose([1., 2.], [1., 2., 3.])
        unittest_tools.assert_allclose(1., 1.2, rtol=.3)

    def test_names_of_the_rewrites_module(self):
        x = tensor.vector('x')
        function = theano.function(
            [x], tensor.opt.assert_(x, tensor.gt(x.sum(), 0)))
        ones = numpy.ones(3, theano.config.floatX)
        numpy.testing.assert_array_equal(function(ones), ones)
        with self.assertRaises(AssertionError):
            function(-ones)
        shape = theano.function([x], 2 * x.shape[0] + x.shape[0] ** 2)
        check = unittest_tools.TestOptimizationMixin()
        check.assertFunctionContainsClassN(shape, tensor.opt.Shape_i, 1)

    def test_optimization_mixin(self):
        check = unittest_tools.TestOptimizationMixin()
        x = tensor.dvector()
        function = theano.function([x], tensor.exp(tensor.exp(x)))
        check.assertFunctionContains(function, tensor.exp, min=2)
        check.assertFunctionContainsN(function, tensor.exp, 2)
        check.assertFunctionContains0(function, tensor.log)
        check.assertFunctionContainsClassN(function, tensor.Elemwise, 2)
        for failing in (
                lambda: check.assertFunctionContains1(function, tensor.exp),
                lambda: check.assertFunctionContains(function, tensor.log),
                lambda: check.assertFunctionContainsClass(
                    function, tensor.Elemwise, max=1)):
            self.assertRaises(AssertionError, failing)

    def test_infer_shape_tester(self):
        class Check(unittest_tools.InferShapeTester):
            def runTest(self):
                """Allow the base class to be instantiated."""

        class Twice(theano.Op):
            __props__ = ()

            def make_node(self, x):
                return theano.Apply(self, [x], [x.type()])

            def perform(self, node, inputs, output_storage):
                output_storage[0][0] = numpy.tile(inputs[0], 2)

        class TwiceWithShape(Twice):
            def infer_shape(self, node, input_shapes):
                return [(2 * input_shapes[0][0],)]

        x = tensor.dvector()
        check = Check()
        check.setUp()
        check._compile_and_check([x], [TwiceWithShape()(x)],
                                 [numpy.zeros(3)], TwiceWithShape)
        with self.assertRaises(AssertionError):
            check._compile_and_check([x], [Twice()(x)], [numpy.zeros(3)],
                                     Twice)
