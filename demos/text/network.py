"""The network that predicts the next character, and its carried states."""
from collections import OrderedDict

import numpy
import theano
from blocks.bricks import Initializable, Linear, NDimensionalSoftmax, Random
from blocks.bricks.base import application
from blocks.bricks.lookup import LookupTable
from blocks.filter import VariableFilter
from blocks.graph import ComputationGraph, apply_dropout
from blocks.initialization import Constant, IsotropicGaussian
from blocks.monitoring.aggregation import Mean
from blocks.roles import OUTPUT, WEIGHT
from blocks.utils import shared_floatx
from theano import tensor

from blocks_rnn_bricks import (
    LSTM,
    MIN_GRU_GATES,
    MIN_LSTM_GATES,
    ForgetGateBias,
    MinGRU,
    MinLSTM,
    SequenceCategoricalCrossEntropy,
    UnidirectionalStack,
    dropout_mask,
)
from demos.text.data import LONG, Windows

#: The available cells, and the initialization of their input biases.
CELLS = {'LSTM': (LSTM, ForgetGateBias()),
         'minGRU': (MinGRU, ForgetGateBias(gates=MIN_GRU_GATES)),
         'minLSTM': (MinLSTM, ForgetGateBias(gates=MIN_LSTM_GATES))}


class CharacterModel(Initializable, Random):
    """A lookup table, a stack of recurrent layers, and logits.

    Parameters
    ----------
    n_symbols : int
        Size of the alphabet.
    embedding : int
        Length of the characters' vectors.
    dim : int
        Units of each layer.
    layers : int
        Number of layers.
    dropout : float
        Dropout rate of the inputs of each layer but the first, and of the
        outputs of the last one. The characters' vectors are not dropped,
        since they alone carry the last character.
    cell : str, optional
        A key of :data:`CELLS`. 'LSTM' by default.

    """

    def __init__(self, n_symbols, embedding, dim, layers, dropout,
                 cell='LSTM', **kwargs):
        kind, biases = CELLS[cell]
        self.dropout = dropout
        self.cell = cell
        self.lookup = LookupTable(
            n_symbols, embedding, weights_init=IsotropicGaussian(0.3),
            name='lookup')
        self.stack = UnidirectionalStack(
            [kind(dim=dim) for _ in range(layers)], input_dim=embedding,
            dropout=dropout, biases_init=biases,
            theano_seed=kwargs.get('theano_seed'), name='stack')
        self.output = Linear(dim, n_symbols, biases_init=Constant(0),
                             name='output')
        super().__init__(children=[self.lookup, self.stack, self.output],
                         **kwargs)

    @property
    def state_dims(self):
        """The size of each state by name."""
        return OrderedDict((name, self.stack.get_dim(name))
                           for name in self.stack.state_names)

    @application
    def unroll(self, characters, mask=None, train=False, **states):
        """Score the next character at each step.

        Parameters
        ----------
        characters : :class:`~theano.tensor.TensorVariable`
            (time, rows), int64.
        mask : :class:`~theano.tensor.TensorVariable`, optional
            (time, rows).
        train : bool, optional
            Whether to apply dropout.
        **states
            (rows, dim) each, the initial states.

        Returns
        -------
        energies : :class:`~theano.tensor.TensorVariable`
            (time, rows, n_symbols), logarithms of unnormalised
            probabilities.
        *states : :class:`~theano.tensor.TensorVariable`
            (rows, dim) each, the final states.

        """
        outputs, *ends = self.stack.unroll(
            self.lookup.apply(characters), mask=mask, train=train, **states)
        if train and self.dropout:
            outputs *= dropout_mask(self.theano_rng, outputs.shape,
                                    self.dropout, outputs.dtype)
        return [self.output.apply(outputs), *ends]

    @unroll.property('outputs')
    def unroll_outputs(self):
        """Return 'energies' and the names of the states."""
        return ['energies', *self.stack.state_names]


class CarriedStates:
    """States carried from one window of the text to the next.

    Parameters
    ----------
    model : :class:`CharacterModel`
    n_rows : int

    """

    def __init__(self, model, n_rows):
        self.model = model
        self.shared = OrderedDict(
            (name, shared_floatx(numpy.zeros((n_rows, dim)), name=name))
            for name, dim in model.state_dims.items())

    def unroll(self, characters, mask, begins, train=False):
        """Continue each row from its carried state, or start a new text.

        Parameters
        ----------
        characters, mask, train
            See :meth:`CharacterModel.unroll`.
        begins : :class:`~theano.tensor.TensorVariable`
            (rows,), 1 for a row that starts from the learned initial states.

        Returns
        -------
        energies : :class:`~theano.tensor.TensorVariable`
            (time, rows, n_symbols).
        updates : list of tuple
            Updates that set the states to those after this window.

        """
        first = self.model.stack.initial_states(characters.shape[1],
                                                as_list=True)
        states = {
            name: tensor.switch(begins[:, None], beginning, carried)
            for (name, carried), beginning in zip(self.shared.items(), first)}
        energies, *ends = self.model.unroll(characters, mask, train=train,
                                            **states)
        return energies, list(zip(self.shared.values(), ends))


def variables():
    """Return the inputs of the graph, named like the sources."""
    return (tensor.lmatrix('characters'), tensor.matrix('characters_mask'),
            tensor.lmatrix('targets'), tensor.vector('begins'))


def costs_of(model, n_rows, train=False, weight_dropout=0., seed=None):
    """Return the cost of a window with carried states.

    Parameters
    ----------
    model : :class:`CharacterModel`
    n_rows : int
    train : bool, optional
        Whether to apply dropout.
    weight_dropout : float, optional
        Dropout rate of the recurrent weights, with a new mask for each
        window (Merity, Keskar and Socher, *Regularizing and optimizing LSTM
        language models*, ICLR 2018, section 2). Since weights rather than
        states are dropped, the fused kernel still applies.
    seed : int, optional
        The seed of the weight dropout.

    Returns
    -------
    cost : :class:`~theano.tensor.TensorVariable`
        The mean cross-entropy of a character, in nats.
    bits : :class:`~theano.tensor.TensorVariable`
        The same in bits, for monitoring: the mean is over all characters of
        all windows.
    updates : list of tuple
        The updates of the states, to apply after each window.

    """
    characters, mask, targets, begins = variables()
    energies, updates = CarriedStates(model, n_rows).unroll(
        characters, mask, begins, train=train)
    total = SequenceCategoricalCrossEntropy(
        from_logits=True, aggregation='sum').apply(targets, energies, mask)
    weights = VariableFilter(roles=[WEIGHT])([
        parameter for layer in model.stack.layers for direction in layer
        for parameter in direction.transition.parameters])
    if weight_dropout and weights:
        total, *ends = apply_dropout(
            ComputationGraph([total, *(end for _, end in updates)]),
            weights, weight_dropout, seed=seed).outputs
        updates = [(state, end) for (state, _), end in zip(updates, ends)]
    cost = (total / tensor.maximum(mask.sum(), 1)).copy(name='cost')
    bits = in_bits(cost).copy(name='bits')
    bits.tag.aggregation_scheme = Mean(in_bits(total), mask.sum())
    return cost, bits, updates


def in_bits(nats):
    """Convert nats to bits."""
    return nats / numpy.log(2).astype(theano.config.floatX)


def energies_of(model):
    """Return a graph that contains all of a network's parameters."""
    characters, mask, _, begins = variables()
    return CarriedStates(model, 1).unroll(characters, mask, begins)[0]


def run_through(model, texts, outputs_of, length=LONG):
    """Read texts from their beginnings and collect the outputs.

    Parameters
    ----------
    model : :class:`CharacterModel`
    texts : list of :class:`numpy.ndarray` of int
        (length,) each.
    outputs_of : callable
        Computes a variable (time, rows, ...) from the energies, the targets
        and a list of the states after the window.
    length : int, optional
        Time steps of a window.

    Returns
    -------
    list of :class:`numpy.ndarray`
        (length, ...) for each text.

    """
    characters, mask, targets, begins = variables()
    energies, updates = CarriedStates(model, len(texts)).unroll(
        characters, mask, begins)
    run = theano.function(
        [characters, mask, targets, begins],
        outputs_of(energies, targets, [after for _, after in updates]),
        updates=updates, on_unused_input='ignore')
    outputs = numpy.concatenate(
        [run(*window) for window in
         Windows(texts, length).stream().get_epoch_iterator()])
    return [outputs[:len(text), row] for row, text in enumerate(texts)]


def bits_per_character(model, texts):
    """Return the cost of each character of texts in bits.

    Parameters
    ----------
    model : :class:`CharacterModel`
    texts : list of :class:`numpy.ndarray` of int

    Returns
    -------
    list of :class:`numpy.ndarray`
        (length,) for each text, in bits.

    """
    cost = SequenceCategoricalCrossEntropy(from_logits=True)
    return run_through(
        model, texts, lambda energies, targets, _: in_bits(
            cost.cost_matrix(targets, energies)))


def cells_over(model, text):
    """Return the top layer's cells over a text, or its states without cells.

    Parameters
    ----------
    model : :class:`CharacterModel`
    text : :class:`numpy.ndarray` of int
        (length,).

    Returns
    -------
    :class:`numpy.ndarray`
        (length, dim): the squashed cells, -1 to 1, after reading each
        character.

    """
    def cells(energies, targets, states):
        top, = model.stack.layers[-1]
        found, = VariableFilter(
            applications=[top.transition.apply], roles=[OUTPUT],
            name=top.transition.apply.states[-1])(
                ComputationGraph([energies] + states))
        return tensor.tanh(found)
    # The cells at a step have read the character before the target.
    return run_through(model, [numpy.append(text, text[-1:])], cells)[0][1:]


def next_character_of(model):
    """Return the inputs and outputs of the network to export.

    Parameters
    ----------
    model : :class:`CharacterModel`

    Returns
    -------
    inputs : list of :class:`~theano.tensor.TensorVariable`
        The numbers of characters and the states under their names; if
        ``begins`` is 1, the learned initial states replace them.
    outputs : list of :class:`~theano.tensor.TensorVariable`
        The probabilities of the next character, and the new states.

    """
    characters, _, _, begins = variables()
    states = OrderedDict((name, tensor.matrix(name))
                         for name in model.state_dims)
    first = model.stack.initial_states(characters.shape[1], as_list=True)
    energies, *ends = model.unroll(characters, **{
        name: tensor.switch(begins[:, None], beginning, state)
        for (name, state), beginning in zip(states.items(), first)})
    probabilities = NDimensionalSoftmax().apply(energies, extra_ndim=1)
    return ([characters, begins, *states.values()],
            [probabilities.copy('probabilities'),
             *(end.copy('next_' + name) for name, end in zip(states, ends))])
