"""The interface of datasets, and datasets of data in memory."""
from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping

from fuel.schemes import SequentialExampleScheme
from fuel.streams import DataStream
from fuel.utils import Subset
from fuel.utils.attributes import settable
from fuel.utils.checks import as_source_names, check_number


class Dataset(ABC):
    """Base class of all datasets.

    A dataset knows how to get data, but does not track what has been read.
    That is the *state*, which :meth:`open` returns and a stream keeps, so one
    dataset can serve several streams.

    Parameters
    ----------
    sources : tuple of str, optional
        The sources to return, a subset of `provides_sources`. All by default.
    axis_labels : dict, optional
        The names of the axes of each source, a tuple of strings.

    Attributes
    ----------
    provides_sources : tuple of str
        The sources that the dataset can provide. Subclasses set it, on the
        class or before they call ``super().__init__``.
    sources : tuple of str
        The sources that it returns.
    default_transformers : tuple
        For each transformer of the default pipeline, its class, a list of
        arguments and a dictionary of keyword arguments.

    Raises
    ------
    ValueError
        If `provides_sources` is missing or lacks one of `sources`.

    """

    provides_sources = None
    default_transformers = ()

    def __init__(self, sources=None, axis_labels=None):
        if not self.provides_sources:
            raise ValueError(f"{type(self).__name__} has no sources: it "
                             "needs data for one or more names; a subclass "
                             "sets provides_sources to a tuple of names")
        if sources is not None:
            sources = as_source_names(sources, self)
            missing = [source for source in sources
                       if source not in self.provides_sources]
            if missing or not sources:
                raise ValueError(
                    f"{type(self).__name__} provides the sources "
                    f"{tuple(self.provides_sources)}, but {sources} were "
                    "requested")
            self.sources = sources
        if axis_labels is not None and not isinstance(axis_labels, Mapping):
            raise TypeError(f"{type(self).__name__}: axis_labels must be a "
                            "dict from sources to tuples of names, got "
                            f"{axis_labels!r}")
        self.axis_labels = axis_labels

    sources = settable('_sources', lambda dataset: dataset.provides_sources,
                       'By default all that the dataset provides.')

    def _no_scheme(self):
        raise AttributeError(f"{type(self).__name__} has no example "
                             "iteration scheme")

    example_iteration_scheme = settable(
        '_example_iteration_scheme', _no_scheme,
        'The scheme that iterates over the dataset example by example.')

    def get_example_stream(self):
        """Return a stream of single examples.

        Raises
        ------
        AttributeError
            If the dataset has no :attr:`example_iteration_scheme`.

        """
        scheme = self.example_iteration_scheme
        return DataStream(self, iteration_scheme=scheme)

    def apply_default_transformers(self, stream):
        """Wrap a stream in the default transformers.

        Parameters
        ----------
        stream : AbstractDataStream
            The stream to wrap.

        Returns
        -------
        AbstractDataStream

        """
        for transformer, args, kwargs in self.default_transformers:
            stream = transformer(stream, *args, **kwargs)
        return stream

    def open(self):
        """Return a new state, e.g. a file handle; `None` if none is needed."""

    def close(self, state):
        """Release a state."""

    def next_epoch(self, state):
        """Return the state for the next epoch; by default, reset it."""
        return self.reset(state)

    def epoch_beside(self, state):
        """Return a state for a new epoch while another one is being read.

        Parameters
        ----------
        state : object
            The state of the other epoch. It is not closed if a new epoch
            consists only of a new state, as by default; otherwise this method
            is the same as :meth:`next_epoch`.

        """
        for name in 'next_epoch', 'reset':
            if getattr(type(self), name) is not getattr(Dataset, name):
                return self.next_epoch(state)
        return self.open()

    def reset(self, state):
        """Return a state at the beginning.

        By default, close the state and open a new one.

        """
        self.close(state)
        return self.open()

    @abstractmethod
    def get_data(self, state=None, request=None):
        """Return data, one item per source.

        Parameters
        ----------
        state : object, optional
            The result of :meth:`open`.
        request : object, optional
            The request, if the dataset accepts one: a number of examples, an
            index, a list of indices, a slice.

        Returns
        -------
        tuple

        """

    def filter_sources(self, data):
        """Select the items of :attr:`sources`.

        Parameters
        ----------
        data : sequence
            One item for each of :attr:`provides_sources`.

        Returns
        -------
        tuple

        """
        return tuple(item
                     for item, source in zip(data, self.provides_sources)
                     if source in self.sources)


def _columns(owner, data):
    """Return the names of the sources and the data by name."""
    columns = data if isinstance(data, dict) else {'data': data}
    owner.provides_sources = tuple(columns)
    return columns


def _check_lengths(owner, sources, lengths):
    if len(set(lengths)) > 1:
        found = ', '.join(f'{source!r}: {length}'
                          for source, length in zip(sources, lengths))
        raise ValueError(f"{type(owner).__name__}: all sources must have "
                         f"the same number of examples, got {found}")


class IterableDataset(Dataset):
    """A dataset of iterables, read one example at a time.

    Parameters
    ----------
    iterables : dict or iterable
        An iterable over examples for each source, or a single iterable, whose
        source is named ``'data'``.
    sources : tuple of str, optional
        The sources to return. All by default.
    axis_labels : dict, optional
        The names of the axes of each source.

    Attributes
    ----------
    iterables : list
        The iterables in the order of the sources.
    num_examples : int or float
        Number of examples, NaN if an iterable has no length.

    Raises
    ------
    ValueError
        If a source is not iterable or the lengths differ. On iterating, if an
        iterable is itself an iterator and several streams or concurrent
        epochs read it alternately.

    Notes
    -----
    The end of the shortest iterable without a length ends the epoch.
    Epoch iterators can be pickled if the iterators of the iterables can, as
    those of lists, tuples, ranges and arrays; generators cannot.

    """

    example_iteration_scheme = None
    last_rows = None

    def __init__(self, iterables, **kwargs):
        columns = _columns(self, iterables)
        super().__init__(**kwargs)
        for source, column in columns.items():
            if not isinstance(column, Iterable):
                raise ValueError(
                    f"{type(self).__name__}: source {source!r} must be "
                    f"iterable, got {type(column).__name__}")
        self.iterables = [columns[source] for source in self.sources]
        lengths = self._lengths()
        if lengths is not None:
            _check_lengths(self, self.sources, lengths)

    def _lengths(self):
        """Return the length of each source, or None if one has none."""
        try:
            return [len(iterable) for iterable in self.iterables]
        except TypeError:
            return None

    @property
    def num_examples(self):
        lengths = self._lengths()
        return float('nan') if lengths is None else lengths[0]

    def open(self):
        rows = zip(*self.iterables)
        once = [source for source, iterable
                in zip(self.sources, self.iterables)
                if iter(iterable) is iterable]
        return SharedRows(rows, self, once) if once else rows

    def get_data(self, state=None, request=None):
        if state is None or request is not None:
            raise ValueError(
                f"{type(self).__name__}.get_data needs the state that "
                "open() returns and takes no request; got "
                f"state={state!r}, request={request!r}")
        return next(state)


class SharedRows:
    """A state of a dataset whose data can be read only once.

    All states of the dataset read the same iterators. Each may continue where
    the previous one stopped, but an earlier state must not resume: it would
    miss the examples that the others have read.

    Parameters
    ----------
    rows : iterator of tuple
        The examples.
    dataset : IterableDataset
        The dataset.
    sources : list of str
        The sources that are iterators.

    """

    def __init__(self, rows, dataset, sources):
        self.rows = rows
        self.dataset = dataset
        self.sources = sources
        self.began = False

    def __iter__(self):
        return self

    def __next__(self):
        if self.began and self.dataset.last_rows is not self:
            raise ValueError(
                f"{type(self.dataset).__name__}: source {self.sources[0]!r} "
                "is an iterator, which can be read only once, but two streams "
                "or two epochs of one stream alternate in reading it, and "
                "would take examples from each other; pass an iterable that "
                "can be iterated over again, e.g. a list")
        self.began, self.dataset.last_rows = True, self
        return next(self.rows)


class IndexableDataset(Dataset):
    """A dataset of indexable data, e.g. arrays and lists.

    The data of each source are also an attribute with its name.

    Parameters
    ----------
    indexables : dict or indexable
        The examples of each source, or those of a single source, which is
        named ``'data'``.
    start, stop : int, optional
        The range of examples to use; `stop` is excluded.
    sources : tuple of str, optional
        The sources to return. All by default.
    axis_labels : dict, optional
        The names of the axes of each source.

    Attributes
    ----------
    indexables : list
        The examples in use, in the order of the sources.
    num_examples : int
        Number of examples in use.

    Raises
    ------
    ValueError
        If the lengths differ.

    Examples
    --------
    >>> dataset = IndexableDataset({'letters': 'abcdef'}, start=2)
    >>> dataset.get_data(request=[3, 0])
    (['f', 'c'],)

    """

    def __init__(self, indexables, start=None, stop=None, **kwargs):
        columns = _columns(self, indexables)
        super().__init__(**kwargs)
        for name, bound in [('start', start), ('stop', stop)]:
            if bound is not None:
                check_number(self, name, bound, int)
        selected = [columns[source] for source in self.sources]
        for source, column in zip(self.sources, selected):
            if not (hasattr(column, '__len__')
                    and hasattr(column, '__getitem__')):
                raise TypeError(
                    f"{type(self).__name__}: source {source!r} must have a "
                    "length and be indexed by numbers, as lists and arrays "
                    f"are, got {type(column).__name__}")
        if (start, stop) != (None, None):
            selected = [column[start:stop] for column in selected]
        self.indexables = selected
        _check_lengths(self, self.sources, [len(column)
                                            for column in selected])
        self.start = start
        self.stop = stop
        # Requests count from `start`, like the selected examples.
        self.subset = Subset(slice(None), self.num_examples)
        self.example_iteration_scheme = SequentialExampleScheme(
            self.num_examples)

    def __getattr__(self, name):
        if (name not in ('sources', 'indexables', 'provides_sources')
                and not name.startswith('_') and name in self.sources):
            return self.indexables[self.sources.index(name)]
        raise AttributeError(
            f"{type(self).__name__} has neither an attribute nor a source "
            f"{name!r}")

    @property
    def num_examples(self):
        return len(self.indexables[0])

    def get_data(self, state=None, request=None):
        if state is not None or request is None:
            raise ValueError(
                f"{type(self).__name__}.get_data takes no state and needs a "
                "request, an index, a list of indices or a slice; got "
                f"state={state!r}, request={request!r}")
        return tuple(self.subset.index_within_subset(indexable, request)
                     for indexable in self.indexables)
