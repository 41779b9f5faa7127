"""Modules of a script's folders, converted as they are imported."""
import functools
import importlib.machinery
import os
import site
import sys
import sysconfig
from pathlib import Path

from .conversion import convert
from .dialect import recognise
from .imports import Neighbours
from .syntax import decode
from .walking import imported_files

#: Packages of this distribution; never taken for a script's own.
OURS = frozenset(['blocks', 'blocks_extras', 'blocks_rnn_bricks', 'fuel',
                  'picklable_itertools', 'theano'])


def real(path):
    return os.path.realpath(path or os.curdir)


def installed_folders():
    """Return the folders of Python's library and of installed packages."""
    folders = {*sysconfig.get_paths().values(), *site.getsitepackages(),
               site.getusersitepackages(),
               str(Path(__file__).parents[2])}
    return {real(folder) for folder in folders if folder}


class Project:
    """A script with its own modules.

    These are in its folder, in the folder of the package it is part of, on
    ``PYTHONPATH``, or in folders that it adds to ``sys.path`` itself, but not
    among installed packages.

    Parameters
    ----------
    script : str
        The path.
    python2 : bool, optional
        Whether all files are Python 2. By default, a file is Python 2 if it
        uses anything that Python 3 lacks. A file that is valid in both is
        treated like the other files that the script imports.

    """

    def __init__(self, script, python2=None):
        self.script = script
        self.python2 = python2
        self.folder = os.path.dirname(real(script))
        self.package = self.root = self.folder
        while os.path.isfile(os.path.join(self.root, '__init__.py')):
            self.package, self.root = self.root, os.path.dirname(self.root)
        self.known = {real(folder) for folder in sys.path[1:]} - {
            real(folder) for folder in
            os.environ.get('PYTHONPATH', '').split(os.pathsep) if folder}
        self.installed = installed_folders()
        self._general = None
        self._converted = {}

    @property
    def general(self):
        """Whether files that are valid in both versions are Python 2."""
        if self._general is None:
            self._general = any(
                dialect.version == 2 for dialect in self.dialects().values())
        return self._general

    def dialects(self):
        """Return the dialect of each file that the script imports, by path."""
        found = {}
        for path in imported_files(self.script, self):
            with open(path, 'rb') as file:
                found[path] = recognise(decode(file.read())[0])
        return found

    def owns(self, path):
        """Return whether a file is the script's own."""
        path = real(path)
        folder = os.path.dirname(path)
        if within(folder, self.folder) or within(folder, self.package):
            return not any(
                within(folder, place) and not within(self.folder, place)
                for place in self.installed)
        if any(within(folder, place) for place in self.installed):
            return False
        for entry in sys.path:
            entry = real(entry)
            if (entry not in self.known and within(folder, entry)
                    and not holds_distributions(entry)):
                first = os.path.relpath(path, entry).split(os.sep)[0]
                return first.removesuffix('.py') not in OURS
        return False

    def is_python2(self, path):
        """Return whether a file runs as Python 2."""
        if self.python2 is not None:
            return self.python2
        with open(path, 'rb') as file:
            version = recognise(decode(file.read())[0]).version
        return version == 2 or version is None and self.general

    def convert(self, path, package=False):
        """Return a converted file of the project.

        Parameters
        ----------
        path : str
        package : bool, optional
            Whether it is imported as part of a package.

        """
        with open(path, 'rb') as file:
            data = file.read()
        key = (real(path), package, data)  # scripts may rewrite modules
        if key not in self._converted:
            self._converted[key] = convert(
                data, path, Neighbours(os.path.dirname(real(path)), package,
                                       self.folder), self.is_python2(path))
        return self._converted[key]


@functools.cache
def holds_distributions(folder):
    """Return whether pip has installed to a folder, e.g. with --target."""
    try:
        return any(name.endswith('.dist-info') for name in os.listdir(folder))
    except OSError:
        return False


def within(path, folder):
    return path == folder or path.startswith(folder.rstrip(os.sep) + os.sep)


class Loader(importlib.machinery.SourceFileLoader):
    """Loads a module of a project without caching its bytecode.

    Parameters
    ----------
    name, path : str
    project : Project

    """

    def __init__(self, name, path, project):
        super().__init__(name, path)
        self.project = project

    def get_code(self, fullname):
        path = self.get_filename(fullname)
        package = '.' in fullname or self.is_package(fullname)
        return self.project.convert(path, package).compiled(path)


class Finder:
    """Finds a project's own modules.

    Parameters
    ----------
    project : Project

    """

    def __init__(self, project):
        self.project = project

    def find_spec(self, fullname, path=None, target=None):
        if path is None and fullname in sys.builtin_module_names:
            return None
        spec = importlib.machinery.PathFinder.find_spec(fullname, path,
                                                        target)
        if spec is None or not spec.has_location or not isinstance(
                spec.loader, importlib.machinery.SourceFileLoader):
            return None
        if not self.project.owns(spec.origin):
            return None
        spec.loader = Loader(fullname, spec.origin, self.project)
        spec.cached = None
        return spec

    def invalidate_caches(self):
        importlib.machinery.PathFinder.invalidate_caches()


def current_project():
    """Return the project of the script that runs, or None."""
    for finder in sys.meta_path:
        if isinstance(finder, Finder):
            return finder.project
    return None
