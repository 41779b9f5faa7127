"""Arrays of exactly one data type."""

from theano.scalar import _asarray

__all__ = ['_asarray']
