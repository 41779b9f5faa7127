"""The simple recurrent network, the LSTM with peepholes and the GRU."""
from operator import attrgetter

import numpy
from theano import tensor

from ...roles import INITIAL_STATE, WEIGHT
from ...utils import shared_floatx_zeros
from ..arguments import brick, checked
from ..base import application, lazy
from ..interfaces import Initializable
from ..ownership import allocate_parameter, multiple, with_children
from ..simple import Logistic, Tanh
from .base import BaseRecurrent, recurrent


def _masked(mask, new, old):
    """Keep the old values where the mask is zero.

    Parameters
    ----------
    mask : variable or None
        ``(batch,)``, 1 for data and 0 for padding; ``None`` for all ones.
    new, old : variable
        ``(batch, dim)``.

    """
    if mask is None:
        return new
    mask = mask[:, None]
    return mask * new + (1 - mask) * old


def _repeated(initial_state, batch_size):
    """Repeat a vector for every sequence of a batch."""
    return tensor.repeat(initial_state[None, :], batch_size, 0)


class _Units(BaseRecurrent, Initializable):
    """Base class of layers of `dim` units."""

    _dimensions = {'mask': 0, 'inputs': attrgetter('dim'),
                   'states': attrgetter('dim')}


class _GatedUnits(_Units):
    """Units that have gates."""

    @checked(activation=brick, gate_activation=brick)
    @lazy(allocation=['dim'])
    def __init__(self, dim, activation=None, gate_activation=None, **kwargs):
        activations = activation or Tanh(), gate_activation or Logistic()
        self.activation, self.gate_activation = activations
        self.dim = dim
        super().__init__(**with_children(kwargs, *activations))


class SimpleRecurrent(_Units):
    r"""The classic recurrent network.

    .. math:: h_t = \phi(x_t + h_{t-1} W)

    Parameters
    ----------
    dim : int
        The number of units. Needed for allocation.
    activation : :class:`~blocks.bricks.base.Brick`
        The function :math:`\phi`.
    \*\*kwargs
        See :class:`~blocks.bricks.Initializable`.

    """

    @checked('activation', activation=brick)
    @lazy(allocation=['dim'])
    def __init__(self, dim, activation, **kwargs):
        self.dim = dim
        self.activation = activation
        super().__init__(**with_children(kwargs, activation))

    @property
    def W(self):
        """The recurrent weights, ``(dim, dim)``."""
        return self.parameters[0]

    def _allocate(self):
        allocate_parameter(self, 'W', (self.dim, self.dim), WEIGHT)
        allocate_parameter(self, 'initial_state', (self.dim,), INITIAL_STATE,
                           shared_floatx_zeros)

    def _initialize(self):
        self._require_schemes('weights_init')
        self.weights_init.initialize(self.W, self.rng)

    @recurrent(sequences=['inputs', 'mask'], states=['states'],
               outputs=['states'], contexts=[])
    def apply(self, inputs, states, mask=None):
        """Compute one time step.

        Parameters
        ----------
        inputs : :class:`~tensor.TensorVariable`
            ``(batch, dim)``.
        states : :class:`~tensor.TensorVariable`
            The current states, ``(batch, dim)``.
        mask : :class:`~tensor.TensorVariable`, optional
            ``(batch,)``; where it is 0, the states are kept.

        Returns
        -------
        states : :class:`~tensor.TensorVariable`
            The next states, ``(batch, dim)``.

        """
        next_states = self.children[0].apply(
            inputs + tensor.dot(states, self.W))
        return _masked(mask, next_states, states)

    @application(outputs=apply.states)
    def initial_states(self, batch_size, *args, **kwargs):
        """Return the learnt initial state, ``(batch, dim)``."""
        return _repeated(self.parameters[1], batch_size)


class LSTM(_GatedUnits):
    r"""Long short-term memory with peephole connections.

    .. math::

        i_t &= \sigma(x^i_t + h_{t-1} W_i + c_{t-1} \odot p_i) \\
        f_t &= \sigma(x^f_t + h_{t-1} W_f + c_{t-1} \odot p_f) \\
        c_t &= f_t \odot c_{t-1} + i_t \odot \phi(x^c_t + h_{t-1} W_c) \\
        o_t &= \sigma(x^o_t + h_{t-1} W_o + c_t \odot p_o) \\
        h_t &= o_t \odot \phi(c_t)

    Parameters
    ----------
    dim : int
        The number of units. Needed for allocation.
    activation : :class:`~blocks.bricks.base.Brick`, optional
        The function :math:`\phi`, :class:`~blocks.bricks.Tanh` by default.
    gate_activation : :class:`~blocks.bricks.base.Brick`, optional
        The function :math:`\sigma`, :class:`~blocks.bricks.Logistic` by
        default.
    \*\*kwargs
        See :class:`~blocks.bricks.Initializable`.

    Notes
    -----
    The parts of the inputs and of `W_state`, ``(dim, 4 * dim)``, are in the
    order input gate, forget gate, cells, output gate. The peepholes
    :math:`p` are `W_cell_to_in`, `W_cell_to_forget` and `W_cell_to_out`,
    each ``(dim,)``.

    References
    ----------
    F. A. Gers, N. N. Schraudolph and J. Schmidhuber, *Learning precise
    timing with LSTM recurrent networks*, Journal of Machine Learning
    Research 3 (2002), 115-143.

    A. Graves, *Generating sequences with recurrent neural networks*,
    arXiv:1308.0850 (2013), equations 7 to 11.

    S. Hochreiter and J. Schmidhuber, *Long short-term memory*, Neural
    Computation 9 (1997), 1735-1780.

    """

    _dimensions = {'inputs': lambda lstm: 4 * lstm.dim,
                   'cells': attrgetter('dim')}

    def _allocate(self):
        dim = self.dim
        self.W_state = allocate_parameter(
            self, 'W_state', (dim, multiple(4, dim)), WEIGHT)
        for name in ('W_cell_to_in', 'W_cell_to_forget', 'W_cell_to_out'):
            setattr(self, name, allocate_parameter(self, name, (dim,),
                                                   WEIGHT))
        # The underscore avoids confusion with the application's name.
        self.initial_state_ = allocate_parameter(
            self, 'initial_state', (dim,), INITIAL_STATE, shared_floatx_zeros)
        self.initial_cells = allocate_parameter(
            self, 'initial_cells', (dim,), INITIAL_STATE, shared_floatx_zeros)

    def _initialize(self):
        self._require_schemes('weights_init')
        for weights in (self.W_state, self.W_cell_to_in,
                        self.W_cell_to_forget, self.W_cell_to_out):
            self.weights_init.initialize(weights, self.rng)

    @recurrent(sequences=['inputs', 'mask'], states=['states', 'cells'],
               contexts=[], outputs=['states', 'cells'])
    def apply(self, inputs, states, cells, mask=None):
        """Compute one time step.

        Parameters
        ----------
        inputs : :class:`~tensor.TensorVariable`
            ``(batch, 4 * dim)``, in the order input gate, forget gate,
            cells, output gate.
        states : :class:`~tensor.TensorVariable`
            The current states, ``(batch, dim)``.
        cells : :class:`~tensor.TensorVariable`
            The current cells, ``(batch, dim)``.
        mask : :class:`~tensor.TensorVariable`, optional
            ``(batch,)``; where it is 0, states and cells are kept.

        Returns
        -------
        states, cells : :class:`~tensor.TensorVariable`
            The next states and cells, ``(batch, dim)``.

        """
        squash, gate = self.activation.apply, self.gate_activation.apply
        activation = tensor.dot(states, self.W_state) + inputs
        to_in, to_forget, to_cells, to_out = (
            activation[:, part * self.dim:(part + 1) * self.dim]
            for part in range(4))
        in_gate = gate(to_in + cells * self.W_cell_to_in)
        forget_gate = gate(to_forget + cells * self.W_cell_to_forget)
        next_cells = forget_gate * cells + in_gate * squash(to_cells)
        out_gate = gate(to_out + next_cells * self.W_cell_to_out)
        next_states = out_gate * squash(next_cells)
        return (_masked(mask, next_states, states),
                _masked(mask, next_cells, cells))

    @application(outputs=apply.states)
    def initial_states(self, batch_size, *args, **kwargs):
        """Return the learnt initial states and cells, ``(batch, dim)``."""
        return [_repeated(self.initial_state_, batch_size),
                _repeated(self.initial_cells, batch_size)]


class GatedRecurrent(_GatedUnits):
    r"""The gated recurrent unit.

    .. math::

        z_t &= \sigma(x^z_t + h_{t-1} W_z) \\
        r_t &= \sigma(x^r_t + h_{t-1} W_r) \\
        \tilde{h}_t &= \phi(x_t + (r_t \odot h_{t-1}) W) \\
        h_t &= z_t \odot \tilde{h}_t + (1 - z_t) \odot h_{t-1}

    Parameters
    ----------
    dim : int
        The number of units. Needed for allocation.
    activation : :class:`~blocks.bricks.base.Brick`, optional
        The function :math:`\phi`, :class:`~blocks.bricks.Tanh` by default.
    gate_activation : :class:`~blocks.bricks.base.Brick`, optional
        The function :math:`\sigma`, :class:`~blocks.bricks.Logistic` by
        default.
    \*\*kwargs
        See :class:`~blocks.bricks.Initializable`.

    Notes
    -----
    ``state_to_state`` is :math:`W`; ``state_to_gates``, ``(dim, 2 * dim)``,
    is :math:`W_z` (update) followed by :math:`W_r` (reset). The gate inputs
    have the same order.

    References
    ----------
    K. Cho, B. van Merriënboer, Ç. Gülçehre, D. Bahdanau, F. Bougares,
    H. Schwenk and Y. Bengio, *Learning phrase representations using RNN
    encoder-decoder for statistical machine translation*, EMNLP (2014),
    1724-1734.

    """

    _dimensions = {'gate_inputs': lambda gru: 2 * gru.dim}

    @property
    def state_to_state(self):
        """The weights of the candidate states, ``(dim, dim)``."""
        return self.parameters[0]

    @property
    def state_to_gates(self):
        """The weights of the gates, ``(dim, 2 * dim)``."""
        return self.parameters[1]

    def _allocate(self):
        dim = self.dim
        allocate_parameter(self, 'state_to_state', (dim, dim), WEIGHT)
        allocate_parameter(self, 'state_to_gates', (dim, multiple(2, dim)),
                           WEIGHT)
        allocate_parameter(self, 'initial_state', (dim,), INITIAL_STATE,
                           shared_floatx_zeros)

    def _initialize(self):
        self._require_schemes('weights_init')
        self.weights_init.initialize(self.state_to_state, self.rng)
        # Each gate is drawn as a separate matrix, since schemes such as the
        # orthogonal one depend on the shape.
        self.state_to_gates.set_value(numpy.hstack([
            self.weights_init.generate(self.rng, (self.dim, self.dim))
            for _ in ('update', 'reset')]))

    @recurrent(sequences=['mask', 'inputs', 'gate_inputs'],
               states=['states'], outputs=['states'], contexts=[])
    def apply(self, inputs, gate_inputs, states, mask=None):
        """Compute one time step.

        Parameters
        ----------
        inputs : :class:`~tensor.TensorVariable`
            ``(batch, dim)``.
        gate_inputs : :class:`~tensor.TensorVariable`
            ``(batch, 2 * dim)``, for the update and the reset gates.
        states : :class:`~tensor.TensorVariable`
            The current states, ``(batch, dim)``.
        mask : :class:`~tensor.TensorVariable`, optional
            ``(batch,)``; where it is 0, the states are kept.

        Returns
        -------
        states : :class:`~tensor.TensorVariable`
            The next states, ``(batch, dim)``.

        """
        gates = self.gate_activation.apply(
            states.dot(self.state_to_gates) + gate_inputs)
        update, reset = gates[:, :self.dim], gates[:, self.dim:]
        candidates = self.activation.apply(
            (states * reset).dot(self.state_to_state) + inputs)
        next_states = candidates * update + states * (1 - update)
        return _masked(mask, next_states, states)

    @application(outputs=apply.states)
    def initial_states(self, batch_size, *args, **kwargs):
        """Return the learnt initial state, ``(batch, dim)``."""
        return [_repeated(self.parameters[2], batch_size)]
