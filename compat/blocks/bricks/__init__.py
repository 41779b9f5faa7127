"""Bricks: operations with parameters, to be composed into models."""
from .._former import former_names
from .base import Brick, application, lazy
from .bn import (
                 BatchNormalization,
                 BatchNormalizedMLP,
                 SpatialBatchNormalization,
)
from .interfaces import (
                 Activation,
                 Feedforward,
                 Initializable,
                 LinearLike,
                 Random,
)
from .recurrent import (
                 LSTM,
                 RECURRENTSTACK_SEPARATOR,
                 BaseRecurrent,
                 Bidirectional,
                 GatedRecurrent,
                 RecurrentStack,
                 SimpleRecurrent,
                 recurrent,
)
from .sequences import MLP, FeedforwardSequence, Sequence
from .simple import (
                 Bias,
                 Identity,
                 LeakyRectifier,
                 Linear,
                 LinearMaxout,
                 Logistic,
                 Maxout,
                 NDimensionalSoftmax,
                 Rectifier,
                 Softmax,
                 Softplus,
                 Tanh,
)
from .wrappers import WithExtraDims

__all__ = ('Activation', 'BaseRecurrent', 'BatchNormalization',
           'BatchNormalizedMLP', 'Bias', 'Bidirectional', 'Brick',
           'Feedforward', 'FeedforwardSequence', 'GatedRecurrent',
           'Identity', 'Initializable', 'LSTM', 'LeakyRectifier', 'Linear',
           'LinearLike', 'LinearMaxout', 'Logistic', 'MLP', 'Maxout',
           'NDimensionalSoftmax', 'RECURRENTSTACK_SEPARATOR', 'Random',
           'RecurrentStack', 'Rectifier', 'Sequence', 'SimpleRecurrent',
           'Softmax', 'Softplus', 'SpatialBatchNormalization', 'Tanh',
           'WithExtraDims', 'application', 'lazy', 'recurrent')


__getattr__ = former_names(__name__, {
    'Sigmoid': 'blocks.bricks.Logistic'}, used=(
    'blocks.bricks.interfaces', 'blocks.roles', 'blocks.utils'))
