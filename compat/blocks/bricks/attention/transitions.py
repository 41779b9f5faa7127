"""Recurrent transitions with attention at each step."""
from abc import abstractmethod

from ...utils import dict_subset
from ..arguments import attention, checked, distribution, flag, string
from ..arguments import recurrent as recurrent_brick
from ..base import application
from ..interfaces import Initializable
from ..ownership import describe, with_children
from ..parallel import Distribute
from ..recurrent import BaseRecurrent, recurrent


class AbstractAttentionRecurrent(BaseRecurrent):
    """The interface of transitions with attention.

    A step takes glimpses first, then computes the next states. ``apply`` does
    both; each half is also a separate application.

    """

    @abstractmethod
    def take_glimpses(self, **kwargs):
        """Compute glimpses, given the states."""

    @abstractmethod
    def compute_states(self, **kwargs):
        """Compute the next states, given the states and the glimpses."""

    @abstractmethod
    def apply(self, **kwargs):
        """Take glimpses and compute the next states."""


class AttentionRecurrent(AbstractAttentionRecurrent, Initializable):
    r"""A recurrent transition that takes glimpses with a mechanism.

    At each step the mechanism computes glimpses from the states, one of the
    glimpses is added to the transition's inputs, and the transition computes
    its next states.

    The glimpses become states of this brick, together with those of the
    transition. Sequences and contexts are those of the transition, plus two
    contexts for the attended and its mask.

    Parameters
    ----------
    transition : :class:`~blocks.bricks.recurrent.BaseRecurrent`
        The transition.
    attention : :class:`AbstractAttention`
        The mechanism.
    distribute : :class:`~blocks.bricks.base.Brick`, optional
        Adds glimpses to the sequences. By default a
        :class:`~blocks.bricks.parallel.Distribute` that adds the first
        glimpse to all sequences except those with "mask" in their names.
    add_contexts : bool, optional
        Whether to add contexts to those of the transition. Otherwise the
        first two contexts of the transition are the attended and its mask.
    attended_name, attended_mask_name : str, optional
        The names of the additional contexts, by default ``'attended'`` and
        ``'attended_mask'``.
    \*\*kwargs
        See :class:`~blocks.bricks.Initializable`.

    """

    @checked('transition', 'attention', transition=recurrent_brick,
             attention=attention, distribute=distribution, add_contexts=flag,
             attended_name=string, attended_mask_name=string)
    def __init__(self, transition, attention, distribute=None,
                 add_contexts=True, attended_name=None,
                 attended_mask_name=None, **kwargs):
        inner, glimpses = transition.apply, attention.take_glimpses
        self._sequence_names = [*inner.sequences]
        self._normal_inputs = [name for name in inner.sequences
                               if 'mask' not in name]
        self._context_names = [*inner.contexts]
        self._state_names = [*inner.states]
        self._glimpse_names = [*glimpses.outputs]
        if add_contexts:
            attended_name = attended_name or 'attended'
            attended_mask_name = attended_mask_name or 'attended_mask'
            self._context_names += [attended_name, attended_mask_name]
        else:
            self._check_contexts(transition)
            attended_name, attended_mask_name = self._context_names[:2]
        self.add_contexts = add_contexts
        self.attended_name = attended_name
        self.attended_mask_name = attended_mask_name
        self.preprocessed_attended_name = f'preprocessed_{attended_name}'
        # Glimpses among the mechanism's inputs are passed back to it.
        self.previous_glimpses_needed = [
            name for name in glimpses.outputs if name in glimpses.inputs]

        self.transition = transition
        self.attention = attention
        self.distribute = distribute or Distribute(self._normal_inputs,
                                                   self._glimpse_names[0])
        super().__init__(**with_children(kwargs, transition, attention,
                                         self.distribute))

    def _check_contexts(self, transition):
        """Raise ValueError if no contexts are left for the attended."""
        if len(self._context_names) < 2:
            raise ValueError(
                f'{type(self).__name__}: with add_contexts=False the first '
                f'two contexts of the transition are the attended and its '
                f'mask, but {describe(transition)} has the contexts '
                f'{self._context_names}')

    def _push_allocation_config(self):
        attention, distribute = self.attention, self.distribute
        attention.attended_dim = self.get_dim(self.attended_name)
        distribute.source_dim = attention.get_dim(distribute.source_name)
        attention.state_dims, distribute.target_dims = map(
            self.transition.get_dims,
            (attention.state_names, distribute.target_names))

    def get_dim(self, name):
        attention = self.attention
        if name == self.preprocessed_attended_name:
            return attention.get_dim(*attention.preprocess.outputs)
        if name in self._glimpse_names:
            return attention.get_dim(name)
        added = ((self.attended_name, self.attended_mask_name)
                 if self.add_contexts else ())
        if name not in added:
            return self.transition.get_dim(name)
        return (attention.get_dim(attention.take_glimpses.inputs[0])
                if name == self.attended_name else 0)

    @application
    def take_glimpses(self, **kwargs):
        r"""Compute glimpses.

        Parameters
        ----------
        \*\*kwargs : :class:`~tensor.TensorVariable`
            The states and the previous glimpses, the attended and optionally
            its mask and its preprocessed form. Others are ignored.

        Returns
        -------
        list of :class:`~tensor.TensorVariable`
            The new glimpses.

        """
        return self.attention.take_glimpses(
            kwargs[self.attended_name],
            kwargs.get(self.preprocessed_attended_name),
            kwargs.get(self.attended_mask_name),
            **dict_subset(kwargs, [*self._state_names,
                                   *self.previous_glimpses_needed]))

    @take_glimpses.property('outputs')
    def take_glimpses_outputs(self):
        return self._glimpse_names

    @application
    def compute_states(self, **kwargs):
        r"""Compute one step of the transition.

        Parameters
        ----------
        \*\*kwargs : :class:`~tensor.TensorVariable`
            The new glimpses, the attended, and all inputs of the transition.

        Returns
        -------
        list of :class:`~tensor.TensorVariable`
            The next states.

        """
        glimpses = dict_subset(kwargs, self._glimpse_names, pop=True)
        sequences = dict_subset(kwargs, self._normal_inputs, pop=True)
        if self.add_contexts:
            for name in (self.attended_name, self.attended_mask_name):
                kwargs.pop(name, None)
        sequences.update(self.distribute.apply(
            as_dict=True, **dict_subset({**sequences, **glimpses},
                                        self.distribute.apply.inputs)))
        return self.transition.apply(iterate=False, as_list=True,
                                     **sequences, **kwargs)

    @compute_states.property('outputs')
    def compute_states_outputs(self):
        return self._state_names

    @recurrent
    def do_apply(self, **kwargs):
        r"""Compute one step with an attended that is already preprocessed.

        Parameters
        ----------
        \*\*kwargs : :class:`~tensor.TensorVariable`
            All the inputs of the transition, the previous glimpses, the
            attended and its preprocessed form, and optionally its mask.

        Returns
        -------
        list of :class:`~tensor.TensorVariable`
            The next states and the new glimpses.

        """
        return self._step(kwargs)

    def _step(self, kwargs):
        """Take glimpses from the previous states, then compute states."""
        glimpses = self.take_glimpses(as_dict=True, **dict_subset(kwargs, [
            *self._state_names, *self._glimpse_names, self.attended_name,
            self.attended_mask_name, self.preprocessed_attended_name],
            must_have=False))
        kwargs.pop(self.preprocessed_attended_name)
        states = self.compute_states(as_list=True, **{**kwargs, **glimpses})
        return states + list(glimpses.values())

    @do_apply.property('outputs')
    @do_apply.property('states')
    def do_apply_states(self):
        return [*self._state_names, *self._glimpse_names]

    @do_apply.property('contexts')
    def do_apply_contexts(self):
        return [*self._context_names, self.preprocessed_attended_name]

    @do_apply.property('sequences')
    def do_apply_sequences(self):
        return self._sequence_names

    @application
    def apply(self, **kwargs):
        r"""Preprocess the attended, then iterate over the sequences.

        Parameters
        ----------
        \*\*kwargs
            The sequences and contexts by name, optionally initial states,
            and the keywords of every recurrent application (see
            :func:`~blocks.bricks.recurrent.recurrent`).

        Returns
        -------
        list of :class:`~tensor.TensorVariable`
            The states and the glimpses at all times.

        """
        if kwargs.get(self.attended_name) is None:
            raise ValueError(f'{self.name}: the context '
                             f'{self.attended_name!r} is missing: it is the '
                             'attended sequence')
        preprocessed = self.attention.preprocess(kwargs[self.attended_name])
        return self.do_apply(
            **kwargs, **{self.preprocessed_attended_name: preprocessed})

    @apply.property('contexts')
    def apply_contexts(self):
        return self._context_names

    @apply.delegate
    def apply_delegate(self):
        return self.do_apply

    @application
    def initial_states(self, batch_size, **kwargs):
        """Return the initial states of the transition, then glimpses."""
        return [
            *self.transition.initial_states(batch_size, as_list=True,
                                            **kwargs),
            *self.attention.initial_glimpses(
                batch_size, kwargs[self.attended_name], as_list=True)]

    @initial_states.property('outputs')
    def initial_states_outputs(self):
        return self.do_apply.states
