"""Weights of this package's bricks."""
from typing import List

import numpy
from blocks.bricks import Brick, Linear
from blocks.bricks.recurrent import GatedRecurrent as BlocksGatedRecurrent

from blocks_rnn_bricks.gru import GatedRecurrent
from blocks_rnn_bricks.lstm import LSTM
from blocks_rnn_bricks.regularization import Regularized
from blocks_rnn_bricks.settings import describe, made_of_class
from blocks_rnn_bricks.weights.forms import (
    check_network,
    check_run,
    refuse,
    refuse_projection,
    run_kind,
)
from blocks_rnn_bricks.weights.kinds import (
    GRU_KIND,
    LSTM_KIND,
    PEEPHOLES,
    Layer,
    Run,
)


def get_run(transition: Brick, projection: Brick) -> Run:
    """The weights of an LSTM or GRU and of the projection before it.

    Parameters
    ----------
    transition : :class:`~blocks_rnn_bricks.LSTM`
        Or :class:`~blocks_rnn_bricks.PeepholeLSTM`,
        :class:`~blocks_rnn_bricks.ProjectedLSTM`,
        :class:`~blocks_rnn_bricks.GatedRecurrent`, or
        :class:`~blocks_rnn_bricks.Regularized` around one of them.
    projection : :class:`blocks.bricks.Linear`
        What makes its inputs.

    Returns
    -------
    dict of str to numpy.ndarray
        A run.

    Raises
    ------
    TypeError
        If `transition` or `projection` is another brick, or has parameters
        that a run has no place for.

    """
    transition = _unwrapped(transition)
    _check_transition(transition)
    return check_run(describe(transition), {
        name: parameter.get_value()
        for name, parameter in _parameters(transition, projection).items()})


def set_run(transition: Brick, projection: Brick,
            run: Run) -> None:
    """Put weights into an LSTM or GRU and the projection before it.

    Parameters
    ----------
    transition : :class:`~blocks_rnn_bricks.LSTM`
        Or another brick that :func:`get_run` takes. Call this after
        ``initialize()``, which would overwrite the weights.
    projection : :class:`blocks.bricks.Linear`
        What makes its inputs.
    run : dict of str to numpy.ndarray
        Converted to floatX. A :class:`~blocks_rnn_bricks.PeepholeLSTM` gets
        zero peepholes if there are none.

    Raises
    ------
    TypeError
        As for :func:`get_run`.
    ValueError
        If the run is of a GRU and the brick is an LSTM, or the other way
        round; if a shape is not the brick's; if the bricks have no place
        for a projection of the states, or for peepholes or biases that are
        not zero. The bricks are then as before.

    """
    for parameter, value in _assignments(transition, projection, run):
        parameter.set_value(value)


def get_network(stack: Brick) -> List[Layer]:
    """The weights of a stack of LSTMs and GRUs.

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
        If a transition is not one that :func:`get_run` takes, or a
        projection is not a :class:`~blocks.bricks.Linear`.

    """
    return [{direction: get_run(transition, projection)
             for direction, transition, projection in layer}
            for layer in _layers('get_network', stack)]


def set_network(stack: Brick, layers: List[Layer]) -> None:
    """Put weights into a stack of LSTMs and GRUs.

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
        If the layers or shapes are not those of the stack, or as for
        :func:`set_run`. The stack is then as before.

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
            'got {}; for a single transition and its Linear there are get_run '
            'and set_run'.format(who, _described(stack)))
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
    """The brick that has the weights: noise has none."""
    while isinstance(transition, Regularized):
        transition = transition.transition
    return transition


def _check_transition(transition):
    """Return the kind of a brick's weights, or raise."""
    if isinstance(transition, GatedRecurrent):
        return GRU_KIND
    if isinstance(transition, LSTM):
        return LSTM_KIND
    remedy = 'its weights have another form'
    if isinstance(transition, BlocksGatedRecurrent):
        remedy = ('it resets the state before the product; use the '
                  'GatedRecurrent of blocks_rnn_bricks')
    raise TypeError('expected an LSTM, PeepholeLSTM, ProjectedLSTM or '
                    'GatedRecurrent of blocks_rnn_bricks, got {}; {}'.format(
                        _described(transition), remedy))


def _described(value):
    """Name what should be a brick and may be anything."""
    return (describe(value) if isinstance(value, Brick)
            else repr(value) + made_of_class(value))


def _check_projection(who, projection):
    if not isinstance(projection, Linear):
        raise TypeError(
            '{}: expected its inputs to be projected by a Linear, got {}, '
            'whose weights have another form; use Linear, as stacks do '
            'without the argument projection'.format(
                who, _described(projection)))


def _parameters(transition, projection):
    """Shared variables by the names of the common form."""
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
                    "{}: the weights of {} have no place for the parameter "
                    "'{}' of {}; save this brick with Blocks' own "
                    "functions".format(who, kind.name, parameter.name,
                            describe(owner)))
            parameters[places[parameter.name]] = parameter
    return parameters


def _with_owners(brick):
    """The parameters of a brick and of all below it, each with its brick."""
    return [(brick, parameter) for parameter in brick.parameters] + [
        pair for child in brick.children for pair in _with_owners(child)]


def _assignments(transition, projection, run):
    """Pairs of shared variable and new value, all of them checked."""
    transition = _unwrapped(transition)
    kind = _check_transition(transition)
    who = describe(transition)
    run = check_run(who, run)
    parameters = _parameters(transition, projection)
    if run_kind(run) is not kind:
        raise ValueError('{}: expected the weights of {}, got those of {}, '
                         'recurrent weights of shape {}'.format(
                             who, kind.name, run_kind(run).name,
                             run['W_state'].shape))
    refuse(who, run, [name for name in PEEPHOLES if name not in parameters],
           'use PeepholeLSTM')
    refuse(who, run, [name for name in ('b',) if name not in parameters],
           'its {} has use_bias=False'.format(describe(projection)))
    if 'W_projection' not in parameters:
        refuse_projection(who, run, 'use ProjectedLSTM')
    elif 'W_projection' not in run:
        raise ValueError("{}: expected weights with the key 'W_projection', "
                         'got those of an LSTM whose states are not '
                         'projected; use LSTM'.format(who))
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
