"""Tiles as functions that generated code calls by address.

Compiling :mod:`~rnn_kernels.tiles` takes longer than everything else in a
cell, and numba would compile them again for each caller. So the tiles are
compiled once for each dtype, cached on disk, and called through a pointer:
arrays are passed as the address of their data.

"""
from functools import lru_cache

import numpy
from llvmlite import ir
from numba import types
from numba.core import cgutils
from numba.extending import intrinsic

from .compiled import load

#: The functions of each dtype, in the order of their addresses.
FUNCTIONS = 'add_panel', 'pack', 'pack_transposed'

#: The functions of products with rounded operands, which follow these.
ROUNDED_FUNCTIONS = FUNCTIONS + ('round_rows', 'interleave',
                                 'interleave_rounded')

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


_ROUNDED_TEXT = '''"""Tiles of pairs of bfloat16, which all kernels call.

Made by rnn_kernels.

"""
from numba import carray, float32, uint16, uint32

from rnn_kernels import pairs
from rnn_kernels.linking import pointer

compiled = []
callbacks = {'add_panel': 11, 'pack': 7, 'pack_transposed': 6,
             'round_rows': 4, 'interleave': 5, 'interleave_rounded': 5}


def add_panel(left, left_stride, left_step, depth, panel, panel_stride, out,
              out_stride, count, inside, scratch):
    pairs.add_panel(
        carray(pointer(left, uint32), (1,)), left_stride, left_step, depth,
        carray(pointer(panel, uint32), (1,)), panel_stride,
        carray(pointer(out, float32), (1,)), out_stride, count, inside,
        carray(pointer(scratch, float32), (1,)))


def pack(matrix, rows, columns, first_row, panels, depth, width):
    pairs.pack_rounded(
        carray(pointer(matrix, uint32), (rows, columns)), first_row,
        carray(pointer(panels, uint32),
               ((columns + width - 1) // width, depth, width)))


def pack_transposed(matrix, rows, columns, panels, number, width):
    pairs.pack_transposed_rounded(
        carray(pointer(matrix, uint32), (rows, columns)),
        carray(pointer(panels, uint32), (number, (columns + 1) // 2, width)))


def round_rows(left, count, depth, out):
    pairs.round_rows(
        carray(pointer(left, uint32), (count, depth)),
        carray(pointer(out, uint32), (count, (depth + 1) // 2)))


def interleave(left, count, columns, out, stride):
    pairs.interleave(
        carray(pointer(left, uint32), (count, columns)),
        carray(pointer(out, uint32), ((count + 1) // 2, stride)))


def interleave_rounded(left, count, stride, out, columns):
    pairs.interleave_rounded(
        carray(pointer(left, uint16), (count, stride)),
        carray(pointer(out, uint32), ((count + 1) // 2, columns)))
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
def addresses(dtype, rounded=False):
    """Return the addresses of :data:`FUNCTIONS`.

    Parameters
    ----------
    dtype : str
        'float32' or 'float64'.
    rounded : bool
        Whether the addresses of :data:`ROUNDED_FUNCTIONS` follow.

    Returns
    -------
    numpy.ndarray of int64

    """
    module = load(_TEXT.format(dtype=dtype))
    found = [getattr(module, name).address for name in FUNCTIONS]
    if rounded:
        module = load(_ROUNDED_TEXT)
        found += [getattr(module, name).address
                  for name in ROUNDED_FUNCTIONS]
    return numpy.array(found, dtype=numpy.int64)
