"""Helpers for Theano variables: create, check, distinguish, watch."""
import numbers
from collections.abc import Iterable

import numpy
import theano
from theano import printing, tensor
from theano.gof.graph import Constant
from theano.tensor.shared_randomstreams import RandomStateSharedVariable
from theano.tensor.sharedvar import SharedVariable

from .._former import warn


def shared_floatx(value, name=None, borrow=False, dtype=None, **kwargs):
    r"""Make a shared variable of ``theano.config.floatX``.

    Parameters
    ----------
    value : array_like
        The initial value.
    name : str, optional
        The name of the variable.
    borrow : bool, optional
        Whether `value` may be used without a copy.
    dtype : str, optional
        A data type to use in place of ``floatX``.
    \*\*kwargs
        Passed on to :func:`theano.shared`.

    Returns
    -------
    :class:`~tensor.TensorSharedVariable`
        The new variable.

    """
    who = name or 'a shared variable'
    if value is None:
        raise TypeError(f'shared_floatx: value must be numbers for {who}, '
                        'got None')
    try:
        value = numpy.asarray(value, dtype=dtype or theano.config.floatX)
    except (TypeError, ValueError) as error:
        raise type(error)(f'shared_floatx: value must be numbers for {who}, '
                          f'got {value!r}') from error
    return theano.shared(value, name=name, borrow=borrow, **kwargs)


def _filled(shape, value, kwargs):
    if not isinstance(shape, Iterable):
        raise TypeError('the shape must be a tuple of integers for '
                        f'{kwargs.get("name") or "a shared variable"}, got '
                        f'{shape!r}')
    shape = tuple(shape)
    for length in shape:
        if isinstance(length, numbers.Real) and not (
                isinstance(length, numbers.Integral) and length >= 0):
            raise ValueError('the shape must be non-negative integers for '
                             f'{kwargs.get("name") or "a shared variable"}, '
                             f'got {shape}')
    unknown = [axis for axis, length in enumerate(shape) if length is None]
    if unknown:
        name = kwargs.get('name')
        raise ValueError(
            f'{name or "a shared variable"}: the shape {tuple(shape)} has no '
            f'length for axis {unknown[0]}; set all dimensions first')
    try:
        values = numpy.full(shape, value, dtype=float)
    except (MemoryError, ValueError, TypeError) as error:
        raise type(error)(
            f'{kwargs.get("name") or "a shared variable"}: the shape '
            f'{tuple(shape)} cannot be allocated ({error}); set smaller '
            'dimensions') from error
    return shared_floatx(values, **kwargs)


def shared_floatx_zeros(shape, **kwargs):
    r"""Make a shared variable of zeros.

    Parameters
    ----------
    shape : tuple of int
        Its shape.
    \*\*kwargs
        Passed on to :func:`shared_floatx`.

    Raises
    ------
    ValueError
        If a length in `shape` is ``None``.

    """
    return _filled(shape, 0., kwargs)


def shared_floatx_nans(shape, **kwargs):
    r"""Make a shared variable of NaN, for values to be set later.

    Parameters
    ----------
    shape : tuple of int
        Its shape.
    \*\*kwargs
        Passed on to :func:`shared_floatx`.

    Raises
    ------
    ValueError
        If a length in `shape` is ``None``.

    """
    return _filled(shape, numpy.nan, kwargs)


def shared_floatx_zeros_matching(shared_variable, name=None, **kwargs):
    r"""Make a shared variable of zeros with the shape of another.

    Parameters
    ----------
    shared_variable : :class:`~tensor.TensorSharedVariable`
        Determines the shape and the broadcast pattern.
    name : str, optional
        The name of the new variable.
    \*\*kwargs
        Passed on to :func:`shared_floatx`.

    Raises
    ------
    ValueError
        If `shared_variable` is not a shared variable.

    """
    if not is_shared_variable(shared_variable):
        raise ValueError('expected a shared variable whose shape to use, got '
                         f'{shared_variable!r}')
    shape = shared_variable.get_value(borrow=True).shape
    return shared_floatx_zeros(shape, name=name,
                               broadcastable=shared_variable.broadcastable,
                               **kwargs)


def shared_like(variable, name=None, **kwargs):
    r"""Make an empty shared variable that can hold a variable's values.

    Parameters
    ----------
    variable : :class:`~tensor.TensorVariable`
        Determines the data type and the number of dimensions.
    name : str, optional
        The name of the new variable, ``shared_<name of variable>`` if not
        given.
    \*\*kwargs
        Passed on to :func:`theano.shared`.

    """
    variable = tensor.as_tensor_variable(variable)
    empty = numpy.zeros((0,) * variable.ndim, dtype=variable.dtype)
    if name is None:
        name = f'shared_{variable.name}'
    return theano.shared(empty, name=name, **kwargs)


def check_theano_variable(variable, n_dim, dtype_prefix):
    """Check the number of dimensions and the data type of a variable.

    Parameters
    ----------
    variable : :class:`~tensor.TensorVariable`, array_like or None
        The variable. ``None`` passes every check.
    n_dim : int or None
        The number of dimensions that it must have, if any.
    dtype_prefix : str, tuple of str or None
        Required prefix of its dtype, e.g. ``'float'``, if any.

    Raises
    ------
    ValueError
        If a check fails.

    """
    if variable is None:
        return
    if not isinstance(variable, tensor.Variable):
        variable = tensor.as_tensor_variable(variable)
    label = variable.name or str(variable)
    if n_dim and variable.ndim != n_dim:
        raise ValueError(f'{label}: wrong number of dimensions, expected '
                         f'{n_dim}, got {variable.ndim}')
    if dtype_prefix and not variable.dtype.startswith(dtype_prefix):
        raise ValueError(f'{label}: wrong dtype, expected one that starts '
                         f'with {dtype_prefix!r}, got {variable.dtype!r}; '
                         'declare or cast the variable accordingly')


def is_graph_input(variable):
    """Return whether a user must give the variable's value.

    This is the case if nothing computes it and it is neither a constant nor a
    shared variable.

    """
    return not (variable.owner or isinstance(variable,
                                             (SharedVariable, Constant)))


def is_shared_variable(variable):
    """Return whether this is a shared variable.

    The state of a random number generator does not count as one.

    """
    if isinstance(variable, RandomStateSharedVariable):
        return False
    return (isinstance(variable, SharedVariable) and
            not hasattr(variable.tag, 'is_rng'))


def put_hook(variable, hook_fn, *args):
    r"""Call a function whenever a variable has been computed.

    Parameters
    ----------
    variable : :class:`~tensor.TensorVariable`
        The variable to watch.
    hook_fn : callable
        Called with the value and `args`.
    \*args
        Further arguments for `hook_fn`.

    Returns
    -------
    :class:`~tensor.TensorVariable`
        A variable of the same value. Only graphs that use it call the
        function.

    """
    watch = printing.Print(global_fn=lambda _, value: hook_fn(value, *args))
    return watch(variable)


def named_copy(variable, new_name):
    """Copy a variable under another name, as ``variable.copy`` does."""
    warn('blocks.utils.named_copy', 'variable.copy(name=...)')
    return variable.copy(name=new_name)
