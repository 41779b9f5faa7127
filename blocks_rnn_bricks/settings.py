"""Checks of settings, the arguments that are not variables of a graph.

Each function returns the setting, or raises a TypeError or ValueError that
names the brick or function, what was expected, what was received and the
remedy.

"""
import math
import numbers
import operator

import numpy
from blocks.bricks import Brick
from blocks.bricks.base import NoneAllocation
from blocks.initialization import NdarrayInitialization


def describe(brick):
    """Name a brick in a message, for example ``LSTM 'encoder'``."""
    return "{} '{}'".format(type(brick).__name__, brick.name)


def naming(brick, kwargs):
    """Name a brick under construction, by its class and its keywords."""
    name = kwargs.get('name')
    kind = type(brick).__name__
    return kind if name is None else "{} '{}'".format(kind, name)


def add_children(brick, kwargs, bricks):
    """Append bricks to the children in the keywords of a constructor.

    Parameters
    ----------
    brick : :class:`~blocks.bricks.Brick`
        The brick under construction.
    kwargs : dict
        The keywords. The caller's list of children is not modified.
    bricks : list of :class:`~blocks.bricks.Brick`
        The additional children.

    """
    given = kwargs.get('children')
    given = () if given is None else given
    if not isinstance(given, (list, tuple)) or not all(
            isinstance(child, Brick) for child in given):
        raise TypeError('{}: children must be a list of bricks, got {!r}; '
                        'omit it for no children'.format(
                            naming(brick, kwargs), given))
    kwargs['children'] = list(given) + list(bricks)


def is_unset(value):
    """Return whether a dimension is not set yet, as in Blocks' lazy bricks."""
    return value is None or isinstance(value, type(NoneAllocation))


def check_dim(who, name, value):
    """Check a dimension, which may be set later.

    Parameters
    ----------
    who, name : str
        The brick, and the name of the argument.
    value : int
        Positive; None or Blocks' placeholder if it is to be set later.

    Returns
    -------
    int or object
        The dimension.

    """
    return value if is_unset(value) else check_count(who, name, value)


def dim_of(brick, name):
    """Return a dimension of a brick, or raise ValueError if it is not set."""
    value = getattr(brick, name)
    if is_unset(value):
        raise ValueError(
            '{0}: {1} is not set; pass it to {2}({1}=...), or set the '
            'attribute before the brick is allocated or applied'.format(
                describe(brick), name, type(brick).__name__))
    return check_count(describe(brick), name, value)


def check_count(who, name, value, least=1):
    """Check an integer.

    Parameters
    ----------
    who, name : str
    value : int
        Any type of integer except bool.
    least : int, optional
        The smallest valid value.

    Returns
    -------
    int

    Raises
    ------
    TypeError
        If it is not an integer.
    ValueError
        If it is below `least`.

    """
    kind = {0: 'an integer of at least 0', 1: 'a positive integer'}[least]
    try:
        if isinstance(value, (bool, numpy.bool_)):
            raise TypeError
        number = operator.index(value)
    except TypeError:
        raise TypeError('{}: {} must be {}, got {!r} of type {}{}'.format(
            who, name, kind, value, type(value).__name__,
            '; divide with // instead of /'
            if isinstance(value, float) else '')) from None
    if number < least:
        raise ValueError('{}: {} must be {}, got {}'.format(
            who, name, kind, number))
    return number


def check_number(who, name, value, least=-math.inf, below=math.inf,
                 remedy=''):
    """Check a finite real number.

    Parameters
    ----------
    who, name : str
    value : float
        A number of Python or NumPy.
    least, below : float, optional
        The smallest valid value, and the exclusive upper bound.
    remedy : str, optional
        The end of the message.

    Returns
    -------
    float

    Raises
    ------
    TypeError
        If it is not a number.
    ValueError
        If it is NaN, infinite or out of bounds.

    """
    if isinstance(value, numpy.ndarray) and not value.ndim:
        value = value.item()
    bounds = [text.format(bound) for text, bound in [
        ('at least {:g}', least), ('below {:g}', below)]
        if math.isfinite(bound)]
    expected = ' and '.join(['a finite number'] * (not bounds) + bounds)
    message = '{}: {} must be {}, got {!r}{}'.format(
        who, name, expected, value, remedy and '; ' + remedy)
    if isinstance(value, (bool, numpy.bool_)) or not isinstance(
            value, numbers.Real):
        raise TypeError(message)
    if not (math.isfinite(value) and least <= value < below):
        raise ValueError(message)
    return float(value)


def check_rate(who, name, value):
    """Check a probability below 1, such as a dropout rate."""
    return check_number(who, name, value, 0, 1, 'pass the fraction to drop, 0 '
                        'for none')


def check_flag(who, name, value):
    """Raise TypeError unless a flag is True or False."""
    if isinstance(value, (bool, numpy.bool_)) or (
            isinstance(value, numbers.Integral) and value in (0, 1)):
        return bool(value)
    raise TypeError('{}: {} must be True or False, got {!r}'.format(
        who, name, value))


def check_choice(who, name, value, choices):
    """Raise ValueError unless a setting is one of the given strings."""
    if not isinstance(value, str) or value not in choices:
        raise ValueError('{}: {} must be one of {}, got {!r}'.format(
            who, name, ', '.join(choices), value))
    return value


def check_brick(who, name, value, example='Tanh()'):
    """Raise TypeError unless a setting is a brick that has an `apply`."""
    if isinstance(value, Brick) and hasattr(value, 'apply'):
        return value
    raise TypeError('{}: {} must be a brick such as {}, got {!r}{}'.format(
        who, name, example, value, made_of_class(value)))


def made_of_class(value):
    """Return the end of a message if a class was given, not an instance."""
    if isinstance(value, type):
        return '; write {}(...), an instance'.format(value.__name__)
    return ''


def check_scheme(who, name, value):
    """Raise TypeError unless a setting is an initialization scheme."""
    if isinstance(value, NdarrayInitialization):
        return value
    raise TypeError(
        '{}: {} must be an initialization scheme such as Orthogonal(), got '
        '{!r}{}'.format(who, name, value, made_of_class(value)))


def check_transition(who, name, value):
    """Raise TypeError unless a setting is a recurrent brick.

    Its `apply` must be decorated with `recurrent`, or declare the same names.

    """
    if isinstance(value, Brick) and all(
            hasattr(getattr(value, 'apply', None), names)
            for names in ('sequences', 'states')):
        return value
    raise TypeError(
        '{}: {} must be a recurrent brick such as LSTM(dim=64), whose apply '
        'is decorated with recurrent, got {!r}{}'.format(
            who, name, value, made_of_class(value)))


def check_callable(who, name, value, example):
    """Raise TypeError unless a setting is callable."""
    if not callable(value):
        raise TypeError('{}: {} must be a function, {}, got {!r}'.format(
            who, name, example, value))
    return value


def check_mapping(who, name, value, example):
    """Raise TypeError unless a setting is a dictionary."""
    if not hasattr(value, 'items') or isinstance(value, type):
        raise TypeError('{}: {} must be a dictionary, {}, got {}'.format(
            who, name, example, type(value).__name__))
    return value


def check_strings(who, name, value):
    """Raise TypeError unless a setting is a list or tuple of strings."""
    if not isinstance(value, (list, tuple)) or not all(
            isinstance(item, str) for item in value):
        raise TypeError('{}: {} must be a list of names, got {!r}{}'.format(
            who, name, value, '; write [{!r}]'.format(value)
            if isinstance(value, str) else ''))
    return value


def check_string(who, name, value, example='a prefix of names'):
    """Raise TypeError unless a setting is a string."""
    if not isinstance(value, str):
        raise TypeError('{}: {} must be a string, {}, got {!r}'.format(
            who, name, example, value))
    return value
