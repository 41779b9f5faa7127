"""``cPickle``, which is :mod:`pickle`."""
from pickle import (
                    HIGHEST_PROTOCOL,
                    PickleError,
                    PicklingError,
                    UnpicklingError,
)

from .pickle import Pickler, Unpickler, dump, dumps, load, loads

__all__ = ['HIGHEST_PROTOCOL', 'PickleError', 'Pickler', 'PicklingError',
           'Unpickler', 'UnpicklingError', 'dump', 'dumps', 'load', 'loads']
