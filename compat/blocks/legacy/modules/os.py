"""``os`` with ``getcwdu``, and with files that read and write strings."""
import errno  # noqa: F401
import os

from ..python2.files import File
from . import stand_in

getcwdu = os.getcwd


def fdopen(fd, mode='r', buffering=-1):
    """Return a file over a descriptor."""
    plain = mode.replace('b', '').replace('t', '').replace('U', '') or 'r'
    return File.over(os.fdopen(fd, plain + 'b'), '<fdopen>', mode)


stand_in(__name__, 'os', ['errno', 'fdopen', 'getcwdu'])
