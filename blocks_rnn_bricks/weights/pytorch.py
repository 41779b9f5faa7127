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
    make_weights,
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

#: PyTorch's orders i, f, g, o and r, z, n in our symbols.
ORDERS = {LSTM_KIND: ('j', 'f', 'i', 'o'), GRU_KIND: ('r', 'z', 'n')}

_SUFFIXES = dict(zip(DIRECTIONS, ('', '_reverse')))
_NAME = re.compile(
    '(weight_ih|weight_hh|weight_hr|bias_ih|bias_hh)_l([0-9]+)(|_reverse)')


def from_pytorch(state_dict: Mapping[str, 'ArrayLike'],
                 prefix: str = '') -> List[Layer]:
    """Convert the state dictionary of a ``torch.nn.LSTM`` or ``GRU``.

    The shapes distinguish the two: recurrent weights have 4*hidden_size rows
    in an LSTM and 3*hidden_size rows in a GRU.

    Parameters
    ----------
    state_dict : dict of str to array-like
        With PyTorch's names: ``weight_ih_l0`` and so on. Tensors on the CPU
        are accepted.
    prefix : str, optional
        Prefix of the names of this LSTM or GRU in the state dictionary of a
        larger module, for example ``'encoder.'``. Other names are ignored.

    Returns
    -------
    list of dict
        A network, with ``W_projection`` if the LSTM has a ``proj_size``.
        Initial states are zero, PyTorch's default.

    Raises
    ------
    ValueError
        If a name is missing or unknown, or a shape is wrong.

    Notes
    -----
    PyTorch has two biases for each gate. Only their sum matters, except in the
    candidate of a GRU, whose ``bias_hh`` becomes ``b_candidate``.
    :func:`to_pytorch` puts the sum into ``bias_ih`` and zero into ``bias_hh``.

    """
    check_mapping('from_pytorch', 'state_dict', state_dict, 'the result of '
                  'state_dict() of the module')
    check_string('from_pytorch', 'prefix', prefix)
    arrays = {name[len(prefix):]: as_numbers('from_pytorch', name, array)
              for name, array in state_dict.items()
              if name.startswith(prefix)}
    matches = {name: _NAME.fullmatch(name) for name in arrays}
    unknown = [name for name, match in matches.items() if not match]
    if unknown:
        raise ValueError(
            "from_pytorch: '{}' does not belong to an LSTM or GRU; pass the "
            "prefix of its names".format(prefix + min(unknown)))
    if not arrays:
        raise ValueError("from_pytorch: no name begins with '{}', got {}"
                         .format(prefix, ', '.join(sorted(state_dict))))
    levels = {int(match.group(2)) for match in matches.values() if match}
    directions = DIRECTIONS if any(
        name.endswith('_reverse') for name in arrays) else DIRECTIONS[:1]
    layers = [{direction: _take_direction(arrays, prefix, '_l{}{}'.format(
        level, _SUFFIXES[direction])) for direction in directions}
        for level in range(max(levels) + 1)]
    if arrays:
        raise ValueError("from_pytorch: '{}' matches no other weights"
                         .format(prefix + min(arrays)))
    check_one_kind('from_pytorch', layers, 'a network of PyTorch')
    return layers


def to_pytorch(layers: List[Layer], prefix: str = '', bias: bool = True,
               drop_initial_states: bool = False,
               path: Optional[str] = None) -> Dict[str, numpy.ndarray]:
    """Convert a network for ``torch.nn.LSTM`` or ``GRU``.

    Parameters
    ----------
    layers : list of dict
        A network of only LSTMs, only LSTMs with projected states, or only
        GRUs.
    prefix : str, optional
        Prefix of each name.
    bias : bool, optional
        Whether the LSTM or GRU has biases, as by default.
    drop_initial_states : bool, optional
        Omit the initial states, which are not part of PyTorch's LSTM and GRU;
        :func:`initial_states` returns them in the form to pass to each call.
        By default, they are omitted only if they are zero.
    path : str, optional
        Path of a ``.safetensors`` file to write as well, for
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
        If the network has features that PyTorch does not support (peepholes,
        initial states, biases with ``bias=False``, a proj_dim that is not less
        than dim, layers of different kinds), or a shape is wrong.

    """
    check_string('to_pytorch', 'prefix', prefix)
    check_flag('to_pytorch', 'bias', bias)
    check_flag('to_pytorch', 'drop_initial_states', drop_initial_states)
    layers = check_network('to_pytorch', layers)
    kind = check_one_kind('to_pytorch', layers, 'a network of PyTorch')
    _check_sizes(layers)
    state_dict = {}
    for level, layer in enumerate(layers):
        for direction, weights in layer.items():
            who = 'to_pytorch, layer {} {}'.format(level, direction)
            refuse(who, weights, PEEPHOLES, "PyTorch's LSTM has no peepholes")
            if not drop_initial_states:
                refuse(who, weights, states_of(weights),
                       'pass drop_initial_states=True, and pass the result of '
                       'initial_states() to each call')
            if not bias:
                refuse(who, weights, ('b', 'b_candidate'), 'pass bias=True')
            name = '{}{{}}_l{}{}'.format(prefix, level, _SUFFIXES[direction])
            for part, array in _parts(who, kind, weights, bias).items():
                state_dict[name.format(part)] = array
    if path is not None:
        # Imported here, since the original Blocks has no such module.
        from blocks.safetensors import write_arrays
        write_arrays(path, state_dict, metadata={'format': 'pt'})
    return state_dict


def _check_sizes(layers):
    """Raise unless all layers have one size, as PyTorch requires."""
    sizes = {(weights['W_state'].shape, 'W_projection' in weights)
             for layer in layers for weights in layer.values()}
    if len(sizes) > 1:
        raise ValueError(
            'to_pytorch: all layers must have the same dim (and proj_dim), '
            'since PyTorch has one hidden_size, got recurrent weights of '
            'shapes {}; convert each layer in a separate call, for a separate '
            'module'.format(sorted(shape for shape, _ in sizes)))


def _parts(who, kind, weights, bias):
    """Return PyTorch's arrays of a direction by the first part of the name."""
    def theirs(array):
        return numpy.ascontiguousarray(
            reordered(array, kind.gates, to=ORDERS[kind]).T)
    parts = {'weight_ih': theirs(weights['W_input']),
             'weight_hh': theirs(weights['W_state'])}
    if bias:
        parts['bias_ih'] = theirs(weights['b'])
        parts['bias_hh'] = theirs(recurrent_bias(kind, weights))
    if 'W_projection' in weights:
        dim, proj_dim = weights['W_projection'].shape
        if proj_dim >= dim:
            raise ValueError(
                '{}: W_projection has shape {}, but the proj_size of '
                "PyTorch's LSTM must be smaller than its hidden_size".format(
                    who, (dim, proj_dim)))
        parts['weight_hr'] = numpy.ascontiguousarray(weights['W_projection'].T)
    return parts


def _take_direction(arrays, prefix, suffix):
    """Remove the weights of one direction from the arrays and return them."""
    who = 'from_pytorch, {}*{}'.format(prefix, suffix)
    for name in ('weight_ih', 'weight_hh'):
        if name + suffix not in arrays:
            raise ValueError("from_pytorch: '{}' is missing".format(
                prefix + name + suffix))
    recurrent = arrays['weight_hh' + suffix].T
    weights = {}
    if 'weight_hr' + suffix in arrays:
        weights['W_projection'] = arrays.pop('weight_hr' + suffix).T
    kind = kind_of(who, recurrent, weights.get('W_projection'))

    def take(name, ndim):
        array = arrays.pop(name + suffix)
        if array.ndim != ndim or len(array) != recurrent.shape[1]:
            raise ValueError(
                "from_pytorch: '{}' must have {} axes, the first of size "
                "{}*hidden_size = {} to match '{}', got shape {}".format(
                    prefix + name + suffix, ndim, len(kind.gates),
                    recurrent.shape[1], prefix + 'weight_hh' + suffix,
                    array.shape))
        return reordered(array.T, ORDERS[kind], to=kind.gates)

    biases = [name for name in ('bias_ih', 'bias_hh')
              if name + suffix in arrays]
    if len(biases) == 1:
        raise ValueError("from_pytorch: '{}' is given without the other bias"
                         .format(prefix + biases[0] + suffix))
    weights.update(W_input=take('weight_ih', 2), W_state=take('weight_hh', 2))
    if biases:
        weights.update(sum_of_biases(
            kind, *[take(name, 1) for name in biases]))
    return make_weights(who, **weights)
