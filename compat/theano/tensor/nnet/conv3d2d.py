"""Convolution of sequences of images, time before channels."""

from theano.tensor.basic import as_tensor_variable
from theano.tensor.nnet import abstract_conv

__all__ = ['conv3d']


def conv3d(signals, filters, signals_shape=None, filters_shape=None,
           border_mode='valid'):
    """Convolve sequences of images with filters over time and space.

    Parameters
    ----------
    signals : TensorVariable
        (batch, time, channels, rows, columns).
    filters : TensorVariable
        (output channels, time, channels, rows, columns); they are flipped.
    signals_shape, filters_shape : sequence of (int or None), optional
        The shapes of both.
    border_mode : {'valid', 'half', 'full'}, or one for each of time, rows \
and columns
        See :func:`theano.tensor.nnet.conv2d`.

    Returns
    -------
    TensorVariable
        (batch, time, output channels, rows, columns).

    """
    def channels_first(variable):
        return as_tensor_variable(variable).dimshuffle(0, 2, 1, 3, 4)

    shapes = [None if shape is None else [shape[axis] for axis in
                                          (0, 2, 1, 3, 4)]
              for shape in (signals_shape, filters_shape)]
    return channels_first(abstract_conv.conv3d(
        channels_first(signals), channels_first(filters), *shapes,
        border_mode=border_mode))
