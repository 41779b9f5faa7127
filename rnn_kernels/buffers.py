"""Arrays that are used again, once nobody refers to them.

What a training step needs and then gives up, the C library gives back to the
system and asks for again in the next step, and the system fills it with
zeros each time, page by page (measured: up to 0.4 of a training step of two
directions of 64 cells).

"""
import weakref
from collections import OrderedDict

import numpy

#: Bytes from which it is worth while.
LARGE = 2 ** 16


class Buffers:
    """Gives out arrays and keeps the memory of the last ones it got back.

    An array is given back when the last reference to it, or to a view of
    it, is gone; so no two arrays in use share memory. Pieces of memory have
    a power of two of bytes, so that batches of different length can use the
    same ones; pages that are never written to cost nothing.

    Parameters
    ----------
    keep : int
        How many unused pieces of memory to keep at most.

    """

    def __init__(self, keep=32):
        self._keep = keep
        # By identity, oldest first. Arrays come back at any moment and in
        # any thread, hence no lock but operations that cannot be
        # interrupted.
        self._unused = OrderedDict()

    def empty(self, shape, dtype):
        """Return an array with arbitrary values, as numpy.empty does."""
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
        """Return an array of zeros, as numpy.zeros does."""
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
        """Take unused memory of that many bytes, or None.

        That used last comes first: it may still be in the cache.

        """
        for key in reversed(list(self._unused)):
            if len(self._unused.get(key, ())) == capacity:
                memory = self._unused.pop(key, None)
                if memory is not None:  # or else another thread took it
                    return memory
        return None

    def _take_back(self, memory):
        self._unused[id(memory)] = memory
        while len(self._unused) > self._keep:
            self._unused.popitem(last=False)


#: Those of this process.
buffers = Buffers()
