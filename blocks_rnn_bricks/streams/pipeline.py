"""Streams of padded mini-batches from a dataset or stream."""
from functools import partial
from typing import Any, Optional, Sequence, Union

import numpy
from fuel import config
from fuel.datasets import Dataset, H5PYDataset, IterableDataset
from fuel.schemes import (
    SequentialScheme,
    ShuffledExampleScheme,
    ShuffledScheme,
)
from fuel.streams import AbstractDataStream, DataStream
from fuel.transformers import MultiProcessing, Transformer

from blocks_rnn_bricks.settings import check_count, check_flag
from blocks_rnn_bricks.streams.ahead import ReadAhead
from blocks_rnn_bricks.streams.batching import BucketedBatches, SizedBatches
from blocks_rnn_bricks.streams.naming import with_index
from blocks_rnn_bricks.streams.padding import MaskedPadding, TimeMajor
from blocks_rnn_bricks.streams.reading import (
    LENGTH,
    Outline,
    ReadExamples,
    has_lengths,
)

#: Number of examples to read from a file at once if the file does not store
#: their lengths (measured: 11 times as fast as one by one, at 60 kB each).
READ_AT_ONCE = 64


def padded_batches(data: Union[Dataset, AbstractDataStream], batch_size: int,
                   sort_window: int = 1, *, shuffle: bool = False,
                   seed: Optional[int] = None,
                   sequences: Optional[Sequence[str]] = None,
                   mask_sources: Optional[Sequence[str]] = None,
                   mask_dtype: Optional[str] = None, time_major: bool = True,
                   index_source: Optional[str] = None,
                   ahead: int = 0) -> Transformer:
    """Make batches of a constant number of sequences.

    Parameters
    ----------
    data : :class:`fuel.datasets.Dataset` or a Fuel stream
        A stream may yield examples or batches; batches are split into
        examples.
    batch_size : int
        Sequences per batch. The last batch of an epoch may have fewer.
    sort_window : int, optional
        Partial sort by length: this many batches are read at once, and their
        examples sorted and divided again, so that a batch contains sequences
        of similar lengths and little padding. 1, the default, keeps the order
        of the data.
    shuffle : bool, optional
        Whether to shuffle in each epoch, like
        :class:`fuel.schemes.ShuffledScheme`: all examples of a dataset that is
        indexed by number; for a stream or an
        :class:`~fuel.datasets.IterableDataset`, only those within a window.
        The batches of a sorted window are also in random order. ``False`` by
        default.
    seed : int, optional
        Seed of the shuffling; ``fuel.config.default_seed`` by default.
    sequences : tuple of str, optional
        The sources that are sequences, with time as the first axis of an
        example; each of the others has one value per sequence. By default, the
        sources whose axis labels include ``time``; if there are none, those
        whose first example is not a scalar.
    mask_sources : tuple of str, optional
        The sequences that get a mask, a source of the same name with the
        suffix ``_mask``. All of them by default.
    mask_dtype : str, optional
        See :func:`mask_type`; ``theano.config.floatX`` by default.
    time_major : bool, optional
        Whether sequences and masks are (time, batch, ...), the default, or
        (batch, time, ...).
    index_source : str, optional
        The name of an additional source with the position of each sequence:
        its number in the dataset, or in the epoch if `data` is not indexed by
        number. :func:`restore_order` uses it.
    ahead : int, optional
        Maximal number of batches that another process prepares: it reads, pads
        and transposes while this one computes. Useful for data that are not in
        memory. 0, the default, starts no process.

    Returns
    -------
    :class:`fuel.transformers.Transformer`
        Its batches are tuples that contain, for each source of `data` in
        order,

        * sequences padded with zeros, of shape (time, batch, ...) and the
          dtype of the examples, where time is at least 1, followed by the
          mask, of shape (time, batch), 1 at data and 0 at padding, or
        * single values, of shape (batch, ...).

    Raises
    ------
    ValueError
        If an argument is invalid for this data; during iteration, if examples
        do not match.
    TypeError
        If `data` is neither a dataset nor a stream, or an argument is of
        the wrong type.

    """
    batches = partial(SizedBatches, batch_size=batch_size,
                      sort_window=sort_window)
    return _pipeline('padded_batches', data, batches, shuffle=shuffle,
                     seed=seed, sequences=sequences,
                     mask_sources=mask_sources, mask_dtype=mask_dtype,
                     time_major=time_major, index_source=index_source,
                     ahead=ahead)


def bucketed_batches(data: Union[Dataset, AbstractDataStream], max_steps: int,
                     window: int = 1000, **options: Any) -> Transformer:
    """Make batches of a limited number of time steps.

    A batch contains as many sequences as fit into `max_steps` time steps,
    including padding: many short ones or a few long ones. So memory and time
    per batch stay about the same when lengths vary widely.

    Parameters
    ----------
    data : :class:`fuel.datasets.Dataset` or a Fuel stream
    max_steps : int
        Upper limit of time x batch.
    window : int, optional
        Number of examples to read and sort by length together.
    **options
        Those of :func:`padded_batches`: `shuffle`, `seed`, `sequences`,
        `mask_sources`, `mask_dtype`, `time_major`, `index_source` and
        `ahead`.

    Returns
    -------
    :class:`fuel.transformers.Transformer`
        As from :func:`padded_batches`.

    Raises
    ------
    ValueError
        As for :func:`padded_batches`, and if a single sequence is longer than
        `max_steps`.

    Examples
    --------
    >>> from fuel.datasets import IndexableDataset
    >>> dataset = IndexableDataset([[1], [2, 2, 2], [3], [4, 4]])
    >>> stream = bucketed_batches(dataset, max_steps=4)
    >>> [batch.shape for batch, mask in stream.get_epoch_iterator()]
    [(1, 2), (2, 1), (3, 1)]

    """
    batches = partial(BucketedBatches, max_steps=max_steps, window=window)
    return _pipeline('bucketed_batches', data, batches, **options)


class _NumberedStream(DataStream):
    """Examples of an indexed dataset, each with its number."""

    epoch_state = ()

    def __init__(self, dataset, index_source, **kwargs):
        super().__init__(dataset, **kwargs)
        self.sources = with_index(dataset.sources, index_source)

    def get_data(self, request=None):
        return tuple(super().get_data(request)) + (request,)


def _pipeline(caller, data, batches, shuffle=False, seed=None,
              sequences=None, mask_sources=None, mask_dtype=None,
              time_major=True, index_source=None, ahead=0):
    """Build the stream of padded batches with the given kind of batching."""
    if not isinstance(data, (Dataset, AbstractDataStream)):
        raise TypeError('{}: expected a Fuel dataset or stream, got {}; wrap '
                        'arrays or lists in fuel.datasets.IndexableDataset'
                        .format(caller, type(data).__name__))
    check_flag(caller, 'shuffle', shuffle)
    check_flag(caller, 'time_major', time_major)
    check_count(caller, 'ahead', ahead, least=0)
    if seed is not None:
        check_count(caller, 'seed', seed, least=0)
    if sequences is None:
        sequences = _detect_sequences(caller, data)
    rng = None
    if shuffle:
        rng = numpy.random.RandomState(
            config.default_seed if seed is None else seed)
    if has_lengths(data, sequences):
        outline = Outline(data, sequences)
        stream = ReadExamples(
            batches(DataStream(outline, iteration_scheme=_scheme(data, rng)),
                    length_source=LENGTH, rng=rng), data, index_source)
        read_ahead = ReadAhead
    else:
        stream = _read_and_cut(data, batches, sequences, rng, index_source)
        read_ahead = MultiProcessing
    stream = MaskedPadding(stream, sequences=sequences,
                           mask_sources=mask_sources, mask_dtype=mask_dtype)
    if time_major:
        masks = tuple(source + '_mask' for source in stream.mask_sources)
        stream = TimeMajor(stream, which_sources=stream.sequences + masks)
    return read_ahead(stream, ahead) if ahead else stream


def _read_and_cut(data, batches, sequences, rng, index_source):
    """Make batches of examples whose lengths are known before reading."""
    examples = _example_stream(data, rng, index_source)
    if index_source in examples.sources and index_source not in data.sources:
        index_source = None
    return batches(examples, sequences=sequences, rng=rng,
                   index_source=index_source)


def _scheme(dataset, rng):
    """Return the scheme of a dataset's examples, shuffled if rng is given."""
    scheme = getattr(dataset, 'example_iteration_scheme', None)
    if scheme is None or rng is None:
        return scheme
    return ShuffledExampleScheme(list(scheme.get_request_iterator()), rng=rng)


def _example_stream(data, rng, index_source):
    """Return a stream over a dataset, with numbers if needed.

    A stream is returned as it is.

    """
    if not isinstance(data, Dataset):
        return data
    scheme = _scheme(data, rng)
    if scheme is None:
        return DataStream(data)
    if isinstance(data, H5PYDataset) and not data.load_in_memory:
        examples = list(data.example_iteration_scheme.get_request_iterator())
        scheme = (SequentialScheme(examples, READ_AT_ONCE) if rng is None else
                  ShuffledScheme(examples, READ_AT_ONCE, rng=rng))
    if index_source is None:
        return DataStream(data, iteration_scheme=scheme)
    return _NumberedStream(data, index_source, iteration_scheme=scheme)


def _detect_sequences(caller, data):
    """Find the sources that are sequences, by axis labels or an example."""
    def is_timed(source):
        axes = [axis for axis in (data.axis_labels or {}).get(source) or ()
                if axis != 'batch']
        if 'time' in axes[1:]:
            raise ValueError("{}: time must be the first axis of an example, "
                             "got axis labels {} for source '{}'".format(
                                 caller, data.axis_labels[source], source))
        return 'time' in axes

    timed = tuple(source for source in data.sources if is_timed(source))
    if timed:
        return timed
    example = _first_example(caller, data)
    sequences = tuple(source for source, item in zip(data.sources, example)
                      if _has_length(item))
    if not sequences:
        raise ValueError("{}: expected a source of sequences, but in the "
                         "first example {} {} scalar; time must be the first "
                         "axis of an example".format(
                             caller, ' and '.join(data.sources),
                             'are' if len(data.sources) > 1 else 'is'))
    return sequences


def _has_length(item):
    try:
        len(item)
    except TypeError:  # a number, or an array without axes
        return False
    return not isinstance(item, (str, bytes))


def _first_example(caller, data):
    """Return the first example of a dataset without reading any stream."""
    dataset = data if isinstance(data, Dataset) else None
    if isinstance(data, DataStream) and data.sources == data.dataset.sources:
        dataset = data.dataset
    if dataset is None or (isinstance(dataset, IterableDataset) and any(
            iter(iterable) is iterable for iterable in dataset.iterables)):
        raise ValueError('{}: cannot inspect {} without consuming it; name '
                         'those of the sources {} that are sequences: '
                         'sequences=(...)'.format(caller, type(data).__name__,
                                                  ', '.join(data.sources)))
    scheme = getattr(dataset, 'example_iteration_scheme', None)
    state = dataset.open()
    try:
        request = None if scheme is None else next(
            scheme.get_request_iterator())
        return dataset.get_data(state, request)
    except StopIteration:
        raise ValueError('{}: the dataset has no examples from which to '
                         'detect sequences; name them: '
                         'sequences=(...)'.format(caller)
                         ) from None
    finally:
        dataset.close(state)
