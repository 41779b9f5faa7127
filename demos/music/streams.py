"""Batches of transposed pieces."""
import numpy
from fuel.schemes import ShuffledExampleScheme
from fuel.streams import DataStream
from fuel.transformers import Mapping

from blocks_rnn_bricks.streams import padded_batches
from demos.music.data import Transposer


def batches(dataset, batch_size, transpose=0, seed=None):
    """Return a stream of padded time-major batches of pieces.

    Parameters
    ----------
    dataset : :class:`fuel.datasets.IndexableDataset`
    batch_size : int
        The number of pieces in a batch.
    transpose : int, optional
        The maximum number of semitones of the random transposition.
    seed : int, optional
        The seed of the transposition and the order; by default the order of
        the dataset is kept.

    """
    if seed is None:
        return padded_batches(dataset, batch_size)
    rng = numpy.random.RandomState(seed)
    pieces = DataStream(dataset, iteration_scheme=ShuffledExampleScheme(
        dataset.num_examples, rng=rng))
    moved = Mapping(pieces, Transposer(transpose, seed))
    return padded_batches(moved, batch_size, sort_window=4, shuffle=True,
                          seed=seed, sequences=['notes'])
