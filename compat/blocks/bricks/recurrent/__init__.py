"""Recurrent bricks, and the decorator that iterates their step."""
from ..._former import former_names
from . import projections  # noqa: F401, registers a rewrite of graphs
from .architectures import LSTM, GatedRecurrent, SimpleRecurrent
from .base import BaseRecurrent, recurrent
from .misc import RECURRENTSTACK_SEPARATOR, Bidirectional, RecurrentStack

__all__ = ('BaseRecurrent', 'Bidirectional', 'GatedRecurrent', 'LSTM',
           'RECURRENTSTACK_SEPARATOR', 'RecurrentStack', 'SimpleRecurrent',
           'recurrent')


__getattr__ = former_names(__name__, {
    'Sigmoid': 'blocks.bricks.Logistic'}, used=(
    'blocks.bricks.base', 'blocks.bricks.interfaces',
    'blocks.bricks.simple', 'blocks.bricks.parallel',
    'blocks.initialization', 'blocks.roles', 'blocks.utils'))
