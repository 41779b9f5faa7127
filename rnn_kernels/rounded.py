"""Products whose operands are rounded to bfloat16.

A bfloat16 is the upper half of a float32: 8 bits of significand instead of
24, and the same exponents. Processors with AVX512-BF16 multiply pairs of them
and add both products to a float32, at twice the rate of float32 products.
Both operands of a product are rounded right before it, to nearest, ties to
even: the left one row by row, the matrix while it is packed into panels. All
sums, and everything outside of products, stay float32: mixed precision as in
Micikevicius et al. (2018), "Mixed Precision Training". The loss needs no
scaling, since the exponents are those of float32.

A pair is two neighbours along the axis that is summed over; if its length is
odd, the last pair ends with zero. A pair takes the 32 bits of one float32, so
the tiles are those of :mod:`~rnn_kernels.tiles`.

"""
import numpy

from .buffers import buffers
from .compiled import inlined
from .linking import ROUNDED_FUNCTIONS, call
from .product import multiply_add_matrix
from .tiles import BLOCK, PANEL_BYTES, ROWS

__all__ = ('multiply_add', 'multiply_add_matrix', 'multiply_add_rounded',
           'multiply_add_rounded_transposed', 'multiply_add_transposed',
           'pack', 'pack_transposed', 'round_rows')

#: The number of float32 in a row of a panel.
WIDTH = PANEL_BYTES // 4

#: The positions of this module's functions among the addresses.
(_ADD_PANEL, _PACK, _PACK_TRANSPOSED, _ROUND, _INTERLEAVE,
 _INTERLEAVE_ROUNDED) = range(3, 3 + len(ROUNDED_FUNCTIONS))


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
    """Allocate scratch memory for the products.

    Parameters
    ----------
    depth, columns : int
        The largest numbers of rows and columns of any matrix.

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
    depth = left.shape[1]
    rounded_rows = scratch.ctypes.data + ROWS * WIDTH * 4
    for first in range(0, count, BLOCK):
        rows = min(BLOCK, count - first)
        call(products[_ROUND], (
            left.ctypes.data + (begin + first) * depth * 4, rows, depth,
            rounded_rows))
        _multiply_add(products, rounded_rows, rows, panels, out,
                      out_begin + first, scratch)


@inlined
def multiply_add_rounded(products, left, begin, count, panels, out,
                         out_begin, scratch):
    """Like :func:`multiply_add`, with rows from :func:`round_rows`."""
    pairs = panels.shape[1]
    _multiply_add(products, left.ctypes.data + begin * pairs * 4, count,
                  panels, out, out_begin, scratch)


@inlined
def _multiply_add(products, rounded_rows, count, panels, out, out_begin,
                  scratch):
    number, pairs, width = panels.shape
    columns = out.shape[1]
    for panel in range(number):
        column = panel * width
        call(products[_ADD_PANEL], (
            rounded_rows, pairs, 1, pairs,
            panels.ctypes.data + column * pairs * 4, width,
            out.ctypes.data + (out_begin * columns + column) * 4, columns,
            count, min(width, columns - column), scratch.ctypes.data))


@inlined
def round_rows(products, left, begin, count, out, out_begin):
    """Round rows, each to a whole number of pairs.

    Parameters
    ----------
    products : numpy.ndarray
        From :func:`~rnn_kernels.linking.addresses`.
    left : numpy.ndarray of float32, shape (any, depth)
    begin, count : int
        The rows of `left` to take.
    out : numpy.ndarray
        Receives the rows one after another; a pair takes four bytes.
    out_begin : int
        The number of rows before them.

    """
    depth = left.shape[1]
    pairs = (depth + 1) // 2
    call(products[_ROUND], (left.ctypes.data + begin * depth * 4, count,
                            depth, out.ctypes.data + out_begin * pairs * 4))


@inlined
def multiply_add_transposed(products, left, begin, count, right, right_begin,
                            out, scratch):
    """See :func:`rnn_kernels.product.multiply_add_transposed`."""
    depth = out.shape[0]
    call(products[_INTERLEAVE], (
        left.ctypes.data + begin * depth * 4, count, depth,
        scratch.ctypes.data + ROWS * WIDTH * 4, depth))
    _multiply_add_transposed(products, count, right, right_begin, out,
                             scratch)


@inlined
def multiply_add_rounded_transposed(products, left, begin, count, right,
                                    right_begin, out, scratch):
    """Like multiply_add_transposed, with rows from :func:`round_rows`."""
    depth = out.shape[0]
    pairs = (depth + 1) // 2
    call(products[_INTERLEAVE_ROUNDED], (
        left.ctypes.data + begin * pairs * 4, count, 2 * pairs,
        scratch.ctypes.data + ROWS * WIDTH * 4, depth))
    _multiply_add_transposed(products, count, right, right_begin, out,
                             scratch)


@inlined
def _multiply_add_transposed(products, count, right, right_begin, out,
                             scratch):
    """Multiply once the left rows are in `scratch`."""
    depth, columns = out.shape
    pairs = (count + 1) // 2
    stride = (columns + WIDTH - 1) // WIDTH * WIDTH
    rounded_left = scratch.ctypes.data + ROWS * WIDTH * 4
    rounded_right = rounded_left + BLOCK // 2 * depth * 4
    call(products[_INTERLEAVE], (
        right.ctypes.data + right_begin * columns * 4, count, columns,
        rounded_right, stride))
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
