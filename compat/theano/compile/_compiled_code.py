"""Checks of whether code can be compiled, before it is needed.

The default linker compiles nothing. The others need a writable folder, and the
C linker also a compiler with Python's headers.

"""

import atexit
import functools
import importlib
import io
import os
import shutil
import sys
import tempfile
import types
import warnings
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path

from pytensor.link.vm import VMLinker
from theano.configparser import config

__all__ = ['find_compiler', 'find_folder', 'patch_linker']

#: The loop over the nodes of a graph that is written in C.
_C_LOOP = 'pytensor.link.c.cvm'
#: The errors of compiling C. Their module imports setuptools, which takes
#: longer than compiling a small function.
_C_ERRORS = 'pytensor.link.c.exceptions'
_no_c_errors = types.ModuleType(_C_ERRORS)
_no_c_errors.MissingGXX = ImportError

_make_all, _make_vm = VMLinker.make_all, VMLinker.make_vm


def _setting(name):
    """Return the object of an option, to change one that PyTensor fixes."""
    return config._backend._config_var_dict[name]


def _is_writable(folder):
    """Return whether a folder exists or can be created, and is writable."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError:
        return False
    return os.access(folder, os.R_OK | os.W_OK | os.X_OK)


def _remove(folder, process):
    """Remove a folder, but not in the forks of the process that created it."""
    if os.getpid() == process:
        shutil.rmtree(folder, ignore_errors=True)


@functools.cache
def find_folder():
    """Store compiled code in a temporary folder if necessary.

    Warns
    -----
    UserWarning
        If ``config.base_compiledir`` is not writable.

    """
    folder = config.base_compiledir
    if _is_writable(folder):
        return
    temporary = Path(tempfile.mkdtemp(prefix='theano-'))
    atexit.register(_remove, temporary, os.getpid())
    _setting('base_compiledir').val = temporary
    warnings.warn(
        f'theano: cannot write to the folder of compiled code, {folder}. A '
        'temporary one is used, and each process compiles again; set '
        'THEANO_FLAGS=base_compiledir=<folder> to keep the code',
        stacklevel=2)


@functools.cache
def find_compiler():
    """Disable C if the compiler cannot compile a Python module.

    Warns
    -----
    UserWarning
        If a compiler exists but fails.

    """
    if not config.cxx:
        return
    if _setting('compiledir').is_default:
        find_folder()
    try:
        # Otherwise PyTensor prints the command and a listing of the code.
        with redirect_stdout(io.StringIO()), redirect_stderr(io.StringIO()):
            importlib.import_module(_C_LOOP)
    except Exception as error:
        reason = str(error).strip().splitlines() or [repr(error)]
        warnings.warn(
            f'theano: {config.cxx} cannot compile a module for Python '
            f'({reason[-1]}). Functions run in Python instead of C; install '
            f'Python\'s headers (python3-dev), or set THEANO_FLAGS=cxx= to '
            f'avoid this warning', stacklevel=2)
        _setting('cxx').val = ''


@functools.wraps(_make_all)
def _make_all_after_a_look(self, *args, **kwargs):
    """Check the compiler before the first compilation."""
    if self.use_cloop or self.c_thunks is not False:
        find_compiler()
    return _make_all(self, *args, **kwargs)


@functools.wraps(_make_vm)
def _make_vm_without_c(self, *args, **kwargs):
    """Do not compile the loop in C to run the loop in Python."""
    if sys.modules.get(_C_LOOP) or self.use_cloop and config.cxx:
        return _make_vm(self, *args, **kwargs)
    # An import of None raises the ImportError that PyTensor expects.
    absent = {_C_LOOP: None}
    if _C_ERRORS not in sys.modules:
        absent[_C_ERRORS] = _no_c_errors
    sys.modules.update(absent)
    try:
        return _make_vm(self, *args, **kwargs)
    finally:
        for name in absent:
            sys.modules.pop(name, None)  # another thread may have done so


def patch_linker():
    """Let the linkers of functions compile C only if they run it."""
    VMLinker.make_all = _make_all_after_a_look
    VMLinker.make_vm = _make_vm_without_c
