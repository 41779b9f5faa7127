"""Modules that replace those of Python 2, or add dropped names.

A stand-in has the name of the module that it replaces. All names that it does
not define come from the real module, which does not change for other code.

"""
# An attribute 'sys' here would hide the stand-in of that name.
import importlib as _importlib
import sys as _sys
from types import ModuleType

__all__ = ['stand_in']


class StandIn(ModuleType):
    """A module that takes undefined names from a real module."""

    def __getattr__(self, name):
        if name in ('__path__', '__wrapped__'):
            raise AttributeError(name)
        real = self.__dict__['__real__']
        if name == '__all__':
            names = getattr(real, '__all__', None) or [
                name for name in dir(real) if not name.startswith('_')]
            return sorted({*names, *self.__dict__['__given__']}
                          - self.__dict__['__hidden__'])
        try:
            value = getattr(real, name)
        except AttributeError:
            pass
        else:
            # They are called in inner loops and are not replaced at run time.
            if callable(value) and real.__name__.startswith(
                    ('numpy', 'scipy')):
                self.__dict__[name] = value
            return value
        full = f'{real.__name__}.{name}'
        try:
            return _importlib.import_module(full)
        except ModuleNotFoundError as error:
            if error.name and not full.startswith(error.name):
                raise
        raise AttributeError(
            f"module '{real.__name__}' has no attribute '{name}'") from None

    def __setattr__(self, name, value):
        real = self.__dict__.get('__real__')
        local = (name.startswith('__') or isinstance(value, ModuleType)
                 or real is None or name in self.__dict__['__given__'])
        if local:
            super().__setattr__(name, value)
        else:
            self.__dict__.pop(name, None)
            setattr(real, name, value)

    def __delattr__(self, name):
        given = name in self.__dict__['__given__']
        self.__dict__.pop(name, None)
        if not given:
            delattr(self.__dict__['__real__'], name)

    def __dir__(self):
        return sorted({*dir(self.__dict__['__real__']),
                       *self.__dict__['__given__']})


def stand_in(name, real, given, hidden=()):
    """Let a module take undefined names from a real module.

    Parameters
    ----------
    name : str
        The stand-in, ``__name__`` where it is defined.
    real : str
        The module that it replaces.
    given : iterable of str
        The names that the stand-in defines.
    hidden : iterable of str, optional
        Names that ``import *`` omits.

    """
    module = _sys.modules[name]
    module.__dict__['__real__'] = _importlib.import_module(real)
    module.__dict__['__given__'] = frozenset(given)
    module.__dict__['__hidden__'] = frozenset(hidden)
    module.__class__ = StandIn
