"""Tests of functions that make several variables, e.g. tensor.matrices."""

import unittest

from theano import tensor


class TestSeveralVariables(unittest.TestCase):

    def test_names(self):
        for make in (tensor.scalars, tensor.vectors, tensor.matrices,
                     tensor.dmatrices, tensor.lvectors, tensor.tensor3s,
                     tensor.rows, tensor.ftensor4s):
            one = make('x')
            for arguments in (('x', 'y'), ('xy',), (['x', 'y'],),
                              (('x', 'y'),)):
                with self.subTest(make=make.__name__, arguments=arguments):
                    variables = make(*arguments)
                    self.assertEqual([v.name for v in variables], ['x', 'y'])
                    self.assertEqual({v.type for v in variables}, {one.type})
            with self.subTest(make=make.__name__):
                self.assertEqual(one.name, 'x')
                self.assertEqual([v.name for v in make(2)], [None, None])
                self.assertEqual([v.name for v in make(['long name'])],
                                 ['long name'])
                self.assertEqual(make([]), [])
                self.assertEqual(len(make(1)), 1)

    def test_invalid_name(self):
        with self.assertRaises(TypeError):
            tensor.matrices('x', 3)
