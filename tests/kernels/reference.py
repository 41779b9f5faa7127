"""The LSTM as a loop in NumPy, one sequence without padding at a time."""
import numpy

from blocks_rnn_bricks.gates import GATES


def sigmoid(x):
    return 1 / (1 + numpy.exp(-x))


def lstm(inputs, W_state, state, cell, peepholes=None):
    """Iterate over one sequence of projected inputs.

    Parameters
    ----------
    inputs : numpy.ndarray, shape (T, 4 * dim)
    W_state : numpy.ndarray, shape (dim, 4 * dim)
    state, cell : numpy.ndarray, shape (dim,)
    peepholes : numpy.ndarray, shape (3, dim), optional

    Returns
    -------
    list of tuple
        The state and cell after each step.

    """
    to_j, to_f, to_o = numpy.zeros(3) if peepholes is None else peepholes
    steps = []
    for x in inputs:
        z = dict(zip(GATES, numpy.split(x + state.dot(W_state), 4)))
        i = numpy.tanh(z['i'])
        j = sigmoid(z['j'] + to_j * cell)
        f = sigmoid(z['f'] + to_f * cell)
        cell = f * cell + i * j
        o = sigmoid(z['o'] + to_o * cell)
        state = numpy.tanh(cell) * o
        steps.append((state, cell))
    return steps


def masked_lstm(inputs, mask, W_state, states, cells, peepholes=None,
                reverse=False, carry=True):
    """Iterate over the valid steps of a batch and put back the padding.

    Parameters
    ----------
    inputs : numpy.ndarray, shape (T, B, 4 * dim)
    mask : numpy.ndarray, shape (T, B)
    W_state, peepholes
        As for :func:`lstm`.
    states, cells : numpy.ndarray, shape (B, dim)
    reverse : bool
        Whether to go backward in time.
    carry : bool
        Whether padding shows the step before it, or zero.

    Returns
    -------
    numpy.ndarray, shape (2, T, B, dim)
        States and cells at the time step of their input.

    """
    outputs = numpy.zeros((2,) + mask.shape + states.shape[1:])
    order = slice(None, None, -1 if reverse else 1)
    for row in range(mask.shape[1]):
        valid = mask[order, row] == 1
        steps = iter(lstm(inputs[order, row][valid], W_state, states[row],
                          cells[row], peepholes))
        last = states[row], cells[row]
        for time, there in zip(range(len(mask))[order], valid):
            last = next(steps) if there else last
            if there or carry:
                outputs[:, time, row] = last
    return outputs
