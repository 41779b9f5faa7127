"""Iteration schemes: which examples are requested, in which order.

A scheme makes *request iterators*, one per epoch. A request is a list of
indices (:class:`BatchScheme`), one index (:class:`IndexScheme`) or only a
number of examples (:class:`BatchSizeScheme`). Request iterators can be
pickled at any point: their state is explicit.

"""
from abc import ABC, abstractmethod
from collections.abc import Iterable
from itertools import islice

import numpy
from fuel import config
from fuel.utils.checks import check_number


class BatchedRequests:
    """Iterates over indices, in lists of at most `batch_size`.

    Parameters
    ----------
    indices : iterable
        The indices in the order in which they are requested.
    batch_size : int
        Length of each request; the last one may be shorter.
    sort : bool, optional
        Whether to sort the indices within each request.

    """

    def __init__(self, indices, batch_size, sort=False):
        self.remaining = iter(indices)
        self.batch_size = batch_size
        self.arrange = sorted if sort else list

    def __iter__(self):
        return self

    def __next__(self):
        request = self.arrange(islice(self.remaining, self.batch_size))
        if not request:
            raise StopIteration
        return request


class BatchSizeRequests:
    """Iterates over batch sizes.

    Parameters
    ----------
    batch_size : int
        The size to request.
    full_batches : int, optional
        Number of such requests; unlimited by default.
    remainder : int, optional
        Size of a last, smaller request; 0 for none.

    """

    def __init__(self, batch_size, full_batches=None, remainder=0):
        self.batch_size = batch_size
        self.full_batches = full_batches
        self.remainder = remainder

    def __iter__(self):
        return self

    def __next__(self):
        if self.full_batches is None:
            return self.batch_size
        if self.full_batches > 0:
            self.full_batches -= 1
            return self.batch_size
        if self.remainder:
            request, self.remainder = self.remainder, 0
            return request
        raise StopIteration


class ChainedRequests:
    """Iterates over the requests of several iterators in sequence.

    Parameters
    ----------
    iterators : iterable of iterators
        The iterators, in this order.

    """

    def __init__(self, iterators):
        self.iterators = list(iterators)

    def __iter__(self):
        return self

    def __next__(self):
        while self.iterators:
            try:
                return next(self.iterators[0])
            except StopIteration:
                del self.iterators[0]
        raise StopIteration


class IterationScheme(ABC):
    """Base class of all iteration schemes.

    Attributes
    ----------
    requests_examples : bool
        Whether a request is for one example, not for a batch.

    Notes
    -----
    Do not share a random scheme between streams: each epoch of one stream also
    advances the other's generator.

    """

    @abstractmethod
    def get_request_iterator(self):
        """Return an iterator over the requests of one epoch."""


class BatchSizeScheme(IterationScheme):
    """Base class of schemes that request numbers of examples, not indices."""

    requests_examples = False


def _as_indices(scheme, examples):
    """Return the indices that the argument of a scheme describes."""
    if isinstance(examples, Iterable) and not isinstance(examples, str):
        try:
            iter(examples)
        except TypeError as error:  # Theano variables look iterable
            raise TypeError(f"{type(scheme).__name__}: examples must be a "
                            "number or a list of indices, got "
                            f"{examples!r}") from error
        return examples
    return range(check_number(scheme, 'examples', examples, int, least=0,
                              remedy='or a list of indices'))


class BatchScheme(IterationScheme):
    """Base class of schemes that request batches by lists of indices.

    Parameters
    ----------
    examples : int or iterable of int
        The indices of the examples, or their number `n` for the indices
        0 to `n - 1`.
    batch_size : int
        Number of indices in a request. The last request of an epoch is
        shorter if the number of examples is not a multiple of it.

    Raises
    ------
    TypeError, ValueError
        If `batch_size` is not a positive integer, or `examples` is neither
        a number nor integers.

    """

    requests_examples = False

    def __init__(self, examples, batch_size):
        _check_batch_size(self, batch_size)
        self.indices = _as_indices(self, examples)
        self.batch_size = batch_size


class IndexScheme(IterationScheme):
    """Base class of schemes that request examples by a single index.

    Parameters
    ----------
    examples : int or iterable of int
        The indices of the examples, or their number.

    """

    requests_examples = True

    def __init__(self, examples):
        self.indices = _as_indices(self, examples)


def _check_batch_size(scheme, batch_size):
    check_number(scheme, 'batch_size', batch_size, int, least=1)


class ConcatenatedScheme(IterationScheme):
    """Iterates over several schemes in sequence.

    Parameters
    ----------
    schemes : list of IterationScheme
        The schemes in order; all must request examples, or all batches.

    Raises
    ------
    ValueError
        If some schemes request examples and others batches, or if there is
        no scheme.

    """

    def __init__(self, schemes):
        if not isinstance(schemes, (list, tuple)):
            raise TypeError("ConcatenatedScheme: schemes must be a list of "
                            f"iteration schemes, got {schemes!r}")
        for scheme in schemes:
            if not hasattr(scheme, 'requests_examples'):
                raise TypeError("ConcatenatedScheme: schemes must be "
                                f"iteration schemes, got {scheme!r}")
        kinds = {scheme.requests_examples for scheme in schemes}
        if len(kinds) != 1:
            raise ValueError(
                "ConcatenatedScheme needs one or more schemes that all "
                "request examples or all request batches, got "
                + (', '.join(type(scheme).__name__ for scheme in schemes)
                   or 'none'))
        self.schemes = schemes

    @property
    def requests_examples(self):
        return self.schemes[0].requests_examples

    def get_request_iterator(self):
        return ChainedRequests(scheme.get_request_iterator()
                               for scheme in self.schemes)


class ConstantScheme(BatchSizeScheme):
    """Requests the same number of examples repeatedly.

    Parameters
    ----------
    batch_size : int
        The number of examples to request.
    num_examples : int, optional
        Stop after this many examples; the last request is smaller if
        `batch_size` does not divide it.
    times : int, optional
        Stop after this many requests. By default, with neither limit,
        it is unlimited.

    Raises
    ------
    ValueError
        If both limits are given, or `batch_size` isn't positive.

    Examples
    --------
    >>> list(ConstantScheme(3, num_examples=7).get_request_iterator())
    [3, 3, 1]

    """

    def __init__(self, batch_size, num_examples=None, times=None):
        _check_batch_size(self, batch_size)
        if num_examples is not None and times is not None:
            raise ValueError(
                "ConstantScheme takes num_examples or times, not both; got "
                f"num_examples={num_examples} and times={times}")
        for name, limit in [('num_examples', num_examples),
                            ('times', times)]:
            if limit is not None:
                check_number(self, name, limit, int, least=0)
        self.batch_size = batch_size
        self.num_examples = num_examples
        self.times = times

    def get_request_iterator(self):
        if self.times is not None:
            return BatchSizeRequests(self.batch_size, self.times)
        if self.num_examples is not None:
            return BatchSizeRequests(
                self.batch_size, *divmod(self.num_examples, self.batch_size))
        return BatchSizeRequests(self.batch_size)


class SequentialScheme(BatchScheme):
    """Batches of consecutive examples.

    Examples
    --------
    >>> list(SequentialScheme(5, 2).get_request_iterator())
    [[0, 1], [2, 3], [4]]

    """

    def get_request_iterator(self):
        return BatchedRequests(self.indices, self.batch_size)


class _Shuffling:
    """Mixin that draws newly shuffled lists of the indices."""

    def __init__(self, *args, rng=None, **kwargs):
        super().__init__(*args, **kwargs)
        if rng is None:
            rng = numpy.random.RandomState(config.default_seed)
        if not hasattr(rng, 'shuffle'):
            raise TypeError(f"{type(self).__name__}: rng must be a generator "
                            "such as numpy.random.RandomState(1), got "
                            f"{rng!r}")
        self.rng = rng

    def _shuffled_indices(self):
        indices = list(self.indices)
        self.rng.shuffle(indices)
        return indices


class ShuffledScheme(_Shuffling, BatchScheme):
    """Batches of examples in a new random order for each epoch.

    Parameters
    ----------
    examples : int or iterable of int
        The indices of the examples, or their number.
    batch_size : int
        Number of indices in a request.
    rng : numpy.random.RandomState, optional
        Generator of the order, by default a new one, seeded with
        ``fuel.config.default_seed``.
    sorted_indices : bool, optional
        Whether to sort the indices within each batch. `False` by default.

    Notes
    -----
    Each epoch creates one list of all indices.

    """

    def __init__(self, *args, sorted_indices=False, **kwargs):
        super().__init__(*args, **kwargs)
        self.sorted_indices = sorted_indices

    def get_request_iterator(self):
        return BatchedRequests(self._shuffled_indices(), self.batch_size,
                               sort=self.sorted_indices)


class SequentialExampleScheme(IndexScheme):
    """One example at a time, in the given order."""

    def get_request_iterator(self):
        return iter(self.indices)


class ShuffledExampleScheme(_Shuffling, IndexScheme):
    """One example at a time, in a new random order for each epoch.

    Parameters
    ----------
    examples : int or iterable of int
        The indices of the examples, or their number.
    rng : numpy.random.RandomState, optional
        Generator of the order, by default a new one, seeded with
        ``fuel.config.default_seed``.

    """

    def get_request_iterator(self):
        return iter(self._shuffled_indices())


def cross_validation(scheme_class, num_examples, num_folds, strict=True,
                     **kwargs):
    """Split examples into folds, each used once for validation.

    Parameters
    ----------
    scheme_class : type
        Class of the schemes, an :class:`IndexScheme` or a
        :class:`BatchScheme`.
    num_examples : int
        Total number of examples.
    num_folds : int
        Number of folds.
    strict : bool, optional
        Whether all folds must have the same size. `True` by default.
    **kwargs
        Passed on to `scheme_class`.

    Yields
    ------
    tuple
        A scheme for training and one for validation; if not `strict`,
        also the number of validation examples.

    Raises
    ------
    ValueError
        If `strict` and `num_folds` does not divide `num_examples`.

    """
    check_number('cross_validation', 'num_examples', num_examples, int,
                 least=0)
    check_number('cross_validation', 'num_folds', num_folds, int, least=1)
    if strict and num_examples % num_folds:
        raise ValueError(
            f"cross_validation: {num_examples} examples can't be split into "
            f"{num_folds} folds of one size; pass strict=False to allow "
            "folds that differ by one example")
    bounds = [num_examples * fold // num_folds
              for fold in range(num_folds + 1)]
    for start, stop in zip(bounds, bounds[1:]):
        training = [*range(start), *range(stop, num_examples)]
        schemes = (scheme_class(training, **kwargs),
                   scheme_class(range(start, stop), **kwargs))
        yield schemes if strict else (*schemes, stop - start)
