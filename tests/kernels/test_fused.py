"""The symbolic functions against a loop over each unpadded sequence."""
import os
import pickle
import unittest
import warnings
from unittest import mock

import numpy
import theano
from numpy.testing import assert_allclose, assert_array_equal
from theano import tensor

from blocks_rnn_bricks import fused
from blocks_rnn_bricks.fused import (
    Direction, FusedLSTM, FusedLSTMGradient, lstm_sequence,
    lstm_stack_layer)
from blocks_rnn_bricks.kernels import threads
from tests.kernels.reference import masked_lstm

T, B, F, DIM = 7, 5, 3, 4
MODE = theano.Mode(linker='py', optimizer='fast_compile')
PREFIXES = (numpy.arange(T)[:, None] < [7, 3, 0, 1, 5]).astype('float64')
HOLES = (numpy.random.RandomState(4).rand(T, B) < .6).astype('float64')
HOLES[:, 1] = 0
SUFFIXES = PREFIXES[::-1]
MASKS = dict(none=None, ones=numpy.ones((T, B)), prefixes=PREFIXES,
             suffixes=SUFFIXES, holes=HOLES, nothing=numpy.zeros((T, B)))


# The batches of these tests are too small for several threads.
_ANY_WORK = mock.patch.object(fused, 'WORK_OF_THREAD', 1)


def setup_module():
    _ANY_WORK.start()


def teardown_module():
    _ANY_WORK.stop()


def values(rng, projects, batch=B, features=F, dim=DIM):
    """Draw distinct values for all variables of one direction."""
    shapes = [(features, 4 * dim), (4 * dim,)] if projects else []
    shapes += [(dim, 4 * dim), (batch, dim), (batch, dim), (3, dim)]
    return [rng.uniform(-1, 1, shape) for shape in shapes]


def variables(arrays, dtype='float64'):
    return [tensor.TensorType(dtype, (False,) * array.ndim)()
            for array in arrays]


def numerical_gradient(cost, arrays, epsilon=1e-5):
    """Differentiate a function of arrays element by element."""
    gradients = []
    for array in arrays:
        gradient = numpy.zeros_like(array)
        for index in numpy.ndindex(*array.shape):
            kept = array[index]
            array[index] = kept + epsilon
            above = cost(*arrays)
            array[index] = kept - epsilon
            gradient[index] = (above - cost(*arrays)) / (2 * epsilon)
            array[index] = kept
        gradients.append(gradient)
    return gradients


class TestSequence(unittest.TestCase):
    def setUp(self):
        self.rng = numpy.random.RandomState(1)
        self.inputs = self.rng.uniform(-2, 2, (T, B, 4 * DIM))
        self.arrays = [self.inputs] + values(self.rng, projects=False)
        self.weights = self.rng.uniform(-1, 1, (2, T, B, DIM))

    def expected(self, mask, reverse, carry, peeping, inputs, W_state,
                 states, cells, peepholes=None):
        outputs = masked_lstm(
            inputs, numpy.ones((T, B)) if mask is None else mask, W_state,
            states, cells, peepholes if peeping else None, reverse, carry)
        return outputs[:, ::-1] if reverse else outputs

    def cases(self):
        for name, mask in MASKS.items():
            for reverse in False, True:
                yield name, mask, reverse, True, True
        yield 'holes', HOLES, True, False, True
        yield 'prefixes', PREFIXES, False, False, False
        yield 'none', None, False, True, False

    def test_values_and_gradients(self):
        for case in self.cases():
            name, mask, reverse, carry, peeping = case
            symbols = variables(self.arrays)
            outputs = lstm_sequence(
                *symbols[:4], mask=mask,
                peepholes=symbols[4] if peeping else None, reverse=reverse,
                mask_outputs=not carry, threads=2)
            weighted = sum((output * weights).sum() for output, weights in
                           zip(outputs, self.weights))
            wanted = symbols if peeping else symbols[:4]
            function = theano.function(
                symbols, list(outputs) + theano.grad(weighted, wanted),
                mode=MODE, on_unused_input='ignore')
            padded = [self.inputs.copy()] + self.arrays[1:]
            if mask is not None:
                padded[0][mask == 0] = numpy.nan
            states, cells, *gradients = function(*padded)

            def cost(*arrays):
                return (self.weights * self.expected(
                    mask, reverse, carry, peeping, *arrays)).sum()
            assert_allclose(
                [states, cells],
                self.expected(mask, reverse, carry, peeping, *self.arrays),
                rtol=1e-12, atol=1e-13, err_msg=str(case))
            for got, expected in zip(
                    gradients,
                    numerical_gradient(cost, self.arrays[:len(wanted)])):
                assert_allclose(got, expected, atol=1e-8, err_msg=str(case))

    def test_one_output_in_the_cost(self):
        symbols = variables(self.arrays)
        outputs = lstm_sequence(*symbols[:4], mask=HOLES,
                                peepholes=symbols[4])
        for number, output in enumerate(outputs):
            gradients = theano.function(
                symbols, theano.grad(
                    (output * self.weights[number]).sum(), symbols),
                mode=MODE)(*self.arrays)

            def cost(*arrays):
                return (self.weights[number] * self.expected(
                    HOLES, False, True, True, *arrays)[number]).sum()
            for got, expected in zip(
                    gradients, numerical_gradient(cost, self.arrays)):
                assert_allclose(got, expected, atol=1e-8)

    def test_zero_peepholes_are_none(self):
        symbols = variables(self.arrays)
        plain = lstm_sequence(*symbols[:4], mask=HOLES)
        peeping = lstm_sequence(
            *symbols[:4], mask=HOLES,
            peepholes=[numpy.zeros(DIM) for _ in range(3)])
        function = theano.function(symbols, list(plain) + list(peeping),
                                   mode=MODE, on_unused_input='ignore')
        results = function(*self.arrays)
        assert_array_equal(results[:2], results[2:])

    def test_sizes(self):
        for steps, batch, dim in ((1, 1, 1), (5, 1, 3), (1, 4, 2), (0, 3, 2),
                                  (3, 0, 2), (4, 9, 37), (3, 30, 70)):
            arrays = [self.rng.uniform(-1, 1, (steps, batch, 4 * dim))]
            arrays += values(self.rng, False, batch, dim=dim)
            symbols = variables(arrays)
            outputs = lstm_sequence(*symbols[:4], peepholes=symbols[4],
                                    threads=3)
            cost = sum(output.sum() for output in outputs)
            results = theano.function(
                symbols, list(outputs) + theano.grad(cost, symbols),
                mode=MODE)(*arrays)
            assert_allclose(results[:2], masked_lstm(
                arrays[0], numpy.ones((steps, batch)), *arrays[1:]),
                rtol=1e-11, atol=1e-12, err_msg=str((steps, batch, dim)))
            for array, gradient in zip(arrays, results[2:]):
                self.assertEqual(array.shape, gradient.shape)
                self.assertTrue(numpy.isfinite(gradient).all())

    def test_threads_agree(self):
        symbols = variables(self.arrays)
        for mask in HOLES, None:
            results = []
            for number in 1, 2, 4, 9:
                outputs = lstm_sequence(*symbols[:4], mask=mask,
                                        peepholes=symbols[4],
                                        threads=number)
                cost = sum(tensor.sqr(output).sum() for output in outputs)
                results.append(theano.function(
                    symbols, list(outputs) + theano.grad(cost, symbols),
                    mode=MODE)(*self.arrays))
            for other in results[1:]:
                for one, another in zip(results[0], other):
                    assert_allclose(one, another, rtol=1e-12, atol=1e-13)

    def test_float32(self):
        arrays = [array.astype('float32') for array in self.arrays]
        symbols = variables(arrays, 'float32')
        outputs = lstm_sequence(*symbols[:4], mask=HOLES,
                                peepholes=symbols[4])
        cost = sum(output.sum() for output in outputs)
        results = theano.function(
            symbols, list(outputs) + theano.grad(cost, symbols),
            mode=MODE)(*arrays)
        self.assertEqual({result.dtype.name for result in results},
                         {'float32'})
        assert_allclose(results[:2], masked_lstm(
            arrays[0], HOLES, *arrays[1:]), atol=2e-6)

    def test_nan_and_infinity_propagate(self):
        for value in numpy.nan, numpy.inf:
            inputs = self.inputs.copy()
            inputs[3, 2] = value  # inf - inf in the recurrence is NaN
            symbols = variables(self.arrays)
            states, cells = theano.function(
                symbols[:4], lstm_sequence(*symbols[:4]), mode=MODE)(
                    inputs, *self.arrays[1:4])
            self.assertFalse(numpy.isnan(states[:3]).any())
            self.assertFalse(numpy.isnan(numpy.delete(
                states, 2, axis=1)).any())
            with numpy.errstate(over='ignore', invalid='ignore'):
                assert_allclose([states, cells], masked_lstm(
                    inputs, numpy.ones((T, B)), *self.arrays[1:4]),
                    atol=1e-12)

    def test_inputs_of_any_layout(self):
        symbols = variables(self.arrays)
        function = theano.function(
            symbols, lstm_sequence(*symbols[:4], peepholes=symbols[4]),
            mode=MODE)
        expected = function(*self.arrays)
        strided = [numpy.asfortranarray(array) for array in self.arrays]
        for array in strided:
            array.flags.writeable = False
        assert_array_equal(function(*strided), expected)

    def test_two_graphs_at_once(self):
        symbols = variables(self.arrays)
        outputs = lstm_sequence(*symbols[:4], mask=HOLES,
                                peepholes=symbols[4])
        twice = lstm_sequence(outputs[0].repeat(4, axis=2), *symbols[1:4])
        cost = sum(output.sum() for output in outputs + twice)
        function = theano.function(symbols, theano.grad(cost, symbols),
                                   mode=MODE)
        first = function(*self.arrays)
        kept = [gradient.copy() for gradient in first]
        function(*[array + 1 for array in self.arrays])
        for one, another in zip(first, kept):
            assert_array_equal(one, another)
        for one, another in zip(function(*self.arrays), kept):
            assert_array_equal(one, another)


class TestLayer(unittest.TestCase):
    def setUp(self):
        self.rng = numpy.random.RandomState(2)
        self.x = self.rng.uniform(-2, 2, (T, B, F))
        self.arrays = [self.x]
        for _ in range(2):
            self.arrays += values(self.rng, projects=True)
        self.weights = self.rng.uniform(-1, 1, (2, 2, T, B, DIM))

    def expected(self, mask, carry, x, *arrays):
        return [masked_lstm(
            x.dot(arrays[first]) + arrays[first + 1], mask,
            *arrays[first + 2:first + 6], reverse=bool(first), carry=carry)
            for first in range(0, len(arrays), 6)]

    def check(self, mask, carry, directions):
        arrays = self.arrays[:1 + 6 * directions]
        symbols = variables(arrays)
        outputs = lstm_stack_layer(
            symbols[0], [Direction(*symbols[first:first + 6])
                         for first in range(1, len(symbols), 6)],
            mask=mask, mask_outputs=not carry, threads=4)
        outputs = sum(outputs, ())
        weights = self.weights[:directions].reshape(-1, T, B, DIM)
        weighted = sum((output * weight).sum()
                       for output, weight in zip(outputs, weights))
        function = theano.function(
            symbols, list(outputs) + theano.grad(weighted, symbols),
            mode=MODE)
        padded = [self.x.copy()] + arrays[1:]
        if mask is None:
            mask = numpy.ones((T, B))
        padded[0][mask == 0] = numpy.nan
        results = function(*padded)

        def cost(*arrays):
            return (self.weights[:directions] * self.expected(
                mask, carry, *arrays)).sum()
        assert_allclose(
            results[:2 * directions], numpy.concatenate(self.expected(
                mask, carry, *arrays)), rtol=1e-12, atol=1e-13)
        gradients = results[2 * directions:]
        for got, expected in zip(gradients,
                                 numerical_gradient(cost, arrays)):
            assert_allclose(got, expected, atol=2e-8)
        assert_array_equal(gradients[0][mask == 0], 0)

    def test_values_and_gradients(self):
        for mask, carry, directions in (
                (HOLES, True, 2), (HOLES, False, 2), (PREFIXES, True, 1),
                (None, True, 2), (MASKS['nothing'], True, 2)):
            self.check(mask, carry, directions)

    def test_cost_of_one_direction(self):
        symbols = variables(self.arrays)
        _, (states, _) = lstm_stack_layer(
            symbols[0], [symbols[1:7], symbols[7:]], mask=HOLES)
        wanted = [symbols[0]] + symbols[7:]
        cost = (states * self.weights[1, 0]).sum()
        gradients = theano.function(
            symbols, theano.grad(cost, wanted), mode=MODE,
            on_unused_input='ignore')(*self.arrays)

        def expected(x, *arrays):
            return (self.weights[1, 0] * masked_lstm(
                x.dot(arrays[0]) + arrays[1], HOLES, *arrays[2:],
                reverse=True)[0]).sum()
        for got, numerical in zip(gradients, numerical_gradient(
                expected, [self.x] + self.arrays[7:])):
            assert_allclose(got, numerical, atol=1e-8)

    def test_more_steps_than_a_block(self):
        # A batch of many steps, or of many rows at once, has the gradients
        # of its rows one by one.
        arrays = self.arrays[1:4]
        symbols = variables([self.x] + arrays)
        initial = tensor.zeros((symbols[0].shape[1], DIM))
        (states, cells), = lstm_stack_layer(
            symbols[0], [Direction(*symbols[1:], initial_states=initial,
                                   initial_cells=initial)], threads=1)
        gradients = theano.grad(
            (states * tensor.sqr(cells)).sum(), symbols)
        for wanted in gradients[1:], gradients[1:] + gradients[:1]:
            function = theano.function(symbols, wanted, mode=MODE)
            for steps, batch in (150, 4), (2, 300):
                x = self.rng.uniform(-2, 2, (steps, batch, F))
                whole = function(x, *arrays)
                rows = [function(x[:, row:row + 1], *arrays)
                        for row in range(batch)]
                for got, *parts in zip(whole[:3], *rows):
                    assert_allclose(got, sum(parts), rtol=1e-9, atol=1e-12)
                if len(wanted) > 3:
                    assert_allclose(whole[3], numpy.concatenate(
                        [parts[3] for parts in rows], axis=1), rtol=1e-9,
                        atol=1e-12)

    def test_directions_without_peepholes(self):
        symbols = variables(self.arrays)
        outputs = lstm_stack_layer(
            symbols[0], [symbols[1:6], symbols[7:]], mask=HOLES)
        cost = sum(output.sum() for pair in outputs for output in pair)
        symbols = symbols[:6] + symbols[7:]
        arrays = self.arrays[:6] + self.arrays[7:]
        results = theano.function(
            symbols, sum(outputs, ()) + tuple(theano.grad(cost, symbols)),
            mode=MODE)(*arrays)
        assert_allclose(results[:4], numpy.concatenate(self.expected(
            HOLES, True, *(self.arrays[:6] + [numpy.zeros((3, DIM))] +
                           self.arrays[7:]))), atol=1e-12)
        for result, array in zip(results[4:], arrays):
            self.assertEqual(result.shape, array.shape)


class TestGraph(unittest.TestCase):
    def setUp(self):
        self.arrays = [numpy.ones((T, B, 4 * DIM))] + values(
            numpy.random.RandomState(1), projects=False)[:3]
        self.symbols = variables(self.arrays)

    def test_shapes_without_computing(self):
        mask = tensor.dmatrix('mask')
        states, cells = lstm_sequence(*self.symbols, mask=mask)
        gradients = theano.grad(states.sum() + cells.sum(), self.symbols)
        function = theano.function(
            self.symbols + [mask],
            [output.shape for output in [states, cells] + gradients],
            mode=theano.Mode(linker='py', optimizer='fast_run'),
            on_unused_input='ignore')
        self.assertFalse([
            node for node in function.maker.fgraph.toposort()
            if isinstance(node.op, (FusedLSTM, FusedLSTMGradient))])
        shapes = function(*self.arrays + [HOLES])
        self.assertEqual([tuple(shape) for shape in shapes],
                         [(T, B, DIM)] * 2 + [array.shape for array in
                                              self.arrays])

    def test_pickle(self):
        outputs = lstm_sequence(*self.symbols)
        op = outputs[0].owner.op
        self.assertEqual(pickle.loads(pickle.dumps(op)), op)
        function = theano.function(self.symbols, outputs, mode=MODE)
        again = pickle.loads(pickle.dumps(function))
        assert_array_equal(again(*self.arrays), function(*self.arrays))

    def test_one_node_for_equal_calls(self):
        outputs = lstm_sequence(*self.symbols) + lstm_sequence(*self.symbols)
        function = theano.function(
            self.symbols, outputs,
            mode=theano.Mode(linker='py', optimizer='fast_run'))
        self.assertEqual(len([
            node for node in function.maker.fgraph.toposort()
            if isinstance(node.op, FusedLSTM)]), 1)

    def test_broadcastable_initial_states(self):
        row = tensor.row('row', dtype='float64')
        states, _ = lstm_sequence(self.symbols[0], self.symbols[1], row, row)
        gradient = theano.grad(states.sum(), row)
        self.assertEqual(gradient.broadcastable, row.broadcastable)

    def test_every_mode(self):
        states, cells = lstm_sequence(*self.symbols, mask=HOLES)
        outputs = [states] + theano.grad(
            tensor.sqr(states).sum() + cells.sum(), self.symbols)
        expected = theano.function(self.symbols, outputs, mode=MODE)(
            *self.arrays)
        modes = theano.compile.mode.predefined_modes
        for mode in ('FAST_COMPILE', 'FAST_RUN', 'CVM', 'NUMBA', 'DebugMode',
                     'NanGuardMode'):
            if mode in modes or mode.endswith('Mode'):
                with warnings.catch_warnings():
                    warnings.filterwarnings('error', message='.*FusedLSTM')
                    results = theano.function(self.symbols, outputs,
                                              mode=mode)(*self.arrays)
                for one, another in zip(results, expected):
                    assert_allclose(one, another, rtol=1e-10, err_msg=mode)

    def test_no_tape_without_a_gradient(self):
        states, cells = lstm_sequence(*self.symbols)
        cost = states.sum()
        for outputs, kept in ([states], False), (
                [cost] + theano.grad(cost, self.symbols), True):
            function = theano.function(self.symbols, outputs, mode=MODE)
            node, = [node for node in function.maker.fgraph.toposort()
                     if isinstance(node.op, FusedLSTM)]
            storage = [[None] for _ in node.outputs]
            node.op.perform(node, self.arrays, storage)
            self.assertEqual(storage[2][0].size > 0, kept)

    def test_gradients_of_steps_only_for_the_inputs(self):
        rng = numpy.random.RandomState(4)
        arrays = [rng.rand(T, B, F)] + values(rng, projects=True)
        symbols = variables(arrays)
        (states, _), = lstm_stack_layer(symbols[0], [symbols[1:]])
        for wanted, kept in (symbols[1:], False), (symbols, True):
            function = theano.function(
                symbols, theano.grad(states.sum(), wanted), mode=MODE)
            with mock.patch.object(fused.layer, 'backward',
                                   side_effect=fused.layer.backward) as spy:
                function(*arrays)
            self.assertEqual(spy.call_args[0][-1], [kept])

    def test_one_thread_for_two_directions(self):
        arrays = [numpy.ones((T, B, F))] + 2 * values(
            numpy.random.RandomState(4), projects=True)
        symbols = variables(arrays)
        run = theano.function(symbols, lstm_stack_layer(
            symbols[0], [symbols[1:7], symbols[7:]], threads=1)[1][0],
            mode=MODE)
        with mock.patch.object(threads, '_worker',
                               side_effect=AssertionError('a thread')):
            run(*arrays)

    def test_little_work_is_not_shared(self):
        setting = lstm_sequence(*self.symbols, threads=4)[0].owner.op.setting
        for work, shares in [(1, 4), (4 * 5 * 4 * 3 ** 2, 1),
                             (2 * 5 * 4 * 3 ** 2, 2)]:
            with mock.patch.object(fused, 'WORK_OF_THREAD', work):
                plan, = setting.plans((4, 5), None, [3])
            self.assertEqual(len(plan.shares), shares)

    def test_threads_of_the_environment(self):
        with mock.patch.dict(os.environ, BLOCKS_RNN_THREADS='3'):
            op = lstm_sequence(*self.symbols)[0].owner.op
            self.assertEqual(op.setting.shares, 3)
            op = lstm_sequence(*self.symbols, threads=2)[0].owner.op
            self.assertEqual(op.setting.shares, 2)

    def test_no_second_derivative(self):
        states, _ = lstm_sequence(*self.symbols)
        first = theano.grad(states.sum(), self.symbols[1])
        with self.assertRaises(Exception) as raised:
            theano.grad(first.sum(), self.symbols[1])
        self.assertIn('NullType', type(raised.exception).__name__ +
                      str(raised.exception))

    def test_wrong_kinds(self):
        inputs, W_state, states, cells = self.symbols
        for arguments, message in (
                ((inputs, W_state, states, tensor.fmatrix()),
                 'initial_cells has float32'),
                ((tensor.ltensor3(), W_state, states, cells),
                 'sequence has int64'),
                ((inputs, tensor.dvector(), states, cells),
                 'W_state must have 2 dimensions, got 1')):
            with self.assertRaisesRegex(TypeError, message):
                lstm_sequence(*arguments)
        with self.assertRaisesRegex(TypeError, 'mask must have 2 dim'):
            lstm_sequence(*self.symbols, mask=tensor.dvector())
        with self.assertRaisesRegex(ValueError, 'one direction or two, got'):
            lstm_stack_layer(inputs, [])

    def test_wrong_shapes(self):
        mask = tensor.dmatrix('mask')
        function = theano.function(
            self.symbols + [mask], lstm_sequence(*self.symbols, mask=mask),
            mode=MODE)
        names = 'inputs', 'W_state', 'initial_states', 'initial_cells', 'mask'
        arrays = self.arrays + [numpy.ones((T, B))]
        for number, name in enumerate(names):
            wrong = list(arrays)
            wrong[number] = wrong[number][..., :-1]
            with self.assertRaisesRegex(
                    ValueError, name + ' must have shape'):
                function(*wrong)

    def test_blending_mask(self):
        mask = tensor.dmatrix('mask')
        function = theano.function(
            self.symbols + [mask], lstm_sequence(*self.symbols, mask=mask),
            mode=MODE)
        with self.assertRaisesRegex(ValueError, 'fused=False'):
            function(*self.arrays + [numpy.full((T, B), .5)])


if __name__ == '__main__':  # run by itself in other settings of the compiler
    unittest.main()
