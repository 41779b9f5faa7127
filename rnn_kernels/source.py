"""The source text of the kernels of a cell: plain Python loops.

Each cell has three functions: ``forward`` stores the values that the gradient
needs, ``predict`` does not, ``backward`` computes the gradient.

"""
from functools import lru_cache

from .backward import Backward
from .forward import Forward
from .layout import layout_of


@lru_cache(maxsize=None)
def forward_source(cell, keep):
    """Write the forward pass.

    Parameters
    ----------
    cell : :class:`~rnn_kernels.cell.Cell`
    keep : bool
        Whether to write the tape.

    Returns
    -------
    :class:`~rnn_kernels.passes.Source`

    """
    return Forward(layout_of(cell), keep).source()


@lru_cache(maxsize=None)
def backward_source(cell, connected):
    """Write the backward pass.

    Parameters
    ----------
    cell : :class:`~rnn_kernels.cell.Cell`
    connected : tuple of str
        The outputs that are not states and on which the cost depends.

    Returns
    -------
    :class:`~rnn_kernels.passes.Source`

    """
    return Backward(layout_of(cell), connected).source()
