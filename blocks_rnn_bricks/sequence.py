"""Reversal of sequences in time."""
import theano


class ReverseTime(theano.Op):
    """A view of a sequence, reversed along its first axis.

    Unlike that of ``sequence[::-1]``, its gradient is a view, too.

    """

    __props__ = ()
    view_map = {0: [0]}

    def make_node(self, sequence):
        return theano.Apply(self, [sequence], [sequence.type()])

    def perform(self, node, inputs, output_storage):
        output_storage[0][0] = inputs[0][::-1]

    def infer_shape(self, node, shapes):
        return shapes

    def grad(self, inputs, output_gradients):
        return [reverse_time(output_gradients[0])]

    def R_op(self, inputs, eval_points):
        return [None if point is None else reverse_time(point)
                for point in eval_points]


reverse_time = ReverseTime()
