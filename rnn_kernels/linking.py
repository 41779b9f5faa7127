"""Tiles as functions that made code calls by their address.

Compiling :mod:`~rnn_kernels.tiles` takes longer than all else that a cell
needs, and a compiled function is compiled again with each that calls it. So
for each dtype the tiles are compiled once, kept on disk, and called through
a pointer: arrays are passed as the address of their data.

"""
from functools import lru_cache

import numpy
from llvmlite import ir
from numba import types
from numba.core import cgutils
from numba.extending import intrinsic

from .compiled import load

#: The functions, in the order of their addresses.
FUNCTIONS = 'add_panel', 'pack', 'pack_transposed'

_TEXT = '''"""Tiles of {dtype} numbers, which all kernels call.

Made by rnn_kernels.

"""
from numba import carray, float32, float64

from rnn_kernels import tiles
from rnn_kernels.linking import pointer

compiled = []
callbacks = {{'add_panel': 11, 'pack': 7, 'pack_transposed': 6}}


def add_panel(left, left_stride, left_step, depth, panel, panel_stride, out,
              out_stride, count, inside, scratch):
    tiles.add_panel(
        carray(pointer(left, {dtype}), (1,)), left_stride, left_step, depth,
        carray(pointer(panel, {dtype}), (1,)), panel_stride,
        carray(pointer(out, {dtype}), (1,)), out_stride, count, inside,
        carray(pointer(scratch, {dtype}), (1,)))


def pack(matrix, rows, columns, first_row, panels, depth, width):
    tiles.pack(
        carray(pointer(matrix, {dtype}), (rows, columns)), first_row,
        carray(pointer(panels, {dtype}),
               ((columns + width - 1) // width, depth, width)))


def pack_transposed(matrix, rows, columns, panels, number, width):
    tiles.pack_transposed(
        carray(pointer(matrix, {dtype}), (rows, columns)),
        carray(pointer(panels, {dtype}), (number, columns, width)))
'''


@intrinsic
def pointer(typing_context, address, dtype):
    """Return a pointer to numbers of a type at an address."""
    def generate(context, builder, signature, arguments):
        return builder.inttoptr(
            arguments[0], context.get_value_type(signature.return_type))
    return types.CPointer(dtype.dtype)(address, dtype), generate


@intrinsic
def call(typing_context, address, arguments):
    """Call the function at an address with a tuple of int64."""
    def generate(context, builder, signature, values):
        address, tuple_ = values
        integer = ir.IntType(64)
        numbers = [
            value if value.type == integer else builder.sext(value, integer)
            for value in cgutils.unpack_tuple(builder, tuple_)]
        kind = ir.FunctionType(ir.VoidType(), [integer] * len(numbers))
        builder.call(builder.inttoptr(address, kind.as_pointer()), numbers)
        return context.get_dummy_value()
    return types.void(address, arguments), generate


@lru_cache(maxsize=None)
def addresses(dtype):
    """Return the addresses of :data:`FUNCTIONS`.

    Parameters
    ----------
    dtype : str
        'float32' or 'float64'.

    Returns
    -------
    numpy.ndarray of int64

    """
    module = load(_TEXT.format(dtype=dtype))
    return numpy.array([getattr(module, name).address for name in FUNCTIONS],
                       dtype=numpy.int64)
