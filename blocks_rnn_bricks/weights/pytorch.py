"""Weights of PyTorch's LSTM."""
import re

import numpy

from blocks_rnn_bricks.gates import GATES
from blocks_rnn_bricks.settings import (
    check_flag, check_mapping, check_string)
from blocks_rnn_bricks.weights.forms import (
    DIRECTIONS, PEEPHOLES, as_numbers, check_network, make_run, refuse,
    reordered)

#: PyTorch's i, f, g, o in the lecture's symbols.
ORDER = ('j', 'f', 'i', 'o')

_SUFFIXES = dict(zip(DIRECTIONS, ('', '_reverse')))
_NAME = re.compile('(weight|bias)_(ih|hh)_l([0-9]+)(|_reverse)')


def from_pytorch(state_dict, prefix=''):
    """The network in a state dictionary of ``torch.nn.LSTM``.

    Parameters
    ----------
    state_dict : dict of str to array-like
        With the names that PyTorch gives: ``weight_ih_l0`` and so on.
        Tensors do if they are on the CPU.
    prefix : str, optional
        What the names of this LSTM begin with in the state dictionary of a
        larger module, for example ``'encoder.'``. Other names are left
        alone.

    Returns
    -------
    list of dict
        Initial states are zero, which is what PyTorch starts from if it is
        given none.

    Raises
    ------
    ValueError
        If a name is missing or unknown, or a shape is wrong. A network with
        projected states (``proj_size``) is among them.

    Notes
    -----
    PyTorch has two biases for each gate, of which only the sum matters; the
    way back by :func:`to_pytorch` gives this sum and zero.

    """
    check_mapping('from_pytorch', 'state_dict', state_dict, 'as state_dict() '
                  'of a torch.nn.LSTM returns it')
    check_string('from_pytorch', 'prefix', prefix)
    arrays = {name[len(prefix):]: as_numbers('from_pytorch', name, array)
              for name, array in state_dict.items()
              if name.startswith(prefix)}
    unknown = [name for name in arrays if not _NAME.fullmatch(name)]
    if unknown:
        raise ValueError(
            "from_pytorch: '{}' is not of an LSTM{}; give the prefix of the "
            "LSTM's names".format(
                prefix + min(unknown),
                ' without projected states (proj_size)'
                if min(unknown).startswith('weight_hr') else ''))
    if not arrays:
        raise ValueError("from_pytorch: no name begins with '{}', got {}"
                         .format(prefix, ', '.join(sorted(state_dict))))
    levels = {int(_NAME.fullmatch(name).group(3)) for name in arrays}
    directions = DIRECTIONS if any(
        name.endswith('_reverse') for name in arrays) else DIRECTIONS[:1]
    layers = [{direction: _take_run(arrays, prefix, '_l{}{}'.format(
        level, _SUFFIXES[direction])) for direction in directions}
        for level in range(max(levels) + 1)]
    if arrays:
        raise ValueError("from_pytorch: '{}' goes with no other weights"
                         .format(prefix + min(arrays)))
    return layers


def to_pytorch(layers, prefix='', bias=True, drop_initial_states=False):
    """The state dictionary for ``torch.nn.LSTM`` of a network.

    Parameters
    ----------
    layers : list of dict
        A network.
    prefix : str, optional
        What to put before each name.
    bias : bool, optional
        Whether the LSTM has biases, as by default.
    drop_initial_states : bool, optional
        Leave the initial states out, which are no part of PyTorch's LSTM;
        :func:`initial_states` gives them to be passed to each call. By
        default only zeros are left out.

    Returns
    -------
    dict of str to numpy.ndarray
        For ``torch.from_numpy``. ``bias_ih_l0`` holds the biases,
        ``bias_hh_l0`` zeros.

    Raises
    ------
    ValueError
        If there is something that PyTorch's LSTM does not have: peepholes,
        initial states, biases with ``bias=False``; or a shape is wrong.

    """
    check_string('to_pytorch', 'prefix', prefix)
    check_flag('to_pytorch', 'bias', bias)
    check_flag('to_pytorch', 'drop_initial_states', drop_initial_states)
    state_dict = {}
    for level, layer in enumerate(check_network('to_pytorch', layers)):
        for direction, run in layer.items():
            who = 'to_pytorch, layer {} {}'.format(level, direction)
            refuse(who, run, PEEPHOLES, "PyTorch's LSTM has no peepholes")
            if not drop_initial_states:
                refuse(who, run, ('initial_state', 'initial_cells'),
                       'give drop_initial_states=True and pass those that '
                       'initial_states() returns to each call')
            name = '{}{{}}_l{}{}'.format(prefix, level, _SUFFIXES[direction])
            for kind, key in [('weight_ih', 'W_input'),
                              ('weight_hh', 'W_state')]:
                state_dict[name.format(kind)] = numpy.ascontiguousarray(
                    reordered(run[key], GATES, to=ORDER).T)
            if bias:
                state_dict[name.format('bias_ih')] = reordered(
                    run['b'], GATES, to=ORDER)
                state_dict[name.format('bias_hh')] = numpy.zeros_like(
                    run['b'])
            else:
                refuse(who, run, ('b',), 'give bias=True')
    return state_dict


def _take_run(arrays, prefix, suffix):
    """Remove one run from the arrays and return it."""
    run = {}
    for kind, key in [('weight_ih', 'W_input'), ('weight_hh', 'W_state')]:
        if kind + suffix not in arrays:
            raise ValueError("from_pytorch: '{}' is missing".format(
                prefix + kind + suffix))
        run[key] = _in_our_order(prefix + kind + suffix,
                                 arrays.pop(kind + suffix), 2)
    biases = [name for name in ('bias_ih' + suffix, 'bias_hh' + suffix)
              if name in arrays]
    if len(biases) == 1:
        raise ValueError("from_pytorch: '{}' comes without its other bias"
                         .format(prefix + biases[0]))
    if biases:
        run['b'] = sum(_in_our_order(prefix + name, arrays.pop(name), 1)
                       for name in biases)
    return make_run('from_pytorch, {}*{}'.format(prefix, suffix), **run)


def _in_our_order(name, array, ndim):
    if array.ndim != ndim or len(array) % len(ORDER):
        raise ValueError("from_pytorch: '{}' must have {} axes, the first of "
                         '4*hidden_size, got shape {}'.format(
                             name, ndim, array.shape))
    return reordered(array.T, ORDER)
