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

and :math:`\bar W = \sum_t h_{t-1}^T \bar z_t`, added up while the
:math:`\bar z_t` of some steps are in the cache. Where nobody else asks for
them they go no further, which saves memory and the time to write to it
(measured: 0.05 to 0.1 of the backward pass).

Arrays of *packed steps* have one row for each valid step in the order of
:mod:`.plan`. A layer that projects its inputs has
:math:`z_t = [h_{t-1}, x_t, 1] W` with the weights of the recurrence, of the
inputs and the bias on top of each other: one product in place of three, and
one for their gradients (measured: a tenth less time for a training step).

"""
from typing import NamedTuple

import numpy

from ..gates import GATES
from .activations import sigmoid, tanh
from .buffers import buffers
from .compiled import compiled
from .product import (BLOCK, multiply_add, multiply_add_transposed, pack,
                      pack_transposed, scratch_for)

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
    weights : list of numpy.ndarray, shape (any, 4 * dim)
        The recurrent weights, and those of the inputs and the bias if the
        layer projects them; K rows in all.
    initial_states, initial_cells : numpy.ndarray, shape (B, dim)
    peepholes : numpy.ndarray, shape (3, dim) or (0, dim)
        The peepholes of the gates j, f and o; none with no row.
    states, cells : numpy.ndarray, shape (T * B, dim)
        The outputs, written where the share says.

    """
    keep = tape is not None
    panels = pack(*weights)
    if not keep:
        dim = states.shape[1]
        tape = Tape(*(numpy.empty((len(share.rows), width), dtype=x.dtype)
                      for width in (4 * dim, panels.shape[1], dim)))
    _forward(*share, stride, keep, *tape, x, panels, initial_states,
             initial_cells, peepholes, states, cells, scratch_for(x))


@compiled
def _forward(rows, counts, offsets, reads, writes, copies, starts, leads,
             stride, keep, gates, operands, before_cells, x, weights,
             initial_states, initial_cells, peepholes, states, cells,
             scratch):
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
        multiply_add(operands, begin, counts[step], weights, gates, begin,
                     scratch)
        for r in range(counts[step]):
            at = writes[offsets[step] + r]
            _activate(begin + r, gates, before_cells, peepholes, at, states,
                      cells)
            if r < running:
                for k in range(dim):
                    operands[following + r, k] = states[at, k]
                    before_cells[following + r, k] = cells[at, k]
            for copy in range(1, copies[offsets[step] + r]):
                for k in range(dim):
                    states[at + copy * stride, k] = states[at, k]
                    cells[at + copy * stride, k] = cells[at, k]


# The functions for one row take whole arrays and the number of the row. A
# view of a row would be counted as a reference to its array, and threads
# would wait for each other to count (measured, in one thread: a quarter of
# the time of the gates).

@compiled
def _activate(row, gates, before_cells, peepholes, at, states, cells):
    """Turn the sums z of a row into gates, and compute state and cell."""
    dim = cells.shape[1]
    i, j, f, o = _I * dim, _J * dim, _F * dim, _O * dim
    peeping = len(peepholes) > 0
    if peeping:
        for k in range(dim):
            gates[row, j + k] += peepholes[0, k] * before_cells[row, k]
            gates[row, f + k] += peepholes[1, k] * before_cells[row, k]
    for k in range(dim):
        block_input = tanh(gates[row, i + k])
        input_gate = sigmoid(gates[row, j + k])
        forget_gate = sigmoid(gates[row, f + k])
        cells[at, k] = (forget_gate * before_cells[row, k] +
                        block_input * input_gate)
        gates[row, i + k] = block_input
        gates[row, j + k] = input_gate
        gates[row, f + k] = forget_gate
    if peeping:
        for k in range(dim):
            gates[row, o + k] += peepholes[2, k] * cells[at, k]
    for k in range(dim):
        output_gate = sigmoid(gates[row, o + k])
        states[at, k] = tanh(cells[at, k]) * output_gate
        gates[row, o + k] = output_gate


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
    d_z : numpy.ndarray, shape (N, 4 * dim), or None
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
    d_weights = buffers.zeros((tape.operands.shape[1], W_state.shape[1]),
                              W_state.dtype)
    d_peepholes = numpy.zeros_like(peepholes)
    carried_states, carried_cells = numpy.zeros(
        (2, len(share.rows), len(W_state)), dtype=W_state.dtype)
    keep = d_z is not None
    if not keep:
        d_z = buffers.empty((max(BLOCK, len(share.rows)), W_state.shape[1]),
                            W_state.dtype)
    _backward(*share, stride, keep, *tape, pack_transposed(W_state),
              peepholes, d_states, d_cells, d_z, carried_states,
              carried_cells, d_initial_states, d_initial_cells, d_weights,
              d_peepholes, scratch_for(W_state))
    return d_weights, d_peepholes


@compiled
def _backward(rows, counts, offsets, reads, writes, copies, starts, leads,
              stride, keep, gates, operands, before_cells,
              W_state_transposed, peepholes, d_states, d_cells, d_z,
              carried_states, carried_cells, d_initial_states,
              d_initial_cells, d_weights, d_peepholes, scratch):
    # The packed steps from that at hand to `end` are those that the gradient
    # of the weights does not have yet. Without a d_z to keep, these are all
    # that it holds, at its end.
    end = offsets[len(counts)]
    for step in range(len(counts) - 1, -1, -1):
        begin = offsets[step]
        shift = 0 if keep else len(d_z) - end
        for r in range(counts[step]):
            _gather(d_states, writes[begin + r], copies[begin + r], stride,
                    carried_states, r)
            _gather(d_cells, writes[begin + r], copies[begin + r], stride,
                    carried_cells, r)
            _differentiate(begin + r, gates, before_cells, peepholes, r,
                           carried_states, carried_cells, begin + shift + r,
                           d_z, d_peepholes)
        multiply_add(d_z, begin + shift, counts[step], W_state_transposed,
                     carried_states, 0, scratch)
        if step == 0 or end - offsets[step - 1] > BLOCK:
            for first in range(begin, end, BLOCK):
                multiply_add_transposed(
                    operands, first, min(BLOCK, end - first), d_z,
                    first + shift, d_weights, scratch)
            end = begin
    for r in range(len(rows)):
        _gather(d_states, starts[r], leads[r], stride, carried_states, r)
        _gather(d_cells, starts[r], leads[r], stride, carried_cells, r)
        for k in range(before_cells.shape[1]):
            d_initial_states[rows[r], k] = carried_states[r, k]
            d_initial_cells[rows[r], k] = carried_cells[r, k]


@compiled
def _gather(gradients, start, copies, stride, totals, r):
    """Add up the gradients of all outputs that show the same state."""
    if len(gradients):
        for copy in range(copies):
            at = start + copy * stride
            for k in range(totals.shape[1]):
                totals[r, k] += gradients[at, k]


@compiled
def _differentiate(row, gates, before_cells, peepholes, r, carried_states,
                   carried_cells, at, d_z, d_peepholes):
    """Go backward through one row.

    The gradient with respect to its cell becomes that with respect to the
    cell before, the one with respect to its state becomes zero.

    """
    dim = before_cells.shape[1]
    i, j, f, o = _I * dim, _J * dim, _F * dim, _O * dim
    peeping = len(peepholes) > 0
    for k in range(dim):
        output_gate = gates[row, o + k]
        t = tanh(gates[row, f + k] * before_cells[row, k] +
                 gates[row, i + k] * gates[row, j + k])
        d_state = carried_states[r, k]
        d_z[at, o + k] = d_state * t * (output_gate -
                                        output_gate * output_gate)
        carried_cells[r, k] += d_state * (output_gate - output_gate * t * t)
        carried_states[r, k] = 0
    if peeping:
        for k in range(dim):
            cell = (gates[row, f + k] * before_cells[row, k] +
                    gates[row, i + k] * gates[row, j + k])
            carried_cells[r, k] += peepholes[2, k] * d_z[at, o + k]
            d_peepholes[2, k] += cell * d_z[at, o + k]
    for k in range(dim):
        block_input = gates[row, i + k]
        input_gate = gates[row, j + k]
        forget_gate = gates[row, f + k]
        d_cell = carried_cells[r, k]
        d_z[at, i + k] = d_cell * (input_gate -
                                   input_gate * block_input * block_input)
        d_z[at, j + k] = d_cell * block_input * (
            input_gate - input_gate * input_gate)
        d_z[at, f + k] = d_cell * before_cells[row, k] * (
            forget_gate - forget_gate * forget_gate)
        carried_cells[r, k] = d_cell * forget_gate
    if peeping:
        for k in range(dim):
            d_input_gate = d_z[at, j + k]
            d_forget_gate = d_z[at, f + k]
            carried_cells[r, k] += (peepholes[0, k] * d_input_gate +
                                    peepholes[1, k] * d_forget_gate)
            d_peepholes[0, k] += before_cells[row, k] * d_input_gate
            d_peepholes[1, k] += before_cells[row, k] * d_forget_gate


def input_gradient(share, d_z, W_input, d_x):
    """Compute the gradient with respect to the inputs of a share.

    Parameters
    ----------
    share : :class:`.plan.Share`
    d_z : numpy.ndarray, shape (N, 4 * dim)
        From :func:`backward`.
    W_input : numpy.ndarray, shape (F, 4 * dim)
        The projection.
    d_x : numpy.ndarray, shape (T * B, F)
        The output, written where the share reads.

    """
    block = numpy.empty((BLOCK, len(W_input)), dtype=d_z.dtype)
    _input_gradient(share.reads, d_z, pack_transposed(W_input), block, d_x,
                    scratch_for(d_z))


@compiled
def _input_gradient(reads, d_z, W_input_transposed, block, d_x, scratch):
    features = d_x.shape[1]
    for first in range(0, len(reads), len(block)):
        count = min(len(block), len(reads) - first)
        for r in range(count):
            for k in range(features):
                block[r, k] = 0
        multiply_add(d_z, first, count, W_input_transposed, block, 0, scratch)
        for r in range(count):
            for k in range(features):
                d_x[reads[first + r], k] = block[r, k]
