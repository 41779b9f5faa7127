"""Iterators that omit some elements."""
import itertools
import operator

from picklable_itertools.base import BaseItertool
from picklable_itertools.iter_dispatch import iter_

__all__ = ['compress', 'dropwhile', 'ifilter', 'ifilterfalse', 'islice',
           'takewhile']


class _Predicated(BaseItertool):
    """Keeps a predicate and an iterator."""

    def __init__(self, pred, seq):
        self._predicate = operator.truth if pred is None else pred
        self._source = iter_(seq)


class ifilter(_Predicated):
    """Return the elements for which a predicate is true.

    Parameters
    ----------
    pred : callable or None
        The predicate; None tests the truth of each element.
    seq : iterable

    """

    def __next__(self):
        return next(filter(self._predicate, self._source))


class ifilterfalse(_Predicated):
    """Return the elements for which a predicate is false.

    Parameters
    ----------
    pred : callable or None
        The predicate; None tests the truth of each element.
    seq : iterable

    """

    def __next__(self):
        return next(itertools.filterfalse(self._predicate, self._source))


class takewhile(_Predicated):
    """Return elements up to the first for which a predicate is false.

    Parameters
    ----------
    pred : callable or None
        The predicate; None tests the truth of each element.
    seq : iterable

    """

    _ended = False

    def __next__(self):
        if not self._ended:
            element = next(self._source)
            if self._predicate(element):
                return element
            self._ended = True
        raise StopIteration


class dropwhile(_Predicated):
    """Return elements from the first for which a predicate is false.

    Parameters
    ----------
    pred : callable or None
        The predicate; None tests the truth of each element.
    seq : iterable

    """

    _begun = False

    def __next__(self):
        if self._begun:
            return next(self._source)
        element = next(itertools.dropwhile(self._predicate, self._source))
        self._begun = True
        return element


class compress(BaseItertool):
    """Return the elements whose selectors are true.

    Parameters
    ----------
    data : iterable
    selectors : iterable
        One for each element.

    """

    def __init__(self, data, selectors):
        self._data, self._selectors = iter_(data), iter_(selectors)

    def __next__(self):
        return next(itertools.compress(self._data, self._selectors))


class islice(BaseItertool):
    r"""Return some elements by their positions.

    Parameters
    ----------
    iterable : iterable
    \*bounds : int or None
        ``stop``, or ``start, stop`` and perhaps ``step``, as for a slice.

    Raises
    ------
    ValueError
        If a bound is negative or not an integer.

    """

    def __init__(self, iterable, *bounds):
        # itertools checks them.
        itertools.islice((), *bounds)
        bounds = slice(*bounds)
        self._source = iter_(iterable)
        self._wanted, self._stop = bounds.start or 0, bounds.stop
        self._step = 1 if bounds.step is None else bounds.step
        self._position = 0

    def __next__(self):
        if self._stop is not None and self._wanted >= self._stop:
            self._skip_to(self._stop)
            raise StopIteration
        self._skip_to(self._wanted)
        element = next(self._source)
        self._position += 1
        self._wanted += self._step
        return element

    def _skip_to(self, position):
        """Skip elements of the source up to a position."""
        while self._position < position:
            next(self._source)
            self._position += 1
