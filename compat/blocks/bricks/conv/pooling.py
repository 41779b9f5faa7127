"""Bricks that reduce images to maxima or means of windows."""
from theano.tensor.signal.pool import Pool, pool_2d

from ..arguments import checked, flag, offsets, one_of, sizes, some_sizes
from ..base import application, lazy
from ..interfaces import Feedforward, Initializable


class Pooling(Initializable, Feedforward):
    r"""Reduce the windows of images; for example, :class:`MaxPooling`.

    Parameters
    ----------
    mode : {'max', 'sum', 'average_inc_pad', 'average_exc_pad'}
        The kind of pooling; see
        :func:`theano.tensor.signal.pool.pool_2d`. Needed for allocation.
    pooling_size : tuple of int
        Height and width of a window. Needed for allocation.
    step : tuple of int or None
        The stride of the windows; ``None`` means `pooling_size`, so that
        windows do not overlap.
    input_dim : tuple of int or None
        The shape of an example: channels, height and width.
    ignore_border : bool
        Whether to omit windows that extend beyond the image.
    padding : tuple of int
        Rows to add above and below, columns to add left and right.
    \*\*kwargs
        See :class:`~blocks.bricks.Initializable`.

    """

    # Objects pickled by older versions lack these attributes.
    mode, padding, ignore_border = 'max', (0, 0), False

    @checked(mode=one_of('max', 'sum', 'average_inc_pad', 'average_exc_pad'),
             pooling_size=sizes, step=sizes, input_dim=some_sizes,
             ignore_border=flag, padding=offsets)
    @lazy(allocation=['mode', 'pooling_size'])
    def __init__(self, mode, pooling_size, step, input_dim, ignore_border,
                 padding, **kwargs):
        super().__init__(**kwargs)
        self.mode, self.pooling_size = mode, pooling_size
        self.step, self.padding = step, padding
        self.input_dim = (None,) * 3 if input_dim is None else input_dim
        self.ignore_border = ignore_border

    @property
    def image_size(self):
        """The last two of `input_dim`."""
        return self.input_dim[-2:]

    @image_size.setter
    def image_size(self, size):
        self.input_dim = (*self.input_dim[:-2], *size)

    @property
    def num_channels(self):
        """The first of `input_dim`."""
        return self.input_dim[0]

    @num_channels.setter
    def num_channels(self, channels):
        self.input_dim = (channels, *self.input_dim[1:])

    @property
    def num_output_channels(self):
        """The same as :attr:`num_channels`."""
        return self.num_channels

    @application(inputs=['input_'], outputs=['output'])
    def apply(self, input_):
        """Reduce the windows.

        Parameters
        ----------
        input_ : :class:`~tensor.TensorVariable`
            Of shape ``(..., height, width)``.

        Returns
        -------
        output : :class:`~tensor.TensorVariable`
            The same number of axes, with the last two shorter.

        """
        return pool_2d(input_, self.pooling_size, self.ignore_border,
                       stride=self.step, pad=self.padding, mode=self.mode)

    def get_dim(self, name):
        if name == 'input_':
            return tuple(self.input_dim)
        if name != 'output':
            return super().get_dim(name)
        if None in self.image_size:
            return (*self.input_dim[:-2], None, None)
        return tuple(Pool.out_shape(
            self.input_dim, self.pooling_size, self.ignore_border,
            stride=self.step, pad=self.padding))


class MaxPooling(Pooling):
    r"""Take the maximum of each window.

    Parameters
    ----------
    pooling_size : tuple of int
        Height and width of a window. Needed for allocation.
    step : tuple of int, optional
        The stride of the windows, by default `pooling_size`.
    input_dim : tuple of int, optional
        The shape of an example: channels, height and width. Needed for the
        dimensions of the output.
    ignore_border : bool, optional
        Whether to omit windows that extend beyond the image. Windows of
        (2, 2) then reduce an image of (5, 5) to (2, 2), otherwise to (3, 3).
    padding : tuple of int, optional
        Rows to add above and below, columns to add left and right; they are
        never the maximum.
    \*\*kwargs
        See :class:`~blocks.bricks.Initializable`.

    """

    @lazy(allocation=['pooling_size'])
    def __init__(self, pooling_size, step=None, input_dim=None,
                 ignore_border=True, padding=(0, 0), **kwargs):
        super().__init__('max', pooling_size, step=step, input_dim=input_dim,
                         ignore_border=ignore_border, padding=padding,
                         **kwargs)


class AveragePooling(Pooling):
    r"""Take the mean of each window.

    Parameters
    ----------
    include_padding : bool, optional
        Whether the mean includes the zeros that `padding` adds.
    pooling_size, step, input_dim, ignore_border, padding, \*\*kwargs
        See :class:`MaxPooling`.

    """

    @checked(include_padding=flag)
    @lazy(allocation=['pooling_size'])
    def __init__(self, pooling_size, step=None, input_dim=None,
                 ignore_border=True, padding=(0, 0), include_padding=False,
                 **kwargs):
        mode = 'average_inc_pad' if include_padding else 'average_exc_pad'
        super().__init__(mode, pooling_size, step=step, input_dim=input_dim,
                         ignore_border=ignore_border, padding=padding,
                         **kwargs)
