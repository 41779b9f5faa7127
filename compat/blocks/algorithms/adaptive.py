r"""Rules whose steps adapt to the gradients seen so far.

In the equations, :math:`g_t` is the gradient at time t (or the step of another
rule), :math:`s_t` the step, and all operations are elementwise.

"""
from theano import tensor

from ..roles import ALGORITHM_BUFFER, add_role
from ..utils import shared_floatx
from ..utils.checks import check_number
from .step_rules import (
    CompositeRule,
    Scale,
    StepRule,
    buffer_like,
    decay_of,
    epsilon_of,
    hyperparameter,
    rate_of,
    share_of,
)


def decayed_mean_square(mean_square, value, decay_rate):
    """Update a running mean of squares with one more value."""
    return (decay_rate * mean_square
            + (1 - decay_rate) * tensor.sqr(value))


class AdaDelta(StepRule):
    r"""Steps in proportion to the recent steps, without a learning rate.

    .. math::

        a_t &= \rho a_{t-1} + (1 - \rho) g_t^2 \\
        s_t &= g_t \sqrt{b_{t-1} + \epsilon} / \sqrt{a_t + \epsilon} \\
        b_t &= \rho b_{t-1} + (1 - \rho) s_t^2

    Parameters
    ----------
    decay_rate : float, optional
        :math:`\rho`, in [0, 1].
    epsilon : float, optional
        :math:`\epsilon`.

    Raises
    ------
    ValueError
        If `decay_rate` isn't in [0, 1].

    References
    ----------
    .. [1] M. Zeiler, *ADADELTA: An Adaptive Learning Rate Method*,
       arXiv:1212.5701, algorithm 1.

    """

    def __init__(self, decay_rate=0.95, epsilon=1e-6):
        self.decay_rate = decay_of(self, decay_rate)
        self.epsilon = epsilon_of(self, epsilon)

    def compute_step(self, parameter, previous_step):
        """See :meth:`.StepRule.compute_step`."""
        gradients = buffer_like(parameter, 'mean_square_step_tm1')
        steps = buffer_like(parameter, 'mean_square_delta_x_tm1')
        new_gradients = decayed_mean_square(gradients, previous_step,
                                            self.decay_rate)
        step = (tensor.sqrt(steps + self.epsilon)
                / tensor.sqrt(new_gradients + self.epsilon) * previous_step)
        return step, [
            (gradients, new_gradients),
            (steps, decayed_mean_square(steps, step, self.decay_rate))]


class BasicRMSProp(StepRule):
    r"""Divides by the root of the mean of the recent squares.

    .. math::

        a_t &= \rho a_{t-1} + (1 - \rho) g_t^2 \\
        s_t &= g_t / \max(\sqrt{a_t}, 1 / m)

    It has no learning rate: put :class:`.Scale` after it, or use
    :class:`RMSProp`. Since it undoes any earlier scaling, it should be the
    first rule.

    Parameters
    ----------
    decay_rate : float, optional
        :math:`\rho`, in [0, 1].
    max_scaling : float, optional
        :math:`m`, the maximal factor of a gradient.

    Raises
    ------
    ValueError
        If `decay_rate` isn't in [0, 1], or `max_scaling` isn't positive.

    References
    ----------
    .. [1] G. Hinton, *Neural Networks for Machine Learning*, lecture 6a,
       2012.

    """

    def __init__(self, decay_rate=0.9, max_scaling=1e5):
        check_number(self, 'max_scaling', max_scaling, above=0)
        self.decay_rate = decay_of(self, decay_rate)
        self.epsilon = 1. / max_scaling

    def compute_step(self, parameter, previous_step):
        """See :meth:`.StepRule.compute_step`."""
        squares = buffer_like(parameter, 'mean_square_step_tm1')
        new_squares = decayed_mean_square(squares, previous_step,
                                          self.decay_rate)
        step = previous_step / tensor.maximum(tensor.sqrt(new_squares),
                                              self.epsilon)
        return step, [(squares, new_squares)]


class RMSProp(CompositeRule):
    """:class:`BasicRMSProp`, then :class:`.Scale`.

    Parameters
    ----------
    learning_rate : float, optional
        See :class:`.Scale`.
    decay_rate, max_scaling : float, optional
        See :class:`BasicRMSProp`.

    Attributes
    ----------
    learning_rate, decay_rate : :class:`~tensor.TensorSharedVariable`
        The shared variables that hold them.

    """

    def __init__(self, learning_rate=1.0, decay_rate=0.9, max_scaling=1e5):
        basic, scale = (BasicRMSProp(decay_rate, max_scaling),
                        Scale(learning_rate))
        super().__init__([basic, scale])
        self.learning_rate = scale.learning_rate
        self.decay_rate = basic.decay_rate


class AdaGrad(StepRule):
    r"""Divides by the root of the sum of all squares so far.

    .. math::

        a_t &= a_{t-1} + g_t^2 \\
        s_t &= \eta g_t / (\sqrt{a_t} + \epsilon)

    Parameters
    ----------
    learning_rate : float, optional
        :math:`\eta`.
    epsilon : float, optional
        :math:`\epsilon`.

    References
    ----------
    .. [1] J. Duchi, E. Hazan, Y. Singer, *Adaptive subgradient methods for
       online learning and stochastic optimization*, JMLR 12, 2011.

    """

    def __init__(self, learning_rate=0.002, epsilon=1e-6):
        self.learning_rate = rate_of(self, learning_rate)
        self.epsilon = epsilon_of(self, epsilon)

    def compute_step(self, parameter, previous_step):
        """See :meth:`.StepRule.compute_step`."""
        name = '_'.join(filter(None, ['adagrad_sqs', parameter.name]))
        squares = buffer_like(parameter, name)
        new_squares = tensor.sqr(previous_step) + squares
        step = (self.learning_rate * previous_step
                / (tensor.sqrt(new_squares) + self.epsilon))
        return step, [(squares, new_squares)]


def step_counter():
    """Make a variable that counts the steps."""
    time = shared_floatx(0., 'time')
    add_role(time, ALGORITHM_BUFFER)
    return time


class _Moments(StepRule):
    """Base class of Adam and AdaMax: settings and the first moment.

    Parameters whose steps are computed together share the step counter, so
    that expressions that depend only on it are computed once.

    """

    _shared_time = None

    def __init__(self, learning_rate=0.002, beta1=0.9, beta2=0.999,
                 epsilon=1e-8, decay_factor=1):
        self.learning_rate = rate_of(self, learning_rate)
        self.beta1 = share_of(self, beta1, 'beta1')
        self.beta2 = share_of(self, beta2, 'beta2')
        self.epsilon = epsilon_of(self, epsilon)
        self.decay_factor = hyperparameter(
            check_number(self, 'decay_factor', decay_factor, above=0, most=1),
            'decay_factor')

    def compute_steps(self, previous_steps):
        """See :meth:`.StepRule.compute_steps`."""
        self._shared_time = time = step_counter()
        try:
            steps, updates = super().compute_steps(previous_steps)
        finally:
            del self._shared_time
        return steps, [*updates, (time, time + 1)]

    def first_moment(self, parameter, previous_step):
        """Return the running mean of the gradients.

        Returns
        -------
        mean, time, correction : :class:`~tensor.TensorVariable`
            The mean after this step, the number of this step, and the divisor
            that removes the mean's bias towards 0.
        updates : list of tuple
            Updates of the state.

        """
        mean = buffer_like(parameter, 'mean')
        shared = self._shared_time
        time = step_counter() if shared is None else shared
        now = time + 1
        beta1 = self.beta1 * self.decay_factor ** (now - 1)
        new_mean = beta1 * mean + (1. - beta1) * previous_step
        updates = [(mean, new_mean)]
        if shared is None:
            updates.append((time, now))
        return new_mean, now, 1. - beta1 ** now, updates


class Adam(_Moments):
    r"""Running means of the gradient and of its square, without bias.

    .. math::

        \beta_{1,t} &= \beta_1 \lambda^{t-1} \\
        m_t &= \beta_{1,t} m_{t-1} + (1 - \beta_{1,t}) g_t \\
        v_t &= \beta_2 v_{t-1} + (1 - \beta_2) g_t^2 \\
        s_t &= \eta \frac{\sqrt{1 - \beta_2^t}}{1 - \beta_{1,t}^t}
               \frac{m_t}{\sqrt{v_t} + \epsilon}

    Parameters
    ----------
    learning_rate : float, optional
        :math:`\eta`.
    beta1, beta2 : float, optional
        :math:`\beta_1` and :math:`\beta_2`.
    epsilon : float, optional
        :math:`\epsilon`.
    decay_factor : float, optional
        :math:`\lambda`.

    Attributes
    ----------
    learning_rate, beta1, beta2, epsilon, decay_factor : \
:class:`~tensor.TensorSharedVariable`
        The shared variables that hold them.

    References
    ----------
    .. [1] D. Kingma, J. Ba, *Adam: A Method for Stochastic Optimization*,
       arXiv:1412.6980, algorithm 1 in the form at the end of section 2
       (:math:`\lambda` is of version 1 of the paper).

    """

    def compute_step(self, parameter, previous_step):
        """See :meth:`.StepRule.compute_step`."""
        mean, now, correction, updates = self.first_moment(parameter,
                                                           previous_step)
        variance = buffer_like(parameter, 'variance')
        new_variance = decayed_mean_square(variance, previous_step,
                                           self.beta2)
        rate = (self.learning_rate * tensor.sqrt(1. - self.beta2 ** now)
                / correction)
        step = rate * mean / (tensor.sqrt(new_variance) + self.epsilon)
        return step, [*updates, (variance, new_variance)]


class AdaMax(_Moments):
    r"""Like :class:`Adam`, but with the running maximum of the gradient.

    .. math::

        u_t &= \max(\beta_2 u_{t-1}, |g_t|) \\
        s_t &= \frac{\eta}{1 - \beta_{1,t}^t} \frac{m_t}{u_t + \epsilon}

    with :math:`m_t` and :math:`\beta_{1,t}` as in :class:`Adam`; see there
    for the parameters.

    References
    ----------
    .. [1] D. Kingma, J. Ba, *Adam: A Method for Stochastic Optimization*,
       arXiv:1412.6980, algorithm 2; :math:`\epsilon` prevents division of
       0 by 0.

    """

    def compute_step(self, parameter, previous_step):
        """See :meth:`.StepRule.compute_step`."""
        mean, _, correction, updates = self.first_moment(parameter,
                                                         previous_step)
        maximum = buffer_like(parameter, 'maximum')
        new_maximum = tensor.maximum(self.beta2 * maximum,
                                     abs(previous_step))
        step = (self.learning_rate / correction * mean
                / (new_maximum + self.epsilon))
        return step, [*updates, (maximum, new_maximum)]
