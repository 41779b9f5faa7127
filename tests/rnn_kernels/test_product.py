import os
import platform
import subprocess
import sys
import unittest
from tempfile import TemporaryDirectory

import numpy
from numpy.testing import assert_allclose, assert_array_equal

from rnn_kernels.linking import addresses
from rnn_kernels.product import (
    multiply_add,
    multiply_add_matrix,
    multiply_add_transposed,
)
from rnn_kernels.tiles import (
    BLOCK,
    PANEL_BYTES,
    empty_panels,
    empty_scratch,
    pack,
    pack_transposed,
)


def packed(*matrices):
    """Stack matrices vertically into panels."""
    panels = empty_panels(sum(map(len, matrices)), matrices[0].shape[1],
                          matrices[0].dtype)
    panels.fill(numpy.nan)
    row = 0
    for matrix in matrices:
        pack(matrix, row, panels)
        row += len(matrix)
    return panels


def packed_transposed(matrix):
    panels = empty_panels(matrix.shape[1], len(matrix), matrix.dtype)
    panels.fill(numpy.nan)
    pack_transposed(matrix, panels)
    return panels


ON_X86 = platform.machine() in ('x86_64', 'AMD64')


class TestProduct(unittest.TestCase):
    def setUp(self):
        self.rng = numpy.random.RandomState(5)

    def test_pack(self):
        for dtype in 'float32', 'float64':
            width = PANEL_BYTES // numpy.dtype(dtype).itemsize
            matrix = self.rng.rand(3, width + 2).astype(dtype)
            panels = packed(matrix)
            self.assertEqual(panels.dtype, dtype)
            assert_array_equal(panels[0], matrix[:, :width])
            assert_array_equal(panels[1, :, :2], matrix[:, width:])
            assert_array_equal(panels[1, :, 2:], 0)

    def test_pack_parts_and_transpose(self):
        for columns in 1, 17, 40, 200:
            matrix = self.rng.rand(37, columns)
            assert_array_equal(
                packed(matrix[:5], matrix[5:36], matrix[36:]),
                packed(matrix))
            assert_array_equal(packed_transposed(matrix),
                               packed(numpy.ascontiguousarray(matrix.T)))

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
                        multiply_add_transposed(
                            addresses(dtype), left, 1, count, right, 2, out,
                            empty_scratch(dtype))
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
                    multiply_add(addresses(dtype), left, 1, count,
                                 packed(matrix), out, 2, empty_scratch(dtype))
                    assert_allclose(out, expected, rtol=1e-5)

    def test_matrix_that_is_not_packed(self):
        for dtype in 'float32', 'float64':
            width = PANEL_BYTES // numpy.dtype(dtype).itemsize
            for columns in 1, width, 2 * width + 3:
                for depth in 1, 4, 7:
                    matrix = self.rng.rand(depth, columns).astype(dtype)
                    for count in 0, 1, 2, 8:
                        left = self.rng.rand(count + 3,
                                             depth + 3).astype(dtype)
                        out = self.rng.rand(count + 4, columns).astype(dtype)
                        expected = out.copy()
                        multiply_add(
                            addresses(dtype), numpy.ascontiguousarray(
                                left[:, 2:depth + 2]), 1, count,
                            packed(matrix), expected, 2,
                            empty_scratch(dtype))
                        multiply_add_matrix(
                            addresses(dtype), left, 1, count, 2, matrix, out,
                            2, empty_scratch(dtype))
                        assert_array_equal(out, expected)

    def test_zero_depth(self):
        out = numpy.ones((2, 3))
        matrix = numpy.ones((0, 3))
        multiply_add(addresses('float64'), numpy.ones((2, 0)), 0, 2,
                     packed(matrix), out, 0, empty_scratch('float64'))
        assert_array_equal(out, 1)


class TestOtherProcessors(unittest.TestCase):
    """The kernels for other processors than this machine's."""

    # They compile side by side. The cache tells processors apart, but does not
    # keep the intermediate code that the run for ARM translates.
    RUNS = {
        'haswell': (['unittest', 'tests.rnn_kernels.test_iteration'
                     '.TestCompiled.test_lstm'], 'haswell'),
        'arm': (['tests.rnn_kernels.cross_compile'], 'generic')}

    @classmethod
    def setUpClass(cls):
        folder = TemporaryDirectory()
        cls.addClassCleanup(folder.cleanup)
        cls.started = {}
        for name, (arguments, processor) in cls.RUNS.items():
            if name == 'haswell' and not ON_X86:
                continue
            path = os.path.join(folder.name, name)
            with open(path, 'w') as output:
                process = subprocess.Popen(
                    [sys.executable, '-m'] + arguments, stdout=output,
                    stderr=subprocess.STDOUT, env=dict(
                        os.environ, NUMBA_CPU_NAME=processor, **(
                            {'RNN_KERNELS_CACHE': path + '_cache'}
                            if name == 'arm' else {})))
            cls.started[name] = path, process
            for end in process.wait, process.kill:  # called in reverse
                cls.addClassCleanup(end)

    def output(self, name):
        """Return the output of a run that must succeed."""
        path, process = self.started[name]
        code = process.wait()
        with open(path) as file:
            printed = file.read()
        self.assertEqual(code, 0, printed[-3000:])
        return printed

    @unittest.skipUnless(ON_X86, "Haswell is an x86 processor, this one is "
                         "not")
    def test_haswell(self):
        self.assertIn('Ran 1 test', self.output('haswell'))

    def test_64_bit_arm(self):
        # The products are fused sums of four numbers.
        self.assertRegex(self.output('arm'), r'\bfmla\b.*\.4s')
