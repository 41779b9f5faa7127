"""The network of the music demo, and its costs."""
import numpy
from blocks.bricks import Initializable, Linear, Random
from blocks.bricks.base import application
from blocks.initialization import Constant
from theano import tensor

from blocks_rnn_bricks import (
    LSTM,
    ForgetGateBias,
    UnidirectionalStack,
    variational_dropout,
)
from blocks_rnn_bricks.costs import SequenceBinaryCrossEntropy
from demos._support.files import PARAMETERS, SETTINGS
from demos._support.resuming import load_trained
from demos.music.data import N_NOTES


class Composer(Initializable, Random):
    """An LSTM stack that predicts each frame's notes from previous frames.

    Parameters
    ----------
    dim : int
        Cells of each layer.
    layers : int
        Number of layers.
    dropout : float
        Dropout rate of the inputs of upper layers and output, with the same
        mask for all frames of a piece.
    frequencies : array_like, optional
        (88,), how often each note sounds. It initializes the biases of the
        output, so that training starts near the 1-gram.

    """

    def __init__(self, dim, layers, dropout, frequencies=0.5, **kwargs):
        self.dropout = dropout
        self.stack = UnidirectionalStack(
            [LSTM(dim=dim) for _ in range(layers)], input_dim=N_NOTES,
            dropout=dropout, biases_init=ForgetGateBias(),
            theano_seed=kwargs.get('theano_seed'), name='stack')
        self.output = Linear(dim, N_NOTES, name='output',
                             biases_init=Constant(log_odds(frequencies)))
        super().__init__(children=[self.stack, self.output], **kwargs)

    @application(inputs=['notes', 'mask'], outputs=['energies'])
    def apply(self, notes, mask, train=False):
        """Predict each frame, the first one from silence.

        Parameters
        ----------
        notes : :class:`~theano.tensor.TensorVariable`
            (time, batch, 88), 1 where a note sounds.
        mask : :class:`~theano.tensor.TensorVariable`
            (time, batch).
        train : bool, optional
            Whether to apply dropout.

        Returns
        -------
        :class:`~theano.tensor.TensorVariable`
            (time, batch, 88), the log odds of each note given the previous
            frames.

        """
        silence = tensor.zeros_like(notes[:1])
        before = tensor.concatenate([silence, notes[:-1]])
        features = self.stack.apply(before, mask=mask, train=train)
        if train and self.dropout:
            features = variational_dropout(features, self.dropout,
                                           self.theano_rng)
        return self.output.apply(features)

    def step(self, notes, states):
        """Process one frame, (batch, 88), and states, for the Sampler."""
        outputs = self.stack.unroll(notes.dimshuffle('x', 0, 1), **states)
        return self.output.apply(outputs[0][0]), outputs[1:]


def log_odds(probability):
    """Return the inverse of the logistic function."""
    probability = numpy.asarray(probability)
    return numpy.log(probability) - numpy.log1p(-probability)


def variables():
    """Return the inputs of the graph, named like the stream's sources."""
    return tensor.tensor3('notes'), tensor.matrix('notes_mask')


def one_gram(notes, frequencies):
    """Return the energies of a model that knows only note frequencies."""
    return tensor.zeros_like(notes) + log_odds(frequencies).astype(
        notes.dtype)


def cost_of(notes, energies, mask, name='cost'):
    """Return nats per frame: the cross-entropies summed over the 88 notes."""
    return SequenceBinaryCrossEntropy(from_logits=True).monitor(
        notes, energies, mask, name=name)


def costs_of(composer, frequencies):
    """Return nats per frame of the network, without noise, and the 1-gram."""
    notes, mask = variables()
    return [cost_of(notes, composer.apply(notes, mask), mask),
            cost_of(notes, one_gram(notes, frequencies), mask, name='1gram')]


def note_probabilities_of(composer):
    """Return the inputs and outputs of the network to export."""
    notes, mask = variables()
    probabilities = tensor.nnet.sigmoid(composer.apply(notes, mask))
    return [notes, mask], [probabilities.copy('probabilities')]


def load_composer(path):
    """Load the network of an earlier run from its parameters.

    Unlike loading a checkpoint, this runs no code from the file.

    Parameters
    ----------
    path : str
        The ``parameters.tar`` written by a run, with ``settings.json``
        beside it.

    Returns
    -------
    :class:`Composer`

    Raises
    ------
    UserError
        If the files cannot be read.

    """
    def make(settings):
        composer = Composer(settings['dim'], settings['layers'],
                            settings['dropout'])
        composer.allocate()
        return composer, composer.apply(*variables())

    composer, _ = load_trained(
        path, make, f'--from takes the {PARAMETERS} of an earlier run '
        f'with its {SETTINGS} beside it')
    return composer
