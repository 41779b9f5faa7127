"""Convolution of images without channels."""

from theano.tensor.basic import as_tensor_variable
from theano.tensor.nnet import conv

__all__ = ['conv2d']


def conv2d(input, filters, image_shape=None, filter_shape=None,
           border_mode='valid', subsample=(1, 1), **kwargs):
    """Convolve each image with each filter.

    Parameters
    ----------
    input : TensorVariable
        One image (rows, columns), or several (images, rows, columns).
    filters : TensorVariable
        One filter (rows, columns), or several (filters, rows, columns).
    image_shape, filter_shape : sequence of int, optional
        The shapes of both.
    border_mode : {'valid', 'full'}
        See :func:`theano.tensor.nnet.conv2d`.
    subsample : pair of int
        Steps between positions of the filters.
    **kwargs
        For :class:`theano.tensor.nnet.conv.ConvOp`.

    Returns
    -------
    TensorVariable
        ([images,] [filters,] rows, columns); the first two only if the
        arguments have them.

    Raises
    ------
    ValueError
        If an argument does not have two or three dimensions.

    """
    input, filters = map(as_tensor_variable, (input, filters))
    for name, variable in ('input', input), ('filters', filters):
        if variable.ndim not in (2, 3):
            raise ValueError(f'signal.conv.conv2d: {name} must have 2 or 3 '
                             f'dimensions, got {variable.ndim}')
    several_images, several_filters = input.ndim == 3, filters.ndim == 3
    shapes = {}
    if image_shape is not None and filter_shape is not None:
        shapes = {
            'bsize': image_shape[0] if several_images else 1,
            'imshp': (1, *image_shape[-2:]),
            'nkern': filter_shape[0] if several_filters else 1,
            'kshp': tuple(filter_shape[-2:])}
    images, kernels = (
        variable.dimshuffle(*(0,) * several, *('x',) * (2 - several),
                            *range(several, several + 2))
        for variable, several in ((input, several_images),
                                  (filters, several_filters)))
    output = conv.ConvOp(output_mode=border_mode, dx=subsample[0],
                         dy=subsample[1], **shapes, **kwargs)(images, kernels)
    if not several_filters:
        output = output[:, 0]
    return output if several_images else output[0]
