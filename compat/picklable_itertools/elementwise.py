"""Iterators that return a result for each element of others."""
import io
import operator

from picklable_itertools.base import BaseItertool
from picklable_itertools.iter_dispatch import iter_

__all__ = ['accumulate', 'chain', 'imap', 'izip', 'izip_longest', 'starmap']


class _Parallel(BaseItertool):
    """Takes one element of each of several iterables at a time."""

    def __init__(self, *iterables):
        self._sources = [iter_(iterable) for iterable in iterables]

    def _elements(self):
        if not self._sources:
            raise StopIteration
        return tuple([next(source) for source in self._sources])


class izip(_Parallel):
    r"""Return tuples of elements, until the shortest iterable ends.

    Parameters
    ----------
    \*iterables : iterable

    """

    def __next__(self):
        return self._elements()


class imap(_Parallel):
    r"""Call a function with elements, until the shortest iterable ends.

    Parameters
    ----------
    function : callable or None
        Takes one element of each iterable. None returns tuples of them.
    \*iterables : iterable

    """

    def __init__(self, function, *iterables):
        if not iterables:
            raise TypeError('imap: at least one iterable is needed')
        super().__init__(*iterables)
        self._function = function

    def __next__(self):
        elements = self._elements()
        return (elements if self._function is None
                else self._function(*elements))


class starmap(BaseItertool):
    """Call a function with the elements as its arguments.

    Parameters
    ----------
    function : callable
    iterable : iterable of sequence
        The arguments for each call.

    """

    def __init__(self, function, iterable):
        self._function, self._source = function, iter_(iterable)

    def __next__(self):
        return self._function(*next(self._source))


class izip_longest(_Parallel):
    r"""Return tuples of elements, until the longest iterable ends.

    Parameters
    ----------
    \*iterables : iterable
    fillvalue : object, optional
        Replaces missing elements of iterables that have ended.

    """

    def __init__(self, *iterables, fillvalue=None):
        super().__init__(*iterables)
        self._fillvalue = fillvalue

    def __next__(self):
        elements = []
        for position, source in enumerate(self._sources):
            if source is not None:
                try:
                    elements.append(next(source))
                    continue
                except StopIteration:
                    self._sources[position] = None
            elements.append(self._fillvalue)
        if all(source is None for source in self._sources):
            raise StopIteration
        return tuple(elements)


class chain(BaseItertool):
    r"""Iterate over one iterable after the other.

    Parameters
    ----------
    \*iterables : iterable

    """

    def __init__(self, *iterables):
        # Pending elements must be picklable; files are not.
        self._iterables = iter([
            iter_(iterable) if isinstance(iterable, io.IOBase) else iterable
            for iterable in iterables])
        self._current = iter(())

    @classmethod
    def from_iterable(cls, iterable):
        """Take the iterables from an iterable, each when it is needed."""
        chained = cls()
        chained._iterables = iter_(iterable)
        return chained

    def __next__(self):
        while True:
            for element in self._current:
                return element
            self._current = iter_(next(self._iterables))


class accumulate(BaseItertool):
    """Return the sum of the elements so far, or another combination.

    Parameters
    ----------
    iterable : iterable
    func : callable, optional
        Takes the latest result and an element. Adds by default.
    initial : object, optional
        The first result; by default the first element.

    """

    def __init__(self, iterable, func=None, *, initial=None):
        self._source = iter_(iterable)
        self._function = operator.add if func is None else func
        self._results = [] if initial is None else [initial]
        self._pending = initial is not None

    def __next__(self):
        if self._pending:
            self._pending = False
        else:
            element = next(self._source)
            self._results = [self._function(*self._results, element)
                             if self._results else element]
        return self._results[0]
