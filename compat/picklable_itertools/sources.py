"""Iterators at the beginning of a chain."""
from picklable_itertools.base import BaseItertool
from picklable_itertools.iter_dispatch import iter_

__all__ = ['count', 'cycle', 'repeat']


class count(BaseItertool):
    """Count without an end: ``start, start + step, ...``.

    Parameters
    ----------
    start, step : number
        The start and the step, by default 0 and 1.

    """

    def __init__(self, start=0, step=1):
        self._next, self._step = start, step

    def __next__(self):
        value = self._next
        self._next += self._step
        return value


class repeat(BaseItertool):
    """Return the same object repeatedly.

    Parameters
    ----------
    obj : object
    times : int, optional
        Number of repetitions; unlimited if omitted.

    """

    def __init__(self, obj, times=None):
        self._obj, self._left = obj, times

    def __next__(self):
        if self._left is not None:
            if self._left <= 0:
                raise StopIteration
            self._left -= 1
        return self._obj


class cycle(BaseItertool):
    """Iterate over an iterable, then over its elements again, endlessly.

    Parameters
    ----------
    iterable : iterable
        The iterable; its elements are stored.

    """

    def __init__(self, iterable):
        self._source = iter_(iterable)
        self._seen = []
        self._position = 0

    def __next__(self):
        if self._source is not None:
            try:
                element = next(self._source)
            except StopIteration:
                self._source = None
            else:
                self._seen.append(element)
                return element
        if not self._seen:
            raise StopIteration
        element = self._seen[self._position]
        self._position = (self._position + 1) % len(self._seen)
        return element
