"""Gradient descent."""
import logging
import math
from collections import OrderedDict
from collections.abc import Mapping

from theano import Variable, tensor
from theano.compile import SharedVariable
from theano.gradient import DisconnectedInputError

from .._former import former_argument, former_attribute
from ..annotations import full_name
from ..bricks.recurrent.projections import with_projections_in_kernels
from ..graph import ComputationGraph
from ..theano_expressions import l2_norm
from ..utils.checks import check_instance, check_list, check_pairs
from .explanations import not_finite_message
from .step_rules import Scale, check_rule
from .updates import UpdatesAlgorithm, as_pairs

logger = logging.getLogger(__name__)

UNORDERED_GRADIENTS = (
    "the parameters can't be taken in a fixed order from a plain dictionary "
    "of gradients, and without one a training can't be repeated exactly: "
    "pass the gradients as an OrderedDict or as a list of (parameter, "
    "gradient), or pass the same parameters as a list")


class GradientDescent(UpdatesAlgorithm):
    """Subtracts from each parameter a step computed by a rule.

    The rule starts from the gradients of the cost, or from `gradients`.

    Parameters
    ----------
    cost : :class:`~tensor.TensorVariable`, optional
        The scalar to minimise. Unused if `gradients` are given.
    parameters : list of :class:`~tensor.TensorSharedVariable`, optional
        The variables to train; by default those in `gradients`.
    step_rule : :class:`.StepRule`, optional
        The rule; by default :class:`.Scale`, with learning rate 1.
    gradients : OrderedDict or list of tuple, optional
        An expression for the gradient of each parameter. By default they are
        derived from the cost.
    known_grads, consider_constant : optional
        Passed to :func:`theano.tensor.grad`.
    on_not_finite : {'warn', 'raise', 'ignore'}, optional
        How to handle a cost that is NaN or infinite; a warning is issued
        once.
    **kwargs
        See :class:`.UpdatesAlgorithm`.

    Attributes
    ----------
    gradients : OrderedDict
        The gradients by parameter.
    steps : OrderedDict
        The steps by parameter.
    total_gradient_norm, total_step_norm : :class:`~tensor.TensorVariable`
        The joint L2 norms of all gradients and of all steps.
    last_cost : float or None
        The cost on the latest batch, before the update.

    Raises
    ------
    ValueError
        If there is neither a cost nor gradients, there are no parameters, or
        arguments contradict each other.

    """

    def __init__(self, cost=None, parameters=None, step_rule=None,
                 gradients=None, known_grads=None, consider_constant=None,
                 on_not_finite='warn', updates=None, **kwargs):
        if on_not_finite not in ('warn', 'raise', 'ignore'):
            raise ValueError(f"on_not_finite must be 'warn', 'raise' or "
                             f"'ignore', got {on_not_finite!r}")
        parameters = former_argument('GradientDescent', kwargs, 'params',
                                     'parameters', parameters)
        if step_rule is not None:
            check_rule('GradientDescent', 'step_rule', step_rule)
        if cost is not None:
            check_instance('GradientDescent', 'cost', cost, Variable,
                           'a Theano variable')
        if parameters is not None:
            parameters = check_list('GradientDescent', 'parameters',
                                    parameters, SharedVariable,
                                    'shared variables')
        if known_grads is not None:
            known_grads = OrderedDict(check_pairs(
                'GradientDescent', 'known_grads', known_grads))
        if consider_constant is not None:
            consider_constant = check_list(
                'GradientDescent', 'consider_constant', consider_constant,
                Variable, 'Theano variables')
        if gradients is not None and not isinstance(gradients, OrderedDict):
            pairs = check_pairs('GradientDescent', 'gradients', gradients)
            gradients = (dict if isinstance(gradients, Mapping)
                         else list)(pairs)
        self.on_not_finite = on_not_finite
        self.last_cost = None
        self.cost = cost
        self._outputs = [] if gradients else [cost]
        if gradients:
            if known_grads or consider_constant is not None:
                raise ValueError('known_grads and consider_constant are for '
                                 'deriving gradients, but gradients are '
                                 'given; omit one or the other')
            if cost is not None:
                logger.warning('GradientDescent: gradients are given, so the '
                               'cost is unused')
            self._take_gradients(gradients, parameters)
        else:
            self.parameters = parameters
            self.gradients = self._derive_gradients(known_grads,
                                                    consider_constant)
        # Always in the order of the parameters, on which floating-point sums
        # and Theano's optimisations depend.
        self.total_gradient_norm = self._joint_norm(
            self.gradients, 'total_gradient_norm')
        self.step_rule = Scale() if step_rule is None else step_rule
        self.steps, self.step_rule_updates = self.step_rule.compute_steps(
            self.gradients)
        self.total_step_norm = self._joint_norm(self.steps,
                                                'total_step_norm')
        descent = [(parameter, parameter - self.steps[parameter])
                   for parameter in self.parameters]
        super().__init__(
            updates=[*as_pairs(updates or []), *descent,
                     *self.step_rule_updates], **kwargs)

    params = former_attribute('params', 'parameters')

    def _joint_norm(self, expressions, name):
        """Return the joint L2 norm of one expression per parameter."""
        return l2_norm([expressions[parameter]
                        for parameter in self.parameters]).copy(name=name)

    def _take_gradients(self, gradients, parameters):
        """Use given gradients, and determine their parameters."""
        ordered = (isinstance(gradients, OrderedDict)
                   or not isinstance(gradients, Mapping))
        self.gradients = (gradients if isinstance(gradients, Mapping)
                          else OrderedDict(gradients))
        if (parameters is not None
                and set(parameters) == self.gradients.keys()):
            self.parameters = parameters
            return
        if not ordered:
            raise ValueError(f'GradientDescent: {UNORDERED_GRADIENTS}')
        if parameters is not None:
            logger.warning(
                'GradientDescent: the parameters (%s) are not those of the '
                'gradients (%s); the latter are trained',
                ', '.join(map(full_name, parameters)),
                ', '.join(map(full_name, self.gradients)))
        self.parameters = list(self.gradients)

    def _derive_gradients(self, known_grads, consider_constant):
        """Return the gradients of the cost by parameter."""
        if self.cost is None:
            raise ValueError('GradientDescent: no cost and no gradients are '
                             'given; pass GradientDescent(cost=...)')
        if not self.parameters:
            raise ValueError(
                'GradientDescent: no parameters are given; pass '
                'parameters=ComputationGraph(cost).parameters')
        if self.cost.ndim:
            raise TypeError(
                f'GradientDescent: the cost {full_name(self.cost)} must be a '
                f'scalar, got {self.cost.ndim} axes; use its mean or sum')
        logger.info('taking the gradient of the cost')
        try:
            cost = self.cost
            if not known_grads and not consider_constant and not any(
                    parameter.owner for parameter in self.parameters):
                cost = with_projections_in_kernels(cost)
            gradients = tensor.grad(cost, list(self.parameters),
                                    known_grads=known_grads,
                                    consider_constant=consider_constant)
        except DisconnectedInputError as error:
            inside = set(ComputationGraph(self.cost).shared_variables)
            outside = [full_name(parameter) for parameter in self.parameters
                       if parameter not in inside]
            if not outside:
                raise
            raise DisconnectedInputError(
                f'the cost {full_name(self.cost)} does not depend on the '
                f'parameter {", ".join(outside)}; use it in the graph, or '
                f'train only ComputationGraph(cost).parameters') from error
        return OrderedDict(zip(self.parameters, gradients))

    def outputs(self):
        """See :meth:`.UpdatesAlgorithm.outputs`."""
        return self._outputs

    def process_batch(self, batch):
        """Update the parameters.

        Parameters
        ----------
        batch : dict of (str, :class:`~numpy.ndarray`)
            The data by source.

        Raises
        ------
        ValueError
            If the sources do not match the inputs.
        TypeError
            If a source has a type that its input cannot take.
        FloatingPointError
            If the cost is not finite and `on_not_finite` is ``'raise'``.

        """
        values = self._run_function(batch)
        if values:
            self.last_cost = float(values[0])
            if not math.isfinite(self.last_cost):
                self._handle_not_finite(batch)

    def _handle_not_finite(self, batch):
        """Report a cost that is NaN or infinite."""
        if self.on_not_finite == 'ignore':
            return
        message = not_finite_message(self.cost, self.last_cost, batch,
                                     self.parameters)
        if self.on_not_finite == 'raise':
            raise FloatingPointError(f'GradientDescent: {message}')
        logger.warning('GradientDescent: %s (Further costs that are not '
                       'finite will not be reported.)', message)
        self.on_not_finite = 'ignore'
