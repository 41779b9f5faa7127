"""Tests of graph traversal, copies and truth values."""

import pickle
from unittest import TestCase

import numpy
import theano
from theano import tensor
from theano.gof import graph
from theano.gof.utils import flatten, give_variables_names, memoize, uniq


class TestWalks(TestCase):
    """Traversals of the graph of ``(a + b) * a`` and a constant."""

    def setUp(self):
        self.a, self.b = tensor.dscalars('a', 'b')
        self.sum = self.a + self.b
        self.product = self.sum * self.a

    def test_inputs_come_depth_first(self):
        self.assertEqual(graph.inputs([self.product]), [self.a, self.b])
        self.assertEqual(graph.inputs([self.b * self.a, self.b]),
                         [self.b, self.a])
        self.assertEqual(graph.inputs([self.product], [self.sum]), [self.a])

    def test_constants_and_shared_variables_are_inputs(self):
        shared = theano.shared(1.)
        found = graph.inputs([shared + tensor.constant(2.)])
        self.assertEqual([type(variable).__name__ for variable in found],
                         ['TensorSharedVariable', 'TensorConstant'])

    def test_ancestors(self):
        self.assertEqual(graph.ancestors([self.product]),
                         [self.product, self.sum, self.a, self.b])

    def test_search_in_both_orders(self):
        tree = {1: [2, 3], 2: [4], 3: [4]}
        self.assertEqual(graph.stack_search([1], tree.get, 'bfs'),
                         [1, 2, 3, 4])
        self.assertEqual(graph.stack_search([1], tree.get, 'dfs'),
                         [1, 3, 4, 2])
        _, origins = graph.stack_search([1], tree.get, build_inv=True)
        self.assertEqual(origins, {2: [1], 3: [1], 4: [2, 3]})
        with self.assertRaises(ValueError):
            graph.stack_search([1], tree.get, 'random')

    def test_topological_order(self):
        clients = {}
        nodes = graph.io_toposort([self.a, self.b], [self.product],
                                  clients=clients)
        self.assertEqual(nodes, [self.sum.owner, self.product.owner])
        self.assertEqual(clients[self.a], nodes)
        other = tensor.exp(self.b)
        first = graph.io_toposort(
            [self.a, self.b], [self.sum, other],
            orderings={self.sum.owner: [other.owner]})[0]
        self.assertEqual(first, other.owner)

    def test_parts_between_inputs_and_outputs(self):
        between = [self.a], [self.product]
        self.assertEqual(set(graph.variables(*between)),
                         {self.a, self.b, self.sum, self.product})
        self.assertEqual(graph.orphans(*between), [self.b])
        self.assertEqual(graph.ops(*between),
                         {self.sum.owner, self.product.owner})
        self.assertEqual(graph.list_of_nodes(*between),
                         [self.product.owner, self.sum.owner])
        self.assertEqual(graph.variables_and_orphans(*between)[1], [self.b])

    def test_same_graph(self):
        c = tensor.dscalar('c')
        again = (self.a + self.b) * self.a
        self.assertTrue(graph.is_same_graph(self.product, again))
        other = (self.a + c) * self.a
        self.assertFalse(graph.is_same_graph(self.product, other))
        for givens in {self.b: c}, [(self.b, c)]:
            self.assertTrue(graph.is_same_graph(self.product, other,
                                                givens=givens))

    def test_needs(self):
        self.assertTrue(graph.is_in_ancestors(self.product.owner,
                                              self.sum.owner))
        self.assertFalse(graph.is_in_ancestors(self.sum.owner,
                                               self.product.owner))

    def test_views(self):
        x = tensor.dmatrix()
        self.assertEqual(graph.view_roots(x.T[1:]), [x])
        self.assertEqual(graph.view_roots(x), [x])

    def test_connection_pattern(self):
        outputs = [self.product, theano.gradient.disconnected_grad(self.b)]
        self.assertEqual(
            graph.io_connection_pattern([self.a, self.b], outputs),
            [[True, False], [True, False]])


class TestClone(TestCase):
    """Tests of copies of graphs with replacements."""

    def test_replace(self):
        x, y = tensor.dscalars('x', 'y')
        for replace in {x: y + 1}, [(x, y + 1)]:
            copy = theano.clone(x ** 2, replace=replace)
            self.assertEqual(copy.eval({y: 2.}), 9.)

    def test_inputs_are_shared_unless_copied(self):
        x = tensor.dscalar('x')
        self.assertEqual(graph.inputs([theano.clone(2 * x)])[1:], [x])
        copied = theano.clone(2 * x, share_inputs=False)
        self.assertNotIn(x, graph.inputs([copied]))

    def test_several_outputs(self):
        x = tensor.dscalar('x')
        copies = theano.clone([x + 1, x + 2])
        self.assertEqual([copy.eval({x: 1.}) for copy in copies], [2., 3.])


class TestVariables(TestCase):
    """Tests of variables as Python objects."""

    def test_truth(self):
        x = tensor.dvector()
        for variable in (x, x + 1, tensor.eq(x, x), theano.shared(0.),
                         tensor.constant(0)):
            self.assertTrue(variable)

    def test_comparisons_have_no_truth_value(self):
        x = tensor.dvector()
        for comparison in (x < 1, x <= 1, x > 1, x >= 1):
            with self.assertRaisesRegex(TypeError, 'comparison'):
                bool(comparison)

    def test_equality_is_identity(self):
        x, y = tensor.dvectors('x', 'y')
        self.assertTrue(x == x)
        self.assertFalse(x == y)
        self.assertEqual({x: 1, y: 2}[y], 2)

    def test_graphs_pickle_with_names_and_tags(self):
        x = tensor.dvector('x')
        y = 2 * x
        y.name, y.tag.annotation = 'y', [1]
        again = pickle.loads(pickle.dumps(y))
        self.assertEqual((again.name, again.tag.annotation), ('y', [1]))
        self.assertEqual(again.owner.inputs[1].name, 'x')
        self.assertEqual(again.type, y.type)

    def test_test_values_are_kept_on_the_tag(self):
        x = tensor.dvector()
        x.tag.test_value = numpy.ones(2)
        self.assertEqual(x.tag.test_value.shape, (2,))

    def test_eval(self):
        x = tensor.dscalar('x')
        self.assertEqual((x + 1).eval({x: 2.}), 3.)


class TestUtils(TestCase):
    """Tests of helpers of the graph modules."""

    def test_names_become_unique(self):
        names = give_variables_names(
            [tensor.dscalar(name) for name in ('x', 'x', None, 'y')])
        self.assertEqual(len(set(names)), 4)
        self.assertEqual(names[3], 'y')

    def test_lists(self):
        self.assertEqual(uniq([3, 1, 3]), [3, 1])
        self.assertEqual(flatten([1, (2, [3])]), [1, 2, 3])

    def test_memoize_calls_once(self):
        calls = []
        remembered = memoize(lambda x: calls.append(x) or -x)
        self.assertEqual([remembered(2), remembered(2), calls], [-2, -2, [2]])
