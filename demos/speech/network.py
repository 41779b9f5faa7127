"""The network of the speech demo, and its costs."""
from blocks.bricks import Initializable, Linear, Random, Softmax
from blocks.bricks.base import application
from blocks.bricks.cost import MisclassificationRate
from blocks.initialization import Constant
from theano import tensor

from blocks_rnn_bricks import LSTM, BidirectionalStack, ForgetGateBias
from blocks_rnn_bricks.regularization import dropout_mask


class SpeakerClassifier(Initializable, Random):
    """A bidirectional stack, a summary of the utterance, and logits.

    Parameters
    ----------
    input_dim : int
        Coefficients of a frame.
    dim : int
        Cells of each layer and direction.
    layers : int
        Number of layers.
    n_speakers : int
    summary : {'mean', 'last'}
        How to summarize the top layer's states, see
        :meth:`~blocks_rnn_bricks.BidirectionalStack.summary`.
    noise : float
        Standard deviation of the Gaussian noise on the inputs in training.
    dropout : float
        Dropout rate of the inputs of the upper layers and of the summary in
        training.

    """

    def __init__(self, input_dim, dim, layers, n_speakers, summary, noise,
                 dropout, **kwargs):
        self.summary = summary
        self.noise = noise
        self.dropout = dropout
        self.stack = BidirectionalStack(
            [LSTM(dim=dim) for _ in range(layers)], input_dim=input_dim,
            dropout=dropout, biases_init=ForgetGateBias(),
            theano_seed=kwargs.get('theano_seed'), name='stack')
        self.output = Linear(2 * dim, n_speakers, biases_init=Constant(0),
                             name='output')
        super().__init__(children=[self.stack, self.output], **kwargs)

    @application(inputs=['utterances', 'mask'], outputs=['energies'])
    def apply(self, utterances, mask, train=False):
        """Score the speakers.

        Parameters
        ----------
        utterances : :class:`~theano.tensor.TensorVariable`
            (time, batch, coefficients).
        mask : :class:`~theano.tensor.TensorVariable`
            (time, batch).
        train : bool, optional
            Whether to apply noise and dropout.

        Returns
        -------
        :class:`~theano.tensor.TensorVariable`
            (batch, speakers), logarithms of unnormalised probabilities.

        """
        if train and self.noise:
            utterances += self.theano_rng.normal(
                utterances.shape, std=self.noise, dtype=utterances.dtype)
        summary = self.stack.summary(utterances, mask=mask,
                                     kind=self.summary, train=train)
        if train and self.dropout:
            summary *= dropout_mask(self.theano_rng, summary.shape,
                                    self.dropout, summary.dtype)
        return self.output.apply(summary)


def variables():
    """Return the inputs of the graph, named like the stream's sources."""
    return (tensor.tensor3('utterances'), tensor.matrix('utterances_mask'),
            tensor.lvector('speakers'))


def costs_of(classifier, utterances, mask, speakers, train=False):
    """Return cross-entropy and error rate, with or without noise."""
    energies = classifier.apply(utterances, mask, train=train)
    cost = Softmax().categorical_cross_entropy(speakers, energies).mean()
    error = MisclassificationRate().apply(speakers, energies)
    cost.name, error.name = 'cost', 'error'
    return cost, error


def probabilities_of(classifier):
    """Return the inputs and outputs of the network to export."""
    utterances, mask, _ = variables()
    probabilities = Softmax().apply(classifier.apply(utterances, mask))
    return [utterances, mask], [probabilities.copy('probabilities')]
