"""The network of the music demo, and its costs."""
import numpy
import theano
from blocks.bricks import Initializable, Linear, Random
from blocks.bricks.base import application
from blocks.initialization import Constant, IsotropicGaussian
from theano import tensor

from blocks_rnn_bricks import (
    LSTM,
    ForgetGateBias,
    UnidirectionalStack,
    draw_notes,
    variational_dropout,
)
from blocks_rnn_bricks.costs import SequenceBinaryCrossEntropy
from demos._support.files import PARAMETERS, SETTINGS
from demos._support.resuming import load_trained
from demos.music.data import N_NOTES


class MaskedLinear(Linear):
    """A linear transformation without some of its weights, and no bias.

    Parameters
    ----------
    mask : :class:`numpy.ndarray`
        (input_dim, output_dim), 0 where there is no weight, else 1.

    """

    def __init__(self, mask, **kwargs):
        self.mask = mask.astype(theano.config.floatX)
        super().__init__(*mask.shape, use_bias=False, **kwargs)

    @application(inputs=['input_'], outputs=['output'])
    def apply(self, input_):
        """Multiply by the weights that the mask leaves."""
        return tensor.dot(input_, self.W * self.mask)


class ChordOutput(Initializable, Random):
    r"""The notes of a frame, each given features and all lower notes.

    The probability of a chord is the product of the probabilities of its
    notes, from the lowest key to the highest:
    :math:`p(v \mid f) = \prod_k p(v_k \mid v_{<k}, f)`. A masked hidden
    layer computes all factors at once (MADE; Germain et al., 2015):

    .. math::

        h &= \tanh(W_{fh} f + W_{vh} v + b_h) \\
        a &= W_{fa} f + W_{va} v + W_{ha} h + b_a

    and :math:`p(v_k = 1 \mid v_{<k}, f) = \sigma(a_k)`. Masks on
    :math:`W_{vh}`, :math:`W_{va}` and :math:`W_{ha}` keep :math:`a_k`
    independent of :math:`v_k` and higher notes.

    Parameters
    ----------
    dim : int
        Length of the features.
    hidden : int
        Units of the hidden layer. 0 leaves only the weights :math:`W_{fa}`
        and :math:`b_a`: the notes are independent given the features.
    dropout : float
        Dropout rate of features and hidden units in training, with the same
        mask for all frames of a piece.
    frequencies : array_like
        (K,), how often each note sounds. It initializes :math:`b_a`, so
        that training starts near the 1-gram.

    References
    ----------
    M. Germain, K. Gregor, I. Murray and H. Larochelle, *MADE: masked
    autoencoder for distribution estimation*, ICML 2015.

    """

    def __init__(self, dim, hidden, dropout, frequencies, **kwargs):
        self.dropout = dropout
        keys = numpy.arange(len(frequencies))
        self.output = Linear(dim, len(keys), name='output',
                             biases_init=Constant(log_odds(frequencies)))
        self.joint = []
        if hidden:
            # Each hidden unit reads the notes below a key of its own.
            below = numpy.arange(hidden) * len(keys) // hidden
            self.joint = [
                Linear(dim, hidden, biases_init=Constant(0),
                       name='features_to_hidden'),
                MaskedLinear(keys[:, None] < below, name='notes_to_hidden',
                             weights_init=IsotropicGaussian(0.1)),
                MaskedLinear(keys[:, None] < keys, name='notes_to_notes',
                             weights_init=Constant(0)),
                MaskedLinear(below[:, None] <= keys, name='hidden_to_notes',
                             weights_init=IsotropicGaussian(0.05))]
        super().__init__(children=[self.output, *self.joint], **kwargs)

    @application(inputs=['features', 'notes'], outputs=['energies'])
    def apply(self, features, notes, train=False):
        """Compute the log odds of each note.

        Parameters
        ----------
        features : :class:`~theano.tensor.TensorVariable`
            (time, batch, dim).
        notes : :class:`~theano.tensor.TensorVariable`
            (time, batch, K), 1 where a note sounds.
        train : bool, optional
            Whether to apply dropout.

        Returns
        -------
        :class:`~theano.tensor.TensorVariable`
            (time, batch, K).

        """
        features = self._drop(features, train)
        energies = self.output.apply(features)
        if self.joint:
            (features_to_hidden, notes_to_hidden, notes_to_notes,
             hidden_to_notes) = self.joint
            hidden = tensor.tanh(features_to_hidden.apply(features)
                                 + notes_to_hidden.apply(notes))
            energies += (notes_to_notes.apply(notes)
                         + hidden_to_notes.apply(self._drop(hidden, train)))
        return energies

    def _drop(self, values, train):
        if not (train and self.dropout):
            return values
        return variational_dropout(values, self.dropout, self.theano_rng)

    def drawing(self):
        """Return a function that draws chords, for a Sampler.

        Returns
        -------
        callable
            It takes features (batch, dim), a temperature and a
            :class:`numpy.random.RandomState`, and returns notes (batch, K),
            0 or 1. The temperature divides the log odds of each note given
            those drawn before; at 0, each note takes its more probable value.

        """
        features, notes = tensor.matrix('features'), tensor.matrix('notes')
        run = theano.function(
            [features, notes], self.apply(features[None], notes[None])[0],
            on_unused_input='ignore')

        def draw(features, temperature, rng):
            drawn = numpy.zeros((len(features), self.output.output_dim),
                                features.dtype)
            for key in range(drawn.shape[1]):
                energies = run(features, drawn)[:, key:key + 1]
                drawn[:, key:key + 1] = draw_notes(energies, temperature, rng)
            return drawn
        return draw


class Composer(Initializable, Random):
    """An LSTM stack that predicts each frame's notes from previous frames.

    Parameters
    ----------
    dim : int
        Cells of each layer.
    layers : int
        Number of layers.
    hidden : int
        Units that connect the notes of a frame, see :class:`ChordOutput`.
    dropout : float
        Dropout rate of the inputs of upper layers and output, with the same
        mask for all frames of a piece.
    frequencies : array_like, optional
        (88,), how often each note sounds, see :class:`ChordOutput`.

    """

    def __init__(self, dim, layers, hidden, dropout,
                 frequencies=(0.5,) * N_NOTES, **kwargs):
        theano_seed = kwargs.get('theano_seed')
        self.stack = UnidirectionalStack(
            [LSTM(dim=dim) for _ in range(layers)], input_dim=N_NOTES,
            dropout=dropout, biases_init=ForgetGateBias(),
            theano_seed=theano_seed, name='stack')
        self.output = ChordOutput(dim, hidden, dropout, frequencies,
                                  theano_seed=theano_seed, name='chords')
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
            frames and the lower notes of its frame.

        """
        silence = tensor.zeros_like(notes[:1])
        before = tensor.concatenate([silence, notes[:-1]])
        features = self.stack.apply(before, mask=mask, train=train)
        return self.output.apply(features, notes, train=train)

    def step(self, notes, states):
        """Process one frame, (batch, 88), and states, for the Sampler."""
        features, *states = self.stack.unroll(
            notes.dimshuffle('x', 0, 1), **states)
        return features[0], states


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
    """Return nats per frame: the cross-entropies summed over the 88 notes.

    This is the negative log-likelihood of the frame's chord.

    """
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
                            settings['hidden'], settings['dropout'])
        composer.allocate()
        return composer, composer.apply(*variables())

    composer, _ = load_trained(
        path, make, f'--from takes the {PARAMETERS} of an earlier run '
        f'with its {SETTINGS} beside it')
    return composer
