"""Names that Blocks 0.0.1 and 0.1 had, for scripts of that time.

Each use warns (:class:`DeprecationWarning`) and names what to write today.
"""
import warnings
from importlib import import_module
from types import ModuleType


def warn(old, new, stacklevel=3):
    """Warn that `old` is now called `new`."""
    warnings.warn(f'{old} is deprecated; use {new}', DeprecationWarning,
                  stacklevel=stacklevel)


def former_names(module, renamed=(), used=()):
    """Make the ``__getattr__`` of a module for names that it had.

    Parameters
    ----------
    module : str
        The module.
    renamed : dict, optional
        From a name to where it is now, such as ``'blocks.roles.WEIGHT'``;
        or to that and what to use in its place.
    used : sequence of str, optional
        Modules whose names it had as well, because it imported them, and
        scripts import from there.

    Returns
    -------
    callable

    """
    renamed = dict(renamed)

    def __getattr__(name):
        place, advice = _find(name, renamed, used)
        if place is None:
            raise AttributeError(f'module {module!r} has no attribute '
                                 f'{name!r}')
        warn(f'{module}.{name}', advice)
        home, _, present = place.rpartition('.')
        return getattr(import_module(home), present)

    return __getattr__


def _find(name, renamed, used):
    """Return where a name is now, and what to use; two None if unknown."""
    if name in renamed:
        place = renamed[name]
        return place if isinstance(place, tuple) else (place, place)
    if not name.startswith('_'):
        for home in map(import_module, used):
            if name in dir(home) and _is_of_blocks(getattr(home, name)):
                place = f'{home.__name__}.{name}'
                return place, place
    return None, None


def _is_of_blocks(obj):
    """Tell what a module defines from what it imports from elsewhere."""
    return (not isinstance(obj, ModuleType)
            and str(getattr(obj, '__module__', '')).startswith('blocks.'))


def former_attribute(old, new):
    """Make a property for the old name of an attribute."""
    def get(self):
        warn(f'{type(self).__name__}.{old}', new)
        return getattr(self, new)

    def set_(self, value):
        warn(f'{type(self).__name__}.{old}', new)
        setattr(self, new, value)

    return property(get, set_, doc=f'The former name of :attr:`{new}`.')


def former_method(old, new):
    """Make a method for the old name of a method."""
    def method(self, *args, **kwargs):
        warn(f'{type(self).__name__}.{old}', new)
        return getattr(self, new)(*args, **kwargs)

    method.__name__ = method.__qualname__ = old
    method.__doc__ = f'The former name of :meth:`{new}`.'
    return method


def former_argument(who, kwargs, old, new, value):
    """Take an argument by its former name out of keyword arguments.

    Parameters
    ----------
    who : str
        Whose argument it is.
    kwargs : dict
        The keyword arguments; `old` is removed.
    old, new : str
        The names.
    value : object or None
        The value passed by the current name.

    Returns
    -------
    object
        The value of the argument.

    Raises
    ------
    ValueError
        If it was given by both names.

    """
    if old not in kwargs:
        return value
    former = kwargs.pop(old)
    if value is not None:
        raise ValueError(f'{who}: {new} is given, and {old}, its former '
                         f'name, too; give {new} only')
    warn(f'{who}({old}=...)', f'{who}({new}=...)', stacklevel=4)
    return former
