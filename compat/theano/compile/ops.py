"""Operations that compiled functions need, and ``as_op``."""

from collections import OrderedDict

from pytensor.compile.ops import (
    DeepCopyOp,
    FromFunctionOp,
    ViewOp,
    deep_copy_op,
    view_op,
)
from pytensor.compile.ops import wrap_py as as_op
from pytensor.raise_op import Assert
from pytensor.tensor import as_tensor_variable
from pytensor.tensor.shape import (
    Shape,
    Shape_i,
    SpecifyShape,
    shape,
    shape_i,
    specify_broadcastable,
    specify_shape,
)
from theano.gof.graph import Apply
from theano.gof.op import Op

__all__ = ['Assert', 'DeepCopyOp', 'FromFunctionOp', 'Rebroadcast', 'Shape',
           'Shape_i', 'SpecifyShape', 'ViewOp', 'as_op', 'deep_copy_op',
           'shape', 'shape_i', 'specify_shape', 'view_op']


class Rebroadcast(Op):
    """Identity that changes the static lengths of dimensions.

    Parameters
    ----------
    *axis : tuple of (int, bool)
        A dimension, and whether its length is one: True is checked when
        values are computed, False drops it from the type.

    Raises
    ------
    TypeError
        If an argument is not a pair.
    ValueError
        When applied, if the dimension does not exist.

    Examples
    --------
    >>> from theano import tensor
    >>> Rebroadcast((0, False))(tensor.row()).broadcastable
    (False, False)

    """

    view_map = {0: [0]}
    __props__ = ('axes',)

    def __init__(self, *axis):
        self.axes = tuple(sorted((int(number), bool(one))
                                 for number, one in axis))

    @property
    def axis(self):
        """The declared dimensions, as a dictionary."""
        return OrderedDict(self.axes)

    def make_node(self, x):
        x = as_tensor_variable(x)
        if any(axis >= x.ndim for axis in self.axis):
            raise ValueError(f'Rebroadcast: there is no dimension '
                             f'{max(self.axis)} in {x.type}')
        shape = list(x.type.shape)
        for axis, one in self.axes:
            shape[axis] = 1 if one else None
        return Apply(self, [x], [x.type.clone(shape=shape)()])

    def perform(self, node, inputs, output_storage):
        for axis, one in self.axes:
            if one and inputs[0].shape[axis] != 1:
                raise ValueError(
                    f'Rebroadcast: dimension {axis} must have length 1, got '
                    f'{inputs[0].shape[axis]}')
        output_storage[0][0] = inputs[0]

    def infer_shape(self, node, input_shapes):
        return input_shapes

    def grad(self, inputs, output_grads):
        known = [axis for axis in self.axis if inputs[0].broadcastable[axis]]
        return [specify_broadcastable(output_grads[0], *known)]

    def R_op(self, inputs, eval_points):
        return [None if eval_points[0] is None else self(eval_points[0])]
