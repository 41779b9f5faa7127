"""Scalar types and operations."""

from theano.scalar import basic
from theano.scalar.basic import *  # noqa: F401, F403
from theano.scalar.basic import _asarray

__all__ = basic.__all__ + ['_asarray', 'basic']
