"""Kernels generated from the steps of recurrent networks.

A step is the symbolic graph of one time step. It is traced (:mod:`.tracing`),
split into stages between its products with matrices (:mod:`.layout`) and
written as plain loops, forward and backward (:mod:`.source`), which numba
compiles. The kernels process only the valid steps of a batch (:mod:`.plan`),
in threads (:mod:`.threads`), and are operations of the graph (:mod:`.ops`).

Nothing here depends on bricks, gates or any particular cell.

"""
from .checks import check_mask
from .explanation import Explanation, explain
from .iteration import (
    building_step,
    disabled,
    enabled,
    inside_step,
    iterate,
    prepare,
    project,
    projection_of,
    side_by_side,
    start,
)
from .precisions import check_precision, precision, settled_precision
from .threads import number_of_threads
from .tracing import Refusal

__all__ = ('Explanation', 'Refusal', 'building_step', 'check_mask',
           'check_precision', 'disabled', 'enabled', 'explain',
           'inside_step', 'iterate', 'number_of_threads',
           'precision', 'prepare', 'project', 'projection_of',
           'settled_precision', 'side_by_side', 'start')
