"""Compute with a small cell, in a process of its own.

Prints whether the result is right, how much was compiled, and the folder.
With an argument, no file may have more bytes than that, as on a full disk.

"""
import signal
import sys

import numba
import numpy

from rnn_kernels import compiled, kernel
from tests.rnn_kernels.plain import compute
from tests.rnn_kernels.steps import STEPS


def main(most=None):
    """Compute running totals, forward and backward."""
    if most is not None:
        import resource
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (int(most),) * 2)
    # This cell has no products, which take longest to compile.
    kernel.addresses = lambda dtype, rounded=False: numpy.zeros(
        4, dtype='int64')
    cell = STEPS['total'].cells('float64')[0].general
    started = []
    numba.core.event.register('numba:compile', Recorder(started))
    arrays, outputs, _, _ = compute(cell, (4, 2), numpy.random.RandomState(0))
    sums = arrays['sums']
    for row, mask in zip(arrays['inputs'].reshape(4, 2, 5),
                         arrays['mask'].reshape(4, 2, 1)):
        new = sums * arrays['scale'] + row.sum(axis=1, keepdims=True)
        sums = mask * new + (1 - mask) * sums
    numpy.testing.assert_allclose(outputs['sums'][-2:], sums, rtol=1e-11)
    print('right', len(started), compiled.cache_folder())


class Recorder(numba.core.event.Listener):
    """Counts compilations."""

    def __init__(self, started):
        self._started = started

    def on_start(self, event):
        self._started.append(event)

    def on_end(self, event):
        pass


if __name__ == '__main__':
    main(*sys.argv[1:])
