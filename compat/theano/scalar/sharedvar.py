"""Shared variables that hold a scalar, not an array without axes.

``theano.shared`` makes none of these; one calls :func:`shared` from here.

"""
from pytensor.scalar.sharedvar import ScalarSharedVariable, shared

__all__ = ['ScalarSharedVariable', 'shared']
