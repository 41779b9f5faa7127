"""Draws from a state of NumPy's Mersenne Twister.

Each function takes the variable of a ``numpy.random.RandomState`` and
returns the variable of the state after the draw and the sample.

"""

import copy
import functools
import operator

import numpy
from theano import tensor
from theano.configparser import config
from theano.gof import Apply, Op, Type, Variable
from theano.gradient import grad_undefined
from theano.scalar import upcast

__all__ = ['RandomFunction', 'RandomStateType', 'RandomStreamsBase',
           'binomial', 'choice', 'multinomial', 'normal', 'permutation',
           'poisson', 'random_integers', 'random_state_type',
           'shuffle_row_elements', 'uniform']


class RandomStateType(Type):
    """The type of variables that hold a ``numpy.random.RandomState``."""

    def filter(self, data, strict=False, allow_downcast=None):
        """Return `data` if it is a random state.

        Raises
        ------
        TypeError
            If it is not one.

        """
        if not isinstance(data, numpy.random.RandomState):
            raise TypeError(f'expected a numpy.random.RandomState, got '
                            f'{type(data)}')
        return data

    def is_valid_value(self, data, strict=True):
        return isinstance(data, numpy.random.RandomState)

    @staticmethod
    def values_eq(a, b):
        """Return whether two states would draw the same numbers."""
        return all(map(numpy.array_equal, a.get_state(), b.get_state()))

    @staticmethod
    def may_share_memory(a, b):
        return a is b

    def __eq__(self, other):
        return type(self) is type(other)

    def __hash__(self):
        return hash(type(self))

    def __str__(self):
        return 'RandomStateType'


random_state_type = RandomStateType()


class RandomFunction(Op):
    """Draw from a random state.

    Parameters
    ----------
    fn : str or callable
        Name of a method of ``numpy.random.RandomState``, or a function of
        a state, arguments and a shape.
    outtype : TensorType
        Type of the sample.
    inplace : bool
        Whether to change the state instead of a copy.
    ndim_added : int
        Number of dimensions of a single draw.

    """

    __props__ = ('fn', 'outtype', 'inplace', 'ndim_added')

    def __init__(self, fn, outtype, inplace=False, ndim_added=0):
        self.fn = fn
        self.outtype = outtype
        self.inplace = inplace
        self.ndim_added = ndim_added
        if inplace:
            self.destroy_map = {0: [0]}

    def __str__(self):
        return f'RandomFunction{{{getattr(self.fn, "__name__", self.fn)}}}'

    def make_node(self, r, shape, *args):
        """Make a node from a state, a vector with the shape, and arguments."""
        shape = tensor.cast(tensor.as_tensor_variable(shape, ndim=1),
                            'int64')
        return Apply(self, [r, shape, *map(tensor.as_tensor_variable, args)],
                     [r.type(), self.outtype()])

    def perform(self, node, inputs, output_storage):
        state, shape, *args = inputs
        draw = self.fn
        if isinstance(draw, str):
            draw = getattr(numpy.random.RandomState, draw)
        if not self.inplace:
            state = copy.deepcopy(state)
        shape = tuple(shape) if len(shape) else None
        sample = numpy.asarray(draw(state, *args, shape),
                               dtype=self.outtype.dtype)
        if shape is None and sample.ndim == 0:
            sample = sample.reshape((1,) * self.outtype.ndim)
        if sample.ndim != self.outtype.ndim:
            raise ValueError(f'{self}: a sample of {self.outtype.ndim} '
                             f'dimensions is expected, got {sample.ndim}; '
                             f'check size and ndim')
        output_storage[0][0] = state
        output_storage[1][0] = sample

    def grad(self, inputs, output_grads):
        return [grad_undefined(self, position, variable, 'random numbers')
                for position, variable in enumerate(inputs)]

    def R_op(self, inputs, eval_points):
        return [None, None]


def _resolve(ndim, size, *args):
    """Return the number of dimensions, shape and broadcasting of a sample.

    A length of -1 stands for the length of the arguments in that dimension.

    """
    if size is None:
        if not args:
            raise TypeError('random draw: pass size; there are no arguments '
                            'that determine the shape')
        template = functools.reduce(operator.add, args)
        return template.ndim, template.shape, template.broadcastable
    if isinstance(size, Variable):
        if size.ndim != 1 or size.dtype not in tensor.integer_dtypes:
            raise TypeError(f'random draw: size must be an integer vector, '
                            f'got {size.type}')
        if ndim is None:
            ndim = tensor.get_vector_length(size)
        lengths, broadcastable = size, (False,) * ndim
    else:
        size = [size] if isinstance(size, int) else list(size)
        if ndim not in (None, len(size)):
            raise ValueError(f'random draw: ndim must be the length of size, '
                             f'{len(size)}, got {ndim}')
        ndim = len(size)
        size = [_length_of(args, axis - ndim)
                if isinstance(length, int) and length == -1 else length
                for axis, length in enumerate(size)]
        for length in size:
            if isinstance(length, int) and length < 0:
                raise ValueError(f'random draw: lengths must not be '
                                 f'negative, got {length}')
        lengths = (tensor.stack([tensor.as_tensor_variable(length)
                                 for length in size])
                   if size else tensor.constant([], dtype='int64'))
        broadcastable = tuple(isinstance(length, int) and length == 1
                              for length in size)
    if any(arg.ndim > ndim for arg in args):
        raise ValueError(f'random draw: arguments have more dimensions than '
                         f'the sample, {ndim}')
    return ndim, lengths, broadcastable


def _length_of(args, axis):
    """Return the length of the arguments along an axis from the end."""
    reaching = [arg for arg in args if arg.ndim >= -axis]
    if not reaching:
        raise ValueError('random draw: a length of -1 must overlap with a '
                         'dimension of an argument')
    for arg in reaching:
        if not arg.broadcastable[axis]:
            return arg.shape[axis]
    return 1


def _draw(fn, random_state, size, args, ndim, dtype, *, shaped_by=(),
          added=()):
    """Apply a RandomFunction of the right type."""
    _, shape, broadcastable = _resolve(ndim, size, *shaped_by)
    outtype = tensor.TensorType(dtype, tuple(broadcastable) + added)
    return RandomFunction(fn, outtype, ndim_added=len(added))(
        random_state, shape, *args)


def _float_draw(fn, random_state, size, args, ndim, dtype):
    """Draw floats, at least as precise as floatX and the arguments."""
    args = [tensor.as_tensor_variable(arg) for arg in args]
    if dtype is None:
        dtype = upcast(config.floatX, *(arg.dtype for arg in args))
    return _draw(fn, random_state, size, args, ndim, dtype, shaped_by=args)


def uniform(random_state, size=None, low=0.0, high=1.0, ndim=None,
            dtype=None):
    """Draw uniformly between `low` and `high`."""
    return _float_draw('uniform', random_state, size, [low, high], ndim,
                       dtype)


def normal(random_state, size=None, avg=0.0, std=1.0, ndim=None, dtype=None):
    """Draw normally with mean `avg` and standard deviation `std`."""
    return _float_draw('normal', random_state, size, [avg, std], ndim, dtype)


def binomial(random_state, size=None, n=1, p=0.5, ndim=None, dtype='int64',
             prob=None):
    """Count successes of probability `p` in `n` trials."""
    args = [tensor.as_tensor_variable(arg)
            for arg in (n, p if prob is None else prob)]
    return _draw('binomial', random_state, size, args, ndim, dtype,
                 shaped_by=args)


def poisson(random_state, size=None, lam=1.0, ndim=None, dtype='int64'):
    """Draw from Poisson distributions with expectation `lam`."""
    return _draw('poisson', random_state, size, [lam], ndim, dtype)


def random_integers(random_state, size=None, low=0, high=1, ndim=None,
                    dtype='int64'):
    """Draw integers between `low` and `high`, both included."""
    args = [tensor.as_tensor_variable(bound) for bound in (low, high)]
    return _draw(_draw_integers, random_state, size, args, ndim, dtype,
                 shaped_by=args)


def choice(random_state, size=None, a=2, replace=True, p=None, ndim=None,
           dtype='int64'):
    """Choose from a vector `a`, or from the integers below `a`."""
    args = [a, numpy.int8(replace) if isinstance(replace, bool) else replace,
            [] if p is None else p]
    if size is None:
        size = ()
    return _draw(_draw_choice, random_state, size, args, ndim, dtype)


def permutation(random_state, size=None, n=1, ndim=None, dtype='int64'):
    """Permute the integers below `n`, once for each element of `size`."""
    if size is None and ndim not in (None, 1):
        raise TypeError(f'permutation: one permutation has 1 dimension, got '
                        f'ndim={ndim}')
    if size in (None, ()):
        size, ndim = (), None
    return _draw(_draw_permutation, random_state, size, [n], ndim, dtype,
                 added=(False,))


def multinomial(random_state, size=None, n=1, pvals=(0.5, 0.5), ndim=None,
                dtype='int64'):
    """Count the outcomes of `n` draws from distributions `pvals`.

    Parameters
    ----------
    random_state : Variable
        The state.
    size : sequence of int, optional
        Shape of the sample without its last dimension; a length of -1 stands
        for that of `pvals`, the default for all.
    n : int or TensorVariable
        Number of draws.
    pvals : TensorVariable, shape (..., outcomes)
        Probabilities.
    ndim : int, optional
        Length of `size`, if it cannot be inferred.
    dtype : str
        Data type of the counts.

    """
    n, pvals = map(tensor.as_tensor_variable, (n, pvals))
    return _draw(_draw_multinomial, random_state, size, [n, pvals], ndim,
                 dtype, shaped_by=[n, pvals[..., 0]],
                 added=(pvals.broadcastable[-1],))


def shuffle_row_elements(random_state, matrix):
    """Permute the elements of each row, independently."""
    matrix = tensor.as_tensor_variable(matrix)
    rows = matrix.shape[:-1]
    state, order = permutation(random_state, rows, matrix.shape[-1],
                               ndim=matrix.ndim - 1)
    return state, tensor.permute_row_elements(matrix, order)


def _broadcast(size, *arrays):
    """Yield each index of a sample with the corresponding elements."""
    if size is None:
        size = numpy.broadcast_shapes(*(array.shape for array in arrays))
    arrays = [numpy.broadcast_to(array, size) for array in arrays]
    return size, ((index, *(array[index] for array in arrays))
                  for index in numpy.ndindex(*size))


def _draw_integers(state, low, high, size):
    size, elements = _broadcast(size, low, high)
    sample = numpy.empty(size, dtype='int64')
    for index, lowest, highest in elements:
        sample[index] = state.randint(low=lowest, high=highest + 1)
    return sample


def _draw_choice(state, a, replace, p, size):
    return state.choice(a, size, bool(replace), p if p.size else None)


def _draw_permutation(state, n, size):
    size = size or ()
    sample = numpy.empty(size + (int(n),), dtype='int64')
    for index in numpy.ndindex(*size):
        sample[index] = state.permutation(int(n))
    return sample


def _draw_multinomial(state, n, pvals, size):
    if size is None:
        size = numpy.broadcast_shapes(n.shape, pvals.shape[:-1])
    n = numpy.broadcast_to(n, size)
    outcomes = pvals.shape[-1:]
    pvals = numpy.broadcast_to(pvals, size + outcomes)
    sample = numpy.empty(size + outcomes, dtype='int64')
    for index in numpy.ndindex(*size):
        probabilities = pvals[index]
        # Rounding may push the sum slightly above one.
        if (1.0 < probabilities.sum() < 1.0 + 1e-5
                or probabilities[-1] < 5e-5):
            probabilities = probabilities * (1.0 - 5e-5)
        sample[index] = state.multinomial(
            n=n[index], pvals=probabilities.astype('float64'))
    return sample


class RandomStreamsBase:
    """The functions of this module as methods without the state argument.

    A subclass defines ``gen(function, *args, **kwargs)``.

    """

    def uniform(self, size=None, low=0.0, high=1.0, ndim=None, dtype=None):
        """Draw uniformly between `low` and `high`."""
        return self.gen(uniform, size, low, high, ndim=ndim, dtype=dtype)

    def normal(self, size=None, avg=0.0, std=1.0, ndim=None, dtype=None):
        """Draw normally with mean `avg` and standard deviation `std`."""
        return self.gen(normal, size, avg, std, ndim=ndim, dtype=dtype)

    def binomial(self, size=None, n=1, p=0.5, ndim=None, dtype='int64',
                 prob=None):
        """Count successes of probability `p` in `n` trials."""
        return self.gen(binomial, size, n, p, ndim=ndim, dtype=dtype,
                        prob=prob)

    def poisson(self, size=None, lam=1.0, ndim=None, dtype='int64'):
        """Draw from Poisson distributions with expectation `lam`."""
        return self.gen(poisson, size, lam, ndim=ndim, dtype=dtype)

    def random_integers(self, size=None, low=0, high=1, ndim=None,
                        dtype='int64'):
        """Draw integers between `low` and `high`, both included."""
        return self.gen(random_integers, size, low, high, ndim=ndim,
                        dtype=dtype)

    def choice(self, size=None, a=2, replace=True, p=None, ndim=None,
               dtype='int64'):
        """Choose from a vector `a`, or from the integers below `a`."""
        return self.gen(choice, size, a, replace, p, ndim=ndim, dtype=dtype)

    def permutation(self, size=None, n=1, ndim=None, dtype='int64'):
        """Permute the integers below `n`."""
        return self.gen(permutation, size, n, ndim=ndim, dtype=dtype)

    def multinomial(self, size=None, n=1, pvals=(0.5, 0.5), ndim=None,
                    dtype='int64'):
        """Count the outcomes of `n` draws from distributions `pvals`."""
        return self.gen(multinomial, size, n, pvals, ndim=ndim, dtype=dtype)

    def shuffle_row_elements(self, input):
        """Permute the elements of each row, independently."""
        return self.gen(shuffle_row_elements, input)
