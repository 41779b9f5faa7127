"""``bz2`` whose files read and write strings."""
import bz2

from ..python2.files import File
from ..python2.text import to_bytes, to_path, to_str
from . import stand_in


def BZ2File(filename, mode='r', buffering=0, compresslevel=9):
    """Open a compressed file; all modes are binary, as in Python 2."""
    plain = mode.replace('b', '').replace('U', '') or 'r'
    return File.over(bz2.BZ2File(to_path(filename), plain,
                                 compresslevel=compresslevel),
                     filename, plain + 'b')


def compress(data, *args):
    return to_str(bz2.compress(to_bytes(data), *args))


def decompress(data):
    return to_str(bz2.decompress(to_bytes(data)))


stand_in(__name__, 'bz2', ['BZ2File', 'compress', 'decompress'])
