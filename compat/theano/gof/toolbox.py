"""Features that can be attached to graphs."""

from pytensor.graph.features import (
    AlreadyThere,
    BadOptimization,
    Bookkeeper,
    Feature,
    History,
    NoOutputFromInplace,
    PreserveVariableAttributes,
    ReplaceValidate,
    Validator,
)
from pytensor.graph.features import (
    ReplacementDidNotRemoveError as ReplacementDidntRemovedError,
)

__all__ = ['AlreadyThere', 'BadOptimization', 'Bookkeeper', 'Feature',
           'History', 'NoOutputFromInplace', 'PreserveVariableAttributes',
           'ReplaceValidate', 'ReplacementDidntRemovedError', 'Validator']
