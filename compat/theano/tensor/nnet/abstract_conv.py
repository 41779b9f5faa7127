"""Convolution in two and three dimensions, and its gradients."""

from theano.gof.graph import Constant, Variable
from theano.tensor.basic import as_tensor_variable
from theano.tensor.nnet._conv_base import BaseAbstractConv, assert_shape
from theano.tensor.nnet._conv_ops import (
    AbstractConv,
    AbstractConv2d,
    AbstractConv2d_gradInputs,
    AbstractConv2d_gradWeights,
    AbstractConv3d,
    AbstractConv3d_gradInputs,
    AbstractConv3d_gradWeights,
    AbstractConv_gradInputs,
    AbstractConv_gradWeights,
)
from theano.tensor.nnet._conv_shapes import (
    assert_conv_shape,
    border_mode_to_pad,
    check_conv_gradinputs_shape,
    get_conv_gradinputs_shape,
    get_conv_gradinputs_shape_1axis,
    get_conv_gradweights_shape,
    get_conv_gradweights_shape_1axis,
    get_conv_output_shape,
    get_conv_shape_1axis,
)
from theano.tensor.nnet._upsampling import (
    bilinear_kernel_1D,
    bilinear_kernel_2D,
    bilinear_upsampling,
    frac_bilinear_upsampling,
)

__all__ = [
    'AbstractConv', 'AbstractConv2d', 'AbstractConv2d_gradInputs',
    'AbstractConv2d_gradWeights', 'AbstractConv3d',
    'AbstractConv3d_gradInputs', 'AbstractConv3d_gradWeights',
    'AbstractConv_gradInputs', 'AbstractConv_gradWeights',
    'BaseAbstractConv', 'assert_conv_shape', 'assert_shape',
    'bilinear_kernel_1D', 'bilinear_kernel_2D', 'bilinear_upsampling',
    'border_mode_to_pad', 'causal_conv1d', 'check_conv_gradinputs_shape',
    'conv2d', 'conv2d_grad_wrt_inputs', 'conv2d_grad_wrt_weights', 'conv3d',
    'conv3d_grad_wrt_inputs', 'conv3d_grad_wrt_weights',
    'frac_bilinear_upsampling', 'get_conv_gradinputs_shape',
    'get_conv_gradinputs_shape_1axis', 'get_conv_gradweights_shape',
    'get_conv_gradweights_shape_1axis', 'get_conv_output_shape',
    'get_conv_shape_1axis', 'separable_conv2d', 'separable_conv3d']


def conv2d(input, filters, input_shape=None, filter_shape=None,
           border_mode='valid', subsample=(1, 1), filter_flip=True,
           filter_dilation=(1, 1), num_groups=1, unshared=False):
    """Convolve images with filters.

    Parameters are those of :func:`theano.tensor.nnet.conv2d`.

    Returns
    -------
    TensorVariable
        (batch, output channels, rows, columns).

    """
    return AbstractConv2d(
        input_shape, filter_shape, border_mode, subsample, filter_flip,
        filter_dilation, num_groups, unshared)(input, filters)


def conv3d(input, filters, input_shape=None, filter_shape=None,
           border_mode='valid', subsample=(1, 1, 1), filter_flip=True,
           filter_dilation=(1, 1, 1), num_groups=1):
    """Convolve volumes with filters.

    Parameters
    ----------
    input : TensorVariable
        (batch, input channels, depth, rows, columns).
    filters : TensorVariable
        (output channels, input channels, depth, rows, columns).
    input_shape, filter_shape, border_mode, subsample, filter_flip, \
filter_dilation, num_groups
        See :func:`theano.tensor.nnet.conv2d`; all have three lengths.

    Returns
    -------
    TensorVariable
        (batch, output channels, depth, rows, columns).

    """
    return AbstractConv3d(
        input_shape, filter_shape, border_mode, subsample, filter_flip,
        filter_dilation, num_groups)(input, filters)


def _separable(convolve, input, depthwise, pointwise, num_channels,
               input_shape, depthwise_shape, pointwise_shape, border_mode,
               subsample, filter_flip, filter_dilation):
    """Convolve each channel by itself, then mix the channels."""
    each = convolve(input, depthwise, input_shape, depthwise_shape,
                    border_mode, subsample, filter_flip, filter_dilation,
                    num_channels)
    return convolve(each, pointwise, None, pointwise_shape,
                    filter_flip=filter_flip)


def separable_conv2d(input, depthwise_filters, pointwise_filters,
                     num_channels, input_shape=None,
                     depthwise_filter_shape=None,
                     pointwise_filter_shape=None, border_mode='valid',
                     subsample=(1, 1), filter_flip=True,
                     filter_dilation=(1, 1)):
    """Convolve each channel of images by itself, then mix the channels.

    Parameters
    ----------
    input : TensorVariable
        (batch, num_channels, rows, columns).
    depthwise_filters : TensorVariable
        (intermediate channels, 1, rows, columns).
    pointwise_filters : TensorVariable
        (output channels, intermediate channels, 1, 1).
    num_channels : int
    input_shape, depthwise_filter_shape, pointwise_filter_shape, filter_flip
        See :func:`theano.tensor.nnet.conv2d`.
    border_mode, subsample, filter_dilation
        For the first of the two convolutions.

    Returns
    -------
    TensorVariable

    """
    return _separable(
        conv2d, input, depthwise_filters, pointwise_filters, num_channels,
        input_shape, depthwise_filter_shape, pointwise_filter_shape,
        border_mode, subsample, filter_flip, filter_dilation)


def separable_conv3d(input, depthwise_filters, pointwise_filters,
                     num_channels, input_shape=None,
                     depthwise_filter_shape=None,
                     pointwise_filter_shape=None, border_mode='valid',
                     subsample=(1, 1, 1), filter_flip=True,
                     filter_dilation=(1, 1, 1)):
    """Apply :func:`separable_conv2d` to volumes."""
    return _separable(
        conv3d, input, depthwise_filters, pointwise_filters, num_channels,
        input_shape, depthwise_filter_shape, pointwise_filter_shape,
        border_mode, subsample, filter_flip, filter_dilation)


def causal_conv1d(input, filters, filter_shape, input_shape=None,
                  subsample=1, filter_flip=True, filter_dilation=1,
                  num_groups=1, unshared=False):
    """Convolve sequences with filters that see only the past.

    Parameters
    ----------
    input : TensorVariable
        (batch, input channels, time).
    filters : TensorVariable
        (output channels, input channels, length).
    filter_shape : tuple of int
        Shape of the filters; its last element, the length, must be known.
    input_shape : tuple of (int or None), optional
    subsample, filter_dilation : int
    filter_flip, num_groups, unshared
        See :func:`theano.tensor.nnet.conv2d`.

    Returns
    -------
    TensorVariable
        (batch, output channels, time), as long as the input if `subsample`
        is 1.

    Raises
    ------
    ValueError
        If an argument does not have three dimensions.

    """
    input, filters = map(as_tensor_variable, (input, filters))
    for name, ndim in [('input', input.ndim), ('filters', filters.ndim),
                       ('filter_shape', len(filter_shape)),
                       ('input_shape', len(input_shape or (0, 0, 0)))]:
        if ndim != 3:
            raise ValueError(f'causal_conv1d: {name} must have 3 dimensions, '
                             f'got {ndim}')
    past = filter_dilation * (filter_shape[2] - 1)
    output = conv2d(
        input.dimshuffle(0, 1, 2, 'x'), filters.dimshuffle(0, 1, 2, 'x'),
        input_shape and (*input_shape, 1), (*filter_shape, 1),
        ((past, 0), 0), (subsample, 1), filter_flip, (filter_dilation, 1),
        num_groups, unshared)
    return output[:, :, :, 0]


def _checked(who, name, shape, number, free=0):
    """Check a shape, and return it without its symbolic lengths.

    The last `free` lengths are required and may be symbolic.

    """
    if shape is None and not free:
        return None
    if shape is None or len(shape) != number:
        raise ValueError(f'{who}: {name} must have {number} lengths, got '
                         f'{shape}')
    for axis, length in enumerate(shape):
        symbolic = (isinstance(length, Variable)
                    and not isinstance(length, Constant))
        if axis < number - free and symbolic:
            raise ValueError(f'{who}: {name}[{axis}] must be an int, a '
                             f'constant or None, got {length}')
        if axis >= number - free and length is None:
            raise ValueError(f'{who}: {name}[{axis}] must be given, as an '
                             f'int or a symbolic integer; several lengths '
                             f'are possible')
    return [None if isinstance(length, Variable)
            and not isinstance(length, Constant) else length
            for length in shape]


def conv2d_grad_wrt_inputs(output_grad, filters, input_shape,
                           filter_shape=None, border_mode='valid',
                           subsample=(1, 1), filter_flip=True,
                           filter_dilation=(1, 1), num_groups=1,
                           unshared=False):
    """Return the gradient of the images of a convolution.

    Parameters
    ----------
    output_grad : TensorVariable
        Gradient of the output (batch, output channels, rows, columns).
    filters : TensorVariable
        As for the convolution.
    input_shape : sequence
        Shape of the images; the last two lengths are required and may be
        symbolic, the others may be None.
    filter_shape, border_mode, subsample, filter_flip, filter_dilation, \
num_groups, unshared
        As for the convolution: see :func:`theano.tensor.nnet.conv2d`.

    Returns
    -------
    TensorVariable
        (batch, input channels, rows, columns).

    Raises
    ------
    ValueError
        If a shape has too few lengths, or if a length that must be constant
        is symbolic, or a required one is None.

    """
    who = 'conv2d_grad_wrt_inputs'
    operation = AbstractConv2d_gradInputs(
        _checked(who, 'input_shape', input_shape, 4, free=2),
        _checked(who, 'filter_shape', filter_shape, 6 if unshared else 4),
        border_mode, subsample, filter_flip, filter_dilation, num_groups,
        unshared)
    return operation(filters, output_grad, input_shape[-2:])


def conv3d_grad_wrt_inputs(output_grad, filters, input_shape,
                           filter_shape=None, border_mode='valid',
                           subsample=(1, 1, 1), filter_flip=True,
                           filter_dilation=(1, 1, 1), num_groups=1):
    """Return the gradient of the volumes of :func:`conv3d`."""
    who = 'conv3d_grad_wrt_inputs'
    operation = AbstractConv3d_gradInputs(
        _checked(who, 'input_shape', input_shape, 5, free=3),
        _checked(who, 'filter_shape', filter_shape, 5), border_mode,
        subsample, filter_flip, filter_dilation, num_groups)
    return operation(filters, output_grad, input_shape[-3:])


def conv2d_grad_wrt_weights(input, output_grad, filter_shape,
                            input_shape=None, border_mode='valid',
                            subsample=(1, 1), filter_flip=True,
                            filter_dilation=(1, 1), num_groups=1,
                            unshared=False):
    """Return the gradient of the filters of a convolution.

    Parameters
    ----------
    input : TensorVariable
        The images (batch, input channels, rows, columns).
    output_grad : TensorVariable
        Gradient of the output (batch, output channels, rows, columns).
    filter_shape : sequence
        Shape of the filters; the last two lengths are required and may be
        symbolic, the others may be None.
    input_shape, border_mode, subsample, filter_flip, filter_dilation, \
num_groups, unshared
        As for the convolution: see :func:`theano.tensor.nnet.conv2d`.

    Returns
    -------
    TensorVariable
        In the shape of the filters.

    Raises
    ------
    ValueError
        If a shape has too few lengths, or if a length that must be constant
        is symbolic, or a required one is None.

    """
    who = 'conv2d_grad_wrt_weights'
    operation = AbstractConv2d_gradWeights(
        _checked(who, 'input_shape', input_shape, 4),
        _checked(who, 'filter_shape', filter_shape, 6 if unshared else 4,
                 free=2),
        border_mode, subsample, filter_flip, filter_dilation, num_groups,
        unshared)
    return operation(input, output_grad, filter_shape[-2:])


def conv3d_grad_wrt_weights(input, output_grad, filter_shape,
                            input_shape=None, border_mode='valid',
                            subsample=(1, 1, 1), filter_flip=True,
                            filter_dilation=(1, 1, 1), num_groups=1):
    """Return the gradient of the filters of :func:`conv3d`."""
    who = 'conv3d_grad_wrt_weights'
    operation = AbstractConv3d_gradWeights(
        _checked(who, 'input_shape', input_shape, 5),
        _checked(who, 'filter_shape', filter_shape, 5, free=3), border_mode,
        subsample, filter_flip, filter_dilation, num_groups)
    return operation(input, output_grad, filter_shape[-3:])
