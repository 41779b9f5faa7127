"""Step rules, which compute steps of the parameters from gradients.

A rule maps steps to steps, for each parameter; the first steps are the
gradients. So rules can be chained.

"""
from abc import ABC
from collections import OrderedDict
from collections.abc import Hashable

from ..roles import ALGORITHM_BUFFER, ALGORITHM_HYPERPARAMETER, add_role
from ..utils import dict_subset, shared_floatx, shared_floatx_zeros_matching
from ..utils.checks import check_list, check_number


def hyperparameter(value, name):
    """Make a shared variable for a number that the user may change later."""
    variable = shared_floatx(value, name)
    add_role(variable, ALGORITHM_HYPERPARAMETER)
    return variable


def buffer_like(parameter, name):
    """Make a shared variable of zeros for a rule's state of a parameter."""
    variable = shared_floatx_zeros_matching(parameter, name)
    variable.tag.for_parameter = parameter
    add_role(variable, ALGORITHM_BUFFER)
    return variable


def rate_of(owner, value):
    """Check a learning rate and make a shared variable for it."""
    return hyperparameter(check_number(
        owner, 'learning_rate', value, least=0,
        remedy='to maximise, take the negative of the cost'),
        'learning_rate')


def share_of(owner, value, name):
    """Check a fraction in [0, 1) and make a shared variable for it."""
    return hyperparameter(
        check_number(owner, name, value, least=0, below=1), name)


def epsilon_of(owner, value):
    """Check a small number to add and make a shared variable for it."""
    return hyperparameter(check_number(owner, 'epsilon', value, least=0),
                          'epsilon')


def decay_of(owner, value):
    """Check a decay rate in [0, 1] and make a shared variable for it."""
    number = check_number(owner, 'decay_rate', value)
    if not 0 <= number <= 1:
        raise ValueError(f'{type(owner).__name__}: decay_rate must be in '
                         f'[0, 1], got {value}')
    return hyperparameter(value, 'decay_rate')


def check_rule(who, name, rule):
    """Raise TypeError if an argument is not a step rule."""
    if isinstance(rule, type) or not hasattr(rule, 'compute_steps'):
        raise TypeError(f'{who}: {name} must be step rules such as '
                        f'Scale(0.1), got {rule!r}')


class StepRule(ABC):
    """Base class of step rules.

    Override :meth:`compute_step` if the step of a parameter depends only on
    that parameter, otherwise :meth:`compute_steps`.

    """

    def compute_step(self, parameter, previous_step):
        """Compute the step of one parameter.

        Parameters
        ----------
        parameter : :class:`~tensor.TensorSharedVariable`
            The parameter.
        previous_step : :class:`~tensor.TensorVariable`
            The gradient of the cost, or the step of another rule.

        Returns
        -------
        step : :class:`~tensor.TensorVariable`
            The step, to be subtracted from the parameter.
        updates : list of tuple
            Updates of the rule's state.

        """
        raise NotImplementedError(
            f'{type(self).__name__} must override compute_step or '
            f'compute_steps')

    def compute_steps(self, previous_steps):
        """Compute the steps of all parameters.

        Parameters
        ----------
        previous_steps : OrderedDict
            The gradient, or the step of another rule, for each parameter.

        Returns
        -------
        steps : OrderedDict
            The step of each parameter, to be subtracted from it.
        updates : list of tuple
            Updates of the rule's state.

        """
        steps, updates = OrderedDict(), []
        for parameter, previous_step in previous_steps.items():
            steps[parameter], further = self.compute_step(parameter,
                                                          previous_step)
            updates.extend(further)
        return steps, updates


class CompositeRule(StepRule):
    """A chain of rules: each receives the steps of the previous rule.

    Parameters
    ----------
    components : list of :class:`StepRule`
        The rules, in order.

    """

    def __init__(self, components):
        if not isinstance(components, (list, tuple)):
            raise TypeError('CompositeRule: components must be a list of step '
                            f'rules, got {components!r}')
        for rule in components:
            check_rule('CompositeRule', 'components', rule)
        self.components = components

    def compute_steps(self, previous_steps):
        """See :meth:`StepRule.compute_steps`."""
        steps, updates = previous_steps, []
        for rule in self.components:
            steps, further = rule.compute_steps(steps)
            updates.extend(further)
        return steps, updates


class Restrict(StepRule):
    """A rule for some parameters; the steps of the others are unchanged.

    Parameters
    ----------
    step_rule : :class:`StepRule`
        The rule.
    variables : iterable of :class:`~tensor.TensorSharedVariable`
        The parameters to which it applies.

    """

    def __init__(self, step_rule, variables):
        check_rule('Restrict', 'step_rule', step_rule)
        self.step_rule = step_rule
        if isinstance(variables, (tuple, frozenset)):
            variables = list(variables)  # not a single item, although hashable
        # They may have any type: rules are also tested with objects other than
        # parameters.
        self.variables = frozenset(check_list(
            'Restrict', 'variables', variables, Hashable, 'parameters'))

    def compute_steps(self, previous_steps):
        """See :meth:`StepRule.compute_steps`.

        Raises
        ------
        ValueError
            If one of the variables is not being trained.

        """
        strangers = self.variables - previous_steps.keys()
        if strangers:
            raise ValueError(
                f'Restrict: {", ".join(sorted(map(str, strangers)))} is not '
                f'among the parameters being trained; omit it, or train '
                f'it')
        chosen = [parameter for parameter in previous_steps
                  if parameter in self.variables]
        new, updates = self.step_rule.compute_steps(
            dict_subset(previous_steps, chosen))
        return OrderedDict(previous_steps) | new, updates


class Scale(StepRule):
    r"""The gradient times a learning rate: steepest descent.

    .. math:: s = \eta g

    Parameters
    ----------
    learning_rate : float, optional
        :math:`\eta`.

    Attributes
    ----------
    learning_rate : :class:`~tensor.TensorSharedVariable`
        The shared variable that holds it.

    """

    def __init__(self, learning_rate=1.0):
        self.learning_rate = rate_of(self, learning_rate)

    def compute_step(self, parameter, previous_step):
        """See :meth:`StepRule.compute_step`."""
        return self.learning_rate * previous_step, []


class BasicMomentum(StepRule):
    r"""Adds up steps with decaying weights.

    .. math:: s_t = \mu s_{t-1} + g_t

    It has no learning rate: chain it with :class:`Scale`, or use
    :class:`Momentum`.

    Parameters
    ----------
    momentum : float, optional
        :math:`\mu`.

    Attributes
    ----------
    momentum : :class:`~tensor.TensorSharedVariable`
        The shared variable that holds it.

    """

    def __init__(self, momentum=0.):
        self.momentum = share_of(self, momentum, 'momentum')

    def compute_step(self, parameter, previous_step):
        """See :meth:`StepRule.compute_step`."""
        velocity = buffer_like(parameter, 'velocity')
        step = self.momentum * velocity + previous_step
        return step, [(velocity, step)]


class Momentum(CompositeRule):
    """:class:`Scale`, then :class:`BasicMomentum`.

    Parameters
    ----------
    learning_rate : float, optional
        See :class:`Scale`.
    momentum : float, optional
        See :class:`BasicMomentum`.

    Attributes
    ----------
    learning_rate, momentum : :class:`~tensor.TensorSharedVariable`
        The shared variables that hold them.

    """

    def __init__(self, learning_rate=1.0, momentum=0.):
        scale, basic_momentum = Scale(learning_rate), BasicMomentum(momentum)
        super().__init__([scale, basic_momentum])
        self.learning_rate = scale.learning_rate
        self.momentum = basic_momentum.momentum
