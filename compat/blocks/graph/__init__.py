"""Computation graphs with annotations, and their transformation."""
from .._former import former_names
from ..annotations import Annotation, add_annotation
from ..roles import PARAMETER, add_role
from .bn import (
    apply_batch_normalization,
    batch_normalization,
    get_batch_normalization_updates,
)
from .computation import ComputationGraph
from .transforms import apply_dropout, apply_noise, collect_parameters

__all__ = ('Annotation', 'ComputationGraph', 'PARAMETER', 'add_annotation',
           'add_role', 'apply_batch_normalization', 'apply_dropout',
           'apply_noise', 'batch_normalization', 'collect_parameters',
           'get_batch_normalization_updates')


__getattr__ = former_names(__name__, used=('blocks.roles', 'blocks.utils'))
