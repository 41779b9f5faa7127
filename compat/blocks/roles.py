"""Roles of variables.

A role is an object without state. Variables store their roles in
``variable.tag.roles``, where :func:`add_role` puts them. Roles form a
hierarchy by inheritance: a weight is a parameter, so a search for parameters
also finds weights. To define your own role, derive a class whose name ends in
``Role`` and create one instance.

Examples
--------
>>> from theano import tensor
>>> class AttentionWeightRole(WeightRole):
...     '''The weights of an attention mechanism.'''
>>> ATTENTION_WEIGHT = AttentionWeightRole()
>>> W = tensor.matrix('W')
>>> add_role(W, ATTENTION_WEIGHT)
>>> W.tag.roles
[ATTENTION_WEIGHT]
>>> has_roles(W, [PARAMETER])
True

"""
import re

from ._former import former_names


class VariableRole:
    """Base class of all roles. Two roles are equal if their classes are."""

    def __eq__(self, other):
        return type(self) is type(other)

    def __hash__(self):
        return hash(type(self))

    def __repr__(self):
        words = re.findall('[A-Z]+[^A-Z]*', type(self).__name__)
        return '_'.join(words).upper().removesuffix('_ROLE')


def add_role(var, role):
    """Add a role to a variable, in place.

    A variable keeps only the most specific roles: the new one replaces
    roles that it refines, and is ignored if an existing role refines it. (To
    go back from :const:`WEIGHT` to
    :const:`PARAMETER`, edit ``var.tag.roles``.)

    Parameters
    ----------
    var : :class:`~tensor.TensorVariable`
        The variable.
    role : :class:`VariableRole`
        The role.

    Raises
    ------
    ValueError
        If `role` is not a role, e.g. a class instead of an instance.

    Examples
    --------
    >>> from theano import tensor
    >>> W = tensor.matrix()
    >>> for role in PARAMETER, WEIGHT, PARAMETER:
    ...     add_role(W, role)
    ...     print(W.tag.roles)
    [PARAMETER]
    [WEIGHT]
    [WEIGHT]

    """
    if not hasattr(var, 'tag'):
        raise TypeError('add_role: var must be a Theano variable, got '
                        f'{var!r}')
    if not isinstance(role, VariableRole):
        raise ValueError(f'{var}: a role must be an instance of '
                         f'VariableRole such as blocks.roles.WEIGHT, '
                         f'got {role!r}')
    kept = [present for present in getattr(var.tag, 'roles', ())
            if not isinstance(role, type(present))]
    refined = any(isinstance(present, type(role)) for present in kept)
    var.tag.roles = kept if refined else [*kept, role]


def has_roles(var, roles, match_all=False):
    """Return whether a variable has any (or all) of some roles.

    Parameters
    ----------
    var : :class:`~tensor.TensorVariable`
        The variable.
    roles : iterable of :class:`VariableRole`
        The roles to look for. More specific roles are also found.
    match_all : bool, optional
        Whether all of the roles are needed; by default one is enough.

    """
    present = getattr(var.tag, 'roles', ())
    found = (any(isinstance(candidate, type(role)) for candidate in present)
             for role in roles)
    return (all if match_all else any)(found)


class InputRole(VariableRole):
    """The inputs of a brick's application."""


class OutputRole(VariableRole):
    """The outputs of a brick's application."""


class CostRole(VariableRole):
    """A scalar to minimise, or to add to such a scalar."""


class PersistentRole(VariableRole):
    """Variables that must be saved with the model."""


class ParameterRole(PersistentRole):
    """Trained variables."""


class AuxiliaryRole(VariableRole):
    """Auxiliary variables of an annotation, for example for monitoring."""


class WeightRole(ParameterRole):
    """The matrix of a linear transformation."""


class BiasRole(ParameterRole):
    """The vector that an affine transformation adds."""


class InitialStateRole(ParameterRole):
    """The state of a recurrent network before its first step."""


class FilterRole(WeightRole):
    """The kernel of a convolution."""


class DropoutRole(VariableRole):
    """Variables after dropout."""


class CollectedRole(VariableRole):
    """The part of a collector that replaces a parameter."""


class CollectorRole(ParameterRole):
    """A vector that several parameters have been collected into."""


class AlgorithmStateRole(VariableRole):
    """The state of a training algorithm."""


class AlgorithmHyperparameterRole(AlgorithmStateRole):
    """A setting of a training algorithm, e.g. its learning rate."""


class AlgorithmBufferRole(AlgorithmStateRole):
    """Buffers of a training algorithm, e.g. a velocity."""


class BatchNormPopulationStatisticsRole(PersistentRole):
    """A statistic of a layer over the whole training set."""


class BatchNormPopulationMeanRole(BatchNormPopulationStatisticsRole):
    """The mean of a layer over the training set."""


class BatchNormPopulationStdevRole(BatchNormPopulationStatisticsRole):
    """The standard deviation of a layer over the training set."""


class BatchNormGraphVariableRole(VariableRole):
    """Parameters and statistics of batch normalisation."""


class BatchNormOffsetRole(BatchNormGraphVariableRole):
    """The mean that batch normalisation subtracts."""


class BatchNormDivisorRole(BatchNormGraphVariableRole):
    """The divisor of batch normalisation."""


class BatchNormMinibatchEstimateRole(BatchNormGraphVariableRole):
    """A statistic taken from the batch, not from the training set."""


class BatchNormScaleParameterRole(ParameterRole):
    """The scale that batch normalisation applies after normalising."""


class BatchNormShiftParameterRole(BiasRole):
    """The shift that batch normalisation adds last: a kind of bias."""


#: See :class:`InputRole`.
INPUT = InputRole()
#: See :class:`OutputRole`.
OUTPUT = OutputRole()
#: See :class:`CostRole`.
COST = CostRole()
#: See :class:`PersistentRole`.
PERSISTENT = PersistentRole()
#: See :class:`ParameterRole`.
PARAMETER = ParameterRole()
#: See :class:`AuxiliaryRole`.
AUXILIARY = AuxiliaryRole()
#: See :class:`WeightRole`.
WEIGHT = WeightRole()
#: See :class:`BiasRole`.
BIAS = BiasRole()
#: See :class:`InitialStateRole`.
INITIAL_STATE = InitialStateRole()
#: See :class:`FilterRole`.
FILTER = FilterRole()
#: See :class:`DropoutRole`.
DROPOUT = DropoutRole()
#: See :class:`CollectedRole`.
COLLECTED = CollectedRole()
#: See :class:`CollectorRole`.
COLLECTOR = CollectorRole()
#: See :class:`AlgorithmStateRole`.
ALGORITHM_STATE = AlgorithmStateRole()
#: See :class:`AlgorithmHyperparameterRole`.
ALGORITHM_HYPERPARAMETER = AlgorithmHyperparameterRole()
#: See :class:`AlgorithmBufferRole`.
ALGORITHM_BUFFER = AlgorithmBufferRole()
#: See :class:`BatchNormPopulationStatisticsRole`.
BATCH_NORM_POPULATION_STATISTICS = BatchNormPopulationStatisticsRole()
#: See :class:`BatchNormPopulationMeanRole`.
BATCH_NORM_POPULATION_MEAN = BatchNormPopulationMeanRole()
#: See :class:`BatchNormPopulationStdevRole`.
BATCH_NORM_POPULATION_STDEV = BatchNormPopulationStdevRole()
#: See :class:`BatchNormGraphVariableRole`.
BATCH_NORM_GRAPH_VARIABLE = BatchNormGraphVariableRole()
#: See :class:`BatchNormOffsetRole`.
BATCH_NORM_OFFSET = BatchNormOffsetRole()
#: See :class:`BatchNormDivisorRole`.
BATCH_NORM_DIVISOR = BatchNormDivisorRole()
#: See :class:`BatchNormMinibatchEstimateRole`.
BATCH_NORM_MINIBATCH_ESTIMATE = BatchNormMinibatchEstimateRole()
#: See :class:`BatchNormScaleParameterRole`.
BATCH_NORM_SCALE_PARAMETER = BatchNormScaleParameterRole()
#: See :class:`BatchNormShiftParameterRole`.
BATCH_NORM_SHIFT_PARAMETER = BatchNormShiftParameterRole()


__getattr__ = former_names(__name__, {
    'WEIGHTS': 'blocks.roles.WEIGHT', 'BIASES': 'blocks.roles.BIAS'})
