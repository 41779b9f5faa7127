"""Large arrays that are used again, once nobody refers to them.

What a training step of a large layer keeps, hundreds of megabytes, the C
library gives back to the system and asks for again in every step, and the
system fills it with zeros each time (measured: up to a quarter of a step of
two directions of 512 cells beside other programs).

"""
import weakref
from collections import OrderedDict

import numpy

#: Bytes below which the C library does not go to the system.
LARGE = 4 * 2 ** 20


class Buffers:
    """Gives out arrays and keeps the memory of the last few it got back.

    An array is given back when the last reference to it, or to a view of
    it, is gone; so no two arrays in use share memory.

    Parameters
    ----------
    keep : int
        How many unused pieces of memory to keep at most.

    """

    def __init__(self, keep=8):
        self._keep = keep
        # By identity, oldest first. Arrays come back at any moment and in
        # any thread, hence no lock but operations that cannot be
        # interrupted.
        self._unused = OrderedDict()

    def empty(self, size, dtype):
        """Return a vector with arbitrary values, as numpy.empty does."""
        dtype = numpy.dtype(dtype)
        needed = size * dtype.itemsize
        if needed < LARGE:
            return numpy.empty(size, dtype=dtype)
        memory = self._find(needed)
        if memory is None:
            memory = numpy.empty(needed, dtype=numpy.uint8)
        # The base of all views of this array is the array, not `memory`.
        array = numpy.frombuffer(memoryview(memory), dtype=dtype, count=size)
        weakref.finalize(array, self._take_back, memory).atexit = False
        return array

    def _find(self, needed):
        """Take the smallest unused memory that is enough, or None."""
        found = None
        for key in list(self._unused):
            memory = self._unused.get(key, ())
            if needed <= len(memory) <= 2 * needed and (
                    found is None or len(memory) < len(found)):
                found = memory
        return self._unused.pop(id(found), None)

    def _take_back(self, memory):
        self._unused[id(memory)] = memory
        while len(self._unused) > self._keep:
            self._unused.popitem(last=False)


#: Those of this process.
buffers = Buffers()
