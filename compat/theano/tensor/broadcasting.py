"""What is known about dimensions of length one."""

from pytensor.tensor.shape import specify_broadcastable

from theano.gof.graph import Apply
from theano.gof.op import Op
from theano.tensor.type import TensorType

from pytensor.tensor import as_tensor_variable

__all__ = ['Rebroadcast', 'addbroadcast', 'patternbroadcast', 'unbroadcast']


class Rebroadcast(Op):
    """Identity that forgets that some dimensions have length one.

    Parameters
    ----------
    *axes : int
        Dimensions to forget about.

    """

    view_map = {0: [0]}
    __props__ = ('axes',)

    def __init__(self, *axes):
        self.axes = tuple(sorted(axes))

    def make_node(self, x):
        x = as_tensor_variable(x)
        shape = [None if axis in self.axes else length
                 for axis, length in enumerate(x.type.shape)]
        return Apply(self, [x], [TensorType(x.dtype, shape=shape)()])

    def perform(self, node, inputs, output_storage):
        output_storage[0][0] = inputs[0]

    def infer_shape(self, node, input_shapes):
        return input_shapes

    def grad(self, inputs, output_grads):
        known = [axis for axis in self.axes if inputs[0].broadcastable[axis]]
        return [addbroadcast(output_grads[0], *known)]

    def R_op(self, inputs, eval_points):
        return [None if eval_points[0] is None else self(eval_points[0])]


def addbroadcast(x, *axes):
    """Declare that dimensions have length one.

    Parameters
    ----------
    x : TensorVariable
    *axes : int
        Dimensions that broadcast from now on; the values are checked when
        they are computed.

    Returns
    -------
    TensorVariable

    """
    return specify_broadcastable(x, *axes)


def unbroadcast(x, *axes):
    """Forget that dimensions have length one.

    Parameters
    ----------
    x : TensorVariable
    *axes : int
        Dimensions that do not broadcast any longer.

    Returns
    -------
    TensorVariable
        `x` itself if nothing was known.

    """
    x = as_tensor_variable(x)
    known = [axis for axis in axes if x.broadcastable[axis]]
    return Rebroadcast(*known)(x) if known else x


def patternbroadcast(x, broadcastable):
    """Say for every dimension whether it broadcasts.

    Parameters
    ----------
    x : TensorVariable
    broadcastable : sequence of bool
        One for each dimension.

    Returns
    -------
    TensorVariable

    """
    x = as_tensor_variable(x)
    ones = [axis for axis, one in enumerate(broadcastable) if one]
    others = [axis for axis, one in enumerate(broadcastable) if not one]
    return unbroadcast(addbroadcast(x, *ones) if ones else x, *others)
