"""``sys`` with the names of Python 2."""
import sys

from . import stand_in

maxint = sys.maxsize


def setdefaultencoding(name):
    """Do nothing: strings need no default encoding here."""


def setcheckinterval(interval):
    """Do nothing: threads switch by time, not by instructions."""


def exc_clear():
    """Do nothing: an exception is cleared at the end of its handler."""


stand_in(__name__, 'sys', ['exc_clear', 'maxint', 'setcheckinterval',
                           'setdefaultencoding'])
