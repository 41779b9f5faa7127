"""Tests of kernels that absorb the projections of their sequences."""
import unittest

import numpy
import theano
from numpy.testing import assert_allclose
from theano import tensor

import rnn_kernels
from rnn_kernels.absorption import absorb
from rnn_kernels.ops import Iterate, IterateGradient
from rnn_kernels.tracing import ancestors
from tests.rnn_kernels.plain import plain

DIM, FEATURES = 3, 4


def simple(x, h):
    return tensor.tanh(x + tensor.dot(h, WEIGHTS['h']))


def twice(x, h):
    return tensor.tanh(x + tensor.dot(tensor.tanh(x) + h, WEIGHTS['h']))


def apart(x, h):
    return tensor.tanh(2 * x) + .5 * tensor.tanh(tensor.dot(
        h, WEIGHTS['h']))


def sliced(x, h):
    return tensor.tanh(x[:, :DIM] + tensor.dot(h, WEIGHTS['h'])) * (
        tensor.nnet.sigmoid(x[:, DIM:]))


def setUpModule():
    global WEIGHTS
    rng = numpy.random.RandomState(3)
    WEIGHTS = {name: theano.shared(
        rng.normal(size=shape).astype(theano.config.floatX) * .4, name=name)
        for name, shape in (('h', (DIM, DIM)), ('W', (FEATURES, DIM)),
                            ('wide', (FEATURES, 2 * DIM)), ('b', (DIM,)),
                            ('wide_b', (2 * DIM,)))}


class TestAbsorb(unittest.TestCase):
    def setUp(self):
        self.x, self.mask = tensor.tensor3('x'), tensor.matrix('mask')
        self.initial = tensor.zeros((self.x.shape[1], DIM),
                                    dtype=theano.config.floatX)

    def iterate(self, step, sequence, width=DIM):
        def masked(x, h, mask):
            keep = mask[:, None]
            return keep * step(x, h) + (1 - keep) * h
        return rnn_kernels.iterate(
            masked, sequences={'x': sequence, 'mask': self.mask},
            states={'h': self.initial}, contexts={}, outputs=['h'],
            get_dim=lambda name: {'x': width, 'mask': 0}.get(name, DIM),
            mask='mask')[0]

    def check(self, outputs, wrt=()):
        """Compare values and gradients before and after.

        Returns
        -------
        list of node
            The kernels of the rebuilt graph.

        """
        cost = (outputs ** 2).sum()
        rebuilt = absorb(cost)
        wrt = [self.x] + list(wrt)
        both = [theano.function(
            [self.x, self.mask], [one] + tensor.grad(one, wrt),
            mode='FAST_COMPILE') for one in (cost, rebuilt)]
        rng = numpy.random.RandomState(0)
        arrays = [rng.normal(size=(5, 3, FEATURES)),
                  numpy.arange(5)[:, None] < numpy.array([5, 2, 3])]
        arrays = [array.astype(theano.config.floatX) for array in arrays]
        with plain():
            results = [function(*arrays) for function in both]
        for expected, got in zip(*results):
            assert_allclose(got, expected, rtol=1e-5, atol=1e-6)
        return [node for node in theano.gof.graph.io_toposort(
            [self.x, self.mask], [rebuilt]) if isinstance(node.op, Iterate)]

    def projected(self, node):
        """Return the widths of a kernel's sequences by name."""
        recurrence, = node.op.recurrences
        return {argument.name: argument.width
                for argument in recurrence.arguments
                if argument.kind == 'sequence' and argument.name != 'mask'}

    def test_absorbed_projections(self):
        for step in simple, apart:
            for bias in None, WEIGHTS['b']:
                with self.subTest(step=step.__name__, bias=bias):
                    product = tensor.dot(self.x, WEIGHTS['W'])
                    if bias is not None:
                        product = product + bias
                    wrt = [WEIGHTS['W'], WEIGHTS['h']] + (
                        [] if bias is None else [bias])
                    node, = self.check(self.iterate(
                        step, product.copy('projected')), wrt)
                    self.assertEqual(self.projected(node), {'x': FEATURES})
                    self.assertIn(WEIGHTS['W'], node.inputs)

    def test_projections_left_outside(self):
        x, W = self.x, WEIGHTS['W']
        product = tensor.dot(x, W) + WEIGHTS['b']
        wide = tensor.dot(x, WEIGHTS['wide']) + WEIGHTS['wide_b']
        given = tensor.matrix('given')
        for label, step, sequence in (
                ('noise in its place', simple, product * .5),
                ('read by the step in two ways', twice, product),
                ('a part is added to a product', sliced, wide),
                ('another function', simple, tensor.tanh(product)),
                ('a bias for each sequence', simple,
                 tensor.dot(x, W) + self.initial.dimshuffle('x', 0, 1)),
                ('rows in another order', simple, tensor.dot(
                    x.dimshuffle(1, 0, 2).reshape((-1, FEATURES)), W).reshape(
                    (x.shape[0], x.shape[1], DIM))),
                ('not a product', simple, x[:, :, :DIM])):
            with self.subTest(label):
                node, = self.check(self.iterate(
                    step, sequence, 2 * DIM if step is sliced else DIM))
                self.assertEqual(
                    self.projected(node),
                    {'x': 2 * DIM if step is sliced else DIM})
        with self.subTest('a matrix whose size is not known'):
            cost = self.iterate(simple, tensor.dot(x, given)).sum()
            self.assertIs(absorb(cost), cost)

    def test_two_projections_of_one_sequence(self):
        def step(a, b, h):
            gate = tensor.nnet.sigmoid(a + tensor.dot(h, WEIGHTS['h']))
            return gate * h + (1 - gate) * tensor.tanh(b)

        def iterate(x):
            return rnn_kernels.iterate(
                step, sequences={
                    'a': tensor.dot(x, WEIGHTS['W']) + WEIGHTS['b'],
                    'b': tensor.dot(x, WEIGHTS['wide'][:, :DIM])},
                states={'h': self.initial}, contexts={}, outputs=['h'],
                get_dim=lambda name: DIM)[0]

        node, = self.check(iterate(self.x) * self.mask[:, :, None],
                           [WEIGHTS['W'], WEIGHTS['wide'], WEIGHTS['b']])
        self.assertEqual(self.projected(node), {'a': FEATURES})

    def test_two_layers(self):
        # The second layer reads the output of the rebuilt first layer.
        first = self.iterate(simple, tensor.dot(self.x, WEIGHTS['W']))
        second = self.iterate(simple, tensor.dot(first, WEIGHTS['h']) +
                              WEIGHTS['b'])
        nodes = self.check(second, [WEIGHTS['W'], WEIGHTS['h']])
        self.assertEqual([self.projected(node) for node in nodes],
                         [{'x': FEATURES}, {'x': DIM}])

    def test_rest_of_the_graph_is_unchanged(self):
        outputs = self.iterate(simple, tensor.dot(self.x, WEIGHTS['W']))
        before = tensor.sqr(self.x).sum()
        cost = outputs.sum() + before
        rebuilt = absorb(cost)
        self.assertIn(before, list(ancestors(rebuilt)))
        self.assertIs(absorb(before), before)

    def test_gradient_is_taken_once(self):
        outputs = self.iterate(simple, tensor.dot(self.x, WEIGHTS['W']))
        gradient = tensor.grad(absorb(outputs.sum()), WEIGHTS['W'])
        function = theano.function([self.x, self.mask], gradient)
        self.assertEqual(
            [type(node.op) for node in function.maker.fgraph.toposort()
             if isinstance(node.op, (Iterate, IterateGradient))],
            [Iterate, IterateGradient])
