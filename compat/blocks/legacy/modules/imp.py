"""``imp``: modules loaded from files."""
import importlib
import importlib.machinery
import importlib.util
import sys
from types import ModuleType as new_module

from ..python2.evaluation import reload

__all__ = ['PKG_DIRECTORY', 'PY_COMPILED', 'PY_SOURCE', 'acquire_lock',
           'find_module', 'load_module', 'load_source', 'new_module',
           'release_lock', 'reload']

PY_SOURCE, PY_COMPILED, PKG_DIRECTORY = 1, 2, 5


def load_source(name, pathname, file=None):
    """Load a module from a file, converted if it is Python 2."""
    from ..loading import Loader, current_project
    project = current_project()
    loader = (Loader(name, pathname, project) if project else
              importlib.machinery.SourceFileLoader(name, pathname))
    spec = importlib.util.spec_from_file_location(name, pathname,
                                                  loader=loader)
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


def find_module(name, path=None):
    """Return an open file, its path and a description."""
    spec = importlib.machinery.PathFinder.find_spec(name, path)
    if spec is None or spec.origin is None:
        raise ImportError(f'No module named {name}')
    if spec.submodule_search_locations:
        folder = list(spec.submodule_search_locations)[0]
        return None, folder, ('', '', PKG_DIRECTORY)
    return open(spec.origin, 'rb'), spec.origin, ('.py', 'U', PY_SOURCE)


def load_module(name, file, pathname, description):
    """Load the module that :func:`find_module` has found."""
    if description[2] == PKG_DIRECTORY:
        return importlib.import_module(name)
    return load_source(name, pathname)


def acquire_lock():
    """Do nothing: every module has its own lock."""


release_lock = acquire_lock
