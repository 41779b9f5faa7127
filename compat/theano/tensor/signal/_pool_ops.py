"""Operations of pooling, and their gradients."""

from theano.gof.graph import Apply, Variable
from theano.gof.op import Op
from theano.gradient import DisconnectedType
from theano.tensor.basic import (
    as_tensor_variable,
    extract_constant,
    ge,
    integer_dtypes,
    maximum,
    switch,
    zeros_like,
)
from theano.tensor.signal import _pool_arrays
from theano.tensor.signal._pool_arrays import Axis
from theano.tensor.signal._renamed import given
from theano.tensor.type import TensorType

__all__ = ['AveragePoolGrad', 'DownsampleFactorMaxGradGrad', 'MaxPoolGrad',
           'Pool', 'PoolGrad']

_MODES = 'max', 'sum', 'average_inc_pad', 'average_exc_pad'


def _count(length, window, step, ignore_border):
    """Count the windows along one dimension, including its padding."""
    if ignore_border:
        if window is step or _equal(window, step):
            return length // step
        return _largest((length - window) // step + 1, 0)
    if any(isinstance(x, Variable) for x in (length, window, step)):
        return switch(ge(step, window), (length - 1) // step + 1,
                      maximum(0, (length - 1 - window) // step + 1) + 1)
    if step >= window:
        return (length - 1) // step + 1
    return max(0, (length - 1 - window + step) // step) + 1


def _equal(one, other):
    return not (isinstance(one, Variable) or isinstance(other, Variable)) \
        and one == other


def _largest(one, other):
    if isinstance(one, Variable) or isinstance(other, Variable):
        return maximum(one, other)
    return max(one, other)


class _Pooling(Op):
    """Base class of the pooling operations.

    Parameters
    ----------
    ignore_border : bool
        Whether to omit windows that extend beyond the array.
    mode : {'max', 'sum', 'average_inc_pad', 'average_exc_pad'}
        The kind of pooling.
    ndim : int
        Number of pooled dimensions, the last ones.
    openmp : bool, optional
        Without effect.

    Raises
    ------
    ValueError
        If the mode is invalid.

    """

    __props__ = ('ignore_border', 'mode', 'ndim')
    #: Number of tensors among the inputs, before window, step and padding.
    _tensors = 1
    #: Modes of the class, the first one the default.
    _modes = _MODES

    def __init__(self, ignore_border=False, mode=None, ndim=2, openmp=None):
        mode = self._modes[0] if mode is None else mode
        self.mode = 'max' if mode == 'max_deterministic' else mode
        if self.mode not in self._modes:
            raise ValueError(f'{type(self).__name__}: mode must be one of '
                             f'{", ".join(self._modes)}, got {mode!r}')
        self.ignore_border, self.ndim = bool(ignore_border), ndim

    def _window(self, ws, stride, pad):
        """Return window, step and padding as vectors."""
        stride = ws if stride is None else stride
        pad = (0,) * self.ndim if pad is None else pad
        vectors = []
        for name, value in [('ws', ws), ('stride', stride), ('pad', pad)]:
            vector = as_tensor_variable(value)
            if vector.ndim != 1 or vector.type.shape[0] not in (None,
                                                                self.ndim):
                raise ValueError(f'{type(self).__name__}: {name} must have '
                                 f'{self.ndim} elements, got {value}')
            if vector.dtype not in integer_dtypes:
                raise TypeError(f'{type(self).__name__}: {name} must be '
                                f'integers, got {vector.dtype}')
            vectors.append(vector)
        return vectors

    def _node(self, tensors, ws, stride, pad):
        """Return the node of this operation on tensors."""
        tensors = [as_tensor_variable(x) for x in tensors]
        for x in tensors:
            if x.ndim < self.ndim or x.ndim != tensors[0].ndim:
                raise TypeError(
                    f'{type(self).__name__}: tensors must have one number '
                    f'of dimensions, at least {self.ndim}, got '
                    f'{[x.ndim for x in tensors]}')
        return Apply(self, tensors + self._window(ws, stride, pad),
                     [self._output(*tensors)])

    def _output(self, x, *others):
        """Return a variable of the type of the array."""
        return x.type()

    def _split(self, inputs):
        """Return the arrays, and the windows along each dimension."""
        arrays, vectors = inputs[:self._tensors], inputs[self._tensors:]
        ws, stride, pad = (vector.tolist() for vector in vectors)
        if not len(ws) == len(stride) == len(pad) == self.ndim:
            raise ValueError(f'{type(self).__name__}: ws, stride and pad '
                             f'must have {self.ndim} elements, got {ws}, '
                             f'{stride} and {pad}')
        if min(ws) < 1 or min(stride) < 1 or min(pad) < 0:
            raise ValueError(f'{type(self).__name__}: ws and stride must be '
                             f'>= 1 and pad >= 0, got {ws}, {stride} and '
                             f'{pad}')
        if any(pad) and not self.ignore_border:
            raise ValueError(f'{type(self).__name__}: padding needs '
                             f'ignore_border=True, got pad={pad}')
        return arrays, [
            Axis(length, max(0, _count(length + 2 * padding, window, step,
                                       self.ignore_border)),
                 window, step, padding)
            for length, window, step, padding
            in zip(arrays[0].shape[-self.ndim:], ws, stride, pad)]

    def _check_pooled(self, name, array, like, axes):
        expected = (*like.shape[:-self.ndim], *(axis.count for axis in axes))
        if array.shape != expected:
            raise ValueError(f'{type(self).__name__}: {name} must have the '
                             f'shape {expected}, got {array.shape}')

    def infer_shape(self, node, input_shapes):
        return [input_shapes[0]]

    def connection_pattern(self, node):
        return [[True]] * self._tensors + [[False]] * 3

    @staticmethod
    def out_shape(imgshape, ws=None, ignore_border=False, stride=None,
                  pad=None, ndim=2, ds=None, st=None, padding=None):
        """Return the shape of a pooled array.

        Parameters
        ----------
        imgshape : sequence of (int or symbolic integer)
            Shape of the array; the last `ndim` lengths are pooled.
        ws : sequence of int
            Lengths of the window.
        ignore_border : bool
            Whether to omit windows that extend beyond the array.
        stride : sequence of int, optional
            Steps; by default the lengths of the window.
        pad : sequence of int, optional
            Padding on both sides.
        ndim : int
            Number of pooled dimensions.
        ds, st, padding
            Older names of `ws`, `stride` and `pad`.

        Returns
        -------
        list of (int or symbolic integer)

        Raises
        ------
        ValueError
            If the window is missing or is given under both names.
        TypeError
            If the array has too few dimensions.

        """
        ndim = 2 if ndim is None else ndim
        ws, stride, pad = given('Pool.out_shape', ndim, ws, stride, pad, ds,
                                st, padding, stacklevel=3)
        if len(imgshape) < ndim:
            raise TypeError(f'Pool.out_shape: imgshape must have at least '
                            f'{ndim} dimensions, got {len(imgshape)}')
        stride = ws if stride is None else stride
        pad = (0,) * ndim if pad is None else pad
        lengths = (extract_constant(length) if isinstance(length, Variable)
                   else length for length in imgshape[-ndim:])
        return list(imgshape[:-ndim]) + [
            _count(length + 2 * pad[axis], ws[axis], stride[axis],
                   ignore_border) for axis, length in enumerate(lengths)]


class Pool(_Pooling):
    """Take the maximum, the sum or the mean of windows.

    Called with an array, the window, and optionally steps and padding.

    """

    def make_node(self, x, ws, stride=None, pad=None):
        if isinstance(pad, (tuple, list)):
            if max(pad) > 0 and not self.ignore_border:
                raise NotImplementedError(
                    f'Pool: padding needs ignore_border=True, got pad={pad}')
            if isinstance(ws, (tuple, list)) and any(
                    one >= other for one, other in zip(pad, ws)):
                raise NotImplementedError(
                    f'Pool: padding must be smaller than the window {ws}, '
                    f'got {pad}')
        return self._node([x], ws, stride, pad)

    def _output(self, x):
        return TensorType(x.dtype, shape=(
            *x.type.shape[:-self.ndim], *(None,) * self.ndim))()

    def perform(self, node, inputs, output_storage):
        (x,), axes = self._split(inputs)
        if self.mode in ('max', 'average_exc_pad') and any(
                axis.count and (axis.pad >= axis.window or not axis.length)
                for axis in axes):
            raise ValueError(
                'Pool: windows must have elements that are not padding, got '
                f'windows {inputs[1]} and padding {inputs[3]} for an array of '
                f'shape {x.shape}')
        if self.mode == 'max':
            result = _pool_arrays.maximum(x, axes)
        elif self.mode == 'sum':
            result = _pool_arrays.total(x, axes)
        else:
            result = _pool_arrays.average(
                x, axes, with_padding=self.mode == 'average_inc_pad')
        output_storage[0][0] = result

    def infer_shape(self, node, input_shapes):
        ws, stride, pad = node.inputs[1:]
        return [self.out_shape(list(input_shapes[0]), ws, self.ignore_border,
                               stride, pad, self.ndim)]

    def L_op(self, inputs, outputs, output_grads):
        x, *window = inputs
        gradient, = output_grads
        if self.mode == 'max':
            result = MaxPoolGrad(self.ignore_border, ndim=self.ndim)(
                x, outputs[0], gradient, *window)
        else:
            result = AveragePoolGrad(self.ignore_border, self.mode,
                                     self.ndim)(x, gradient, *window)
        return [result] + [DisconnectedType()() for _ in window]

    def R_op(self, inputs, eval_points):
        direction = eval_points[0]
        if direction is None:
            return [None]
        if self.mode != 'max':
            return [self(direction, *inputs[1:])]
        return [DownsampleFactorMaxGradGrad(
            self.ignore_border, ndim=self.ndim)(
                inputs[0], self(*inputs), direction, *inputs[1:])]


class PoolGrad(_Pooling):
    """Base class of the gradients of pooling."""


class MaxPoolGrad(PoolGrad):
    """Gradient of the maximum: each of several maxima receives all of it."""

    _tensors = 3
    _modes = 'max',

    def __init__(self, ignore_border, ndim=2, openmp=None):
        super().__init__(ignore_border, 'max', ndim)

    def make_node(self, x, maxout, gz, ws, stride=None, pad=None):
        return self._node([x, maxout, gz], ws, stride, pad)

    def perform(self, node, inputs, output_storage):
        (x, maxima, gradient), axes = self._split(inputs)
        self._check_pooled('maxout', maxima, x, axes)
        self._check_pooled('gz', gradient, x, axes)
        output_storage[0][0] = _pool_arrays.spread_to_maxima(
            x, maxima, gradient, axes)

    def grad(self, inputs, output_grads):
        x, maxima, _, *window = inputs
        return [zeros_like(x), zeros_like(maxima),
                DownsampleFactorMaxGradGrad(self.ignore_border,
                                            ndim=self.ndim)(
                    x, maxima, output_grads[0], *window),
                *(DisconnectedType()() for _ in window)]


class AveragePoolGrad(PoolGrad):
    """Gradient of the mean and of the sum."""

    _tensors = 2
    _modes = 'average_inc_pad', 'average_exc_pad', 'sum'

    def make_node(self, x, gz, ws, stride=None, pad=None, dummy=None):
        return self._node([x, gz], ws, stride, pad)

    def perform(self, node, inputs, output_storage):
        (x, gradient), axes = self._split(inputs)
        self._check_pooled('gz', gradient, x, axes)
        output_storage[0][0] = _pool_arrays.spread(
            x, gradient, axes, None if self.mode == 'sum'
            else self.mode == 'average_inc_pad')

    def grad(self, inputs, output_grads):
        x, _, *window = inputs
        return [zeros_like(x),
                Pool(self.ignore_border, self.mode, self.ndim)(
                    output_grads[0], *window),
                *(DisconnectedType()() for _ in window)]


class DownsampleFactorMaxGradGrad(_Pooling):
    """Sum values at the positions of the maxima: gradient of MaxPoolGrad."""

    _tensors = 3
    _modes = 'max',

    def make_node(self, x, maxout, gz, ws, stride=None, pad=None):
        return self._node([x, maxout, gz], ws, stride, pad)

    def _output(self, x, maxima, values):
        return maxima.type()

    def perform(self, node, inputs, output_storage):
        (x, maxima, values), axes = self._split(inputs)
        self._check_pooled('maxout', maxima, x, axes)
        output_storage[0][0] = _pool_arrays.at_maxima(x, maxima, values,
                                                      axes)

    def infer_shape(self, node, input_shapes):
        return [input_shapes[1]]

    def grad(self, inputs, output_grads):
        x, maxima, _, *window = inputs
        return [zeros_like(x), zeros_like(maxima),
                MaxPoolGrad(self.ignore_border, self.ndim)(
                    x, maxima, output_grads[0], *window),
                *(DisconnectedType()() for _ in window)]
