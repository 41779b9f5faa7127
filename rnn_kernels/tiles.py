r"""Tiles: small products whose sums stay in the registers.

A step of a recurrent network multiplies few rows by a matrix that does not
change from step to step. BLAS takes such a product apart, copies both
operands into an order that suits the processor, and splits it between
threads, every time. Here the matrix is put into that order once, and a
product is nothing but its innermost loop (measured: 0.56 to 0.76 of the time
of BLAS in one thread for 16 to 64 rows, 0.30 for 8 rows).

The matrix is cut into *panels* of columns, each a contiguous block with
:data:`PANEL_BYTES` in a row. A *tile* is the product of up to :data:`ROWS`
rows and one panel: for each row of the panel, every row of the left operand
contributes one number times that row of the panel. The sums stay in vector
registers from the first to the last; how many registers there are decides
the size of a tile.

"""
import numba
import numpy
from llvmlite import binding, ir
from numba.core import cgutils
from numba.extending import intrinsic

from .buffers import buffers
from .compiled import inlined

__all__ = ('add_panel', 'empty_panels', 'empty_scratch', 'pack',
           'pack_transposed')

#: The most rows in a tile.
ROWS = 6

#: The most rows of which a product with their transpose is made at once.
BLOCK = 256


def _panel_bytes():
    """Return how many bytes of a row of a panel fill the registers.

    Six rows of four 64-byte registers are the sums of a tile where there
    are 32 of them (AVX-512), six rows of two 32-byte registers where there
    are 16 (AVX2). The 32 registers of 16 bytes of 64-bit ARM take the same
    as AVX2. Wider or narrower than the processor likes, the result is the
    same.

    """
    if numba.config.CPU_NAME or numba.config.CPU_FEATURES is not None:
        return 64  # compiling for another processor than that at hand
    return 256 if binding.get_host_cpu_features().get('avx512f') else 64


#: The width of a panel.
PANEL_BYTES = _panel_bytes()


def _make_tile(rows):
    @intrinsic
    def tile(typing_context, left, left_start, left_stride, left_step, depth,
             panels, panel_start, panel_stride, out, out_start, out_stride):
        """Add to `rows` rows of `out` the product with a panel.

        All positions are numbers of elements in a contiguous array. The
        rows of the panel are `panel_stride` from each other; from one to
        the next, the left operand goes on by `left_step`, and from one row
        of `out` to the next by `left_stride`.

        """
        lanes = PANEL_BYTES * 8 // left.dtype.bitwidth
        signature = numba.void(
            left, left_start, left_stride, left_step, depth, panels,
            panel_start, panel_stride, out, out_start, out_stride)

        def generate(context, builder, signature, arguments):
            number = context.get_value_type(left.dtype)
            vector = ir.VectorType(number, lanes)
            alignment = left.dtype.bitwidth // 8
            first = ir.Constant(ir.IntType(32), 0)

            def data(position):
                kind = signature.args[position]
                array = context.make_array(kind)(
                    context, builder, arguments[position])
                return builder.ptrtoint(array.data, ir.IntType(64))

            def at(base, offset, kind):
                size = ir.Constant(ir.IntType(64), alignment)
                return builder.inttoptr(
                    builder.add(base, builder.mul(offset, size)),
                    kind.as_pointer())

            def constant(value):
                return ir.Constant(ir.IntType(64), value)

            def row_starts(start, stride):
                return [builder.add(start, builder.mul(stride, constant(row)))
                        for row in range(rows)]

            def broadcast(value):
                undefined = ir.Constant(vector, ir.Undefined)
                return builder.shuffle_vector(
                    builder.insert_element(undefined, value, first),
                    undefined,
                    ir.Constant(ir.VectorType(ir.IntType(32), lanes),
                                [0] * lanes))

            (_, left_start, left_stride, left_step, depth, _, panel_start,
             panel_stride, _, out_start, out_stride) = arguments
            left_data, panel_data, out_data = data(0), data(5), data(8)
            sums = []
            for start in row_starts(out_start, out_stride):
                address = at(out_data, start, vector)
                total = cgutils.alloca_once(builder, vector)
                builder.store(builder.load(address, align=alignment), total)
                sums.append((address, total))
            multiply_add = cgutils.get_or_insert_function(
                builder.module, ir.FunctionType(vector, [vector] * 3),
                'llvm.fmuladd.v{}f{}'.format(lanes, left.dtype.bitwidth))
            starts = row_starts(left_start, left_stride)
            with cgutils.for_range(builder, depth) as loop:
                weights = builder.load(
                    at(panel_data, builder.add(panel_start, builder.mul(
                        loop.index, panel_stride)), vector),
                    align=alignment)
                offset = builder.mul(left_step, loop.index)
                for start, (_, total) in zip(starts, sums):
                    factor = broadcast(builder.load(at(
                        left_data, builder.add(start, offset), number)))
                    builder.store(builder.call(multiply_add, [
                        factor, weights, builder.load(total)]), total)
            for address, total in sums:
                builder.store(builder.load(total), address, align=alignment)
            return context.get_dummy_value()

        return signature, generate
    return tile


_tile_1, _tile_2, _tile_3, _tile_4, _tile_5, _tile_6 = (
    _make_tile(rows) for rows in range(1, ROWS + 1))


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
        The row of the panels for the first of the matrix: a product with
        several matrices on top of each other has one set of panels.
    panels : numpy.ndarray
        From :func:`empty_panels`; the last panel is filled up with zeros.

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
    """Put the transpose of a matrix into panels of its own."""
    _, depth, width = panels.shape
    columns = len(matrix)
    # A few columns at a time, so that what is written stays in the cache.
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
    """Allocate what the products need beside their operands."""
    return numpy.empty(
        (ROWS + BLOCK, PANEL_BYTES // numpy.dtype(dtype).itemsize),
        dtype=dtype)


@inlined
def add_panel(left, left_stride, left_step, depth, panel, panel_stride, out,
              out_stride, count, inside, scratch):
    """Add the product of some rows and a panel to rows of `out`.

    All arrays are vectors that begin where the first number is; strides and
    steps are numbers of elements.

    Parameters
    ----------
    left : numpy.ndarray
        `count` rows of `depth` numbers: `left_stride` lies between one row
        and the next, `left_step` between one number and the next.
    panel : numpy.ndarray
        `depth` rows of :data:`PANEL_BYTES`, each `panel_stride` after the
        one before.
    out : numpy.ndarray
        `count` rows of `inside` numbers, each `out_stride` after the one
        before.
    inside : int
        How many columns there are, at most the width of a panel.
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
            _add_tile(rows, left, start, left_stride, left_step, depth,
                      panel, 0, panel_stride, out, row * out_stride,
                      out_stride)
        else:
            for r in range(rows):
                for k in range(inside):
                    scratch[r * width + k] = out[(row + r) * out_stride + k]
            _add_tile(rows, left, start, left_stride, left_step, depth,
                      panel, 0, panel_stride, scratch, 0, width)
            for r in range(rows):
                for k in range(inside):
                    out[(row + r) * out_stride + k] = scratch[r * width + k]
        row += rows


@inlined
def _add_tile(rows, left, left_start, left_stride, left_step, depth, panels,
              panel_start, panel_stride, out, out_start, out_stride):
    if rows == 6:
        _tile_6(left, left_start, left_stride, left_step, depth, panels,
                panel_start, panel_stride, out, out_start, out_stride)
    elif rows == 5:
        _tile_5(left, left_start, left_stride, left_step, depth, panels,
                panel_start, panel_stride, out, out_start, out_stride)
    elif rows == 4:
        _tile_4(left, left_start, left_stride, left_step, depth, panels,
                panel_start, panel_stride, out, out_start, out_stride)
    elif rows == 3:
        _tile_3(left, left_start, left_stride, left_step, depth, panels,
                panel_start, panel_stride, out, out_start, out_stride)
    elif rows == 2:
        _tile_2(left, left_start, left_stride, left_step, depth, panels,
                panel_start, panel_stride, out, out_start, out_stride)
    else:
        _tile_1(left, left_start, left_stride, left_step, depth, panels,
                panel_start, panel_stride, out, out_start, out_stride)
