"""The older interface to convolution in two dimensions."""

import warnings

from theano.gof.graph import Apply
from theano.gof.op import Op
from theano.tensor.basic import as_tensor_variable, get_scalar_constant_value
from theano.tensor.nnet._conv_ops import AbstractConv2d
from theano.tensor.nnet._conv_shapes import get_conv_shape_1axis

__all__ = ['ConvOp', 'conv2d']


def conv2d(input, filters, image_shape=None, filter_shape=None,
           border_mode='valid', subsample=(1, 1), **kwargs):
    """Convolve images with filters; use ``theano.tensor.nnet.conv2d``.

    Parameters
    ----------
    input : TensorVariable
        (batch, input channels, rows, columns).
    filters : TensorVariable
        (output channels, input channels, rows, columns).
    image_shape, filter_shape : sequence of (int, constant or None), optional
        The shapes of both; they are checked.
    border_mode : {'valid', 'full'}
        Zeros around the images: none, or as many as needed for every overlap.
    subsample : pair of int
        Steps between positions of the filters.
    **kwargs
        For :class:`ConvOp`.

    Returns
    -------
    TensorVariable
        (batch, output channels, rows, columns).

    Raises
    ------
    NotScalarConstantError
        If a length is symbolic.
    ValueError
        If the shapes do not match.

    """
    warnings.warn('theano.tensor.nnet.conv.conv2d is obsolete; use '
                  'theano.tensor.nnet.conv2d', stacklevel=2)
    images, kernels = map(_constants, (image_shape, filter_shape))
    if None not in (images[1], kernels[1]) and images[1] != kernels[1]:
        raise ValueError(f'conv2d: filter_shape[1] must be the number of '
                         f'channels, {images[1]}, got {kernels[1]}')
    return ConvOp(imshp=images[1:], kshp=kernels[2:], nkern=kernels[0],
                  bsize=images[0], dx=subsample[0], dy=subsample[1],
                  output_mode=border_mode, **kwargs)(input, filters)


def _constants(shape):
    """Return four lengths as int or None."""
    if shape is None:
        return [None] * 4
    return [None if length is None
            else int(get_scalar_constant_value(as_tensor_variable(length)))
            for length in shape]


class ConvOp(Op):
    """Convolve images with filters; check shapes that are given.

    Parameters
    ----------
    imshp : sequence of (int or None), optional
        Channels, rows and columns of the images, or rows and columns of
        images with one channel.
    kshp : pair of (int or None), optional
        Rows and columns of the filters.
    nkern, bsize : int, optional
        Numbers of filters and of images.
    dx, dy : int, optional
        Steps along rows and columns; 1 if None.
    output_mode : {'valid', 'full'}
        See :func:`conv2d`.
    unroll_batch, unroll_kern, unroll_patch, verbose, version, \
direction_hint, openmp
        Without effect.

    Raises
    ------
    ValueError
        If the mode is invalid, or shapes have the wrong lengths.

    """

    __props__ = ('imshp', 'kshp', 'nkern', 'bsize', 'dx', 'dy', 'out_mode')

    def __init__(self, imshp=None, kshp=None, nkern=None, bsize=None, dx=1,
                 dy=1, output_mode='valid', unroll_batch=None,
                 unroll_kern=None, unroll_patch=None, verbose=0, version=-1,
                 direction_hint='forward', openmp=None):
        imshp = (None,) * 3 if imshp is None else tuple(imshp)
        self.imshp = (1, *imshp) if len(imshp) == 2 else imshp
        self.kshp = (None,) * 2 if kshp is None else tuple(kshp)
        for name, shape, number in [('imshp', self.imshp, 3),
                                    ('kshp', self.kshp, 2)]:
            if len(shape) != number:
                raise ValueError(f'ConvOp: {name} must have {number} '
                                 f'elements, got {shape}')
        if output_mode not in ('valid', 'full'):
            raise ValueError(f"ConvOp: output_mode must be 'valid' or "
                             f"'full', got {output_mode!r}; "
                             f"theano.tensor.nnet.conv2d has more")
        self.nkern, self.bsize, self.out_mode = nkern, bsize, output_mode
        self.dx, self.dy = (1 if step is None else step for step in (dx, dy))
        self._convolution = AbstractConv2d(border_mode=output_mode,
                                           subsample=(self.dx, self.dy))

    @staticmethod
    def getOutputShape(inshp, kshp, stride=(1, 1), mode='valid'):
        """Return rows and columns of the output.

        Parameters
        ----------
        inshp, kshp : pair of (int or None)
            Rows and columns of images and filters.
        stride : pair of int
        mode : {'valid', 'full'}

        Returns
        -------
        tuple of (int or None)

        """
        return tuple(map(get_conv_shape_1axis, inshp, kshp, (mode, mode),
                         stride))

    def make_node(self, inputs, kerns):
        inputs, kerns = map(as_tensor_variable, (inputs, kerns))
        node = self._convolution.make_node(inputs, kerns)
        if inputs.dtype != kerns.dtype:
            raise NotImplementedError(
                f'ConvOp: images and filters must have the same data type, '
                f'got {inputs.dtype} and {kerns.dtype}; cast one')
        return Apply(self, node.inputs, [node.outputs[0].type()])

    def perform(self, node, inputs, output_storage):
        images, filters = inputs
        for what, given, shape in [
                ('images', (self.bsize, *self.imshp), images.shape),
                ('filters', (self.nkern, self.imshp[0], *self.kshp),
                 filters.shape)]:
            if any(length not in (None, actual)
                   for length, actual in zip(given, shape)):
                raise ValueError(f'ConvOp: {what} must have the shape '
                                 f'{given} that was given, got {shape}')
        self._convolution.perform(node, inputs, output_storage)

    def infer_shape(self, node, input_shapes):
        return self._convolution.infer_shape(None, None, input_shapes)

    def grad(self, inputs, output_grads):
        return self._convolution.grad(inputs, output_grads)

    def R_op(self, inputs, eval_points):
        return self._convolution.R_op(inputs, eval_points)
