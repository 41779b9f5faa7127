"""Base class of the operations of convolution."""

import operator

from theano.configparser import config
from theano.gof.graph import Variable
from theano.gof.op import Op
from theano.gradient import DisconnectedType
from theano.scalar import upcast
from theano.tensor.basic import (
    NotScalarConstantError,
    as_tensor_variable,
    cast,
    eq,
    get_scalar_constant_value,
    patternbroadcast,
)
from theano.tensor.nnet._conv_arrays import Correlation
from theano.tensor.nnet._conv_shapes import border_mode_to_pad
from theano.tensor.opt import Assert
from theano.tensor.type import TensorType

__all__ = ['BaseAbstractConv', 'assert_shape']


def assert_shape(x, expected_shape, msg='Unexpected shape.'):
    """Check the shape of a variable, if ``config.conv.assert_shape`` is set.

    Parameters
    ----------
    x : TensorVariable
    expected_shape : sequence of (int, symbolic integer or None), optional
        Expected lengths; None allows any length.
    msg : str
        Message of the ``AssertionError``.

    Returns
    -------
    TensorVariable

    """
    if expected_shape is None or config.conv.assert_shape in (False, 'False'):
        return x
    tests = [eq(x.shape[axis], length)
             for axis, length in enumerate(expected_shape)
             if length is not None]
    return Assert(msg)(x, *tests) if tests else x


class BaseAbstractConv(Op):
    """Base class of the operations of convolution.

    Parameters
    ----------
    convdim : {2, 3}
        Number of dimensions to convolve over.
    imshp, kshp : sequence of (int or None), optional
        Shapes of images and of filters; checked if
        ``config.conv.assert_shape`` is set.
    border_mode : {'valid', 'half', 'full'}, int or tuple
        Padding; a tuple has one element or a pair of int for each of the
        dimensions.
    subsample : sequence of int
        Steps between positions of the filters.
    filter_flip : bool
        Whether to flip the filters, as in a convolution, or not, as in a
        correlation.
    filter_dilation : sequence of int
        Distances between the elements of a filter.
    num_groups : int
        Number of groups of channels; groups do not mix.
    unshared : bool
        Whether every position has its own filters.

    Raises
    ------
    ValueError
        If an argument is out of range or has the wrong number of dimensions.

    """

    __props__ = ('convdim', 'border_mode', 'subsample', 'filter_flip',
                 'imshp', 'kshp', 'filter_dilation', 'num_groups',
                 'unshared')
    #: The names of the two arguments that are tensors.
    _roles = ()

    def __init__(self, convdim, imshp=None, kshp=None, border_mode='valid',
                 subsample=None, filter_flip=True, filter_dilation=None,
                 num_groups=1, unshared=False):
        if convdim not in (2, 3):
            self._refuse('convdim', '2 or 3', convdim)
        self.convdim = convdim
        self.unshared = bool(unshared)
        self.filter_flip = bool(filter_flip)
        self.imshp = self._shape('imshp', imshp, 2 + convdim)
        self.kshp = self._shape('kshp', kshp, self._filter_ndim())
        self.border_mode = self._border_mode(border_mode)
        self.subsample = self._steps('subsample', subsample)
        self.filter_dilation = self._steps('filter_dilation',
                                           filter_dilation)
        if num_groups < 1:
            self._refuse('num_groups', 'at least 1', num_groups)
        self.num_groups = int(num_groups)

    def _refuse(self, name, expected, received):
        raise ValueError(f'{type(self).__name__}: {name} must be {expected}, '
                         f'got {received!r}')

    def _filter_ndim(self):
        return 2 + self.convdim * (2 if self.unshared else 1)

    def _shape(self, name, shape, ndim):
        """Return a shape as a tuple of int and None."""
        if shape is None:
            return (None,) * ndim
        if isinstance(shape, Variable) or len(shape) not in (0, ndim):
            self._refuse(name, f'None or a tuple of {ndim} lengths', shape)
        if not len(shape):
            return (None,) * ndim
        try:
            return tuple(
                None if length is None else int(get_scalar_constant_value(
                    length, only_process_constants=True))
                for length in shape)
        except (NotScalarConstantError, TypeError):
            raise ValueError(
                f'{type(self).__name__}: {name} must be None or a tuple of '
                f'int, constants and None, got {shape}; use None for an '
                'unknown length') from None

    def _border_mode(self, mode):
        expected = (
            f"'valid', 'half', 'full', an int >= 0, or a tuple with one of "
            f"these or a pair of int >= 0 for each of the {self.convdim} "
            f"dimensions")
        try:
            modes = [_side(one) for one in (
                mode if isinstance(mode, (tuple, list))
                else (mode,) * self.convdim)]
            border_mode_to_pad(tuple(modes), self.convdim,
                               (1,) * self.convdim)
        except (TypeError, ValueError):
            self._refuse('border_mode', expected, mode)
        if isinstance(mode, str):
            return mode
        return tuple(modes) if any(modes) else 'valid'

    def _steps(self, name, steps):
        steps = (1,) * self.convdim if steps is None else tuple(steps)
        if len(steps) != self.convdim or min(steps) < 1:
            self._refuse(name, f'{self.convdim} int >= 1', steps)
        return tuple(map(int, steps))

    def _settings(self):
        """Return all arguments of the constructor but the first."""
        return (self.imshp, self.kshp, self.border_mode, self.subsample,
                self.filter_flip, self.filter_dilation, self.num_groups,
                self.unshared)

    def _inputs(self, variables):
        """Check two tensors and, if present, the lengths."""
        variables = [as_tensor_variable(variable) for variable in variables]
        for name, variable in zip(self._roles, variables):
            ndim = self._filter_ndim() if name == 'kern' else 2 + self.convdim
            if variable.ndim != ndim:
                raise TypeError(
                    f'{type(self).__name__}: {name} must have {ndim} '
                    f'dimensions, got {variable.ndim}; reshape or dimshuffle '
                    f'{variable}')
        return variables

    def _output(self, ones, *variables):
        """Return a variable for the output.

        As in Theano, its type only records which lengths are known to be 1.

        """
        return TensorType(upcast(*(x.dtype for x in variables)), ones)()

    def _correlation(self, image, kernel):
        pads = border_mode_to_pad(
            self.border_mode, self.convdim,
            [(int(length) - 1) * distance + 1
             for length, distance in zip(kernel, self.filter_dilation)])
        return Correlation(image, kernel, pads, self.subsample,
                           self.filter_dilation, self.num_groups,
                           self.unshared)

    def _flipped(self, filters):
        if not self.filter_flip:
            return filters
        return filters[(..., *(slice(None, None, -1),) * self.convdim)]

    def _expect(self, what, expected, received):
        if expected != received:
            raise ValueError(
                f'{type(self).__name__}: {what} must be {expected}, got '
                f'{received}')

    def _gradients(self, inputs, gradients):
        """Cast gradients to the types of the inputs."""
        results = []
        for variable, gradient in zip(inputs, gradients):
            if gradient.dtype != variable.dtype:
                gradient = cast(gradient, variable.dtype)
            results.append(patternbroadcast(gradient,
                                            variable.broadcastable))
        return results + [DisconnectedType()() for _ in inputs[2:]]

    def R_op(self, inputs, eval_points):
        """Differentiate: the operation is linear in both tensors."""
        first, second = inputs[:2]
        terms = []
        if eval_points[0] is not None:
            terms.append(self(eval_points[0], second, *inputs[2:]))
        if eval_points[1] is not None:
            terms.append(self(first, eval_points[1], *inputs[2:]))
        return [sum(terms[1:], terms[0]) if terms else None]


def _side(mode):
    """Return the padding along one dimension as plain numbers."""
    if isinstance(mode, str):
        return mode
    if isinstance(mode, (tuple, list)):
        before, after = map(operator.index, mode)
        return before if before == after else (before, after)
    return operator.index(mode)
