"""Old names of Blocks 0.0.1 and 0.1, for scripts of that time.

Each use issues a :class:`DeprecationWarning` that states the current name.

"""
import warnings
from importlib import import_module
from types import ModuleType


def warn(old, new, stacklevel=3):
    """Warn that `old` is now called `new`."""
    warnings.warn(f'{old} is deprecated; use {new}', DeprecationWarning,
                  stacklevel=stacklevel)


def former_names(module, renamed=(), used=()):
    """Make the ``__getattr__`` of a module for its old names.

    Parameters
    ----------
    module : str
        The module.
    renamed : dict, optional
        From an old name to its current location, such as
        ``'blocks.roles.WEIGHT'``; or to a pair of that and the replacement.
    used : sequence of str, optional
        Modules whose names it also had, because it imported them.

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
    """Return the location and replacement of a name; None twice if unknown."""
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
    """Return whether a module of Blocks defines an object."""
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
    """Remove an argument by its old name from keyword arguments.

    Parameters
    ----------
    who : str
        The caller, for the message.
    kwargs : dict
        The keyword arguments; `old` is removed.
    old, new : str
        The names.
    value : object or None
        The value passed under the current name.

    Returns
    -------
    object
        The value of the argument.

    Raises
    ------
    ValueError
        If both names were given.

    """
    if old not in kwargs:
        return value
    former = kwargs.pop(old)
    if value is not None:
        raise ValueError(f'{who}: pass {new} or {old}, its former '
                         f'name, not both')
    warn(f'{who}({old}=...)', f'{who}({new}=...)', stacklevel=4)
    return former
