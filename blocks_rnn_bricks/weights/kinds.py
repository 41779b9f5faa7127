"""The kinds of weights: LSTM and GRU, with their gates and biases."""
from collections import namedtuple
from typing import Dict

import numpy

from blocks_rnn_bricks.gates import GATES, GRU_GATES

#: The arrays of one direction of a layer.
DirectionWeights = Dict[str, numpy.ndarray]

#: A layer: the arrays of each direction, by its name.
Layer = Dict[str, DirectionWeights]

#: The keys of the peepholes, to the gates j, f and o.
PEEPHOLES = ('W_cell_to_in', 'W_cell_to_forget', 'W_cell_to_out')

#: A kind of weights: its name with an article, its gates, its vectors (dim,)
#: that are zero if not given, and its optional keys.
Kind = namedtuple('Kind', 'name gates vectors optional')

LSTM_KIND = Kind('an LSTM', GATES, ('initial_cells',),
                 PEEPHOLES + ('W_projection',))
GRU_KIND = Kind('a GRU', GRU_GATES, ('b_candidate',), ())


def kind_of(who, W_state, W_projection=None):
    """Distinguish an LSTM from a GRU by the shapes of its recurrent weights.

    Parameters
    ----------
    who : str
        For messages.
    W_state : numpy.ndarray
        (dim, 4*dim) of an LSTM, (proj_dim, 4*dim) of one with projected
        states, (dim, 3*dim) of a GRU.
    W_projection : numpy.ndarray, (dim, proj_dim), optional
        The projection of the states of an LSTM.

    Returns
    -------
    Kind

    Raises
    ------
    ValueError
        If the shapes match neither.

    """
    if W_state.ndim == 2 and W_state.size:
        rows, columns = W_state.shape
        if W_projection is None:
            for kind in (LSTM_KIND, GRU_KIND):
                if columns == len(kind.gates) * rows:
                    return kind
        elif (W_projection.ndim == 2 and
              columns == len(GATES) * len(W_projection)):
            return LSTM_KIND
    raise ValueError(
        '{}: recurrent weights must have shape (dim, 4*dim) for an LSTM, '
        '(dim, 3*dim) for a GRU, or (proj_dim, 4*dim) with a projection of '
        'shape (dim, proj_dim), got {} {}'.format(
            who, W_state.shape, 'and no projection' if W_projection is None
            else f'and a projection of {W_projection.shape}'))


def reordered(array, order, to=GATES):
    """Reorder the gates in the last axis.

    Parameters
    ----------
    array : numpy.ndarray, (..., 4*dim) or (..., 3*dim)
    order, to : sequences of str
        The symbols of :data:`blocks_rnn_bricks.gates.GATES`, or of
        ``GRU_GATES``, in the order in `array` and in the desired order.

    Returns
    -------
    numpy.ndarray, of the shape of `array`

    Examples
    --------
    >>> reordered(numpy.arange(8), 'jfio', to='ijfo')
    array([4, 5, 0, 1, 2, 3, 6, 7])

    """
    blocks = dict(zip(order, numpy.split(array, len(order), axis=-1)))
    return numpy.concatenate([blocks[gate] for gate in to], axis=-1)


def recurrent_bias(kind, weights):
    """Return the bias of the recurrent product.

    It is nonzero only for the candidate.

    """
    bias = numpy.zeros_like(weights['b'])
    if kind is GRU_KIND:
        bias[-len(weights['b_candidate']):] = weights['b_candidate']
    return bias


def sum_of_biases(kind, input_bias, bias):
    """Combine the two biases of each gate, given in our order.

    Returns
    -------
    dict of str to numpy.ndarray
        ``b``, and ``b_candidate`` of a GRU.

    """
    if kind is not GRU_KIND:
        return {'b': input_bias + bias}
    # In the candidate, the reset gate multiplies the second bias.
    split = len(bias) // len(GRU_GATES) * (len(GRU_GATES) - 1)
    return {'b': numpy.concatenate([input_bias[:split] + bias[:split],
                                    input_bias[split:]]),
            'b_candidate': bias[split:]}
