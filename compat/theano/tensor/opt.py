"""Registration of rewrites, and assertions within a graph."""

from pytensor.raise_op import Assert, assert_op
from pytensor.tensor.basic import MakeVector
from pytensor.tensor.rewriting.basic import (
    register_canonicalize,
    register_specialize,
    register_stabilize,
    register_uncanonicalize,
)
from pytensor.tensor.rewriting.shape import ShapeFeature
from pytensor.tensor.shape import Shape_i

__all__ = ['Assert', 'MakeVector', 'ShapeFeature', 'Shape_i', 'assert_',
           'assert_op', 'register_canonicalize', 'register_specialize',
           'register_stabilize', 'register_uncanonicalize']

#: Operation that returns its first argument if all others are true.
assert_ = Assert()
