"""Recurrent bricks made of others: in both directions, in layers."""
from copy import deepcopy

from theano import tensor

from rnn_kernels import side_by_side

from ..arguments import brick, checked, flag, string, transitions
from ..arguments import recurrent as recurrent_brick
from ..base import application, lazy
from ..interfaces import Initializable
from ..ownership import describe, with_children
from ..parallel import Fork
from ..simple import Linear
from .base import BaseRecurrent, recurrent

#: Separates the name of an argument from the number of its layer.
RECURRENTSTACK_SEPARATOR = '#'


def _but_mask(names):
    return [name for name in names if name != 'mask']


class Bidirectional(Initializable):
    r"""Two recurrent networks, one for each direction.

    Parameters
    ----------
    prototype : :class:`BaseRecurrent`
        Copied for the children, ``forward`` and ``backward``.
    \*\*kwargs
        See :class:`~blocks.bricks.Initializable`.

    """

    has_bias = False

    @checked('prototype', prototype=recurrent_brick)
    @lazy()
    def __init__(self, prototype, **kwargs):
        directions = [deepcopy(prototype), deepcopy(prototype)]
        for network, name in zip(directions, ('forward', 'backward')):
            network.name = name
        super().__init__(**with_children(kwargs, *directions))
        self.prototype = prototype

    @application
    def apply(self, *args, **kwargs):
        """Apply both networks and join their outputs.

        It takes the arguments of the prototype's ``apply``.

        Returns
        -------
        list of :class:`~tensor.TensorVariable`
            ``(time, batch, 2 * dim)``, the forward half first, each at the
            time of its input.

        """
        forward, backward = self.children
        with side_by_side():
            ahead = forward.apply(*args, as_list=True, **kwargs)
            back = backward.apply(*args, as_list=True, reverse=True,
                                  **kwargs)
        return [tensor.concatenate([there, again[::-1]], axis=2)
                for there, again in zip(ahead, back)]

    @apply.delegate
    def apply_delegate(self):
        return self.children[0].apply

    def get_dim(self, name):
        dim = self.prototype.get_dim(name)
        return 2 * dim if name in self.apply.outputs else dim


class RecurrentStack(BaseRecurrent, Initializable):
    r"""A stack of recurrent networks.

    From the second layer on, each layer reads the states of the layer below,
    transformed by a :class:`~blocks.bricks.parallel.Fork` into all of its
    sequences but the mask.

    The arguments and outputs have the names of those of the layers, with
    ``#1``, ``#2`` ... appended from the second layer on. The mask and the
    contexts are common to all layers and have no number.

    Parameters
    ----------
    transitions : list of :class:`BaseRecurrent`
        The layers, the lowest first. A number is appended to their names.
    fork_prototype : :class:`~blocks.bricks.Feedforward`, optional
        The transformation between layers. By default a
        :class:`~blocks.bricks.Linear` brick, which has a bias unless
        `skip_connections` is set (the inputs of all layers are then given
        and already include a bias).
    states_name : str, optional
        The output of each layer that the next one reads.
    skip_connections : bool, optional
        Whether the sequences of all layers are arguments. Otherwise only
        those of the lowest layer are.
    \*\*kwargs
        See :class:`~blocks.bricks.Initializable`.

    """

    @staticmethod
    def suffix(name, level):
        """Append the number of a layer to a name, if necessary."""
        if name == 'mask' or level == 0:
            return name
        return f'{name}{RECURRENTSTACK_SEPARATOR}{level}'

    @staticmethod
    def split_suffix(name):
        """Split a name into the name in the layer and the layer's number."""
        base, separator, level = name.rpartition(RECURRENTSTACK_SEPARATOR)
        if separator and level.isdigit():
            return base, int(level)
        return name, 0

    @staticmethod
    def suffixes(names, level):
        """Append the number of a layer to names, except the mask."""
        return [RecurrentStack.suffix(name, level)
                for name in _but_mask(names)]

    @checked('transitions', transitions=transitions, fork_prototype=brick,
             states_name=string, skip_connections=flag)
    def __init__(self, transitions, fork_prototype=None, states_name='states',
                 skip_connections=False, **kwargs):
        super().__init__(**kwargs)
        self.transitions = transitions
        self.states_name = states_name
        self.skip_connections = skip_connections
        for level, transition in enumerate(transitions):
            transition.name += f'{RECURRENTSTACK_SEPARATOR}{level}'
        if fork_prototype is None:
            fork_prototype = Linear(use_bias=not skip_connections)
        self.forks = [Fork(self.normal_inputs(level), name=f'fork_{level}',
                           prototype=fork_prototype)
                      for level in range(1, len(transitions))]
        self.children = [*transitions, *self.forks]
        self._declare_arguments()

    def normal_inputs(self, level):
        """Return the names of a layer's sequences, without the mask."""
        return _but_mask(self.transitions[level].apply.sequences)

    def _declare_arguments(self):
        """Set the names of arguments and outputs for this stack."""
        layers = [transition.apply for transition in self.transitions]
        exposed = layers if self.skip_connections else layers[:1]

        def numbered(kind, layers):
            return [name for level, layer in enumerate(layers)
                    for name in self.suffixes(getattr(layer, kind), level)]

        sequences = numbered('sequences', exposed)
        # The mask has a default, so it comes after arguments that may be
        # positional.
        if 'mask' in layers[0].sequences:
            sequences.append('mask')
        contexts = list(dict.fromkeys(name for layer in layers
                                      for name in layer.contexts))
        for target in (self.apply, self.low_memory_apply):
            target.sequences = sequences
            target.states = numbered('states', layers)
            target.outputs = numbered('outputs', layers)
            target.contexts = contexts
        self.initial_states.outputs = self.apply.states
        self.transition_args = {*sequences, *self.apply.states, *contexts}

    def _push_allocation_config(self):
        # The dimensions of a layer may depend on its own configuration.
        for transition in self.transitions:
            transition.push_allocation_config()
        for fork, below, above in zip(self.forks, self.transitions,
                                      self.transitions[1:]):
            fork.input_dim = below.get_dim(self.states_name)
            fork.output_dims = above.get_dims(fork.output_names)

    def get_dim(self, name):
        for transition in self.transitions:
            if name in transition.apply.contexts:
                return transition.get_dim(name)
        base, level = self.split_suffix(name)
        if level >= len(self.transitions):
            return super().get_dim(name)
        return self.transitions[level].get_dim(base)

    @application
    def initial_states(self, batch_size, *args, **kwargs):
        """Return the initial states of all layers."""
        return [state for transition in self.transitions
                for state in transition.initial_states(
                    batch_size, *args, as_list=True, **kwargs)]

    def _layer_arguments(self, level, arguments):
        """Pick a layer's arguments and name them as the layer does."""
        application = self.transitions[level].apply
        names = [*application.states]
        if level == 0 or self.skip_connections:
            names += self.normal_inputs(level)
        picked = {name: arguments.get(self.suffix(name, level))
                  for name in names}
        if 'mask' in application.sequences:
            picked['mask'] = arguments.get('mask')
        for name in application.contexts:
            picked[name] = arguments.get(name)
        return picked

    def _by_name(self, args, kwargs):
        """Return all arguments by name, including positional ones."""
        names = [*self.apply.sequences, *self.apply.contexts]
        if len(args) > len(names):
            raise TypeError(f'{describe(self)}: takes at most {len(names)} '
                            f'arguments by position ({", ".join(names)}), '
                            f'got {len(args)}')
        return {**kwargs, **dict(zip(names, args))}

    def do_apply(self, *args, **kwargs):
        r"""Apply the layers, each to the states of the layer below.

        With ``iterate=False`` this is one step of the whole stack, otherwise
        each layer in turn processes the whole sequence.

        Parameters
        ----------
        \*args, \*\*kwargs
            As in :meth:`apply`.

        Returns
        -------
        tuple of :class:`~tensor.TensorVariable`
            The outputs of all layers.

        """
        arguments = self._by_name(args, kwargs)
        if arguments.pop('reverse', False):
            # Reversed once: every layer then reads and returns the steps in
            # the order of the computation.
            for name in self.apply.sequences:
                if arguments.get(name) is not None:
                    arguments[name] = arguments[name][::-1]
        options = {name: value for name, value in arguments.items()
                   if name not in self.transition_args}

        results = []
        below = None
        for level, transition in enumerate(self.transitions):
            layer = self._layer_arguments(level, arguments)
            if level > 0:
                self._add_from_below(level, below, layer)
                # The outputs of the layer below determine both of these.
                for name in ('n_steps', 'batch_size'):
                    options.pop(name, None)
            outputs = transition.apply(as_list=True, **layer, **options)
            named = dict(zip(transition.apply.outputs, outputs))
            below = named[self.states_name]
            if options.get('return_initial_states', False):
                below = below[1:]
            results += outputs
        return tuple(results)

    def _add_from_below(self, level, below, layer):
        """Add the states of the layer below to a layer's arguments."""
        inputs = self.forks[level - 1].apply(below, as_dict=True)
        for name, input_ in inputs.items():
            given = layer.get(name)
            layer[name] = input_ if given is None else given + input_

    @recurrent
    def low_memory_apply(self, *args, **kwargs):
        """Compute one step of the whole stack; see :meth:`apply`."""
        return self.do_apply(*args, **{**kwargs, 'iterate': False})

    @application
    def apply(self, *args, **kwargs):
        r"""Apply the stack.

        Parameters
        ----------
        low_memory : bool, optional
            Whether to use one loop over the steps of the whole stack, which
            takes less memory and more time.
        \*args : :class:`~tensor.TensorVariable`
            The arguments named in ``apply.sequences``, then those in
            ``apply.contexts``.
        \*\*kwargs
            The same by name, initial states by name, and the keywords of
            every recurrent application (see :func:`recurrent`).

        Returns
        -------
        list of :class:`~tensor.TensorVariable`
            The outputs of all layers, named in ``apply.outputs``.

        """
        if kwargs.pop('low_memory', False):
            return self.low_memory_apply(**self._by_name(args, kwargs))
        return self.do_apply(*args, **kwargs)
