"""Windows of images as the rows of a matrix."""

import numpy
from numpy.lib.stride_tricks import sliding_window_view
from theano.gof.graph import Apply
from theano.gof.op import Op
from theano.gradient import DisconnectedType
from theano.raise_op import CheckAndRaise
from theano.tensor.basic import (
    as_tensor_variable,
    ceil_intdiv,
    eq,
    integer_dtypes,
    set_subtensor,
    zeros,
)
from theano.tensor.type import TensorType

__all__ = ['Images2Neibs', 'images2neibs', 'neibs2images']

_MODES = 'valid', 'half', 'full', 'wrap_centered', 'ignore_borders'


class _Windows(Op):
    """Base class of :class:`Images2Neibs` and its gradient."""

    __props__ = ('mode',)

    def __init__(self, mode='valid'):
        if mode not in _MODES:
            raise NotImplementedError(
                f'{type(self).__name__}: mode must be one of '
                f'{", ".join(_MODES)}, got {mode!r}')
        self.mode = mode

    def _vectors(self, neib_shape, neib_step):
        """Check the lengths of windows and the steps."""
        shape = as_tensor_variable(neib_shape)
        step = shape if neib_step is None else as_tensor_variable(neib_step)
        for name, vector in ('neib_shape', shape), ('neib_step', step):
            if vector.ndim != 1 or vector.dtype not in integer_dtypes:
                raise TypeError(f'{type(self).__name__}: {name} must be two '
                                f'integers, got {vector.type}')
        return shape, step

    def _margin(self, window):
        """Return how far windows extend beyond the edge of an image."""
        return {'half': window // 2, 'full': window - 1,
                'wrap_centered': window // 2}.get(self.mode, 0)

    def _counts(self, lengths, shape, steps):
        """Return the numbers of windows along rows and columns."""
        counts = []
        for length, window, step in zip(lengths, shape, steps):
            if self.mode == 'wrap_centered':
                counts.append(ceil_intdiv(length, step)
                              if hasattr(length, 'owner')
                              else -(-length // step))
                continue
            free = length + 2 * self._margin(window) - window
            counts.append(free // step + 1)
        return counts

    def _check(self, lengths, shape, steps):
        """Raise an error unless the windows fit into the image."""
        who = type(self).__name__
        if min(*shape, *steps) < 1:
            raise ValueError(f'{who}: neib_shape and neib_step must be >= 1, '
                             f'got {shape} and {steps}')
        for length, window, step in zip(lengths, shape, steps):
            if self.mode == 'wrap_centered' and window % 2 == 0:
                raise TypeError(f'{who}: mode wrap_centered needs windows of '
                                f'odd length, got {window}')
            if self.mode != 'ignore_borders' and length < window:
                raise TypeError(f'{who}: windows of length {window} do not '
                                f'fit into images of length {length}')
            free = length + 2 * self._margin(window) - window
            if self.mode in ('valid', 'half', 'full') and free % step:
                raise TypeError(
                    f'{who}: windows of length {window} with step {step} do '
                    f'not cover images of length {length} in mode '
                    f'{self.mode}; mode ignore_borders omits the rest')

    def _view(self, padded, shape, steps, counts):
        """View windows as (images, channels, counts, window)."""
        windows = sliding_window_view(padded, shape, axis=(2, 3),
                                      writeable=True)
        return windows[:, :, ::steps[0], ::steps[1]][
            :, :, :counts[0], :counts[1]]

    def _padding(self, lengths, shape):
        return [(0, 0), (0, 0), *((self._margin(window),) * 2
                                  for _, window in zip(lengths, shape))]


class Images2Neibs(_Windows):
    """Make the windows of images the rows of a matrix.

    Parameters
    ----------
    mode : {'valid', 'half', 'full', 'wrap_centered', 'ignore_borders'}
        See :func:`images2neibs`.

    Raises
    ------
    NotImplementedError
        If the mode is invalid.

    """

    def make_node(self, ten4, neib_shape, neib_step=None):
        ten4 = as_tensor_variable(ten4)
        if ten4.ndim != 4:
            raise TypeError(f'Images2Neibs: ten4 must have 4 dimensions, got '
                            f'{ten4.ndim}')
        return Apply(self, [ten4, *self._vectors(neib_shape, neib_step)],
                     [TensorType(ten4.dtype, shape=(None, None))()])

    def perform(self, node, inputs, output_storage):
        images, *vectors = inputs
        shape, steps = (vector.tolist() for vector in vectors)
        lengths = images.shape[2:]
        self._check(lengths, shape, steps)
        counts = self._counts(lengths, shape, steps)
        padding = self._padding(lengths, shape)
        padded = numpy.pad(images, padding, mode=(
            'wrap' if self.mode == 'wrap_centered' else 'constant'))
        number = images.shape[0] * images.shape[1] * counts[0] * counts[1]
        if min(counts) < 1:
            windows = numpy.zeros((0,), images.dtype)
            number = 0
        else:
            windows = self._view(padded, shape, steps, counts)
        output_storage[0][0] = windows.reshape(number, shape[0] * shape[1])

    def infer_shape(self, node, input_shapes):
        images, *_ = input_shapes
        shape, steps = ([vector[0], vector[1]] for vector in node.inputs[1:])
        rows, columns = self._counts(images[2:], shape, steps)
        return [(images[0] * images[1] * rows * columns,
                 shape[0] * shape[1])]

    def grad(self, inputs, output_grads):
        images, shape, step = inputs
        return [_Images2NeibsGrad(self.mode)(images, output_grads[0], shape,
                                             step),
                DisconnectedType()(), DisconnectedType()()]

    def connection_pattern(self, node):
        return [[True], [False], [False]]


class _Images2NeibsGrad(_Windows):
    """Add up windows at their positions in the image."""

    def make_node(self, ten4, gradient, neib_shape, neib_step):
        return Apply(self, [ten4, gradient,
                            *self._vectors(neib_shape, neib_step)],
                     [ten4.type()])

    def perform(self, node, inputs, output_storage):
        images, gradient, *vectors = inputs
        shape, steps = (vector.tolist() for vector in vectors)
        lengths = images.shape[2:]
        counts = self._counts(lengths, shape, steps)
        margins = [self._margin(window) for window in shape]
        padded = numpy.zeros(
            images.shape[:2] + tuple(length + 2 * margin for length, margin
                                     in zip(lengths, margins)),
            images.dtype)
        if min(counts) > 0:
            windows = gradient.reshape(*images.shape[:2], *counts, *shape)
            view = self._view(padded, shape, steps, counts)
            for row in range(shape[0]):
                for column in range(shape[1]):
                    view[..., row, column] += windows[..., row, column]
        for axis, margin in enumerate(margins, 2):
            padded = self._folded(padded, axis, margin)
        output_storage[0][0] = padded

    def _folded(self, padded, axis, margin):
        """Remove the margins, or add them to the opposite edge."""
        if not margin:
            return padded
        padded = numpy.moveaxis(padded, axis, 0)
        inner = padded[margin:-margin]
        if self.mode == 'wrap_centered':
            inner[-margin:] += padded[:margin]
            inner[:margin] += padded[-margin:]
        return numpy.moveaxis(inner, 0, axis)

    def infer_shape(self, node, input_shapes):
        return [input_shapes[0]]

    def grad(self, inputs, output_grads):
        images, _, shape, step = inputs
        return [images.zeros_like(),
                Images2Neibs(self.mode)(output_grads[0], shape, step),
                DisconnectedType()(), DisconnectedType()()]

    def connection_pattern(self, node):
        return [[True], [True], [False], [False]]


def images2neibs(ten4, neib_shape, neib_step=None, mode='valid'):
    """Make the windows of images the rows of a matrix.

    Parameters
    ----------
    ten4 : TensorVariable
        Images (batch, channels, rows, columns).
    neib_shape : pair of int or vector of integers
        Rows and columns of a window.
    neib_step : pair of int or vector of integers, optional
        Steps from window to window; by default `neib_shape`, so that windows
        do not overlap.
    mode : {'valid', 'ignore_borders', 'half', 'full', 'wrap_centered'}
        With ``'valid'`` windows must cover the image exactly;
        ``'ignore_borders'`` omits the rest of the image.  ``'half'`` and
        ``'full'`` pad the image with half a window, or a window less one, of
        zeros.  ``'wrap_centered'`` takes a window around every position, and
        continues at the opposite edge.

    Returns
    -------
    TensorVariable
        (batch * channels * windows, elements of a window), the windows in
        row-major order.

    Raises
    ------
    TypeError
        At run time, if windows do not match the image.

    Examples
    --------
    >>> import numpy
    >>> from theano import tensor
    >>> x = tensor.dtensor4()
    >>> y = images2neibs(x, (2, 2))
    >>> y.eval({x: numpy.arange(8.).reshape(1, 1, 2, 4)})
    array([[0., 1., 4., 5.],
           [2., 3., 6., 7.]])

    """
    return Images2Neibs(mode)(ten4, neib_shape, neib_step)


def neibs2images(neibs, neib_shape, original_shape, mode='valid'):
    """Reassemble images from the windows of :func:`images2neibs`.

    Parameters
    ----------
    neibs : TensorVariable
        (batch * channels * windows, elements of a window); the windows must
        not overlap.
    neib_shape : pair of int or vector of integers
        Rows and columns of a window.
    original_shape : sequence of four int or vector of integers
        Shape of the images.
    mode : {'valid', 'ignore_borders'}
        Mode of :func:`images2neibs`. Omitted pixels become zero.

    Returns
    -------
    TensorVariable
        (batch, channels, rows, columns).

    Raises
    ------
    NotImplementedError
        If the mode is invalid.

    """
    if mode not in ('valid', 'ignore_borders'):
        raise NotImplementedError(
            f"neibs2images: mode must be 'valid' or 'ignore_borders', got "
            f"{mode!r}")
    neibs, window, shape = map(as_tensor_variable,
                               (neibs, neib_shape, original_shape))
    shape = CheckAndRaise(ValueError, 'neibs2images: original_shape must '
                          'have 4 elements')(shape, eq(shape.shape[0], 4))
    rows, columns = shape[2] // window[0], shape[3] // window[1]
    covered = neibs.reshape(
        (shape[0], shape[1], rows, columns, window[0], window[1]), ndim=6)
    covered = covered.dimshuffle(0, 1, 2, 4, 3, 5)
    if mode == 'valid':
        return covered.reshape(shape, ndim=4)
    covered = covered.reshape(
        (shape[0], shape[1], rows * window[0], columns * window[1]), ndim=4)
    images = zeros([shape[axis] for axis in range(4)], neibs.dtype)
    return set_subtensor(
        images[:, :, :rows * window[0], :columns * window[1]], covered)
