"""Problems whose answer lies far back, generated on demand.

Adding and temporal order are from Hochreiter and Schmidhuber [1]_, in the
form used today: sequences of a fixed length, and sums of numbers between 0
and 1 [2]_.

The adding problem (experiment 4)
    Each step has a number, uniformly between 0 and 1, and a marker. The
    marker is 1 in two steps, one in each half of the sequence, and 0
    elsewhere. The target is the sum of the two marked numbers. Always
    predicting 1 gives a mean squared error of 1/6.

Temporal order (experiment 6a)
    Each step has one of the symbols a, b, c, d, drawn evenly; but in two
    steps it is X or Y: one in the second tenth of the sequence, one in the
    sixth. The target is which of XX, XY, YX, YY they were. Guessing is wrong
    three times out of four.

Copying [3]_
    Ten symbols, each one of eight, then blanks; ten steps before the end, in
    place of a blank, comes a signal to repeat the symbols, one at each of
    the last ten steps. These are the target. Guessing is wrong seven times
    out of eight.

.. [1] S. Hochreiter and J. Schmidhuber, "Long short-term memory", Neural
   Computation 9 (1997), pp. 1735-1780.
.. [2] Q. V. Le, N. Jaitly and G. E. Hinton, "A simple way to initialize
   recurrent networks of rectified linear units", arXiv:1504.00941, 2015.
.. [3] M. Arjovsky, A. Shah and Y. Bengio, "Unitary evolution recurrent neural
   networks", ICML 2016, section 4.1: there the sequence is 20 steps longer
   than the nominal length, and the blanks count as targets, too.

"""
from abc import abstractmethod
from collections import OrderedDict

import numpy
import theano
from fuel.datasets import Dataset, IterableDataset
from fuel.schemes import ConstantScheme
from fuel.streams import DataStream

#: Irrelevant symbols of the temporal order problem, then X and Y.
SYMBOLS = 'abcdXY'


class GeneratedSequences(Dataset):
    """Sequences that are drawn on request.

    A request is the number of sequences. The state is a random generator,
    which continues from epoch to epoch, so that no sequence is seen twice.
    The sources are ``inputs``, (time, batch, features) of `dtype`, and
    ``targets``.

    Parameters
    ----------
    length : int
        Steps of a sequence, at least `shortest`.
    seed : int or sequence of int
        The seed of the generator.
    dtype : str
        The dtype of floating-point sources.

    Attributes
    ----------
    features, outputs : int
        The number of input features of a step, and of outputs of a network.
    answers : int
        The number of steps at the end that have an answer each.
    shortest : int
        The fewest steps.

    """

    answers = 1
    shortest = 10
    provides_sources = ('inputs', 'targets')

    def __init__(self, length, seed, dtype, **kwargs):
        if length < self.shortest:
            raise ValueError(f'{type(self).__name__}: length must be at '
                             f'least {self.shortest}, got {length}')
        self.length = length
        self.seed = seed
        self.dtype = dtype
        kwargs.setdefault('axis_labels', {
            'inputs': ('time', 'batch', 'feature'), 'targets': ('batch',)})
        super().__init__(**kwargs)

    def open(self):
        return numpy.random.RandomState(self.seed)

    def next_epoch(self, state):
        return state

    def get_data(self, state=None, request=None):
        if state is None or request is None:
            raise ValueError(f'{type(self).__name__}.get_data needs the '
                             f'state that open() returns and a number of '
                             f'sequences, got {state!r} and {request!r}')
        return self.filter_sources(self.draw(state, request))

    @abstractmethod
    def draw(self, rng, batch):
        """Draw sequences: inputs (length, batch, features), targets."""

    def stream(self, batch_size, batches):
        """Return a stream of fresh sequences, `batches` to an epoch."""
        return DataStream(self, iteration_scheme=ConstantScheme(
            batch_size, times=batches))


class Adding(GeneratedSequences):
    """The adding problem; targets are (batch, 1)."""

    features, outputs = 2, 1

    def draw(self, rng, batch):
        inputs = numpy.zeros((self.length, batch, self.features), self.dtype)
        inputs[..., 0] = rng.uniform(size=(self.length, batch))
        half, every = self.length // 2, numpy.arange(batch)
        for start, stop in ((0, half), (half, self.length)):
            inputs[rng.randint(start, stop, batch), every, 1] = 1
        targets = inputs.prod(axis=2).sum(axis=0)
        return inputs, targets[:, None]


class TemporalOrder(GeneratedSequences):
    """Temporal order; targets are 0 to 3 for XX, XY, YX, YY, (batch,)."""

    features, outputs = len(SYMBOLS), 4

    def draw(self, rng, batch):
        tenth, every = self.length // 10, numpy.arange(batch)
        symbols = rng.randint(0, 4, (self.length, batch))
        chosen = rng.randint(0, 2, (2, batch))
        for start, which in zip((tenth, 5 * tenth), chosen):
            symbols[rng.randint(start, start + tenth, batch), every] = (
                4 + which)
        inputs = numpy.eye(self.features, dtype=self.dtype)[symbols]
        return inputs, 2 * chosen[0] + chosen[1]


class Copying(GeneratedSequences):
    """Copying; targets are 0 to 7, (10, batch)."""

    features, outputs = 10, 8
    answers = 10
    shortest = 21

    def draw(self, rng, batch):
        targets = rng.randint(0, self.outputs, (self.answers, batch))
        blank, signal = self.outputs, self.outputs + 1
        symbols = numpy.full((self.length, batch), blank)
        symbols[:self.answers] = targets
        symbols[-self.answers - 1] = signal
        return numpy.eye(self.features, dtype=self.dtype)[symbols], targets


def sequences(kind, run, part):
    """Return the sequences of a run: part 0 for training, 1 and 2 for tests.

    Parameters
    ----------
    kind : type
        A subclass of :class:`GeneratedSequences`.
    run : :class:`~demos.memory.results.Run`
    part : int

    """
    return kind(run.length, [run.seed, part], theano.config.floatX)


def one_batch(kind, run, part, count):
    """Return a stream that yields the same batch in each epoch."""
    dataset = sequences(kind, run, part)
    batch = dataset.get_data(dataset.open(), count)
    return IterableDataset(OrderedDict(zip(
        dataset.sources, ([array] for array in batch)))).get_example_stream()
