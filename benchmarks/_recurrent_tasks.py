"""The tasks of ``recurrent_speed`` and the cells they measure.

This module and those of the contenders run in separate processes, also in the
Python 3.8 of the original stack.

"""
from collections import OrderedDict
from typing import NamedTuple, Optional

import numpy

#: The learning rate of all contenders.
RATE = 1e-6


class Cell(NamedTuple):
    """A recurrent network to measure.

    Attributes
    ----------
    title : str
        The title in tables.
    rival : str
        The module of ``torch.nn`` to compare with.
    module, name : str
        The module and name of the brick.
    stacked : bool
        Whether the brick is used in a stack of ``blocks_rnn_bricks``. If not,
        it follows a ``Linear``, as in a script for Blocks.

    """

    title: str
    rival: str
    module: str
    name: str
    stacked: bool = True

    def sizes(self, dim):
        """Return the sizes of the brick by name, for `dim` outputs."""
        if self.name == 'ProjectedLSTM':
            return {'dim': 2 * dim, 'proj_dim': dim}
        return {'dim': dim}


CELLS = OrderedDict([
    ('lstm', Cell('LSTM', 'LSTM', 'blocks_rnn_bricks', 'LSTM')),
    ('peephole', Cell('PeepholeLSTM', 'LSTM', 'blocks_rnn_bricks',
                      'PeepholeLSTM')),
    ('blocks_lstm', Cell("Blocks' LSTM", 'LSTM', 'blocks.bricks.recurrent',
                         'LSTM', False)),
    ('gru', Cell('GatedRecurrent', 'GRU', 'blocks_rnn_bricks',
                 'GatedRecurrent')),
    ('blocks_gru', Cell("Blocks' GatedRecurrent", 'GRU',
                        'blocks.bricks.recurrent', 'GatedRecurrent', False)),
    ('blocks_rnn', Cell("Blocks' SimpleRecurrent", 'RNN',
                        'blocks.bricks.recurrent', 'SimpleRecurrent',
                        False)),
    ('min_gru', Cell('MinGRU', 'GRU', 'blocks_rnn_bricks', 'MinGRU')),
    ('min_lstm', Cell('MinLSTM', 'LSTM', 'blocks_rnn_bricks', 'MinLSTM')),
    ('layer_norm', Cell('LayerNormLSTM', 'LSTM', 'blocks_rnn_bricks',
                        'LayerNormLSTM')),
    ('projected', Cell('ProjectedLSTM, twice as many cells', 'LSTM',
                       'blocks_rnn_bricks', 'ProjectedLSTM')),
    ('zoneout', Cell('LSTM with zoneout', 'LSTM', 'blocks_rnn_bricks',
                     'LSTM')),
    ('coupled', Cell('Coupled LSTM, a brick of the benchmark', 'LSTM',
                     '_recurrent_bricks', 'CoupledLSTM'))])


class Task(NamedTuple):
    """A batch and a layer.

    Attributes
    ----------
    cell : str
        A key of :data:`CELLS`.
    steps, batch, features, dim : int
    directions : int
        1, or 2 for forward and backward.
    lengths : tuple of int, optional
        The lengths of the sequences; by default all have `steps`.
    layers : int
        More than one only for generation.
    kernels : bool
        Whether the bricks may use kernels.
    precision : str
        The precision of products, 'float32' or 'bfloat16'.

    """

    cell: str
    steps: int
    batch: int
    features: int
    dim: int
    directions: int = 1
    lengths: Optional[tuple] = None
    layers: int = 1
    kernels: bool = True
    precision: str = 'float32'

    @property
    def where(self):
        """The sizes, for tables."""
        return '{}, {}, {}, {}'.format(self.steps, self.batch, self.features,
                                       self.dim)

    @property
    def mask(self):
        """The mask, shape (steps, batch), or None."""
        if self.lengths is None:
            return None
        return (numpy.arange(self.steps)[:, None] <
                numpy.array(self.lengths)).astype('float32')

    def padded(self):
        """Return the same task with lengths from a quarter of the steps up."""
        return self._replace(lengths=tuple(int(length) for length in (
            numpy.linspace(self.steps / 4., self.steps, self.batch).round())))

    def words(self, letters=28, phonemes=39):
        """Return words in letters, (steps, batch), and in phonemes.

        Returns
        -------
        letters : numpy.ndarray of int64, shape (steps, batch)
        phonemes : numpy.ndarray of int64, shape (labels, batch)
        lengths : numpy.ndarray of int64, shape (batch,)
            The number of phonemes of each word.

        """
        rng = numpy.random.RandomState(1)
        lengths = numpy.maximum(1, .9 * numpy.array(self.lengths)).astype(int)
        return (rng.randint(letters, size=(self.steps, self.batch)),
                rng.randint(phonemes, size=(lengths.max(), self.batch)),
                lengths)

    def data(self):
        """Return inputs and the numbers that multiply the outputs."""
        rng = numpy.random.RandomState(1)
        x = rng.randn(self.steps, self.batch, self.features)
        factors = rng.randn(self.steps, self.batch,
                            self.dim * self.directions)
        if self.lengths is not None:
            factors *= self.mask[:, :, None]
        return x.astype('float32'), factors.astype('float32')
