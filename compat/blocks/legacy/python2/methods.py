"""Methods that Python 2 and older arrays had.

The first argument of each is the object. If the object has the method itself,
such as an instance of one of the script's classes, its method is called.

"""
import builtins
import codecs
from collections.abc import ItemsView, KeysView, Mapping, ValuesView
from numbers import Real

from .text import to_bytes, to_str

#: Codecs between bytes and bytes.
BINARY = frozenset(['hex', 'base64', 'zlib', 'bz2', 'quopri', 'uu'])
VIEWS = (KeysView, ValuesView, ItemsView)


def has_key(mapping, key):
    own = getattr(mapping, 'has_key', None)
    return own(key) if own is not None else key in mapping


def _listed(name):
    def method(mapping):
        result = getattr(mapping, name)()
        if isinstance(result, VIEWS) or isinstance(mapping, Mapping):
            return list(result)
        return result
    return method


def _iterated(name, prefix):
    def method(mapping):
        own = getattr(mapping, prefix + name, None)
        if own is not None:
            return own()
        result = getattr(mapping, name)()
        return iter(result) if prefix == 'iter' else result
    return method


keys, values, items = map(_listed, ['keys', 'values', 'items'])
iterkeys, itervalues, iteritems = [
    _iterated(name, 'iter') for name in ('keys', 'values', 'items')]
viewkeys, viewvalues, viewitems = [
    _iterated(name, 'view') for name in ('keys', 'values', 'items')]


def next(iterator):
    own = getattr(iterator, 'next', None)
    return own() if own is not None else builtins.next(iterator)


def xreadlines(file):
    own = getattr(file, 'xreadlines', None)
    return own() if own is not None else file


def encode(text, *args, **kwargs):
    """Return ``text.encode(encoding)``, as a string of the bytes."""
    if not isinstance(text, (str, bytes)):
        return text.encode(*args, **kwargs)
    encoding, errors = _coding(*args, **kwargs)
    kind = _codec(encoding)
    if kind in BINARY:
        return to_str(codecs.encode(to_bytes(text), kind))
    if kind in ('rot13', 'rot_13'):
        return codecs.encode(text, 'rot13')
    if kind == 'string_escape':
        return to_str(text).encode('unicode_escape').decode('ascii')
    return to_str(to_str(text).encode(encoding, errors))


def decode(text, *args, **kwargs):
    """Return ``text.decode(encoding)`` of a string of bytes."""
    if not isinstance(text, (str, bytes)):
        return text.decode(*args, **kwargs)
    encoding, errors = _coding(*args, **kwargs)
    kind = _codec(encoding)
    if kind in BINARY:
        return to_str(codecs.decode(to_bytes(text), kind))
    if kind in ('rot13', 'rot_13'):
        return codecs.decode(text, 'rot13')
    if kind == 'string_escape':
        return to_bytes(text).decode('unicode_escape')
    return to_bytes(text).decode(encoding, errors)


def _coding(encoding='ascii', errors='strict'):
    return encoding, errors


def _codec(encoding):
    name = str(encoding).lower().replace('-', '_')
    return name[:-6] if name.endswith('_codec') else name


def translate(text, table, *deleted):
    """Return ``text.translate(table, deleted)`` for a table of 256."""
    if not isinstance(text, (str, bytes)) or (
            not deleted and isinstance(table, dict)):
        return text.translate(table, *deleted)
    text = to_str(text)
    for character in to_str(deleted[0]) if deleted else '':
        text = text.replace(character, '')
    return text if table is None else text.translate(to_str(table))


def tostring(array, *args, **kwargs):
    own = getattr(array, 'tostring', None) or array.tobytes
    return own(*args, **kwargs)


def itemset(array, *args):
    own = getattr(array, 'itemset', None)
    if own is not None:
        own(*args)
    elif len(args) == 1:
        array[()] = args[0]
    elif isinstance(args[0], tuple):
        array[args[0]] = args[1]
    else:
        array.flat[args[0]] = args[1]


def ptp(array, *args, **kwargs):
    own = getattr(array, 'ptp', None)
    if own is not None:
        return own(*args, **kwargs)
    import numpy
    return numpy.ptp(array, *args, **kwargs)


def newbyteorder(array, *args):
    own = getattr(array, 'newbyteorder', None)
    if own is not None:
        return own(*args)
    return array.view(array.dtype.newbyteorder(*args))


def whole(bound):
    """Return a bound of a slice without its fraction."""
    return int(bound) if isinstance(bound, Real) else bound
