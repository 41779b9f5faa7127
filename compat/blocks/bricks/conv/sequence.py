"""Sequences of layers on images, and flattening images to vectors."""
from ...utils.checks import check_list
from ..applications import BoundApplication
from ..arguments import border, checked, flag, integer, some_sizes
from ..base import Brick, application, lazy
from ..interfaces import Activation, Feedforward, Initializable
from ..sequences import Sequence


class ConvolutionalSequence(Sequence, Initializable, Feedforward):
    r"""Apply layers to images, each to the output of the previous one.

    The layers do not need `num_channels` and `image_size`: the sequence sets
    them from the previous layer when it is allocated or when its
    ``push_allocation_config`` is called.

    Parameters
    ----------
    layers : list
        Convolutional, pooling or normalising bricks, activations, or
        application methods of such bricks.
    num_channels : int
        Channels of the input. Needed for allocation.
    batch_size : int, optional
        The number of images, for all layers.
    image_size : tuple of int, optional
        Height and width of the input.
    border_mode : str, int or tuple, optional
        For all layers; by default each keeps its own.
    tied_biases : bool, optional
        For all layers; by default each keeps its own.
    \*\*kwargs
        See :class:`~blocks.bricks.Initializable`; `use_bias` also applies to
        all layers.

    Examples
    --------
    >>> from blocks.bricks import Rectifier
    >>> from blocks.bricks.conv import Convolutional, MaxPooling
    >>> layers = ConvolutionalSequence(
    ...     [Convolutional((5, 5), 20), Rectifier(), MaxPooling((2, 2))],
    ...     num_channels=1, image_size=(28, 28))
    >>> layers.push_allocation_config()
    >>> layers.get_dim('output')
    (20, 12, 12)

    """

    @checked(batch_size=integer, image_size=some_sizes, border_mode=border,
             tied_biases=flag)
    @lazy(allocation=['num_channels'])
    def __init__(self, layers, num_channels, batch_size=None,
                 image_size=(None, None), border_mode=None,
                 tied_biases=None, **kwargs):
        layers = check_list(
            type(self).__name__, 'layers', layers, (Brick, BoundApplication),
            'bricks or their application methods')
        self.layers = [layer if isinstance(layer, Brick) else layer.brick
                       for layer in layers]
        self.num_channels = num_channels
        self.image_size = (None, None) if image_size is None else image_size
        self.batch_size = batch_size
        self.border_mode, self.tied_biases = border_mode, tied_biases
        super().__init__(application_methods=layers, **kwargs)

    def get_dim(self, name):
        if name == 'input_':
            return (self.num_channels, *self.image_size)
        if name != 'output':
            return super().get_dim(name)
        # Activations have no dimensions; they leave them unchanged.
        for layer in reversed(self.layers):
            if not isinstance(layer, Activation):
                return layer.get_dim('output')
        return self.get_dim('input_')

    def _push_allocation_config(self):
        common = {name: getattr(self, name, None)
                  for name in ('border_mode', 'tied_biases', 'use_bias')}
        channels, size = self.num_channels, self.image_size
        for layer in self.layers:
            if isinstance(layer, Activation):
                layer.push_allocation_config()
                continue
            for name, value in common.items():
                if value is not None:
                    setattr(layer, name, value)
            layer.image_size, layer.num_channels = size, channels
            layer.batch_size = self.batch_size
            layer.push_allocation_config()
            if None not in layer.image_size:
                size = layer.get_dim('output')[1:]
            channels = layer.num_output_channels


class Flattener(Brick):
    """Flatten images to vectors, for bricks that take matrices."""

    @application(inputs=['input_'], outputs=['output'])
    def apply(self, input_):
        """Map ``(batch, ...)`` to ``(batch, features)``."""
        return input_.flatten(ndim=2)
