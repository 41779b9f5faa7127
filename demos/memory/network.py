"""The layers that the memory demo compares, and the network around them."""
from dataclasses import dataclass
from typing import Callable

import numpy
from blocks.bricks import Initializable, Linear, Tanh
from blocks.bricks.base import application
from blocks.bricks.recurrent import GatedRecurrent, SimpleRecurrent
from blocks.initialization import Constant, IsotropicGaussian

from blocks_rnn_bricks import (
    BLOCKS_GRU_GATES, GATES, LSTM, MIN_GRU_GATES, MIN_LSTM_GATES, ChronoBias,
    ForgetGateBias, MinGRU, MinLSTM, PeepholeLSTM)


@dataclass(frozen=True)
class Layer:
    """A kind of layer, and how the biases of its inputs begin.

    Attributes
    ----------
    make : callable
        Gives the transition of a size.
    biases : callable
        Gives the schemes of the biases by name of the input, for that size
        and two numbers: the logit of how much the layer is to keep at
        first, and how many steps a sequence has.

    """

    make: Callable
    biases: Callable


def _lstm_biases(dim, keep, length):
    """Forget gates that keep sigmoid(keep) of the cells."""
    return {'inputs': ForgetGateBias(keep)}


def _gru_biases(dim, keep, length):
    """Update gates z that keep as much of the state: 1 - z of it."""
    update_then_reset = numpy.repeat([-keep, 0.], dim)
    return {'inputs': Constant(0), 'gate_inputs': Constant(update_then_reset)}


def _min_gru_biases(dim, keep, length):
    """The same for update gates and candidates."""
    return {'inputs': Constant(numpy.repeat([-keep, 0.], dim))}


def _min_lstm_biases(dim, keep, length):
    """Forget gates that are wider open than input gates."""
    return {'inputs': Constant(numpy.repeat([0., 0., keep], dim))}


def _chrono(gates=GATES):
    """Gates that keep states for up to the length of a sequence."""
    return lambda dim, keep, length: {'inputs': ChronoBias(length, gates)}


def _chrono_gru_biases(dim, keep, length):
    """The same for the update gates."""
    return {'inputs': Constant(0),
            'gate_inputs': ChronoBias(length, BLOCKS_GRU_GATES)}


LAYERS = {
    'LSTM': Layer(lambda dim: LSTM(dim), _lstm_biases),
    'peephole LSTM': Layer(lambda dim: PeepholeLSTM(dim), _lstm_biases),
    'GRU': Layer(lambda dim: GatedRecurrent(dim), _gru_biases),
    'minGRU': Layer(lambda dim: MinGRU(dim), _min_gru_biases),
    'minLSTM': Layer(lambda dim: MinLSTM(dim), _min_lstm_biases),
    'simple RNN': Layer(lambda dim: SimpleRecurrent(dim, Tanh()),
                        lambda dim, keep, length: {'inputs': Constant(0)})}
for _name, _biases in [
        ('LSTM', _chrono()), ('peephole LSTM', _chrono()),
        ('GRU', _chrono_gru_biases), ('minGRU', _chrono(MIN_GRU_GATES)),
        ('minLSTM', _chrono(MIN_LSTM_GATES))]:
    LAYERS['chrono ' + _name] = Layer(LAYERS[_name].make, _biases)


class Recaller(Initializable):
    """A recurrent layer over a sequence, a linear one on its last states.

    Parameters
    ----------
    layer : :class:`Layer`
    input_dim, dim, output_dim : int
        Features of a step, size of the layer's state and of the answer.
    keep, length : float
        See :class:`Layer`.
    answers : int, optional
        How many steps at the end of the sequence have an answer. 1 by
        default.

    """

    def __init__(self, layer, input_dim, dim, output_dim, keep, length,
                 answers=1, **kwargs):
        self.answers = answers
        self.transition = layer.make(dim)
        small = IsotropicGaussian(0.1)
        self.projections = [
            Linear(input_dim, self.transition.get_dim(name), name=name,
                   weights_init=small, biases_init=biases)
            for name, biases in layer.biases(dim, keep, length).items()]
        self.output = Linear(dim, output_dim, weights_init=small,
                             biases_init=Constant(0), name='output')
        super().__init__(children=[*self.projections, self.transition,
                                   self.output], **kwargs)

    @application(inputs=['inputs'], outputs=['outputs'])
    def apply(self, inputs):
        """Answer at the end.

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
