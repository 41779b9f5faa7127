"""Aggregation of the values of a variable over batches.

A monitored variable may have a scheme in its tag ``aggregation_scheme``;
:func:`mean`, :func:`minimum` and so on set it. Without a scheme, the mean over
batches is computed.

Examples
--------
The mean error per example, with batches of unequal sizes:

>>> from theano import tensor
>>> errors = tensor.vector('errors')
>>> error_rate = mean(errors.sum().copy('error_rate'), errors.shape[0])
>>> error_rate.name
'error_rate'

"""
from abc import ABC, abstractmethod
from functools import partial

import numpy
from theano import tensor
from theano.tensor.opt import Assert

from ..utils import shared_like


class AggregationScheme(ABC):
    """Base class of schemes.

    Parameters
    ----------
    variable : :class:`~tensor.TensorVariable`
        The value on a batch.

    """

    def __init__(self, variable):
        self.variable = variable

    @abstractmethod
    def get_aggregator(self):
        """Return a new :class:`Aggregator` for the variable."""


class Aggregator:
    """The updates that implement a scheme; only schemes create it.

    Parameters
    ----------
    aggregation_scheme : :class:`AggregationScheme`
        The scheme.
    initialization_updates : list of tuple, optional
        Initial updates, which depend only on shared variables.
    accumulation_updates : list of tuple, optional
        Updates for each batch.
    readout_variable : :class:`~tensor.TensorVariable`, optional
        The value so far, which depends only on shared variables.

    """

    def __init__(self, aggregation_scheme, initialization_updates=None,
                 accumulation_updates=None, readout_variable=None):
        self.aggregation_scheme = aggregation_scheme
        self.initialization_updates = initialization_updates or []
        self.accumulation_updates = accumulation_updates or []
        self.readout_variable = readout_variable


def widest(variable):
    """Cast a variable to a dtype wide enough for a sum.

    Booleans count as 0 and 1.

    """
    is_complex = numpy.dtype(variable.dtype).kind == 'c'
    return variable.astype('complex128' if is_complex else 'float64')


def ratio_dtype(numerator, denominator):
    """Return the dtype of a ratio: floating point or complex."""
    dtype = (numerator / denominator).dtype
    return dtype if numpy.dtype(dtype).kind in 'fc' else 'float64'


def update(storage, new_value):
    """Return an update of a storage, without static lengths of axes."""
    return storage, tensor.unbroadcast(new_value, *range(storage.ndim))


def emptied(storage):
    """Return the initial value of a storage: an empty array, or 0."""
    if storage.ndim == 0:
        return tensor.zeros_like(storage)
    return storage[(slice(0, 0),) * storage.ndim]


def within(variable, storage):
    """Return the part of a variable within the shape of the storage."""
    return variable[tuple(slice(0, storage.shape[axis])
                          for axis in range(storage.ndim))]


def added(storage, value):
    """Return the sum of a storage, which may be empty, and a value."""
    if storage.ndim == 0:
        return value + storage
    same_shape = tensor.all(tensor.eq(storage.shape, value.shape))
    value = Assert(
        f'the monitored variable {value} changes its shape from batch to '
        'batch, so it has no mean; monitor its sum, or use '
        'blocks.monitoring.aggregation.concatenate')(
            value, tensor.or_(tensor.eq(storage.size, 0), same_shape))
    return tensor.inc_subtensor(within(value, storage), storage)


class Mean(AggregationScheme):
    """The sum of numerators over the sum of denominators.

    The sums have dtype float64 (complex128 for complex numbers) for any dtype
    on a batch.

    Parameters
    ----------
    numerator : :class:`~tensor.TensorVariable`
        Value on a batch, e.g. the sum of costs. Any shape, the same for all
        batches.
    denominator : :class:`~tensor.TensorVariable` or float
        Value on a batch, e.g. the number of examples.

    """

    def __init__(self, numerator, denominator):
        super().__init__(numerator)
        self.numerator = numerator
        self.denominator = denominator

    def get_aggregator(self):
        """See :meth:`AggregationScheme.get_aggregator`."""
        ratio = [tensor.as_tensor_variable(part)
                 for part in (self.numerator, self.denominator)]
        parts = [widest(part) for part in ratio]
        sums = [shared_like(part) for part in parts]
        return Aggregator(
            self,
            initialization_updates=[update(total, emptied(total))
                                    for total in sums],
            accumulation_updates=[update(total, added(total, part))
                                  for total, part in zip(sums, parts)],
            readout_variable=(sums[0] / sums[1]).astype(ratio_dtype(*ratio)))


class Perplexity(Mean):
    """The exponential of minus the mean: see :func:`perplexity`."""

    def get_aggregator(self):
        """See :meth:`AggregationScheme.get_aggregator`."""
        aggregator = super().get_aggregator()
        aggregator.readout_variable = tensor.exp(-aggregator.readout_variable)
        return aggregator


class TakeLast(AggregationScheme):
    """The value on the last batch."""

    def get_aggregator(self):
        """See :meth:`AggregationScheme.get_aggregator`."""
        storage = shared_like(self.variable)
        return Aggregator(
            self, [update(storage, emptied(storage))],
            [update(storage, self.variable)], readout_variable=storage)


class _DataIndependent(AggregationScheme):
    """The value itself, which depends only on shared variables."""

    def get_aggregator(self):
        return Aggregator(self, readout_variable=self.variable)


class _Stacked(AggregationScheme):
    """A scheme that combines stored values with one more.

    The storage has an additional first axis, of length 0 before the first
    batch.

    """

    def get_aggregator(self):
        value = tensor.shape_padleft(
            tensor.as_tensor_variable(self.variable), 1)
        storage = shared_like(value)
        return Aggregator(
            self, [update(storage, emptied(storage))],
            [update(storage, self.combine(storage, value))],
            readout_variable=self.read(storage))

    @abstractmethod
    def combine(self, storage, value):
        """Return the storage after one more batch.

        Parameters
        ----------
        storage, value : :class:`~tensor.TensorVariable`
            The storage before the batch, which may be empty, and the value on
            the batch, with an additional first axis of length 1.

        """

    def read(self, storage):
        """Return the value over the data set."""
        return storage[0]


class Minimum(_Stacked):
    """The minimum over batches, by element."""

    choose = staticmethod(tensor.minimum)

    def combine(self, storage, value):
        """See :meth:`_Stacked.combine`."""
        before = tensor.set_subtensor(within(value, storage), storage)
        return self.choose(before, value)


class Maximum(Minimum):
    """The maximum over batches, by element."""

    choose = staticmethod(tensor.maximum)


class Concatenate(_Stacked):
    """The values on all batches, along a new first axis."""

    def combine(self, storage, value):
        """See :meth:`_Stacked.combine`."""
        # An empty storage has no elements along the other axes either.
        others = [value.shape[axis] for axis in range(1, value.ndim)]
        room = tensor.zeros([storage.shape[0], *others], dtype=value.dtype)
        kept = tensor.set_subtensor(within(room, storage), storage)
        return tensor.concatenate([kept, value], axis=0)

    def read(self, storage):
        """See :meth:`_Stacked.read`."""
        return storage


def _labelled(variable, name, scheme):
    """Name a variable, set its scheme, and return it."""
    variable.name = name
    variable.tag.aggregation_scheme = scheme
    return variable


def _with_scheme(scheme, variable):
    """Return a copy of a variable with the same name and a scheme."""
    copy = variable.copy()
    return _labelled(copy, variable.name, scheme(copy))


take_last = partial(_with_scheme, TakeLast)
minimum = partial(_with_scheme, Minimum)
maximum = partial(_with_scheme, Maximum)
concatenate = partial(_with_scheme, Concatenate)


def mean(numerator, denominator=1.):
    """Return a ratio that :class:`Mean` aggregates.

    Parameters
    ----------
    numerator, denominator : see :class:`Mean`
        The name of the numerator becomes that of the ratio.

    Returns
    -------
    :class:`~tensor.TensorVariable`
        The ratio on a batch.

    """
    return _labelled(numerator / denominator, numerator.name,
                     Mean(numerator, denominator))


def perplexity(log_likelihood, n_examples):
    r"""Return the perplexity :math:`\exp(-L/n)`, named ``perplexity``.

    Parameters
    ----------
    log_likelihood : :class:`~tensor.TensorVariable`
        The sum L of the natural logarithms of the likelihoods in a batch.
    n_examples : :class:`~tensor.TensorVariable`
        Their number n.

    Returns
    -------
    :class:`~tensor.TensorVariable`
        The perplexity of a batch.

    """
    return _labelled(tensor.exp(-log_likelihood / n_examples), 'perplexity',
                     Perplexity(log_likelihood, n_examples))


class MonitoredQuantity(ABC):
    """Base class of monitored quantities that are computed in Python.

    Parameters
    ----------
    requires : list of :class:`~tensor.TensorVariable`, optional
        The variables whose values on a batch it needs.
    name : str
        The name in the log.

    """

    def __init__(self, requires=None, name=None):
        self.name = name
        self.requires = [] if requires is None else requires

    @abstractmethod
    def initialize(self):
        """Reset the quantity."""

    @abstractmethod
    def aggregate(self, *args):
        """Process a batch.

        Parameters
        ----------
        *args : :class:`~numpy.ndarray`
            The values of the variables in `requires`.

        """

    @abstractmethod
    def get_aggregated_value(self):
        """Return the value over all batches since :meth:`initialize`."""
