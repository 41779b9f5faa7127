"""The module ``ConfigParser``."""
import configparser
from configparser import (
    DuplicateSectionError,
    Error,
    InterpolationError,
    MissingSectionHeaderError,
    NoOptionError,
    NoSectionError,
    ParsingError,
)

from ..python2.text import to_str

__all__ = ['ConfigParser', 'DuplicateSectionError', 'Error',
           'InterpolationError', 'MissingSectionHeaderError', 'NoOptionError',
           'NoSectionError', 'ParsingError', 'RawConfigParser',
           'SafeConfigParser']


class _Reads:
    """Reads as leniently as Python 2 did."""

    def __init__(self, *args, **kwargs):
        kwargs.setdefault('strict', False)
        super().__init__(*args, **kwargs)

    def readfp(self, fp, filename=None):
        self.read_file((to_str(line) for line in fp), filename)


class RawConfigParser(_Reads, configparser.RawConfigParser):
    """A parser without interpolation."""


class ConfigParser(_Reads, configparser.ConfigParser):
    """A parser with ``%(name)s``."""


SafeConfigParser = ConfigParser
