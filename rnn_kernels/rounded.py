"""Products whose operands are rounded to bfloat16.

A bfloat16 is the upper half of a float32: 8 bits of the significand instead
of 24, and the same exponents. Processors with AVX512-BF16 multiply pairs of
them and add both products to a float32, twice as many a second as they
multiply float32. Both operands of a product are rounded, to the nearest and
to the even one of two, right before it: the left one row by row, the matrix
as it is put into panels. All sums, and everything outside of products, stay
float32: mixed precision as in Micikevicius et al. (2018), "Mixed Precision
Training". The scale of the loss does not matter, since the exponents are
those of float32.

The pairs are two neighbours along the axis that is summed over; where its
length is odd, the last pair ends with zero. A pair takes the 32 bits of one
float32, so that the tiles are those of :mod:`~rnn_kernels.tiles`.

"""
import numba
import numpy
from llvmlite import binding, ir
from numba import types
from numba.core import cgutils
from numba.extending import intrinsic

from .buffers import buffers
from .compiled import inlined
from .linking import call
from .product import multiply_add_matrix
from .tiles import BLOCK, PANEL_BYTES, ROWS, MultiplyAdd, add_panel_by

__all__ = ('multiply_add', 'multiply_add_matrix', 'multiply_add_transposed',
           'pack', 'pack_transposed')

#: How many float32 fill a row of a panel.
WIDTH = PANEL_BYTES // 4

#: Where the functions of this module are among the addresses.
_ADD_PANEL, _PACK, _PACK_TRANSPOSED, _ROUND, _INTERLEAVE = range(3, 8)


def supported():
    """Whether the processor multiplies pairs of bfloat16."""
    if numba.config.CPU_NAME or numba.config.CPU_FEATURES is not None:
        return False  # compiling for another processor than that at hand
    return bool(binding.get_host_cpu_features().get('avx512bf16'))


class _BFloat(ir.Type):
    """LLVM's type of bfloat16, which llvmlite does not have."""

    def _to_string(self):
        return 'bfloat'

    def __eq__(self, other):
        return isinstance(other, type(self))

    def __hash__(self):
        return hash(type(self))


def _add_pairs(builder, factor, weights, total):
    """Add the products of both members of pairs."""
    if binding.llvm_version_info[0] >= 16:
        pairs = ir.VectorType(_BFloat(), 2 * total.type.count)
        factor = builder.bitcast(factor, pairs)
        weights = builder.bitcast(weights, pairs)
    instruction = cgutils.get_or_insert_function(
        builder.module, ir.FunctionType(
            total.type, [total.type, factor.type, weights.type]),
        'llvm.x86.avx512bf16.dpbf16ps.512')
    return builder.call(instruction, [total, factor, weights])


add_panel = add_panel_by(MultiplyAdd(64, _add_pairs))


@intrinsic
def pair(typing_context, first, second):
    """Round two float32, and put one beside the other.

    Parameters
    ----------
    first, second : uint32
        All bits of the numbers.

    Returns
    -------
    uint32

    """
    def generate(context, builder, signature, arguments):
        kind = arguments[0].type

        def number(value):
            return ir.Constant(kind, value)

        def rounded(bits):
            lowest = builder.and_(builder.lshr(bits, number(16)), number(1))
            nearest = builder.add(bits, builder.add(number(0x7fff), lowest))
            # To round NaN up might make it infinite, or zero.
            is_nan = builder.icmp_unsigned(
                '>', builder.and_(bits, number(0x7fffffff)),
                number(0x7f800000))
            return builder.lshr(builder.select(
                is_nan, builder.or_(bits, number(0x400000)), nearest),
                number(16))
        return builder.or_(rounded(arguments[0]), builder.shl(
            rounded(arguments[1]), number(16)))
    return types.uint32(types.uint32, types.uint32), generate


@inlined
def round_rows(left, out):
    """Round rows, each to a whole number of pairs.

    Parameters
    ----------
    left : numpy.ndarray of uint32, shape (count, depth)
        The bits of float32.
    out : numpy.ndarray of uint32, shape (count, pairs)

    """
    count, depth = left.shape
    for row in range(count):
        for k in range(depth // 2):
            out[row, k] = pair(left[row, 2 * k], left[row, 2 * k + 1])
        if depth % 2:
            out[row, depth // 2] = pair(left[row, depth - 1],
                                        numba.uint32(0))


@inlined
def interleave(left, out):
    """Round rows, and put each two of them side by side, number by number.

    Parameters
    ----------
    left : numpy.ndarray of uint32, shape (count, columns)
        The bits of float32.
    out : numpy.ndarray of uint32, shape (pairs, at least columns)

    """
    count, columns = left.shape
    for row in range(count // 2):
        for k in range(columns):
            out[row, k] = pair(left[2 * row, k], left[2 * row + 1, k])
    if count % 2:
        for k in range(columns):
            out[count // 2, k] = pair(left[count - 1, k], numba.uint32(0))


@inlined
def pack_rounded(matrix, first_row, panels):
    """See :func:`rnn_kernels.tiles.pack`.

    Where a matrix begins or ends inside of a pair, what is above comes first.

    Parameters
    ----------
    matrix : numpy.ndarray of uint32, shape (rows, columns)
    first_row : int
    panels : numpy.ndarray of uint32, shape (panels, pairs, width)

    """
    number, _, width = panels.shape
    rows, columns = matrix.shape
    zero = numba.uint32(0)
    for panel in range(number):
        begin = panel * width
        inside = min(width, columns - begin)
        for k in range(inside, width):
            for row in range(first_row // 2, (first_row + rows + 1) // 2):
                panels[panel, row, k] = 0
        row = 0
        if first_row % 2 and rows:
            for k in range(inside):
                panels[panel, first_row // 2, k] |= pair(
                    zero, matrix[0, begin + k])
            row = 1
        at = (first_row + row) // 2
        for n in range((rows - row) // 2):
            for k in range(inside):
                panels[panel, at + n, k] = pair(
                    matrix[row + 2 * n, begin + k],
                    matrix[row + 2 * n + 1, begin + k])
        if (rows - row) % 2:
            for k in range(inside):
                panels[panel, at + (rows - row) // 2, k] = pair(
                    matrix[rows - 1, begin + k], zero)


@inlined
def pack_transposed_rounded(matrix, panels):
    """See :func:`rnn_kernels.tiles.pack_transposed`.

    Parameters
    ----------
    matrix : numpy.ndarray of uint32, shape (columns, depth)
    panels : numpy.ndarray of uint32, shape (panels, pairs, width)

    """
    number, pairs, width = panels.shape
    columns, depth = matrix.shape
    # A few columns at a time, so that what is written stays in the cache.
    for panel in range(number):
        begin = panel * width
        inside = min(width, columns - begin)
        for first in range(0, pairs, 16):
            last = min(first + 16, pairs)
            for k in range(inside):
                for at in range(first, last):
                    panels[panel, at, k] = pair(
                        matrix[begin + k, 2 * at],
                        matrix[begin + k, 2 * at + 1]
                        if 2 * at + 1 < depth else numba.uint32(0))
            for at in range(first, last):
                for k in range(inside, width):
                    panels[panel, at, k] = 0


def empty_panels(depth, columns):
    """Allocate the panels of a matrix.

    Parameters
    ----------
    depth, columns : int
        The shape of the matrix.

    Returns
    -------
    numpy.ndarray of uint32, shape (number of panels, pairs, panel width)

    """
    return buffers.empty(
        (-(-columns // WIDTH), (depth + 1) // 2, WIDTH), numpy.uint32)


def empty_scratch(depth, columns):
    """Allocate what the products need beside their operands.

    Parameters
    ----------
    depth, columns : int
        The most rows, and the most columns, of all matrices.

    Returns
    -------
    numpy.ndarray of float32, shape (rows, panel width)

    """
    pairs = BLOCK // 2 * (depth + columns + WIDTH + 2)
    return numpy.empty((ROWS + -(-pairs // WIDTH), WIDTH), numpy.float32)


@inlined
def multiply_add(products, left, begin, count, panels, out, out_begin,
                 scratch):
    """See :func:`rnn_kernels.product.multiply_add`."""
    number, pairs, width = panels.shape
    depth = left.shape[1]
    columns = out.shape[1]
    rounded_rows = scratch.ctypes.data + ROWS * width * 4
    for first in range(0, count, BLOCK):
        rows = min(BLOCK, count - first)
        call(products[_ROUND], (
            left.ctypes.data + (begin + first) * depth * 4, rows, depth,
            rounded_rows))
        for panel in range(number):
            column = panel * width
            call(products[_ADD_PANEL], (
                rounded_rows, pairs, 1, pairs,
                panels.ctypes.data + column * pairs * 4, width,
                out.ctypes.data +
                ((out_begin + first) * columns + column) * 4, columns, rows,
                min(width, columns - column), scratch.ctypes.data))


@inlined
def multiply_add_transposed(products, left, begin, count, right, right_begin,
                            out, scratch):
    """See :func:`rnn_kernels.product.multiply_add_transposed`."""
    depth, columns = out.shape
    pairs = (count + 1) // 2
    stride = (columns + WIDTH - 1) // WIDTH * WIDTH
    rounded_right = scratch.ctypes.data + ROWS * WIDTH * 4
    rounded_left = rounded_right + BLOCK // 2 * stride * 4
    call(products[_INTERLEAVE], (
        right.ctypes.data + right_begin * columns * 4, count, columns,
        rounded_right, stride))
    call(products[_INTERLEAVE], (
        left.ctypes.data + begin * depth * 4, count, depth, rounded_left,
        depth))
    for column in range(0, columns, WIDTH):
        call(products[_ADD_PANEL], (
            rounded_left, 1, depth, pairs, rounded_right + column * 4, stride,
            out.ctypes.data + column * 4, columns, depth,
            min(WIDTH, columns - column), scratch.ctypes.data))


@inlined
def pack(products, matrix, first_row, panels):
    """See :func:`rnn_kernels.tiles.pack`."""
    rows, columns = matrix.shape
    _, pairs, width = panels.shape
    call(products[_PACK], (matrix.ctypes.data, rows, columns, first_row,
                           panels.ctypes.data, pairs, width))


@inlined
def pack_transposed(products, matrix, panels):
    """See :func:`rnn_kernels.tiles.pack_transposed`."""
    rows, columns = matrix.shape
    number, _, width = panels.shape
    call(products[_PACK_TRANSPOSED], (
        matrix.ctypes.data, rows, columns, panels.ctypes.data, number, width))
