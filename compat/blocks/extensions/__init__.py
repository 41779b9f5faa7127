"""Training extensions: everything in training except the updates.

A :class:`.MainLoop` calls its extensions before and after each batch, each
epoch and the whole training, in the given order.

========================================= ================================
Import                                    Extensions
========================================= ================================
``from blocks.extensions import``         FinishAfter, Printing,
                                          ProgressBar, Timing, Timestamp
``from blocks.extensions.monitoring ...`` DataStreamMonitoring,
                                          TrainingDataMonitoring
``from blocks.extensions.plot import``    Plot
``from blocks.extensions.saveload ...``   Checkpoint, Load
``from blocks.extensions.stopping ...``   EarlyStopping,
                                          FinishIfNoImprovementAfter
``from blocks.extensions.training ...``   KeepBestParameters, TrackTheBest,
                                          SharedVariableModifier
========================================= ================================

Write your own by deriving from :class:`SimpleExtension` or
:class:`TrainingExtension`.

"""
from .base import CallbackName, TrainingExtension, callback
from .printing import Printing
from .progress import ProgressBar
from .simple import (
    CompositeExtension,
    FinishAfter,
    Predicate,
    SimpleExtension,
    always_true,
    has_done_epochs,
)
from .timing import Timestamp, Timing

__all__ = (
    'CallbackName', 'CompositeExtension', 'FinishAfter', 'Predicate',
    'Printing', 'ProgressBar', 'SimpleExtension', 'Timestamp', 'Timing',
    'TrainingExtension', 'always_true', 'callback', 'has_done_epochs')
