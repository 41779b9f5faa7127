"""Differences between Python 2 and 3, by the names of Theano.

``theano.compat.six`` is the package six.

"""

import sys
from collections import OrderedDict, defaultdict, deque
from collections.abc import (
    Callable,
    Iterable,
    Mapping,
    MutableMapping,
    ValuesView,
)
from functools import partial
from importlib import reload
from io import BytesIO, StringIO
from operator import truediv as operator_div

import six
import six.moves
from six.moves import configparser
from theano.compat import python2x

__all__ = [
    'BytesIO', 'Callable', 'DefaultOrderedDict', 'DictMixin', 'Iterable',
    'Mapping', 'OrderedDict', 'PY3', 'StringIO', 'ValuesView', 'b', 'cmp',
    'configparser', 'decode', 'decode_iter', 'decode_with', 'defaultdict',
    'deque', 'exc_message', 'get_unbound_function', 'ifilter', 'imap',
    'izip', 'next', 'operator_div', 'partial', 'python2x', 'reload', 'six']

PY3 = True
DictMixin = MutableMapping
imap, ifilter, izip, next = map, filter, zip, next

# So that ``from theano.compat.six.moves import ...`` works.
sys.modules[f'{__name__}.six'] = six
sys.modules[f'{__name__}.six.moves'] = six.moves


class DefaultOrderedDict(defaultdict):
    """A dictionary with defaults; since Python 3.7 all keep their order."""


def b(text):
    """Encode a text with one byte for each character."""
    return text.encode('latin-1')


def cmp(a, b):
    """Return -1, 0 or 1 if `a` is less than, equal to or more than `b`."""
    return (a > b) - (a < b)


def exc_message(error):
    """Return the only argument of an exception, or all its arguments."""
    return error.args[0] if len(error.args) == 1 else error.args


def get_unbound_function(method):
    """Return the function of a bound method, or the function itself."""
    return getattr(method, '__func__', method)


def decode_with(data, encoding):
    """Decode bytes; return a text as it is."""
    return data.decode(encoding) if isinstance(data, bytes) else data


def decode(data):
    """Decode bytes in UTF-8; return a text as it is."""
    return decode_with(data, 'utf-8')


def decode_iter(items):
    """Decode the elements of an iterable, see :func:`decode`."""
    return map(decode, items)
