"""Comparing values of any types, as Python 2 did."""
import builtins
import functools
from numbers import Number


def rank(value):
    """Return the rank of a type: None, then numbers, then type names."""
    if value is None:
        return (0, '')
    if isinstance(value, Number):
        return (1, '')
    return (2, 'str' if isinstance(value, (str, bytes))
            else type(value).__name__)


def compare(a, b):
    """Return -1, 0 or 1."""
    own = getattr(type(a), '__cmp__', None)
    if own is not None:
        return own(a, b)
    try:
        return (a > b) - (a < b)
    except TypeError:
        pass
    if isinstance(a, (list, tuple)) and type(a) is type(b):
        for x, y in zip(a, b):
            if x != y:
                return compare(x, y)
        return (len(a) > len(b)) - (len(a) < len(b))
    if isinstance(a, dict) and isinstance(b, dict):
        return compare((len(a), sorted(a.items())),
                       (len(b), sorted(b.items())))
    if a is b or a == b:
        return 0
    left, right = (rank(a), id(a)), (rank(b), id(b))
    return (left > right) - (left < right)


in_order = functools.cmp_to_key(compare)


def _key(cmp, key):
    if cmp is None:
        return key
    by_cmp = functools.cmp_to_key(cmp)
    return by_cmp if key is None else lambda value: by_cmp(key(value))


def sorted(iterable, cmp=None, key=None, reverse=False):
    """Return a sorted list."""
    values = list(iterable)
    try:
        return builtins.sorted(values, key=_key(cmp, key),
                               reverse=bool(reverse))
    except TypeError:
        if cmp is not None:
            raise
    return builtins.sorted(values, reverse=bool(reverse), key=in_order
                           if key is None else lambda v: in_order(key(v)))


def sort(values, *args, **kwargs):
    """Sort a list in place; for other objects, call their own method."""
    if isinstance(values, list):
        values[:] = sorted(values, *args, **kwargs)
        return None
    return values.sort(*args, **kwargs)


def _extreme(function):
    @functools.wraps(function)
    def extreme(*args, **kwargs):
        if len(args) == 1 and not hasattr(args[0], '__array__'):
            args = (list(args[0]),)
        try:
            return function(*args, **kwargs)
        except TypeError:
            if kwargs:
                raise
            values = args[0] if len(args) == 1 else args
            if len({rank(value) for value in values}) < 2:
                raise
            return function(values, key=in_order)
    return extreme


max, min = _extreme(builtins.max), _extreme(builtins.min)
