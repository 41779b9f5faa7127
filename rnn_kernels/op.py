"""The base class of Ops that run kernels."""
import theano
from theano.gradient import grad_not_implemented


class KernelOp(theano.Op):
    """An Op that skips outputs that no node of the compiled graph reads.

    Which outputs are read is a property of the graph, not a variant of the
    Op, so it is stored in the node's tag rather than in ``__props__``.

    """

    def prepare_node(self, node, storage_map, compute_map, impl):
        """Record which outputs the graph being compiled reads."""
        if storage_map is None:
            return  # Theano 1.0.5 calls again when it looks for C code
        read = {variable for output in storage_map if output.owner
                for variable in output.owner.inputs}
        node.tag.read = [output in read for output in node.outputs]

    def read(self, node):
        """Return for each output whether a node of the graph reads it.

        Outputs of the function do not count. If the node is not part of a
        compiled function, all outputs are read.

        """
        return getattr(node.tag, 'read', [True] * len(node.outputs))


def no_second_derivatives(op, inputs, who, remedy):
    """Return gradients that raise NotImplementedError when used.

    Parameters
    ----------
    op : :class:`theano.Op`
        The Op that computes first derivatives.
    inputs : list of :class:`~theano.tensor.TensorVariable`
        Its inputs.
    who : str
        The subject of the message, in the plural.
    remedy : str
        How to get second derivatives.

    Returns
    -------
    list of :class:`~theano.tensor.TensorVariable`

    """
    return [grad_not_implemented(
        op, position, variable,
        '{} have first derivatives only; {}'.format(who, remedy))
        for position, variable in enumerate(inputs)]
