"""The network of the phonemes demo, and its cost."""
from blocks.bricks import Initializable, Linear, NDimensionalSoftmax, Random
from blocks.bricks.base import application
from blocks.bricks.lookup import LookupTable
from blocks.initialization import Constant, IsotropicGaussian, Orthogonal
from blocks.monitoring import aggregation
from theano import tensor

from blocks_rnn_bricks import (
    CTC,
    LSTM,
    BidirectionalStack,
    ForgetGateBias,
    variational_dropout,
)
from demos.phonemes.settings import PhonemeSettings

#: The settings that a network depends on.
ARCHITECTURE = ('embedding', 'dim', 'layers', 'frames_per_letter')


class Transcriber(Initializable, Random):
    """A bidirectional stack over embedded letters, scoring phonemes by frame.

    CTC needs a frame for each phoneme, and a word may have more phonemes
    than letters: "fix" has F IH K S. So the stack reads the word letter by
    letter, and the last layer computes several frames from each letter's
    states, each with its own weights.

    Parameters
    ----------
    letters, phonemes : int
        The numbers of letters and phonemes. The last class of the energies
        is the blank.
    embedding : int
        Features of an embedded letter.
    dim : int
        Cells of each layer and direction.
    layers : int
        Number of layers.
    frames_per_letter : int
    dropout : float
        Dropout rate of the inputs of the upper layers and the output layer,
        with the same mask for all letters of a word.

    """

    def __init__(self, letters, phonemes, embedding, dim, layers,
                 frames_per_letter, dropout, **kwargs):
        self.phonemes = phonemes
        self.frames_per_letter = frames_per_letter
        self.dropout = dropout
        self.lookup = LookupTable(
            letters, embedding, weights_init=IsotropicGaussian(0.3))
        self.stack = BidirectionalStack(
            [LSTM(dim=dim) for _ in range(layers)], input_dim=embedding,
            dropout=dropout, biases_init=ForgetGateBias(),
            weights_init=Orthogonal(), theano_seed=kwargs.get('theano_seed'),
            name='stack')
        self.output = Linear(
            2 * dim, frames_per_letter * (phonemes + 1),
            weights_init=IsotropicGaussian(0.05), biases_init=Constant(0),
            name='output')
        super().__init__(children=[self.lookup, self.stack, self.output],
                         **kwargs)

    @application(inputs=['letters', 'mask'],
                 outputs=['energies', 'frames_mask'])
    def apply(self, letters, mask, train=False):
        """Score the phonemes at each frame.

        Parameters
        ----------
        letters : :class:`~theano.tensor.TensorVariable`
            (time, batch), numbers.
        mask : :class:`~theano.tensor.TensorVariable`
            (time, batch).
        train : bool, optional
            Whether to apply dropout.

        Returns
        -------
        energies : :class:`~theano.tensor.TensorVariable`
            (frames, batch, phonemes + 1), logarithms of unnormalised
            probabilities; frames = time * frames_per_letter.
        frames_mask : :class:`~theano.tensor.TensorVariable`
            (frames, batch).

        """
        states = self.stack.apply(self.lookup.apply(letters), mask=mask,
                                  train=train)
        if train and self.dropout:
            states = variational_dropout(states, self.dropout,
                                         self.theano_rng)
        time, batch = letters.shape
        frames = self.frames_per_letter
        energies = self.output.apply(states).reshape(
            (time, batch, frames, self.phonemes + 1))
        energies = energies.dimshuffle(0, 2, 1, 3).reshape(
            (time * frames, batch, self.phonemes + 1))
        return energies, tensor.repeat(mask, frames, axis=0)


def make_transcriber(letters, phonemes, **options):
    """Make a network, to train or to load parameters into.

    Parameters
    ----------
    letters, phonemes : sequence of str
        The names of the letters and phonemes.
    **options
        The fields of :class:`~demos.phonemes.settings.PhonemeSettings` that
        a network depends on.

    Returns
    -------
    :class:`Transcriber`

    """
    settings = PhonemeSettings(**options)
    transcriber = Transcriber(
        len(letters), len(phonemes), settings.embedding, settings.dim,
        settings.layers, settings.frames_per_letter, settings.dropout,
        seed=settings.seed, theano_seed=settings.seed)
    transcriber.initialize()
    return transcriber


def variables():
    """Return the inputs of the graph, named like the stream's sources."""
    return (tensor.lmatrix('letters'), tensor.matrix('letters_mask'),
            tensor.lmatrix('phonemes'), tensor.matrix('phonemes_mask'))


def cost_of(transcriber, letters, mask, phonemes, phonemes_mask,
            train=False):
    """Return the mean CTC cost of a word in nats, optionally with dropout."""
    energies, frames_mask = transcriber.apply(letters, mask, train=train)
    costs = CTC().apply(phonemes, energies, frames_mask, phonemes_mask)
    return aggregation.mean(costs.sum().copy('cost'),
                            tensor.cast(costs.shape[0], costs.dtype))


def labels_of(transcriber):
    """Return the inputs and outputs of the network to export.

    Parameters
    ----------
    transcriber : :class:`Transcriber`

    Returns
    -------
    inputs : list of :class:`~theano.tensor.TensorVariable`
    outputs : list of :class:`~theano.tensor.TensorVariable`
        The log probabilities of the labels at each frame, with the blank
        last; and the best path, (frames, batch): the most probable label at
        each frame. To read it, merge repeated labels, then drop blanks.

    """
    letters, mask = variables()[:2]
    energies, _ = transcriber.apply(letters, mask)
    scores = NDimensionalSoftmax().log_probabilities(energies, extra_ndim=1)
    return [letters, mask], [scores.copy('log_probabilities'),
                             energies.argmax(axis=2).copy('best_path')]
