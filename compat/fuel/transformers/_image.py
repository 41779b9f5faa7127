"""A loop that Fuel's image transformers implemented in C."""
import numpy


def window_batch_bchw(batch, height_offsets, width_offsets, out):
    """Cut a window of the same size from each image of a batch.

    Parameters
    ----------
    batch : numpy.ndarray
        Images, ``(batch, channels, height, width)``.
    height_offsets, width_offsets : numpy.ndarray
        The first row and column of each image's window, ``(batch,)``,
        integers.
    out : numpy.ndarray
        Receives the windows, ``(batch, channels, window height, window
        width)``, of the same dtype.

    Raises
    ------
    ValueError
        If the shapes of `batch` and `out` do not match, or an offset is
        missing or puts a window beyond the border.
    TypeError
        If their dtypes differ.

    Examples
    --------
    >>> import numpy
    >>> images = numpy.arange(12).reshape(1, 1, 3, 4)
    >>> windows = numpy.empty((1, 1, 2, 2), dtype=images.dtype)
    >>> window_batch_bchw(images, numpy.array([1]), numpy.array([2]), windows)
    >>> windows[0, 0]
    array([[ 6,  7],
           [10, 11]])

    """
    batch = numpy.asarray(batch)
    if batch.ndim != 4 or out.ndim != 4 or batch.shape[:2] != out.shape[:2]:
        raise ValueError(
            'window_batch_bchw: batch and out must have the axes batch, '
            'channels, height and width, with as many images and channels, '
            f'got shapes {batch.shape} and {out.shape}')
    if batch.dtype != out.dtype:
        raise TypeError(f'window_batch_bchw: out must be of dtype '
                        f'{batch.dtype}, like batch, got {out.dtype}')
    for axis, offsets in ((2, height_offsets), (3, width_offsets)):
        offsets = numpy.asarray(offsets)[:len(batch)]
        last = batch.shape[axis] - out.shape[axis]
        if len(offsets) < len(batch) or (
                len(offsets) and not 0 <= offsets.min() <= offsets.max()
                <= last):
            raise ValueError(
                f'window_batch_bchw: each of the {len(batch)} images needs '
                f'an offset of 0 to {last} on axis {axis}, got '
                f'{offsets.tolist()}')
    height, width = out.shape[2:]
    for window, image, top, left in zip(out, batch, height_offsets,
                                        width_offsets):
        window[...] = image[:, top:top + height, left:left + width]
