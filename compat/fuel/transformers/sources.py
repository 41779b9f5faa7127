"""Transformers of the sources of streams: rename, select, merge."""
import logging
from collections import Counter
from collections.abc import Iterable, Mapping
from itertools import chain

from fuel.streams import AbstractDataStream
from fuel.transformers.base import AgnosticTransformer
from fuel.transformers.wrapping import with_axis_labels
from fuel.utils.checks import as_source_names, check_stream, refuse_request

logger = logging.getLogger(__name__)

LOG_LEVELS = {'warn': logging.WARNING, 'ignore': logging.DEBUG}


class Rename(AgnosticTransformer):
    """Renames sources.

    Parameters
    ----------
    data_stream : AbstractDataStream
        The stream to wrap.
    names : dict
        New names by old names. Two names may be swapped.
    on_non_existent : {'raise', 'warn', 'ignore'}, optional
        The handling of old names that the stream does not have.

    Raises
    ------
    KeyError
        If an old name does not exist, unless that is allowed, or if two
        sources would have the same name.
    ValueError
        If `on_non_existent` has another value.

    """

    def __init__(self, data_stream, names, on_non_existent='raise', **kwargs):
        if on_non_existent not in ('raise', *LOG_LEVELS):
            raise ValueError("Rename: on_non_existent must be 'raise', "
                             f"'warn' or 'ignore', got {on_non_existent!r}")
        if not isinstance(names, Mapping):
            raise TypeError("Rename: names must be a dict from old names to "
                            f"new ones, got {names!r}")
        for old in names:
            if old not in data_stream.sources:
                message = (f"Rename: there is no source {old!r} to be called "
                           f"{names[old]!r}, the stream has "
                           f"{tuple(data_stream.sources)}")
                if on_non_existent == 'raise':
                    raise KeyError(message)
                logger.log(LOG_LEVELS[on_non_existent], message)
        renamed = tuple(names.get(source, source)
                        for source in data_stream.sources)
        for name, count in Counter(renamed).items():
            if count > 1:
                raise KeyError(f"Rename: {count} sources would be called "
                               f"{name!r} after renaming {names}")
        self.sources = renamed
        super().__init__(
            data_stream, data_stream.produces_examples,
            **with_axis_labels(kwargs, data_stream, lambda axis_labels: {
                names.get(source, source): labels
                for source, labels in axis_labels.items()}))

    def transform_any(self, data):
        return data


class FilterSources(AgnosticTransformer):
    """Keeps some sources, in the order of the stream.

    Parameters
    ----------
    data_stream : AbstractDataStream
        The stream to wrap.
    sources : tuple of str
        The sources to keep.

    Raises
    ------
    ValueError
        If the stream lacks one of them.

    """

    def __init__(self, data_stream, sources, **kwargs):
        sources = as_source_names(sources, self)
        missing = [source for source in sources
                   if source not in data_stream.sources]
        if missing:
            raise ValueError(f"FilterSources: the stream has the sources "
                             f"{tuple(data_stream.sources)}, but not "
                             f"{missing}")
        self.sources = tuple(source for source in data_stream.sources
                             if source in sources)
        super().__init__(
            data_stream, data_stream.produces_examples,
            **with_axis_labels(kwargs, data_stream, lambda axis_labels: {
                source: labels for source, labels in axis_labels.items()
                if source in sources}))

    def transform_any(self, data):
        return tuple(item for item, source
                     in zip(data, self.data_stream.sources, strict=True)
                     if source in self.sources)


class Merge(AbstractDataStream):
    """Joins the sources of several streams.

    Parameters
    ----------
    data_streams : iterable of AbstractDataStream
        The streams; all must yield examples, or all batches.
    sources : iterable of str
        Names for all their sources, in the order of the streams.
    axis_labels : dict, optional
        The names of the axes of each source.

    Raises
    ------
    ValueError
        If some streams yield examples and others batches, or if the number
        of names is wrong.

    Notes
    -----
    The end of the shortest stream ends the epoch.

    Examples
    --------
    >>> from fuel.datasets import IterableDataset
    >>> from fuel.streams import DataStream
    >>> merged = Merge([DataStream(IterableDataset('abc')),
    ...                 DataStream(IterableDataset([1, 2, 3]))],
    ...                ('letter', 'number'))
    >>> list(merged.get_epoch_iterator())
    [('a', 1), ('b', 2), ('c', 3)]

    """

    epoch_state = ('child_epoch_iterators',)

    def __init__(self, data_streams, sources, axis_labels=None):
        super().__init__(iteration_scheme=None, axis_labels=axis_labels)
        if hasattr(data_streams, 'get_epoch_iterator') or not isinstance(
                data_streams, Iterable):
            raise TypeError("Merge: data_streams must be a list of data "
                            f"streams, got {data_streams!r}")
        self.data_streams = tuple(data_streams)
        for stream in self.data_streams:
            check_stream(self, stream, 'data_streams')
        kinds = {stream.produces_examples for stream in self.data_streams}
        if len(kinds) != 1:
            raise ValueError("Merge needs one or more streams that all "
                             "produce examples or all produce batches, got "
                             f"{len(self.data_streams)} streams")
        self.produces_examples, = kinds
        self.sources = as_source_names(sources)
        merged = [source for stream in self.data_streams
                  for source in stream.sources]
        if len(merged) != len(self.sources):
            raise ValueError(
                f"Merge: the streams have the {len(merged)} sources "
                f"{merged}, but {len(self.sources)} names were given: "
                f"{self.sources}")

    def close(self):
        for stream in self.data_streams:
            stream.close()

    def reset(self):
        for stream in self.data_streams:
            stream.reset()

    def next_epoch(self):
        for stream in self.data_streams:
            stream.next_epoch()

    def get_epoch_iterator(self, **kwargs):
        self.child_epoch_iterators = [stream.get_epoch_iterator()
                                      for stream in self.data_streams]
        return super().get_epoch_iterator(**kwargs)

    def get_data(self, request=None):
        refuse_request(self, request)
        parts = [next(iterator) for iterator in self.child_epoch_iterators]
        return tuple(chain.from_iterable(parts))
