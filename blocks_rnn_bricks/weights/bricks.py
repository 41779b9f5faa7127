"""Weights of this package's bricks."""
from typing import List

import numpy
from blocks.bricks import Brick, Linear
from blocks.bricks.recurrent import GatedRecurrent as BlocksGatedRecurrent

from blocks_rnn_bricks.deprecation import renamed, renamed_argument
from blocks_rnn_bricks.gru import GatedRecurrent
from blocks_rnn_bricks.lstm import LSTM
from blocks_rnn_bricks.regularization import Regularized
from blocks_rnn_bricks.settings import describe, made_of_class
from blocks_rnn_bricks.weights.forms import (
    check_network,
    check_weights,
    kind_of_weights,
    refuse,
    refuse_projection,
)
from blocks_rnn_bricks.weights.kinds import (
    GRU_KIND,
    LSTM_KIND,
    PEEPHOLES,
    DirectionWeights,
    Layer,
)


def get_direction(transition: Brick, projection: Brick) -> DirectionWeights:
    """Return the weights of an LSTM or GRU and of the projection before it.

    Parameters
    ----------
    transition : :class:`~blocks_rnn_bricks.LSTM`
        Or :class:`~blocks_rnn_bricks.PeepholeLSTM`,
        :class:`~blocks_rnn_bricks.ProjectedLSTM`,
        :class:`~blocks_rnn_bricks.GatedRecurrent`, or
        :class:`~blocks_rnn_bricks.Regularized` around one of them.
    projection : :class:`blocks.bricks.Linear`
        The projection of its inputs.

    Returns
    -------
    dict of str to numpy.ndarray
        The weights of a direction.

    Raises
    ------
    TypeError
        If `transition` or `projection` is a different kind of brick, or has
        parameters that the weights of a direction do not include.

    """
    transition = _unwrapped(transition)
    _check_transition(transition)
    return check_weights(describe(transition), {
        name: parameter.get_value()
        for name, parameter in _parameters(transition, projection).items()})


def set_direction(transition: Brick, projection: Brick,
                  weights: DirectionWeights) -> None:
    """Set the weights of an LSTM or GRU and of the projection before it.

    Parameters
    ----------
    transition : :class:`~blocks_rnn_bricks.LSTM`
        Or another brick that :func:`get_direction` accepts. Call this function
        after ``initialize()``, which would overwrite the weights.
    projection : :class:`blocks.bricks.Linear`
        The projection of its inputs.
    weights : dict of str to numpy.ndarray
        Weights of a direction; converted to floatX. If there are no peepholes,
        those of a :class:`~blocks_rnn_bricks.PeepholeLSTM` are set to zero.

    Raises
    ------
    TypeError
        As for :func:`get_direction`.
    ValueError
        If the weights are of a GRU and the brick is an LSTM, or vice versa; if
        a shape does not match the brick; if the bricks do not support a
        projection of the states, or nonzero peepholes or biases. The bricks
        are then unchanged.

    """
    for parameter, value in _assignments(transition, projection, weights):
        parameter.set_value(value)


get_run = renamed('get_run', get_direction)
set_run = renamed('set_run', renamed_argument('run', 'weights')(
    set_direction))


def get_network(stack: Brick) -> List[Layer]:
    """Return the weights of a stack of LSTMs and GRUs.

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
        If :func:`get_direction` does not accept a transition, or a projection
        is not a :class:`~blocks.bricks.Linear`.

    """
    return [{direction: get_direction(transition, projection)
             for direction, transition, projection in layer}
            for layer in _layers('get_network', stack)]


def set_network(stack: Brick, layers: List[Layer]) -> None:
    """Set the weights of a stack of LSTMs and GRUs.

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
        As for :func:`get_network`.
    ValueError
        If the layers or shapes do not match the stack, or as for
        :func:`set_direction`. The stack is then unchanged.

    """
    layers = check_network('set_network', layers)
    places = _layers('set_network', stack)
    if (len(layers), len(layers[0])) != (len(places), len(places[0])):
        raise ValueError('set_network: {} has {} layers of {} directions, got '
                         'weights for {} layers of {}'.format(
                             describe(stack), len(places), len(places[0]),
                             len(layers), len(layers[0])))
    assignments = [assignment for place, layer in zip(places, layers)
                   for direction, transition, projection in place
                   for assignment in _assignments(transition, projection,
                                                  layer[direction])]
    for parameter, value in assignments:
        parameter.set_value(value)


def _layers(who, stack):
    """Return (direction name, transition, projection) triples by layer."""
    if not isinstance(stack, Brick) or not all(
            hasattr(stack, name) for name in ('layers', 'directions')):
        raise TypeError(
            '{}: stack must be a BidirectionalStack or UnidirectionalStack, '
            'got {}; for a single transition and its Linear, use '
            'get_direction and set_direction'.format(who, _described(stack)))
    if not stack.allocated:
        stack.allocate()
    layers = []
    for layer in stack.layers:
        layers.append([])
        for name, direction in zip(stack.directions, layer):
            _check_transition(_unwrapped(direction.transition))
            projection, = direction.projection.children
            layers[-1].append((name, direction.transition, projection))
    return layers


def _unwrapped(transition):
    """Return the brick that owns the weights, inside of Regularized."""
    while isinstance(transition, Regularized):
        transition = transition.transition
    return transition


def _check_transition(transition):
    """Return the kind of a brick's weights, or raise."""
    if isinstance(transition, GatedRecurrent):
        return GRU_KIND
    if isinstance(transition, LSTM):
        return LSTM_KIND
    remedy = 'its weights have a different form'
    if isinstance(transition, BlocksGatedRecurrent):
        remedy = ('it applies the reset gate before the product; use the '
                  'GatedRecurrent of blocks_rnn_bricks')
    raise TypeError('expected an LSTM, PeepholeLSTM, ProjectedLSTM or '
                    'GatedRecurrent of blocks_rnn_bricks, got {}; {}'.format(
                        _described(transition), remedy))


def _described(value):
    """Describe an object that should be a brick."""
    return (describe(value) if isinstance(value, Brick)
            else repr(value) + made_of_class(value))


def _check_projection(who, projection):
    if not isinstance(projection, Linear):
        raise TypeError(
            '{}: expected its inputs to be projected by a Linear, got {}, '
            'whose weights have a different form; use Linear, the default '
            'projection of stacks'.format(
                who, _described(projection)))


def _parameters(transition, projection):
    """Return the shared variables by the names of the common form."""
    kind = _check_transition(transition)
    who = describe(transition)
    _check_projection(who, projection)
    for brick in (transition, projection):
        if not brick.allocated:
            brick.allocate()
    own = ('W_state', 'initial_state') + kind.vectors + kind.optional
    parameters = {}
    for brick, places in [(transition, dict(zip(own, own))),
                          (projection, {'W': 'W_input', 'b': 'b'})]:
        for owner, parameter in _with_owners(brick):
            if owner is not brick or parameter.name not in places:
                raise TypeError(
                    "{}: the weights of {} do not include the parameter '{}' "
                    "of {}; save this brick with Blocks' own functions"
                    .format(who, kind.name, parameter.name,
                            describe(owner)))
            parameters[places[parameter.name]] = parameter
    return parameters


def _with_owners(brick):
    """Pair the parameters of a brick and its descendants with their bricks."""
    return [(brick, parameter) for parameter in brick.parameters] + [
        pair for child in brick.children for pair in _with_owners(child)]


def _assignments(transition, projection, weights):
    """Return pairs of shared variable and new value, after all checks."""
    transition = _unwrapped(transition)
    kind = _check_transition(transition)
    who = describe(transition)
    weights = check_weights(who, weights)
    parameters = _parameters(transition, projection)
    if kind_of_weights(weights) is not kind:
        raise ValueError('{}: expected the weights of {}, got those of {}, '
                         'recurrent weights of shape {}'.format(
                             who, kind.name, kind_of_weights(weights).name,
                             weights['W_state'].shape))
    refuse(who, weights,
           [name for name in PEEPHOLES if name not in parameters],
           'use PeepholeLSTM')
    refuse(who, weights, [name for name in ('b',) if name not in parameters],
           'its {} has use_bias=False'.format(describe(projection)))
    if 'W_projection' not in parameters:
        refuse_projection(who, weights, 'use ProjectedLSTM')
    elif 'W_projection' not in weights:
        raise ValueError("{}: expected weights with the key 'W_projection', "
                         "got those of an LSTM without projected states; use "
                         "LSTM".format(who))
    assignments = []
    for name, parameter in parameters.items():
        old = parameter.get_value(borrow=True)
        new = weights.get(name)
        if new is None:  # peepholes; all other keys are present
            new = numpy.zeros(old.shape)
        if new.shape != old.shape:
            raise ValueError('{}: {} must have shape {}, got {}'.format(
                who, name, old.shape, new.shape))
        with numpy.errstate(over='ignore'):
            cast = new.astype(old.dtype)
        if (numpy.isinf(cast) & numpy.isfinite(new)).any():
            raise ValueError('{}: {} has values too large for {}, up to '
                             '{:g}'.format(who, name, old.dtype,
                                           abs(new).max()))
        assignments.append((parameter, cast))
    return assignments
