"""Making, packing and multiplying pairs of bfloat16.

These are the tiles of :mod:`~rnn_kernels.rounded`. Like those of
:mod:`~rnn_kernels.tiles`, they are compiled once and called by address, see
:mod:`~rnn_kernels.linking`. All arrays hold the bits of numbers as uint32.

"""
import numba
import numpy
from llvmlite import binding, ir
from numba import types
from numba.core import cgutils
from numba.extending import intrinsic

from .compiled import inlined
from .tiles import MultiplyAdd, add_panel_by


class _BFloat(ir.Type):
    """LLVM's bfloat16 type, which llvmlite lacks."""

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
    """Round two float32 and pack them into one uint32.

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
            # Rounding NaN up could make it infinity or zero.
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
def beside(first, second):
    """Pack two uint16 into one uint32, the first in the lower bits."""
    return numba.uint32(first) | (numba.uint32(second) << numba.uint32(16))


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
    """Round rows, and interleave each two of them number by number.

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
def interleave_rounded(left, out):
    """Interleave each two of the rows, which are rounded already.

    Parameters
    ----------
    left : numpy.ndarray of uint16, shape (count, at least columns)
        Rows from :func:`round_rows`.
    out : numpy.ndarray of uint32, shape (pairs, columns)

    """
    count, columns = len(left), out.shape[1]
    for row in range(count // 2):
        for k in range(columns):
            out[row, k] = beside(left[2 * row, k], left[2 * row + 1, k])
    if count % 2:
        for k in range(columns):
            out[count // 2, k] = beside(left[count - 1, k], numba.uint16(0))


@inlined
def pack_rounded(matrix, first_row, panels):
    """See :func:`rnn_kernels.tiles.pack`.

    If a matrix begins or ends inside a pair, the upper row comes first.

    Parameters
    ----------
    matrix : numpy.ndarray of uint32, shape (rows, columns)
    first_row : int
    panels : numpy.ndarray of uint32, shape (panels, pairs, width)

    """
    number, _, width = panels.shape
    rows, columns = matrix.shape
    zero = numba.uint32(0)
    before = first_row % 2 if rows else 0
    if before:
        for k in range(columns):
            panels[k // width, first_row // 2, k % width] |= pair(
                zero, matrix[0, k])
    at = (first_row + before) // 2
    # Row by row, in the order of the matrix's memory: measured 0.4 of the
    # time it takes panel by panel.
    for n in range((rows - before) // 2):
        row = before + 2 * n
        for panel in range(number):
            begin = panel * width
            for k in range(min(width, columns - begin)):
                panels[panel, at + n, k] = pair(
                    matrix[row, begin + k], matrix[row + 1, begin + k])
    if (rows - before) % 2:
        for k in range(columns):
            panels[k // width, first_row // 2 + (rows + before) // 2,
                   k % width] = pair(matrix[rows - 1, k], zero)
    for row in range(first_row // 2, (first_row + rows + 1) // 2):
        for k in range(columns - (number - 1) * width, width):
            panels[number - 1, row, k] = 0


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
    # A few pairs of each column at a time: vector instructions round them,
    # and they are stored while still in the cache.
    room = numpy.empty((width, 16), numpy.uint32)
    for panel in range(number):
        begin = panel * width
        inside = min(width, columns - begin)
        for first in range(0, pairs, 16):
            last = min(first + 16, pairs)
            whole = min(last, depth // 2)
            for k in range(inside):
                for n in range(whole - first):
                    room[k, n] = pair(
                        matrix[begin + k, 2 * (first + n)],
                        matrix[begin + k, 2 * (first + n) + 1])
                if whole < last:
                    room[k, whole - first] = pair(
                        matrix[begin + k, depth - 1], numba.uint32(0))
            for n in range(last - first):
                for k in range(inside):
                    panels[panel, first + n, k] = room[k, n]
                for k in range(inside, width):
                    panels[panel, first + n, k] = 0
