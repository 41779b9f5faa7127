r"""Costs and error rates of sequences under masks.

The bricks take targets `y`, predictions `y_hat` (T, B, features) and a
`mask` (T, B), 1 for data and 0 for padding; time comes first. Each has a
cost for every step, :math:`E_{tb}`, and sums it up in the way that its
`aggregation` names, where :math:`m` is the mask:

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

What stands in the padding, NaN and infinity included, in the targets or in
the predictions, changes no cost and no gradient: it is replaced before
anything is computed from it, and the gradient there is exactly zero.

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
from blocks_rnn_bricks.masking import clean
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

#: The names of the aggregations.
AGGREGATIONS = ('per_step', 'per_sequence', 'mean_per_step',
                'mean_per_sequence', 'sum')


class SequenceCost(CostMatrix):
    """Base of the costs: what masks and aggregations have in common.

    A subclass computes the cost of each step, :meth:`step_costs`, from data
    in which the padding has been replaced already.

    Parameters
    ----------
    aggregation : str, optional
        One of :data:`AGGREGATIONS`, ``'mean_per_step'`` by default.

    Attributes
    ----------
    filler : float
        What the predictions in the padding are replaced by: a value at
        which the cost of a step and its gradient are finite.
    output_name : str
        The name that Blocks gives to the result.
    rules : tuple of callable
        What is checked when the function runs, beside the time and batch
        axes and the mask; see
        :class:`~blocks_rnn_bricks.cost_checks.CheckCostData`.

    Raises
    ------
    ValueError
        If there is no such aggregation.

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
        """The cost of a batch of sequences.

        Parameters
        ----------
        y : :class:`~theano.tensor.TensorVariable`
            Targets; see the class.
        y_hat : :class:`~theano.tensor.TensorVariable`
            Predictions, (T, B, features).
        mask : :class:`~theano.tensor.TensorVariable`, optional
            (T, B), of the predictions' dtype; all data if not given.

        Returns
        -------
        :class:`~theano.tensor.TensorVariable`
            Of the predictions' dtype and the aggregation's shape. A batch
            without a valid step costs 0.

        Raises
        ------
        ValueError
            If a rank is wrong. When the function runs, if shapes do not go
            together, the mask holds anything but 0 and 1, or valid targets
            or predictions are impossible: a class that does not exist, a
            bit or probability outside [0, 1].
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
        """The cost of each step, (T, B), zero where the mask is.

        Parameters and errors are those of :meth:`apply`.

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
        costs = self.step_costs(clean(y, mask),
                                clean(y_hat, mask, self.filler))
        return clean(costs, mask)

    @abstractmethod
    def step_costs(self, y, y_hat):
        """The cost of each step, whether it is valid or not.

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
        """The cost as a quantity to monitor, exact over batches.

        Blocks averages what it monitors over batches, each counted alike,
        although one has more valid steps than another. This variable brings
        its own :class:`~blocks.monitoring.aggregation.Mean`, which divides
        the sum over all batches by the number of all valid steps, or of all
        sequences.

        Parameters
        ----------
        y, y_hat, mask : :class:`~theano.tensor.TensorVariable`
            As for :meth:`apply`.
        name : str, optional
            Of the variable, and so of the entry in the log; by default the
            brick's.

        Returns
        -------
        :class:`~theano.tensor.TensorVariable`
            A scalar, for monitoring extensions as
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
        """By what a mean divides: valid steps or sequences."""
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
    """A cost whose targets are numbers of classes."""
    rules: Tuple[Callable, ...] = (cost_checks.existing_classes,)

    def _check_targets(self, y):
        if y.ndim != 2:
            raise ValueError('{}: targets must be the numbers of the classes,'
                             ' (time, batch), got {} axes; take '
                             'y.argmax(axis=2) of one-hot vectors'.format(
                                 describe(self), y.ndim))
        if not y.dtype.startswith(('int', 'uint')):
            raise TypeError('{}: targets must be the numbers of the classes, '
                            'of an integer dtype, got {}'.format(
                                describe(self), y.dtype))


class SequenceCategoricalCrossEntropy(_ClassCost):
    r"""Cross-entropy of one class a step, :math:`-\log p_{tb}(y_{tb})`.

    `y` is (T, B), integers; `y_hat` is (T, B, classes).

    Parameters
    ----------
    from_logits : bool, optional
        Whether predictions are unnormalized log-probabilities, as they go
        into a softmax, instead of probabilities, the default. The cost is
        then computed without taking the logarithm of a softmax, so it stays
        finite however sure the network is; with probabilities, a class of
        probability 0 costs infinity.
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
            # The largest becomes 0; the difference does not change.
            classes -= disconnected_grad(classes.max(axis=1, keepdims=True))
        chosen = classes[tensor.arange(y.size), y.flatten()]
        if self.from_logits:
            costs = tensor.log(tensor.exp(classes).sum(axis=1)) - chosen
        else:
            costs = -tensor.log(chosen)
        return costs.reshape((y.shape[0], y.shape[1]))


class SequenceMisclassificationRate(_ClassCost):
    """1 for each step whose largest prediction is not of the right class.

    `y` is (T, B), integers; `y_hat` is (T, B, classes), probabilities or
    anything that grows with them. The default aggregation is the error rate
    of steps; ``tensor.gt(per_sequence, 0).mean()`` is that of sequences.
    Predictions that are NaN have no largest, and are an error.

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

    `y` and `y_hat` are (T, B, features); a step costs the sum over its
    features.

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

    A step, one frame of a piano roll say, costs the sum over its notes,
    :math:`-\sum_k y_{tbk} \log p_{tbk} + (1 - y_{tbk}) \log(1 - p_{tbk})`,
    in nats [1]_. `y` and `y_hat` are (T, B, notes), `y` between 0 and 1.

    Parameters
    ----------
    from_logits : bool, optional
        Whether predictions are the log-odds, as they go into a logistic
        function, instead of probabilities, the default. The cost then stays
        finite however sure the network is; with probabilities, a note of
        probability exactly 0 or 1 costs nothing if that is right and
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
            # Rounding may have brought a probability above 1.
            absent = tensor.maximum(1 - y_hat, 0)
            costs = -(_x_log_p(y, y_hat) + _x_log_p(1 - y, absent))
        return costs.sum(axis=2)


def _x_log_p(x, p):
    """Return x log p, and 0 where x is, p = 0 included; likewise gradients."""
    absent = tensor.eq(x, 0)
    one = tensor.ones_like(p)
    return x * tensor.log(tensor.switch(absent, one, p))
