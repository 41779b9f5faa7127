"""Batches from HDF5 files: cut by lengths, then read one by one.

The file stores the length of each example (the scale ``shapes``), so examples
are sorted and cut into batches by number alone, and only one batch is read
at a time, however large the window.

"""
import os

import h5py
import numpy
from fuel.datasets import Dataset, H5PYDataset
from fuel.transformers import Transformer

from blocks_rnn_bricks.streams.naming import with_index

#: The source of :class:`Outline` that contains the lengths.
LENGTH = 'length'


class Outline(Dataset):
    """The examples of a file by number and length, without their content.

    Parameters
    ----------
    dataset : :class:`fuel.datasets.H5PYDataset`
    sequences : tuple of str
        The sources whose longest sequence defines an example's length.

    """

    provides_sources = ('number', LENGTH)

    def __init__(self, dataset, sequences, **kwargs):
        super().__init__(**kwargs)
        self.dataset = dataset
        self.sequences = tuple(sequences)
        self._lengths = None

    def __getstate__(self):
        return dict(vars(self), _lengths=None)

    @property
    def lengths(self):
        """The lengths of all examples, read from the file on first use."""
        if self._lengths is None:
            with _Opened(self.dataset) as file:
                self._lengths = numpy.max([
                    _lengths_of(file, self.dataset, source)
                    for source in self.sequences], axis=0)
        return self._lengths

    def get_data(self, state=None, request=None):
        return request, int(self.lengths[request])


class ReadExamples(Transformer):
    """Reads the examples of batches of numbers.

    Parameters
    ----------
    data_stream : :class:`fuel.streams.AbstractDataStream`
        Yields batches of an :class:`Outline`.
    dataset : :class:`fuel.datasets.H5PYDataset`
    index_source : str, optional
        The name of a source to add: the number of each example in the
        dataset.

    """

    def __init__(self, data_stream, dataset, index_source=None, **kwargs):
        kwargs.setdefault('axis_labels', dataset.axis_labels)
        super().__init__(data_stream, produces_examples=False, **kwargs)
        self.dataset = dataset
        self.numbered = index_source is not None
        self.sources = (with_index(dataset.sources, index_source)
                        if self.numbered else tuple(dataset.sources))
        self._forget()

    def _forget(self):
        # A forked or unpickled copy has no open file.
        self._owner = self._state = None

    def __getstate__(self):
        return dict(vars(self), _owner=None, _state=None)

    def transform_batch(self, batch):
        if self._owner != os.getpid():
            self._state = self.dataset.open()
            self._owner = os.getpid()
        numbers = list(batch[0])
        columns = tuple(self.dataset.get_data(self._state, numbers))
        return columns + (numbers,) if self.numbered else columns

    def close(self):
        if self._owner == os.getpid():
            self.dataset.close(self._state)
        self._forget()
        super().close()


def has_lengths(dataset, sequences):
    """Return whether a file stores the examples' lengths of some sources.

    Parameters
    ----------
    dataset : :class:`fuel.datasets.Dataset`
    sequences : iterable of str

    """
    if (not isinstance(dataset, H5PYDataset) or dataset.load_in_memory
            or type(dataset).get_data is not H5PYDataset.get_data
            or isinstance(sequences, str) or not sequences
            or not set(sequences) <= set(dataset.sources)):
        return False
    with _Opened(dataset) as file:
        return all(source in dataset.vlen_sources
                   or len(file[source].shape) > 1 for source in sequences)


class _Opened:
    """The file of a dataset, which may already be open elsewhere."""

    def __init__(self, dataset):
        self._given = dataset.external_file_handle
        self._file = self._given or h5py.File(dataset.path, 'r',
                                              driver=dataset.driver)

    def __enter__(self):
        return self._file

    def __exit__(self, *error):
        if not self._given:
            self._file.close()


def _lengths_of(file, dataset, source):
    """Return the length of a source in each example of a dataset."""
    subset = dataset.subsets[dataset.sources.index(source)]
    if source not in dataset.vlen_sources:
        return numpy.full(subset.num_examples, file[source].shape[1])
    if subset.is_empty:
        return numpy.zeros(0, int)
    shapes = subset.index_within_subset(file[source].dims[0]['shapes'],
                                        slice(None))
    return shapes[:, 0]
