"""Pooling: the maximum, the sum or the mean of windows."""

import warnings

from theano.tensor.basic import as_tensor_variable
from theano.tensor.signal._pool_ops import (
    AveragePoolGrad,
    DownsampleFactorMaxGradGrad,
    MaxPoolGrad,
    Pool,
    PoolGrad,
)
from theano.tensor.signal._renamed import given

__all__ = ['AveragePoolGrad', 'DownsampleFactorMaxGradGrad', 'MaxPoolGrad',
           'Pool', 'PoolGrad', 'max_pool_2d', 'max_pool_2d_same_size',
           'pool_2d', 'pool_3d']


def _pooled(who, ndim, input, ws, ignore_border, stride, pad, mode, ds, st,
            padding):
    """Check arguments, and pool the last dimensions."""
    ws, stride, pad = given(who, ndim, ws, stride, pad, ds, st, padding)
    input = as_tensor_variable(input)
    if input.ndim < ndim:
        raise NotImplementedError(f'{who}: input must have at least {ndim} '
                                  f'dimensions, got {input.ndim}')
    if ignore_border is None:
        warnings.warn(f'{who}: ignore_border is not given and defaults to '
                      'False; pass it explicitly, or pass True to omit '
                      'windows that extend beyond the array', stacklevel=3)
    return Pool(bool(ignore_border), mode, ndim)(input, ws, stride, pad)


def pool_2d(input, ws=None, ignore_border=None, stride=None, pad=(0, 0),
            mode='max', ds=None, st=None, padding=None):
    """Pool the last two dimensions of an array.

    Parameters
    ----------
    input : TensorVariable
        (..., rows, columns).
    ws : pair of int or vector of integers
        Rows and columns of a window.
    ignore_border : bool, optional
        Whether to omit windows that extend beyond the array; False by default,
        with a warning.
    stride : pair of int or vector of integers, optional
        Steps from window to window; by default `ws`, so that windows do not
        overlap.
    pad : pair of int or vector of integers
        Zeros above and below, left and right; must be less than `ws`, and
        needs `ignore_border`.
    mode : {'max', 'sum', 'average_inc_pad', 'average_exc_pad'}
        The kind of pooling: the maximum, which ignores the padding; the sum;
        or the mean with or without the padding.
    ds, st, padding
        Older names of `ws`, `stride` and `pad`.

    Returns
    -------
    TensorVariable
        (..., rows, columns), in the data type of `input`.

    Raises
    ------
    ValueError
        If the window is missing, an argument is given under both names, or
        the mode is invalid.
    TypeError
        If window, strides or padding are not integers.
    NotImplementedError
        If there are too few dimensions, or padding without `ignore_border` or
        as large as the window.

    Examples
    --------
    >>> import numpy
    >>> from theano import tensor
    >>> x = tensor.dmatrix()
    >>> y = pool_2d(x, (2, 2), ignore_border=True)
    >>> y.eval({x: numpy.arange(15.).reshape(3, 5)})
    array([[6., 8.]])

    """
    return _pooled('pool_2d', 2, input, ws, ignore_border, stride, pad, mode,
                   ds, st, padding)


def pool_3d(input, ws=None, ignore_border=None, stride=None, pad=(0, 0, 0),
            mode='max', ds=None, st=None, padding=None):
    """Pool the last three dimensions of an array.

    Parameters are those of :func:`pool_2d`, with three elements.

    Returns
    -------
    TensorVariable

    """
    return _pooled('pool_3d', 3, input, ws, ignore_border, stride, pad, mode,
                   ds, st, padding)


def max_pool_2d(input, ds, ignore_border=None, st=None, padding=(0, 0),
                mode='max'):
    """Pool the last two dimensions: an older name of :func:`pool_2d`.

    Parameters
    ----------
    input : TensorVariable
        (..., rows, columns).
    ds, ignore_border, st, padding, mode
        `ws`, `ignore_border`, `stride`, `pad` and `mode` of
        :func:`pool_2d`.

    Returns
    -------
    TensorVariable

    """
    return _pooled('max_pool_2d', 2, input, ds, ignore_border, st, padding,
                   mode, None, None, None)


def max_pool_2d_same_size(input, patch_size):
    """Keep the maximum of each window, and set all other elements to zero.

    Parameters
    ----------
    input : TensorVariable
        (..., rows, columns).
    patch_size : pair of int or vector of integers
        Rows and columns of a window.

    Returns
    -------
    TensorVariable
        In the shape of `input`; elements outside whole windows become zero.

    """
    maxima = Pool(True)(input, patch_size)
    return MaxPoolGrad(True)(input, maxima, maxima, patch_size)
