import os
import platform
import re
import subprocess
import sys
import unittest
from tempfile import TemporaryDirectory

import numpy
from numpy.testing import assert_allclose, assert_array_equal

from blocks_rnn_bricks.kernels.product import (
    BLOCK, PANEL_BYTES, multiply_add, multiply_add_transposed, pack,
    pack_transposed, scratch_for)


class TestProduct(unittest.TestCase):
    def setUp(self):
        self.rng = numpy.random.RandomState(5)

    def test_pack(self):
        for dtype in 'float32', 'float64':
            width = PANEL_BYTES // numpy.dtype(dtype).itemsize
            matrix = self.rng.rand(3, width + 2).astype(dtype)
            panels = pack(matrix)
            self.assertEqual(panels.dtype, dtype)
            assert_array_equal(panels[0], matrix[:, :width])
            assert_array_equal(panels[1, :, :2], matrix[:, width:])
            assert_array_equal(panels[1, :, 2:], 0)

    def test_pack_parts_and_transpose(self):
        for columns in 1, 17, 40, 200:
            matrix = self.rng.rand(37, columns)
            assert_array_equal(pack(matrix[:5], matrix[5:36], matrix[36:]),
                               pack(matrix))
            assert_array_equal(pack_transposed(matrix),
                               pack(numpy.ascontiguousarray(matrix.T)))

    def test_transposed(self):
        for dtype in 'float32', 'float64':
            width = PANEL_BYTES // numpy.dtype(dtype).itemsize
            for columns in 1, width - 1, width, 2 * width + 3:
                for depth in 1, 5, 6, 13:
                    for count in 0, 1, 9, BLOCK:
                        left = self.rng.rand(count + 3, depth).astype(dtype)
                        right = self.rng.rand(count + 2,
                                              columns).astype(dtype)
                        out = self.rng.rand(depth, columns).astype(dtype)
                        expected = out + left[1:count + 1].T.dot(
                            right[2:count + 2])
                        multiply_add_transposed(left, 1, count, right, 2,
                                                out, scratch_for(out))
                        assert_allclose(out, expected, rtol=1e-4)

    def test_every_number_of_rows_and_columns(self):
        for dtype in 'float32', 'float64':
            width = PANEL_BYTES // numpy.dtype(dtype).itemsize
            for columns in 1, width - 1, width, 2 * width + 3:
                matrix = self.rng.rand(5, columns).astype(dtype)
                for count in range(14):
                    left = self.rng.rand(count + 3, 5).astype(dtype)
                    out = self.rng.rand(count + 4, columns).astype(dtype)
                    expected = out.copy()
                    expected[2:count + 2] += left[1:count + 1].dot(matrix)
                    multiply_add(left, 1, count, pack(matrix), out, 2,
                                 scratch_for(matrix))
                    assert_allclose(out, expected, rtol=1e-5)

    def test_no_depth(self):
        out = numpy.ones((2, 3))
        matrix = numpy.ones((0, 3))
        multiply_add(numpy.ones((2, 0)), 0, 2, pack(matrix), out, 0,
                     scratch_for(matrix))
        assert_array_equal(out, 1)


class TestOtherProcessors(unittest.TestCase):
    """The kernels for processors that this machine need not have."""

    def python(self, *arguments, **environment):
        """Run Python with a cache of its own and return what it prints."""
        with TemporaryDirectory() as folder:
            process = subprocess.run(
                [sys.executable] + list(arguments), stdout=subprocess.PIPE,
                stderr=subprocess.PIPE, universal_newlines=True,
                env=dict(os.environ, NUMBA_CACHE_DIR=folder, **environment))
        self.assertEqual(process.returncode, 0, process.stderr)
        return process.stdout

    @unittest.skipUnless(platform.machine() in ('x86_64', 'AMD64'),
                         "Haswell is an x86 processor, this one is not")
    def test_haswell(self):
        self.python('-m', 'tests.kernels.test_fused',
                    'TestSequence.test_values_and_gradients',
                    'TestSequence.test_float32', 'TestSequence.test_sizes',
                    NUMBA_CPU_NAME='haswell')

    def test_64_bit_arm(self):
        # The products are fused sums of four floats and of two doubles.
        self.assertRegex(
            self.python('-m', 'tests.kernels.cross_compile',
                        NUMBA_CPU_NAME='generic'),
            re.compile(r'\bfmla\b.*\.4s.*\bfmla\b.*\.2d', re.DOTALL))
