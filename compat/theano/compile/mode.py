"""Modes of compilation: which rewrites, and who computes.

``FAST_RUN`` and ``FAST_COMPILE`` differ in the rewrites; the linker that
``theano.config.linker`` names decides who computes: ``vm`` (Python and
NumPy), ``cvm`` (C, compiled when first needed) or ``numba``.
"""

from contextlib import contextmanager
from contextvars import ContextVar

from pytensor.compile.mode import (
    Mode, optdb, predefined_linkers, predefined_modes,
    predefined_optimizers, register_linker, register_mode,
    register_optimizer)
from pytensor.compile.mode import get_mode as _backend_mode
from pytensor.graph.rewriting.db import RewriteDatabaseQuery
from pytensor.link.vm import VMLinker

from theano.configparser import SETTINGS, config

__all__ = [
    'FAST_COMPILE', 'FAST_RUN', 'INNER_MODE', 'Mode', 'compiling_in',
    'get_default_mode', 'get_mode', 'optdb', 'predefined_linkers',
    'predefined_modes', 'predefined_optimizers', 'register_linker',
    'register_mode', 'register_optimizer']

predefined_linkers['vm'] = VMLinker(use_cloop=False, c_thunks=False)

FAST_RUN = Mode('vm', RewriteDatabaseQuery(include=['fast_run', 'py_only']))
FAST_COMPILE = Mode('vm',
                    RewriteDatabaseQuery(include=['fast_compile', 'py_only']))

if 'mode' not in SETTINGS and 'linker' not in SETTINGS:
    config.linker = 'vm'
    config.mode = 'FAST_COMPILE'

_compiling = ContextVar('mode of the function under compilation',
                        default=None)


@contextmanager
def compiling_in(mode):
    """Make `mode` that of the loops compiled inside this block."""
    token = _compiling.set(mode)
    try:
        yield
    finally:
        _compiling.reset(token)


class _InnerMode(Mode):
    """Stands for the mode of the function around a loop."""

    def clone(self, link_kwargs=None, optimizer='', **kwargs):
        """Return a copy of the mode of the function under compilation."""
        mode = get_mode(_compiling.get())
        return Mode.clone(mode, link_kwargs=link_kwargs,
                          optimizer=optimizer, **kwargs)

    def __reduce__(self):
        return 'INNER_MODE'


INNER_MODE = _InnerMode('vm', 'fast_compile')


def get_mode(mode=None):
    """Return the mode of that name.

    Parameters
    ----------
    mode : str or Mode, optional
        By default ``theano.config.mode``.

    Returns
    -------
    Mode

    Raises
    ------
    ValueError
        If there is no mode of that name.

    """
    if mode is None:
        mode = config.mode
    if isinstance(mode, str) and mode.upper() == 'FAST_RUN' and \
            config.linker == 'vm':
        return FAST_RUN
    return _backend_mode(mode)


def get_default_mode():
    """Return the mode of functions compiled without one."""
    return get_mode(None)
