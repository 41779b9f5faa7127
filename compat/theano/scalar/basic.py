"""Scalar types and operations."""

import numpy
from pytensor.scalar.basic import *  # noqa: F401, F403
from pytensor.scalar.basic import Reciprocal, ScalarType, Sign
from pytensor.scalar.basic import abs as abs_  # noqa: F401
from pytensor.scalar.basic import reciprocal as inv  # noqa: F401
from pytensor.scalar.basic import sign as sgn  # noqa: F401
from theano.configparser import config

Scalar = ScalarType
Inv, Sgn = Reciprocal, Sign

__all__ = [name for name in dir() if not name.startswith('_')]


def _asarray(a, dtype, order=None):
    """Make an array of exactly that data type, floatX included."""
    dtype = config.floatX if str(dtype) == 'floatX' else dtype
    return numpy.asarray(a, dtype=dtype, order=order)
