"""HDF5 files that are shared by their readers.

A file is opened once per process, read-only, and closed when its last reader
releases it. A forked process opens its own files, since handles inherited from
its parent are not safe to use.

"""
import os
from dataclasses import dataclass

import h5py


@dataclass
class _SharedFile:
    handle: h5py.File
    readers: int = 0


_files = {}


def _key(path, driver):
    return os.getpid(), path, driver


def acquire(path, driver=None):
    """Open a file, or count one more reader if it is already open.

    Parameters
    ----------
    path : str
        Path of the file.
    driver : str, optional
        Driver of h5py.

    """
    key = _key(path, driver)
    if key not in _files:
        _files[key] = _SharedFile(h5py.File(path, mode='r', driver=driver))
    _files[key].readers += 1


def release(path, driver=None):
    """Count one reader less; close the file after the last one.

    Parameters
    ----------
    path : str
        Path of the file. Nothing happens if it is not open.
    driver : str, optional
        Driver of h5py.

    """
    key = _key(path, driver)
    if key not in _files:
        return
    _files[key].readers -= 1
    if not _files[key].readers:
        _files.pop(key).handle.close()


def opened(path, driver=None):
    """Return the handle of a file.

    Parameters
    ----------
    path : str
        Path of the file.
    driver : str, optional
        Driver of h5py.

    Raises
    ------
    OSError
        If it was not acquired.

    """
    try:
        return _files[_key(path, driver)].handle
    except KeyError:
        raise OSError(f"the file {path} isn't open for reading in this "
                      "process; use the state that open() returns") from None
