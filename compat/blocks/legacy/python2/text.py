"""Conversion between the bytes of Python 2's strings and our characters."""


def to_str(value):
    """Return a string whose characters are the bytes of `value`."""
    if isinstance(value, (bytes, bytearray)):
        return value.decode('latin-1')
    if isinstance(value, memoryview):
        return value.tobytes().decode('latin-1')
    return value


def to_bytes(value):
    """Return the bytes that Python 2 had for a string.

    Characters beyond Latin-1 can only come from ``unicode``; these are
    encoded as UTF-8.

    """
    if isinstance(value, str):
        try:
            return value.encode('latin-1')
        except UnicodeEncodeError:
            return value.encode('utf-8', 'surrogateescape')
    return bytes(value)


def to_shown(value):
    """Return the characters that a terminal showed for a Python 2 string."""
    if isinstance(value, bytes):
        value = value.decode('latin-1')
    if value.isascii():
        return value
    try:
        return value.encode('latin-1').decode('utf-8')
    except UnicodeError:
        return value


def to_path(name):
    """Return a file name in the form of the operating system."""
    return to_shown(name) if isinstance(name, str) else name
