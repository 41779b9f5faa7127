"""The BLAS that the C linker uses: that of SciPy's wheel.

SciPy's wheels for Linux include an OpenBLAS whose functions have the prefix
``scipy_``. Compiling with macros that add the prefix makes PyTensor's C code
call it; otherwise that code falls back to a slow implementation.

"""

import importlib.util
from pathlib import Path

#: Functions that PyTensor's C code calls.
_FUNCTIONS = ('gemm', 'gemv', 'ger', 'dot', 'axpy', 'scal', 'copy', 'nrm2',
              'asum', 'swap', 'symm', 'syrk', 'trsm', 'trmm', 'trsv')


def scipy_openblas():
    """Find the OpenBLAS in SciPy's wheel.

    Returns
    -------
    pathlib.Path or None
        None if SciPy was installed differently.

    """
    package = importlib.util.find_spec('scipy')
    if package is None or package.origin is None:
        return None
    folder = Path(package.origin).parent.parent / 'scipy.libs'
    return next(iter(sorted(folder.glob('libscipy_openblas-*.so'))), None)


def flags_for(library):
    """Return the flags to compile with a library of prefixed functions.

    Parameters
    ----------
    library : pathlib.Path

    Returns
    -------
    cxxflags, ldflags : str

    """
    macros = [f'-D{letter}{name}_=scipy_{letter}{name}_'
              for letter in 'sdcz' for name in _FUNCTIONS]
    folder = library.parent
    name = library.stem.removeprefix('lib')
    return ' '.join(macros), f'-L{folder} -l{name} -Wl,-rpath,{folder}'


def use_scipy_openblas(config, given):
    """Let the C linker use SciPy's OpenBLAS unless another is set.

    Parameters
    ----------
    config : TheanoConfigParser
        Settings to change.
    given : collection of str
        Names of the external settings.

    Returns
    -------
    bool
        Whether settings were changed.

    """
    if {'blas__ldflags', 'gcc__cxxflags'} & set(given):
        return False
    library = scipy_openblas()
    if library is None:
        return False
    config.gcc__cxxflags, config.blas__ldflags = flags_for(library)
    return True
