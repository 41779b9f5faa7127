"""``conv2d`` and ``conv2d_transpose`` of ``theano.tensor.nnet``."""

import warnings

from theano.tensor.nnet import abstract_conv

__all__ = ['conv2d', 'conv2d_transpose']


def conv2d(input, filters, input_shape=None, filter_shape=None,
           border_mode='valid', subsample=(1, 1), filter_flip=True,
           image_shape=None, filter_dilation=(1, 1), num_groups=1,
           unshared=False, **kwargs):
    """Convolve images with filters.

    Parameters
    ----------
    input : TensorVariable
        (batch, input channels, rows, columns).
    filters : TensorVariable
        (output channels, input channels / num_groups, rows, columns);
        (output channels, output rows, output columns, input channels /
        num_groups, rows, columns) if unshared.
    input_shape, filter_shape : sequence of (int, constant or None), optional
        The shapes of both, which are checked if
        ``config.conv.assert_shape`` is set.
    border_mode : {'valid', 'half', 'full'}, int or tuple
        Zeros around the images: none; half the length of the filters, so
        that filters of odd length preserve the size of the images; one less
        than their length, so that every overlap counts; or a number.  A tuple
        has one of these for the rows and one for the columns, or pairs: zeros
        before and after.
    subsample : pair of int
        Steps between positions of the filters.
    filter_flip : bool
        Whether to flip the filters, as a convolution does; False makes it a
        correlation.
    image_shape : sequence, optional
        The older name of `input_shape`.
    filter_dilation : pair of int
        Distances between neighbouring elements of a filter.
    num_groups : int
        Number of groups of channels; groups do not mix.
    unshared : bool
        Whether the filters differ between positions.
    **kwargs
        Ignored, with a warning.

    Returns
    -------
    TensorVariable
        (batch, output channels, rows, columns), in the common data type.

    Raises
    ------
    ValueError
        If an argument is out of range, both `input_shape` and `image_shape`
        are given, or, at run time, shapes do not match.
    TypeError
        If a tensor has the wrong number of dimensions.

    Examples
    --------
    >>> import numpy
    >>> from theano import tensor
    >>> x, w = tensor.dtensor4(), tensor.dtensor4()
    >>> y = tensor.nnet.conv2d(x, w)
    >>> y.eval({x: numpy.ones((1, 1, 3, 4)), w: numpy.ones((1, 1, 2, 2))})
    array([[[[4., 4., 4.],
             [4., 4., 4.]]]])

    """
    if {'imshp_logical', 'kshp_logical'} & set(kwargs):
        raise ValueError('conv2d: imshp_logical and kshp_logical are not '
                         'supported; insert zeros with set_subtensor')
    if kwargs:
        warnings.warn(f'conv2d: {", ".join(kwargs)} are obsolete and '
                      f'ignored', stacklevel=2)
    if image_shape is not None:
        warnings.warn('conv2d: image_shape is obsolete; pass input_shape',
                      stacklevel=2)
        if input_shape is not None:
            raise ValueError('conv2d: pass input_shape, not image_shape, its '
                             'old name; got both')
        input_shape = image_shape
    return abstract_conv.conv2d(
        input, filters, input_shape, filter_shape, border_mode, subsample,
        filter_flip, filter_dilation, num_groups, unshared)


def conv2d_transpose(input, filters, output_shape, filter_shape=None,
                     border_mode='valid', input_dilation=(1, 1),
                     filter_flip=True, filter_dilation=(1, 1), num_groups=1,
                     unshared=False):
    """Apply the transpose of a convolution.

    Parameters
    ----------
    input : TensorVariable
        (batch, input channels, rows, columns): the shape of the
        convolution's output.
    filters : TensorVariable
        (input channels, output channels, rows, columns): the filters of
        the convolution.
    output_shape : sequence
        (batch, output channels, rows, columns): the shape of the
        convolution's input.  The last two lengths are required and may be
        symbolic; the others may be None.
    input_dilation : pair of int
        The steps (``subsample``) of the convolution.
    filter_shape, border_mode, filter_flip, filter_dilation, num_groups, \
unshared
        As for the convolution; see :func:`conv2d`.

    Returns
    -------
    TensorVariable
        (batch, output channels, rows, columns).

    """
    return abstract_conv.conv2d_grad_wrt_inputs(
        input, filters, output_shape, filter_shape, border_mode,
        input_dilation, filter_flip, filter_dilation, num_groups, unshared)
