"""What Ops that run kernels have in common."""
import theano
from theano.gradient import grad_not_implemented


class KernelOp(theano.Op):
    """An Op that leaves out what no node of the compiled graph reads.

    That is a matter of the graph, not a variant of the Op, so it is not among
    the Op's ``__props__``: the node's tag has it.

    """

    def prepare_node(self, node, storage_map, compute_map, impl):
        """Find out which outputs the graph to be compiled reads."""
        if storage_map is None:
            return  # Theano 1.0.5 asks again when it looks for C code
        read = {variable for output in storage_map if output.owner
                for variable in output.owner.inputs}
        node.tag.read = [output in read for output in node.outputs]

    def read(self, node):
        """Return for each output whether a node of the graph reads it.

        Those of the function are not counted. All are read unless the node is
        part of a compiled function.

        """
        return getattr(node.tag, 'read', [True] * len(node.outputs))


def no_second_derivatives(op, inputs, who, remedy):
    """Return gradients that raise NotImplementedError when they are used.

    Parameters
    ----------
    op : :class:`theano.Op`
        The Op that computes first derivatives.
    inputs : list of :class:`~theano.tensor.TensorVariable`
        Its inputs.
    who : str
        The subject of the message, in the plural.
    remedy : str
        What to do for second derivatives.

    Returns
    -------
    list of :class:`~theano.tensor.TensorVariable`

    """
    return [grad_not_implemented(
        op, position, variable,
        '{} have first derivatives only; {}'.format(who, remedy))
        for position, variable in enumerate(inputs)]
