"""Checks whose messages name the caller, the expected and the actual value."""
import os
from collections.abc import Iterable, Mapping
from inspect import isclass
from numbers import Integral

from fuel.utils.checks import check_callable, check_number, check_stream
from numpy import bool_
from theano import Variable

__all__ = ('check_callable', 'check_flag', 'check_instance', 'check_list',
           'check_number', 'check_pairs', 'check_path', 'check_stream',
           'check_string')


def check_instance(who, name, value, kind, what):
    """Raise TypeError if an argument has the wrong type.

    Parameters
    ----------
    who : str
        The caller, for messages.
    name : str
        The name of the argument.
    value : object
        The argument.
    kind : type or tuple of type
        The required type.
    what : str
        A description of the type.

    Returns
    -------
    object
        The argument.

    """
    if isinstance(value, kind):
        return value
    remedy = (f'; write {value.__name__}(), an instance'
              if isclass(value) and issubclass(value, kind) else '')
    raise TypeError(f'{who}: {name} must be {what}, got {value!r}{remedy}')


def check_list(who, name, values, kind, what, optional=False):
    """Return the items of an argument after checking their types.

    Parameters
    ----------
    who : str
        The caller, for messages.
    name : str
        The name of the argument.
    values : iterable
        The argument: a list, or another iterable that is not a single
        item.
    kind : type or tuple of type
        The required type of the items.
    what : str
        A description of the items, in the plural.
    optional : bool, optional
        Whether an item may be None.

    Returns
    -------
    list

    Raises
    ------
    TypeError
        If it is not such a list.

    """
    if isinstance(values, (kind, str, type, Variable)) or not isinstance(
            values, Iterable):
        raise TypeError(f'{who}: {name} must be a list of {what}, got '
                        f'{values!r}')
    values = list(values)
    for value in values:
        if not (optional and value is None):
            check_instance(who, name, value, kind, f'a list of {what}')
    return values


def check_flag(who, name, value):
    """Raise TypeError if an argument is neither true nor false.

    Parameters
    ----------
    who : str
        The caller, for messages.
    name : str
        The name of the argument.
    value : bool
        The argument; 0 and 1 are also accepted.

    Returns
    -------
    bool
        The argument.

    """
    if isinstance(value, (bool, bool_)) or (isinstance(value, Integral)
                                            and value in (0, 1)):
        return value
    raise TypeError(f'{who}: {name} must be True or False, got {value!r}')


def check_pairs(who, name, pairs, first=Variable):
    """Return pairs of variables, such as updates, after checking them.

    Parameters
    ----------
    who : str
        The caller, for messages.
    name : str
        The name of the argument.
    pairs : dict or iterable of tuple
        The argument.
    first : type, optional
        The required type of the first element of each pair.

    Returns
    -------
    list of tuple

    Raises
    ------
    TypeError
        If it is not such a list.

    """
    what = f'a dict, or a list of pairs, that begin with a {first.__name__}'
    try:
        found = [(one, other) for one, other in
                 (pairs.items() if isinstance(pairs, Mapping) else pairs)]
    except (TypeError, ValueError) as error:
        raise TypeError(f'{who}: {name} must be {what}, got '
                        f'{pairs!r}') from error
    for one, _ in found:
        if not isinstance(one, first):
            raise TypeError(f'{who}: {name} must be {what}, got {one!r}')
    return found


def check_string(who, name, value):
    """Raise TypeError if an argument is not a string."""
    return check_instance(who, name, value, str, 'a string')


def check_path(who, name, value):
    """Raise an error if an argument is not the path of a file.

    Parameters
    ----------
    who : str
        The caller, for messages.
    name : str
        The name of the argument.
    value : str or path
        The argument.

    """
    check_instance(who, name, value, (str, os.PathLike), 'the path of a file')
    if not os.fspath(value):
        raise ValueError(f'{who}: {name} must be the path of a file, got '
                         f'{value!r}')
    return value
