"""A mode that calls user functions around every operation."""

from pytensor.compile.debug.monitormode import (
    MonitorMode as _BackendMonitorMode,
)
from pytensor.compile.debug.monitormode import detect_nan as _detect_nan
from pytensor.link.basic import PerformLinker, WrapLinkerMany

__all__ = ['MonitorMode', 'detect_nan']


class MonitorMode(_BackendMonitorMode):
    """Calls functions before and after each operation of a graph.

    Operations run in Python.

    Parameters
    ----------
    pre_func, post_func : callable, optional
        Called with the number of the operation, the node and the function
        that computes it, whose attributes ``inputs`` and ``outputs`` are
        lists of cells that hold the values.
    optimizer : str or Query
        The rewrites to apply to the graph.
    linker : None
        Needed only to copy modes.

    """

    def __init__(self, pre_func=None, post_func=None, optimizer='default',
                 linker=None):
        super().__init__(pre_func, post_func, optimizer, linker)
        self.linker = WrapLinkerMany([PerformLinker()], [self.eval])

    def eval(self, fgraph, i, node, fn):
        """Compute a node; call one function before and one after it."""
        if self.pre_func is not None:
            self.pre_func(i, node, fn)
        fn()
        if self.post_func is not None:
            self.post_func(i, node, fn)


def detect_nan(i, node, fn):
    """Print a node, its inputs and outputs if an output contains NaN.

    A ``post_func`` of :class:`MonitorMode`.

    """
    _detect_nan(None, i, node, fn)
