"""Scalar types and operations."""

from theano.scalar import basic, basic_scipy, sharedvar
from theano.scalar.basic import *  # noqa: F401, F403
from theano.scalar.basic import _asarray
from theano.scalar.basic_scipy import *  # noqa: F401, F403

__all__ = basic.__all__ + basic_scipy.__all__ + [
    '_asarray', 'basic', 'basic_scipy', 'sharedvar']
