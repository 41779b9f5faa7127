"""Builtin functions and types of Python 2."""
import builtins
import itertools
import math
import sys
from decimal import ROUND_HALF_UP, Decimal, localcontext
from functools import reduce

from .text import to_bytes, to_shown, to_str

__all__ = ['StandardError', 'apply', 'basestring', 'buffer', 'bytearray',
           'bytes', 'cmp', 'coerce', 'filter', 'input', 'intern', 'long',
           'map', 'oct', 'print', 'range', 'raw_input', 'reduce', 'round',
           'unichr', 'unicode', 'xrange', 'zip']

StandardError = Exception
buffer = memoryview
intern = sys.intern
long = int
raw_input = builtins.input
unichr = chr
xrange_type = builtins.range


class _Strings(type):
    """Makes ``isinstance(value, basestring)`` true for strings."""

    def __instancecheck__(cls, value):
        return issubclass(type(value), cls)

    def __subclasscheck__(cls, kind):
        if cls is basestring or cls is bytes:
            return issubclass(kind, (str, builtins.bytes))
        if cls is unicode:
            return issubclass(kind, str)
        return type.__subclasscheck__(cls, kind)  # a class of the script

    def __eq__(cls, other):
        return cls is other or other is str and (cls is unicode
                                                 or cls is bytes)

    def __hash__(cls):
        return type.__hash__(cls)


class basestring(metaclass=_Strings):
    """The base of ``str`` and ``unicode``."""

    def __new__(cls, *args):
        raise TypeError('The basestring type cannot be instantiated')


class unicode(str, metaclass=_Strings):
    """Text; the same as ``str`` here."""

    def __new__(cls, value='', encoding=None, errors='strict'):
        if encoding is not None or isinstance(value, builtins.bytes):
            return to_bytes(value).decode(encoding or 'ascii', errors)
        if hasattr(value, '__unicode__'):
            return value.__unicode__()
        return str(value)


class bytes(str, metaclass=_Strings):
    """Another name of ``str``, as in Python 2."""

    def __new__(cls, value=''):
        return to_str(value) if isinstance(value, (
            builtins.bytes, builtins.bytearray)) else str(value)


class _Arrays(type):
    def __instancecheck__(cls, value):
        return isinstance(value, builtins.bytearray)


class bytearray(builtins.bytearray, metaclass=_Arrays):
    """A sequence of bytes, made of a string or of integers."""

    def __init__(self, source=b'', *coding):
        super().__init__(to_bytes(source) if isinstance(source, str)
                         and not coding else source, *coding)


def apply(function, args=(), kwargs=None):
    """Return ``function(*args, **kwargs)``."""
    return function(*args, **(kwargs or {}))


def cmp(a, b):
    """Return -1, 0 or 1 if `a` is less than, equal to or more than `b`."""
    from .ordering import compare
    return compare(a, b)


def coerce(a, b):
    """Return both numbers in their common type."""
    zero = a * 0 + b * 0
    return a + zero, b + zero


def filter(function, iterable):
    """Filter items; return a list, tuple or string like the argument."""
    kept = list(builtins.filter(function, iterable))
    if isinstance(iterable, str):
        return ''.join(kept)
    return tuple(kept) if isinstance(iterable, tuple) else kept


def input(prompt=''):
    """Evaluate a line of input, as Python 2 did."""
    from .evaluation import eval
    return eval(raw_input(prompt))


def map(function, *iterables):
    """Return a list; shorter arguments are padded with None."""
    if len(iterables) == 1:
        if function is None:
            return list(iterables[0])
        return [function(value) for value in iterables[0]]
    rows = itertools.zip_longest(*iterables)
    return list(rows) if function is None else [function(*row) for row in rows]


def oct(number):
    """Return the octal digits after a 0."""
    return builtins.oct(number).replace('o', '') if number else '0'


def print(*values, **kwargs):
    """Print; bytes of UTF-8 in a string are shown as their characters."""
    builtins.print(
        *[to_shown(value) if isinstance(value, (str, builtins.bytes))
          else value for value in values], **kwargs)


def _integers(args):
    return [int(value) if isinstance(value, float) else value
            for value in args]


def range(*args):
    """Return a list of integers."""
    return list(xrange_type(*_integers(args)))


class _Range(type):
    def __instancecheck__(cls, value):
        return isinstance(value, xrange_type)


class xrange(metaclass=_Range):
    """Return an iterable of integers."""

    def __new__(cls, *args):
        return xrange_type(*_integers(args))


def round(number, ndigits=0):
    """Return a float, with exact halves rounded away from zero."""
    if not isinstance(number, (int, float)):
        return builtins.round(number, ndigits)
    if not math.isfinite(number):
        return float(number)
    with localcontext() as context:
        context.prec = 1000
        return float(Decimal(number).quantize(
            Decimal(1).scaleb(-int(ndigits)), ROUND_HALF_UP))


def zip(*iterables):
    """Return a list of tuples."""
    return list(builtins.zip(*iterables))
