r"""Costs and error rates of sequences under masks.

The bricks take targets `y`, predictions `y_hat` of shape (T, B, features) and
a `mask` of shape (T, B), 1 for data and 0 for padding. Each computes a cost
for every time step, :math:`E_{tb}`, and reduces it according to its
`aggregation`, where :math:`m` is the mask:

===================== ====== ==============================================
aggregation           shape  value
===================== ====== ==============================================
``per_step``          (T, B) :math:`m_{tb} E_{tb}`
``per_sequence``      (B,)   :math:`\sum_t m_{tb} E_{tb}`
``mean_per_step``     ()     :math:`\sum_{tb} m_{tb} E_{tb} /
                             \sum_{tb} m_{tb}`, the default
``mean_per_sequence`` ()     :math:`\frac{1}{B} \sum_{tb} m_{tb} E_{tb}`
``sum``               ()     :math:`\sum_{tb} m_{tb} E_{tb}`
===================== ====== ==============================================

The contents of the padding, even NaN and infinity, in the targets or in the
predictions, affect neither cost nor gradient: they are replaced before the
cost is computed, and the gradient there is exactly zero.

Examples
--------
>>> import numpy
>>> from theano import tensor
>>> y, y_hat, mask = tensor.imatrix(), tensor.tensor3(), tensor.matrix()
>>> energies = numpy.zeros((2, 1, 4), y_hat.dtype)
>>> energies[1] = numpy.nan  # padding
>>> given = {y: numpy.array([[3], [-1]], 'int32'), y_hat: energies,
...          mask: numpy.array([[1], [0]], mask.dtype)}
>>> cost = SequenceCategoricalCrossEntropy(from_logits=True)
>>> print('{:.4f}'.format(float(cost.apply(y, y_hat, mask).eval(given))))
1.3863

"""
from abc import abstractmethod
from typing import Any, Callable, Optional, Tuple

from blocks.bricks.base import application
from blocks.bricks.cost import CostMatrix
from blocks.monitoring.aggregation import Mean
from theano import tensor
from theano.gradient import disconnected_grad

from blocks_rnn_bricks import cost_checks
from blocks_rnn_bricks.checks import as_variable
from blocks_rnn_bricks.masking import fill_padding
from blocks_rnn_bricks.settings import (
    check_choice,
    check_flag,
    describe,
    naming,
)
from rnn_kernels import check_mask

__all__ = ('SequenceCost', 'SequenceCategoricalCrossEntropy',
           'SequenceMisclassificationRate', 'SequenceSquaredError',
           'SequenceBinaryCrossEntropy', 'AGGREGATIONS')

#: The supported aggregations.
AGGREGATIONS = ('per_step', 'per_sequence', 'mean_per_step',
                'mean_per_sequence', 'sum')


class SequenceCost(CostMatrix):
    """Base class of the costs, with masks and aggregations.

    A subclass computes the cost of each time step, :meth:`step_costs`, from
    data whose padding has already been replaced.

    Parameters
    ----------
    aggregation : str, optional
        One of :data:`AGGREGATIONS`, ``'mean_per_step'`` by default.

    Attributes
    ----------
    filler : float
        Replacement for predictions in the padding: a value at which the cost
        of a time step and its gradient are finite.
    output_name : str
        The name of the result in Blocks.
    rules : tuple of callable
        Checks when the function runs, in addition to those of the time and
        batch axes and the mask; see
        :class:`~blocks_rnn_bricks.cost_checks.CheckCostData`.

    Raises
    ------
    ValueError
        If the aggregation is not supported.

    """

    filler = 0
    output_name = 'cost'
    rules: Tuple[Callable, ...] = ()

    def __init__(self, aggregation: str = 'mean_per_step',
                 **kwargs: Any) -> None:
        self.aggregation = check_choice(
            naming(self, kwargs), 'aggregation', aggregation, AGGREGATIONS)
        super().__init__(**kwargs)

    @application
    def apply(self, y, y_hat, mask=None):
        """Compute the cost of a batch of sequences.

        Parameters
        ----------
        y : :class:`~theano.tensor.TensorVariable`
            Targets; see the class.
        y_hat : :class:`~theano.tensor.TensorVariable`
            Predictions, (T, B, features).
        mask : :class:`~theano.tensor.TensorVariable`, optional
            (T, B), of the predictions' dtype; if not given, everything is
            data.

        Returns
        -------
        :class:`~theano.tensor.TensorVariable`
            Of the predictions' dtype and the aggregation's shape. A batch
            without valid time steps has a cost of 0.

        Raises
        ------
        ValueError
            If a rank is wrong. When the function runs, if shapes do not match,
            the mask contains values other than 0 and 1, or valid targets or
            predictions are invalid: a class that does not exist, a bit or
            probability outside [0, 1].
        TypeError
            If a dtype is wrong.

        """
        costs = self.cost_matrix(y, y_hat, mask)
        if self.aggregation == 'per_step':
            return costs
        if self.aggregation == 'per_sequence':
            return costs.sum(axis=0)
        total = costs.sum()
        if self.aggregation == 'sum':
            return total
        return total / tensor.maximum(self._count(costs, mask), 1)

    @apply.property('outputs')
    def apply_outputs(self):
        return [self.output_name]

    @application(outputs=['cost_matrix'])
    def cost_matrix(self, y, y_hat, mask=None):
        """Compute the cost of each time step, (T, B), 0 where the mask is 0.

        This takes the parameters and raises the errors of :meth:`apply`.

        """
        who = describe(self)
        data = [as_variable(who, 'y', y),
                as_variable(who, 'y_hat', y_hat)]
        self._check_types(*data)
        if mask is not None:
            mask = as_variable(who, 'mask', mask)
            check_mask(who, mask, data[1])
            data.append(tensor.cast(mask, data[1].dtype))
        checked = cost_checks.CheckCostData(
            who, mask is not None, tuple(self.rules))(*data)
        y, y_hat = checked[:2]
        mask = None if mask is None else checked[2]
        costs = self.step_costs(
            fill_padding(y, mask), fill_padding(y_hat, mask, self.filler))
        return fill_padding(costs, mask)

    @abstractmethod
    def step_costs(self, y, y_hat):
        """Compute the cost of each time step, valid or not.

        Parameters
        ----------
        y : :class:`~theano.tensor.TensorVariable`
            Targets, 0 in the padding.
        y_hat : :class:`~theano.tensor.TensorVariable`
            Predictions (T, B, features), :attr:`filler` in the padding.

        Returns
        -------
        :class:`~theano.tensor.TensorVariable`
            (T, B), of the predictions' dtype, with a finite gradient in the
            padding.

        """

    def monitor(self, y: tensor.TensorVariable, y_hat: tensor.TensorVariable,
                mask: Optional[tensor.TensorVariable] = None,
                name: Optional[str] = None) -> tensor.TensorVariable:
        """Return the cost as a quantity to monitor, exact over batches.

        Blocks averages monitored variables over batches with equal weights,
        even if some have more valid time steps than others. This variable has
        its own :class:`~blocks.monitoring.aggregation.Mean`, which divides the
        sum over all batches by the total number of valid time steps, or of
        sequences.

        Parameters
        ----------
        y, y_hat, mask : :class:`~theano.tensor.TensorVariable`
            As for :meth:`apply`.
        name : str, optional
            Name of the variable, and of the record in the log; the brick's
            name by default.

        Returns
        -------
        :class:`~theano.tensor.TensorVariable`
            A scalar, for monitoring extensions such as
            :class:`~blocks.extensions.monitoring.DataStreamMonitoring`.

        Raises
        ------
        ValueError
            If the aggregation is not a mean.

        """
        if not self.aggregation.startswith('mean_'):
            raise ValueError("{}: expected an aggregation mean_per_step or "
                             'mean_per_sequence to monitor, got {}'.format(
                                 describe(self), self.aggregation))
        costs = self.cost_matrix(y, y_hat, mask)
        total, count = costs.sum(), self._count(costs, mask)
        mean = total / tensor.maximum(count, 1)
        mean.name = name or self.name
        mean.tag.aggregation_scheme = Mean(total, count)
        return mean

    def _count(self, costs, mask):
        """Return the denominator of a mean: valid time steps or sequences."""
        if self.aggregation == 'mean_per_sequence':
            count = costs.shape[1]
        elif mask is None:
            count = costs.shape[0] * costs.shape[1]
        else:
            count = mask.sum()
        return tensor.cast(count, costs.dtype)

    def _check_types(self, y, y_hat):
        if y_hat.ndim != 3:
            raise ValueError('{}: predictions must have 3 axes, (time, batch,'
                             ' features), got {}'.format(describe(self),
                                                         y_hat.ndim))
        if not y_hat.dtype.startswith('float'):
            raise TypeError('{}: predictions must be floating point, got {};'
                            ' the order is apply(y, y_hat), targets first'
                            .format(describe(self), y_hat.dtype))
        self._check_targets(y)

    def _check_targets(self, y):
        if y.ndim != 3:
            raise ValueError('{}: targets must have 3 axes like the '
                             'predictions, (time, batch, features), got {}'
                             .format(describe(self), y.ndim))


class _ClassCost(SequenceCost):
    """A cost whose targets are class indices."""

    rules: Tuple[Callable, ...] = (cost_checks.existing_classes,)

    def _check_targets(self, y):
        if y.ndim != 2:
            raise ValueError('{}: targets must be class indices of shape '
                             '(time, batch), got {} axes; use '
                             'y.argmax(axis=2) for one-hot vectors'.format(
                                 describe(self), y.ndim))
        if not y.dtype.startswith(('int', 'uint')):
            raise TypeError('{}: targets must be class indices of an integer '
                            'dtype, got {}'.format(
                                describe(self), y.dtype))


class SequenceCategoricalCrossEntropy(_ClassCost):
    r"""Cross-entropy of one class per time step, :math:`-\log p_{tb}(y_{tb})`.

    `y` is (T, B), integers; `y_hat` is (T, B, classes).

    Parameters
    ----------
    from_logits : bool, optional
        Whether predictions are unnormalised log-probabilities, the input of a
        softmax, instead of probabilities, the default. The cost is then
        computed without taking the logarithm of a softmax, so it stays finite
        however confident the network is; with probabilities, a class of
        probability 0 has an infinite cost.
    **kwargs
        `aggregation` of :class:`SequenceCost`, and `name`.

    """

    def __init__(self, from_logits: bool = False, **kwargs: Any) -> None:
        self.from_logits = check_flag(
            naming(self, kwargs), 'from_logits', from_logits)
        super().__init__(**kwargs)
        self.filler = 0 if from_logits else 1
        if not from_logits:
            self.rules += (cost_checks.probabilities,
                           cost_checks.no_hidden_nan)

    def step_costs(self, y, y_hat):
        classes = y_hat.reshape((y.size, y_hat.shape[2]))
        if self.from_logits:
            # Subtracting the maximum avoids overflow and does not change the
            # cost.
            classes -= disconnected_grad(classes.max(axis=1, keepdims=True))
        chosen = classes[tensor.arange(y.size), y.flatten()]
        if self.from_logits:
            costs = tensor.log(tensor.exp(classes).sum(axis=1)) - chosen
        else:
            costs = -tensor.log(chosen)
        return costs.reshape((y.shape[0], y.shape[1]))


class SequenceMisclassificationRate(_ClassCost):
    """1 for each time step whose largest prediction is for a wrong class.

    `y` is (T, B), integers; `y_hat` is (T, B, classes), probabilities or any
    increasing function of them. The default aggregation is the error rate per
    time step; ``tensor.gt(per_sequence, 0).mean()`` is that per sequence. NaN
    among the predictions raises an error.

    Parameters
    ----------
    **kwargs
        `aggregation` of :class:`SequenceCost`, and `name`.

    """

    output_name = 'error_rate'
    rules: Tuple[Callable, ...] = _ClassCost.rules + (
        cost_checks.no_nan,)

    def step_costs(self, y, y_hat):
        wrong = tensor.neq(y, y_hat.argmax(axis=2))
        return tensor.cast(wrong, y_hat.dtype)


class SequenceSquaredError(SequenceCost):
    r"""Squared error, :math:`\sum_k (\hat y_{tbk} - y_{tbk})^2`.

    `y` and `y_hat` are (T, B, features); the cost of a time step is the sum
    over its features.

    Parameters
    ----------
    **kwargs
        `aggregation` of :class:`SequenceCost`, and `name`.

    """

    rules: Tuple[Callable, ...] = (cost_checks.same_features,)

    def step_costs(self, y, y_hat):
        return tensor.sqr(y_hat - tensor.cast(y, y_hat.dtype)).sum(axis=2)


class SequenceBinaryCrossEntropy(SequenceCost):
    r"""Cross-entropy of independent bits, for polyphonic music.

    The cost of a time step, for example a frame of a piano roll, is the sum
    over its notes,
    :math:`-\sum_k y_{tbk} \log p_{tbk} + (1 - y_{tbk}) \log(1 - p_{tbk})`,
    in nats [1]_. `y` and `y_hat` are (T, B, notes), `y` between 0 and 1.

    Parameters
    ----------
    from_logits : bool, optional
        Whether predictions are log-odds, the input of a logistic function,
        instead of probabilities, the default. The cost then stays finite
        however confident the network is; with probabilities, a note with
        probability exactly 0 or 1 has a cost of zero if that is right and
        infinity if it is wrong.
    **kwargs
        `aggregation` of :class:`SequenceCost`, and `name`.

    References
    ----------
    .. [1] N. Boulanger-Lewandowski, Y. Bengio and P. Vincent, "Modeling
       temporal dependencies in high-dimensional sequences", ICML 2012.

    """

    rules: Tuple[Callable, ...] = (cost_checks.same_features, cost_checks.bits)

    def __init__(self, from_logits: bool = False, **kwargs: Any) -> None:
        self.from_logits = check_flag(
            naming(self, kwargs), 'from_logits', from_logits)
        super().__init__(**kwargs)
        if not from_logits:
            self.rules += (cost_checks.probabilities,)

    def step_costs(self, y, y_hat):
        y = tensor.cast(y, y_hat.dtype)
        if self.from_logits:
            costs = tensor.nnet.softplus(y_hat) - y * y_hat
        else:
            # Rounding may push a probability above 1.
            absent = tensor.maximum(1 - y_hat, 0)
            costs = -(_x_log_p(y, y_hat) + _x_log_p(1 - y, absent))
        return costs.sum(axis=2)


def _x_log_p(x, p):
    """Return x log p, with value and gradient 0 where x is 0."""
    absent = tensor.eq(x, 0)
    one = tensor.ones_like(p)
    return x * tensor.log(tensor.switch(absent, one, p))
