"""Layers of Blocks 0.1, which included their activation and pooling.

These are now separate layers of a :class:`ConvolutionalSequence`.

"""
from ..base import lazy
from ..dimensions import kept_by
from ..interfaces import Feedforward, Initializable
from ..sequences import Sequence
from .convolution import Convolutional, ConvolutionalTranspose
from .pooling import MaxPooling


def _of(part, name):
    """Make a property for an attribute of a brick in the layer."""
    return kept_by(lambda layer: getattr(layer, part), name,
                   f'The `{name}` of the {part}.')


class _Layer(Sequence, Initializable, Feedforward):
    """A sequence that starts with a convolution and exposes its settings."""

    filter_size = _of('convolution', 'filter_size')
    num_filters = _of('convolution', 'num_filters')
    num_channels = _of('convolution', 'num_channels')
    batch_size = _of('convolution', 'batch_size')
    image_size = _of('convolution', 'image_size')
    border_mode = _of('convolution', 'border_mode')
    tied_biases = _of('convolution', 'tied_biases')
    num_output_channels = property(
        lambda layer: layer.convolution.num_output_channels,
        doc='The number of output channels.')


class ConvolutionalActivation(_Layer):
    r"""Convolve images, then apply an activation.

    Parameters
    ----------
    activation : Brick or BoundApplication
        The activation, such as ``Rectifier().apply``.
    filter_size, num_filters, num_channels, batch_size, image_size, step, \
border_mode, tied_biases
        See :class:`Convolutional`; but each position has its own biases
        unless `tied_biases` is true, as in Blocks 0.1.
    \*\*kwargs
        See :class:`~blocks.bricks.Initializable`.

    """

    step = _of('convolution', 'step')

    @lazy(allocation=['filter_size', 'num_filters', 'num_channels'])
    def __init__(self, activation, filter_size, num_filters, num_channels,
                 batch_size=None, image_size=None, step=(1, 1),
                 border_mode='valid', tied_biases=False, **kwargs):
        self.convolution = self._convolution()(
            filter_size, num_filters, num_channels, batch_size=batch_size,
            image_size=image_size, step=step, border_mode=border_mode,
            tied_biases=tied_biases)
        super().__init__([self.convolution.apply, activation], **kwargs)

    def _convolution(self):
        return Convolutional

    def get_dim(self, name):
        return self.convolution.get_dim(name)


class ConvolutionalTransposeActivation(ConvolutionalActivation):
    r"""Apply the transpose of a convolution, then an activation.

    Parameters
    ----------
    activation : Brick or BoundApplication
    original_image_size : tuple of int
        Height and width of the output.
    filter_size, num_filters, num_channels
        See :class:`ConvolutionalTranspose`.
    \*\*kwargs
        See :class:`ConvolutionalActivation`.

    """

    original_image_size = _of('convolution', 'original_image_size')

    @lazy(allocation=['original_image_size', 'filter_size', 'num_filters',
                      'num_channels'])
    def __init__(self, activation, original_image_size, filter_size,
                 num_filters, num_channels, **kwargs):
        super().__init__(activation, filter_size, num_filters, num_channels,
                         **kwargs)
        self.original_image_size = original_image_size

    def _convolution(self):
        return ConvolutionalTranspose


class ConvolutionalLayer(_Layer):
    r"""Convolve images, apply an activation, take maxima of windows.

    Parameters
    ----------
    activation : Brick or BoundApplication
    filter_size, num_filters, num_channels, batch_size, image_size, \
border_mode, tied_biases
        See :class:`ConvolutionalActivation`.
    pooling_size : tuple of int
        Height and width of the windows. Windows that cross the border are
        included, as in Blocks 0.1.
    conv_step : tuple of int, optional
        The step of the convolution.
    pooling_step : tuple of int, optional
        The step of the windows; by default they do not overlap.
    \*\*kwargs
        See :class:`~blocks.bricks.Initializable`.

    """

    pooling_size = _of('pooling', 'pooling_size')
    pooling_step = _of('pooling', 'step')
    conv_step = _of('convolution', 'step')

    @lazy(allocation=['filter_size', 'num_filters', 'pooling_size',
                      'num_channels'])
    def __init__(self, activation, filter_size, num_filters, pooling_size,
                 num_channels, conv_step=(1, 1), pooling_step=None,
                 batch_size=None, image_size=None, border_mode='valid',
                 tied_biases=False, **kwargs):
        self.convolution = ConvolutionalActivation(
            activation, filter_size, num_filters, num_channels,
            batch_size=batch_size, image_size=image_size, step=conv_step,
            border_mode=border_mode, tied_biases=tied_biases)
        self.pooling = MaxPooling(pooling_size, step=pooling_step,
                                  ignore_border=False)
        super().__init__([self.convolution.apply, self.pooling.apply],
                         **kwargs)
        self.convolution.name = self.name + '_convolution'
        self.pooling.name = self.name + '_pooling'

    def get_dim(self, name):
        if name == 'output':
            self._push_to_pooling()
            return self.pooling.get_dim(name)
        return self.convolution.get_dim(name)

    def _push_to_pooling(self):
        if None in self.convolution.image_size:
            self.pooling.input_dim = (None,) * 3
        else:
            self.pooling.input_dim = self.convolution.get_dim('output')

    def _push_allocation_config(self):
        super()._push_allocation_config()
        self._push_to_pooling()
