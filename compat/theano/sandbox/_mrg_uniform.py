"""The operation that draws from streams of MRG31k3p."""

import numpy
from theano import tensor
from theano.gof import Apply, Op
from theano.gradient import grad_undefined
from theano.sandbox import _mrg31k3p
from theano.sandbox._mrg31k3p import M1

__all__ = ['mrg_uniform', 'mrg_uniform_base']


class mrg_uniform_base(Op):
    """Common part of the uniform draws.

    Parameters
    ----------
    output_type : TensorType
        Type of the sample.
    inplace : bool
        Overwrite the state.

    """

    __props__ = ('output_type', 'inplace')

    def __init__(self, output_type, inplace=False):
        self.output_type = output_type
        self.inplace = inplace
        if inplace:
            self.destroy_map = {0: [0]}

    def grad(self, inputs, output_grads):
        return [grad_undefined(self, position, variable, 'random numbers')
                for position, variable in enumerate(inputs)]

    def R_op(self, inputs, eval_points):
        return [None, None]


class mrg_uniform(mrg_uniform_base):
    """Draw uniform numbers, and advance the states of the streams.

    Inputs are the states (streams, 6), int32, and the shape of the sample,
    a vector of integers; outputs are the new states and the sample.

    """

    @classmethod
    def new(cls, rstate, ndim, dtype, size):
        """Apply the operation to states and a shape."""
        size = tensor.as_tensor_variable(size)
        if ndim is None:
            ndim = tensor.get_vector_length(size)
        return cls(tensor.TensorType(dtype, (False,) * ndim))(rstate, size)

    def make_node(self, rstate, size):
        rstate = tensor.as_tensor_variable(rstate)
        size = tensor.as_tensor_variable(size)
        broadcastable = [tensor.extract_constant(size[i]) == 1
                         for i in range(self.output_type.ndim)]
        sample = tensor.TensorType(self.output_type.dtype, broadcastable)()
        return Apply(self, [rstate, size], [rstate.type(), sample])

    def perform(self, node, inputs, output_storage):
        states, size = inputs
        number = int(numpy.prod(size, dtype=object))
        if number > M1:
            raise ValueError(f'mrg_uniform: cannot draw {number} numbers at '
                             f'once, at most 2**31 - 1')
        if not self.inplace:
            states = states.copy()
        sample = _mrg31k3p.draw(states, number, self.output_type.dtype)
        output_storage[0][0] = states
        output_storage[1][0] = sample.reshape(size)

    def infer_shape(self, node, input_shapes):
        return [input_shapes[0], tuple(
            node.inputs[1][i] for i in range(self.output_type.ndim))]
