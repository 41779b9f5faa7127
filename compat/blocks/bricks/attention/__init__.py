"""Attention lets a recurrent network read a part of a large input.

Terms used throughout this package:

network
    The recurrent network that attends.
states
    The states of that network.
attended
    The large input, e.g. a sequence of annotations; its padding is marked by
    the *attended mask*.
glimpses
    The results of the attention at a time step, e.g. weights and the average
    of the annotations by these weights.

A mechanism (:class:`AbstractAttention`) computes glimpses from states and
the attended; :class:`AttentionRecurrent` combines it with a transition.

"""
from ..._former import former_names
from .mechanisms import (
                         AbstractAttention,
                         GenericSequenceAttention,
                         SequenceContentAttention,
                         ShallowEnergyComputer,
)
from .transitions import AbstractAttentionRecurrent, AttentionRecurrent

__all__ = ('AbstractAttention', 'AbstractAttentionRecurrent',
           'AttentionRecurrent', 'GenericSequenceAttention',
           'SequenceContentAttention', 'ShallowEnergyComputer')


__getattr__ = former_names(__name__, used=(
    'blocks.bricks.base', 'blocks.bricks.interfaces',
    'blocks.bricks.simple', 'blocks.bricks.sequences',
    'blocks.bricks.parallel', 'blocks.bricks.recurrent', 'blocks.utils'))
