"""Iterators over containers and files."""
import io

from picklable_itertools.base import BaseItertool

__all__ = ['file_iterator', 'iter_', 'ordered_sequence_iterator',
           'range_iterator']

_VIEWS = tuple(type(view) for view in ({}.keys(), {}.values(), {}.items()))


def iter_(obj):
    """Return an iterator over `obj` that can be pickled.

    Parameters
    ----------
    obj : iterable
        The keys of a dictionary are copied; it may change afterwards.
        Files return :class:`file_iterator`.

    Returns
    -------
    iterator
        The result of :func:`iter`, if Python can pickle it.

    """
    if isinstance(obj, (dict, *_VIEWS)):
        return iter(list(obj))
    if isinstance(obj, io.IOBase):
        return file_iterator(obj)
    return iter(obj)


def range_iterator(xrange_):
    """Return an iterator over a range; Python's own one pickles."""
    return iter(xrange_)


class ordered_sequence_iterator(BaseItertool):
    """An iterator over an object that has a length and integer indices.

    Parameters
    ----------
    sequence : sequence

    """

    def __init__(self, sequence):
        self._sequence, self._next = sequence, 0

    def __next__(self):
        index = self._next
        if index >= len(self._sequence):
            raise StopIteration
        self._next += 1
        return self._sequence[index]


class file_iterator(BaseItertool):
    """An iterator over the lines of a file.

    Unpickled, it opens the file again and continues at the same line.

    Parameters
    ----------
    f : file
        A file on disk, open for reading. Files in memory are pickled with
        their contents.

    """

    def __init__(self, f):
        self._file = f

    def __next__(self):
        # next() of a text file would disable tell().
        if line := self._file.readline():
            return line
        raise StopIteration

    def __getstate__(self):
        file = self._file
        if isinstance(file, (io.StringIO, io.BytesIO)):
            return {'_file': file}
        name, mode = getattr(file, 'name', None), getattr(file, 'mode', None)
        # GzipFile has a name and, from Python 3.13 on, a mode like those of
        # open(). The result of open() is based on a FileIO.
        binary = getattr(file, 'buffer', file)
        if not isinstance(getattr(binary, 'raw', binary), io.FileIO) or (
                not isinstance(name, (str, bytes))
                or not isinstance(mode, str)):
            raise TypeError(
                f'file_iterator: {file!r} cannot be pickled, as open() would '
                f'not open it again; iterate over a file that open() has '
                f'opened by name')
        # Opening to write would empty the file.
        return {'name': name, 'mode': mode.replace('w', 'r').replace('x', 'r'),
                'encoding': getattr(file, 'encoding', None),
                'errors': getattr(file, 'errors', None),
                'position': file.tell()}

    def __setstate__(self, state):
        if '_file' in state:
            self._file = state['_file']
            return
        position = state.pop('position')
        self._file = open(state.pop('name'), **state)
        self._file.seek(position)
