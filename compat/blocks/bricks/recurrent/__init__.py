"""Recurrent bricks, and the decorator that iterates one step of them."""
from .architectures import LSTM, GatedRecurrent, SimpleRecurrent
from .base import BaseRecurrent, recurrent
from .misc import RECURRENTSTACK_SEPARATOR, Bidirectional, RecurrentStack

__all__ = ('BaseRecurrent', 'Bidirectional', 'GatedRecurrent', 'LSTM',
           'RECURRENTSTACK_SEPARATOR', 'RecurrentStack', 'SimpleRecurrent',
           'recurrent')
