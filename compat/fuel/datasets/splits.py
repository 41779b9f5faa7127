"""The table in an HDF5 file that defines the splits.

It is the attribute ``split`` of the root group, an array with one row per
split and source and the fields

============= ========================================================
``split``     name of the split
``source``    name of the source
``start``     first example, if there are no ``indices``
``stop``      the example after the last one, if there are no ``indices``
``indices``   reference to a dataset of indices, or a null reference
``available`` whether the split has this source
``comment``   anything
============= ========================================================

"""
from itertools import product
from typing import NamedTuple

import h5py
import numpy
from fuel.utils import Subset

# Some versions of HDF5 cannot store an empty string.
NO_COMMENT = '.'


class _Entry(NamedTuple):
    """The part of a source in a split."""

    start: int
    stop: int
    indices: object = None
    comment: str = NO_COMMENT


def create_split_array(split_dict):
    """Make a table of splits.

    Parameters
    ----------
    split_dict : dict of dict of tuple
        Start, stop, optionally a reference to indices or `None`, and
        optionally a comment, for each split and each of its sources. An
        omitted source is not available in that split.

    Returns
    -------
    numpy.ndarray
        The table, to be stored as ``h5file.attrs['split']``.

    Raises
    ------
    ValueError
        If there is no split or no source.

    """
    entries = {(split, source): _Entry(*fields)
               for split, sources in split_dict.items()
               for source, fields in sources.items()}
    if not entries:
        raise ValueError("a table of splits needs at least one split with at "
                         f"least one source, got {split_dict!r}")
    sources = sorted({source for _, source in entries})
    rows = list(product(split_dict, sources))
    table = numpy.zeros(len(rows), dtype=[
        ('split', _bytes_dtype(split_dict)),
        ('source', _bytes_dtype(sources)),
        ('start', 'int64'),
        ('stop', 'int64'),
        ('indices', h5py.ref_dtype),
        ('available', 'bool'),
        ('comment', _bytes_dtype([NO_COMMENT, *(
            entry.comment for entry in entries.values())]))])
    for row, (split, source) in zip(table, rows):
        entry = entries.get((split, source), _Entry(0, 0))
        row['split'] = split.encode('utf8')
        row['source'] = source.encode('utf8')
        row['start'] = entry.start
        row['stop'] = entry.stop
        row['indices'] = (h5py.Reference() if entry.indices is None
                          else entry.indices)
        row['available'] = (split, source) in entries
        row['comment'] = (entry.comment or NO_COMMENT).encode('utf8')
    return table


def _bytes_dtype(texts):
    return f"S{max(1, *(len(text.encode('utf8')) for text in texts), 1)}"


def as_text(value):
    """Return a string from HDF5, which may be bytes, as `str`."""
    return value.decode('utf8') if isinstance(value, bytes) else str(value)


class SplitTable:
    """The table of splits of a file, read once.

    Parameters
    ----------
    h5file : h5py.File
        A file with such a table.

    Raises
    ------
    ValueError
        If the file has none.

    """

    def __init__(self, h5file):
        if 'split' not in h5file.attrs:
            raise ValueError(
                f"{h5file.filename} has no attribute 'split', which assigns "
                "examples to splits; create it with "
                "H5PYDataset.create_split_array")
        self.h5file = h5file
        self.rows = {(as_text(row['split']), as_text(row['source'])): row
                     for row in h5file.attrs['split']}

    def splits(self):
        """Return the names of all splits, in the order of the file."""
        return tuple(dict.fromkeys(split for split, _ in self.rows))

    def sources(self):
        """Return the names of all sources, in the order of the file."""
        return tuple(dict.fromkeys(source for _, source in self.rows))

    def available_sources(self, split):
        """Return the names of the sources that a split has."""
        return tuple(source for (name, source), row in self.rows.items()
                     if name == split and row['available'])

    def subset(self, splits, source):
        """Return the examples of a source in any of the given splits.

        Parameters
        ----------
        splits : iterable of str
            The splits.
        source : str
            The source.

        Returns
        -------
        fuel.utils.Subset

        """
        num_examples = len(self.h5file[source])
        subset = Subset.empty_subset(num_examples)
        for split in splits:
            row = self.rows[split, source]
            if row['indices']:
                examples = self.h5file[row['indices']][...].tolist()
            elif row['start'] == row['stop']:
                examples = []
            else:
                examples = slice(int(row['start']), int(row['stop']))
            subset += Subset(examples, num_examples)
        return subset
