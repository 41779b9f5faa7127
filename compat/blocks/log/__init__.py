"""Training logs: what happened at which iteration.

:class:`TrainingLog` keeps it in memory, :class:`SQLiteLog` in a database.
"""
from blocks.log.log import TrainingLog, TrainingLogBase
from blocks.log.sqlite import SQLiteLog

BACKENDS = {'python': TrainingLog, 'sqlite': SQLiteLog}

__all__ = ('BACKENDS', 'SQLiteLog', 'TrainingLog', 'TrainingLogBase')
