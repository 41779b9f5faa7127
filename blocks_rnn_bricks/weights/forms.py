"""The common form of weights, and what every converter needs of it."""
import numpy

from blocks_rnn_bricks.settings import check_mapping
from blocks_rnn_bricks.weights.kinds import GRU_KIND, PEEPHOLES, kind_of

#: The directions of a layer, in the order in which they are merged.
DIRECTIONS = ('forward', 'backward')


def as_numbers(who, name, array):
    """An array of real numbers, or TypeError.

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


def make_run(who, W_input, W_state, b=None, **others):
    """The weights of one direction of one layer, checked and complete.

    Parameters
    ----------
    who : str
        Where they come from, for messages.
    W_input, W_state, b : array-like
        As :mod:`blocks_rnn_bricks.weights` has them; zero biases for
        ``None``.
    **others
        Initial states and ``b_candidate``, zero by default, peepholes and
        ``W_projection``.

    Returns
    -------
    dict of str to numpy.ndarray

    Raises
    ------
    ValueError
        If a shape is wrong, a key is not of an LSTM or GRU, or only some of
        the peepholes are given.
    TypeError
        If an array does not hold real numbers.

    """
    run = {name: as_numbers(who, name, array)
           for name, array in dict(others, W_input=W_input, W_state=W_state,
                                   b=b).items() if array is not None}
    W_state = run['W_state']
    kind = kind_of(who, W_state, run.get('W_projection'))
    shapes = _shapes(kind, run)
    for name in sorted(run):
        if name not in shapes:
            raise ValueError("{}: no weights of {} are called '{}'".format(
                who, kind.name, name))
        if run[name].shape != shapes[name]:
            raise ValueError('{}: {} must be of shape {}, as recurrent '
                             'weights of {} go with it, got {}'.format(
                                 who, name, shapes[name], W_state.shape,
                                 run[name].shape))
    peepholes = [name for name in PEEPHOLES if name in run]
    if peepholes and len(peepholes) < len(PEEPHOLES):
        raise ValueError('{}: expected the peepholes {} all or none, got {}'
                         .format(who, ', '.join(PEEPHOLES),
                                 ', '.join(peepholes)))
    for name in set(shapes) - set(run) - set(kind.optional):
        run[name] = numpy.zeros(shapes[name], W_state.dtype)
    return run


def _shapes(kind, run):
    """The shape of each key of a kind, as recurrent weights imply it."""
    proj_dim, wide = run['W_state'].shape
    dim = wide // len(kind.gates)
    shapes = dict.fromkeys(kind.vectors + kind.optional, (dim,))
    shapes.update(W_input=run['W_input'].shape[:1] + (wide,), b=(wide,),
                  W_state=(proj_dim, wide), initial_state=(proj_dim,))
    if 'W_projection' in kind.optional:
        shapes['W_projection'] = (dim, proj_dim)
    return shapes


def check_run(who, run):
    """A run that a user gave, as :func:`make_run` returns it."""
    check_mapping(who, 'the weights of a run', run, "{'W_input': ..., "
                  "'W_state': ..., ...}")
    missing = {'W_input', 'W_state'} - set(run)
    if missing:
        raise ValueError("{}: expected weights with the keys 'W_input' and "
                         "'W_state', '{}' is missing from {}".format(
                             who, min(missing),
                             ', '.join(map(repr, sorted(run)))))
    return make_run(who, **run)


def run_kind(run):
    """The :class:`Kind` of a checked run."""
    return kind_of('weights', run['W_state'], run.get('W_projection'))


def check_one_kind(who, layers, what):
    """Raise unless all checked runs are LSTMs, projected or not, or GRUs.

    Parameters
    ----------
    who : str
    layers : list of dict
        As :func:`check_network` returns them.
    what : str
        What needs it, for the message.

    Returns
    -------
    Kind

    """
    found = {(run_kind(run), 'W_projection' in run)
             for layer in layers for run in layer.values()}
    if len(found) > 1:
        raise ValueError(
            '{}: {} has runs of one kind, but these weights are of {}; '
            'convert the layers one by one'.format(who, what, ' and '.join(
                sorted(kind.name + (' with projected states' if projected
                                    else '') for kind, projected in found))))
    return found.pop()[0]


def check_network(who, layers):
    """The layers that a user gave, each direction as a checked run."""
    if not isinstance(layers, (list, tuple)):
        raise TypeError(
            '{}: expected a list of layers from the inputs up, got {}; write '
            '[layer] for a single one'.format(who, type(layers).__name__))
    checked = []
    for level, layer in enumerate(layers):
        check_mapping('{}, layer {}'.format(who, level), 'a layer', layer,
                      "{'forward': run} or {'forward': run, 'backward': run}")
        if tuple(sorted(layer, reverse=True)) not in (
                DIRECTIONS[:1], DIRECTIONS):
            raise ValueError("{}: expected layer {} to be {{'forward': ...}} "
                             "or {{'forward': ..., 'backward': ...}}, got the"
                             ' keys {}'.format(
                                 who, level,
                                 ', '.join(map(repr, sorted(layer)))))
        checked.append({
            direction: check_run('{}, layer {} {}'.format(
                who, level, direction), layer[direction])
            for direction in DIRECTIONS if direction in layer})
        if set(layer) != set(layers[0]):
            raise ValueError('{}: all layers must have the same directions, '
                             'got layers of {} and {}'.format(
                                 who, len(layers[0]), len(layer)))
    if not checked:
        raise ValueError('{}: expected at least one layer, got none'.format(
            who))
    return checked


def initial_states(layers):
    """The initial states of all runs, as PyTorch lays them out.

    Parameters
    ----------
    layers : list of dict
        A network.

    Returns
    -------
    states : numpy.ndarray, (runs, dim)
        Layer 0 forward, layer 0 backward, layer 1 forward and so on. With
        projected states it is (runs, proj_dim).
    cells : numpy.ndarray, (runs, dim), or None
        Likewise; ``None`` for GRUs, which have no cells.

    Raises
    ------
    ValueError
        If the network mixes LSTMs and GRUs, or layers of different sizes.

    """
    who = 'initial_states'
    layers = check_network(who, layers)
    kind = check_one_kind(who, layers, 'a network of PyTorch')
    runs = [layer[direction] for layer in layers
            for direction in DIRECTIONS if direction in layer]
    sizes = sorted({run['W_state'].shape for run in runs})
    if len(sizes) > 1:
        raise ValueError('{}: expected layers of one size, got recurrent '
                         'weights of shapes {}'.format(
                             who, ' and '.join(map(str, sizes))))
    states = numpy.stack([run['initial_state'] for run in runs])
    if kind is GRU_KIND:
        return states, None
    return states, numpy.stack([run['initial_cells'] for run in runs])


def states_of(run):
    """The keys of the initial states that a run has."""
    return [name for name in ('initial_state', 'initial_cells')
            if name in run]


def refuse(who, run, names, remedy):
    """Raise unless all of a run's arrays of these names are zero.

    Parameters
    ----------
    who : str
    run : dict
    names : sequence of str
        What has no place where the weights go.
    remedy : str

    """
    for name in names:
        if name in run and numpy.any(run[name]):
            raise ValueError('{}: there is no place for {}, which is not '
                             'zero; {}'.format(who, name, remedy))


def refuse_projection(who, run, remedy):
    """Raise if the states of a run are projected.

    A projection of zeros is no exception, because leaving it out would
    change the states.

    """
    if 'W_projection' in run:
        raise ValueError('{}: there is no place for W_projection; {}'.format(
            who, remedy))


def refuse_gru(who, run):
    """Raise if a run is of a GRU."""
    if run_kind(run) is GRU_KIND:
        raise ValueError('{}: expected the weights of an LSTM, got those of '
                         'a GRU, recurrent weights of shape {}; to_pytorch '
                         'and to_keras take them'.format(
                             who, run['W_state'].shape))
