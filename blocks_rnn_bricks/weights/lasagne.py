"""Weights of Lasagne's LSTMLayer."""
from typing import TYPE_CHECKING, Dict

import numpy

from blocks_rnn_bricks.deprecation import renamed_argument
from blocks_rnn_bricks.gates import GATES
from blocks_rnn_bricks.settings import check_mapping, check_string
from blocks_rnn_bricks.weights.forms import (
    as_numbers,
    check_weights,
    make_weights,
    refuse_gru,
    refuse_projection,
)
from blocks_rnn_bricks.weights.kinds import PEEPHOLES, DirectionWeights

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

#: Lasagne's names of the gates by the lecture's symbols.
NAMES = {'i': 'cell', 'j': 'ingate', 'f': 'forgetgate', 'o': 'outgate'}

#: Our peepholes by the lecture's symbols.
_PEEPHOLES = dict(zip('jfo', PEEPHOLES))
_MATRICES = {'W_input': 'W_in_to_{}', 'W_state': 'W_hid_to_{}', 'b': 'b_{}'}
_INITIAL = {'hid_init': 'initial_state', 'cell_init': 'initial_cells'}


def from_lasagne(parameters: Dict[str, 'ArrayLike'],
                 prefix: str = '') -> DirectionWeights:
    """Convert the parameters of one ``LSTMLayer`` of Lasagne to a direction.

    Parameters
    ----------
    parameters : dict of str to array-like
        Parameters by name: ``W_in_to_ingate``, ``W_hid_to_ingate``,
        ``b_ingate`` and so on for the gates ``ingate``, ``forgetgate``,
        ``cell`` and ``outgate``; with peepholes ``W_cell_to_ingate``,
        ``W_cell_to_forgetgate`` and ``W_cell_to_outgate``; ``hid_init`` and
        ``cell_init`` (1, units) if present. Make it with ``{p.name:
        p.get_value() for p in layer.get_params()}``.
    prefix : str, optional
        Prefix of the names of this layer, for example ``'lstm.'``. Other names
        are ignored.

    Returns
    -------
    dict of str to numpy.ndarray
        Weights of a direction. Two of them, the second from a layer with
        ``backwards=True``, make a bidirectional layer.

    Raises
    ------
    ValueError
        If a name is missing or unknown, or a shape is wrong.

    """
    check_mapping('from_lasagne', 'parameters', parameters,
                  '{p.name: p.get_value() for p in layer.get_params()}')
    check_string('from_lasagne', 'prefix', prefix)
    arrays = {name[len(prefix):]: as_numbers('from_lasagne', name, array)
              for name, array in parameters.items()
              if name.startswith(prefix)}

    def take(name):
        if name not in arrays:
            raise ValueError("from_lasagne: '{}' is missing".format(
                prefix + name))
        return arrays.pop(name)
    blocks = {key: {name.format(NAMES[gate]): take(name.format(NAMES[gate]))
                    for gate in GATES}
              for key, name in _MATRICES.items()}
    inputs = blocks['W_input']['W_in_to_cell'].shape[:1]
    dim = blocks['b']['b_cell'].size
    weights = {}
    for key, shape in [('W_input', inputs + (dim,)), ('W_state', (dim, dim)),
                       ('b', (dim,))]:
        for name, block in blocks[key].items():
            if block.shape != shape:
                raise ValueError("from_lasagne: '{}' must have shape {} to "
                                 "match 'W_in_to_cell' and 'b_cell', got {}"
                                 .format(prefix + name, shape, block.shape))
        weights[key] = numpy.concatenate(list(blocks[key].values()), axis=-1)
    for gate, key in _PEEPHOLES.items():
        name = 'W_cell_to_' + NAMES[gate]
        if name in arrays:
            weights[key] = arrays.pop(name)
    for name, key in _INITIAL.items():
        if name in arrays:
            array = arrays.pop(name)
            if array.shape != (1, dim):
                raise ValueError("from_lasagne: '{}' must have shape {}, one "
                                 "for all sequences, got {}".format(
                                     prefix + name, (1, dim), array.shape))
            weights[key] = array[0]
    if arrays:
        raise ValueError("from_lasagne: '{}' does not belong to an LSTMLayer; "
                         "pass the prefix of the layer's names".format(
                             prefix + min(arrays)))
    return make_weights('from_lasagne', **weights)


@renamed_argument('run', 'weights')
def to_lasagne(weights: DirectionWeights,
               prefix: str = '') -> Dict[str, numpy.ndarray]:
    """Convert a direction to the parameters of Lasagne's ``LSTMLayer``.

    Parameters
    ----------
    weights : dict of str to numpy.ndarray
    prefix : str, optional
        Prefix of each name.

    Returns
    -------
    dict of str to numpy.ndarray
        In the form that :func:`from_lasagne` takes. Without peepholes in
        `weights`, create the layer with ``peepholes=False``.

    Raises
    ------
    ValueError
        If a key is missing or unknown, a shape is wrong, or the weights are of
        a GRU or an LSTM with projected states.

    """
    check_string('to_lasagne', 'prefix', prefix)
    weights = check_weights('to_lasagne', weights)
    refuse_gru('to_lasagne', weights)
    refuse_projection('to_lasagne', weights,
                      "Lasagne's LSTMLayer has no projected states")
    parameters = {}
    for key, name in _MATRICES.items():
        for gate, block in zip(GATES, numpy.split(weights[key], len(GATES),
                                                  axis=-1)):
            parameters[prefix + name.format(NAMES[gate])] = (
                numpy.ascontiguousarray(block))
    for gate, key in _PEEPHOLES.items():
        if key in weights:
            parameters[prefix + 'W_cell_to_' + NAMES[gate]] = weights[key]
    for name, key in _INITIAL.items():
        parameters[prefix + name] = weights[key][None]
    return parameters
