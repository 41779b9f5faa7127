"""The layers that the memory demo compares, and the network around them."""
from collections.abc import Callable
from dataclasses import dataclass

from blocks.bricks import Initializable, Linear, Tanh
from blocks.bricks.base import application
from blocks.bricks.recurrent import GatedRecurrent, SimpleRecurrent
from blocks.initialization import Constant, Orthogonal

from blocks_rnn_bricks import (
    BLOCKS_GRU_GATES,
    GATES,
    LSTM,
    MIN_GRU_GATES,
    MIN_LSTM_GATES,
    ChronoBias,
    ForgetGateBias,
    MinGRU,
    MinLSTM,
    PeepholeLSTM,
)


@dataclass(frozen=True)
class Layer:
    """A kind of layer, and the initialization of its input biases.

    Attributes
    ----------
    make : callable
        Returns the transition for a size.
    biases : callable
        Returns the schemes of the biases by name of the input, given the
        logit of the share that the layer keeps at first, and the number of
        steps of a sequence.

    """

    make: Callable
    biases: Callable


def _ordinary(gates=GATES, name='inputs', others=()):
    """Initialize gates to keep the same share of all states."""
    return lambda keep, length: {
        **{other: Constant(0) for other in others},
        name: ForgetGateBias(keep, gates)}


def _chrono(gates=GATES, name='inputs', others=()):
    """Initialize gates to keep states for up to the length of a sequence."""
    return lambda keep, length: {
        **{other: Constant(0) for other in others},
        name: ChronoBias(length, gates)}


_OF_GRU = BLOCKS_GRU_GATES, 'gate_inputs', ('inputs',)

LAYERS = {
    'LSTM': Layer(lambda dim: LSTM(dim), _ordinary()),
    'peephole LSTM': Layer(lambda dim: PeepholeLSTM(dim), _ordinary()),
    'GRU': Layer(lambda dim: GatedRecurrent(dim), _ordinary(*_OF_GRU)),
    'minGRU': Layer(lambda dim: MinGRU(dim), _ordinary(MIN_GRU_GATES)),
    'minLSTM': Layer(lambda dim: MinLSTM(dim), _ordinary(MIN_LSTM_GATES)),
    'simple RNN': Layer(lambda dim: SimpleRecurrent(dim, Tanh()),
                        lambda keep, length: {'inputs': Constant(0)}),
    'chrono LSTM': Layer(lambda dim: LSTM(dim), _chrono()),
    'chrono peephole LSTM': Layer(lambda dim: PeepholeLSTM(dim), _chrono()),
    'chrono GRU': Layer(lambda dim: GatedRecurrent(dim), _chrono(*_OF_GRU)),
    'chrono minGRU': Layer(lambda dim: MinGRU(dim), _chrono(MIN_GRU_GATES)),
    'chrono minLSTM': Layer(lambda dim: MinLSTM(dim),
                            _chrono(MIN_LSTM_GATES))}


class Recaller(Initializable):
    """A recurrent layer and a linear readout of its last states.

    Parameters
    ----------
    layer : :class:`Layer`
    input_dim, dim, output_dim : int
        The features of a step, and the sizes of the state and the answer.
    keep : float
    length : int
        See :class:`Layer`.
    answers : int, optional
        The number of steps at the end of the sequence that have an answer, 1
        by default.
    input_scale : float, optional
        The factor of the initial, orthogonal input weights, 1 by default.

    """

    def __init__(self, layer, input_dim, dim, output_dim, keep, length,
                 answers=1, input_scale=1., **kwargs):
        self.answers = answers
        self.transition = layer.make(dim)
        self.transition.weights_init = Orthogonal()
        self.projections = [
            Linear(input_dim, self.transition.get_dim(name), name=name,
                   weights_init=Orthogonal(input_scale),
                   biases_init=biases)
            for name, biases in layer.biases(keep, length).items()]
        self.output = Linear(dim, output_dim, name='output',
                             weights_init=Orthogonal(),
                             biases_init=Constant(0))
        super().__init__(children=[*self.projections, self.transition,
                                   self.output], **kwargs)

    @application(inputs=['inputs'], outputs=['outputs'])
    def apply(self, inputs):
        """Compute the answers at the end of the sequences.

        Parameters
        ----------
        inputs : :class:`~theano.tensor.TensorVariable`
            (time, batch, input_dim).

        Returns
        -------
        :class:`~theano.tensor.TensorVariable`
            (batch, output_dim), or (answers, batch, output_dim) if there is
            more than one answer.

        """
        states, *_ = self.transition.apply(as_list=True, **{
            projection.name: projection.apply(inputs)
            for projection in self.projections})
        return self.output.apply(states[-1] if self.answers == 1 else
                                 states[-self.answers:])
