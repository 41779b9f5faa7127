"""Tests of products whose operands are rounded to bfloat16."""
import os
import unittest
from unittest import mock

import numpy
import theano
from numpy.testing import assert_allclose, assert_array_equal
from theano import tensor

import rnn_kernels
from rnn_kernels import precisions, rounded
from rnn_kernels.absorption import absorb
from rnn_kernels.linking import addresses
from rnn_kernels.ops import Iterate

NEEDS_INSTRUCTION = unittest.skipUnless(
    precisions.supported(), 'this processor has no AVX512-BF16, without which '
    'kernels multiply in float32')


def as_bfloat16(array):
    """Round float32 to the nearest bfloat16, half to even."""
    bits = array.view('uint32').astype('uint64')
    bits = bits + 0x7fff + ((bits >> 16) & 1)
    return (bits >> 16 << 16).astype('uint32').view('float32')


@NEEDS_INSTRUCTION
class TestProducts(unittest.TestCase):
    SIZES = ((1, 1), (5, 7), (64, 64), (65, 70), (130, 193))

    def setUp(self):
        self.rng = numpy.random.RandomState(2)
        self.products = addresses('float32', True)

    def random(self, *shape):
        return self.rng.normal(size=shape).astype('float32')

    def packed(self, *matrices):
        depth, columns = sum(map(len, matrices)), matrices[0].shape[1]
        panels = rounded.empty_panels(depth, columns)
        panels.fill(0xffffffff)  # NaN
        row = 0
        for matrix in matrices:
            rounded.pack(self.products, matrix, row, panels)
            row += len(matrix)
        return panels

    def test_multiply_add(self):
        for depth, columns in self.SIZES:
            matrix = self.random(depth, columns)
            scratch = rounded.empty_scratch(depth, columns)
            for count in 0, 1, 7, 260:
                with self.subTest(depth=depth, columns=columns, rows=count):
                    left = self.random(count + 2, depth)
                    out = self.random(count + 3, columns)
                    expected = out.copy()
                    expected[2:count + 2] += as_bfloat16(
                        left[1:count + 1]).dot(as_bfloat16(matrix))
                    rounded.multiply_add(
                        self.products, left, 1, count, self.packed(matrix),
                        out, 2, scratch)
                    assert_allclose(out, expected, rtol=1e-5, atol=1e-4)

    def test_stacked_matrices(self):
        matrix = self.random(13, 70)
        for cuts in (3,), (4,), (1, 2, 9), (5, 12):
            with self.subTest(cuts):
                assert_array_equal(
                    self.packed(*map(numpy.ascontiguousarray,
                                     numpy.split(matrix, cuts))),
                    self.packed(matrix))

    def test_pack_transposed(self):
        for depth, columns in self.SIZES:
            with self.subTest(depth=depth, columns=columns):
                matrix = self.random(depth, columns)
                panels = rounded.empty_panels(depth, columns)
                panels.fill(0xffffffff)
                rounded.pack_transposed(
                    self.products, numpy.ascontiguousarray(matrix.T), panels)
                assert_array_equal(panels, self.packed(matrix))

    def test_multiply_add_transposed(self):
        for depth, columns in self.SIZES:
            scratch = rounded.empty_scratch(depth, columns)
            for count in 0, 1, 8, 255, 256:
                with self.subTest(depth=depth, columns=columns, rows=count):
                    left = self.random(count + 1, depth)
                    right = self.random(count + 2, columns)
                    out = self.random(depth, columns)
                    expected = out + as_bfloat16(left[1:]).T.dot(
                        as_bfloat16(right[2:]))
                    rounded.multiply_add_transposed(
                        self.products, left, 1, count, right, 2, out, scratch)
                    assert_allclose(out, expected, rtol=1e-5, atol=1e-4)

    def test_rows_are_rounded(self):
        for depth, columns in self.SIZES:
            scratch = rounded.empty_scratch(depth, columns)
            panels = self.packed(self.random(depth, columns))
            for count in 0, 1, 8, 255, 256:
                with self.subTest(depth=depth, columns=columns, rows=count):
                    left = self.random(count + 1, depth)
                    rows = numpy.full((count + 3, (depth + 1) // 2),
                                      numpy.nan, 'float32')
                    rounded.round_rows(self.products, left, 1, count, rows,
                                       2)
                    halves = rows.view('uint16')[2:count + 2, :depth]
                    assert_array_equal(
                        halves, as_bfloat16(left[1:]).view('uint32') >> 16)
                    self.assertTrue(numpy.isnan(rows[:2]).all())
                    self.assertTrue(numpy.isnan(rows[count + 2:]).all())
                    right = self.random(count + 2, columns)
                    out, again = numpy.zeros((2, depth, columns), 'float32')
                    rounded.multiply_add_transposed(
                        self.products, left, 1, count, right, 2, out, scratch)
                    rounded.multiply_add_rounded_transposed(
                        self.products, rows, 2, count, right, 2, again,
                        scratch)
                    assert_array_equal(again, out)
                    out, again = numpy.zeros((2, count, columns), 'float32')
                    rounded.multiply_add(
                        self.products, left, 1, count, panels, out, 0,
                        scratch)
                    rounded.multiply_add_rounded(
                        self.products, rows, 2, count, panels, again, 0,
                        scratch)
                    assert_array_equal(again, out)

    def test_rounds_to_nearest_even_and_keeps_nan(self):
        one = numpy.array([0x3f808000, 0x3f818000, 0x3f808001, 0x7fffffff,
                           0x7f800000, 0xff7fffff], 'uint32').view('float32')
        out = numpy.zeros((6, 1), 'float32')
        rounded.multiply_add(
            self.products, one[:, None].copy(), 0, 6,
            self.packed(numpy.ones((1, 1), 'float32')), out, 0,
            rounded.empty_scratch(1, 1))
        assert_array_equal(
            out[:, 0].view('uint32') >> 16,
            [0x3f80, 0x3f82, 0x3f81, 0x7fff, 0x7f80, 0xff80])


@NEEDS_INSTRUCTION
class TestKernels(unittest.TestCase):
    """A layer in bfloat16 against the same layer in float32."""

    FEATURES, DIM, STEPS, BATCH = 20, 33, 100, 6

    def build(self, name, threads=1, reads=True):
        """Make a layer whose step `reads` states or only multiplies them."""
        rng = numpy.random.RandomState(0)
        shapes = {'W': (self.FEATURES, 3 * self.DIM),
                  'U': (self.DIM, 3 * self.DIM), 'b': (3 * self.DIM,)}
        weights = {key: theano.shared(rng.normal(
            scale=shape[0] ** -.5, size=shape).astype('float32'), key)
            for key, shape in shapes.items()}
        x, mask = tensor.ftensor3('x'), tensor.fmatrix('mask')

        def step(x, h, mask):
            net = x + tensor.dot(h, weights['U'])
            gate, candidate, out = [
                net[:, k * self.DIM:(k + 1) * self.DIM] for k in range(3)]
            gate = tensor.nnet.sigmoid(gate)
            after = (1 - gate) * tensor.tanh(candidate) * (
                tensor.nnet.sigmoid(out))
            if reads:
                after = after + gate * h
            keep = mask[:, None]
            return keep * after + (1 - keep) * h

        with rnn_kernels.precision(name):
            h, = rnn_kernels.iterate(
                step, sequences={'x': rnn_kernels.project(
                    x, weights['W'], weights['b']), 'mask': mask},
                states={'h': tensor.zeros((x.shape[1], self.DIM),
                                          'float32')},
                contexts={}, outputs=['h'],
                get_dim=lambda key: {'x': 3 * self.DIM, 'mask': 0}.get(
                    key, self.DIM), mask='mask', threads=threads)
        cost = tensor.sqr(h[-1]).sum()
        wrt = [x] + [weights[key] for key in sorted(weights)]
        return theano.function([x, mask], [h] + tensor.grad(cost, wrt))

    def batch(self):
        rng = numpy.random.RandomState(1)
        x = rng.normal(size=(self.STEPS, self.BATCH, self.FEATURES))
        lengths = numpy.linspace(25, self.STEPS, self.BATCH).astype(int)
        mask = numpy.arange(self.STEPS)[:, None] < lengths
        return x.astype('float32'), mask.astype('float32')

    def kinds(self):
        """Yield both kinds of steps."""
        for reads in True, False:
            with self.subTest(reads=reads):
                yield reads

    def test_error(self):
        for reads in self.kinds():
            exact, got = (self.build(name, reads=reads)(*self.batch())
                          for name in ('float32', 'bfloat16'))
            for one, other in zip(exact, got):
                error = numpy.linalg.norm(other - one)
                self.assertLess(error, .01 * numpy.linalg.norm(one))
                # It differs from float32.
                self.assertGreater(error, 1e-5 * numpy.linalg.norm(one))
                self.assertGreater(
                    (one * other).sum() / numpy.linalg.norm(one) /
                    numpy.linalg.norm(other), .9995)

    def test_padding_and_nan(self):
        for reads in self.kinds():
            function = self.build('bfloat16', reads=reads)
            x, mask = self.batch()
            expected = function(x, mask)
            padded = numpy.where(mask[:, :, None] == 0, numpy.float32('nan'),
                                 x)
            for one, other in zip(expected, function(padded, mask)):
                assert_array_equal(one, other)
            for wrong in 'nan', 'inf':
                x, mask = self.batch()
                x[3, 2, 1] = numpy.float32(wrong)
                states, *gradients = function(x, mask)
                self.assertTrue(numpy.isfinite(states[:3, 2]).all())
                self.assertTrue(numpy.isfinite(
                    numpy.delete(states, 2, axis=1)).all())
                # The gradient of W multiplies by the rounded states.
                self.assertTrue(numpy.isnan(gradients[2][1]).any())
                if wrong == 'nan':
                    self.assertTrue(numpy.isnan(states[3, 2]).all())

    def test_few_steps(self):
        """Short batches multiply in float32, except in the gradients."""
        x, mask = self.batch()
        for reads in self.kinds():
            exact, got = (self.build(name, reads=reads)(x[:3], mask[:3])
                          for name in ('float32', 'bfloat16'))
            assert_array_equal(exact[0], got[0])
            for one, other in zip(exact, got):
                self.assertLessEqual(numpy.linalg.norm(other - one),
                                     .01 * numpy.linalg.norm(one))

    def test_threads(self):
        """Runs differ no more than in float32: in the order of sums."""
        batch = self.batch()
        for reads in self.kinds():
            for name in 'float32', 'bfloat16':
                for one, other in zip(
                        self.build(name, 1, reads)(*batch),
                        self.build(name, 3, reads)(*batch)):
                    assert_allclose(one, other, rtol=1e-4, atol=1e-5)


class TestPrecision(unittest.TestCase):
    """Tests of the three ways to set the precision."""

    def settle(self, dtype='float32'):
        return rnn_kernels.settled_precision(dtype)

    def test_sources(self):
        environment = mock.patch.dict(
            os.environ, {precisions.VARIABLE: 'bfloat16'})
        self.assertEqual(self.settle(), 'float32')
        with environment:
            self.assertEqual(self.settle(), 'bfloat16')
            self.assertEqual(self.settle('float64'), 'float64')
            with rnn_kernels.precision('float32'):
                self.assertEqual(self.settle(), 'float32')
                with rnn_kernels.precision(None):
                    self.assertEqual(self.settle(), 'float32')
            self.assertEqual(self.settle(), 'bfloat16')

    def test_unknown_precision_is_refused(self):
        for wrong in 'float16', 16, 'BFLOAT16':
            with self.subTest(wrong):
                with self.assertRaisesRegex(
                        ValueError, "'float32' or 'bfloat16', got .*omit"):
                    with rnn_kernels.precision(wrong):
                        pass
        with mock.patch.dict(os.environ,
                             {precisions.VARIABLE: 'half'}):
            with self.assertRaisesRegex(ValueError, 'BLOCKS_RNN_PRECISION'):
                self.settle()

    def kernel(self):
        x = tensor.ftensor3('x')
        h, = rnn_kernels.iterate(
            lambda x, h: tensor.tanh(x + h), sequences={'x': x},
            states={'h': tensor.fmatrix()}, contexts={}, outputs=['h'],
            get_dim=lambda name: 2)
        self.assertIsInstance(h.owner.op, Iterate)
        return h.owner.op.recurrences[0].cells.general.rounded

    def test_processor_without_the_instruction(self):
        precisions._warn.cache_clear()
        with mock.patch.object(precisions, 'supported',
                               lambda: False), \
                self.assertLogs(precisions.logger) as logs, \
                rnn_kernels.precision('bfloat16'):
            self.assertFalse(self.kernel())
            self.assertFalse(self.kernel())
        self.assertEqual(len(logs.output), 1)
        self.assertIn('AVX512-BF16', logs.output[0])
        precisions._warn.cache_clear()

    def test_absorbed_projections(self):
        x = tensor.ftensor3('x')
        weights = theano.shared(numpy.ones((3, 2), 'float32'))
        with mock.patch.object(precisions, 'supported', lambda: True), \
                rnn_kernels.precision('bfloat16'):
            h, = rnn_kernels.iterate(
                lambda x, h: tensor.tanh(x + h),
                sequences={'x': tensor.dot(x, weights)},
                states={'h': tensor.fmatrix()}, contexts={}, outputs=['h'],
                get_dim=lambda name: 2)
        h = absorb(h)
        self.assertIn(weights, h.owner.inputs)
        self.assertTrue(h.owner.op.recurrences[0].cells.general.rounded)

    @NEEDS_INSTRUCTION
    def test_processor_with_it(self):
        self.assertFalse(self.kernel())
        with rnn_kernels.precision('bfloat16'):
            self.assertTrue(self.kernel())
