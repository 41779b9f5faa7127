r"""Tiles: small products whose sums stay in the registers.

A step of a recurrent network multiplies a few rows by a matrix that does not
change from step to step. Each time, BLAS takes such a product apart, copies
both operands into an order that suits the processor, and splits it between
threads. Here the matrix is put into that order once, and a product is just
its innermost loop (measured: 0.56 to 0.76 of the time of BLAS in one thread
for 16 to 64 rows, 0.30 for 8 rows).

The matrix is cut into *panels* of columns, each a contiguous block with
:data:`PANEL_BYTES` in a row. A *tile* is the product of up to :data:`ROWS`
rows and one panel: for each row of the panel, every row of the left operand
contributes one number times that row of the panel. The sums stay in vector
registers from the first row to the last; the number of registers determines
the size of a tile.

"""
from typing import Any, NamedTuple

import numba
import numpy
from llvmlite import binding, ir
from numba.core import cgutils
from numba.extending import intrinsic

from .buffers import buffers
from .compiled import inlined

__all__ = ('add_panel', 'empty_panels', 'empty_scratch', 'pack',
           'pack_transposed')

#: The maximum number of rows in a tile.
ROWS = 6

#: The maximum number of rows summed over in one transposed product.
BLOCK = 256


def _panel_bytes():
    """Return the width of a panel, in bytes, that fills the registers.

    The sums of a tile are six rows of four 64-byte registers if there are 32
    of them (AVX-512), or six rows of two 32-byte registers if there are 16
    (AVX2). The 32 registers of 16 bytes of 64-bit ARM hold as much as those
    of AVX2. The width affects only the speed, never the result.

    """
    if numba.config.CPU_NAME or numba.config.CPU_FEATURES is not None:
        return 64  # compiling for a different processor
    return 256 if binding.get_host_cpu_features().get('avx512f') else 64


#: The width of a panel.
PANEL_BYTES = _panel_bytes()


def _make_tile(rows, multiply_add):
    """Make the function that multiplies some rows by a panel.

    Parameters
    ----------
    rows : int
    multiply_add : :class:`MultiplyAdd`

    """
    @intrinsic
    def tile(typing_context, left, left_start, left_stride, left_step, depth,
             panels, panel_start, panel_stride, out, out_start, out_stride):
        """Add the product with a panel to `rows` rows of `out`.

        All positions count elements in a contiguous array. The rows of the
        panel are `panel_stride` apart. The left operand advances by
        `left_step` from one row of the panel to the next, and by
        `left_stride` from one row of `out` to the next.

        """
        signature = numba.void(
            left, left_start, left_stride, left_step, depth, panels,
            panel_start, panel_stride, out, out_start, out_stride)

        def generate(context, builder, signature, arguments):
            number = context.get_value_type(left.dtype)
            size = left.dtype.bitwidth // 8
            lanes = multiply_add.part // size
            operand = ir.VectorType(number, lanes)
            total = ir.VectorType(context.get_value_type(out.dtype), lanes)
            parts = range(PANEL_BYTES // multiply_add.part)
            first = ir.Constant(ir.IntType(32), 0)

            def data(position):
                kind = signature.args[position]
                array = context.make_array(kind)(
                    context, builder, arguments[position])
                return builder.ptrtoint(array.data, ir.IntType(64))

            def at(base, offset, kind):
                return builder.inttoptr(
                    builder.add(base, builder.mul(offset, constant(size))),
                    kind.as_pointer())

            def constant(value):
                return ir.Constant(ir.IntType(64), value)

            def starts(start, stride):
                return [builder.add(start, builder.mul(stride, constant(row)))
                        for row in range(rows)]

            def in_part(start, part):
                return builder.add(start, constant(part * lanes))

            def broadcast(value):
                undefined = ir.Constant(operand, ir.Undefined)
                return builder.shuffle_vector(
                    builder.insert_element(undefined, value, first),
                    undefined,
                    ir.Constant(ir.VectorType(ir.IntType(32), lanes),
                                [0] * lanes))

            (_, left_start, left_stride, left_step, depth, _, panel_start,
             panel_stride, _, out_start, out_stride) = arguments
            left_data, panel_data, out_data = data(0), data(5), data(8)
            sums = []
            for start in starts(out_start, out_stride):
                row = []
                for part in parts:
                    address = at(out_data, in_part(start, part), total)
                    sum_ = cgutils.alloca_once(builder, total)
                    builder.store(builder.load(address, align=size), sum_)
                    row.append((address, sum_))
                sums.append(row)
            with cgutils.for_range(builder, depth) as loop:
                panel_row = builder.add(panel_start, builder.mul(
                    loop.index, panel_stride))
                weights = [builder.load(
                    at(panel_data, in_part(panel_row, part), operand),
                    align=size) for part in parts]
                offset = builder.mul(left_step, loop.index)
                for start, row in zip(starts(left_start, left_stride), sums):
                    factor = broadcast(builder.load(at(
                        left_data, builder.add(start, offset), number)))
                    for part, (_, sum_) in zip(weights, row):
                        builder.store(multiply_add.write(
                            builder, factor, part, builder.load(sum_)), sum_)
            for row in sums:
                for address, sum_ in row:
                    builder.store(builder.load(sum_), address, align=size)
            return context.get_dummy_value()

        return signature, generate
    return tile


class MultiplyAdd(NamedTuple):
    """How a tile combines a factor, some weights and their sums.

    Attributes
    ----------
    part : int
        The number of bytes of a panel's row to process at once.
    write : callable
        Takes a builder and three vectors, and returns the new sums.

    """

    part: int
    write: Any


def _fused(builder, factor, weights, total):
    """Multiply and add in one instruction."""
    vector = total.type
    intrinsic_ = cgutils.get_or_insert_function(
        builder.module, ir.FunctionType(vector, [vector] * 3),
        'llvm.fmuladd.v{}{}'.format(
            vector.count, {'float': 'f32', 'double': 'f64'}[
                str(vector.element)]))
    return builder.call(intrinsic_, [factor, weights, total])


def add_panel_by(multiply_add):
    """Make :func:`add_panel` for a kind of multiplication.

    Parameters
    ----------
    multiply_add : :class:`MultiplyAdd`

    """
    tile_1, tile_2, tile_3, tile_4, tile_5, tile_6 = (
        _make_tile(rows, multiply_add) for rows in range(1, ROWS + 1))

    @inlined
    def add_tile(rows, left, left_start, left_stride, left_step, depth,
                 panels, panel_start, panel_stride, out, out_start,
                 out_stride):
        if rows == 6:
            tile_6(left, left_start, left_stride, left_step, depth, panels,
                   panel_start, panel_stride, out, out_start, out_stride)
        elif rows == 5:
            tile_5(left, left_start, left_stride, left_step, depth, panels,
                   panel_start, panel_stride, out, out_start, out_stride)
        elif rows == 4:
            tile_4(left, left_start, left_stride, left_step, depth, panels,
                   panel_start, panel_stride, out, out_start, out_stride)
        elif rows == 3:
            tile_3(left, left_start, left_stride, left_step, depth, panels,
                   panel_start, panel_stride, out, out_start, out_stride)
        elif rows == 2:
            tile_2(left, left_start, left_stride, left_step, depth, panels,
                   panel_start, panel_stride, out, out_start, out_stride)
        else:
            tile_1(left, left_start, left_stride, left_step, depth, panels,
                   panel_start, panel_stride, out, out_start, out_stride)

    @inlined
    def add_panel(left, left_stride, left_step, depth, panel, panel_stride,
                  out, out_stride, count, inside, scratch):
        """Add the product of some rows and a panel to rows of `out`.

        All arrays are vectors that begin at their first number; strides and
        steps count elements.

        Parameters
        ----------
        left : numpy.ndarray
            `count` rows of `depth` numbers; rows are `left_stride` apart, and
            numbers `left_step`.
        panel : numpy.ndarray
            `depth` rows of :data:`PANEL_BYTES`, `panel_stride` apart.
        out : numpy.ndarray
            `count` rows of `inside` numbers, `out_stride` apart.
        inside : int
            The number of columns, at most the width of a panel.
        scratch : numpy.ndarray
            From :func:`empty_scratch`.

        """
        width = PANEL_BYTES // left.itemsize
        tiles = (count + ROWS - 1) // ROWS
        row = 0
        for number in range(tiles):
            left_over = tiles - number
            rows = (count - row + left_over - 1) // left_over
            start = row * left_stride
            if inside == width:
                add_tile(rows, left, start, left_stride, left_step, depth,
                         panel, 0, panel_stride, out, row * out_stride,
                         out_stride)
            else:
                for r in range(rows):
                    for k in range(inside):
                        scratch[r * width + k] = out[
                            (row + r) * out_stride + k]
                add_tile(rows, left, start, left_stride, left_step, depth,
                         panel, 0, panel_stride, scratch, 0, width)
                for r in range(rows):
                    for k in range(inside):
                        out[(row + r) * out_stride + k] = scratch[
                            r * width + k]
            row += rows

    return add_panel


add_panel = add_panel_by(MultiplyAdd(PANEL_BYTES, _fused))


def empty_panels(depth, columns, dtype):
    """Allocate the panels of a matrix.

    Parameters
    ----------
    depth, columns : int
        The shape of the matrix.
    dtype : dtype
        float32 or float64.

    Returns
    -------
    numpy.ndarray, shape (number of panels, depth, panel width)

    """
    width = PANEL_BYTES // numpy.dtype(dtype).itemsize
    return buffers.empty((-(-columns // width), depth, width), dtype)


@inlined
def pack(matrix, first_row, panels):
    """Put a matrix into panels.

    Parameters
    ----------
    matrix : numpy.ndarray, shape (any, columns)
    first_row : int
        The row of the panels that gets the first row of the matrix: a
        product with several stacked matrices has one set of panels.
    panels : numpy.ndarray
        From :func:`empty_panels`; the last panel is padded with zeros.

    """
    width = panels.shape[2]
    columns = matrix.shape[1]
    for row in range(len(matrix)):
        for panel in range(len(panels)):
            begin = panel * width
            inside = min(width, columns - begin)
            for k in range(inside):
                panels[panel, first_row + row, k] = matrix[row, begin + k]
            for k in range(inside, width):
                panels[panel, first_row + row, k] = 0


@inlined
def pack_transposed(matrix, panels):
    """Put the transpose of a matrix into its own panels."""
    _, depth, width = panels.shape
    columns = len(matrix)
    # A few columns at a time, so that the output stays in the cache.
    for panel in range(len(panels)):
        begin = panel * width
        inside = min(width, columns - begin)
        for first in range(0, depth, 16):
            last = min(first + 16, depth)
            for k in range(inside):
                for row in range(first, last):
                    panels[panel, row, k] = matrix[begin + k, row]
            for row in range(first, last):
                for k in range(inside, width):
                    panels[panel, row, k] = 0


def empty_scratch(dtype):
    """Allocate scratch memory for the products."""
    return numpy.empty(
        (ROWS + BLOCK, PANEL_BYTES // numpy.dtype(dtype).itemsize),
        dtype=dtype)
