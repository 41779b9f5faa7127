"""Correlations of arrays, and their gradients, by products of matrices.

Images have the shape ``(batch, channels, *lengths)``, filters ``(output
channels, channels per group, *kernel lengths)``, and unshared filters
``(output channels, *output lengths, channels per group, *kernel lengths)``.

Internally the batch is the last axis in memory.  Copying windows into a
matrix, and adding them up again, are the most expensive parts, and with the
batch last, neighbouring windows overlap in long contiguous runs.  Results keep
this order in memory, so that layers need not transpose them.

"""

import itertools
import math

import numpy
from numpy.lib.stride_tricks import as_strided

__all__ = ['Correlation']

#: Bytes of windows to copy at a time; they fit into the cache.
SLAB = 1 << 19


class Correlation:
    """A correlation of images of given lengths.

    Parameters
    ----------
    image, kernel : sequence of int
        Lengths of an image and of a filter.
    pads : sequence of (int, int)
        Zeros before and after each length of the image.
    steps : sequence of int
        Steps from window to window.
    dilation : sequence of int
        Distances between the elements of a filter.
    groups : int
        Number of groups of channels; groups do not mix.
    unshared : bool
        Whether every position has its own filters.

    Attributes
    ----------
    counts : tuple of int
        Lengths of the output; below 1 if no window fits.

    """

    def __init__(self, image, kernel, pads, steps, dilation, groups=1,
                 unshared=False):
        self.image = tuple(map(int, image))
        self.kernel = tuple(map(int, kernel))
        self.pads, self.steps, self.dilation = pads, steps, dilation
        self.groups, self.unshared = groups, unshared
        self.padded = tuple(length + sum(pad)
                            for length, pad in zip(self.image, pads))
        self.counts = tuple(
            (length - (size - 1) * distance - 1) // step + 1
            for length, size, distance, step
            in zip(self.padded, self.kernel, dilation, steps))

    def output(self, images, filters):
        """Correlate images with filters.

        Parameters
        ----------
        images, filters : numpy.ndarray

        Returns
        -------
        numpy.ndarray
            ``(batch, output channels, *counts)``.

        """
        batch = len(images)
        padded = self._pad(images)
        result = numpy.empty((len(filters), *self.counts, batch),
                             images.dtype)
        if not padded.size:
            result[...] = 0
        elif result.size:
            product = (self._unshared_output if self.unshared
                       else self._shared_output)
            for rows in self._slabs(padded):
                product(rows, padded, filters, result)
        return numpy.moveaxis(result, -1, 0)

    def filter_gradient(self, images, gradient):
        """Return the gradient of the filters, given that of the output.

        Parameters
        ----------
        images, gradient : numpy.ndarray

        Returns
        -------
        numpy.ndarray

        """
        padded = self._pad(images)
        gradient = _batch_last(gradient)
        places = self.counts if self.unshared else ()
        total = numpy.zeros((len(gradient), *places,
                             len(padded) // self.groups, *self.kernel),
                            images.dtype)
        if padded.size and gradient.size:
            add = (self._add_unshared_filter_gradient if self.unshared
                   else self._add_filter_gradient)
            for rows in self._slabs(padded):
                add(rows, padded, gradient, total)
        return total

    def image_gradient(self, filters, gradient):
        """Return the gradient of the images, given that of the output.

        Parameters
        ----------
        filters, gradient : numpy.ndarray

        Returns
        -------
        numpy.ndarray

        """
        gradient = _batch_last(gradient)
        channels = filters.shape[-len(self.kernel) - 1] * self.groups
        padded = numpy.zeros((channels, *self.padded, gradient.shape[-1]),
                             gradient.dtype)
        if padded.size and gradient.size:
            columns = (self._unshared_columns if self.unshared
                       else self._columns)
            for rows in self._slabs(padded):
                self._add_windows(rows, padded,
                                  columns(rows, filters, gradient))
        inner = tuple(slice(before, before + length) for (before, _), length
                      in zip(self.pads, self.image))
        return numpy.moveaxis(padded[(slice(None), *inner)], -1, 0)

    def _pad(self, images):
        """Copy images to ``(channels, *padded lengths, batch)``."""
        if not any(map(any, self.pads)):
            return _batch_last(images)
        padded = numpy.zeros((images.shape[1], *self.padded, len(images)),
                             images.dtype)
        inner = tuple(slice(before, before + length) for (before, _), length
                      in zip(self.pads, self.image))
        padded[(slice(None), *inner)] = numpy.moveaxis(images, 0, -1)
        return padded

    def _slabs(self, padded):
        """Divide the output along its first length."""
        row = (len(padded) * math.prod(self.kernel)
               * math.prod(self.counts[1:]) * padded.shape[-1]
               * padded.itemsize)
        size = max(1, SLAB // row)
        return [slice(start, min(start + size, self.counts[0]))
                for start in range(0, self.counts[0], size)]

    def _windows(self, rows, padded):
        """View windows as (channels, *kernel, *counts, batch)."""
        channels, *along, batch = padded.strides
        counts = (rows.stop - rows.start, *self.counts[1:])
        return as_strided(
            padded[:, rows.start * self.steps[0]:],
            (len(padded), *self.kernel, *counts, padded.shape[-1]),
            (channels, *_products(along, self.dilation),
             *_products(along, self.steps), batch), writeable=False)

    def _add_windows(self, rows, padded, windows):
        """Add the elements of each window to the images."""
        counts = (rows.stop - rows.start, *self.counts[1:])
        starts = (rows.start * self.steps[0], *(0 for _ in counts[1:]))
        for offset in itertools.product(*map(range, self.kernel)):
            where = tuple(
                slice(first, first + (count - 1) * step + 1, step)
                for first, count, step in zip(
                    (start + place * distance for start, place, distance
                     in zip(starts, offset, self.dilation)),
                    counts, self.steps))
            padded[(slice(None), *where)] += windows[(slice(None), *offset)]

    def _matrix(self, filters):
        """View shared filters as (groups, outputs, inputs)."""
        return filters.reshape(self.groups, len(filters) // self.groups, -1)

    def _shared_output(self, rows, padded, filters, result):
        matrix = self._matrix(filters)
        columns = self._windows(rows, padded).reshape(
            self.groups, matrix.shape[2], -1)
        numpy.matmul(matrix, columns, out=result[:, rows].reshape(
            *matrix.shape[:2], -1))

    def _add_filter_gradient(self, rows, padded, gradient, total):
        matrix = self._matrix(total)
        columns = self._windows(rows, padded).reshape(
            self.groups, matrix.shape[2], -1)
        matrix += numpy.matmul(
            gradient[:, rows].reshape(*matrix.shape[:2], -1),
            columns.swapaxes(1, 2))

    def _columns(self, rows, filters, gradient):
        matrix = self._matrix(filters)
        part = gradient[:, rows]
        columns = numpy.matmul(matrix.swapaxes(1, 2),
                               part.reshape(*matrix.shape[:2], -1))
        return columns.reshape(-1, *self.kernel, *part.shape[1:])

    # Unshared filters need a product for every position, so positions come
    # first: (positions, groups, outputs, inputs) of the filters, (positions,
    # groups, inputs, batch) of the windows.

    def _matrices(self, rows, filters):
        places = len(self.kernel)
        part = numpy.moveaxis(filters[:, rows], 0, places)
        return part.reshape(math.prod(part.shape[:places]), self.groups,
                            len(filters) // self.groups, -1)

    def _window_matrices(self, rows, padded):
        number = len(self.kernel)
        windows = self._windows(rows, padded)
        windows = windows.transpose(
            *range(1 + number, 1 + 2 * number), *range(1 + number), -1)
        return windows.reshape(
            math.prod(windows.shape[:number]), self.groups, -1,
            windows.shape[-1])

    def _output_matrices(self, rows, gradient):
        part = numpy.moveaxis(gradient[:, rows], 0, -2)
        return part.reshape(-1, self.groups, len(gradient) // self.groups,
                            part.shape[-1])

    def _unshared_output(self, rows, padded, filters, result):
        product = numpy.matmul(self._matrices(rows, filters),
                               self._window_matrices(rows, padded))
        part = result[:, rows]
        part[...] = numpy.moveaxis(
            product.reshape(*part.shape[1:-1], len(part), -1), -2, 0)

    def _add_unshared_filter_gradient(self, rows, padded, gradient, total):
        product = numpy.matmul(
            self._output_matrices(rows, gradient),
            self._window_matrices(rows, padded).swapaxes(2, 3))
        part = total[:, rows]
        number = len(self.kernel)
        part[...] = numpy.moveaxis(
            product.reshape(*part.shape[1:1 + number], len(part),
                            *part.shape[1 + number:]), number, 0)

    def _unshared_columns(self, rows, filters, gradient):
        number = len(self.kernel)
        product = numpy.matmul(
            self._matrices(rows, filters).swapaxes(2, 3),
            self._output_matrices(rows, gradient))
        counts = gradient[:, rows].shape[1:-1]
        windows = product.reshape(*counts, -1, *self.kernel,
                                  gradient.shape[-1])
        return windows.transpose(*range(number, 1 + 2 * number),
                                 *range(number), -1)


def _batch_last(array):
    """Return an array as (channels, *lengths, batch), contiguous."""
    return numpy.ascontiguousarray(numpy.moveaxis(array, 0, -1))


def _products(numbers, factors):
    return tuple(number * factor for number, factor in zip(numbers, factors))
