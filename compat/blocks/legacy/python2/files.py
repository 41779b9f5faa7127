"""Files that a converted source reads and writes as Python 2 did."""
import io
import os
import sys

from .text import to_bytes, to_path, to_str

#: Modules that read files on behalf of a script.
HELPERS = ('blocks.legacy.python2.', 'blocks.legacy.modules.')


def _in_script():
    """Return whether converted code is the caller, even indirectly."""
    frame = sys._getframe(2)
    while frame is not None:
        if '__python2__' in frame.f_globals:
            return True
        if not frame.f_globals.get('__name__', '').startswith(HELPERS):
            return False
        frame = frame.f_back
    return False


class File:
    r"""A file of Python 2.

    For a converted source it reads strings in any mode, and writes strings,
    bytes and buffers. For any other code, such as NumPy's, it is an ordinary
    file, which reads bytes if its mode has a ``b``.

    Parameters
    ----------
    name : str
        The path.
    mode : str, optional
        As in Python 2; ``U`` makes all line ends ``\n``.
    buffering : int, optional
        Has no effect on the data read or written.

    """

    softspace = 0
    encoding = None

    def __init__(self, name, mode='r', buffering=-1):
        if not isinstance(mode, str) or not mode or mode[0] not in 'rwaU':
            raise ValueError("mode string must begin with one of 'r', 'w', "
                             f"'a' or 'U', not '{mode}'")
        if isinstance(name, int):
            raise TypeError('coercing to Unicode: need string or buffer, '
                            'int found')
        plain = mode.replace('U', '').replace('b', '').replace('t', '')
        raw = io.open(to_path(name), (plain or 'r') + 'b')
        self._over(raw, name, mode)

    def _over(self, raw, name, mode):
        self.raw_file, self.name, self.mode = raw, name, mode
        self.universal = 'U' in mode
        return self

    @classmethod
    def over(cls, raw, name='<file>', mode='rb'):
        """Return a file over a binary one, such as that of a GzipFile."""
        return cls.__new__(cls)._over(raw, name, mode)

    def _give(self, data, in_script):
        if self.universal and data:
            data = data.replace(b'\r\n', b'\n').replace(b'\r', b'\n')
        if in_script or 'b' not in self.mode:
            return to_str(data)
        return data

    def read(self, size=-1):
        data = self.raw_file.read(-1 if size is None else int(size))
        return self._give(data, _in_script())

    def readline(self, size=-1):
        return self._give(self.raw_file.readline(
            -1 if size is None else int(size)), _in_script())

    def readlines(self, hint=-1):
        in_script = _in_script()
        return [self._give(line, in_script)
                for line in self.raw_file.readlines(hint)]

    def __iter__(self):
        return self

    def __next__(self):
        line = self.raw_file.readline()
        if not line:
            raise StopIteration
        return self._give(line, _in_script())

    def next(self):
        line = self.raw_file.readline()
        if not line:
            raise StopIteration
        return self._give(line, _in_script())

    xreadlines = __iter__

    def write(self, data):
        if not isinstance(data, str):
            try:
                data = memoryview(data)
            except TypeError:
                raise TypeError('expected a character buffer object, got '
                                + type(data).__name__) from None
        return self.raw_file.write(to_bytes(data) if isinstance(data, str)
                                   else data)

    def writelines(self, lines):
        for line in lines:
            self.write(line)

    def readinto(self, array):
        return self.raw_file.readinto(array)

    def seek(self, offset, whence=0):
        return self.raw_file.seek(int(offset), whence)

    def tell(self):
        return self.raw_file.tell()

    def truncate(self, *size):
        return self.raw_file.truncate(*size)

    def flush(self):
        self.raw_file.flush()

    def fileno(self):
        return self.raw_file.fileno()

    def isatty(self):
        return self.raw_file.isatty()

    def readable(self):
        return self.raw_file.readable()

    def writable(self):
        return self.raw_file.writable()

    def seekable(self):
        return self.raw_file.seekable()

    def close(self):
        self.raw_file.close()

    @property
    def closed(self):
        return self.raw_file.closed

    def __enter__(self):
        return self

    def __exit__(self, *error):
        self.close()

    def __repr__(self):
        state = 'closed' if self.closed else 'open'
        return (f'<{state} file {os.fspath(self.name)!r}, '
                f'mode {self.mode!r}>')

    def __getattr__(self, name):
        if name == 'raw_file':
            raise AttributeError(name)
        return getattr(self.raw_file, name)


def binary(file):
    """Return the file of bytes behind `file`."""
    if isinstance(file, File):
        return file.raw_file
    return file.buffer if isinstance(file, io.TextIOWrapper) else file
