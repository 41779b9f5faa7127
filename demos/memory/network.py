"""The layers that the memory demo compares, and the network around them."""
from dataclasses import dataclass
from typing import Callable

import numpy
from blocks.bricks import Initializable, Linear, Tanh
from blocks.bricks.base import application
from blocks.bricks.recurrent import GatedRecurrent, SimpleRecurrent
from blocks.initialization import Constant, IsotropicGaussian

from blocks_rnn_bricks import LSTM, ForgetGateBias, PeepholeLSTM


@dataclass(frozen=True)
class Layer:
    """A kind of layer, and how the biases of its inputs begin.

    Attributes
    ----------
    make : callable
        Gives the transition of a size.
    biases : callable
        Gives the schemes of the biases by name of the input, for that size
        and a number, the logit of how much the layer is to keep at first.

    """

    make: Callable
    biases: Callable


def _lstm_biases(dim, keep):
    """Forget gates that keep sigmoid(keep) of the cells."""
    return {'inputs': ForgetGateBias(keep)}


def _gru_biases(dim, keep):
    """Update gates z that keep as much of the state: 1 - z of it."""
    update_then_reset = numpy.repeat([-keep, 0.], dim)
    return {'inputs': Constant(0), 'gate_inputs': Constant(update_then_reset)}


LAYERS = {
    'LSTM': Layer(lambda dim: LSTM(dim), _lstm_biases),
    'peephole LSTM': Layer(lambda dim: PeepholeLSTM(dim), _lstm_biases),
    'GRU': Layer(lambda dim: GatedRecurrent(dim), _gru_biases),
    'simple RNN': Layer(lambda dim: SimpleRecurrent(dim, Tanh()),
                        lambda dim, keep: {'inputs': Constant(0)})}


class Recaller(Initializable):
    """A recurrent layer over a sequence, a linear one on its last state.

    Parameters
    ----------
    layer : :class:`Layer`
    input_dim, dim, output_dim : int
        Features of a step, size of the layer's state and of the answer.
    keep : float
        See :class:`Layer`.

    """

    def __init__(self, layer, input_dim, dim, output_dim, keep, **kwargs):
        self.transition = layer.make(dim)
        small = IsotropicGaussian(0.1)
        self.projections = [
            Linear(input_dim, self.transition.get_dim(name), name=name,
                   weights_init=small, biases_init=biases)
            for name, biases in layer.biases(dim, keep).items()]
        self.output = Linear(dim, output_dim, weights_init=small,
                             biases_init=Constant(0), name='output')
        super().__init__(children=[*self.projections, self.transition,
                                   self.output], **kwargs)

    @application(inputs=['inputs'], outputs=['outputs'])
    def apply(self, inputs):
        """Answer after the last step.

        Parameters
        ----------
        inputs : :class:`~theano.tensor.TensorVariable`
            (time, batch, input_dim).

        Returns
        -------
        :class:`~theano.tensor.TensorVariable`
            (batch, output_dim).

        """
        states, *_ = self.transition.apply(as_list=True, **{
            projection.name: projection.apply(inputs)
            for projection in self.projections})
        return self.output.apply(states[-1])
