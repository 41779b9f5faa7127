"""Generate sequences element by element, and compute their likelihood.

A :class:`SequenceGenerator` has up to three parts: a recurrent transition, a
readout that computes elements of the sequence from the states, and optionally
an attention mechanism (see :mod:`blocks.bricks.attention`).

"""
from ..._former import former_names
from .components import (
                         AbstractEmitter,
                         AbstractFeedback,
                         LookupFeedback,
                         SoftmaxEmitter,
                         TrivialEmitter,
                         TrivialFeedback,
)
from .generators import (
                         BaseSequenceGenerator,
                         FakeAttentionRecurrent,
                         SequenceGenerator,
)
from .readouts import AbstractReadout, Readout

__all__ = ('AbstractEmitter', 'AbstractFeedback', 'AbstractReadout',
           'BaseSequenceGenerator', 'FakeAttentionRecurrent',
           'LookupFeedback', 'Readout', 'SequenceGenerator',
           'SoftmaxEmitter', 'TrivialEmitter', 'TrivialFeedback')


__getattr__ = former_names(__name__, used=(
    'blocks.bricks.base', 'blocks.bricks.interfaces',
    'blocks.bricks.simple', 'blocks.bricks.parallel',
    'blocks.bricks.lookup', 'blocks.bricks.recurrent',
    'blocks.bricks.attention', 'blocks.roles', 'blocks.utils'))
