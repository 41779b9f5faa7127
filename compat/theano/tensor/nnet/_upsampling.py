"""Enlarging images by linear interpolation."""

import math

from theano.configparser import config
from theano.tensor.basic import (
    abs_,
    arange,
    as_tensor_variable,
    cast,
    concatenate,
    get_scalar_constant_value,
)
from theano.tensor.nnet._conv_ops import AbstractConv2d_gradInputs

__all__ = ['bilinear_kernel_1D', 'bilinear_kernel_2D', 'bilinear_upsampling',
           'frac_bilinear_upsampling']


def bilinear_kernel_1D(ratio, normalize=True):
    """Return a triangle, the kernel that enlarges a row.

    Parameters
    ----------
    ratio : int or symbolic integer
        Ratio of the new length of the row to the old one.
    normalize : bool
        Make the peak 1; otherwise it is `ratio`.

    Returns
    -------
    TensorVariable
        (2 * ratio - 1,), in floatX.

    """
    ratio = as_tensor_variable(ratio)
    kernel = cast(ratio - abs_(arange(1 - ratio, ratio)), config.floatX)
    return kernel / cast(ratio, config.floatX) if normalize else kernel


def bilinear_kernel_2D(ratio, normalize=True):
    """Return the outer product of two triangles.

    Parameters
    ----------
    ratio : int, symbolic integer or pair of them
        Ratio of the new size to the old one, in rows and in columns.
    normalize : bool
        Make the peak 1.

    Returns
    -------
    TensorVariable
        (2 * ratio - 1, 2 * ratio - 1), in floatX.

    """
    rows, columns = ratio if isinstance(ratio, tuple) else (ratio, ratio)
    return (bilinear_kernel_1D(rows, normalize).dimshuffle(0, 'x')
            * bilinear_kernel_1D(columns, normalize).dimshuffle('x', 0))


def _enlarge(x, axis, ratio):
    """Interpolate along axis 2 or 3 of (images, 1, rows, columns)."""
    along = [slice(None)] * 4
    ends = []
    for end in slice(None, 1), slice(-1, None):
        along[axis] = end
        ends.append(x[tuple(along)])
    longer = concatenate([ends[0], x, ends[1]], axis=axis)
    pad = 2 * ratio - (ratio - 1) // 2 - 1
    shape = [x.shape[2], x.shape[3]]
    shape[axis - 2] = x.shape[axis] * ratio
    pattern = ('x', 'x', 0, 'x') if axis == 2 else ('x', 'x', 'x', 0)
    kernel = cast(bilinear_kernel_1D(ratio), x.dtype).dimshuffle(*pattern)
    stretch = AbstractConv2d_gradInputs(
        border_mode=(pad, 0) if axis == 2 else (0, pad),
        subsample=(ratio, 1) if axis == 2 else (1, ratio))
    return stretch(kernel, longer, shape)


def _upsampled(input, rows, columns):
    """Interpolate images (batch, channels, rows, columns)."""
    input = as_tensor_variable(input)
    images = input.reshape((-1, 1, input.shape[2], input.shape[3]), ndim=4)
    images = _enlarge(_enlarge(images, 2, rows), 3, columns)
    return images.reshape((input.shape[0], input.shape[1], images.shape[2],
                           images.shape[3]), ndim=4)


def bilinear_upsampling(input, ratio=None, frac_ratio=None, batch_size=None,
                        num_input_channels=None, use_1D_kernel=True):
    """Enlarge images by linear interpolation in rows and columns.

    Parameters
    ----------
    input : TensorVariable
        (batch, channels, rows, columns).
    ratio : int, optional
        Ratio of the new size to the old one.
    frac_ratio : pair of int, or pair of them, optional
        Numerator and denominator of such a ratio, for both directions or
        for each.
    batch_size, num_input_channels : int, optional
        Not needed.
    use_1D_kernel : bool
        Must be False with `frac_ratio`.  In either case rows and columns are
        enlarged one after the other.

    Returns
    -------
    TensorVariable
        (batch, channels, ratio * rows, ratio * columns).

    Raises
    ------
    ValueError
        If not exactly one of the ratios is given, or if `frac_ratio` is
        combined with `use_1D_kernel`.

    Notes
    -----
    If a ratio is even, the last row and column is repeated once more than
    the first.

    """
    if bool(ratio) == bool(frac_ratio):
        raise ValueError('bilinear_upsampling: pass either ratio or '
                         f'frac_ratio, got {ratio} and {frac_ratio}')
    if not frac_ratio:
        ratio = int(get_scalar_constant_value(ratio))
        return _upsampled(input, ratio, ratio)
    if use_1D_kernel:
        raise ValueError('bilinear_upsampling: frac_ratio needs '
                         'use_1D_kernel=False')
    return frac_bilinear_upsampling(input, frac_ratio)


def frac_bilinear_upsampling(input, frac_ratio):
    """Enlarge images by a fraction; see :func:`bilinear_upsampling`.

    Parameters
    ----------
    input : TensorVariable
        (batch, channels, rows, columns).
    frac_ratio : pair of int, or pair of them
        Numerator and denominator, for both directions or for each.

    Returns
    -------
    TensorVariable

    Raises
    ------
    ValueError
        If `frac_ratio` is not a tuple.

    """
    if not isinstance(frac_ratio, tuple):
        raise ValueError(f'frac_bilinear_upsampling: frac_ratio must be a '
                         f'tuple, got {frac_ratio!r}')
    if not isinstance(frac_ratio[0], tuple):
        frac_ratio = (frac_ratio, frac_ratio)
    (rows, row_step), (columns, column_step) = (
        (numerator // math.gcd(numerator, denominator),
         denominator // math.gcd(numerator, denominator))
        for numerator, denominator in frac_ratio)
    return _upsampled(input, rows, columns)[
        :, :, ::row_step, ::column_step]
