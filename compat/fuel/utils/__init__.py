"""Tools that datasets and converters share."""
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
    """Return to the working directory of now when the block is left."""
    directory = os.getcwd()
    try:
        yield
    finally:
        os.chdir(directory)


def find_in_data_path(filename):
    """Return the path of a file in the first data folder that has it.

    Parameters
    ----------
    filename : str
        The name, relative to the folders of ``fuel.config.data_path``;
        ``~`` and variables in those are expanded.

    Returns
    -------
    str

    Raises
    ------
    OSError
        If no folder has the file.

    """
    folders = [os.path.expanduser(os.path.expandvars(folder))
               for folder in config.data_path]
    for folder in folders:
        path = os.path.join(folder, filename)
        if os.path.isfile(path):
            return path
    raise OSError(f"{filename} is in none of the folders of Fuel's data "
                  f"path: {', '.join(folders)}")
