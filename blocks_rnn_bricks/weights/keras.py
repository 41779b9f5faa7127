"""Weights of Keras' LSTM and GRU."""
from typing import TYPE_CHECKING, List, Optional, Sequence

import numpy

from blocks_rnn_bricks.settings import check_flag
from blocks_rnn_bricks.weights.forms import (
    DIRECTIONS,
    as_numbers,
    check_network,
    kind_of_weights,
    make_weights,
    refuse,
    refuse_projection,
    states_of,
)
from blocks_rnn_bricks.weights.kinds import (
    GRU_KIND,
    LSTM_KIND,
    PEEPHOLES,
    Layer,
    kind_of,
    recurrent_bias,
    reordered,
    sum_of_biases,
)

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

#: Keras' orders i, f, c, o and z, r, h in our symbols.
ORDERS = {LSTM_KIND: ('j', 'f', 'i', 'o'), GRU_KIND: ('z', 'r', 'n')}

#: Number of arrays: with and without biases, one direction and both.
_COUNTS = {2: (1, False), 3: (1, True), 4: (2, False), 6: (2, True)}


def from_keras(weights: Sequence['ArrayLike'],
               reset_after: Optional[bool] = None) -> Layer:
    """Convert the weights of one LSTM or GRU layer of Keras to a layer.

    The shapes distinguish the two: the recurrent kernel is (units, 4*units) in
    an LSTM and (units, 3*units) in a GRU.

    Parameters
    ----------
    weights : sequence of array-like
        The result of the layer's ``get_weights()``: kernel, recurrent kernel
        and, if there are biases, bias; for ``Bidirectional``, those of the
        forward and then those of the backward layer.
    reset_after : bool, optional
        The argument of Keras' GRU layer. It is needed only for a GRU without
        biases; otherwise the shape of the bias determines it.

    Returns
    -------
    dict of str to dict
        A layer. A stack is the list of its layers.

    Raises
    ------
    ValueError
        If the number of arrays or a shape is wrong; if the layer is, or may
        be, a GRU with ``reset_after=False``, whose equations differ from those
        of :class:`~blocks_rnn_bricks.GatedRecurrent`.

    Notes
    -----
    ``unit_forget_bias`` affects only the initial biases; the array already
    includes it. The equations are the same if Keras' layer has
    ``recurrent_activation='sigmoid'``, the default since Keras 2.3, not
    ``'hard_sigmoid'``. ``reset_after=True`` is the default of Keras' GRU since
    TensorFlow 2.0.

    """
    if not isinstance(weights, (list, tuple)):
        raise TypeError('from_keras: weights must be a list of arrays, the '
                        'result of get_weights() of a layer, got {}'.format(
                            type(weights).__name__))
    arrays = [as_numbers('from_keras', 'array {}'.format(number), array)
              for number, array in enumerate(weights)]
    if len(arrays) not in _COUNTS:
        raise ValueError('from_keras: expected the 2 or 3 arrays of an LSTM '
                         'or GRU layer (kernel, recurrent kernel, bias) or '
                         'twice as many for Bidirectional, got {}'.format(
                             len(arrays)))
    directions, _ = _COUNTS[len(arrays)]
    size = len(arrays) // directions
    return {direction: _direction(
                'from_keras, {}'.format(direction), reset_after,
                *arrays[number * size:(number + 1) * size])
            for number, direction in enumerate(DIRECTIONS[:directions])}


def to_keras(layer: Layer, use_bias: bool = True,
             drop_initial_states: bool = False) -> List[numpy.ndarray]:
    """Convert a layer to the weights for Keras' ``set_weights()``.

    Parameters
    ----------
    layer : dict of str to dict
        LSTMs for Keras' ``LSTM``, or GRUs for ``GRU(reset_after=True)``.
    use_bias : bool, optional
        Whether Keras' layer has biases, as by default.
    drop_initial_states : bool, optional
        Omit the initial states, which are not part of Keras' layer. By
        default, they are omitted only if they are zero.

    Returns
    -------
    list of numpy.ndarray
        As :func:`from_keras` takes them.

    Raises
    ------
    ValueError
        If Keras' layer lacks a feature (peepholes, projected states, initial
        states, biases with ``use_bias=False``), or a shape is wrong.

    """
    check_flag('to_keras', 'use_bias', use_bias)
    check_flag('to_keras', 'drop_initial_states', drop_initial_states)
    arrays = []
    for direction, weights in check_network('to_keras', [layer])[0].items():
        who = 'to_keras, {}'.format(direction)
        refuse(who, weights, PEEPHOLES, "Keras' LSTM has no peepholes")
        refuse_projection(who, weights, "Keras' LSTM has no projected states")
        if not drop_initial_states:
            refuse(who, weights, states_of(weights),
                   'pass drop_initial_states=True, and pass them to each call '
                   'as initial_state')
        kind = kind_of_weights(weights)
        wanted = [weights['W_input'], weights['W_state']]
        if not use_bias:
            refuse(who, weights, ('b', 'b_candidate'), 'pass use_bias=True')
        elif kind is GRU_KIND:
            wanted.append(numpy.stack(
                [weights['b'], recurrent_bias(kind, weights)]))
        else:
            wanted.append(weights['b'])
        arrays += [reordered(array, kind.gates, to=ORDERS[kind])
                   for array in wanted]
    return arrays


def _direction(who, reset_after, kernel, recurrent_kernel, bias=None):
    kind = kind_of(who, recurrent_kernel)
    wide = recurrent_kernel.shape[1]
    if kernel.ndim != 2 or kernel.shape[1] != wide:
        raise ValueError('{}: kernel must have shape (features, {}*units) = '
                         '(features, {}), got {}'.format(
                             who, len(kind.gates), wide, kernel.shape))
    if kind is GRU_KIND:
        _check_reset(who, reset_after, bias, wide)
    elif reset_after is not None:
        raise ValueError('{}: reset_after applies to a GRU, but the recurrent '
                         'kernel of shape {} is that of an LSTM; omit '
                         'it'.format(who, recurrent_kernel.shape))
    elif bias is not None and bias.shape != (wide,):
        raise ValueError('{}: bias must have shape (4*units,) = {}, got {}'
                         .format(who, (wide,), bias.shape))

    def ours(array):
        return reordered(array, ORDERS[kind], to=kind.gates)
    weights = {'W_input': ours(kernel), 'W_state': ours(recurrent_kernel)}
    if bias is not None:
        weights.update(sum_of_biases(kind, *ours(bias)) if kind is GRU_KIND
                       else {'b': ours(bias)})
    return make_weights(who, **weights)


def _check_reset(who, reset_after, bias, wide):
    """Raise unless a GRU is known to have reset_after=True."""
    if bias is None:
        if reset_after is None:
            raise ValueError(
                '{}: the shapes of a GRU without biases do not determine '
                'reset_after; pass reset_after=True if that is its value in '
                'Keras'.format(who))
        known = reset_after
    elif bias.shape in ((2, wide), (wide,)):
        known = bias.ndim == 2
        if reset_after not in (None, known):
            raise ValueError(
                '{}: got reset_after={}, but a bias of shape {} is that of a '
                'GRU with reset_after={}; omit it'.format(
                    who, reset_after, bias.shape, known))
    else:
        raise ValueError('{}: bias must have shape (2, 3*units) = {}, got {}'
                         .format(who, (2, wide), bias.shape))
    if not known:
        raise ValueError(
            '{}: this is a GRU with reset_after=False, which applies the '
            'reset gate before the product; GatedRecurrent applies it after '
            'the product, so the results would differ'.format(who))
