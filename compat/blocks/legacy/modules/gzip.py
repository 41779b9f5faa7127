"""``gzip`` whose files read and write strings."""
import gzip

from ..python2.files import File, binary
from ..python2.text import to_path
from . import stand_in


def open(filename, mode='rb', compresslevel=9):
    """Open a compressed file; all modes are binary, as in Python 2."""
    plain = mode.replace('b', '').replace('t', '').replace('U', '') or 'r'
    return File.over(gzip.open(to_path(filename), plain + 'b', compresslevel),
                     filename, plain + 'b')


def GzipFile(filename=None, mode=None, compresslevel=9, fileobj=None,
             mtime=None):
    """Return a compressed file over `fileobj`."""
    return File.over(
        gzip.GzipFile(to_path(filename), mode, compresslevel,
                      binary(fileobj), mtime), filename or '', 'rb')


stand_in(__name__, 'gzip', ['GzipFile', 'open'])
