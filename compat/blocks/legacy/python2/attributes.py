"""Attributes that objects had in Python 2."""
import builtins
import functools
from types import FunctionType

from . import methods

#: Current names of the attributes of functions and methods.
RENAMED = {'func_name': '__name__', 'func_code': '__code__',
           'func_doc': '__doc__', 'func_defaults': '__defaults__',
           'func_globals': '__globals__', 'func_dict': '__dict__',
           'func_closure': '__closure__', 'im_self': '__self__',
           'im_func': '__func__'}
#: Methods that iterators, mappings and strings had.
METHODS = {'next': '__next__', 'has_key': 'keys', 'iteritems': 'keys',
           'iterkeys': 'keys', 'itervalues': 'keys'}
MISSING = object()


def attribute(owner, name):
    """Return an attribute, even if its name has changed."""
    value = builtins.getattr(owner, name, MISSING)
    if value is not MISSING:
        return value
    if name in ('im_func', 'im_self') and isinstance(owner, FunctionType):
        return owner if name == 'im_func' else None  # Model.method
    if name in RENAMED:
        return builtins.getattr(owner, RENAMED[name])
    if name == 'im_class':
        return type(owner.__self__)
    if name == 'message' and isinstance(owner, BaseException):
        return owner.args[0] if len(owner.args) == 1 else ''
    if name == 'value' and builtins.hasattr(owner, 'make_scale'):
        return owner[()]  # an HDF5 dataset
    if (name in METHODS and builtins.hasattr(owner, METHODS[name])
            or name == 'decode' and isinstance(owner, str)):
        return functools.partial(builtins.getattr(methods, name), owner)
    return builtins.getattr(owner, name)


def hasattr(owner, name):
    """Return whether an object had the attribute."""
    if name == '__iter__' and isinstance(owner, (str, bytes)):
        return False  # scripts distinguish lists from strings in this way
    try:
        attribute(owner, name)
    except Exception:
        return False
    return True


def getattr(owner, name, *default):
    """Return an attribute, or the default."""
    try:
        return attribute(owner, name)
    except AttributeError:
        if not default:
            raise
        return default[0]
