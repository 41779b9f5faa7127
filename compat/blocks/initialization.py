"""Schemes for the initial values of parameters."""
import numbers
from abc import ABCMeta, abstractmethod

import numpy
import theano

from .annotations import full_name
from .utils import pack, repr_attrs
from .utils.checks import check_number


def check_scheme(who, name, scheme):
    """Raise TypeError if an argument is not a scheme.

    Parameters
    ----------
    who : str
        The caller, for messages.
    name : str
        The name of the argument.
    scheme : object
        The argument; any object with a method `generate` is accepted.

    """
    if not hasattr(scheme, 'generate') or isinstance(scheme, type):
        raise TypeError(f'{who}: {name} must be an initialization scheme '
                        f'such as Constant(0), got {scheme!r}')


def _floatx(values):
    return numpy.asarray(values, dtype=theano.config.floatX)


class NdarrayInitialization(metaclass=ABCMeta):
    """Base class of schemes, which generate arrays of a given shape.

    Subclasses define :meth:`generate`. The attributes named in `shown` are
    part of the ``repr``.

    """

    shown = ()

    @abstractmethod
    def generate(self, rng, shape):
        """Generate the values of a parameter.

        Parameters
        ----------
        rng : :class:`numpy.random.RandomState`
            Source of random numbers.
        shape : tuple of int
            The shape of the parameter.

        Returns
        -------
        :class:`~numpy.ndarray`
            Values of that shape, of type ``theano.config.floatX``.

        """

    def initialize(self, var, rng, shape=None):
        """Set the value of a shared variable.

        Parameters
        ----------
        var : shared variable
            The shared variable to set.
        rng : :class:`numpy.random.RandomState`
            Source of random numbers.
        shape : tuple of int, optional
            The shape of the value, by default that of the current value.

        Raises
        ------
        ValueError
            If the scheme does not suit the variable; the message names it.

        """
        shape = shape or var.get_value(borrow=True).shape
        try:
            values = self.generate(rng, shape)
        except ValueError as error:
            raise ValueError(f'cannot initialize {full_name(var)} with '
                             f'{self!r}: {error}') from error
        except Exception as error:
            error.add_note(f'This happened while {full_name(var)} was '
                           f'being initialized with {self!r}.')
            raise
        if numpy.shape(values) != tuple(shape):
            raise ValueError(f'cannot initialize {full_name(var)} with '
                             f'{self!r}: it must be of shape {tuple(shape)}, '
                             f'the values are of {numpy.shape(values)}')
        var.set_value(values)

    def _check_generator(self, rng, method):
        if not hasattr(rng, method):
            raise TypeError(f'{type(self).__name__}: rng must be a generator '
                            'such as numpy.random.RandomState(1), got '
                            f'{rng!r}')

    def _check_matrix(self, shape):
        if len(shape) != 2:
            raise ValueError(f'{type(self).__name__} makes matrices, got the '
                             f'shape {tuple(shape)}; choose another scheme '
                             'for this parameter')

    def __repr__(self):
        return repr_attrs(self, *self.shown)


class Constant(NdarrayInitialization):
    """Set all elements to a constant.

    Parameters
    ----------
    constant : array_like
        A scalar, or an array that broadcasts to the parameter's shape.

    """

    shown = ('constant',)

    def __init__(self, constant):
        try:
            self.constant = numpy.asarray(constant)
        except ValueError as error:
            raise ValueError('Constant: constant must be a number or an '
                             f'array of them, got {constant!r}') from error
        if self.constant.dtype.kind not in 'biufc':
            raise TypeError('Constant: constant must be a number or an array '
                            f'of them, got {constant!r}')

    def generate(self, rng, shape):
        try:
            numpy.broadcast_shapes(self.constant.shape, shape)
        except ValueError as error:
            raise ValueError(
                f'Constant: an array of shape {self.constant.shape} does not '
                f'broadcast to the shape {tuple(shape)}') from error
        return _floatx(numpy.broadcast_to(self.constant, shape)).copy()


class IsotropicGaussian(NdarrayInitialization):
    """Draw each element from a normal distribution.

    Parameters
    ----------
    std : float, optional
        The standard deviation. Note that it is the first argument.
    mean : float, optional
        The mean.

    """

    shown = ('mean', 'std')

    def __init__(self, std=1, mean=0):
        self.mean = check_number(self, 'mean', mean)
        self.std = check_number(self, 'std', std, least=0)

    def generate(self, rng, shape):
        self._check_generator(rng, 'normal')
        return _floatx(rng.normal(self.mean, self.std, size=shape))


class Uniform(NdarrayInitialization):
    """Draw each element from a uniform distribution.

    Parameters
    ----------
    mean : float, optional
        The center of the interval.
    width : float, optional
        The length of the interval. Pass either this or `std`.
    std : float, optional
        The standard deviation, the length divided by the root of 12.

    """

    shown = ('mean', 'width')

    def __init__(self, mean=0., width=None, std=None):
        if (width is None) == (std is None):
            raise ValueError('Uniform needs either width or std, got '
                             f'width={width} and std={std}')
        for name, value in [('std', std), ('width', width)]:
            if value is not None:
                check_number(self, name, value, least=0)
        self.mean = check_number(self, 'mean', mean)
        self.width = numpy.sqrt(12) * std if width is None else width

    def generate(self, rng, shape):
        self._check_generator(rng, 'uniform')
        half = self.width / 2
        return _floatx(rng.uniform(self.mean - half, self.mean + half,
                                   size=shape))


class Identity(NdarrayInitialization):
    """Set a matrix to (a multiple of) the identity.

    A non-square matrix has zeros beyond the diagonal.

    Parameters
    ----------
    mult : float, optional
        The value on the diagonal.

    """

    shown = ('mult',)

    def __init__(self, mult=1):
        self.mult = check_number(self, 'mult', mult)

    def generate(self, rng, shape):
        self._check_matrix(shape)
        return _floatx(self.mult * numpy.eye(*shape))


class Orthogonal(NdarrayInitialization):
    """Draw a matrix with orthogonal rows or columns.

    Parameters
    ----------
    scale : float, optional
        Factor of the matrix: all its singular values.

    References
    ----------
    A. M. Saxe, J. L. McClelland and S. Ganguli, *Exact solutions to the
    nonlinear dynamics of learning in deep linear neural networks*,
    arXiv:1312.6120 (2013).

    """

    shown = ('scale',)

    def __init__(self, scale=1):
        self.scale = check_number(self, 'scale', scale)

    def generate(self, rng, shape):
        self._check_generator(rng, 'randn')
        self._check_matrix(shape)
        rows, columns = shape
        if rows == columns:
            return _floatx(self._square(rng, rows) * self.scale)
        left, right = self._square(rng, rows), self._square(rng, columns)
        rank = min(shape)
        return _floatx(left[:, :rank] @ right[:rank] * self.scale)

    @staticmethod
    def _square(rng, size):
        """Draw an orthogonal matrix, uniformly (in the Haar measure)."""
        q, r = numpy.linalg.qr(_floatx(rng.randn(size, size)))
        return q * numpy.sign(numpy.diag(r))


class Sparse(NdarrayInitialization):
    """Initialise some elements of each row of a matrix, at random positions.

    Parameters
    ----------
    num_init : int or float
        Number of elements of a row: an integer is a count, any other number a
        fraction.
    weights_init : :class:`NdarrayInitialization`
        The scheme for these elements.
    sparse_init : :class:`NdarrayInitialization`, optional
        The scheme for the other elements, zero by default.

    """

    def __init__(self, num_init, weights_init, sparse_init=None):
        check_scheme(type(self).__name__, 'weights_init', weights_init)
        if sparse_init is not None:
            check_scheme(type(self).__name__, 'sparse_init', sparse_init)
        self.num_init = num_init
        self.weights_init = weights_init
        self.sparse_init = (Constant(0.) if sparse_init is None
                            else sparse_init)

    def _count(self, columns):
        if isinstance(self.num_init, numbers.Integral):
            if 0 < self.num_init <= columns:
                return self.num_init
        elif 0 < self.num_init <= 1:
            return int(self.num_init * columns)
        raise ValueError(
            f'{type(self).__name__}: num_init must be an integer from 1 to '
            f'the number of columns, here {columns}, or a fraction above 0 '
            f'and up to 1, got {self.num_init!r}')

    def generate(self, rng, shape):
        self._check_matrix(shape)
        rows, columns = shape
        count = self._count(columns)
        weights = self.sparse_init.generate(rng, shape)
        values = self.weights_init.generate(rng, (rows, count))
        # The positions are drawn by the same generator as the values, so that
        # a seed determines the matrix.
        choose = (numpy.random if rng is None else rng).choice
        for row in range(rows):
            places = choose(columns, count, replace=False)
            weights[row, places] = values[row]
        return weights


class SparseND(Sparse):
    r"""Initialise some elements of each unit of an array.

    Parameters
    ----------
    axis : int or sequence of int
        The axes over which the units are arranged: with ``axis=(0, 1)``,
        ``num_init`` elements of each ``W[i, j]`` are initialised.
    \*\*kwargs
        See :class:`Sparse`.

    """

    def __init__(self, axis, **kwargs):
        super().__init__(**kwargs)
        self.axis = axis

    def generate(self, rng, shape):
        units = pack(self.axis)
        order = units + [axis for axis in range(len(shape))
                         if axis not in units]
        sizes = [shape[axis] for axis in order]
        rows = int(numpy.prod(sizes[:len(units)]))
        columns = int(numpy.prod(sizes[len(units):]))
        matrix = super().generate(rng, (rows, columns))
        return matrix.reshape(sizes).transpose(numpy.argsort(order))
