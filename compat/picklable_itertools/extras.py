"""Iterators that :mod:`itertools` lacks."""
from picklable_itertools.base import BaseItertool
from picklable_itertools.elementwise import izip_longest
from picklable_itertools.iter_dispatch import iter_

__all__ = ['IterableLengthMismatch', 'NoMoreItems', 'equizip', 'interleave',
           'partition', 'partition_all', 'roundrobin']


class NoMoreItems:
    """A placeholder for missing elements of a shorter iterable."""


class IterableLengthMismatch(ValueError):
    """One iterable of :class:`equizip` ended before another."""


class equizip(izip_longest):
    r"""Return tuples of elements of iterables that must be equally long.

    Parameters
    ----------
    \*iterables : iterable

    Raises
    ------
    IterableLengthMismatch
        From ``next``, when one of them ends before another.

    Examples
    --------
    >>> list(equizip([1, 2], 'ab'))
    [(1, 'a'), (2, 'b')]

    """

    def __init__(self, *iterables):
        super().__init__(*iterables, fillvalue=NoMoreItems)
        self._count = 0

    def __next__(self):
        elements = super().__next__()
        ended = [position for position, element in enumerate(elements)
                 if element is NoMoreItems]
        if ended:
            raise IterableLengthMismatch(
                f'equizip: the iterables must have the same length, but '
                f'after {self._count} elements those at positions {ended} '
                f'(of {len(elements)}) have ended, and others have not')
        self._count += 1
        return elements


class partition_all(BaseItertool):
    """Cut an iterable into tuples; the last may be shorter.

    Parameters
    ----------
    n : int
        The length of the tuples.
    seq : iterable

    Raises
    ------
    ValueError
        If `n` is less than 1.

    Examples
    --------
    >>> list(partition_all(2, [1, 2, 3]))
    [(1, 2), (3,)]

    """

    def __init__(self, n, seq):
        if n < 1:
            raise ValueError(f'{type(self).__name__}: n must be at least 1, '
                             f'got {n}')
        self._length, self._source = n, iter_(seq)

    def __next__(self):
        # With the source first, zip would take one element too many.
        part = tuple([element for _, element
                      in zip(range(self._length), self._source)])
        if not part:
            raise StopIteration
        return part


class partition(partition_all):
    """Cut an iterable into tuples of the same length.

    Parameters
    ----------
    n : int
        The length of the tuples.
    seq : iterable
    pad : object, optional
        Pads the last tuple. By default, a shorter last tuple is omitted.

    Raises
    ------
    ValueError
        If `n` is less than 1.

    Examples
    --------
    >>> list(partition(2, [1, 2, 3]))
    [(1, 2)]
    >>> list(partition(2, [1, 2, 3], pad=None))
    [(1, 2), (3, None)]

    """

    def __init__(self, n, seq, pad=NoMoreItems):
        super().__init__(n, seq)
        self._pad = pad

    def __next__(self):
        part = super().__next__()
        missing = self._length - len(part)
        if missing and self._pad is NoMoreItems:
            raise StopIteration
        return part + (self._pad,) * missing


class interleave(BaseItertool):
    """Return one element of each iterable in turn, until all have ended.

    Parameters
    ----------
    iterables : iterable of iterable
        The iterables; they, and their number, may be infinite.
    pass_exceptions : sequence of class, optional
        Exceptions that end an iterable as StopIteration does.

    Examples
    --------
    >>> ''.join(interleave(['ABC', 'XY']))
    'AXBYC'

    """

    def __init__(self, iterables, pass_exceptions=()):
        self._waiting = iter_(iterables)
        self._served = []
        self._ends = (StopIteration, *pass_exceptions)

    def __next__(self):
        while True:
            try:
                source = iter_(next(self._waiting))
            except StopIteration:
                if not self._served:
                    raise
                self._waiting, self._served = iter(self._served), []
                continue
            try:
                element = next(source)
            except self._ends:
                continue
            self._served.append(source)
            return element


def roundrobin(*iterables):
    """Return one element of each iterable in turn: :class:`interleave`.

    Examples
    --------
    >>> ''.join(roundrobin('ABC', 'D', 'EF'))
    'ADEBFC'

    """
    return interleave(iterables)
