"""Compilation of functions, and the cache of their machine code.

Code generated from a step is written to a file, whose name is a digest of the
text, of this package and of the compiler, and imported from there. So you can
read it, debuggers find it, and the machine code that numba caches next to it
always matches the text: neither an edit nor another process that compiles at
the same time can mix them up.

"""
import hashlib
import importlib.util
import os
import sys
import tempfile
from functools import lru_cache
from pathlib import Path

import numba
import numpy

#: Compiler options of every kernel. With ``error_model='numpy'``, division by
#: zero gives infinity as in NumPy; Python's check for it prevents
#: vectorisation (measured: 7.2 against 0.45 ns per gate). ``contract`` allows
#: fused multiply-add, which is more exact and preserves NaN and infinity,
#: unlike the other "fast math" flags.
OPTIONS = dict(nogil=True, error_model='numpy', fastmath={'contract'})

#: Environment variable with the folder for generated code.
VARIABLE = 'RNN_KERNELS_CACHE'


def inlined(function):
    """Compile a function for use in compiled functions.

    Its machine code becomes part of theirs and is not cached separately.

    """
    return numba.njit(**OPTIONS)(function)


def compiled(function):
    """Compile a module-level function when it is first called.

    The machine code is cached on disk next to the module or, if that folder is
    read-only, in the user's cache; if neither is writable, every process
    compiles again.

    """
    try:
        made = numba.njit(cache=True, **OPTIONS)(function)
    except RuntimeError:  # no folder for the machine code
        return numba.njit(**OPTIONS)(function)
    save = made._cache.save_overload

    def save_if_possible(signature, code):
        try:
            save(signature, code)
        except OSError:  # for example, the disk is full; the code still runs
            pass
    made._cache.save_overload = save_if_possible
    return made


@lru_cache(maxsize=None)
def _fingerprint():
    """Return a digest of everything else that machine code depends on."""
    digest = hashlib.sha256()
    for path in sorted(Path(__file__).parent.glob('*.py')):
        digest.update(path.read_bytes())
    for part in (sys.version, numba.__version__, numpy.__version__,
                 numba.config.CPU_NAME, numba.config.CPU_FEATURES):
        digest.update(repr(part).encode())
    return digest.hexdigest()


@lru_cache(maxsize=None)
def cache_folder():
    """Return the folder for generated code, or None if none is writable.

    The folder is given by ``RNN_KERNELS_CACHE``; the default is
    ``rnn_kernels`` in the user's cache folder (``XDG_CACHE_HOME`` or
    ``~/.cache``).

    """
    given = os.environ.get(VARIABLE)
    cache = os.environ.get('XDG_CACHE_HOME')
    try:
        folder = Path(given) if given else (
            Path(cache) if cache else Path.home() / '.cache') / 'rnn_kernels'
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=str(folder)):
            return folder
    except (OSError, RuntimeError):  # read-only, or no home
        return None


@lru_cache(maxsize=None)
def load(text):
    """Return a module with the given source text.

    The module's list ``compiled`` names the functions to compile; each is
    compiled when it is first called. Its dictionary ``callbacks`` names
    functions that are compiled at once, as C functions without a result, with
    the given number of int64 arguments.

    Parameters
    ----------
    text : str

    Returns
    -------
    module

    """
    name = 'made_' + hashlib.sha256(
        (text + _fingerprint()).encode()).hexdigest()[:24]
    folder = cache_folder()
    path = None if folder is None else folder / (name + '.py')
    if path is not None:
        try:
            _write_once(path, text)
        except OSError:  # the disk is full, say
            path = None
    if path is None:
        module = type(sys)(name)
        exec(compile(text, '<{}>'.format(name), 'exec'), module.__dict__)
    else:
        specification = importlib.util.spec_from_file_location(name, str(path))
        module = importlib.util.module_from_spec(specification)
        specification.loader.exec_module(module)
    # Numba uses the module's name to cache and load machine code.
    sys.modules[name] = module
    jit = inlined if path is None else compiled
    for function in module.compiled:
        setattr(module, function, jit(getattr(module, function)))
    for function, arguments in getattr(module, 'callbacks', {}).items():
        signature = numba.void(*[numba.int64] * arguments)
        setattr(module, function, _callback(
            signature, getattr(module, function), path is not None))
    return module


def _callback(signature, function, keep):
    """Compile a C function."""
    # C functions do not hold the interpreter lock.
    options = {name: value for name, value in OPTIONS.items()
               if name != 'nogil'}
    try:
        return numba.cfunc(signature, cache=keep, **options)(function)
    except (RuntimeError, OSError):  # nothing can be cached
        return numba.cfunc(signature, **options)(function)


def _write_once(path, text):
    """Write a file atomically, unless it exists."""
    if path.exists():
        return
    descriptor, temporary = tempfile.mkstemp(dir=str(path.parent),
                                             suffix='.tmp')
    try:
        with os.fdopen(descriptor, 'w') as file:
            file.write(text)
        os.replace(temporary, str(path))
    except BaseException:
        os.unlink(temporary)
        raise
