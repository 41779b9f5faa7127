"""Attention after the transition."""
from blocks.bricks.attention import AttentionRecurrent as _AttentionRecurrent
from blocks.utils import dict_subset


class AttentionRecurrent(_AttentionRecurrent):
    """A transition with attention, which it pays with its new states.

    At each step the transition gets the glimpses of the step before; then
    new glimpses are taken with its new states. (In
    :class:`blocks.bricks.attention.AttentionRecurrent`, whose arguments it
    has, glimpses are taken first, with the states of the step before.)

    """

    def _step(self, kwargs):
        """Compute states, then take glimpses by them."""
        attended = dict_subset(kwargs, [
            self.attended_name, self.attended_mask_name,
            self.preprocessed_attended_name], must_have=False)
        kwargs.pop(self.preprocessed_attended_name)
        previous = dict_subset(kwargs, self.previous_glimpses_needed)
        states = self.compute_states(as_dict=True, **kwargs)
        glimpses = self.take_glimpses(
            as_dict=True, **{**states, **previous, **attended})
        return [*states.values(), *glimpses.values()]
