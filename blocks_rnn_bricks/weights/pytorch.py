"""Weights of PyTorch's LSTM and GRU."""
import re
from typing import TYPE_CHECKING, Dict, List, Mapping, Optional

import numpy

from blocks_rnn_bricks.settings import check_flag, check_mapping, check_string
from blocks_rnn_bricks.weights.forms import (
    DIRECTIONS,
    as_numbers,
    check_network,
    check_one_kind,
    make_run,
    refuse,
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

#: PyTorch's i, f, g, o and r, z, n in our symbols.
ORDERS = {LSTM_KIND: ('j', 'f', 'i', 'o'), GRU_KIND: ('r', 'z', 'n')}

_SUFFIXES = dict(zip(DIRECTIONS, ('', '_reverse')))
_NAME = re.compile(
    '(weight_ih|weight_hh|weight_hr|bias_ih|bias_hh)_l([0-9]+)(|_reverse)')


def from_pytorch(state_dict: Mapping[str, 'ArrayLike'],
                 prefix: str = '') -> List[Layer]:
    """The network in a state dictionary of ``torch.nn.LSTM`` or ``GRU``.

    The shapes tell which of the two it is: recurrent weights have
    4*hidden_size rows in an LSTM and 3*hidden_size rows in a GRU.

    Parameters
    ----------
    state_dict : dict of str to array-like
        With the names that PyTorch gives: ``weight_ih_l0`` and so on.
        Tensors do if they are on the CPU.
    prefix : str, optional
        What the names of this LSTM or GRU begin with in the state
        dictionary of a larger module, for example ``'encoder.'``. Other
        names are left alone.

    Returns
    -------
    list of dict
        With ``W_projection`` if the LSTM has a ``proj_size``. Initial states
        are zero, which is what PyTorch starts from if it is given none.

    Raises
    ------
    ValueError
        If a name is missing or unknown, or a shape is wrong.

    Notes
    -----
    PyTorch has two biases for each gate. Only their sum matters, except in
    the candidate of a GRU, whose ``bias_hh`` becomes ``b_candidate``. The
    way back by :func:`to_pytorch` puts the sum into ``bias_ih`` and zero
    into ``bias_hh``.

    """
    check_mapping('from_pytorch', 'state_dict', state_dict, 'as state_dict() '
                  'of the module returns it')
    check_string('from_pytorch', 'prefix', prefix)
    arrays = {name[len(prefix):]: as_numbers('from_pytorch', name, array)
              for name, array in state_dict.items()
              if name.startswith(prefix)}
    matches = {name: _NAME.fullmatch(name) for name in arrays}
    unknown = [name for name, match in matches.items() if not match]
    if unknown:
        raise ValueError(
            "from_pytorch: '{}' is not of an LSTM or GRU; give the prefix of "
            'its names'.format(prefix + min(unknown)))
    if not arrays:
        raise ValueError("from_pytorch: no name begins with '{}', got {}"
                         .format(prefix, ', '.join(sorted(state_dict))))
    levels = {int(match.group(2)) for match in matches.values() if match}
    directions = DIRECTIONS if any(
        name.endswith('_reverse') for name in arrays) else DIRECTIONS[:1]
    layers = [{direction: _take_run(arrays, prefix, '_l{}{}'.format(
        level, _SUFFIXES[direction])) for direction in directions}
        for level in range(max(levels) + 1)]
    if arrays:
        raise ValueError("from_pytorch: '{}' goes with no other weights"
                         .format(prefix + min(arrays)))
    check_one_kind('from_pytorch', layers, 'a network of PyTorch')
    return layers


def to_pytorch(layers: List[Layer], prefix: str = '', bias: bool = True,
               drop_initial_states: bool = False,
               path: Optional[str] = None) -> Dict[str, numpy.ndarray]:
    """The state dictionary for ``torch.nn.LSTM`` or ``GRU`` of a network.

    Parameters
    ----------
    layers : list of dict
        A network, all of it LSTMs, LSTMs with projected states, or GRUs.
    prefix : str, optional
        What to put before each name.
    bias : bool, optional
        Whether the LSTM or GRU has biases, as by default.
    drop_initial_states : bool, optional
        Leave the initial states out, which are no part of PyTorch's LSTM
        and GRU; :func:`initial_states` gives them to be passed to each call.
        By default only zeros are left out.
    path : str, optional
        A ``.safetensors`` file to write them into as well, for
        ``load_state_dict(safetensors.torch.load_file(path))``. This needs
        the package safetensors and the ``blocks`` of this distribution.

    Returns
    -------
    dict of str to numpy.ndarray
        For ``torch.from_numpy``. ``bias_ih_l0`` holds the biases;
        ``bias_hh_l0`` holds zeros and, in a GRU, ``b_candidate``.

    Raises
    ------
    ValueError
        If there is something that PyTorch does not have: peepholes, initial
        states, biases with ``bias=False``, states projected to no fewer
        features than there are cells, layers of different kinds; or a shape
        is wrong.

    """
    check_string('to_pytorch', 'prefix', prefix)
    check_flag('to_pytorch', 'bias', bias)
    check_flag('to_pytorch', 'drop_initial_states', drop_initial_states)
    layers = check_network('to_pytorch', layers)
    kind = check_one_kind('to_pytorch', layers, 'a network of PyTorch')
    _check_sizes(layers)
    state_dict = {}
    for level, layer in enumerate(layers):
        for direction, run in layer.items():
            who = 'to_pytorch, layer {} {}'.format(level, direction)
            refuse(who, run, PEEPHOLES, "PyTorch's LSTM has no peepholes")
            if not drop_initial_states:
                refuse(who, run, states_of(run),
                       'give drop_initial_states=True and pass those that '
                       'initial_states() returns to each call')
            if not bias:
                refuse(who, run, ('b', 'b_candidate'), 'give bias=True')
            name = '{}{{}}_l{}{}'.format(prefix, level, _SUFFIXES[direction])
            for part, array in _parts(who, kind, run, bias).items():
                state_dict[name.format(part)] = array
    if path is not None:
        # Here, as the original Blocks has no such module.
        from blocks.safetensors import write_arrays
        write_arrays(path, state_dict, metadata={'format': 'pt'})
    return state_dict


def _check_sizes(layers):
    """PyTorch has one hidden_size and proj_size for all layers."""
    sizes = {(run['W_state'].shape, 'W_projection' in run)
             for layer in layers for run in layer.values()}
    if len(sizes) > 1:
        raise ValueError(
            'to_pytorch: all layers must have the same dim (and proj_dim), '
            "as PyTorch's have one hidden_size, got recurrent weights of "
            'shapes {}; write each layer by a call of its own, to a module '
            'of its own'.format(sorted(shape for shape, _ in sizes)))


def _parts(who, kind, run, bias):
    """PyTorch's arrays of one run, by the first half of their names."""
    def theirs(array):
        return numpy.ascontiguousarray(
            reordered(array, kind.gates, to=ORDERS[kind]).T)
    parts = {'weight_ih': theirs(run['W_input']),
             'weight_hh': theirs(run['W_state'])}
    if bias:
        parts['bias_ih'] = theirs(run['b'])
        parts['bias_hh'] = theirs(recurrent_bias(kind, run))
    if 'W_projection' in run:
        dim, proj_dim = run['W_projection'].shape
        if proj_dim >= dim:
            raise ValueError(
                '{}: W_projection is of shape {}, but the proj_size of '
                "PyTorch's LSTM must be smaller than its hidden_size".format(
                    who, (dim, proj_dim)))
        parts['weight_hr'] = numpy.ascontiguousarray(run['W_projection'].T)
    return parts


def _take_run(arrays, prefix, suffix):
    """Remove one run from the arrays and return it."""
    who = 'from_pytorch, {}*{}'.format(prefix, suffix)
    for name in ('weight_ih', 'weight_hh'):
        if name + suffix not in arrays:
            raise ValueError("from_pytorch: '{}' is missing".format(
                prefix + name + suffix))
    recurrent = arrays['weight_hh' + suffix].T
    run = {}
    if 'weight_hr' + suffix in arrays:
        run['W_projection'] = arrays.pop('weight_hr' + suffix).T
    kind = kind_of(who, recurrent, run.get('W_projection'))

    def take(name, ndim):
        array = arrays.pop(name + suffix)
        if array.ndim != ndim or len(array) != recurrent.shape[1]:
            raise ValueError(
                "from_pytorch: '{}' must have {} axes, the first of "
                "{}*hidden_size = {}, as '{}' has it, got shape {}".format(
                    prefix + name + suffix, ndim, len(kind.gates),
                    recurrent.shape[1], prefix + 'weight_hh' + suffix,
                    array.shape))
        return reordered(array.T, ORDERS[kind], to=kind.gates)

    biases = [name for name in ('bias_ih', 'bias_hh')
              if name + suffix in arrays]
    if len(biases) == 1:
        raise ValueError("from_pytorch: '{}' comes without its other bias"
                         .format(prefix + biases[0] + suffix))
    run.update(W_input=take('weight_ih', 2), W_state=take('weight_hh', 2))
    if biases:
        run.update(sum_of_biases(kind, *[take(name, 1) for name in biases]))
    return make_run(who, **run)
