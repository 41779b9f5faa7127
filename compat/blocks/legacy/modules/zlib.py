"""``zlib`` for strings of bytes."""
import zlib

from ..python2.text import to_bytes, to_str
from . import stand_in


def compress(data, *args):
    return to_str(zlib.compress(to_bytes(data), *args))


def decompress(data, *args):
    return to_str(zlib.decompress(to_bytes(data), *args))


def crc32(data, *args):
    """Return the checksum as Python 2 did, signed."""
    return (zlib.crc32(to_bytes(data), *args) ^ 0x80000000) - 0x80000000


def adler32(data, *args):
    """Return the checksum as Python 2 did, signed."""
    return (zlib.adler32(to_bytes(data), *args) ^ 0x80000000) - 0x80000000


stand_in(__name__, 'zlib', ['adler32', 'compress', 'crc32', 'decompress'])
