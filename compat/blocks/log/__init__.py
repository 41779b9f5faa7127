"""Training logs: what happened at which iteration.

:class:`TrainingLog` keeps it in memory, :class:`SQLiteLog` in a database.

"""
from .log import TrainingLog, TrainingLogBase
from .sqlite import SQLiteLog

BACKENDS = {'python': TrainingLog, 'sqlite': SQLiteLog}

__all__ = ('BACKENDS', 'SQLiteLog', 'TrainingLog', 'TrainingLogBase')
