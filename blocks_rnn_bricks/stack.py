"""Stacks of recurrent layers, in one direction or both."""
import copy
from typing import Tuple

from blocks.bricks import Initializable, Linear, Random
from blocks.bricks.base import application, lazy
from blocks.bricks.parallel import Fork
from theano import tensor

from blocks_rnn_bricks.checks import check_sequence
from blocks_rnn_bricks.masking import mean_over_time, zero_padding
from blocks_rnn_bricks.regularization import variational_dropout
from blocks_rnn_bricks.sequence import reverse_time
from blocks_rnn_bricks.settings import (
    add_children,
    check_brick,
    check_choice,
    check_count,
    check_dim,
    check_flag,
    check_rate,
    check_transition,
    describe,
    dim_of,
    is_unset,
    naming,
)
from blocks_rnn_bricks.transition import keeps_padding_out, option
from rnn_kernels import check_precision, precision, project, side_by_side

#: Ways to merge the directions of a layer.
_MERGES = ('concat', 'sum')
#: Ways to summarise a sequence in one vector.
_SUMMARIES = ('last', 'mean')


class Projection(Fork):
    """Projection of the inputs of a direction to its transition's sequences.

    Linear children are computed inside the kernels of the transition.

    """

    @application(inputs=['input_'])
    def apply(self, input_):
        """Apply a brick for each of the transition's sequences.

        Parameters
        ----------
        input_ : :class:`~theano.tensor.TensorVariable`
            (T, B, input_dim).

        Returns
        -------
        list of :class:`~theano.tensor.TensorVariable`
            (T, B, D) each.

        """
        return [project(input_, child.W,
                        child.b if getattr(child, 'use_bias', True) else None)
                if type(child) is Linear else child.apply(input_)
                for child in self.children]

    @apply.property('outputs')
    def apply_outputs(self):
        """Return the names of the transition's sequences."""
        return self.output_names


class Direction(Initializable):
    """One direction of a layer: a projection of its inputs and a transition.

    Parameters
    ----------
    transition : :class:`~blocks.bricks.recurrent.BaseRecurrent`
        The recurrent brick, which becomes a child.
    input_dim : int
        Features of the inputs.
    projection : :class:`~blocks.bricks.interfaces.Feedforward`
        Prototype of the bricks that compute the transition's sequences from
        the inputs.
    reverse : bool
        Whether to run backwards in time.

    """

    @lazy(allocation=['input_dim'])
    def __init__(self, transition, input_dim, projection, reverse, **kwargs):
        self.transition = transition
        self.input_dim = input_dim
        self.reverse = reverse
        sequences = [name for name in transition.apply.sequences
                     if name != 'mask']
        self.projection = Projection(sequences, prototype=projection,
                                     name='projection')
        add_children(self, kwargs, [self.projection, transition])
        super().__init__(**kwargs)

    def _push_allocation_config(self):
        self.projection.input_dim = dim_of(self, 'input_dim')
        self.projection.output_dims = [
            feature_count(self.transition, name)
            for name in self.projection.output_names]

    @property
    def features_name(self):
        """The name of the transition's output that the next layer reads."""
        outputs = self.transition.apply.outputs
        return 'states' if 'states' in outputs else outputs[0]

    @application
    def apply(self, inputs, mask=None, **kwargs):
        """Project the inputs and apply the transition.

        Parameters
        ----------
        inputs : :class:`~theano.tensor.TensorVariable`
            (T, B, input_dim); the padding must be finite unless
            :meth:`keeps_padding_out`.
        mask : :class:`~theano.tensor.TensorVariable`, optional
            (T, B).
        **kwargs
            Initial states, (B, dim) each, and other arguments of the
            transition.

        Returns
        -------
        list of :class:`~theano.tensor.TensorVariable`
            The results of the transition, in the order of time.

        """
        kwargs.update(self.projection.apply(inputs, as_dict=True))
        if mask is not None:
            kwargs['mask'] = mask
        outputs = self.transition.apply(
            reverse=self.reverse, as_list=True, **kwargs)
        return ([reverse_time(output) for output in outputs]
                if self.reverse else outputs)

    def keeps_padding_out(self):
        """Return whether the contents of the padding have no effect."""
        return keeps_padding_out(self.transition) and all(
            type(child) is Linear for child in self.projection.children)

    @apply.property('outputs')
    def apply_outputs(self):
        """Return the transition's outputs."""
        return self.transition.apply.outputs

    @application
    def initial_states(self, batch_size):
        """Return the transition's initial states, (batch_size, dim) each."""
        return self.transition.initial_states(batch_size)

    @initial_states.property('outputs')
    def initial_states_outputs(self):
        """Return the transition's states."""
        return self.transition.apply.states

    def final(self, output):
        """Return the last step, in the order of processing, of an output."""
        return output[0] if self.reverse else output[-1]


def feature_count(transition, name):
    """Return the number of features of a sequence or output.

    Raises
    ------
    ValueError
        If the size is not set yet, or is not a positive integer.

    """
    message = ('{}: {{}}; set its dim, for example {}(dim=64), before the '
               'stack is allocated or applied'.format(
                   describe(transition), type(transition).__name__))
    try:
        dim = transition.get_dim(name)
    except (TypeError, AttributeError):  # raised by arithmetic on an unset dim
        dim = None
    if is_unset(dim):
        raise ValueError(message.format('the size of {} is not set'.format(
            name)))
    return check_count(describe(transition), 'the size of ' + name, dim)


class _Stack(Initializable, Random):
    """Base class of the unidirectional and bidirectional stacks."""

    directions: Tuple[str, ...] = ('forward',)

    @lazy(allocation=['input_dim'])
    def __init__(self, prototypes, input_dim, skip_connections=False,
                 dropout=0., mask_outputs=False, projection=None,
                 precision=None, **kwargs):
        who = naming(self, kwargs)
        self.precision = check_precision(who + ': precision', precision)
        self.input_dim = check_dim(who, 'input_dim', input_dim)
        self.skip_connections = check_flag(
            who, 'skip_connections', skip_connections)
        self.dropout = check_rate(who, 'dropout', dropout)
        self.mask_outputs = check_flag(who, 'mask_outputs', mask_outputs)
        _check_prototypes(who, prototypes)
        projection = check_brick(
            who, 'projection', Linear() if projection is None else projection,
            'Linear()')
        self.layers = [
            [Direction(copy.deepcopy(prototype), projection=projection,
                       reverse=name == 'backward',
                       name='{}_{}'.format(name, level))
             for name in self.directions]
            for level, prototype in enumerate(prototypes)]
        add_children(self, kwargs, sum(self.layers, []))
        super().__init__(**kwargs)

    def _push_allocation_config(self):
        features = 0
        for layer in self.layers:
            below = features or dim_of(self, 'input_dim')
            if features and self.skip_connections:
                below += self.input_dim
            for direction in layer:
                direction.input_dim = below
            features = self._features(layer)

    def _features(self, layer):
        """Return the number of features that a layer passes to the next."""
        direction = layer[0]
        return len(layer) * feature_count(
            direction.transition, direction.features_name)

    def _merge(self, outputs):
        """Merge the sequences or vectors of the directions into one."""
        if len(outputs) == 1:
            return outputs[0]
        return tensor.concatenate(outputs, axis=outputs[0].ndim - 1)

    @property
    def state_names(self):
        """Names of all states, for example 'backward_1_cells'.

        A state passed to `apply` under such a name, (B, dim), is the initial
        state of that layer and direction; otherwise the initial state is
        learned.

        """
        return [_state_name(direction, state)
                for layer in self.layers for direction in layer
                for state in direction.transition.apply.states]

    def get_dim(self, name):
        """Return the features of an input, output or state; 0 for a mask."""
        if name == 'inputs':
            return dim_of(self, 'input_dim')
        if name == 'mask':
            return 0
        if name in ('outputs', 'summary'):
            return self._features(self.layers[-1])
        for layer in self.layers:
            for direction in layer:
                for state in direction.transition.apply.states:
                    if name == _state_name(direction, state):
                        return direction.transition.get_dim(state)
        return super().get_dim(name)

    @application(inputs=['inputs', 'mask'], outputs=['outputs'])
    def apply(self, inputs, mask=None, train=False, **initial_states):
        """Apply all layers to a batch of sequences.

        Parameters
        ----------
        inputs : :class:`~theano.tensor.TensorVariable`
            (T, B, input_dim). The contents of the padding, even NaN, have no
            effect.
        mask : :class:`~theano.tensor.TensorVariable`, optional
            (T, B), of the dtype of the inputs: 1 for data, 0 for padding.
        train : bool, optional
            Whether to apply dropout and the noise of the transitions.
        **initial_states
            Initial states by the names in `state_names`, (B, dim) each;
            learned if not given.

        Returns
        -------
        outputs : :class:`~theano.tensor.TensorVariable`
            (T, B, D), where D is ``get_dim('outputs')``.

        Raises
        ------
        ValueError
            If a rank is wrong; when the function runs, if a shape is wrong.
        TypeError
            If the dtype of the mask would upcast the inputs, or a state has
            an unknown name.

        """
        return self._run(inputs, mask, train, initial_states)[0]

    @application(inputs=['inputs', 'mask'], outputs=['summary'])
    def summary(self, inputs, mask=None, kind='last', train=False,
                **initial_states):
        """Apply all layers and summarise each sequence in one vector.

        Parameters
        ----------
        inputs, mask, train, initial_states
            As for :meth:`apply`.
        kind : {'last', 'mean'}, optional
            'last': the final states of the top layer, after the last valid
            time step in the forward and after the first in the backward
            direction. 'mean': the mean of the outputs over the valid time
            steps, weighted by the mask if it is between 0 and 1.

        Returns
        -------
        summary : :class:`~theano.tensor.TensorVariable`
            (B, D), where D is ``get_dim('summary')``.

        """
        check_choice(describe(self), 'kind', kind, _SUMMARIES)
        outputs, top = self._run(inputs, mask, train, initial_states)
        if kind == 'mean':
            return mean_over_time(outputs, mask)
        return self._merge([
            direction.final(states[direction.features_name])
            for direction, states in top[-len(self.directions):]])

    @application(inputs=['inputs', 'mask'])
    def unroll(self, inputs, mask=None, train=False, **initial_states):
        """Apply all layers and also return the final states.

        Parameters
        ----------
        inputs, mask, train, initial_states
            As for :meth:`apply`.

        Returns
        -------
        outputs : :class:`~theano.tensor.TensorVariable`
            (T, B, D).
        *states : :class:`~theano.tensor.TensorVariable`
            The final states, (B, dim) each, in the order of `state_names`, for
            example to continue from in the next batch.

        """
        outputs, runs = self._run(inputs, mask, train, initial_states)
        return [outputs] + [
            direction.final(states[name]) for direction, states in runs
            for name in direction.transition.apply.states]

    @unroll.property('outputs')
    def unroll_outputs(self):
        """Return 'outputs' and the names of the states."""
        return ['outputs'] + self.state_names

    @application
    def initial_states(self, batch_size):
        """Return the learned initial states, in the order of `state_names`.

        Parameters
        ----------
        batch_size : int or scalar :class:`~theano.tensor.TensorVariable`

        Returns
        -------
        list of :class:`~theano.tensor.TensorVariable`
            (batch_size, dim) each.

        """
        return sum([direction.initial_states(batch_size, as_list=True)
                    for layer in self.layers for direction in layer], [])

    @initial_states.property('outputs')
    def initial_states_outputs(self):
        """Return the names of the states."""
        return self.state_names

    def _run(self, inputs, mask, train, initial_states):
        """Return the outputs and the results of each direction of each layer.

        Returns
        -------
        outputs : :class:`~theano.tensor.TensorVariable`
        runs : list of pairs
            A :class:`Direction` and its outputs by name, in the order of
            time.

        """
        check_flag(describe(self), 'train', train)
        unknown = set(initial_states) - set(self.state_names)
        if unknown:
            raise TypeError('{}: unknown states {}; the states are {}'.format(
                describe(self), ', '.join(sorted(unknown)),
                ', '.join(self.state_names)))
        inputs, mask = check_sequence(
            describe(self), inputs, mask, self.input_dim,
            remedy='set input_dim to the number of features')
        features, runs = inputs, []
        for layer in self.layers:
            if runs and self.skip_connections:
                features = tensor.concatenate([inputs, features], axis=2)
            if runs and train and self.dropout:
                features = variational_dropout(
                    features, self.dropout, self.theano_rng)
            given = [_given_to(direction, initial_states)
                     for direction in layer]
            runs.extend(self._run_layer(layer, features, mask, train, given))
            features = self._merge([
                states[direction.features_name]
                for direction, states in runs[-len(layer):]])
        if self.mask_outputs:
            features = zero_padding(features, mask)
        return features, runs

    def _run_layer(self, layer, inputs, mask, train, given):
        """Apply the directions of a layer, as one operation if possible.

        Parameters
        ----------
        layer : list of :class:`Direction`
        inputs, mask, train
            As for :meth:`apply`.
        given : list of dict
            The given initial states, for each direction.

        """
        if not all(direction.keeps_padding_out() for direction in layer):
            inputs = zero_padding(inputs, mask)
        runs = []
        with precision(self.precision), side_by_side():
            for direction, states in zip(layer, given):
                if train and option(direction.transition, 'takes_train'):
                    states = dict(states, train=True)
                runs.append((direction, direction.apply(
                    inputs, mask=mask, as_dict=True, **states)))
        return runs


class UnidirectionalStack(_Stack):
    """Layers of recurrent transitions, each reading the one below.

    Inside a sequence generator, use Blocks'
    :class:`~blocks.bricks.recurrent.RecurrentStack`. This stack also owns the
    projection of its inputs, so the contents of the padding have no effect,
    and can carry states from batch to batch (:meth:`unroll`).

    Parameters
    ----------
    prototypes : list of :class:`~blocks.bricks.recurrent.BaseRecurrent`
        A transition for each layer, from the bottom.  They are copied.
    input_dim : int
        Features of the inputs.
    skip_connections : bool, optional
        Whether the layers above the first read the stack's inputs, too.
    dropout : float, optional
        The rate at which inputs of the layers above the first are dropped, the
        same ones at all time steps of a sequence, if ``train=True``.
    mask_outputs : bool, optional
        Whether the outputs are zero where the mask is 0; by default they
        repeat the state of the previous step.
    projection : :class:`~blocks.bricks.interfaces.Feedforward`, optional
        Prototype of the bricks that project the inputs of each layer and
        direction; a :class:`~blocks.bricks.Linear` by default.
    precision : {None, 'float32', 'bfloat16'}, optional
        Precision of the products in the kernels of all layers; see
        :func:`rnn_kernels.precision`. By default that of the environment
        variable ``BLOCKS_RNN_PRECISION``, or else float32. A transition's own
        `precision` takes precedence.

    """


class BidirectionalStack(_Stack):
    """Layers of recurrent transitions in both directions.

    Each direction of a layer reads both directions of the layer below
    through its own projection. The backward direction starts at the last valid
    time step of each sequence.

    Parameters
    ----------
    prototypes : list of :class:`~blocks.bricks.recurrent.BaseRecurrent`
        A transition for each layer, from the bottom: any mixture of
        :class:`~blocks_rnn_bricks.LSTM`,
        :class:`~blocks_rnn_bricks.PeepholeLSTM`, Blocks' own transitions and
        custom ones. Each is copied once for each direction.
    input_dim : int
        Features of the inputs.
    merge : {'concat', 'sum'}, optional
        How to merge the two directions of a layer.
    skip_connections : bool, optional
        Whether the layers above the first read the stack's inputs, too.
    dropout : float, optional
        The rate at which inputs of the layers above the first are dropped, the
        same ones at all time steps of a sequence, if ``train=True``.
    mask_outputs : bool, optional
        Whether the outputs are zero where the mask is 0; by default they
        repeat the state of the previous step in each direction.
    projection : :class:`~blocks.bricks.interfaces.Feedforward`, optional
        Prototype of the bricks that project the inputs of each layer and
        direction; a :class:`~blocks.bricks.Linear` by default.
    precision : {None, 'float32', 'bfloat16'}, optional
        Precision of the products in the kernels of all layers; see
        :func:`rnn_kernels.precision`. By default that of the environment
        variable ``BLOCKS_RNN_PRECISION``, or else float32. A transition's own
        `precision` takes precedence.

    Notes
    -----
    The directions are children named ``forward_0``, ``backward_0``,
    ``forward_1`` and so on, with the attributes ``transition`` and
    ``projection``. The states of all layers are in the graph, annotated as
    outputs of these bricks' ``apply``.

    Examples
    --------
    >>> from theano import tensor
    >>> from blocks.initialization import Constant, Orthogonal
    >>> from blocks_rnn_bricks import LSTM, BidirectionalStack
    >>> stack = BidirectionalStack(
    ...     [LSTM(dim=4), LSTM(dim=5)], input_dim=3,
    ...     weights_init=Orthogonal(), biases_init=Constant(0))
    >>> stack.initialize()
    >>> x, mask = tensor.tensor3('x'), tensor.matrix('mask')
    >>> stack.apply(x, mask=mask).ndim
    3
    >>> stack.get_dim('outputs')
    10
    >>> stack.state_names[:3]
    ['forward_0_states', 'forward_0_cells', 'backward_0_states']

    """

    directions = ('forward', 'backward')

    @lazy(allocation=['input_dim'])
    def __init__(self, prototypes, input_dim, merge='concat', **kwargs):
        self.merge = check_choice(
            naming(self, kwargs), 'merge', merge, _MERGES)
        super().__init__(
            prototypes=prototypes, input_dim=input_dim, **kwargs)

    def _features(self, layer):
        features = super()._features(layer)
        return features if self.merge == 'concat' else features // len(layer)

    def _merge(self, outputs):
        if self.merge == 'sum':
            return sum(outputs[1:], outputs[0])
        return super()._merge(outputs)


def _state_name(direction, state):
    """Return the stack's name for a state of a direction."""
    return '{}_{}'.format(direction.name, state)


def _given_to(direction, initial_states):
    """Return the initial states of a stack that belong to a direction."""
    return {state: initial_states[_state_name(direction, state)]
            for state in direction.transition.apply.states
            if initial_states.get(_state_name(direction, state)) is not None}


def _check_prototypes(who, prototypes):
    """Raise unless there is a separate recurrent brick for each layer."""
    if not isinstance(prototypes, (list, tuple)) or not prototypes:
        kind = TypeError if not isinstance(
            prototypes, (list, tuple)) else ValueError
        raise kind(
            '{}: prototypes must be a list with a recurrent brick for each '
            'layer, got {!r}; pass, for example, [LSTM(dim=64)]'.format(
                who, prototypes))
    for level, prototype in enumerate(prototypes):
        check_transition(who, 'prototypes[{}]'.format(level), prototype)
        if prototype.parents:
            raise ValueError(
                '{}: prototypes[{}], {}, is already a child of {}; use a '
                'separate brick for each parent'.format(
                    who, level, describe(prototype),
                    describe(prototype.parents[0])))
        if any(prototype is other for other in prototypes[:level]):
            raise ValueError(
                '{}: prototypes[{}], {}, is in the list twice, but layers do '
                'not share parameters; create a brick for each, for example '
                '[LSTM(dim=64) for _ in range(2)]'.format(
                    who, level, describe(prototype)))
        if option(prototype, 'mask_outputs'):
            raise ValueError(
                '{}: prototypes[{}], {}, has mask_outputs=True, which would '
                'hide the states that the next layer and the summary need; '
                'pass mask_outputs=True to the stack instead'.format(
                    who, level, describe(prototype)))
