"""Weights of Lasagne's LSTMLayer."""
from typing import TYPE_CHECKING, Dict

import numpy

from blocks_rnn_bricks.gates import GATES
from blocks_rnn_bricks.settings import check_mapping, check_string
from blocks_rnn_bricks.weights.forms import (
    as_numbers,
    check_run,
    make_run,
    refuse_gru,
    refuse_projection,
)
from blocks_rnn_bricks.weights.kinds import PEEPHOLES, Run

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

#: Lasagne's names of the gates by the lecture's symbols.
NAMES = {'i': 'cell', 'j': 'ingate', 'f': 'forgetgate', 'o': 'outgate'}

#: Our peepholes by the lecture's symbols.
_PEEPHOLES = dict(zip('jfo', PEEPHOLES))
_MATRICES = {'W_input': 'W_in_to_{}', 'W_state': 'W_hid_to_{}', 'b': 'b_{}'}
_INITIAL = {'hid_init': 'initial_state', 'cell_init': 'initial_cells'}


def from_lasagne(parameters: Dict[str, 'ArrayLike'], prefix: str = '') -> Run:
    """The run in the parameters of one ``LSTMLayer`` of Lasagne.

    Parameters
    ----------
    parameters : dict of str to array-like
        By name: ``W_in_to_ingate``, ``W_hid_to_ingate``, ``b_ingate`` and
        so on for the gates ``ingate``, ``forgetgate``, ``cell`` and
        ``outgate``; with peepholes ``W_cell_to_ingate``,
        ``W_cell_to_forgetgate`` and ``W_cell_to_outgate``; ``hid_init`` and
        ``cell_init`` (1, units) if they are there.
        ``{p.name: p.get_value() for p in layer.get_params()}`` makes it.
    prefix : str, optional
        What the names of this layer begin with, for example ``'lstm.'``.
        Other names are left alone.

    Returns
    -------
    dict of str to numpy.ndarray
        A run. Two of them, the second from a layer with ``backwards=True``,
        make a layer in both directions.

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
    run = {}
    for key, shape in [('W_input', inputs + (dim,)), ('W_state', (dim, dim)),
                       ('b', (dim,))]:
        for name, block in blocks[key].items():
            if block.shape != shape:
                raise ValueError("from_lasagne: '{}' must be of shape {}, as "
                                 "'W_in_to_cell' and 'b_cell' have it, got {}"
                                 .format(prefix + name, shape, block.shape))
        run[key] = numpy.concatenate(list(blocks[key].values()), axis=-1)
    for gate, key in _PEEPHOLES.items():
        name = 'W_cell_to_' + NAMES[gate]
        if name in arrays:
            run[key] = arrays.pop(name)
    for name, key in _INITIAL.items():
        if name in arrays:
            array = arrays.pop(name)
            if array.shape != (1, dim):
                raise ValueError("from_lasagne: '{}' must be of shape {}, one"
                                 ' for all sequences, got {}'.format(
                                     prefix + name, (1, dim), array.shape))
            run[key] = array[0]
    if arrays:
        raise ValueError("from_lasagne: '{}' is not of an LSTMLayer; give the"
                         " prefix of the layer's names".format(
                             prefix + min(arrays)))
    return make_run('from_lasagne', **run)


def to_lasagne(run: Run, prefix: str = '') -> Dict[str, numpy.ndarray]:
    """The parameters for Lasagne's ``LSTMLayer`` of a run, by name.

    Parameters
    ----------
    run : dict of str to numpy.ndarray
    prefix : str, optional
        What to put before each name.

    Returns
    -------
    dict of str to numpy.ndarray
        As :func:`from_lasagne` takes them. Without peepholes in `run` there
        are none: make the layer with ``peepholes=False``.

    Raises
    ------
    ValueError
        If a key is missing or unknown, a shape is wrong, or the run is of a
        GRU or has projected states.

    """
    check_string('to_lasagne', 'prefix', prefix)
    run = check_run('to_lasagne', run)
    refuse_gru('to_lasagne', run)
    refuse_projection('to_lasagne', run,
                      "Lasagne's LSTMLayer has no projected states")
    parameters = {}
    for key, name in _MATRICES.items():
        for gate, block in zip(GATES, numpy.split(run[key], len(GATES),
                                                  axis=-1)):
            parameters[prefix + name.format(NAMES[gate])] = (
                numpy.ascontiguousarray(block))
    for gate, key in _PEEPHOLES.items():
        if key in run:
            parameters[prefix + 'W_cell_to_' + NAMES[gate]] = run[key]
    for name, key in _INITIAL.items():
        parameters[prefix + name] = run[key][None]
    return parameters
