"""HDF5 files that are shared by those who read them.

A file is opened once per process, for reading only, and closed when the
last reader gives it up. A process that was forked opens files of its own:
handles inherited from its parent aren't safe to use.

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
    """Open a file, or count one more reader if it is open already.

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
        Path of the file. Nothing happens if it isn't open.
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
        If it wasn't acquired.

    """
    try:
        return _files[_key(path, driver)].handle
    except KeyError:
        raise OSError(f"the file {path} isn't open for reading in this "
                      "process; use the state that open() gives") from None
