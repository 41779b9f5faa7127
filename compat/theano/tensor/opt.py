"""Registration of rewrites."""

from pytensor.tensor.rewriting.basic import (
    register_canonicalize, register_specialize, register_stabilize,
    register_uncanonicalize)
from pytensor.tensor.rewriting.shape import ShapeFeature

__all__ = ['ShapeFeature', 'register_canonicalize', 'register_specialize',
           'register_stabilize', 'register_uncanonicalize']
