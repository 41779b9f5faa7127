"""Linear algebra under an older path."""

from theano.sandbox.linalg import ops
from theano.sandbox.linalg.ops import *  # noqa: F401, F403

__all__ = ops.__all__ + ['ops']
