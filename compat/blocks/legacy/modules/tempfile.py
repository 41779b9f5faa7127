"""``tempfile`` whose files read and write strings."""
import tempfile

from ..python2.files import File
from . import stand_in


def _opened(function, mode, *args, **kwargs):
    plain = mode.replace('b', '').replace('t', '').replace('U', '')
    file = function(*args, mode=plain + 'b', **kwargs)
    return File.over(file, getattr(file, 'name', '<tempfile>'), mode)


def NamedTemporaryFile(mode='w+b', bufsize=-1, suffix='', prefix='tmp',
                       dir=None, delete=True):
    """Return a file that has a name and is removed when it is closed."""
    return _opened(tempfile.NamedTemporaryFile, mode, suffix=suffix,
                   prefix=prefix, dir=dir, delete=delete)


def TemporaryFile(mode='w+b', bufsize=-1, suffix='', prefix='tmp', dir=None):
    """Return a file without a name."""
    return _opened(tempfile.TemporaryFile, mode, suffix=suffix, prefix=prefix,
                   dir=dir)


def SpooledTemporaryFile(max_size=0, mode='w+b', bufsize=-1, suffix='',
                         prefix='tmp', dir=None):
    """Return a file that is in memory up to `max_size`."""
    return _opened(tempfile.SpooledTemporaryFile, mode, max_size,
                   suffix=suffix, prefix=prefix, dir=dir)


stand_in(__name__, 'tempfile', ['NamedTemporaryFile', 'SpooledTemporaryFile',
                                'TemporaryFile'])
