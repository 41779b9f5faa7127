"""Several iterators over the elements of one."""
from collections import deque

from picklable_itertools.base import BaseItertool
from picklable_itertools.iter_dispatch import iter_

__all__ = ['groupby', 'tee']


class groupby(BaseItertool):
    """Return ``(key, group)`` for runs of elements with equal keys.

    A group is an iterator over its elements. It ends when the next group is
    requested, since both read from the same source.

    Parameters
    ----------
    iterable : iterable
    key : callable, optional
        Takes an element and returns its key; by default the element.

    """

    def __init__(self, iterable, key=None):
        self._source, self._function = iter_(iterable), key
        self._read_ahead = []  # the next element and its key, if known
        self._group = None

    def _peek(self):
        """Return the next element and its key without consuming them."""
        if not self._read_ahead:
            element = next(self._source)
            key = (element if self._function is None
                   else self._function(element))
            self._read_ahead = [(element, key)]
        return self._read_ahead[0]

    def _take(self):
        return self._read_ahead.pop()[0]

    def __next__(self):
        if self._group is not None:
            for _ in self._group:
                pass
        _, key = self._peek()
        self._group = _Group(self, key)
        return key, self._group


class _Group(BaseItertool):
    """The elements of a run."""

    def __init__(self, groups, key):
        self._groups, self._key = groups, key

    def __next__(self):
        if self._groups._group is not self:
            raise StopIteration
        _, key = self._groups._peek()
        if not key == self._key:
            raise StopIteration
        return self._groups._take()


class _Branch(BaseItertool):
    """One of the iterators that :func:`tee` returns.

    Parameters
    ----------
    source : iterator
    queues : list of deque
        The pending elements of each branch.
    number : int
        The index of this branch.

    """

    def __init__(self, source, queues, number):
        self._source, self._queues = source, queues
        self._number = number

    def __next__(self):
        own = self._queues[self._number]
        if not own:
            element = next(self._source)
            for queue in self._queues:
                queue.append(element)
        return own.popleft()


def tee(iterable, n=2):
    """Return independent iterators over one iterable.

    Parameters
    ----------
    iterable : iterable
        The iterable; do not use it afterwards.
    n : int

    Returns
    -------
    tuple of iterator
        If pickled together, they still share the pending elements.

    Raises
    ------
    ValueError
        If `n` is negative.

    """
    if n < 0:
        raise ValueError(f'tee: n must not be negative, got {n}')
    source, queues = iter_(iterable), [deque() for _ in range(n)]
    return tuple(_Branch(source, queues, number) for number in range(n))
