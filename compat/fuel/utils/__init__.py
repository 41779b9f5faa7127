"""Tools shared by datasets and converters."""
import contextlib
import os

from fuel import config
from fuel.utils.lazy import do_not_pickle_attributes
from fuel.utils.subset import Subset, iterable_fancy_indexing

__all__ = ['Subset', 'buffer_', 'do_not_pickle_attributes',
           'find_in_data_path', 'iterable_fancy_indexing', 'remember_cwd']

buffer_ = memoryview


@contextlib.contextmanager
def remember_cwd():
    """Restore the current working directory at the end of a ``with`` block."""
    directory = os.getcwd()
    try:
        yield
    finally:
        os.chdir(directory)


def find_in_data_path(filename):
    """Return the path of a file in the first data folder that contains it.

    Parameters
    ----------
    filename : str
        The name, relative to the folders of ``fuel.config.data_path``;
        ``~`` and environment variables in these are expanded.

    Returns
    -------
    str

    Raises
    ------
    OSError
        If no folder contains the file.

    """
    folders = [os.path.expanduser(os.path.expandvars(folder))
               for folder in config.data_path]
    for folder in folders:
        path = os.path.join(folder, filename)
        if os.path.isfile(path):
            return path
    raise OSError(f"{filename} is in none of the folders of Fuel's data "
                  f"path: {', '.join(folders)}")
