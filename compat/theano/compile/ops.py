"""Operations that compiled functions need, and ``as_op``."""

from pytensor.compile.ops import (
    DeepCopyOp, FromFunctionOp, ViewOp, deep_copy_op, view_op)
from pytensor.compile.ops import wrap_py as as_op
from pytensor.raise_op import Assert
from pytensor.tensor.shape import Shape, Shape_i, SpecifyShape, shape
from pytensor.tensor.shape import shape_i, specify_shape

__all__ = ['Assert', 'DeepCopyOp', 'FromFunctionOp', 'Shape', 'Shape_i',
           'SpecifyShape', 'ViewOp', 'as_op', 'deep_copy_op', 'shape',
           'shape_i', 'specify_shape', 'view_op']
