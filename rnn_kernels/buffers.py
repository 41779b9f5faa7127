"""Arrays whose memory is reused once nothing refers to them.

Otherwise, the C library returns the memory of a training step to the system
and requests it again in the next step, and the system zeroes it each time,
page by page (measured: up to 0.4 of a training step of two directions of 64
cells).

"""
import weakref
from collections import OrderedDict

import numpy

#: Minimal size of reused arrays, in bytes.
LARGE = 2 ** 16


class Buffers:
    """Allocates arrays and keeps the memory of those freed most recently.

    An array is freed when the last reference to it, or to a view of it, is
    gone, so no two arrays in use share memory. Memory blocks have power-of-two
    sizes, so that batches of different lengths can reuse them; pages that are
    never written to cost nothing.

    Parameters
    ----------
    keep : int
        Maximal number of unused memory blocks to keep.

    """

    def __init__(self, keep=32):
        self._keep = keep
        # Keyed by identity, oldest first. Arrays can be freed at any moment
        # and in any thread, so only atomic operations are used, no lock.
        self._unused = OrderedDict()

    def empty(self, shape, dtype):
        """Return an array with arbitrary values, like numpy.empty."""
        dtype = numpy.dtype(dtype)
        size = int(numpy.prod(shape))
        needed = size * dtype.itemsize
        if needed < LARGE:
            return numpy.empty(shape, dtype=dtype)
        capacity = 1 << (needed - 1).bit_length()
        memory = self._take(capacity)
        if memory is None:
            memory = numpy.empty(capacity, dtype=numpy.uint8)
        # The base of all views of this array is the array, not `memory`.
        array = numpy.frombuffer(memoryview(memory), dtype=dtype, count=size)
        weakref.finalize(array, self._take_back, memory).atexit = False
        return array.reshape(shape)

    def zeros(self, shape, dtype):
        """Return an array of zeros, like numpy.zeros."""
        array = self.empty(shape, dtype)
        array.fill(0)
        return array

    def carray(self, value, dtype=None):
        """Return an array in the form that kernels are compiled for.

        It is C-contiguous, aligned and writable. It is a copy unless `value`
        is all of that and has the dtype.

        """
        value = numpy.asarray(value)
        dtype = value.dtype if dtype is None else numpy.dtype(dtype)
        if value.flags.carray and value.dtype == dtype:
            return value
        array = self.empty(value.shape, dtype)
        array[...] = value
        return array

    def _take(self, capacity):
        """Return an unused memory block of that size, or None.

        Prefers the most recently used block, which may still be in the cache.

        """
        for key in reversed(list(self._unused)):
            if len(self._unused.get(key, ())) == capacity:
                memory = self._unused.pop(key, None)
                if memory is not None:  # otherwise another thread took it
                    return memory
        return None

    def _take_back(self, memory):
        self._unused[id(memory)] = memory
        while len(self._unused) > self._keep:
            self._unused.popitem(last=False)


#: The buffers of this process.
buffers = Buffers()
