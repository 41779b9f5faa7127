"""Batching of sequences of similar lengths."""
from abc import abstractmethod
from collections import deque
from typing import Any

import numpy
from fuel.streams import AbstractDataStream
from fuel.transformers import Transformer

from blocks_rnn_bricks.settings import check_count
from blocks_rnn_bricks.streams.naming import (
    check_stream,
    choose_sources,
    with_index,
)


class _WindowedBatches(Transformer):
    """Reads windows of examples, sorts them and divides them into batches.

    Subclasses define the ends of batches in :meth:`cut`.

    Parameters
    ----------
    data_stream : :class:`fuel.streams.AbstractDataStream`
        Yields examples, or batches, which are split.
    window : int
        Number of examples to read and sort at once.
    sequences : tuple of str
        The sources whose longest sequence defines an example's length.
    sort : bool
        Whether to sort by length.
    rng : :class:`numpy.random.RandomState`, optional
        Shuffles a window before it is sorted, and then its batches.
    index_source : str, optional
        The name of a source to add, which numbers the epoch's examples.
    length_source : str, optional
        The source that contains the lengths of examples; replaces `sequences`.

    """

    epoch_state = ('_batches', '_unread', '_exhausted', '_count')

    def __init__(self, data_stream, window, sequences=None, sort=True,
                 rng=None, index_source=None, length_source=None, **kwargs):
        check_stream(self, data_stream)
        if rng is not None and not hasattr(rng, 'shuffle'):
            raise TypeError('{}: rng must be a numpy.random.RandomState, got '
                            '{!r}'.format(type(self).__name__, rng))
        if data_stream.axis_labels:
            kwargs.setdefault('axis_labels', {
                source: ('batch',) + tuple(labels)
                if data_stream.produces_examples and labels is not None
                else labels
                for source, labels in data_stream.axis_labels.items()})
        super().__init__(data_stream, produces_examples=False, **kwargs)
        self.window = window
        self.sequences = choose_sources(
            self, 'sequences', data_stream.sources, sequences)
        self.sort = sort
        self.rng = rng
        self.length_source = length_source
        self.index_source = index_source
        if index_source is not None:
            self.sources = with_index(data_stream.sources, index_source)
        self._forget()

    @abstractmethod
    def cut(self, lengths):
        """Divide a window into batches.

        Parameters
        ----------
        lengths : list of int
            Lengths of the window's examples, ascending if they are sorted.

        Returns
        -------
        list of int
            The end of each batch; the last entry is ``len(lengths)``.

        """

    def get_epoch_iterator(self, **kwargs):
        self._forget()
        return super().get_epoch_iterator(**kwargs)

    def reset(self):
        self._forget()
        super().reset()

    def get_data(self, request=None):
        if request is not None:
            raise ValueError('{} makes its own batches and takes no requests, '
                             'got {!r}'.format(type(self).__name__, request))
        if not self._batches:
            self._batches.extend(self._window_batches())
        if not self._batches:
            raise StopIteration
        return tuple(list(column) for column in zip(*self._batches.popleft()))

    def _forget(self):
        """Discard unread data of the last epoch."""
        self._batches = deque()
        self._unread = deque()
        self._exhausted = False
        self._count = 0

    def _read(self):
        """Return up to a window of examples; fewer at the end of the epoch."""
        while len(self._unread) < self.window and not self._exhausted:
            try:
                data = next(self.child_epoch_iterator)
            except StopIteration:
                # Not every stream keeps raising StopIteration at its end.
                self._exhausted = True
            else:
                self._unread.extend(self._examples(data))
        return [self._unread.popleft()
                for _ in range(min(self.window, len(self._unread)))]

    def _examples(self, data):
        if self.data_stream.produces_examples:
            examples = [tuple(data)]
        else:
            if len({len(column) for column in data}) > 1:
                raise ValueError('{}: the sources of a batch must have the '
                                 'same number of examples, got {}'.format(
                                     type(self).__name__, ', '.join(
                                         '{} of {}'.format(len(column), name)
                                         for name, column in zip(
                                             self.data_stream.sources,
                                             data))))
            examples = list(zip(*data))
        if self.index_source is not None:
            examples = [example + (self._count + number,)
                        for number, example in enumerate(examples)]
            self._count += len(examples)
        return examples

    def _window_batches(self):
        examples = self._read()
        lengths = [self._length(example) for example in examples]
        order = numpy.arange(len(examples))
        if self.rng is not None:
            self.rng.shuffle(order)
        if self.sort:
            order = sorted(order, key=lengths.__getitem__)
        ends = self.cut([lengths[i] for i in order]) if examples else []
        batches = [[examples[i] for i in order[start:end]]
                   for start, end in zip([0] + ends, ends)]
        if self.rng is not None:
            # Not rng.shuffle, which would convert the nested lists to arrays.
            batches = [batches[i] for i in self.rng.permutation(len(batches))]
        return batches

    def _length(self, example):
        if self.length_source is not None:
            return example[self.data_stream.sources.index(
                self.length_source)]
        lengths = []
        for source, item in zip(self.data_stream.sources, example):
            if source in self.sequences:
                try:
                    lengths.append(len(item))
                except TypeError:
                    raise ValueError(
                        "{}: source '{}' is one of the sequences, but an "
                        "example of it has no time axis: {!r}; remove it from "
                        "sequences".format(type(self).__name__, source,
                                           item)) from None
        return max(lengths)


class SizedBatches(_WindowedBatches):
    """Batches of a constant number of sequences.

    The batches are lists of examples, one list per source, as
    :class:`MaskedPadding` expects.

    Parameters
    ----------
    data_stream : :class:`fuel.streams.AbstractDataStream`
        Yields examples, or batches, which are split.
    batch_size : int
    sort_window : int, optional
        Number of batches to read and sort by length together; 1 keeps the
        order.
    sequences : tuple of str, optional
        The sources whose longest sequence defines an example's length; all by
        default.
    rng : :class:`numpy.random.RandomState`, optional
        Shuffles a window before it is sorted, and then its batches.
    index_source : str, optional
        The name of a source to add, which numbers the epoch's examples.

    """

    def __init__(self, data_stream: AbstractDataStream, batch_size: int,
                 sort_window: int = 1, **kwargs: Any) -> None:
        _check_counts(self, batch_size=batch_size, sort_window=sort_window)
        self.batch_size = batch_size
        super().__init__(data_stream, window=batch_size * sort_window,
                         sort=sort_window > 1, **kwargs)

    def cut(self, lengths):
        total = len(lengths)
        return list(range(self.batch_size, total, self.batch_size)) + [total]


class BucketedBatches(_WindowedBatches):
    """Batches of a limited number of time steps.

    Parameters
    ----------
    data_stream : :class:`fuel.streams.AbstractDataStream`
        Yields examples, or batches, which are split.
    max_steps : int
        Upper limit of time x batch, including padding.
    window : int, optional
        Number of examples to read and sort by length together.
    sequences, rng, index_source
        As for :class:`SizedBatches`.

    Raises
    ------
    ValueError
        In mid-epoch, if a single sequence is longer than `max_steps`.

    """

    def __init__(self, data_stream: AbstractDataStream, max_steps: int,
                 window: int = 1000, **kwargs: Any) -> None:
        _check_counts(self, max_steps=max_steps, window=window)
        self.max_steps = max_steps
        super().__init__(data_stream, window=window, **kwargs)

    def cut(self, lengths):
        if max(lengths) > self.max_steps:
            raise ValueError('{}: a sequence of {} steps does not fit into '
                             'max_steps={}; raise max_steps or split the '
                             'sequence'.format(type(self).__name__,
                                               max(lengths), self.max_steps))
        ends, start = [], 0
        for position, length in enumerate(lengths):
            # Since they are sorted, this is the longest of the batch; padded
            # arrays have at least one time step.
            if max(length, 1) * (position + 1 - start) > self.max_steps:
                ends.append(position)
                start = position
        return ends + [len(lengths)]


def _check_counts(transformer, **counts):
    for name, count in counts.items():
        check_count(type(transformer).__name__, name, count)
