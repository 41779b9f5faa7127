"""Products, permutations and combinations, in lexicographic order."""
from abc import abstractmethod

from picklable_itertools.base import BaseItertool

__all__ = ['combinations', 'combinations_with_replacement', 'permutations',
           'product']


class _ByIndices(BaseItertool):
    """Picks tuples from pools by indices that advance like an odometer.

    Parameters
    ----------
    pools : list of tuple
        The iterables, one for each element of a tuple.
    indices : list of int or None
        The indices of the first tuple; None if there are no tuples.

    """

    def __init__(self, pools, indices):
        self._pools, self._indices = pools, indices

    @abstractmethod
    def _advance(self):
        """Advance the indices; return whether there is another tuple."""

    def __next__(self):
        if self._indices is None:
            raise StopIteration
        picked = tuple(pool[index] for pool, index
                       in zip(self._pools, self._indices))
        if not self._advance():
            self._indices = None
        return picked


class product(_ByIndices):
    r"""Return all tuples with one element of each iterable.

    Parameters
    ----------
    \*iterables : iterable
        The elements of the last one vary fastest.
    repeat : int
        Number of times to use all the iterables.

    Raises
    ------
    ValueError
        If `repeat` is negative.

    """

    def __init__(self, *iterables, repeat=1):
        if repeat < 0:
            raise ValueError(f'product: repeat must not be negative, got '
                             f'{repeat}')
        pools = [tuple(iterable) for iterable in iterables] * repeat
        super().__init__(pools, [0] * len(pools) if all(pools) else None)

    def _advance(self):
        for place in reversed(range(len(self._pools))):
            self._indices[place] += 1
            if self._indices[place] < len(self._pools[place]):
                return True
            self._indices[place] = 0
        return False


class _FromOnePool(_ByIndices):
    """Picks `r` elements of one iterable."""

    def __init__(self, iterable, r):
        pool = tuple(iterable)
        if r < 0:
            raise ValueError(f'{type(self).__name__}: r must not be '
                             f'negative, got {r}')
        super().__init__([pool] * r, self._first(len(pool), r))

    @staticmethod
    def _first(size, r):
        return list(range(r)) if r <= size else None

    def _advance(self):
        size = len(self._pools[0]) if self._pools else 0
        for place in reversed(range(len(self._indices))):
            rest = self._from(self._indices, place, size)
            if rest is not None:
                self._indices[place:] = rest
                return True
        return False

    @staticmethod
    @abstractmethod
    def _from(indices, place, size):
        """Return the next indices from a position onwards, or None."""


class permutations(_FromOnePool):
    """Return all orders of `r` elements of an iterable.

    Parameters
    ----------
    iterable : iterable
    r : int, optional
        The length of the tuples; by default that of the iterable.

    Raises
    ------
    ValueError
        If `r` is negative.

    """

    def __init__(self, iterable, r=None):
        pool = tuple(iterable)
        super().__init__(pool, len(pool) if r is None else r)

    @staticmethod
    def _from(indices, place, size):
        unused = sorted(set(range(size)) - set(indices[:place]))
        greater = [index for index in unused if index > indices[place]]
        if not greater:
            return None
        unused.remove(greater[0])
        return [greater[0], *unused[:len(indices) - place - 1]]


class combinations(_FromOnePool):
    """Return all choices of `r` elements of an iterable, in its order.

    Parameters
    ----------
    iterable : iterable
    r : int
        The length of the tuples.

    Raises
    ------
    ValueError
        If `r` is negative.

    """

    @staticmethod
    def _from(indices, place, size):
        start, length = indices[place] + 1, len(indices) - place
        return (list(range(start, start + length))
                if start + length <= size else None)


class combinations_with_replacement(_FromOnePool):
    """Return all choices of `r` elements, which may repeat.

    Parameters
    ----------
    iterable : iterable
    r : int
        The length of the tuples.

    Raises
    ------
    ValueError
        If `r` is negative.

    """

    @staticmethod
    def _first(size, r):
        return [0] * r if size or not r else None

    @staticmethod
    def _from(indices, place, size):
        index = indices[place] + 1
        return [index] * (len(indices) - place) if index < size else None
