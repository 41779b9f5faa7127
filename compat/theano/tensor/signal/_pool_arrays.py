"""Pooling of arrays, and its gradients.

All functions pool the last dimensions of an array, one for each
:class:`Axis`.  Maxima and sums are computed one dimension after the other.

"""

import functools
import itertools
from typing import NamedTuple

import numpy

__all__ = ['Axis', 'average', 'at_maxima', 'maximum', 'spread',
           'spread_to_maxima', 'total']


class Axis(NamedTuple):
    """The windows along one dimension.

    Attributes
    ----------
    length : int
        Length of the dimension without its padding.
    count : int
        Number of windows.
    window, step, pad : int
        Length of a window, distance of windows, padding on both sides.

    """

    length: int
    count: int
    window: int
    step: int
    pad: int

    def at(self, offset):
        """Return the windows whose element `offset` is not padding.

        Parameters
        ----------
        offset : int
            Must be less than the length of the window.

        Returns
        -------
        windows, elements : slice
            Indices of the windows, and of the elements in the array.

        """
        first = offset - self.pad
        start = max(0, -(first // self.step))
        stop = max(start, min(self.count,
                              (self.length - 1 - first) // self.step + 1))
        begin = first + start * self.step
        return (slice(start, stop),
                slice(begin, max(begin, first + stop * self.step),
                      self.step))

    def sizes(self, with_padding):
        """Return the number of elements of each window.

        Padding counts with `with_padding`; elements beyond it never do.

        """
        starts = numpy.arange(self.count) * self.step
        ends = numpy.minimum(starts + self.window, self.length + 2 * self.pad)
        if not with_padding:
            starts = numpy.maximum(starts, self.pad)
            ends = numpy.minimum(ends, self.length + self.pad)
        return ends - starts


def _reduced(function, identity, array, axes):
    """Reduce windows by a binary function."""
    for position, axis in enumerate(axes, -len(axes)):
        parts = [axis.at(offset) for offset in range(axis.window)]
        whole = [elements for windows, elements in parts
                 if windows == slice(0, axis.count)]
        # In most cases no window has padding, and no initial value is needed.
        if len(whole) == len(parts) > 1:
            first, second = (array[_along(position, elements)]
                             for elements in whole[:2])
            result = function(first, second)
            parts = parts[2:]
        else:
            shape = list(array.shape)
            shape[position] = axis.count
            result = numpy.full_like(array, identity, shape=shape)
        for windows, elements in parts:
            target = result[_along(position, windows)]
            function(target, array[_along(position, elements)], out=target)
        array = result
    return array


def _along(position, part):
    """Index one of the last dimensions, counted from the end."""
    return (..., part, *(slice(None),) * (-position - 1))


def maximum(array, axes):
    """Return the maximum of each window, ignoring padding."""
    lowest = (-numpy.inf if array.dtype.kind == 'f'
              else False if array.dtype.kind == 'b'
              else numpy.iinfo(array.dtype).min)
    return _reduced(numpy.maximum, lowest, array, axes)


def total(array, axes):
    """Return the sum of each window."""
    return _reduced(numpy.add, 0, array, axes)


def average(array, axes, with_padding):
    """Return the mean of each window, with or without the padding.

    The mean of integers is truncated to an integer.

    """
    if array.dtype.kind in 'iub':
        exact = _divided(total(array.astype(float), axes), axes, with_padding)
        return exact.astype(array.dtype)
    return _divided(total(array, axes), axes, with_padding)


def _divided(array, axes, with_padding):
    """Divide by the sizes of the windows."""
    sizes = functools.reduce(numpy.multiply.outer, [
        axis.sizes(with_padding) for axis in axes])
    return array / sizes.astype(array.dtype)


def _places(axes):
    """Iterate over the elements of a window, in all windows at once."""
    for offsets in itertools.product(*(range(axis.window) for axis in axes)):
        pairs = [axis.at(offset) for axis, offset in zip(axes, offsets)]
        yield tuple((..., *part) for part in zip(*pairs))


def _apart(axes):
    """Return whether no two windows overlap."""
    return all(axis.step >= axis.window for axis in axes)


def spread_to_maxima(array, maxima, gradient, axes):
    """Return the gradient of :func:`maximum`.

    If several maxima in a window are equal, each receives all of its gradient.

    Parameters
    ----------
    array, maxima, gradient : numpy.ndarray
        The input, the result, and the gradient of the result.
    axes : list of Axis

    Returns
    -------
    numpy.ndarray

    """
    result = numpy.zeros_like(array)
    apart = _apart(axes)
    for windows, elements in _places(axes):
        share = array[elements] == maxima[windows]
        if apart:
            numpy.multiply(gradient[windows], share, out=result[elements])
        else:
            result[elements] += gradient[windows] * share
    return result


def at_maxima(array, maxima, values, axes):
    """Return the sum of the values at the positions of the maxima.

    Parameters
    ----------
    array, maxima : numpy.ndarray
        The input and the result.
    values : numpy.ndarray
        Array of the shape of `array`.
    axes : list of Axis

    Returns
    -------
    numpy.ndarray
        Array of the shape of `maxima`.

    """
    result = numpy.zeros_like(maxima)
    for windows, elements in _places(axes):
        result[windows] += values[elements] * (
            array[elements] == maxima[windows])
    return result


def spread(like, gradient, axes, with_padding=None):
    """Return the gradient of :func:`total` or :func:`average`.

    Parameters
    ----------
    like : numpy.ndarray
        The pooled array.
    gradient : numpy.ndarray
        Gradient of the result.
    axes : list of Axis
    with_padding : bool, optional
        Whether padding counts in the average; None for the sum.

    Returns
    -------
    numpy.ndarray

    """
    if with_padding is not None:
        gradient = _divided(gradient, axes, with_padding)
    result = numpy.zeros_like(like)
    for windows, elements in _places(axes):
        result[elements] += gradient[windows]
    return result
