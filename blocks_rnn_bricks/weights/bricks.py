"""Weights of this package's bricks."""
import numpy
from blocks.bricks import Brick, Linear

from blocks_rnn_bricks.lstm import LSTM
from blocks_rnn_bricks.settings import describe, made_of_class
from blocks_rnn_bricks.weights.forms import (
    PEEPHOLES, check_network, check_run, refuse)

#: The parameters of the transitions and projections that have a place here.
_TRANSITION = ('W_state', 'initial_state', 'initial_cells') + PEEPHOLES
_PROJECTION = ('W', 'b')


def get_run(transition, projection):
    """The weights of an LSTM and of the projection before it.

    Parameters
    ----------
    transition : :class:`~blocks_rnn_bricks.LSTM`
        With or without peepholes.
    projection : :class:`blocks.bricks.Linear`
        What makes its inputs.

    Returns
    -------
    dict of str to numpy.ndarray
        A run.

    Raises
    ------
    TypeError
        If `transition` is not an LSTM of this package with these weights
        and no others, or `projection` no Linear.

    """
    return check_run(describe(transition), {
        name: parameter.get_value()
        for name, parameter in _parameters(transition, projection).items()})


def set_run(transition, projection, run):
    """Put weights into an LSTM and the projection before it.

    Parameters
    ----------
    transition : :class:`~blocks_rnn_bricks.LSTM`
        With or without peepholes. Call this after ``initialize()``, which
        would overwrite the weights.
    projection : :class:`blocks.bricks.Linear`
        What makes its inputs.
    run : dict of str to numpy.ndarray
        Converted to floatX. A :class:`~blocks_rnn_bricks.PeepholeLSTM` gets
        zero peepholes if there are none.

    Raises
    ------
    TypeError
        If `transition` is not an LSTM of this package with these weights
        and no others, or `projection` no Linear.
    ValueError
        If a shape is not the brick's, the bricks have no place for
        peepholes or biases that are not zero, or a number is too large for
        floatX. The bricks are then as before.

    """
    for parameter, value in _assignments(transition, projection, run):
        parameter.set_value(value)


def get_network(stack):
    """The weights of a stack of LSTMs.

    Parameters
    ----------
    stack : :class:`~blocks_rnn_bricks.BidirectionalStack`
        Or :class:`~blocks_rnn_bricks.UnidirectionalStack`.

    Returns
    -------
    list of dict
        A network.

    Raises
    ------
    TypeError
        If `stack` is not one, a transition not an LSTM of this package with
        these weights and no others, or a projection no Linear.

    """
    return [{direction: get_run(transition, projection)
             for direction, transition, projection in layer}
            for layer in _layers('get_network', stack)]


def set_network(stack, layers):
    """Put weights into a stack of LSTMs.

    Parameters
    ----------
    stack : :class:`~blocks_rnn_bricks.BidirectionalStack`
        Or :class:`~blocks_rnn_bricks.UnidirectionalStack`. Call
        this after ``initialize()``, which would overwrite the weights.
    layers : list of dict
        A network.

    Raises
    ------
    TypeError
        If `stack` is not one, a transition not an LSTM of this package with
        these weights and no others, or a projection no Linear.
    ValueError
        If the layers or shapes are not those of the stack, it has no place
        for peepholes or biases that are not zero, or a number is too large
        for floatX. The stack is then as before.

    """
    layers = check_network('set_network', layers)
    places = _layers('set_network', stack)
    if (len(layers), len(layers[0])) != (len(places), len(places[0])):
        raise ValueError('set_network: {} has {} layers of {} directions, got'
                         ' weights for {} of {}'.format(
                             describe(stack), len(places), len(places[0]),
                             len(layers), len(layers[0])))
    assignments = [assignment for place, layer in zip(places, layers)
                   for direction, transition, projection in place
                   for assignment in _assignments(transition, projection,
                                                  layer[direction])]
    for parameter, value in assignments:
        parameter.set_value(value)


def _layers(who, stack):
    """(name of direction, transition, projection) of each, by layers."""
    if not isinstance(stack, Brick) or not all(
            hasattr(stack, name) for name in ('layers', 'directions')):
        raise TypeError(
            '{}: stack must be a BidirectionalStack or UnidirectionalStack, '
            'got {!r}{}; for a single LSTM and its Linear there are get_run '
            'and set_run'.format(who, stack, made_of_class(stack)))
    if not stack.allocated:
        stack.allocate()
    layers = []
    for layer in stack.layers:
        layers.append([])
        for name, direction in zip(stack.directions, layer):
            _check_transition(direction.transition)
            projection = direction.projection.children[0]
            _check_projection(projection)
            layers[-1].append((name, direction.transition, projection))
    return layers


def _check_transition(transition):
    if not isinstance(transition, LSTM):
        raise TypeError('expected an LSTM or PeepholeLSTM of blocks_rnn_'
                        'bricks, got {}; its weights have another form'
                        .format(describe(transition)
                                if isinstance(transition, Brick)
                                else repr(transition) + made_of_class(
                                    transition)))
    if not transition.allocated:
        transition.allocate()
    _check_names(transition, _TRANSITION)


def _check_projection(projection):
    if not isinstance(projection, Linear):
        raise TypeError(
            'expected a Linear as the projection, got {}; the weights of an '
            'LSTM have no place for other bricks'.format(
                describe(projection) if isinstance(projection, Brick)
                else repr(projection) + made_of_class(projection)))
    if not projection.allocated:
        projection.allocate()
    _check_names(projection, _PROJECTION)


def _check_names(brick, names):
    """Raise TypeError if a parameter would be left out."""
    others = [parameter.name for parameter in brick.parameters
              if parameter.name not in names]
    if others:
        raise TypeError(
            'expected a brick with no other parameters than {}, but {} has '
            '{}, too; its weights have another form'.format(
                ', '.join(names), describe(brick), ', '.join(others)))


def _parameters(transition, projection):
    """Shared variables by the names of the common form."""
    _check_transition(transition)
    _check_projection(projection)
    parameters = {parameter.name: parameter
                  for parameter in transition.parameters}
    for parameter in projection.parameters:
        name = {'W': 'W_input'}.get(parameter.name, parameter.name)
        parameters[name] = parameter
    return parameters


def _assignments(transition, projection, run):
    """Pairs of shared variable and new value, all of them checked."""
    who = describe(transition)
    run = check_run(who, run)
    parameters = _parameters(transition, projection)
    refuse(who, run, [name for name in PEEPHOLES if name not in parameters],
           'use PeepholeLSTM')
    refuse(who, run, [name for name in ('b',) if name not in parameters],
           'its {} has use_bias=False'.format(describe(projection)))
    assignments = []
    for name, parameter in parameters.items():
        old = parameter.get_value(borrow=True)
        new = run.get(name)
        if new is None:  # peepholes; the rest is complete
            new = numpy.zeros(old.shape)
        if new.shape != old.shape:
            raise ValueError('{}: {} must be of shape {}, got {}'.format(
                who, name, old.shape, new.shape))
        with numpy.errstate(over='ignore'):
            cast = new.astype(old.dtype)
        if (numpy.isinf(cast) & numpy.isfinite(new)).any():
            raise ValueError('{}: {} has numbers that are too large for {}, '
                             'up to {:g}'.format(who, name, old.dtype,
                                                 abs(new).max()))
        assignments.append((parameter, cast))
    return assignments
