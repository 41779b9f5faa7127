"""Rules that limit steps or parameters."""
from collections import OrderedDict

from theano import tensor

from ..theano_expressions import l2_norm
from ..utils import pack
from ..utils.checks import check_number
from .step_rules import StepRule, hyperparameter


def threshold_of(owner, value):
    """Make a shared variable for the maximal norm."""
    return hyperparameter(check_number(owner, 'threshold', value, above=0),
                          'threshold')


class StepClipping(StepRule):
    """Scales down all steps together if their joint L2 norm is too large.

    As the first rule in a :class:`.CompositeRule`, it clips the gradient
    [Pascanu]_.

    Parameters
    ----------
    threshold : float, optional
        The maximal norm. Without it, the rule does nothing.

    Attributes
    ----------
    threshold : :class:`~tensor.TensorSharedVariable` or None
        The shared variable that holds it.

    References
    ----------
    .. [Pascanu] R. Pascanu, T. Mikolov, Y. Bengio, *On the difficulty of
       training recurrent neural networks*, ICML 2013, algorithm 1.

    """

    def __init__(self, threshold=None):
        self.threshold = (None if threshold is None
                          else threshold_of(self, threshold))

    def compute_steps(self, previous_steps):
        """See :meth:`.StepRule.compute_steps`."""
        if self.threshold is None:
            return previous_steps, []
        norm = l2_norm(previous_steps.values())
        factor = tensor.switch(norm < self.threshold, 1,
                               self.threshold / norm)
        return OrderedDict((parameter, step * factor) for parameter, step
                           in previous_steps.items()), []


class VariableClipping(StepRule):
    """Limits the L2 norm of a parameter after its step.

    With `p` the parameter and `s` the previous step, the resulting step leads
    to ``p - s`` if its norm is within the limit, and otherwise to ``p - s``
    scaled to the maximal norm. So this must be the last rule.

    Parameters
    ----------
    threshold : float
        The maximal norm.
    axis : int or iterable of int, optional
        The axes over which to sum for the norm, e.g. 0 to limit each
        column of a matrix. By default the norm is that of all elements.

    Raises
    ------
    ValueError
        If an axis is given twice.

    References
    ----------
    .. [1] N. Srebro, A. Shraibman, *Rank, Trace-Norm and Max-Norm*,
       COLT 2005.
    .. [2] G. Hinton et al., *Improving neural networks by preventing
       co-adaptation of feature detectors*, arXiv:1207.0580, 2012.

    """

    def __init__(self, threshold, axis=None):
        axes = [] if axis is None else list(
            axis if hasattr(axis, '__iter__') else pack(axis))
        for each in axes:
            check_number(self, 'axis', each, int)
        self.axis = set(axes)
        if len(self.axis) < len(axes):
            raise ValueError(f'VariableClipping: each axis may be given '
                             f'once, got {axes}')
        self.threshold = threshold_of(self, threshold)

    def compute_step(self, parameter, previous_step):
        """See :meth:`.StepRule.compute_step`.

        Raises
        ------
        ValueError
            If the parameter has too few axes.

        """
        ndim = previous_step.ndim
        if not all(-ndim <= axis < ndim for axis in self.axis):
            raise ValueError(
                f'VariableClipping: {parameter} has {ndim} axes, but the '
                f'norm is to be taken over {sorted(self.axis)}; choose the '
                f'parameters with Restrict')
        target = parameter - previous_step
        if self.axis:
            norm = tensor.sqrt(tensor.sqr(target).sum(
                axis=tuple(sorted(self.axis)), keepdims=True))
        else:
            norm = l2_norm([target])
        shrinking = parameter - self.threshold / norm * target
        return tensor.switch(norm > self.threshold, shrinking,
                             previous_step), []


class RemoveNotFinite(StepRule):
    """Replaces the step of a parameter if it contains NaN or infinity.

    The parameter is then multiplied by a factor instead. Put it after all
    other rules. A stateful rule before it, like :class:`.Momentum`, keeps
    non-finite values forever: such a rule needs another RemoveNotFinite before
    it.

    Parameters
    ----------
    scaler : float, optional
        The factor. By default 1: the parameter is unchanged.

    """

    def __init__(self, scaler=1):
        self.scaler = check_number(self, 'scaler', scaler)

    def compute_step(self, parameter, previous_step):
        """See :meth:`.StepRule.compute_step`."""
        # A sum is finite only if all its terms are.
        total = tensor.sum(previous_step)
        bad = tensor.isnan(total) + tensor.isinf(total)
        return tensor.switch(bad > 0, (1 - self.scaler) * parameter,
                             previous_step), []
