"""``string`` with the functions that became methods."""
import string

from ..python2.methods import translate  # noqa: F401
from . import stand_in

letters, lowercase, uppercase = (string.ascii_letters, string.ascii_lowercase,
                                 string.ascii_uppercase)
atoi, atol, atof = int, int, float


def maketrans(frm, to):
    """Return a table of 256 characters for ``translate``."""
    if len(frm) != len(to):
        raise ValueError('maketrans arguments must have same length')
    table = [chr(code) for code in range(256)]
    for old, new in zip(frm, to):
        table[ord(old)] = new
    return ''.join(table)


def join(words, sep=' '):
    return sep.join(words)


def split(s, sep=None, maxsplit=-1):
    return s.split(sep, maxsplit)


def replace(s, old, new, maxreplace=-1):
    return s.replace(old, new, maxreplace)


def zfill(s, width):
    return str(s).zfill(width)


def _method(name):
    def function(s, *args):
        return getattr(s, name)(*args)
    function.__name__ = name
    return function


lower, upper, strip, lstrip, rstrip, capitalize, swapcase = map(_method, [
    'lower', 'upper', 'strip', 'lstrip', 'rstrip', 'capitalize', 'swapcase'])
find, rfind, index, rindex, count, ljust, rjust, center = map(_method, [
    'find', 'rfind', 'index', 'rindex', 'count', 'ljust', 'rjust', 'center'])
joinfields, splitfields = join, split

_OWN = [name for name in dir() if not name.startswith('_')
        and name not in ('stand_in', 'string')]

stand_in(__name__, 'string', _OWN)
