"""Products as functions that made code calls by their address.

Compiling the tiles of :mod:`~rnn_kernels.product` takes longer than all else
that a cell needs, and a compiled function is compiled again with each that
calls it. So for each dtype the products are compiled once, kept on disk, and
called through a pointer: arrays are passed as the address of their data and
the lengths of their axes.

"""
from functools import lru_cache

import numpy
from llvmlite import ir
from numba import types
from numba.core import cgutils
from numba.extending import intrinsic

from .compiled import inlined, load

__all__ = ('multiply_add', 'multiply_add_transposed', 'pack',
           'pack_transposed')

_TEXT = '''"""Products of {dtype} arrays, which all kernels call.

Made by rnn_kernels.

"""
from numba import carray, float32, float64

from rnn_kernels import product
from rnn_kernels.linking import pointer

compiled = []
callbacks = {{'multiply_add': 11, 'multiply_add_transposed': 11, 'pack': 7,
             'pack_transposed': 6}}


def multiply_add(left, begin, count, panels, number, depth, width, out,
                 out_begin, columns, scratch):
    product.multiply_add(
        carray(pointer(left, {dtype}), (1, depth)), begin, count,
        carray(pointer(panels, {dtype}), (number, depth, width)),
        carray(pointer(out, {dtype}), (1, columns)), out_begin,
        carray(pointer(scratch, {dtype}), (1, width)))


def multiply_add_transposed(left, depth, begin, count, right, columns,
                            right_begin, out, scratch, scratch_rows, width):
    product.multiply_add_transposed(
        carray(pointer(left, {dtype}), (1, depth)), begin, count,
        carray(pointer(right, {dtype}), (1, columns)), right_begin,
        carray(pointer(out, {dtype}), (depth, columns)),
        carray(pointer(scratch, {dtype}), (scratch_rows, width)))


def pack(matrix, rows, columns, first_row, panels, depth, width):
    product.pack(
        carray(pointer(matrix, {dtype}), (rows, columns)), first_row,
        carray(pointer(panels, {dtype}),
               ((columns + width - 1) // width, depth, width)))


def pack_transposed(matrix, rows, columns, panels, number, width):
    product.pack_transposed(
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
def _call(typing_context, address, arguments):
    """Call the function at an address with a tuple of int64."""
    def generate(context, builder, signature, values):
        address, tuple_ = values
        integer = ir.IntType(64)
        numbers = cgutils.unpack_tuple(builder, tuple_)
        kind = ir.FunctionType(ir.VoidType(), [integer] * len(numbers))
        builder.call(builder.inttoptr(address, kind.as_pointer()), numbers)
        return context.get_dummy_value()
    return types.void(address, arguments), generate


@lru_cache(maxsize=None)
def addresses(dtype):
    """Return the addresses of the products, in the order of ``__all__``.

    Parameters
    ----------
    dtype : str
        'float32' or 'float64'.

    Returns
    -------
    numpy.ndarray of int64

    """
    module = load(_TEXT.format(dtype=dtype))
    return numpy.array([getattr(module, name).address for name in __all__],
                       dtype=numpy.int64)


@inlined
def multiply_add(products, left, begin, count, panels, out, out_begin,
                 scratch):
    """See :func:`rnn_kernels.product.multiply_add`."""
    number, depth, width = panels.shape
    _call(products[0], (
        left.ctypes.data, begin, count, panels.ctypes.data, number, depth,
        width, out.ctypes.data, out_begin, out.shape[1],
        scratch.ctypes.data))


@inlined
def multiply_add_transposed(products, left, begin, count, right, right_begin,
                            out, scratch):
    """See :func:`rnn_kernels.product.multiply_add_transposed`."""
    depth, columns = out.shape
    _call(products[1], (
        left.ctypes.data, depth, begin, count, right.ctypes.data, columns,
        right_begin, out.ctypes.data, scratch.ctypes.data, scratch.shape[0],
        scratch.shape[1]))


@inlined
def pack(products, matrix, first_row, panels):
    """See :func:`rnn_kernels.product.pack`."""
    rows, columns = matrix.shape
    _, depth, width = panels.shape
    _call(products[2], (matrix.ctypes.data, rows, columns, first_row,
                        panels.ctypes.data, depth, width))


@inlined
def pack_transposed(products, matrix, panels):
    """See :func:`rnn_kernels.product.pack_transposed`."""
    rows, columns = matrix.shape
    number, _, width = panels.shape
    _call(products[3], (matrix.ctypes.data, rows, columns,
                        panels.ctypes.data, number, width))
