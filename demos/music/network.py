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
    """An LSTM stack that tells the notes of each frame from those before.

    Parameters
    ----------
    dim : int
        Cells of each layer.
    layers : int
        Number of layers.
    dropout : float
        Rate at which the features that upper layers and output read are
        dropped in training, for all frames of a piece alike.
    frequencies : array_like, optional
        (88,), how often each note sounds: the biases of the output start
        from it, so that training starts near the 1-gram.

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
            Whether there is dropout.

        Returns
        -------
        :class:`~theano.tensor.TensorVariable`
            (time, batch, 88), the log odds of each note given the frames
            before.

        """
        silence = tensor.zeros_like(notes[:1])
        before = tensor.concatenate([silence, notes[:-1]])
        features = self.stack.apply(before, mask=mask, train=train)
        if train and self.dropout:
            features = variational_dropout(features, self.dropout,
                                           self.theano_rng)
        return self.output.apply(features)

    def step(self, notes, states):
        """One frame (batch, 88) and states, for the Sampler."""
        outputs = self.stack.unroll(notes.dimshuffle('x', 0, 1), **states)
        return self.output.apply(outputs[0][0]), outputs[1:]


def log_odds(probability):
    """What the logistic function makes a probability of."""
    probability = numpy.asarray(probability)
    return numpy.log(probability) - numpy.log1p(-probability)


def variables():
    """The inputs of the graph, under the names of the stream's sources."""
    return tensor.tensor3('notes'), tensor.matrix('notes_mask')


def one_gram(notes, frequencies):
    """Energies of one who knows only how often each note sounds."""
    return tensor.zeros_like(notes) + log_odds(frequencies).astype(
        notes.dtype)


def cost_of(notes, energies, mask, name='cost'):
    """Nats per frame: the cross-entropies of the 88 notes, summed up."""
    return SequenceBinaryCrossEntropy(from_logits=True).monitor(
        notes, energies, mask, name=name)


def costs_of(composer, frequencies):
    """Nats per frame of the network, without noise, and of the 1-gram."""
    notes, mask = variables()
    return [cost_of(notes, composer.apply(notes, mask), mask),
            cost_of(notes, one_gram(notes, frequencies), mask, name='1gram')]


def note_probabilities_of(composer):
    """The inputs and outputs of the network that is exported."""
    notes, mask = variables()
    probabilities = tensor.nnet.sigmoid(composer.apply(notes, mask))
    return [notes, mask], [probabilities.copy('probabilities')]


def load_composer(path):
    """The network of an earlier run, from its parameters alone.

    Unlike a checkpoint, the file is read without running any of it.

    Parameters
    ----------
    path : str
        The ``parameters.tar`` that a run left, with ``settings.json``
        beside it.

    Returns
    -------
    :class:`Composer`

    Raises
    ------
    UserError
        If that cannot be read.

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
