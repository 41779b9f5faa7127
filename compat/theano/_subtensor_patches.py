"""Changes to PyTensor's indexing, each with its reason.

:mod:`theano._pytensor_patches` installs them with the others.

"""

import functools
import sys

import numpy
from pytensor.graph.basic import Variable
from pytensor.scan.op import Scan
from pytensor.tensor.rewriting.subtensor import (
    local_add_of_sparse_write,
    local_subtensor_merge_integer,
)
from pytensor.tensor.subtensor import (
    AdvancedIncSubtensor,
    AdvancedIncSubtensor1,
    IncSubtensor,
    Subtensor,
)
from pytensor.tensor.variable import _tensor_py_operators

_getitem = _tensor_py_operators.__getitem__


def _is_basic(index):
    """Return whether an index element is a slice or a position."""
    if isinstance(index, Variable):
        return getattr(index.type, 'ndim', None) == 0
    return index is None or isinstance(index, (
        slice, int, numpy.integer)) and not isinstance(index, bool)


@functools.wraps(_getitem)
def _getitem_after_a_drop(self, args):
    """Drop axes of length one after those that an index with None names.

    ``column[:, None]`` has two axes in Theano. Scripts rely on this to mask a
    state by ``m[:, None] * h``, whether `m` is a vector or a column. An
    Ellipsis names all axes.

    """
    index = args if isinstance(args, tuple) else (args,)
    if any(element is None for element in index) and (
            all(map(_is_basic, index))):
        named = sum(element is not None for element in index)
        rest = self.type.broadcastable[named:]
        caller = sys._getframe(1).f_globals.get('__name__', '')
        # PyTensor's own code indexes as NumPy does.
        if rest and all(rest) and not caller.startswith('pytensor.'):
            self = self.dimshuffle(list(range(named)))
    return _getitem(self, args)


_add_of_sparse_write = local_add_of_sparse_write.fn


@functools.wraps(_add_of_sparse_write)
def _add_where_shapes_are_equal(fgraph, node):
    """Turn ``x + zeros[i].set(v)`` into ``x[i].inc(v)`` if they are equal.

    They are not if `x` or the zeros broadcast, nor if an array of indices
    repeats some.

    """
    pattern = node.outputs[0].type.broadcastable
    for term in node.inputs:
        op = term.owner.op if term.owner else None
        if term.type.broadcastable != pattern or isinstance(
                op, (AdvancedIncSubtensor, AdvancedIncSubtensor1)
        ) and op.set_instead_of_inc:
            return None
    return _add_of_sparse_write(fgraph, node)


_merge_integer = local_subtensor_merge_integer.fn


@functools.wraps(_merge_integer)
def _merge_integer_of_loops(fgraph, node):
    """Turn ``x[1:][-1]`` into ``x[-1]`` only for results of loops.

    Others may be too short: x[1:][-1] of one element is an IndexError. The
    results of loops are as long as the steps and the initial states; without
    the rewrite, all steps would stay in memory although only the last is
    needed.

    """
    inner = node.inputs[0].owner
    if inner is None or not isinstance(inner.op, Subtensor):
        return None
    made_by = inner.inputs[0].owner
    if made_by is None or not isinstance(made_by.op, Scan):
        return None
    return _merge_integer(fgraph, node)


_init = IncSubtensor.__init__


@functools.wraps(_init)
def _init_with_pairs(self, idx_list, inplace=False, set_instead_of_inc=False,
                     destroyhandler_tolerate_aliased=None):
    """Store the pairs as tuples, so that operations can be compared."""
    _init(self, idx_list, inplace, set_instead_of_inc,
          [tuple(pair) for pair in destroyhandler_tolerate_aliased or ()])


def apply_all():
    """Install every patch of indexing."""
    # In Theano an index with None drops axes.
    _tensor_py_operators.__getitem__ = _getitem_after_a_drop
    # A rewrite of sums treats broadcast terms as terms of full shape.
    local_add_of_sparse_write.fn = _add_where_shapes_are_equal
    # A rewrite of an index into a slice assumes that it is within bounds.
    local_subtensor_merge_integer.fn = _merge_integer_of_loops
    # With tolerate_inplace_aliasing inc_subtensor has no hash.
    IncSubtensor.__init__ = _init_with_pairs
