"""``struct`` between values and strings of bytes."""
import struct

from ..python2.text import to_bytes, to_str
from . import stand_in


def _packable(value):
    return to_bytes(value) if isinstance(value, str) else value


def _unpacked(values):
    return tuple(to_str(value) for value in values)


class Struct(struct.Struct):
    """A compiled format."""

    def pack(self, *values):
        return to_str(super().pack(*map(_packable, values)))

    def unpack(self, data):
        return _unpacked(super().unpack(to_bytes(data)))

    def unpack_from(self, buffer, offset=0):
        if isinstance(buffer, str):
            buffer = to_bytes(buffer)
        return _unpacked(super().unpack_from(buffer, offset))


def pack(fmt, *values):
    return Struct(fmt).pack(*values)


def unpack(fmt, data):
    return Struct(fmt).unpack(data)


def unpack_from(fmt, buffer, offset=0):
    return Struct(fmt).unpack_from(buffer, offset)


stand_in(__name__, 'struct', ['Struct', 'pack', 'unpack', 'unpack_from'])
