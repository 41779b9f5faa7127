import gc
import unittest

import numpy

from rnn_kernels.buffers import LARGE, Buffers

SIZE = LARGE // 4  # count of float32 numbers


def address(array):
    return array.__array_interface__['data'][0]


class TestBuffers(unittest.TestCase):
    def setUp(self):
        self.buffers = Buffers(keep=2)

    def test_reused_once_no_view_is_left(self):
        array = self.buffers.empty(SIZE, 'float32')
        self.assertEqual((array.shape, array.dtype), ((SIZE,), 'float32'))
        self.assertTrue(array.flags.writeable and array.flags.c_contiguous)
        first = address(array)
        view = array[1:].reshape(-1, 1)[::2]
        del array
        gc.collect()
        other = self.buffers.empty(SIZE, 'float32')
        self.assertFalse(numpy.shares_memory(view, other))
        del view
        gc.collect()
        # The shape and dtype are new, the address is the same.
        array = self.buffers.empty((SIZE // 4, 2), 'float64')
        self.assertEqual((array.shape, array.dtype),
                         ((SIZE // 4, 2), 'float64'))
        self.assertEqual(address(array), first)

    def test_sizes_up_to_a_power_of_two_share_memory(self):
        first = address(self.buffers.empty(SIZE + 1, 'float32'))
        gc.collect()
        self.assertEqual(address(self.buffers.empty(2 * SIZE, 'float32')),
                         first)

    def test_small_arrays_are_allocated_by_numpy(self):
        array = self.buffers.empty(SIZE - 1, 'float32')
        self.assertTrue(array.flags.owndata)

    def test_zeros(self):
        array = self.buffers.empty((2, SIZE), 'float32')
        array.fill(7)
        first = address(array)
        del array
        gc.collect()
        array = self.buffers.zeros((2, SIZE), 'float32')
        self.assertEqual(address(array), first)
        self.assertFalse(array.any())

    def test_much_smaller_arrays_do_not_reuse_large_ones(self):
        large = self.buffers.empty(8 * SIZE, 'float32')
        first = address(large)
        del large
        gc.collect()
        kept = self.buffers.empty(SIZE, 'float32')
        self.assertEqual(address(self.buffers.empty(8 * SIZE, 'float32')),
                         first)
        self.assertEqual(len(kept), SIZE)

    def test_keeps_at_most_the_given_number(self):
        arrays = [self.buffers.empty(SIZE, 'float32') for _ in range(5)]
        del arrays
        gc.collect()
        self.assertEqual(len(self.buffers._unused), 2)
