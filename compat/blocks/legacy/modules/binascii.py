"""``binascii`` for strings of bytes."""
import binascii

from ..python2.text import to_bytes, to_str
from . import stand_in


def _on_strings(function):
    def coded(data, *args):
        return to_str(function(to_bytes(data), *args))
    return coded


hexlify, unhexlify, b2a_hex, a2b_hex, b2a_base64, a2b_base64 = map(
    _on_strings, [binascii.hexlify, binascii.unhexlify, binascii.b2a_hex,
                  binascii.a2b_hex, binascii.b2a_base64, binascii.a2b_base64])


def crc32(data, *args):
    """Return the checksum as Python 2 did, signed."""
    return (binascii.crc32(to_bytes(data), *args) ^ 0x80000000) - 0x80000000


stand_in(__name__, 'binascii', ['a2b_base64', 'a2b_hex', 'b2a_base64',
                                'b2a_hex', 'crc32', 'hexlify', 'unhexlify'])
