"""Training algorithms and their step rules.

========================= ==============================================
Algorithms                :class:`TrainingAlgorithm`,
                          :class:`UpdatesAlgorithm`,
                          :class:`GradientDescent`
Plain steps               :class:`Scale`, :class:`BasicMomentum`,
                          :class:`Momentum`
Adaptive steps            :class:`AdaDelta`, :class:`AdaGrad`,
                          :class:`Adam`, :class:`AdaMax`,
                          :class:`BasicRMSProp`, :class:`RMSProp`
Limits                    :class:`StepClipping`,
                          :class:`VariableClipping`,
                          :class:`RemoveNotFinite`
Combinations              :class:`CompositeRule`, :class:`Restrict`
========================= ==============================================

Examples
--------
Adam on gradients of a norm of at most 5:

>>> rule = CompositeRule([StepClipping(5), Adam(learning_rate=0.001)])

"""
from .._former import former_names
from .adaptive import AdaDelta, AdaGrad, Adam, AdaMax, BasicRMSProp, RMSProp
from .base import TrainingAlgorithm
from .gradient_descent import GradientDescent
from .limits import RemoveNotFinite, StepClipping, VariableClipping
from .step_rules import (
    BasicMomentum,
    CompositeRule,
    Momentum,
    Restrict,
    Scale,
    StepRule,
)
from .updates import UpdatesAlgorithm

__all__ = (
    'AdaDelta', 'AdaGrad', 'AdaMax', 'Adam', 'BasicMomentum',
    'BasicRMSProp', 'CompositeRule', 'GradientDescent', 'Momentum',
    'RMSProp', 'RemoveNotFinite', 'Restrict', 'Scale', 'StepClipping',
    'StepRule', 'TrainingAlgorithm', 'UpdatesAlgorithm', 'VariableClipping')


__getattr__ = former_names(__name__, {
    'DifferentiableCostMinimizer': 'blocks.algorithms.UpdatesAlgorithm',
}, used=(
    'blocks.graph', 'blocks.roles', 'blocks.theano_expressions',
    'blocks.utils'))
