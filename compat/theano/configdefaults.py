"""``config``, and properties of the machine."""

import os
import struct
import sys

from theano.configparser import (
    SETTINGS,
    AddConfigVar,
    BoolParam,
    ConfigParam,
    EnumStr,
    FloatParam,
    IntParam,
    StrParam,
    TheanoConfigParser,
    config,
)

__all__ = [
    'AddConfigVar', 'BoolParam', 'ConfigParam', 'EnumStr', 'FloatParam',
    'IntParam', 'StrParam', 'THEANO_FLAGS_DICT', 'TheanoConfigParser',
    'config', 'cpuCount', 'local_bitwidth', 'python_int_bitwidth']

#: Settings from ``.theanorc`` and ``THEANO_FLAGS``.
THEANO_FLAGS_DICT = SETTINGS


def local_bitwidth():
    """Return the number of bits of an address: 32 or 64."""
    return 64 if sys.maxsize > 2 ** 32 else 32


def python_int_bitwidth():
    """Return the number of bits of a C ``long``."""
    return 8 * struct.calcsize('l')


def cpuCount():
    """Return the number of processors of the machine."""
    return os.cpu_count() or -1
