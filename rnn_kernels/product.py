"""Products of rows and matrices for generated code.

A product iterates over the panels of a matrix and calls
:func:`~rnn_kernels.tiles.add_panel` for each, by the address that
:mod:`~rnn_kernels.linking` returns for its dtype. If a matrix is used in only
a few products, as when a network generates one symbol after another,
:func:`multiply_add_matrix` reads it in place.

"""
from .compiled import inlined
from .linking import call
from .tiles import PANEL_BYTES, ROWS

__all__ = ('multiply_add', 'multiply_add_matrix', 'multiply_add_transposed',
           'pack', 'pack_transposed')


@inlined
def multiply_add(products, left, begin, count, panels, out, out_begin,
                 scratch):
    """Add ``left[begin:begin + count] @ matrix`` to rows of `out`.

    Parameters
    ----------
    products : numpy.ndarray
        From :func:`~rnn_kernels.linking.addresses`.
    left : numpy.ndarray, shape (any, K)
    begin, count : int
        The rows of `left` to take.
    panels : numpy.ndarray
        A matrix from :func:`pack`.
    out : numpy.ndarray, shape (any, columns)
        May have fewer columns than all panels together.
    out_begin : int
        The first row of `out` to add to.
    scratch : numpy.ndarray
        From :func:`~rnn_kernels.tiles.empty_scratch`.

    """
    number, depth, width = panels.shape
    columns = out.shape[1]
    size = left.itemsize
    for panel in range(number):
        column = panel * width
        call(products[0], (
            left.ctypes.data + begin * depth * size, depth, 1, depth,
            panels.ctypes.data + column * depth * size, width,
            out.ctypes.data + (out_begin * columns + column) * size, columns,
            count, min(width, columns - column), scratch.ctypes.data))


@inlined
def multiply_add_matrix(products, left, begin, count, start, matrix, out,
                        out_begin, scratch):
    """Add the product of some columns of rows and a matrix to `out`.

    It reads the matrix in place. That takes as long as :func:`multiply_add`,
    but saves the time of :func:`pack`, which equals that of ten products
    with one row (measured with 1 to 32 rows up to 512 x 2048; at
    1024 x 4096, where the rows of a matrix collide in the cache, packing
    pays off from the fourth product). The sums are computed in the same
    order as in :func:`multiply_add`.

    Parameters
    ----------
    products
        See :func:`multiply_add`.
    left : numpy.ndarray, shape (any, K)
    begin, count : int
        The rows of `left` to take.
    start : int
        The first column of `left` to take.
    matrix : numpy.ndarray, shape (depth, columns)
    out : numpy.ndarray, shape (any, columns)
    out_begin : int
        The first row of `out` to add to.
    scratch : numpy.ndarray
        From :func:`~rnn_kernels.tiles.empty_scratch`.

    """
    depth, columns = matrix.shape
    stride = left.shape[1]
    size = left.itemsize
    width = PANEL_BYTES // size
    # Row by row, the matrix is read in the order of its memory, which is
    # faster for a single row. The rest of a panel is not worth a tile.
    tiled = columns - columns % width if count > 1 else 0
    for column in range(0, tiled, width):
        call(products[0], (
            left.ctypes.data + (begin * stride + start) * size, stride, 1,
            depth, matrix.ctypes.data + column * size, columns,
            out.ctypes.data + (out_begin * columns + column) * size, columns,
            count, width, scratch.ctypes.data))
    if tiled == columns:
        return
    for r in range(count):
        row, to = begin + r, out_begin + r
        for k in range(0, depth - depth % 4, 4):
            a, b = left[row, start + k], left[row, start + k + 1]
            c, d = left[row, start + k + 2], left[row, start + k + 3]
            for j in range(tiled, columns):
                out[to, j] = (((out[to, j] + a * matrix[k, j]) +
                               b * matrix[k + 1, j]) +
                              c * matrix[k + 2, j]) + d * matrix[k + 3, j]
        for k in range(depth - depth % 4, depth):
            for j in range(tiled, columns):
                out[to, j] += left[row, start + k] * matrix[k, j]


@inlined
def multiply_add_transposed(products, left, begin, count, right, right_begin,
                            out, scratch):
    """Add the product of some transposed rows and other rows to `out`.

    This is the gradient of a matrix from a block of rows that is still in
    the cache (measured: 0.82 to 0.98 of the time of BLAS in one thread).

    Parameters
    ----------
    products
        See :func:`multiply_add`.
    left : numpy.ndarray, shape (any, K)
    right : numpy.ndarray, shape (any, N)
    begin, right_begin : int
        The first row to take.
    count : int
        The number of rows, at most :data:`~rnn_kernels.tiles.BLOCK`.
    out : numpy.ndarray, shape (K, N)
    scratch : numpy.ndarray
        From :func:`~rnn_kernels.tiles.empty_scratch`.

    """
    depth, columns = out.shape
    size = left.itemsize
    width = PANEL_BYTES // size
    for column in range(0, columns, width):
        inside = min(width, columns - column)
        panel = right.ctypes.data + (right_begin * columns + column) * size
        stride = columns
        if inside < width:  # the tiles read whole panels
            for row in range(count):
                for k in range(inside):
                    scratch[ROWS + row, k] = right[right_begin + row,
                                                   column + k]
            panel, stride = scratch.ctypes.data + ROWS * width * size, width
        call(products[0], (
            left.ctypes.data + begin * depth * size, 1, depth, count, panel,
            stride, out.ctypes.data + column * size, columns, depth, inside,
            scratch.ctypes.data))


@inlined
def pack(products, matrix, first_row, panels):
    """See :func:`rnn_kernels.tiles.pack`."""
    rows, columns = matrix.shape
    _, depth, width = panels.shape
    call(products[1], (matrix.ctypes.data, rows, columns, first_row,
                       panels.ctypes.data, depth, width))


@inlined
def pack_transposed(products, matrix, panels):
    """See :func:`rnn_kernels.tiles.pack_transposed`."""
    rows, columns = matrix.shape
    number, _, width = panels.shape
    call(products[2], (matrix.ctypes.data, rows, columns,
                       panels.ctypes.data, number, width))
