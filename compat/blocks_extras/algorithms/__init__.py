"""Step rules."""
from blocks.algorithms import CompositeRule, Scale, StepRule
from blocks.algorithms.step_rules import buffer_like, hyperparameter


class BasicNesterovMomentum(StepRule):
    r"""Adds the steps so far, discounted, and looks one step ahead.

    With the steps :math:`g_t` of another rule and the momentum :math:`m`

    .. math::
       v_t &= m v_{t-1} + g_t \\
       \Delta_t &= m v_t + g_t

    and :math:`v_0 = 0`.

    Parameters
    ----------
    momentum : float, optional
        Between 0, the default, and 1.

    Attributes
    ----------
    momentum : :class:`~tensor.SharedVariable`
        The momentum, a shared variable that may be changed.

    References
    ----------
    Y. Bengio, N. Boulanger-Lewandowski and R. Pascanu, "Advances in
    optimizing recurrent networks", ICASSP 2013, section 3.1.

    """

    def __init__(self, momentum=0.):
        self.momentum = hyperparameter(momentum, 'momentum')

    def compute_step(self, parameter, previous_step):
        """Compute the step of one parameter, see :class:`.StepRule`."""
        velocity = buffer_like(parameter, 'velocity')
        updated = self.momentum * velocity + previous_step
        return (self.momentum * updated + previous_step,
                [(velocity, updated)])


class NesterovMomentum(CompositeRule):
    """Scales gradients, then applies :class:`BasicNesterovMomentum`.

    Parameters
    ----------
    learning_rate : float, optional
        Factor of the gradients.
    momentum : float, optional
        Between 0, the default, and 1.

    Attributes
    ----------
    learning_rate, momentum : :class:`~tensor.SharedVariable`
        The shared variables, which may be changed.

    """

    def __init__(self, learning_rate=1.0, momentum=0.):
        scale = Scale(learning_rate=learning_rate)
        nesterov = BasicNesterovMomentum(momentum=momentum)
        self.learning_rate = scale.learning_rate
        self.momentum = nesterov.momentum
        super().__init__([scale, nesterov])
