"""``inspect`` with ``getargspec``."""
import inspect
from collections import namedtuple

from . import stand_in

ArgSpec = namedtuple('ArgSpec', 'args varargs keywords defaults')


def getargspec(func):
    """Return names, ``*args``, ``**kwargs`` and defaults of a function."""
    spec = inspect.getfullargspec(func)
    if spec.kwonlyargs:
        raise ValueError(f'getargspec: {func!r} has keyword-only arguments; '
                         'use inspect.signature')
    return ArgSpec(spec.args, spec.varargs, spec.varkw, spec.defaults)


stand_in(__name__, 'inspect', ['ArgSpec', 'getargspec'])
