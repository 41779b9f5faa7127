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

from blocks.bricks.base import application
from blocks.bricks.cost import CostMatrix
from blocks.monitoring.aggregation import Mean
from rnn_kernels import check_mask
from theano import tensor
from theano.gradient import disconnected_grad
from theano.tensor.opt import Assert

from blocks_rnn_bricks.checks import describe
from blocks_rnn_bricks.masking import clean

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

    Raises
    ------
    ValueError
        If there is no such aggregation.

    """
    filler = 0
    output_name = 'cost'

    def __init__(self, aggregation='mean_per_step', **kwargs):
        super().__init__(**kwargs)
        if aggregation not in AGGREGATIONS:
            raise ValueError("{}: aggregation must be one of {}, got {!r}"
                             .format(describe(self), ', '.join(AGGREGATIONS),
                                     aggregation))
        self.aggregation = aggregation

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
            If a rank is wrong.
        TypeError
            If a dtype is wrong.
        AssertionError
            When the function runs, if shapes do not go together, the mask
            holds anything but 0 and 1, or a class does not exist.

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
        y = tensor.as_tensor_variable(y)
        y_hat = tensor.as_tensor_variable(y_hat)
        self._check_types(y, y_hat)
        y = Assert('{}: the targets must have the time and batch axes of the '
                   'predictions; batch-major data is the usual cause: bring '
                   'both to (time, batch, ...)'.format(describe(self)))(
                       y, *_same_shape(y, y_hat))
        if mask is not None:
            mask = self._checked_mask(mask, y_hat)
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

    def monitor(self, y, y_hat, mask=None, name=None):
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

    def _checked_mask(self, mask, y_hat):
        """The mask; computing it checks shape and values."""
        mask = tensor.as_tensor_variable(mask)
        check_mask(describe(self), mask, y_hat)
        mask = tensor.cast(mask, y_hat.dtype)
        mask = Assert('{}: the mask must have the time and batch axes of the '
                      'predictions, y_hat.shape[:2]; batch-major data is the '
                      'usual cause: transpose the mask to (time, batch)'
                      .format(describe(self)))(
                          mask, *_same_shape(mask, y_hat))
        return Assert('{}: the mask must hold nothing but 1 for data and 0 '
                      'for padding'.format(describe(self)))(
                          mask, tensor.all(tensor.eq(mask, mask ** 2)))

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

    def _existing(self, y, y_hat):
        """The targets, checked when the function runs."""
        return Assert('{}: a target is not the number of a class: expected '
                      '0 <= y < y_hat.shape[2]'.format(describe(self)))(
                          y, tensor.all(tensor.ge(y, 0)),
                          tensor.all(tensor.lt(y, y_hat.shape[2])))


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
    def __init__(self, from_logits=False, **kwargs):
        super().__init__(**kwargs)
        self.from_logits = from_logits
        self.filler = 0 if from_logits else 1

    def step_costs(self, y, y_hat):
        y = self._existing(y, y_hat)
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

    Parameters
    ----------
    **kwargs
        `aggregation` of :class:`SequenceCost`, and `name`.

    """
    output_name = 'error_rate'

    def step_costs(self, y, y_hat):
        wrong = tensor.neq(self._existing(y, y_hat), y_hat.argmax(axis=2))
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
    def step_costs(self, y, y_hat):
        return tensor.sqr(y_hat - tensor.cast(y, y_hat.dtype)).sum(axis=2)


class SequenceBinaryCrossEntropy(SequenceCost):
    r"""Cross-entropy of independent bits, for polyphonic music.

    A step, one frame of a piano roll say, costs the sum over its notes,
    :math:`-\sum_k y_{tbk} \log p_{tbk} + (1 - y_{tbk}) \log(1 - p_{tbk})`,
    in nats [1]_. `y` and `y_hat` are (T, B, notes).

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
    def __init__(self, from_logits=False, **kwargs):
        super().__init__(**kwargs)
        self.from_logits = from_logits

    def step_costs(self, y, y_hat):
        y = tensor.cast(y, y_hat.dtype)
        if self.from_logits:
            costs = tensor.nnet.softplus(y_hat) - y * y_hat
        else:
            costs = -(_x_log_p(y, y_hat) + _x_log_p(1 - y, 1 - y_hat))
        return costs.sum(axis=2)


def _x_log_p(x, p):
    """x log p, and 0 where x is, p = 0 included; so is the gradient."""
    absent = tensor.eq(x, 0)
    one = tensor.ones_like(p)
    return x * tensor.log(tensor.switch(absent, one, p))


def _same_shape(sequence, y_hat):
    return [tensor.eq(sequence.shape[axis], y_hat.shape[axis])
            for axis in (0, 1)]
