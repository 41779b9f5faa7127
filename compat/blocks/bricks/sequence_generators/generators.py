"""Sequence generators."""
from typing import NamedTuple

from theano import tensor

from ...roles import COST, add_role
from ...utils import dict_subset
from ..arguments import attention, brick, checked, flag, readout
from ..arguments import recurrent as recurrent_brick
from ..attention import AbstractAttentionRecurrent, AttentionRecurrent
from ..base import application, lazy
from ..interfaces import Initializable
from ..ownership import with_children
from ..parallel import Fork
from ..recurrent import recurrent


class _Sources(NamedTuple):
    """The arguments of a step: names, or dictionaries by name."""

    states: list | dict
    glimpses: list | dict
    contexts: list | dict

    def all(self):
        """Return all of the variables in one dictionary."""
        return {**self.states, **self.glimpses, **self.contexts}


class BaseSequenceGenerator(Initializable):
    r"""A transition with attention, driven by a readout.

    Starting from the initial outputs :math:`y_0`, states :math:`s_0` and
    glimpses :math:`g_0`, with contexts :math:`a`, a step is

    .. math::

        g_t &= \mathrm{take\_glimpses}(s_{t-1}, g_{t-1}, a) \\
        r_t &= \mathrm{readout}(\mathrm{feedback}(y_{t-1}), s_{t-1}, g_t, a)
        \\
        y_t &= \mathrm{emit}(r_t), \quad c_t = \mathrm{cost}(r_t, y_t) \\
        s_t &= \mathrm{compute\_states}(\mathrm{fork}(
               \mathrm{feedback}(y_t)), s_{t-1}, g_t, a)

    The readout reads the new glimpses, but the previous states.

    Parameters
    ----------
    readout : :class:`AbstractReadout`
        Produces outputs.
    transition : :class:`~blocks.bricks.attention.AbstractAttentionRecurrent`
        Computes states.
    fork : :class:`~blocks.bricks.base.Brick`
        Computes the transition's inputs from the feedback.
    \*\*kwargs
        See :class:`~blocks.bricks.Initializable`.

    """

    @lazy()
    def __init__(self, readout, transition, fork, **kwargs):
        super().__init__(**with_children(kwargs, readout, fork, transition))
        self.readout, self.transition, self.fork = readout, transition, fork

    @property
    def _names(self):
        """Return the names of the transition's variables, by kind."""
        transition = self.transition
        return _Sources(states=transition.compute_states.outputs,
                        glimpses=transition.take_glimpses.outputs,
                        contexts=transition.apply.contexts)

    def _sort(self, kwargs):
        """Sort the arguments of an application; missing ones are omitted."""
        return _Sources(*(dict_subset(kwargs, names, must_have=False)
                          for names in self._names))

    def _push_allocation_config(self):
        # Each part knows its dimensions only after its own configuration.
        readout, transition, fork = self.readout, self.transition, self.fork
        transition.push_allocation_config()
        readout.source_dims = [
            self._part_with(name).get_dim(name)
            for name in readout.source_names]
        readout.push_allocation_config()
        fork.input_dim, = readout.get_dims(readout.feedback.outputs)
        fork.output_dims = transition.get_dims(fork.apply.outputs)

    def _part_with(self, name):
        """Return the part that defines a variable: transition or readout."""
        in_transition = any(name in names for names in self._names)
        return self.transition if in_transition else self.readout

    def get_dim(self, name):
        part = self._part_with(name)
        if part is self.readout and name != 'outputs':
            return super().get_dim(name)
        return part.get_dim(name)

    @application
    def cost(self, application_call, outputs, mask=None, **kwargs):
        r"""Return the cost of sequences, averaged over the batch.

        The cost of a sequence is the sum over its elements, so long
        sequences have more weight; the auxiliary variable
        ``per_sequence_element`` is the average over all elements.

        Parameters
        ----------
        outputs : :class:`~tensor.TensorVariable`
            The sequences, ``(time, batch)`` or ``(time, batch, features)``.
        mask : :class:`~tensor.TensorVariable`, optional
            ``(time, batch)``, 1 for data and 0 for padding.
        \*\*kwargs : :class:`~tensor.TensorVariable`
            The contexts, and optionally initial states.

        Returns
        -------
        cost : :class:`~tensor.TensorVariable`
            A scalar, of role :const:`~blocks.roles.COST`.

        """
        costs = self.cost_matrix(outputs, mask=mask, **kwargs)
        per_element = (costs.mean() if mask is None
                       else costs.sum() / mask.sum())
        application_call.add_auxiliary_variable(per_element,
                                                name='per_sequence_element')
        per_sequence = costs.sum(axis=0).mean()
        add_role(per_sequence, COST)
        return per_sequence

    @application
    def cost_matrix(self, application_call, outputs, mask=None, **kwargs):
        """Return the cost of each element, ``(time, batch)``.

        The arguments are those of :meth:`cost`. The states and glimpses at
        all times are auxiliary variables, and so are the last ones, with
        ``_final_value`` appended to the name: initial states for a next
        batch that continues the same sequences.

        """
        given = self._sort(kwargs)
        driving = self.readout.feedback(outputs)
        trajectory = self.transition.apply(
            as_dict=True, return_initial_states=True, mask=mask,
            **self.fork.apply(driving, as_dict=True), **given.states,
            **given.contexts)
        # Step t reads the states before it and its own glimpses, so of T + 1
        # values either the last or the initial one is not used.
        seen = given._replace(
            states={name: trajectory[name][:-1]
                    for name in self._names.states},
            glimpses={name: trajectory[name][1:]
                      for name in self._names.glimpses})
        costs = self.readout.cost(
            self.readout.readout(
                feedback=self._delayed(driving, outputs.shape[1]),
                **seen.all()),
            outputs)
        notes = {**seen.glimpses, **seen.states}
        notes.update((f'{name}_final_value', trajectory[name][-1])
                     for name in [*seen.states, *seen.glimpses])
        for name, variable in notes.items():
            application_call.add_auxiliary_variable(variable.copy(),
                                                    name=name)
        if mask is None:
            return costs
        # Padding can have infinite cost; multiplying it by 0 would give NaN.
        return tensor.switch(tensor.eq(mask, 0), 0, costs) * mask

    def _delayed(self, feedback, batch_size):
        """Shift the feedback by one step, starting with initial outputs.

        The last element is dropped.

        """
        first = self.readout.feedback(
            self.readout.initial_outputs(batch_size))
        return tensor.set_subtensor(tensor.roll(feedback, 1, 0)[0], first)

    @recurrent
    def generate(self, outputs, **kwargs):
        r"""Generate one element of each sequence.

        Parameters
        ----------
        outputs : :class:`~tensor.TensorVariable`
            The previous elements.
        \*\*kwargs : :class:`~tensor.TensorVariable`
            The states, the glimpses and the contexts.

        Returns
        -------
        list of :class:`~tensor.TensorVariable`
            The next states, outputs, glimpses and the costs of the outputs.

        """
        readout, transition = self.readout, self.transition
        before = self._sort(kwargs)
        now = before._replace(
            glimpses=transition.take_glimpses(as_dict=True, **before.all()))
        readouts = readout.readout(feedback=readout.feedback(outputs),
                                   **now.all())
        emitted = readout.emit(readouts)
        inputs = {'feedback': readout.feedback(emitted)}
        if self.fork:
            inputs = self.fork.apply(*inputs.values(), as_dict=True)
        states = transition.compute_states(as_list=True, **inputs,
                                           **now.all())
        return [*states, emitted, *now.glimpses.values(),
                readout.cost(readouts, emitted)]

    @generate.property('outputs')
    def generate_outputs(self):
        return [*self.generate.states, 'costs']

    @generate.property('states')
    def generate_states(self):
        names = self._names
        return [*names.states, 'outputs', *names.glimpses]

    @generate.delegate
    def generate_delegate(self):
        return self.transition.apply

    @application
    def initial_states(self, batch_size, *args, **kwargs):
        """Return initial states, outputs and glimpses."""
        initial = self.transition.initial_states(batch_size, *args,
                                                 as_dict=True, **kwargs)
        initial['outputs'] = self.readout.initial_outputs(batch_size)
        return [*dict_subset(initial, self.generate.states).values()]

    @initial_states.property('outputs')
    def initial_states_outputs(self):
        return self.generate.states


class FakeAttentionRecurrent(AbstractAttentionRecurrent, Initializable):
    r"""A transition without attention, for use where one is expected.

    Parameters
    ----------
    transition : :class:`~blocks.bricks.recurrent.BaseRecurrent`
        Computes the states; there are no glimpses.
    \*\*kwargs
        See :class:`~blocks.bricks.Initializable`.

    """

    def __init__(self, transition, **kwargs):
        super().__init__(**with_children(kwargs, transition))
        self.transition = transition
        self.glimpse_names = []
        self.context_names = transition.apply.contexts
        self.state_names = transition.apply.states

    @application(outputs=[])
    def take_glimpses(self, *args, **kwargs):
        """Return no glimpses."""
        return []

    @application
    def compute_states(self, *args, **kwargs):
        """Compute one step of the transition."""
        return self.transition.apply(*args, iterate=False, **kwargs)

    @application
    def apply(self, *args, **kwargs):
        """Apply the transition."""
        return self.transition.apply(*args, **kwargs)

    @compute_states.delegate
    @apply.delegate
    def transition_apply(self):
        """Return the application that the others delegate to."""
        return self.transition.apply

    @application
    def initial_states(self, batch_size, *args, **kwargs):
        """Return the initial states of the transition."""
        return self.transition.initial_states(batch_size, *args, **kwargs)

    @initial_states.property('outputs')
    def initial_states_outputs(self):
        return self.state_names

    def get_dim(self, name):
        return self.transition.get_dim(name)


class SequenceGenerator(BaseSequenceGenerator):
    r"""A sequence generator from a readout and any transition.

    Parameters
    ----------
    readout : :class:`AbstractReadout`
        Produces outputs.
    transition : :class:`~blocks.bricks.recurrent.BaseRecurrent`
        Computes states.
    attention : :class:`~blocks.bricks.attention.AbstractAttention`, optional
        The attention mechanism, if any.
    add_contexts : bool, optional
        Whether the attended and its mask are contexts in addition to those
        of the transition, see
        :class:`~blocks.bricks.attention.AttentionRecurrent`.
    \*\*kwargs
        See :class:`BaseSequenceGenerator`. By default `fork` is a
        :class:`~blocks.bricks.parallel.Fork` for all sequences of the
        transition except those with "mask" in their names.

    """

    @checked('readout', 'transition', readout=readout,
             transition=recurrent_brick, attention=attention,
             add_contexts=flag, fork=brick)
    def __init__(self, readout, transition, attention=None,
                 add_contexts=True, **kwargs):
        kwargs.setdefault('fork', Fork([
            name for name in transition.apply.sequences
            if 'mask' not in name]))
        attending = (
            AttentionRecurrent(transition, attention, name='att_trans',
                               add_contexts=add_contexts) if attention else
            FakeAttentionRecurrent(transition, name='with_fake_attention'))
        super().__init__(readout, attending, **kwargs)
