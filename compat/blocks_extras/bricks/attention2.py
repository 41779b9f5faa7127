"""Attention after the transition."""
from blocks.bricks.attention import AttentionRecurrent as _AttentionRecurrent
from blocks.bricks.recurrent import recurrent
from blocks.utils import dict_subset


class AttentionRecurrent(_AttentionRecurrent):
    """A transition with attention, which it pays with its new states.

    At each step the transition gets the glimpses of the step before; then
    new glimpses are taken with its new states. (In
    :class:`blocks.bricks.attention.AttentionRecurrent`, whose arguments it
    has, glimpses are taken first, with the states of the step before.)

    """

    @recurrent
    def do_apply(self, **kwargs):
        r"""Make a step, with the attended preprocessed already.

        Parameters
        ----------
        \*\*kwargs : :class:`~tensor.TensorVariable`
            All the inputs of the transition, the previous glimpses, the
            attended and its preprocessed form, and maybe its mask.

        Returns
        -------
        list of :class:`~tensor.TensorVariable`
            The next states and the new glimpses.
        """
        attended = dict_subset(kwargs, [
            self.attended_name, self.attended_mask_name,
            self.preprocessed_attended_name], must_have=False)
        kwargs.pop(self.preprocessed_attended_name)
        previous = dict_subset(kwargs, self.previous_glimpses_needed)
        states = self.compute_states(as_dict=True, **kwargs)
        glimpses = self.take_glimpses(
            as_dict=True, **{**states, **previous, **attended})
        return [*states.values(), *glimpses.values()]

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
