"""Classes and generators written for Python 2."""
import functools
import operator
import sys

import six

from .ordering import compare

#: Methods by the name that Python 3 calls them under.
RENAMED = {'__bool__': '__nonzero__', '__next__': 'next',
           '__truediv__': '__div__', '__rtruediv__': '__rdiv__',
           '__itruediv__': '__idiv__', '__int__': '__long__'}


def _bound(owner, bound, default):
    """Return a bound of a slice as Python 2 passed it to a slice method."""
    if bound is None:
        return default
    bound = operator.index(bound)
    # An index beyond the end stays; a class without a length accepts any.
    return bound + len(owner) if bound < 0 and hasattr(
        type(owner), '__len__') else bound


def _is_plain_slice(index):
    return isinstance(index, slice) and index.step is None and all(
        bound is None or hasattr(bound, '__index__')
        for bound in (index.start, index.stop))


def _sliced(name, other):
    """Return an item method that passes plain slices to a slice method."""
    def method(self, index, *value):
        if _is_plain_slice(index):
            return getattr(self, name)(
                _bound(self, index.start, 0),
                _bound(self, index.stop, sys.maxsize), *value)
        if other is None:
            raise TypeError(f'{type(self).__name__} takes slices only')
        return other(self, index, *value)
    return method


def _ordered(test):
    def method(self, other):
        return test(compare(self, other))
    return method


ORDER = {'__lt__': _ordered(lambda sign: sign < 0),
         '__le__': _ordered(lambda sign: sign <= 0),
         '__gt__': _ordered(lambda sign: sign > 0),
         '__ge__': _ordered(lambda sign: sign >= 0),
         '__eq__': _ordered(lambda sign: sign == 0),
         '__ne__': _ordered(lambda sign: sign != 0)}


def modern_class(cls):
    """Return `cls` with the special methods that Python 3 requires."""
    own = vars(cls)
    if '__metaclass__' in own:
        metaclass = own['__metaclass__']
        if not (isinstance(metaclass, type)
                and issubclass(type(cls), metaclass)):
            cls = six.add_metaclass(metaclass)(cls)
            own = vars(cls)
    for new, old in RENAMED.items():
        if old in own and new not in own:
            setattr(cls, new, own[old])
    for item, part in (('__getitem__', '__getslice__'),
                       ('__setitem__', '__setslice__'),
                       ('__delitem__', '__delslice__')):
        if part in own:
            setattr(cls, item, _sliced(part, getattr(cls, item, None)))
    if '__unicode__' in own and '__str__' not in own:
        cls.__str__ = own['__unicode__']
    hashed = own.get('__hash__')
    if '__cmp__' in own:
        for name, method in ORDER.items():
            if name not in own:
                setattr(cls, name, method)
    if '__eq__' in vars(cls) and hashed is None:
        # Python 3 makes a class with __eq__ unhashable.
        cls.__hash__ = next(
            (vars(base)['__hash__'] for base in cls.__mro__[1:]
             if vars(base).get('__hash__') is not None), object.__hash__)
    return cls


def generator(function):
    """Return a generator function that may end by raising StopIteration."""
    @functools.wraps(function)
    def ending(*args, **kwargs):
        try:
            yield from function(*args, **kwargs)
        except RuntimeError as error:
            if not isinstance(error.__cause__, StopIteration):
                raise
    return ending
