"""Shapes of convolutions and of their gradients.

A length is an int, a symbolic integer, or None if unknown. Every function
takes the padding like Theano's ``border_mode``: one of the names ``'valid'``,
``'half'`` and ``'full'``, a number for both sides, or a pair of numbers.  It
applies to all lengths; a tuple has one for each length.

"""

from theano.tensor.basic import (
    NotScalarConstantError,
    ge,
    get_scalar_constant_value,
    gt,
)
from theano.tensor.opt import Assert

__all__ = [
    'assert_conv_shape', 'border_mode_to_pad', 'check_conv_gradinputs_shape',
    'get_conv_gradinputs_shape', 'get_conv_gradinputs_shape_1axis',
    'get_conv_gradweights_shape', 'get_conv_gradweights_shape_1axis',
    'get_conv_output_shape', 'get_conv_shape_1axis']


def _sides(border_mode, extent):
    """Return the padding before and after one length.

    Parameters
    ----------
    border_mode : str, int, pair of int or symbolic integer
    extent : int or symbolic integer
        Length of the kernel, dilation included.

    """
    if isinstance(border_mode, str):
        by_name = {'valid': 0, 'half': extent // 2, 'full': extent - 1}
        if border_mode not in by_name:
            raise ValueError(
                f"convolution: border_mode must be 'valid', 'half', 'full', "
                f"an int >= 0, or a tuple with one of these or a pair of int "
                f"for each dimension, got {border_mode!r}")
        return (by_name[border_mode],) * 2
    sides = (border_mode if isinstance(border_mode, tuple)
             else (border_mode, border_mode))
    if any(isinstance(side, int) and side < 0 for side in sides):
        raise ValueError(f'convolution: border_mode must be >= 0, got '
                         f'{border_mode}')
    return sides


def _each(value, number):
    """Return one value for every dimension."""
    return value if isinstance(value, tuple) else (value,) * number


def border_mode_to_pad(mode, convdim, kshp):
    """Return the padding as pairs of numbers.

    Parameters
    ----------
    mode : str, int or tuple
        Padding as ``border_mode``.
    convdim : int
        Number of dimensions to convolve over.
    kshp : sequence of int
        Lengths of the kernel, dilation included.

    Returns
    -------
    tuple of (int, int)
        Padding before and after, for each of the dimensions.

    Raises
    ------
    ValueError
        If the padding is negative, unknown, or not for `convdim`
        dimensions.

    """
    modes = _each(mode, convdim)
    if len(modes) != convdim:
        raise ValueError(f'convolution: border_mode must have {convdim} '
                         f'elements, got {mode}')
    return tuple(map(_sides, modes, kshp))


def get_conv_output_shape(image_shape, kernel_shape, border_mode, subsample,
                          filter_dilation=None):
    """Return the shape of a convolution's output.

    Parameters
    ----------
    image_shape : tuple
        Batch size, channels, and the lengths of the image.
    kernel_shape : tuple
        Output channels, (output lengths if unshared,) input channels, and
        the lengths of the kernel.
    border_mode : str, int or tuple
        Padding.
    subsample : sequence of int
        Step for each length.
    filter_dilation : sequence of int, optional
        Distances between the kernel's elements for each length.

    Returns
    -------
    tuple
        Batch size, output channels, and the lengths of the output.

    Raises
    ------
    ValueError
        If the padding is negative or unknown.

    Examples
    --------
    >>> get_conv_output_shape((8, 3, 32, None), (16, 3, 5, 5), 'valid', (2, 2))
    (8, 16, 14, None)

    """
    images = image_shape[2:]
    number = len(images)
    lengths = map(
        get_conv_shape_1axis, images, kernel_shape[-number:],
        _each(border_mode, number), subsample,
        (1,) * number if filter_dilation is None else filter_dilation)
    return (image_shape[0], kernel_shape[0], *lengths)


def get_conv_shape_1axis(image_shape, kernel_shape, border_mode, subsample,
                         dilation=1):
    """Return one length of a convolution's output, None if unknown."""
    if None in (image_shape, kernel_shape, border_mode, subsample, dilation):
        return None
    extent = _extent(kernel_shape, dilation)
    free = _plus(image_shape - extent, *_sides(border_mode, extent))
    return (free if _is_one(subsample) else free // subsample) + 1


def get_conv_gradweights_shape(image_shape, top_shape, border_mode,
                               subsample, filter_dilation=None,
                               num_groups=1, unshared=False):
    """Return the shape of the kernel of a convolution, as far as known.

    Parameters
    ----------
    image_shape, top_shape : tuple
        Shapes of the images and of the output.
    border_mode, subsample, filter_dilation
        See :func:`get_conv_output_shape`.
    num_groups : int
        Number of groups that the channels are divided into.
    unshared : bool
        Whether every position has its own kernel.

    Returns
    -------
    tuple
        A length is None if `subsample` is not 1 or the padding is
        ``'half'``: several kernels have the same output then.

    """
    images, tops = image_shape[2:], top_shape[2:]
    number = len(images)
    lengths = map(
        get_conv_gradweights_shape_1axis, images, tops,
        _each(border_mode, number), subsample,
        (1,) * number if filter_dilation is None else filter_dilation)
    channels = image_shape[1]
    if num_groups > 1 and channels is not None:
        channels = channels // num_groups
    places = tuple(tops) if unshared else ()
    return (top_shape[1], *places, channels, *lengths)


def get_conv_gradweights_shape_1axis(image_shape, top_shape, border_mode,
                                     subsample, dilation):
    """Return one length of a convolution's kernel, None if unknown."""
    if None in (image_shape, top_shape, border_mode, subsample, dilation):
        return None
    if not _is_one(subsample) or _is_name(border_mode, 'half'):
        return None
    if _is_name(border_mode, 'full'):
        extent = top_shape - image_shape
    else:
        extent = _plus(image_shape - top_shape, *_sides(border_mode, 1))
    return (extent if _is_one(dilation) else extent // dilation) + 1


def get_conv_gradinputs_shape(kernel_shape, top_shape, border_mode,
                              subsample, filter_dilation=None, num_groups=1):
    """Return the shape of the images of a convolution, as far as known.

    Parameters
    ----------
    kernel_shape, top_shape : tuple
        Shapes of the kernel and of the output.
    border_mode, subsample, filter_dilation
        See :func:`get_conv_output_shape`.
    num_groups : int
        Number of groups that the channels are divided into.

    Returns
    -------
    tuple
        A length is None if its `subsample` is not 1: images of several
        lengths have the same output then.

    """
    tops = top_shape[2:]
    number = len(tops)
    lengths = map(
        get_conv_gradinputs_shape_1axis, kernel_shape[-number:], tops,
        _each(border_mode, number), subsample,
        (1,) * number if filter_dilation is None else filter_dilation)
    channels = kernel_shape[-number - 1]
    if num_groups > 1 and channels is not None:
        channels = channels * num_groups
    return (top_shape[0], channels, *lengths)


def get_conv_gradinputs_shape_1axis(kernel_shape, top_shape, border_mode,
                                    subsample, dilation):
    """Return one length of a convolution's images, None if unknown."""
    if None in (kernel_shape, top_shape, border_mode, subsample, dilation):
        return None
    if not _is_one(subsample):
        return None
    extent = _extent(kernel_shape, dilation)
    before, after = _sides(border_mode, extent)
    return _plus(top_shape + extent - 1, -before, -after)


def check_conv_gradinputs_shape(image_shape, kernel_shape, output_shape,
                                border_mode, subsample,
                                filter_dilation=None):
    """Return whether a convolution can have an output of this shape.

    Parameters
    ----------
    image_shape, kernel_shape, output_shape : tuple
    border_mode, subsample, filter_dilation
        See :func:`get_conv_output_shape`.

    Returns
    -------
    bool
        True also if the answer is unknown because lengths are symbolic or
        None.

    """
    number = len(image_shape) - 2
    given = [len(kernel_shape) - 2, len(output_shape) - 2, len(subsample)]
    if filter_dilation is not None:
        given.append(len(filter_dilation))
    if any(one != number for one in given):
        return False
    expected = get_conv_output_shape(
        tuple(image_shape), tuple(kernel_shape), border_mode, subsample,
        filter_dilation)
    return all(None in pair or pair[0] == pair[1] for pair in zip(
        map(_constant, expected), map(_constant, output_shape)))


def assert_conv_shape(shape):
    """Check that a shape is possible.

    Parameters
    ----------
    shape : sequence of (int or symbolic integer)
        Two lengths that may be zero, and others that must be positive.

    Returns
    -------
    tuple
        `shape`; its symbolic lengths are checked when they are computed
        (``AssertionError``).

    Raises
    ------
    ValueError
        If a constant length is too small.

    """
    return tuple(_asserted(axis, length, least=int(axis >= 2))
                 for axis, length in enumerate(shape))


def _asserted(axis, length, least):
    complaint = (f'The convolution would produce an invalid shape: length '
                 f'{axis} must be >= {least}')
    constant = _constant(length)
    if constant is None:
        enough = gt(length, 0) if least else ge(length, 0)
        return Assert(complaint)(length, enough)
    if constant < least:
        raise ValueError(f'{complaint}, got {constant}')
    return length


def _constant(length):
    """Return a length as an int, None if it is not constant."""
    if length is None:
        return None
    try:
        return int(get_scalar_constant_value(length))
    except NotScalarConstantError:
        return None


def _extent(length, dilation):
    return length if _is_one(dilation) else (length - 1) * dilation + 1


def _plus(value, *terms):
    """Add terms, but omit zeros to keep graphs small."""
    for term in terms:
        if not (isinstance(term, int) and term == 0):
            value = value + term
    return value


def _is_one(value):
    return not hasattr(value, 'owner') and value == 1


def _is_name(border_mode, name):
    return isinstance(border_mode, str) and border_mode == name
