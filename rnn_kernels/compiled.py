"""How functions are compiled, and where their machine code is kept.

Code that is made from a step is written to a file, whose name is a digest of
the text, of this package and of the compiler, and imported from there. So it
can be read, a debugger finds it, and the machine code that numba keeps beside
it is never that of another text: neither an edit nor another process that
compiles at the same time can mix them up.

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

#: Compiler options of every kernel. ``error_model='numpy'`` lets a division
#: by zero give infinity as in NumPy; Python's check for it keeps the
#: compiler from using vector instructions (measured: 7.2 against 0.45 ns
#: per gate). ``contract`` lets it fuse a product and a sum, which is more
#: exact and leaves NaN and infinity alone, unlike the rest of "fast math".
OPTIONS = dict(nogil=True, error_model='numpy', fastmath={'contract'})

#: Environment variable with the folder for made code.
VARIABLE = 'RNN_KERNELS_CACHE'


def inlined(function):
    """Compile a function that compiled functions call.

    Its machine code becomes part of theirs and is not kept for itself.

    """
    return numba.njit(**OPTIONS)(function)


def compiled(function):
    """Compile a module-level function when it is first called.

    The machine code is kept on disk beside the module or, where that folder
    is read-only, in the user's cache; where neither can be written to,
    every process compiles anew.

    """
    try:
        made = numba.njit(cache=True, **OPTIONS)(function)
    except RuntimeError:  # no folder to keep the machine code in
        return numba.njit(**OPTIONS)(function)
    save = made._cache.save_overload

    def save_if_possible(signature, code):
        try:
            save(signature, code)
        except OSError:  # the disk is full, say; the code runs all the same
            pass
    made._cache.save_overload = save_if_possible
    return made


@lru_cache(maxsize=None)
def _fingerprint():
    """Return a digest of all that machine code depends on but its text."""
    digest = hashlib.sha256()
    for path in sorted(Path(__file__).parent.glob('*.py')):
        digest.update(path.read_bytes())
    for part in (sys.version, numba.__version__, numpy.__version__,
                 numba.config.CPU_NAME, numba.config.CPU_FEATURES):
        digest.update(repr(part).encode())
    return digest.hexdigest()


@lru_cache(maxsize=None)
def cache_folder():
    """Return the folder for made code, None if there is none to write to.

    That is what ``RNN_KERNELS_CACHE`` names or, without it, ``rnn_kernels``
    in the user's cache folder (``XDG_CACHE_HOME`` or ``~/.cache``).

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
    """Return the module that a text is the source of.

    Functions of the module that are to be compiled are named in its list
    ``compiled``; each is compiled when it is first called. Those in its
    dictionary ``callbacks`` are compiled at once, as C functions without a
    result of so many arguments of type int64.

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
    # Numba names the module when it keeps and loads machine code.
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
    options = {name: value for name, value in OPTIONS.items()
               if name != 'nogil'}  # there is no interpreter to let go of
    try:
        return numba.cfunc(signature, cache=keep, **options)(function)
    except (RuntimeError, OSError):  # nothing can be kept
        return numba.cfunc(signature, **options)(function)


def _write_once(path, text):
    """Write a file, unless it is there, so that nobody sees half of it."""
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
