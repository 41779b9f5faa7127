"""Weights of Keras' LSTM."""
from blocks_rnn_bricks.gates import GATES
from blocks_rnn_bricks.settings import check_flag
from blocks_rnn_bricks.weights.forms import (
    DIRECTIONS, PEEPHOLES, as_numbers, check_network, make_run, refuse,
    reordered)

#: Keras' i, f, c, o in the lecture's symbols.
ORDER = ('j', 'f', 'i', 'o')

#: Number of arrays: with and without biases, one direction and both.
_COUNTS = {2: (1, False), 3: (1, True), 4: (2, False), 6: (2, True)}


def from_keras(weights):
    """The layer in the weights of one LSTM layer of Keras.

    Parameters
    ----------
    weights : sequence of array-like
        What ``get_weights()`` of the layer returns: kernel, recurrent
        kernel and, if there are biases, bias; for ``Bidirectional`` those
        of the forward and then those of the backward layer.

    Returns
    -------
    dict of str to dict
        A layer. A stack is the list of its layers.

    Raises
    ------
    ValueError
        If the number of arrays or a shape is wrong.

    Notes
    -----
    ``unit_forget_bias`` is how Keras initializes biases; the array holds
    its result. The equations are the same if Keras' layer has
    ``recurrent_activation='sigmoid'``, the default since Keras 2.3, not
    ``'hard_sigmoid'``.

    """
    if not isinstance(weights, (list, tuple)):
        raise TypeError('from_keras: weights must be a list of arrays, as '
                        'get_weights() of a layer returns it, got {}'.format(
                            type(weights).__name__))
    arrays = [as_numbers('from_keras', 'array {}'.format(number), array)
              for number, array in enumerate(weights)]
    if len(arrays) not in _COUNTS:
        raise ValueError('from_keras: expected the 2 or 3 arrays of an LSTM '
                         'layer (kernel, recurrent kernel, bias) or twice as '
                         'many of Bidirectional, got {}'.format(len(arrays)))
    directions, _ = _COUNTS[len(arrays)]
    size = len(arrays) // directions
    return {direction: _run('from_keras, {}'.format(direction),
                            *arrays[number * size:(number + 1) * size])
            for number, direction in enumerate(DIRECTIONS[:directions])}


def to_keras(layer, use_bias=True, drop_initial_states=False):
    """The weights of one layer for ``set_weights()`` of Keras' LSTM.

    Parameters
    ----------
    layer : dict of str to dict
    use_bias : bool, optional
        Whether Keras' layer has biases, as by default.
    drop_initial_states : bool, optional
        Leave the initial states out, which are no part of Keras' layer. By
        default only zeros are left out.

    Returns
    -------
    list of numpy.ndarray
        As :func:`from_keras` takes them.

    Raises
    ------
    ValueError
        If there is something that Keras' layer does not have: peepholes,
        initial states, biases with ``use_bias=False``; or a shape is wrong.

    """
    check_flag('to_keras', 'use_bias', use_bias)
    check_flag('to_keras', 'drop_initial_states', drop_initial_states)
    arrays = []
    for direction, run in check_network('to_keras', [layer])[0].items():
        who = 'to_keras, {}'.format(direction)
        refuse(who, run, PEEPHOLES, "Keras' LSTM has no peepholes")
        if not drop_initial_states:
            refuse(who, run, ('initial_state', 'initial_cells'),
                   'give drop_initial_states=True and pass them to each call '
                   'as initial_state')
        keys = ['W_input', 'W_state', 'b']
        if not use_bias:
            refuse(who, run, ('b',), 'give use_bias=True')
            keys.remove('b')
        arrays += [reordered(run[key], GATES, to=ORDER) for key in keys]
    return arrays


def _run(who, kernel, recurrent_kernel, bias=None):
    for name, array in [('kernel', kernel), ('recurrent kernel',
                                             recurrent_kernel)]:
        if array.ndim != 2 or array.shape[1] % len(ORDER):
            raise ValueError('{}: {} must be of shape (features, 4*units), '
                             'got {}'.format(who, name, array.shape))
    if bias is not None:
        if bias.shape != recurrent_kernel.shape[1:]:
            raise ValueError('{}: bias must be of shape (4*units,) = {}, got '
                             '{}'.format(who, recurrent_kernel.shape[1:],
                                         bias.shape))
        bias = reordered(bias, ORDER)
    return make_run(who, W_input=reordered(kernel, ORDER),
                    W_state=reordered(recurrent_kernel, ORDER), b=bias)
