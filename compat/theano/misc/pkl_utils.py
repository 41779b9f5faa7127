"""Pickles whose arrays can be read without unpickling.

:func:`dump` writes a zip file with the pickle and an ``.npy`` file for each
array of a shared variable, under the variable's name; the pickle only
refers to them.

"""

import pickle
import sys
import zipfile

import numpy
from theano.compile.sharedvalue import SharedVariable

__all__ = ['PersistentSharedVariableID', 'dump', 'load']

_PICKLE = 'pkl'


class PersistentSharedVariableID:
    """Names the arrays of shared variables.

    Parameters
    ----------
    allow_unnamed : bool
        Number the arrays of variables without a name.
    allow_duplicates : bool
        Number the arrays of variables whose names are already used.

    Raises
    ------
    ValueError
        When called, if a variable has no name or one that is already used,
        and that is not allowed.

    """

    def __init__(self, allow_unnamed=True, allow_duplicates=True):
        self.allow_unnamed = allow_unnamed
        self.allow_duplicates = allow_duplicates
        self.names = {}  # names of arrays by identity
        self.kept = []  # keeps the arrays alive, so identities stay unique
        self.taken = {_PICKLE}

    def __call__(self, obj):
        if isinstance(obj, SharedVariable):
            self._name(obj)
        return self.names.get(id(obj))

    def _name(self, variable):
        array = variable.container.storage[0]
        if not isinstance(array, numpy.ndarray) or id(array) in self.names:
            return
        base = variable.name
        if not base:
            if not self.allow_unnamed:
                raise ValueError(f'dump: a shared variable of type '
                                 f'{variable.type} has no name; set its name, '
                                 'or pass allow_unnamed=True')
            base = f'array_{len(self.names)}'
        elif base in self.taken and not self.allow_duplicates:
            raise ValueError(f'dump: two shared variables have the name '
                             f'{base!r}; rename one, or '
                             f'allow_duplicates=True')
        name, number = base, 1
        while name in self.taken:
            number += 1
            name = f'{base}_{number}'
        self.taken.add(name)
        self.names[id(array)] = name
        self.kept.append(array)


class _Pickler(pickle.Pickler):
    """Writes arrays beside the pickle."""

    def __init__(self, file, protocol, archive, name_of):
        super().__init__(file, protocol)
        self.archive, self.name_of = archive, name_of
        self.arrays = {}

    def persistent_id(self, obj):
        name = self.name_of(obj)
        if name is not None:
            self.arrays[name] = obj
        return name


class _Unpickler(pickle.Unpickler):
    """Reads arrays beside the pickle."""

    def __init__(self, file, archive):
        super().__init__(file)
        self.archive, self.arrays = archive, {}

    def persistent_load(self, name):
        if name not in self.arrays:
            with self.archive.open(name) as member:
                self.arrays[name] = numpy.lib.format.read_array(
                    member, allow_pickle=False)
        return self.arrays[name]


def dump(obj, file_handler, protocol=pickle.DEFAULT_PROTOCOL,
         persistent_id=PersistentSharedVariableID):
    """Save an object, with the arrays of shared variables in separate files.

    Parameters
    ----------
    obj : object
    file_handler : file
        A file open for writing in binary mode.
    protocol : int
        The version of the pickle format.
    persistent_id : callable
        Returns the names of arrays, see :class:`PersistentSharedVariableID`.

    """
    limit = sys.getrecursionlimit()
    with zipfile.ZipFile(file_handler, 'w', zipfile.ZIP_DEFLATED,
                         allowZip64=True) as archive:
        sys.setrecursionlimit(max(limit, 3000))
        try:
            with archive.open(_PICKLE, 'w', force_zip64=True) as member:
                pickler = _Pickler(member, protocol, archive,
                                   persistent_id())
                pickler.dump(obj)
        finally:
            sys.setrecursionlimit(limit)
        for name, array in pickler.arrays.items():
            with archive.open(name, 'w', force_zip64=True) as member:
                numpy.lib.format.write_array(member, numpy.asarray(array),
                                             allow_pickle=False)


def load(f):
    """Load an object that :func:`dump` has written.

    A pickle can run any code when it is loaded: load only files that you
    trust.

    Parameters
    ----------
    f : file
        A file open for reading in binary mode.

    Returns
    -------
    object

    """
    with zipfile.ZipFile(f) as archive, archive.open(_PICKLE) as member:
        return _Unpickler(member, archive).load()
