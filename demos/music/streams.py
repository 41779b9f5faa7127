"""Batches of pieces, moved to other keys."""
import numpy
from fuel.schemes import ShuffledExampleScheme
from fuel.streams import DataStream
from fuel.transformers import Mapping

from blocks_rnn_bricks.streams import padded_batches
from demos.music.data import Transposer


def batches(dataset, batch_size, transpose=0, seed=None):
    """Padded time-major batches of pieces.

    Parameters
    ----------
    dataset : :class:`fuel.datasets.IndexableDataset`
    batch_size : int
        Pieces at once.
    transpose : int, optional
        Semitones that a piece is moved by at most, each time anew.
    seed : int, optional
        Of that and of the order, which is the dataset's if not given.

    """
    if seed is None:
        return padded_batches(dataset, batch_size)
    rng = numpy.random.RandomState(seed)
    pieces = DataStream(dataset, iteration_scheme=ShuffledExampleScheme(
        dataset.num_examples, rng=rng))
    moved = Mapping(pieces, Transposer(transpose, seed))
    return padded_batches(moved, batch_size, sort_window=4, shuffle=True,
                          seed=seed, sequences=['notes'])
