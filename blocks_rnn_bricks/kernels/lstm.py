r"""The LSTM over the valid steps of a batch, forward and backward.

In the symbols of :mod:`blocks_rnn_bricks.gates`, with
:math:`z_t = x_t + h_{t-1} W` the sum of (projected) input and recurrence,
and :math:`p` the peepholes of Graves (2013), zero for a plain LSTM:

.. math::

   i_t &= \tanh(z^i_t) \\
   j_t &= \sigma(z^j_t + p^j c_{t-1}) \\
   f_t &= \sigma(z^f_t + p^f c_{t-1}) \\
   c_t &= f_t c_{t-1} + i_t j_t \\
   o_t &= \sigma(z^o_t + p^o c_t) \\
   h_t &= \tanh(c_t) o_t

Backward, with a bar for the gradient of the cost and
:math:`\bar h_t, \bar c_t` the sums of what comes from outside and from step
:math:`t + 1`:

.. math::

   \bar z^o_t &= \bar h_t \tanh(c_t) o_t (1 - o_t) \\
   \bar c_t &\leftarrow \bar c_t + \bar h_t o_t (1 - \tanh^2 c_t)
       + p^o \bar z^o_t \\
   \bar z^i_t &= \bar c_t j_t (1 - i_t^2) \\
   \bar z^j_t &= \bar c_t i_t j_t (1 - j_t) \\
   \bar z^f_t &= \bar c_t c_{t-1} f_t (1 - f_t) \\
   \bar c_{t-1} &= \bar c_t f_t + p^j \bar z^j_t + p^f \bar z^f_t \\
   \bar h_{t-1} &= \bar z_t W^T

and :math:`\bar W = \sum_t h_{t-1}^T \bar z_t`, one product over all packed
steps.

Arrays of *packed steps* have one row for each valid step in the order of
:mod:`.plan`. A layer that projects its inputs has
:math:`z_t = [h_{t-1}, x_t, 1] W` with the weights of the recurrence, of the
inputs and the bias on top of each other: one product in place of three, and
one for their gradients.

"""
from typing import NamedTuple

import numpy

from ..gates import GATES
from .activations import sigmoid, tanh
from .compiled import compiled
from .product import multiply_add, pack

_I, _J, _F, _O = (GATES.index(gate) for gate in 'ijfo')


class Tape(NamedTuple):
    """What the forward pass keeps for the backward pass.

    Attributes
    ----------
    gates : numpy.ndarray, shape (N, 4 * dim)
        The activated gates of the packed steps.
    operands : numpy.ndarray, shape (N, K)
        The states *before* the packed steps, followed by their inputs and
        a one if the layer projects them.
    cells : numpy.ndarray, shape (N, dim)
        The cells before the packed steps.

    """

    gates: numpy.ndarray
    operands: numpy.ndarray
    cells: numpy.ndarray


def tape_size(steps, dim, features=None):
    """Return the number of elements of a tape.

    Parameters
    ----------
    steps : int
        The number of packed steps.
    dim : int
    features : int, optional
        The number of features of the inputs if the layer projects them.

    Returns
    -------
    int

    """
    return steps * sum(_widths(dim, features))


def _widths(dim, features):
    return 4 * dim, dim if features is None else dim + features + 1, dim


def tapes(buffer, plan, dim, features=None):
    """Cut one vector into the tapes of the shares of a plan.

    Parameters
    ----------
    buffer : numpy.ndarray, shape (tape_size(plan.size, dim, features),)
    plan : :class:`.plan.Plan`
    dim, features
        As for :func:`tape_size`.

    Returns
    -------
    list of :class:`Tape`

    """
    cut = []
    begin = 0
    for share in plan.shares:
        parts = []
        for width in _widths(dim, features):
            end = begin + share.size * width
            parts.append(buffer[begin:end].reshape(share.size, width))
            begin = end
        cut.append(Tape(*parts))
    return cut


def forward(share, stride, tape, x, weights, initial_states, initial_cells,
            peepholes, states, cells):
    """Compute the states and cells of the rows of a share.

    Parameters
    ----------
    share : :class:`.plan.Share`
    stride : int
        See :class:`.plan.Plan`.
    tape : :class:`Tape` or None
        All of it is overwritten. Without it, nothing is kept.
    x : numpy.ndarray, shape (T * B, F)
        The inputs, projected or not.
    weights : numpy.ndarray, shape (K, 4 * dim)
        The recurrent weights, followed by those of the inputs and the bias
        if the layer projects them.
    initial_states, initial_cells : numpy.ndarray, shape (B, dim)
    peepholes : numpy.ndarray, shape (3, dim) or (0, dim)
        The peepholes of the gates j, f and o; none with no row.
    states, cells : numpy.ndarray, shape (T * B, dim)
        The outputs, written where the share says.

    """
    keep = tape is not None
    if not keep:
        tape = Tape(*(numpy.empty((len(share.rows), width), dtype=x.dtype)
                      for width in (weights.shape[1], weights.shape[0],
                                    states.shape[1])))
    _forward(*share, stride, keep, *tape, x, pack(weights), initial_states,
             initial_cells, peepholes, states, cells)


@compiled
def _forward(rows, counts, offsets, reads, writes, copies, starts, leads,
             stride, keep, gates, operands, before_cells, x, weights,
             initial_states, initial_cells, peepholes, states, cells):
    # Without a tape, every step writes over the one before: it has read a
    # row of operands and cells when it writes that row.
    dim = states.shape[1]
    width = operands.shape[1]
    for r in range(len(rows)):
        if len(counts) and r < counts[0]:
            for k in range(dim):
                operands[r, k] = initial_states[rows[r], k]
                before_cells[r, k] = initial_cells[rows[r], k]
        for copy in range(leads[r]):
            at = starts[r] + copy * stride
            for k in range(dim):
                states[at, k] = initial_states[rows[r], k]
                cells[at, k] = initial_cells[rows[r], k]
    for step in range(len(counts)):
        begin = offsets[step] if keep else 0
        following = offsets[step + 1] if keep else 0
        running = counts[step + 1] if step + 1 < len(counts) else 0
        for r in range(counts[step]):
            read = reads[offsets[step] + r]
            if width > dim:
                for k in range(width - dim - 1):
                    operands[begin + r, dim + k] = x[read, k]
                operands[begin + r, width - 1] = 1
                for k in range(4 * dim):
                    gates[begin + r, k] = 0
            else:
                for k in range(4 * dim):
                    gates[begin + r, k] = x[read, k]
        multiply_add(operands, begin, counts[step], weights, gates, begin)
        for r in range(counts[step]):
            at = writes[offsets[step] + r]
            activate(gates[begin + r], before_cells[begin + r], peepholes,
                     states[at], cells[at])
            if r < running:
                for k in range(dim):
                    operands[following + r, k] = states[at, k]
                    before_cells[following + r, k] = cells[at, k]
            for copy in range(1, copies[offsets[step] + r]):
                for k in range(dim):
                    states[at + copy * stride, k] = states[at, k]
                    cells[at + copy * stride, k] = cells[at, k]


@compiled
def activate(z, before, peepholes, state, cell):
    """Turn the sums of one row into gates, the new state and cell."""
    dim = len(cell)
    i = z[_I * dim:(_I + 1) * dim]
    j = z[_J * dim:(_J + 1) * dim]
    f = z[_F * dim:(_F + 1) * dim]
    o = z[_O * dim:(_O + 1) * dim]
    peeping = len(peepholes) > 0
    if peeping:
        for k in range(dim):
            j[k] += peepholes[0, k] * before[k]
            f[k] += peepholes[1, k] * before[k]
    for k in range(dim):
        i[k] = tanh(i[k])
        j[k] = sigmoid(j[k])
        f[k] = sigmoid(f[k])
        cell[k] = f[k] * before[k] + i[k] * j[k]
    if peeping:
        for k in range(dim):
            o[k] += peepholes[2, k] * cell[k]
    for k in range(dim):
        o[k] = sigmoid(o[k])
        state[k] = tanh(cell[k]) * o[k]


def backward(share, stride, tape, W_state, peepholes, d_states, d_cells,
             d_z, d_initial_states, d_initial_cells):
    """Compute the gradients of the rows of a share.

    Parameters
    ----------
    share, stride, tape, peepholes
        As in :func:`forward`, after it.
    W_state : numpy.ndarray, shape (dim, 4 * dim)
        The recurrent weights.
    d_states, d_cells : numpy.ndarray, shape (T * B, dim) or (0, dim)
        The gradients with respect to the outputs; zero with no row.
    d_z : numpy.ndarray, shape (N, 4 * dim)
        Gets the gradients with respect to the (projected) inputs of the
        packed steps.
    d_initial_states, d_initial_cells : numpy.ndarray, shape (B, dim)
        Get the gradients with respect to the initial states and cells, in
        the rows of this share.

    Returns
    -------
    d_weights : numpy.ndarray, shape (K, 4 * dim)
    d_peepholes : numpy.ndarray, shape of `peepholes`

    """
    d_peepholes = numpy.zeros_like(peepholes)
    _backward(*share, stride, tape.gates, tape.cells,
              pack(numpy.ascontiguousarray(W_state.T)), peepholes, d_states,
              d_cells, d_z, d_initial_states, d_initial_cells, d_peepholes)
    return numpy.matmul(tape.operands.T, d_z), d_peepholes


@compiled
def _backward(rows, counts, offsets, reads, writes, copies, starts, leads,
              stride, gates, before_cells, W_state_transposed, peepholes,
              d_states, d_cells, d_z, d_initial_states, d_initial_cells,
              d_peepholes):
    dim = before_cells.shape[1]
    carried_states = numpy.zeros((len(rows), dim), dtype=gates.dtype)
    carried_cells = numpy.zeros((len(rows), dim), dtype=gates.dtype)
    for step in range(len(counts) - 1, -1, -1):
        for r in range(counts[step]):
            at = offsets[step] + r
            gather(d_states, writes[at], copies[at], stride,
                   carried_states[r])
            gather(d_cells, writes[at], copies[at], stride, carried_cells[r])
            differentiate(gates[at], before_cells[at], peepholes,
                          carried_states[r], carried_cells[r], d_z[at],
                          d_peepholes)
            for k in range(dim):
                carried_states[r, k] = 0
        multiply_add(d_z, offsets[step], counts[step], W_state_transposed,
                     carried_states, 0)
    for r in range(len(rows)):
        gather(d_states, starts[r], leads[r], stride, carried_states[r])
        gather(d_cells, starts[r], leads[r], stride, carried_cells[r])
        for k in range(dim):
            d_initial_states[rows[r], k] = carried_states[r, k]
            d_initial_cells[rows[r], k] = carried_cells[r, k]


@compiled
def gather(gradients, start, copies, stride, total):
    """Add up the gradients of all outputs that show the same state."""
    if len(gradients):
        for copy in range(copies):
            for k in range(len(total)):
                total[k] += gradients[start + copy * stride, k]


@compiled
def differentiate(gates, before, peepholes, d_state, d_cell, d_z,
                  d_peepholes):
    """Backward through one row; `d_cell` becomes that of the step before."""
    dim = len(d_cell)
    i = gates[_I * dim:(_I + 1) * dim]
    j = gates[_J * dim:(_J + 1) * dim]
    f = gates[_F * dim:(_F + 1) * dim]
    o = gates[_O * dim:(_O + 1) * dim]
    d_i = d_z[_I * dim:(_I + 1) * dim]
    d_j = d_z[_J * dim:(_J + 1) * dim]
    d_f = d_z[_F * dim:(_F + 1) * dim]
    d_o = d_z[_O * dim:(_O + 1) * dim]
    peeping = len(peepholes) > 0
    for k in range(dim):
        t = tanh(f[k] * before[k] + i[k] * j[k])
        d_o[k] = d_state[k] * t * (o[k] - o[k] * o[k])
        d_cell[k] += d_state[k] * (o[k] - o[k] * t * t)
    if peeping:
        for k in range(dim):
            cell = f[k] * before[k] + i[k] * j[k]
            d_cell[k] += peepholes[2, k] * d_o[k]
            d_peepholes[2, k] += cell * d_o[k]
    for k in range(dim):
        d_i[k] = d_cell[k] * (j[k] - j[k] * i[k] * i[k])
        d_j[k] = d_cell[k] * i[k] * (j[k] - j[k] * j[k])
        d_f[k] = d_cell[k] * before[k] * (f[k] - f[k] * f[k])
        d_cell[k] *= f[k]
    if peeping:
        for k in range(dim):
            d_cell[k] += (peepholes[0, k] * d_j[k] +
                          peepholes[1, k] * d_f[k])
            d_peepholes[0, k] += before[k] * d_j[k]
            d_peepholes[1, k] += before[k] * d_f[k]
