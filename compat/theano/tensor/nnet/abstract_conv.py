"""Shapes of convolutions; the convolutions themselves are left out.

Modules that define convolutional layers beside others can import what
they need from here, and tell the shapes of their outputs.
"""

__all__ = ['AbstractConv2d', 'AbstractConv2d_gradInputs',
           'AbstractConv2d_gradWeights', 'conv2d', 'conv2d_transpose',
           'get_conv_output_shape', 'get_conv_shape_1axis']


def _left_out(*args, **kwargs):
    """Say that there is no convolution."""
    raise NotImplementedError('convolution is outside of this package')


conv2d = conv2d_transpose = _left_out
AbstractConv2d = AbstractConv2d_gradInputs = _left_out
AbstractConv2d_gradWeights = _left_out


def get_conv_output_shape(image_shape, kernel_shape, border_mode, subsample,
                          filter_dilation=None):
    """Return the shape of a convolution's output.

    Parameters
    ----------
    image_shape : tuple of (int or None)
        Batch size, channels, and the lengths of the image.
    kernel_shape : tuple of (int or None)
        Output channels, input channels, and the lengths of the kernel.
    border_mode : {'valid', 'half', 'full'} or sequence of int or pairs
        Padding for each length.
    subsample : sequence of int
        Step for each length.
    filter_dilation : sequence of int, optional
        Distance of the kernel's elements for each length.

    Returns
    -------
    tuple of (int or None)
        Batch size, output channels, and the lengths of the output.

    """
    images, kernels = image_shape[2:], kernel_shape[2 - len(image_shape):]
    if isinstance(border_mode, (str, int)):
        border_mode = [border_mode] * len(images)
    if filter_dilation is None:
        filter_dilation = [1] * len(images)
    return (image_shape[0], kernel_shape[0]) + tuple(
        map(get_conv_shape_1axis, images, kernels, border_mode, subsample,
            filter_dilation))


def get_conv_shape_1axis(image_shape, kernel_shape, border_mode, subsample,
                         dilation=1):
    """Return one length of a convolution's output, None if unknown.

    Raises
    ------
    ValueError
        If the padding is negative.

    """
    if None in (image_shape, kernel_shape, border_mode, subsample, dilation):
        return None
    extent = (kernel_shape - 1) * dilation + 1
    paddings = {'valid': 0, 'half': 2 * (extent // 2),
                'full': 2 * (extent - 1)}
    if border_mode in paddings:
        padding = paddings[border_mode]
    else:
        sides = (border_mode if isinstance(border_mode, tuple)
                 else (border_mode, border_mode))
        if min(sides) < 0:
            raise ValueError(f'get_conv_shape_1axis: border_mode must be '
                             f'>= 0, got {border_mode}')
        padding = sum(sides)
    return (image_shape + padding - extent) // subsample + 1
