"""Pooling: its shapes; the operation itself is left out."""

from theano.tensor.signal import pool

__all__ = ['pool']
