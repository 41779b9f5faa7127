"""The common form of weights, with checks that every converter uses."""
import numpy

from blocks_rnn_bricks.settings import check_mapping
from blocks_rnn_bricks.weights.kinds import GRU_KIND, PEEPHOLES, kind_of

#: The directions of a layer, in the order in which they are merged.
DIRECTIONS = ('forward', 'backward')


def as_numbers(who, name, array):
    """Return an array of real numbers, or raise TypeError.

    Parameters
    ----------
    who, name : str
        For the message.
    array : array-like

    Returns
    -------
    numpy.ndarray

    """
    try:
        array = numpy.asarray(array)
        kind = array.dtype.kind
    except ValueError:  # ragged
        kind = 'O'
    if kind not in 'fiu':
        raise TypeError('{}: {} must be an array of real numbers, got {}'
                        .format(who, name, 'an array of {}'.format(array.dtype)
                                if isinstance(array, numpy.ndarray)
                                else type(array).__name__))
    return array


def make_weights(who, W_input, W_state, b=None, **others):
    """Return the complete weights of one direction of a layer, after checks.

    Parameters
    ----------
    who : str
        The origin of the weights, for messages.
    W_input, W_state, b : array-like
        As described in :mod:`blocks_rnn_bricks.weights`; the biases are zero
        if None.
    **others
        Initial states and ``b_candidate``, zero by default; peepholes and
        ``W_projection``.

    Returns
    -------
    dict of str to numpy.ndarray

    Raises
    ------
    ValueError
        If a shape is wrong, a key does not belong to an LSTM or GRU, or only
        some of the peepholes are given.
    TypeError
        If an array does not hold real numbers.

    """
    given = dict(others, W_input=W_input, W_state=W_state, b=b)
    weights = {name: as_numbers(who, name, array)
               for name, array in given.items() if array is not None}
    W_state = weights['W_state']
    kind = kind_of(who, W_state, weights.get('W_projection'))
    shapes = _shapes(kind, weights)
    for name in sorted(weights):
        if name not in shapes:
            raise ValueError("{}: the weights of {} have no key '{}'".format(
                who, kind.name, name))
        if weights[name].shape != shapes[name]:
            raise ValueError('{}: {} must have shape {} to match recurrent '
                             'weights of shape {}, got {}'.format(
                                 who, name, shapes[name], W_state.shape,
                                 weights[name].shape))
    peepholes = [name for name in PEEPHOLES if name in weights]
    if peepholes and len(peepholes) < len(PEEPHOLES):
        raise ValueError('{}: expected all of the peepholes {} or none, got {}'
                         .format(who, ', '.join(PEEPHOLES),
                                 ', '.join(peepholes)))
    for name in set(shapes) - set(weights) - set(kind.optional):
        weights[name] = numpy.zeros(shapes[name], W_state.dtype)
    return weights


def _shapes(kind, weights):
    """Return the shape of each key, as implied by the recurrent weights."""
    proj_dim, wide = weights['W_state'].shape
    dim = wide // len(kind.gates)
    shapes = dict.fromkeys(kind.vectors + kind.optional, (dim,))
    shapes.update(W_input=weights['W_input'].shape[:1] + (wide,), b=(wide,),
                  W_state=(proj_dim, wide), initial_state=(proj_dim,))
    if 'W_projection' in kind.optional:
        shapes['W_projection'] = (dim, proj_dim)
    return shapes


def check_weights(who, weights):
    """Check the weights of a direction that a user passed.

    They are returned in the form of :func:`make_weights`.

    """
    check_mapping(who, 'the weights of a direction', weights,
                  "{'W_input': ..., 'W_state': ..., ...}")
    missing = {'W_input', 'W_state'} - set(weights)
    if missing:
        raise ValueError("{}: expected weights with the keys 'W_input' and "
                         "'W_state', but '{}' is missing from {}".format(
                             who, min(missing),
                             ', '.join(map(repr, sorted(weights)))))
    return make_weights(who, **weights)


def kind_of_weights(weights):
    """Return the :class:`Kind` of checked weights."""
    return kind_of('weights', weights['W_state'], weights.get('W_projection'))


def check_one_kind(who, layers, what):
    """Raise unless all directions are of one kind.

    Parameters
    ----------
    who : str
    layers : list of dict
        As :func:`check_network` returns them.
    what : str
        The target, for the message.

    Returns
    -------
    Kind

    """
    found = {(kind_of_weights(weights), 'W_projection' in weights)
             for layer in layers for weights in layer.values()}
    if len(found) > 1:
        raise ValueError(
            '{}: {} has layers of one kind, but these weights are of {}; '
            'convert the layers one by one'.format(who, what, ' and '.join(
                sorted(kind.name + (' with projected states' if projected
                                    else '') for kind, projected in found))))
    return found.pop()[0]


def check_network(who, layers):
    """Check a network that a user passed; return it with complete weights."""
    if not isinstance(layers, (list, tuple)):
        raise TypeError(
            '{}: expected a list of layers, starting at the inputs, got {}; '
            'pass [layer] for a single '
            'layer'.format(who, type(layers).__name__))
    checked = []
    for level, layer in enumerate(layers):
        check_mapping('{}, layer {}'.format(who, level), 'a layer', layer,
                      "{'forward': weights} or {'forward': weights, "
                      "'backward': weights}")
        if tuple(sorted(layer, reverse=True)) not in (
                DIRECTIONS[:1], DIRECTIONS):
            raise ValueError("{}: expected layer {} to be {{'forward': ...}} "
                             "or {{'forward': ..., 'backward': ...}}, got the"
                             ' keys {}'.format(
                                 who, level,
                                 ', '.join(map(repr, sorted(layer)))))
        checked.append({
            direction: check_weights('{}, layer {} {}'.format(
                who, level, direction), layer[direction])
            for direction in DIRECTIONS if direction in layer})
        if set(layer) != set(layers[0]):
            raise ValueError('{}: all layers must have the same number of '
                             'directions, got layers with {} and {}'.format(
                                 who, len(layers[0]), len(layer)))
    if not checked:
        raise ValueError('{}: expected at least one layer, got none'.format(
            who))
    return checked


def initial_states(layers):
    """Return the initial states of all directions in PyTorch's layout.

    Parameters
    ----------
    layers : list of dict
        A network.

    Returns
    -------
    states : numpy.ndarray, (directions, dim)
        Layer 0 forward, layer 0 backward, layer 1 forward and so on. With
        projected states, (directions, proj_dim).
    cells : numpy.ndarray, (directions, dim), or None
        Likewise; ``None`` for GRUs, which have no cells.

    Raises
    ------
    ValueError
        If the network mixes LSTMs and GRUs, or layers of different sizes.

    """
    who = 'initial_states'
    layers = check_network(who, layers)
    kind = check_one_kind(who, layers, 'a network of PyTorch')
    directions = [layer[direction] for layer in layers
                  for direction in DIRECTIONS if direction in layer]
    sizes = sorted({weights['W_state'].shape for weights in directions})
    if len(sizes) > 1:
        raise ValueError('{}: expected layers of one size, got recurrent '
                         'weights of shapes {}'.format(
                             who, ' and '.join(map(str, sizes))))
    states = numpy.stack([weights['initial_state'] for weights in directions])
    if kind is GRU_KIND:
        return states, None
    return states, numpy.stack([weights['initial_cells']
                                for weights in directions])


def states_of(weights):
    """Return the keys of the initial states in the weights of a direction."""
    return [name for name in ('initial_state', 'initial_cells')
            if name in weights]


def refuse(who, weights, names, remedy):
    """Raise unless the arrays of these names are zero or missing.

    Parameters
    ----------
    who : str
    weights : dict
    names : sequence of str
        Keys that the target does not support.
    remedy : str

    """
    for name in names:
        if name in weights and numpy.any(weights[name]):
            raise ValueError('{}: {} is not zero and cannot be converted; '
                             '{}'.format(who, name, remedy))


def refuse_projection(who, weights, remedy):
    """Raise if the states are projected.

    This includes a projection of zeros, since the states would change without
    it.

    """
    if 'W_projection' in weights:
        raise ValueError('{}: W_projection cannot be converted; {}'.format(
            who, remedy))


def refuse_gru(who, weights):
    """Raise if the weights are of a GRU."""
    if kind_of_weights(weights) is GRU_KIND:
        raise ValueError('{}: expected the weights of an LSTM, got those of a '
                         'GRU, with recurrent weights of shape {}; use '
                         'to_pytorch or to_keras'.format(
                             who, weights['W_state'].shape))
