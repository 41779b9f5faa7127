"""Checks of the arguments of bricks' constructors.

A kind is a function that takes the name of the caller, and the name and the
value of an argument, and raises an error if the value is invalid.

"""
import inspect
from collections.abc import Iterable
from functools import partial, wraps
from numbers import Integral

import numpy
from theano import Variable

from ..initialization import check_scheme
from ..utils.checks import check_flag, check_instance, check_list, check_string
from .brick import Brick
from .laziness import LazyNone


def checked(*needed, **kinds):
    r"""Check the arguments of a constructor. Place it above :func:`lazy`.

    Parameters
    ----------
    \*needed : str
        The arguments that must not be None. Others may be None, and lazy
        arguments may be omitted.
    \*\*kinds : callable
        The kind of each argument, by name.

    Examples
    --------
    >>> from blocks.bricks import SimpleRecurrent, Tanh
    >>> SimpleRecurrent(3, activation=Tanh)
    Traceback (most recent call last):
      ...
    TypeError: SimpleRecurrent: activation must be a brick, got ...

    """
    def decorate(init):
        names = list(inspect.signature(init).parameters)[1:]

        @wraps(init)
        def checked_init(self, *args, **kwargs):
            given = {**dict(zip(names, args)), **kwargs}
            for name, kind in kinds.items():
                value = given.get(name)
                if isinstance(value, LazyNone) or value is None and (
                        name not in given or name not in needed):
                    continue
                kind(type(self).__name__, name, value)
            init(self, *args, **kwargs)

        return checked_init
    return decorate


def brick(who, name, value):
    """Require a brick."""
    check_instance(who, name, value, Brick, 'a brick')


def recurrent(who, name, value):
    """Require a brick whose application iterates over sequences."""
    brick(who, name, value)
    _check_applications(who, name, value, 'a recurrent brick such as '
                        'SimpleRecurrent(...)', lambda: value.apply.sequences)


def attention(who, name, value):
    """Require an attention mechanism."""
    brick(who, name, value)
    _check_applications(who, name, value, 'an attention mechanism such as '
                        'SequenceContentAttention(...)',
                        lambda: value.take_glimpses.outputs)


def readout(who, name, value):
    """Require a readout."""
    brick(who, name, value)
    _check_applications(who, name, value, 'a readout such as Readout(...)',
                        lambda: (value.source_names, value.readout))


def distribution(who, name, value):
    """Require a brick that adds one variable to others."""
    brick(who, name, value)
    _check_applications(who, name, value, 'a brick such as Distribute(...)',
                        lambda: (value.source_name, value.target_names))


def _check_applications(who, name, value, what, look):
    """Raise TypeError if a brick lacks an attribute that `look` reads."""
    try:
        look()
    except AttributeError as error:
        raise TypeError(f'{who}: {name} must be {what}, got {value!r}, of '
                        f'type {type(value).__name__}') from error


def transitions(who, name, value):
    """Require a list of one or more recurrent bricks."""
    value = check_list(who, name, value, Brick, 'recurrent bricks')
    if not value:
        raise ValueError(f'{who}: {name} must be a list of one or more '
                         f'recurrent bricks, got none')
    for item in value:
        recurrent(who, name, item)


def names(who, name, value):
    """Require a list of names."""
    check_list(who, name, value, str, 'names')


def dims(who, name, value):
    """Require a list of dimensions, which are checked when they are used."""
    # Variables appear to be iterable.
    if isinstance(value, (str, type, Variable)) or not isinstance(
            value, Iterable):
        raise TypeError(f'{who}: {name} must be a list of dimensions, got '
                        f'{value!r}')


def integer(who, name, value, least=1):
    """Require an integer of at least `least`."""
    if isinstance(value, (bool, numpy.bool_)) or not isinstance(value,
                                                                Integral):
        raise TypeError(f'{who}: {name} must be an integer >= {least}, '
                        f'got {value!r}')
    if value < least:
        raise ValueError(f'{who}: {name} must be an integer >= {least}, '
                         f'got {value!r}')


def sizes(who, name, value, least=1, unknown=False):
    """Require integers of at least `least`, such as height and width."""
    dims(who, name, value)
    value = list(value)
    what = (f'a tuple of integers >= {least}'
            + (' (None for unknown dimensions)' if unknown else ''))
    for length in value:
        if length is None and unknown:
            continue
        if isinstance(length, (bool, numpy.bool_)) or not isinstance(
                length, Integral):
            raise TypeError(f'{who}: {name} must be {what}, got {value!r}')
        if length < least:
            raise ValueError(f'{who}: {name} must be {what}, got {value!r}')
    if not value:
        raise ValueError(f'{who}: {name} must be {what}, got none')


def border(who, name, value):
    """Require a border mode of a convolution."""
    if isinstance(value, str):
        if value not in ('valid', 'full', 'half'):
            raise ValueError(f"{who}: {name} must be 'valid', 'full', "
                             f"'half', an integer or a tuple, got {value!r}")
    elif isinstance(value, (tuple, list)) and value:
        for item in value:
            if isinstance(item, (tuple, list)):  # before and behind
                sizes(who, name, item, least=0)
            else:
                integer(who, name, item, least=0)
    else:
        integer(who, name, value, least=0)


def flag(who, name, value):
    """Require True or False."""
    check_flag(who, name, value)


def flags(who, name, value):
    """Require a list of truth values."""
    dims(who, name, value)
    for item in value:
        flag(who, name, item)


def scheme(who, name, value):
    """Require an initialization scheme."""
    check_scheme(who, name, value)


def string(who, name, value):
    """Require a string."""
    check_string(who, name, value)


def one_of(*values):
    """Return the kind of an argument that must be one of some values."""
    def kind(who, name, value):
        if not isinstance(value, str) or value not in values:
            raise ValueError(f'{who}: {name} must be one of '
                             f'{", ".join(values)}, got {value!r}')
    return kind


count = partial(integer, least=0)
offsets = partial(sizes, least=0)
some_sizes = partial(sizes, unknown=True)
