"""Registration of rewrites, and assertions within a graph."""

from pytensor.raise_op import Assert, assert_op
from pytensor.tensor.rewriting.basic import (
    register_canonicalize, register_specialize, register_stabilize,
    register_uncanonicalize)
from pytensor.tensor.rewriting.shape import ShapeFeature

__all__ = ['Assert', 'ShapeFeature', 'assert_op', 'register_canonicalize',
           'register_specialize', 'register_stabilize',
           'register_uncanonicalize']
