"""A mode that checks operations and rewrites while it computes."""

from pytensor.compile.debug.debugmode import (
    BadDestroyMap,
    BadOptimization,
    BadThunkOutput,
    BadViewMap,
    DebugMode,
    DebugModeError,
    InvalidValueError,
    StochasticOrder,
)

__all__ = ['BadDestroyMap', 'BadOptimization', 'BadThunkOutput',
           'BadViewMap', 'DebugMode', 'DebugModeError', 'InvalidValueError',
           'StochasticOrder']
