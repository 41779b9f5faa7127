"""Bricks that apply convolutions and their transposes to images."""
from theano.tensor.nnet import conv2d
from theano.tensor.nnet.abstract_conv import (
    AbstractConv2d_gradInputs,
    border_mode_to_pad,
    get_conv_output_shape,
)

from ...roles import BIAS, FILTER
from ..arguments import (
    border,
    checked,
    flag,
    integer,
    offsets,
    sizes,
    some_sizes,
)
from ..base import application, lazy
from ..interfaces import LinearLike
from ..ownership import allocate_parameter, describe


class Convolutional(LinearLike):
    r"""Convolve images with filters, and add biases.

    Parameters
    ----------
    filter_size : tuple of int
        Height and width of a filter. Needed for allocation.
    num_filters : int
        The number of filters: channels of the output. Needed for
        allocation.
    num_channels : int
        Channels of the input. Needed for allocation.
    batch_size : int, optional
        The number of images.
    image_size : tuple of int, optional
        Height and width of an image. Needed for the dimensions of the
        output, and for biases that are not tied.
    step : tuple of int, optional
        The stride of the filters.
    border_mode : {'valid', 'half', 'full'}, int or tuple, optional
        Zeros around the image; see :func:`theano.tensor.nnet.conv2d`.
    tied_biases : bool, optional
        Whether each filter has a single bias instead of one per position.
    \*\*kwargs
        See :class:`~blocks.bricks.Initializable`. Biases are used unless
        ``use_bias=False``.

    Attributes
    ----------
    conv2d_impl : callable
        The convolution; a subclass may replace it. It takes images and
        filters, and `input_shape`, `subsample`, `border_mode` and
        `filter_shape` by name.
    get_output_shape : callable
        Returns the shape of the result of `conv2d_impl`, given the shapes of
        images and filters, the border mode and the step.

    Notes
    -----
    :math:`W` has the shape ``(num_filters, num_channels, *filter_size)``,
    :math:`b` has ``(num_filters,)`` or, if not tied, that of the output.
    Their norms ``W_norm`` and ``b_norm`` are auxiliary variables.

    """

    conv2d_impl = staticmethod(conv2d)
    get_output_shape = staticmethod(get_conv_output_shape)

    @checked('filter_size', filter_size=sizes, batch_size=integer,
             image_size=some_sizes, step=sizes, border_mode=border,
             tied_biases=flag)
    @lazy(allocation=['filter_size', 'num_filters', 'num_channels'])
    def __init__(self, filter_size, num_filters, num_channels,
                 batch_size=None, image_size=(None, None), step=(1, 1),
                 border_mode='valid', tied_biases=True, **kwargs):
        super().__init__(**kwargs)
        self.filter_size, self.num_filters = filter_size, num_filters
        self.num_channels = num_channels
        self.image_size = (None, None) if image_size is None else image_size
        self.batch_size = batch_size
        self.step, self.border_mode = step, border_mode
        self.tied_biases = tied_biases

    @property
    def num_output_channels(self):
        """The same as `num_filters`."""
        return self.num_filters

    @property
    def _filter_shape(self):
        return (self.num_filters, self.num_channels, *self.filter_size)

    def _allocate(self):
        made = [allocate_parameter(self, 'W', self._filter_shape, FILTER)]
        if getattr(self, 'use_bias', True):
            made.append(allocate_parameter(self, 'b', self._bias_shape(),
                                           BIAS))
        for parameter in made:
            self.add_auxiliary_variable(parameter.norm(2),
                                        name=f'{parameter.name}_norm')

    def _bias_shape(self):
        if self.tied_biases:
            return (self.num_filters,)
        if None in self.image_size:
            raise ValueError(
                f'Cannot infer bias size of {describe(self)}: set '
                'image_size, or tied_biases=True for images of any size')
        return self.get_dim('output')

    @application(inputs=['input_'], outputs=['output'])
    def apply(self, input_):
        """Convolve images.

        Parameters
        ----------
        input_ : :class:`~tensor.TensorVariable`
            Images, ``(batch, num_channels, height, width)``.

        Returns
        -------
        output : :class:`~tensor.TensorVariable`
            ``(batch, num_filters, height, width)``.

        """
        known = tuple(self.image_size) != (None, None)
        output = self.conv2d_impl(
            input_, self.W,
            input_shape=((self.batch_size, self.num_channels,
                          *self.image_size) if known else None),
            subsample=self.step, border_mode=self.border_mode,
            filter_shape=self._filter_shape)
        if not getattr(self, 'use_bias', True):
            return output
        places = ('x', 'x') if self.tied_biases else (1, 2)
        return output + self.b.dimshuffle('x', 0, *places)

    def get_dim(self, name):
        if name == 'input_':
            return (self.num_channels, *self.image_size)
        if name == 'output':
            return tuple(self.get_output_shape(
                (None, self.num_channels, *self.image_size),
                self._filter_shape, self.border_mode, self.step)[1:])
        return super().get_dim(name)


class ConvolutionalTranspose(Convolutional):
    r"""Apply the transpose of a convolution, which enlarges images.

    The underlying convolution maps images of the shape of the outputs to
    images of the shape of the inputs.

    Parameters
    ----------
    filter_size : tuple of int
        Height and width of a filter. Needed for allocation.
    num_filters : int
        Channels of the output, the input of the convolution. Needed for
        allocation.
    num_channels : int
        Channels of the input. Needed for allocation.
    original_image_size : tuple of int, optional
        Height and width of the output. By default the smallest size that the
        convolution reduces to `image_size`, plus `unused_edge`.
    unused_edge : tuple of int, optional
        Height and width to add, less than the step: rows and columns that the
        convolution does not read. They contain only the biases. Ignored if
        `original_image_size` is given.
    step, border_mode
        As for the convolution.
    image_size : tuple of int
        Height and width of the input. Needed unless `original_image_size`
        is given.
    \*\*kwargs
        See :class:`Convolutional`.

    """

    @checked(original_image_size=some_sizes, unused_edge=offsets)
    @lazy(allocation=['filter_size', 'num_filters', 'num_channels'])
    def __init__(self, filter_size, num_filters, num_channels,
                 original_image_size=None, unused_edge=(0, 0), **kwargs):
        super().__init__(filter_size, num_filters, num_channels, **kwargs)
        self.original_image_size = original_image_size
        self.unused_edge = unused_edge

    @property
    def original_image_size(self):
        """Height and width of the output, as given or inferred."""
        if self._original_image_size is not None:
            return self._original_image_size
        if None in self.image_size:
            raise ValueError(f'{describe(self)}: cannot infer '
                             'original_image_size, the size of the output; '
                             'set it, or image_size, the size of the input')
        pads = border_mode_to_pad(self.border_mode, len(self.image_size),
                                  self.filter_size)
        return tuple(
            step * (length - 1) + size - sum(pad) + unused
            for length, step, size, pad, unused in zip(
                self.image_size, self.step, self.filter_size, pads,
                self.unused_edge))

    @original_image_size.setter
    def original_image_size(self, size):
        self._original_image_size = size

    def conv2d_impl(self, input_, W, input_shape, subsample, border_mode,
                    filter_shape):
        """Transpose the convolution; see :class:`Convolutional`."""
        filters, channels, *size = filter_shape
        output = self.get_dim('output')
        transpose = AbstractConv2d_gradInputs(
            imshp=(None, *output), kshp=(channels, filters, *size),
            border_mode=border_mode, subsample=subsample)
        return transpose(W.dimshuffle(1, 0, 2, 3), input_, output[1:])

    def get_dim(self, name):
        if name == 'output':
            return (self.num_filters, *self.original_image_size)
        return super().get_dim(name)
