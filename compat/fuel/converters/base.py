"""Tools for writing converters."""
import os
import sys
from contextlib import contextmanager
from functools import wraps
from itertools import accumulate

from fuel.datasets import H5PYDataset
from fuel.exceptions import MissingInputFiles
from tqdm import tqdm


def check_exists(required_files):
    """Decorate a function of a directory to require certain files there.

    Parameters
    ----------
    required_files : list of str
        Names of files, relative to the directory.

    Returns
    -------
    callable
        The decorator. The directory must be the first argument of the
        function.

    Raises
    ------
    MissingInputFiles
        On calling the function, if a file is missing.

    """
    def decorate(function):
        @wraps(function)
        def checked(directory, *args, **kwargs):
            require_files(directory, required_files)
            return function(directory, *args, **kwargs)
        return checked
    return decorate


def require_files(directory, required_files):
    """Raise MissingInputFiles unless a directory has certain files.

    Parameters
    ----------
    directory : str
        The directory.
    required_files : list of str
        Names of files, relative to the directory.

    """
    missing = [name for name in required_files
               if not os.path.isfile(os.path.join(directory, name))]
    if missing:
        raise MissingInputFiles(
            f"{directory} lacks the files {', '.join(missing)}", missing)


def fill_hdf5_file(h5file, data):
    """Write arrays to a file in the form that `H5PYDataset` reads.

    Parameters
    ----------
    h5file : h5py.File
        A file open for writing.
    data : sequence of tuple
        For each split and source, the name of the split, the name of the
        source, the array, and optionally a comment.

    Raises
    ------
    ValueError
        If the sources of a split differ in length, or the splits of a
        source differ in dtype or in shape (apart from their length), or an
        array is given twice.

    """
    _check_parts(data)
    splits = {}
    for source in dict.fromkeys(part[1] for part in data):
        parts = [part for part in data if part[1] == source]
        arrays = [part[2] for part in parts]
        bounds = list(accumulate(map(len, arrays), initial=0))
        target = h5file.create_dataset(
            source, (bounds[-1], *arrays[0].shape[1:]), arrays[0].dtype)
        for (split, _, array, *comment), start, stop in zip(
                parts, bounds, bounds[1:]):
            target[start:stop] = array
            splits.setdefault(split, {})[source] = (
                (start, stop, None, *comment) if comment else (start, stop))
    h5file.attrs['split'] = H5PYDataset.create_split_array(splits)


def _check_parts(data):
    lengths, dtypes, shapes, seen = {}, {}, {}, set()
    for split, source, array, *_ in data:
        if (split, source) in seen:
            raise ValueError(f"source {source!r} of split {split!r} was "
                             "given twice")
        seen.add((split, source))
        for kind, name, known, found in [
                (f"the sources of split {split!r}", "length",
                 lengths.setdefault(split, len(array)), len(array)),
                (f"the splits of source {source!r}", "dtype",
                 dtypes.setdefault(source, array.dtype), array.dtype),
                (f"the splits of source {source!r}", "shape of an example",
                 shapes.setdefault(source, array.shape[1:]),
                 array.shape[1:])]:
            if known != found:
                raise ValueError(f"{kind} must have one {name}, got {known} "
                                 f"and {found}")


class _ProgressBar:
    """A progress bar that is set to absolute positions."""

    def __init__(self, bar):
        self.bar = bar

    def update(self, value):
        """Show that `value` steps are done in total."""
        self.bar.update(value - self.bar.n)


@contextmanager
def progress_bar(name, maxval, prefix='Converting'):
    """Show the progress of a conversion on standard output.

    Parameters
    ----------
    name : str
        The file that is being created.
    maxval : int
        The total number of steps.
    prefix : str, optional
        The operation on the file.

    Yields
    ------
    object
        Call its method ``update`` with the number of steps done so far.

    """
    with tqdm(total=maxval, desc=f'{prefix} {name}', file=sys.stdout) as bar:
        progress = _ProgressBar(bar)
        yield progress
        progress.update(maxval)
