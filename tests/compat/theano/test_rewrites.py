"""Tests of graph rewrites by theano.gof.opt."""

import unittest

import numpy
import theano
from theano import gof, tensor
from theano.compile import optdb
from theano.tensor.opt import register_canonicalize


class Marked(theano.Op):
    """An identity for rewrites to find."""

    __props__ = ('name',)

    def __init__(self, name):
        self.name = name

    def make_node(self, *inputs):
        inputs = [tensor.as_tensor_variable(x) for x in inputs]
        return theano.Apply(self, inputs, [x.type() for x in inputs])

    def perform(self, node, inputs, output_storage):
        for value, storage in zip(inputs, output_storage):
            storage[0] = value + 100


def operations(function):
    return [node.op for node in function.maker.fgraph.toposort()]


class TestRewrites(unittest.TestCase):
    """Each rewrite is registered and requested under its own tag."""

    def compiled(self, tag, x, result):
        mode = theano.compile.get_mode('FAST_COMPILE').including(tag)
        return theano.function([x], result, mode=mode)

    def test_local_optimizer(self):
        marked = Marked('local')
        calls = []

        @register_canonicalize('tag_local')
        @gof.local_optimizer([marked])
        def double_in_its_place(node):
            calls.append(node.op)
            return [2 * node.inputs[0]]

        x = tensor.dvector('x')
        function = self.compiled('tag_local', x,
                                 marked(x) + tensor.exp(x))
        self.assertEqual(set(calls), {marked})
        self.assertNotIn(marked, operations(function))
        numpy.testing.assert_allclose(function([1., 2.]),
                                      2 * numpy.array([1., 2.])
                                      + numpy.exp([1., 2.]))

    def test_rewrite_that_declines(self):
        marked = Marked('declined')

        @gof.local_optimizer([Marked])
        def decline(node):
            return False

        x = tensor.dvector('x')
        self.assertFalse(decline.transform(None, marked(x).owner))

    def test_class_of_rewrites(self):
        marked = Marked('class')

        class Negate(gof.LocalOptimizer):
            def tracks(self):
                return [marked]

            def transform(self, node):
                return [-node.inputs[0]] if node.op == marked else False

        register_canonicalize(Negate(), 'tag_class', name='negate')
        x = tensor.dvector('x')
        function = self.compiled('tag_class', x, marked(x))
        numpy.testing.assert_array_equal(function([1., -2.]), [-1., 2.])

    def test_op_remove(self):
        marked = Marked('removed')
        register_canonicalize(gof.OpRemove(marked), 'tag_removed',
                              name='remove_marked')
        x = tensor.dvector('x')
        function = self.compiled('tag_removed', x, marked(x) * 3)
        self.assertNotIn(marked, operations(function))
        numpy.testing.assert_array_equal(function([1., 2.]), [3., 6.])
        self.assertFalse(
            gof.OpRemove(marked).transform(None, tensor.exp(x).owner))

    def test_op_remove_needs_equal_numbers_of_inputs_and_outputs(self):
        class Sums(Marked):
            def make_node(self, *inputs):
                return theano.Apply(self, list(inputs), [inputs[0].type()])

        x = tensor.dvector('x')
        op = Sums('sums')
        with self.assertRaisesRegex(ValueError, '2 inputs and 1 outputs'):
            gof.OpRemove(op).transform(None, op(x, x).owner)

    def test_pattern_and_substitution(self):
        x = tensor.dvector('x')
        for name, rewrite, graph, expected in (
                ('pattern', gof.PatternSub(
                    (tensor.exp, (tensor.log, 'a')), 'a'),
                 tensor.exp(tensor.log(x)), [1., 2.]),
                ('substitution', gof.OpSub(tensor.sin, tensor.sqr),
                 tensor.sin(x), [1., 4.])):
            with self.subTest(name):
                graph = gof.FunctionGraph([x], [graph], clone=False)
                gof.TopoOptimizer(rewrite).rewrite(graph)
                numpy.testing.assert_allclose(
                    theano.function([x], graph.outputs[0])([1., 2.]),
                    expected)

    def test_databases(self):
        self.assertIsInstance(optdb, gof.SequenceDB)
        rewrites = optdb.query(gof.Query(include=['fast_compile']))
        self.assertIsInstance(rewrites, gof.SeqOptimizer)
