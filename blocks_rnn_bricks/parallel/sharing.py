"""Streams whose batches are split among workers.

Every worker reads the same stream and takes its part of each batch:

* :class:`SharedBatches` is inserted where batches are cut from the data, so
  that a worker pads and transposes only its own part; if each worker reads its
  own part ahead, :class:`SharedReading` replaces it;
* :class:`~blocks_rnn_bricks.parallel.in_step.InStep` comes after all
  transformers. It makes the workers agree on whether there is another batch
  and whether to end training.

A pickled stream covers the whole data: it resumes at its position with any
number of workers.

"""
import copy
from collections import deque
from typing import Tuple

import numpy
from fuel.streams import AbstractDataStream
from fuel.transformers import MultiProcessing, Transformer

from blocks_rnn_bricks.parallel import workers
from blocks_rnn_bricks.parallel.in_step import InStep
from blocks_rnn_bricks.streams.ahead import ReadAhead

#: Transformers with their own `get_data` that map one batch to one batch.
ONE_TO_ONE = ('Mapping', 'Padding', 'Cast', 'MaskedPadding', 'TimeMajor')


class SharedBatches(Transformer):
    """Yields this worker's examples of each batch.

    Worker r of n gets the examples r, r + n, r + 2n ... of a batch, so
    batches sorted by length produce parts of similar lengths.

    Parameters
    ----------
    data_stream : :class:`fuel.streams.AbstractDataStream`
        Yields batches whose first axis, in all sources, is the batch; or
        examples, n of which make a batch. It is the same on all workers.

    Attributes
    ----------
    parts : collections.deque
        For each batch that has been yielded but has not yet reached
        :class:`~blocks_rnn_bricks.parallel.in_step.InStep`, the number of
        this worker's examples and a checksum of the whole batch.

    Raises
    ------
    ValueError
        If several workers begin an epoch of a stream that Fuel's
        MultiProcessing reads ahead; in an epoch, if the sources of a batch
        have different lengths.

    """

    epoch_state: Tuple[str, ...] = ('parts', '_last', '_again')

    def __init__(self, data_stream, **kwargs):
        kwargs.setdefault('axis_labels', data_stream.axis_labels)
        super().__init__(data_stream, **kwargs)
        self.produces_examples = data_stream.produces_examples
        self._forget()

    def _forget(self):
        self.parts = deque()
        self._last = self._again = None

    def __getstate__(self):
        return dict(vars(self), _last=None)  # done, or else kept in _again

    def get_epoch_iterator(self, **kwargs):
        if workers.size() > 1 and isinstance(self.data_stream,
                                             MultiProcessing):
            # Its batches may be transposed, so they would be cut along time.
            raise ValueError(
                'parallel: batches that MultiProcessing reads ahead cannot '
                'be shared out among workers; make the stream without it, '
                'without ahead=, or write the data by to_hdf5, from whose '
                'files each worker can read its own part ahead')
        self._forget()
        return super().get_epoch_iterator(**kwargs)

    def put_back(self):
        """Return the last batch, which was never used, to the stream."""
        self._again = self._last

    def get_data(self, request=None):
        if request is not None:
            raise ValueError('SharedBatches: it takes no requests, got {!r}'
                             .format(request))
        whole = self._again
        if whole is None:
            whole = (self._examples() if self.produces_examples
                     else next(self.child_epoch_iterator))
        self._last, self._again = whole, None
        return (self._example if self.produces_examples
                else self._part)(whole)

    def _part(self, batch):
        self._note(number_of_own(self._count(batch)), batch)
        return own_part(batch)

    def _examples(self):
        examples = [next(self.child_epoch_iterator)]
        while len(examples) < workers.size():
            try:
                examples.append(next(self.child_epoch_iterator))
            except StopIteration:
                break
        return examples

    def _example(self, examples):
        team = workers.team()
        mine = team.rank < len(examples)
        self._note(int(mine), examples[0])
        return examples[team.rank if mine else 0]

    def _note(self, mine, data):
        self.parts.append((mine, _fingerprint(data)
                           if workers.size() > 1 else 0))

    def _count(self, batch):
        lengths = [len(column) for column in batch]
        if len(set(lengths)) > 1:
            raise ValueError(
                'SharedBatches: the first axis of all sources must be the '
                'batch, to share it out among workers, got {}; transpose '
                'behind the padding, as TimeMajor does, in a Transformer '
                'that defines transform_batch'.format(', '.join(
                    '{} of {}'.format(length, source) for length, source
                    in zip(lengths, self.data_stream.sources))))
        return lengths[0]


class SharedReading(SharedBatches):
    """Yields this worker's examples of each batch in a file.

    Each worker reads its own part ahead. A pickled stream contains the numbers
    of all examples in the pending batches.

    Parameters
    ----------
    data_stream : :class:`~blocks_rnn_bricks.streams.ahead.ReadAhead`
        Is copied.

    """

    epoch_state: Tuple[str, ...] = ()

    def __init__(self, data_stream, **kwargs):
        data_stream = copy.copy(data_stream)
        data_stream.choose = own_part
        super().__init__(data_stream, **kwargs)

    def put_back(self):
        self.data_stream.put_back()

    def get_data(self, request=None):
        if request is not None:
            raise ValueError('SharedReading: it takes no requests, got {!r}'
                             .format(request))
        data = next(self.child_epoch_iterator)
        numbers = self.data_stream.given
        self._note(number_of_own(self._count(numbers)), numbers)
        return data


class SharedEpoch(Transformer):
    """Every n-th batch of a stream, for monitoring.

    The batches stay whole, so that monitored quantities are aggregated from
    the same values as in a single process.

    Parameters
    ----------
    data_stream : :class:`fuel.streams.AbstractDataStream`

    """

    def __init__(self, data_stream):
        super().__init__(data_stream, axis_labels=data_stream.axis_labels)
        self.produces_examples = data_stream.produces_examples

    def get_epoch_iterator(self, **kwargs):
        team = workers.team()
        batches = self.data_stream.get_epoch_iterator(**kwargs)
        return (batch for number, batch in enumerate(batches)
                if number % team.size == team.rank)


def number_of_own(examples):
    """Return the number of this worker's examples in a batch."""
    team = workers.team()
    return len(range(team.rank, examples, team.size))


def own_part(batch):
    """Return this worker's examples of a batch, but at least one.

    A worker whose part is empty still has to compute something.

    Parameters
    ----------
    batch : tuple
        Lists or arrays of equal length.

    """
    team = workers.team()
    if team.size == 1:
        return batch
    mine = number_of_own(len(batch[0]))
    return tuple(column[team.rank::team.size] if mine else column[:1]
                 for column in batch)


def share(data_stream: AbstractDataStream) -> 'InStep':
    """Split the batches of a stream among the workers.

    Parameters
    ----------
    data_stream : :class:`fuel.streams.AbstractDataStream`
        The stream. It is not modified; its transformers are copied.

    Returns
    -------
    InStep
        The stream itself if it is already shared.

    """
    if isinstance(data_stream, InStep):
        return data_stream
    stream, source = _insert(data_stream)
    return InStep(stream, source)


def _insert(stream):
    """Insert SharedBatches below all one-to-one transformers."""
    if isinstance(stream, ReadAhead):
        source = SharedReading(stream)
        return source, source
    if _is_one_to_one(stream):
        below, source = _insert(stream.data_stream)
        stream = copy.copy(stream)
        stream.data_stream = below
        return stream, source
    source = SharedBatches(stream)
    return source, source


def _is_one_to_one(stream):
    if not isinstance(stream, Transformer):
        return False
    if getattr(stream, 'iteration_scheme', None) is not None:
        return False
    own = type(stream).get_data is not Transformer.get_data
    named = any(kind.__name__ in ONE_TO_ONE for kind in type(stream).__mro__)
    return (named or not own) and (
        stream.produces_examples == stream.data_stream.produces_examples)


def _fingerprint(data):
    """Return a checksum of the first and last example of a batch."""
    total = 0
    for column in data:
        try:
            ends = (column[0], column[-1])
        except (TypeError, IndexError, KeyError):
            ends = (column,)
        for item in ends:
            array = numpy.asarray(item)
            if array.dtype != object:
                total = 31 * total + workers.checksum(array)
    return total % 2 ** 31
