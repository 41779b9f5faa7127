"""Datasets in HDF5 files."""
import warnings

import h5py
from fuel.datasets import splits
from fuel.datasets.base import Dataset
from fuel.schemes import SequentialExampleScheme
from fuel.utils import Subset, do_not_pickle_attributes
from fuel.utils import hdf5 as shared_files
from fuel.utils.arrays import as_objects
from fuel.utils.cache import cache_file


@do_not_pickle_attributes('data_sources', 'external_file_handle',
                          'source_shapes', 'in_memory_subset', 'subsets')
class H5PYDataset(Dataset):
    """A dataset in an HDF5 file.

    Each source is an HDF5 dataset in the root group. The attribute ``split``
    of that group assigns examples to splits, see
    :mod:`fuel.datasets.splits`. Labels of dimensions become axis labels.

    A source of sequences of different lengths is a one-dimensional HDF5
    dataset of variable length dtype with the flattened examples. Its
    dimension has two scales: ``shapes``, with the shape of each example,
    and ``shape_labels``, with the names of its axes.

    Parameters
    ----------
    file_or_path : h5py.File or str
        The file. A path is opened for reading, and closed when no stream
        uses it.
    which_sets : iterable of str
        The splits to use. The sources are those common to all of them.
        Examples are in the order of the file.
    subset : slice or list of int, optional
        The subset of these splits. Everything by default.
    load_in_memory : bool, optional
        Whether to read everything at once. `False` by default.
    driver : str, optional
        The driver of h5py.
    sort_indices : bool, optional
        HDF5 only accepts ascending indices. `True`, the default, sorts the
        indices of a request and restores the order of the examples.
    sources : tuple of str, optional
        The sources to return. All by default.
    axis_labels : dict, optional
        The names of the axes of each source. By default those in the
        file.

    Attributes
    ----------
    provides_sources : tuple of str
        The sources that all of `which_sets` have, sorted by name.
    vlen_sources : list of str
        The sources whose examples have different lengths.
    default_axis_labels : dict
        The names of axes in the file.
    num_examples : int
        Number of examples.

    Raises
    ------
    ValueError
        If the file has no table of splits or lacks a split, the splits
        have no source in common, or the sources differ in length.

    """

    interface_version = '0.3'

    create_split_array = staticmethod(splits.create_split_array)

    def __init__(self, file_or_path, which_sets, subset=None,
                 load_in_memory=False, driver=None, sort_indices=True,
                 **kwargs):
        is_open = isinstance(file_or_path, h5py.File)
        self.external_file_handle = file_or_path if is_open else None
        self.path = (file_or_path.filename if is_open
                     else cache_file(file_or_path))
        if isinstance(which_sets, str):  # Fuel 0.1 took one split
            warnings.warn(
                f'{type(self).__name__}({which_sets!r}) is deprecated; use '
                f'{type(self).__name__}(({which_sets!r},))',
                DeprecationWarning, stacklevel=2)
            which_sets = which_sets,
        if not all(isinstance(name, str) for name in which_sets):
            raise ValueError("H5PYDataset: which_sets must be a tuple of "
                             "names of splits such as ('train',), got "
                             f"{which_sets!r}")
        self.which_sets = tuple(which_sets)
        self.user_given_subset = slice(None) if subset is None else subset
        self.load_in_memory = load_in_memory
        self.driver = driver
        self.sort_indices = sort_indices
        self._read_description()
        kwargs.setdefault('axis_labels', self.default_axis_labels)
        super().__init__(**kwargs)
        self.example_iteration_scheme = SequentialExampleScheme(
            self.num_examples)

    def _read_description(self):
        """Read the sources and the labels of their axes."""
        self._out_of_memory_open()
        try:
            handle = self._file_handle
            table = splits.SplitTable(handle)
            for name in self.which_sets:
                if name not in table.splits():
                    raise ValueError(
                        f"{self.path} has no split {name!r}, its splits are "
                        f"{', '.join(map(repr, table.splits()))}")
            self.provides_sources = tuple(sorted(set.intersection(
                *(set(table.available_sources(name))
                  for name in self.which_sets)) if self.which_sets else ()))
            if not self.provides_sources:
                raise ValueError(f"{self.path}: the splits {self.which_sets} "
                                 "have no source in common")
            self.vlen_sources = self.get_vlen_sources(handle)
            self.default_axis_labels = self.get_axis_labels(handle)
        finally:
            self._out_of_memory_close()

    @staticmethod
    def get_all_splits(h5file):
        """Return the names of all splits of a file.

        Parameters
        ----------
        h5file : h5py.File
            The file.

        """
        return splits.SplitTable(h5file).splits()

    @staticmethod
    def get_all_sources(h5file):
        """Return the names of all sources of a file.

        Parameters
        ----------
        h5file : h5py.File
            The file.

        """
        return splits.SplitTable(h5file).sources()

    @staticmethod
    def get_provided_sources(h5file, split):
        """Return the names of the sources that a split has.

        Parameters
        ----------
        h5file : h5py.File
            The file.
        split : str
            The split.

        """
        return splits.SplitTable(h5file).available_sources(split)

    @staticmethod
    def get_vlen_sources(h5file):
        """Return the names of the sources of variable length.

        Parameters
        ----------
        h5file : h5py.File
            The file.

        Raises
        ------
        ValueError
            If such a source has more than one dimension.

        """
        names = [name for name in splits.SplitTable(h5file).sources()
                 if len(h5file[name].dims)
                 and 'shapes' in h5file[name].dims[0]]
        for name in names:
            if len(h5file[name].dims) > 1:
                raise ValueError(
                    f"{h5file.filename}: source {name!r} has variable "
                    "length and must have one dimension, got shape "
                    f"{h5file[name].shape}")
        return names

    @staticmethod
    def get_axis_labels(h5file):
        """Return the names of the axes of all sources.

        Parameters
        ----------
        h5file : h5py.File
            The file.

        Returns
        -------
        dict of tuple of str

        """
        axis_labels = {}
        vlen_sources = H5PYDataset.get_vlen_sources(h5file)
        for name in splits.SplitTable(h5file).sources():
            dims = h5file[name].dims
            labels = [dim.label for dim in dims]
            if name in vlen_sources:
                labels += map(splits.as_text, dims[0]['shape_labels'])
            axis_labels[name] = tuple(labels)
        return axis_labels

    @staticmethod
    def get_subsets(h5file, splits_, sources):
        """Return the examples of some sources in some splits.

        Parameters
        ----------
        h5file : h5py.File
            The file.
        splits_ : iterable of str
            The splits.
        sources : iterable of str
            The sources.

        Returns
        -------
        list of fuel.utils.Subset
            One subset per source.

        """
        table = splits.SplitTable(h5file)
        return [table.subset(splits_, source) for source in sources]

    def load(self):
        """Determine the examples to use, and read them if requested."""
        # An unpickled dataset has only the path.
        self.__dict__.setdefault('_external_file_handle', None)
        self._out_of_memory_open()
        try:
            self.subsets = self._find_subsets(self._file_handle)
            if self.load_in_memory:
                self._read_everything(self._file_handle)
            else:
                self.data_sources = None
                self.source_shapes = None
                self.in_memory_subset = None
        finally:
            self._out_of_memory_close()

    def _find_subsets(self, handle):
        subsets = self.get_subsets(handle, self.which_sets, self.sources)
        lengths = [subset.num_examples for subset in subsets]
        if len(set(lengths)) > 1:
            raise ValueError(
                f"{self.path}: all sources of {self.which_sets} must have "
                "the same number of examples, got "
                f"{dict(zip(self.sources, lengths))}")
        return [Subset.subset_of(subset, self.user_given_subset)
                for subset in subsets]

    def _read_everything(self, handle):
        def read(subset, source):
            return (source[:0] if subset.is_empty
                    else subset.index_within_subset(source, slice(None)))
        pairs = list(zip(self.sources, self.subsets))
        self.data_sources = tuple(read(subset, handle[name])
                                  for name, subset in pairs)
        self.source_shapes = tuple(
            read(subset, handle[name].dims[0]['shapes'])
            if name in self.vlen_sources else None
            for name, subset in pairs)
        self.in_memory_subset = Subset(slice(None), self.num_examples)

    @property
    def num_examples(self):
        return self.subsets[0].num_examples

    def open(self):
        if not self.load_in_memory:
            self._out_of_memory_open()

    def close(self, state):
        if not self.load_in_memory:
            self._out_of_memory_close()

    def next_epoch(self, state):
        """Return the same state: requests determine what to read."""
        return state

    def _out_of_memory_open(self):
        if not self.external_file_handle:
            shared_files.acquire(self.path, self.driver)

    def _out_of_memory_close(self):
        if not self.external_file_handle:
            shared_files.release(self.path, self.driver)

    @property
    def _file_handle(self):
        return (self.external_file_handle
                or shared_files.opened(self.path, self.driver))

    def get_data(self, state=None, request=None):
        data, shapes = (
            self._in_memory_get_data(state, request) if self.load_in_memory
            else self._out_of_memory_get_data(state, request))
        return tuple(map(_in_shape, data, shapes))

    def _in_memory_get_data(self, state=None, request=None):
        if state is not None or request is None:
            raise ValueError(
                "H5PYDataset.get_data takes no state if it was loaded in "
                "memory, and needs a request, an index, a list of indices "
                f"or a slice; got state={state!r}, request={request!r}")

        def pick(examples):
            return self.in_memory_subset.index_within_subset(examples,
                                                             request)
        return ([pick(examples) for examples in self.data_sources],
                [None if shapes is None else pick(shapes)
                 for shapes in self.source_shapes])

    def _out_of_memory_get_data(self, state=None, request=None):
        if request is None:
            raise ValueError("H5PYDataset.get_data needs a request, an "
                             "index, a list of indices or a slice; got none")
        try:
            handle = self._file_handle
        except OSError:
            # An unpickled or forked stream has no open file yet.
            self._out_of_memory_open()
            handle = self._file_handle

        def pick(subset, source):
            return subset.index_within_subset(
                source, request, sort_indices=self.sort_indices)
        pairs = list(zip(self.sources, self.subsets))
        return ([pick(subset, handle[name]) for name, subset in pairs],
                [pick(subset, handle[name].dims[0]['shapes'])
                 if name in self.vlen_sources else None
                 for name, subset in pairs])


def _in_shape(data, shapes):
    """Restore the shapes of variable-length examples, stored flat in HDF5."""
    if shapes is None:
        return data
    if data.dtype != object:
        return data.reshape(shapes)
    return as_objects([example.reshape(shape)
                       for example, shape in zip(data, shapes)])


def __getattr__(name):
    if name == 'PytablesDataset':
        raise AttributeError(
            "PytablesDataset isn't offered here: it needs PyTables. Files "
            "made with PyTables are HDF5 files; give them a table of splits "
            "with H5PYDataset.create_split_array and use H5PYDataset")
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
