"""Attention after the transition."""
from blocks.bricks.attention import AttentionRecurrent as _AttentionRecurrent
from blocks.utils import dict_subset


class AttentionRecurrent(_AttentionRecurrent):
    """A transition with attention by its new states.

    At each step the transition reads the glimpses of the previous step; then
    new glimpses are taken with its new states. (In
    :class:`blocks.bricks.attention.AttentionRecurrent`, which has the same
    arguments, glimpses are taken first, with the states of the previous step.)

    """

    def _step(self, kwargs):
        """Compute states, then take glimpses with them."""
        attended = dict_subset(kwargs, [
            self.attended_name, self.attended_mask_name,
            self.preprocessed_attended_name], must_have=False)
        kwargs.pop(self.preprocessed_attended_name)
        previous = dict_subset(kwargs, self.previous_glimpses_needed)
        states = self.compute_states(as_dict=True, **kwargs)
        glimpses = self.take_glimpses(
            as_dict=True, **{**states, **previous, **attended})
        return [*states.values(), *glimpses.values()]
