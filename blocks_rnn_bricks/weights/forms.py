"""The common form of LSTM weights, and what every converter needs of it."""
import numpy

from blocks_rnn_bricks.gates import GATES
from blocks_rnn_bricks.settings import check_mapping

#: The keys of the peepholes, to the gates j, f and o.
PEEPHOLES = ('W_cell_to_in', 'W_cell_to_forget', 'W_cell_to_out')

#: The directions of a layer, in the order in which they are merged.
DIRECTIONS = ('forward', 'backward')


def reordered(array, order, to=GATES):
    """Bring the gates in the last axis from one order into another.

    Parameters
    ----------
    array : numpy.ndarray, (..., 4*dim)
    order, to : sequences of str
        The four symbols of :data:`blocks_rnn_bricks.gates.GATES`, as they
        lie in `array` and as they are wanted.

    Returns
    -------
    numpy.ndarray, (..., 4*dim)

    Examples
    --------
    >>> reordered(numpy.arange(8), 'jfio', to='ijfo')
    array([4, 5, 0, 1, 2, 3, 6, 7])

    """
    blocks = dict(zip(order, numpy.split(array, len(order), axis=-1)))
    return numpy.concatenate([blocks[gate] for gate in to], axis=-1)


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
        Initial states, zero by default, and peepholes.

    Returns
    -------
    dict of str to numpy.ndarray

    Raises
    ------
    ValueError
        If a shape is wrong or only some of the peepholes are given.

    """
    W_input = as_numbers(who, 'W_input', W_input)
    W_state = as_numbers(who, 'W_state', W_state)
    if W_state.ndim != 2 or W_state.shape[1] != len(GATES) * len(W_state):
        raise ValueError('{}: recurrent weights must be of shape (dim, 4*dim)'
                         ', got {}'.format(who, W_state.shape))
    dim = len(W_state)
    shapes = dict.fromkeys(('initial_state', 'initial_cells') + PEEPHOLES,
                           (dim,))
    shapes['b'] = (len(GATES) * dim,)
    shapes['W_input'] = W_input.shape[:1] + (len(GATES) * dim,)
    peepholes = [name for name in PEEPHOLES if name in others]
    if peepholes and len(peepholes) < len(PEEPHOLES):
        raise ValueError('{}: expected the peepholes {} all or none, got {}'
                         .format(who, ', '.join(PEEPHOLES),
                                 ', '.join(peepholes)))
    run = {'W_input': W_input, 'W_state': W_state, 'b': b}
    run.update(others)
    for name in ('b', 'initial_state', 'initial_cells'):
        if run.get(name) is None:
            run[name] = numpy.zeros(shapes[name], W_state.dtype)
    for name in set(run) - {'W_state'}:
        if name not in shapes:
            raise ValueError("{}: no weights of an LSTM are called '{}'"
                             .format(who, name))
        run[name] = as_numbers(who, name, run[name])
        if run[name].shape != shapes[name]:
            raise ValueError('{}: {} must be of shape {}, as recurrent '
                             'weights of {} go with it, got {}'.format(
                                 who, name, shapes[name], W_state.shape,
                                 run[name].shape))
    return run


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
    states, cells : numpy.ndarray, (runs, dim)
        Layer 0 forward, layer 0 backward, layer 1 forward and so on.

    """
    runs = [layer[direction]
            for layer in check_network('initial_states', layers)
            for direction in DIRECTIONS if direction in layer]
    return tuple(numpy.stack([run[name] for run in runs])
                 for name in ('initial_state', 'initial_cells'))


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
