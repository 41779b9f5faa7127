"""``hashlib`` for strings of bytes."""
import hashlib

from ..python2.text import to_bytes, to_str
from . import stand_in


class _Hash:
    def __init__(self, raw):
        self._raw = raw

    def update(self, data):
        self._raw.update(to_bytes(data))

    def digest(self):
        return to_str(self._raw.digest())

    def copy(self):
        return _Hash(self._raw.copy())

    def __getattr__(self, name):
        return getattr(self.__dict__['_raw'], name)


def new(name, data=''):
    """Return a hash of the named kind."""
    return _Hash(hashlib.new(name, to_bytes(data)))


def _kind(name):
    def make(data=''):
        return new(name, data)
    make.__name__ = name
    return make


md5, sha1, sha224, sha256, sha384, sha512 = map(
    _kind, ['md5', 'sha1', 'sha224', 'sha256', 'sha384', 'sha512'])

stand_in(__name__, 'hashlib', ['md5', 'new', 'sha1', 'sha224', 'sha256',
                               'sha384', 'sha512'])
