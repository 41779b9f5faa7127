"""Parts of tensors."""

from pytensor.tensor.subtensor import (
    AdvancedIncSubtensor,
    AdvancedIncSubtensor1,
    AdvancedSubtensor,
    AdvancedSubtensor1,
    IncSubtensor,
    Subtensor,
    advanced_inc_subtensor,
    advanced_inc_subtensor1,
    advanced_set_subtensor,
    advanced_set_subtensor1,
    advanced_subtensor,
    advanced_subtensor1,
    get_idx_list,
    inc_subtensor,
    set_subtensor,
    take,
)

__all__ = [
    'AdvancedIncSubtensor', 'AdvancedIncSubtensor1', 'AdvancedSubtensor',
    'AdvancedSubtensor1', 'IncSubtensor', 'Subtensor',
    'advanced_inc_subtensor', 'advanced_inc_subtensor1',
    'advanced_set_subtensor', 'advanced_set_subtensor1',
    'advanced_subtensor', 'advanced_subtensor1', 'get_idx_list',
    'inc_subtensor', 'set_subtensor', 'take']
