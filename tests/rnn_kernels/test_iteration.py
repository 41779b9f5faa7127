import unittest
from unittest import mock

import numpy
import theano
from numpy.testing import assert_allclose
from theano import tensor

from rnn_kernels import (
    Refusal,
    iterate,
    ops,
    project,
    projection_of,
    side_by_side,
)
from rnn_kernels.ops import Iterate, IterateGradient
from tests.rnn_kernels.plain import plain
from tests.rnn_kernels.steps import STEPS

T, B = 6, 4
HOLES = numpy.array([[0, 1, 1, 0],
                     [0, 1, 0, 0],
                     [0, 1, 0, 1],
                     [0, 1, 1, 0],
                     [0, 1, 1, 0],
                     [0, 1, 0, 0]])
FRACTIONS = numpy.random.RandomState(2).uniform(size=(T, B))
FRACTIONS[2, 1:3] = 0, 1


def cost_of(outputs):
    """Return a cost in which each number has its own weight."""
    terms = []
    for number, output in enumerate(outputs):
        weight = tensor.cos(
            tensor.arange(output.size).reshape(output.shape, ndim=output.ndim)
            + number).astype(output.dtype)
        terms.append((weight * output + output ** 2 / 3).sum())
    return sum(terms[1:], terms[0])


def nodes_of(function, kind):
    return [node for node in function.maker.fgraph.toposort()
            if isinstance(node.op, kind)]


class Compared:
    """The same step as kernels and as a scan, with all gradients."""

    def __init__(self, name, dtype='float64', scan=True, dim=5, masked=True,
                 reverse=False, threads=3):
        self.bound = STEPS[name].bind(dtype, dim, masked)
        outputs = self.bound.iterate(reverse=reverse, threads=threads)
        self.fused = self.function(outputs)
        if scan:
            self.scanned = self.function(self.bound.scan(reverse),
                                         mode='FAST_COMPILE')

    def function(self, outputs, **options):
        self.wrt = self.bound.inputs + self.bound.weights.made
        return theano.function(
            self.bound.inputs, outputs + theano.grad(
                cost_of(outputs), self.wrt, disconnected_inputs='ignore'),
            on_unused_input='ignore', **options)

    @property
    def labels(self):
        return self.bound.kind.outputs + [
            'gradient of {}'.format(variable.name) for variable in self.wrt]

    def check(self, steps=T, batch=B, mask=None, tolerance=1e-10):
        """Compare all values on random data and return them by label."""
        data = self.bound.data(steps, batch, mask)
        with mock.patch.object(ops, 'WORK_OF_THREAD', 1):
            fused = self.fused(*data)
        for label, value, expected in zip(self.labels, fused,
                                          self.scanned(*data)):
            self.assert_close(value, expected, tolerance, label)
        return dict(zip(self.labels, fused))

    @staticmethod
    def assert_close(value, expected, tolerance, label):
        assert value.dtype == expected.dtype, label
        assert_allclose(
            value, expected, rtol=tolerance,
            atol=tolerance * (1 + numpy.abs(expected).max(initial=0)),
            err_msg=label)


class TestCompiled(unittest.TestCase):
    """The machine code of a few cells."""

    def test_lstm(self):
        double = Compared('lstm')
        self.assertEqual(len(nodes_of(double.fused, Iterate)), 2)
        for mask in None, HOLES, FRACTIONS, 0 * HOLES:
            double.check(mask=mask)
        for steps, batch in (1, 1), (1, 7), (9, 1), (3, 300):
            double.check(steps, batch, numpy.random.RandomState(1).randint(
                2, size=(steps, batch)))
        single = Compared('lstm', 'float32', scan=False)
        for mask in HOLES, FRACTIONS:
            data = double.bound.data(T, B, mask)
            for label, value, expected in zip(
                    single.labels, single.fused(*[
                        array.astype('float32') for array in data]),
                    double.scanned(*data)):
                single.assert_close(value, expected.astype('float32'), 1e-5,
                                    label)

    def test_layer_norm(self):
        # It sums over features, in each direction.
        Compared('layer_norm', reverse=True, masked=False).check()

    def test_gru_of_one_unit(self):
        compared = Compared('gru', dim=1, masked=False)
        for steps, batch in (T, B), (1, 1):
            compared.check(steps, batch)


class TestSteps(unittest.TestCase):
    """All kinds of cells, as plain Python."""

    def check(self, name, **options):
        compared = Compared(name, **options)
        with plain():
            if options.get('masked') is False:
                compared.check()
                compared.check(1, 3)
                return
            for mask in HOLES, FRACTIONS:
                compared.check(mask=mask)
            compared.check(4, 2, numpy.array([[1, 0], [1, 1]] * 2))

    def test_gru(self):
        self.check('gru')

    def test_gru_after(self):
        self.check('gru_after', reverse=True)

    def test_relu(self):
        self.check('relu')

    def test_simple(self):
        self.check('simple', masked=False, reverse=True)

    def test_layer_norm(self):
        self.check('layer_norm')

    def test_projecting(self):
        self.check('projecting')

    def test_projected(self):
        self.check('projected')

    def test_dropout(self):
        self.check('dropout')

    def test_total(self):
        self.check('total')

    def test_concatenated(self):
        self.check('concatenated', reverse=True)

    def test_elementwise(self):
        self.check('elementwise')

    def test_float32(self):
        for name in 'gru', 'dropout', 'elementwise':
            single = Compared(name, 'float32', scan=False, masked=False)
            double = Compared(name, scan=False, masked=False)
            data = double.bound.data(T, B)
            with plain():
                for label, value, expected in zip(
                        single.labels, single.fused(*[
                            array.astype('float32') for array in data]),
                        double.fused(*data)):
                    single.assert_close(
                        value, expected.astype('float32'), 1e-5,
                        '{}, {}'.format(name, label))


class TestPadding(unittest.TestCase):
    def test_padding_changes_nothing(self):
        # Where the mask is 0, inputs may hold anything, even NaN.
        for name in 'lstm', 'gru', 'relu', 'total':
            compared = Compared(name, scan=False)
            names = list(compared.bound.sequences)
            clean = compared.bound.data(T, B, HOLES)
            dirty = [array.copy() for array in clean]
            for position, sequence in enumerate(names):
                if sequence != 'mask':
                    dirty[position][HOLES == 0] = numpy.nan
            mask = compared.labels.index('gradient of mask')
            with plain():
                results = [compared.fused(*data) for data in (clean, dirty)]
            for label, value, expected in zip(compared.labels, *results):
                if label != 'gradient of mask':
                    assert_allclose(value, expected, rtol=1e-13,
                                    err_msg='{}: {}'.format(name, label))
            self.assertTrue(numpy.isfinite(results[0][mask]).all())
            for sequence in names:
                if sequence != 'mask':
                    gradient = results[1][compared.labels.index(
                        'gradient of ' + sequence)]
                    self.assertFalse(gradient[HOLES == 0].any())
                    self.assertTrue(gradient[HOLES == 1].any())

    def test_states_are_carried_over(self):
        bound = STEPS['gru'].bind('float64')
        function = theano.function(bound.inputs, bound.iterate(threads=1))
        data = bound.data(T, B, HOLES)
        with plain():
            states, = function(*data)
        initial = data[-1]
        for b in range(B):
            before = initial[b]
            for t in range(T):
                if not HOLES[t, b]:
                    numpy.testing.assert_array_equal(states[t, b], before)
                else:
                    self.assertTrue((states[t, b] != before).all())
                before = states[t, b]

    def test_zero_steps_and_zero_sequences(self):
        bound = STEPS['lstm'].bind('float64')
        outputs = bound.iterate(threads=2)
        function = theano.function(
            bound.inputs, outputs + theano.grad(
                cost_of(outputs), list(bound.states.values()) +
                list(bound.sequences.values())[:1] + bound.weights.made))
        for steps, batch in (0, 3), (3, 0):
            with plain():
                results = function(*bound.data(steps, batch))
            self.assertEqual(results[0].shape, (steps, batch, 5))
            self.assertEqual(results[2].shape, (batch, 5))
            self.assertEqual(results[4].shape, (steps, batch, 20))
            for gradient in results[2:]:
                self.assertFalse(gradient.any())


class TestThreads(unittest.TestCase):
    def test_results_do_not_depend_on_threads(self):
        results = []
        for threads in 1, 2, 3, 7:
            compared = Compared('gru', scan=False, threads=threads)
            data = compared.bound.data(T, 5, numpy.hstack([HOLES,
                                                           HOLES[:, 1:2]]))
            with plain(), mock.patch.object(ops, 'WORK_OF_THREAD', 1):
                with mock.patch.object(ops, 'run_tasks',
                                       wraps=ops.run_tasks) as run:
                    results.append(compared.fused(*data))
            self.assertEqual(
                {len(call[0][0]) for call in run.call_args_list},
                {min(threads, 5)})
        for other in results[1:]:
            for value, expected in zip(other, results[0]):
                assert_allclose(value, expected, rtol=1e-12, atol=1e-13)

    def test_small_work_gets_one_thread(self):
        compared = Compared('gru', scan=False, threads=3)
        with plain(), mock.patch.object(ops, 'run_tasks',
                                        wraps=ops.run_tasks) as run:
            compared.fused(*compared.bound.data(T, B))
        for call in run.call_args_list:
            self.assertEqual(len(call[0][0]), 1)


class TestSideBySide(unittest.TestCase):
    def setUp(self):
        self.bounds = [STEPS[name].bind('float64')
                       for name in ('gru', 'total')]
        self.inputs = sum([bound.inputs for bound in self.bounds], [])
        self.data = sum([bound.data(T, B, HOLES, seed) for seed, bound in
                         enumerate(self.bounds)], [])

    def run_(self, function):
        with plain(), mock.patch.object(ops, 'WORK_OF_THREAD', 1):
            return function(*self.data)

    def outputs(self, threads):
        with side_by_side():
            return [bound.iterate(reverse=bool(number), threads=threads)
                    for number, bound in enumerate(self.bounds)]

    def functions(self, cost):
        wrt = self.inputs + self.bounds[0].weights.made
        for outputs in (self.outputs(4), [
                bound.iterate(reverse=bool(number), threads=1)
                for number, bound in enumerate(self.bounds)]):
            yield theano.function(
                self.inputs, sum(outputs, []) + theano.grad(
                    cost(outputs), wrt, disconnected_inputs='ignore'),
                on_unused_input='ignore')

    def test_two_directions_are_one_node(self):
        together, apart = self.functions(
            lambda outputs: cost_of(sum(outputs, [])))
        self.assertEqual([len(nodes_of(function, kind))
                          for function in (together, apart)
                          for kind in (Iterate, IterateGradient)],
                         [2, 2, 4, 4])
        for value, expected in zip(self.run_(together), self.run_(apart)):
            assert_allclose(value, expected, rtol=1e-12, atol=1e-13)

    def test_cost_of_one_direction(self):
        # The gradient runs only one of the two directions, with all threads;
        # the tape holds both.
        for number in 0, 1:
            together, apart = self.functions(
                lambda outputs: cost_of(outputs[number]))
            for value, expected in zip(self.run_(together),
                                       self.run_(apart)):
                assert_allclose(value, expected, rtol=1e-12, atol=1e-13)

    def test_no_kernel_inside_the_block(self):
        with side_by_side():
            pass


class TestProject(unittest.TestCase):
    def iterate(self, sequence, weights, bias=None, mask=None):
        """Iterate over a projection in kernels and by scan."""
        kind = STEPS['lstm']
        bound = kind.bind('float64', masked=False)
        inputs = project(sequence, weights, bias)
        self.weights = bound.weights
        fused = iterate(
            bound, {'inputs': inputs}, bound.states, {}, kind.outputs,
            bound.widths.__getitem__, threads=1)
        bound.sequences['inputs'] = inputs
        return bound, fused, bound.scan()

    def test_projection_inside_the_kernel(self):
        source = tensor.tensor3('source', dtype='float64')
        rng = numpy.random.RandomState(0)
        weights = theano.shared(rng.normal(size=(3, 20)), name='weights')
        bias = theano.shared(rng.normal(size=20), name='bias')
        for offset in bias, None:
            bound, *both = self.iterate(source, weights, offset)
            inputs = [source] + list(bound.states.values())
            wrt = inputs + [weights] + [bias] * (offset is not None) + \
                bound.weights.made
            data = [rng.normal(size=shape)
                    for shape in ((T, B, 3), (B, 5), (B, 5))]
            results = []
            for outputs in both:
                function = theano.function(inputs, outputs + theano.grad(
                    cost_of(outputs), wrt), mode=None if outputs is both[0]
                    else 'FAST_COMPILE')
                with plain():
                    results.append(function(*data))
            for value, expected in zip(*results):
                assert_allclose(value, expected, rtol=1e-10, atol=1e-11)
        node, = nodes_of(theano.function(inputs, both[0]), Iterate)
        self.assertIn((3, 20), [(argument.rows, argument.width) for argument
                                in node.op.recurrences[0].arguments])

    def test_projection_of(self):
        source = tensor.tensor3('source')
        weights = theano.shared(numpy.ones((3, 4)))
        product = project(source, weights)
        self.assertEqual(projection_of(product), (source, weights, None))
        self.assertEqual(projection_of(product.copy()),
                         (source, weights, None))
        self.assertIsNone(projection_of(source))
        self.assertIsNone(projection_of(product + 1))

    def test_weights_of_unknown_shape(self):
        with self.assertRaisesRegex(Refusal, "shape of given.*'inputs'"):
            self.iterate(tensor.tensor3('source', dtype='float64'),
                         tensor.matrix('given', dtype='float64'))
