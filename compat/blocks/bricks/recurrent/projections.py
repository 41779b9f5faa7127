"""``Linear`` bricks whose results recurrent bricks read, inside kernels.

Until a graph is complete, noise or other variables may replace the result of
a ``Linear`` (:func:`blocks.graph.apply_dropout`). So a kernel computes it only
in the graph that an algorithm differentiates, and in functions when they are
compiled.

"""
from theano.compile import optdb
from theano.gof import Optimizer

from rnn_kernels import enabled
from rnn_kernels.absorption import absorb, absorbed
from rnn_kernels.ops import Iterate

from ...config import config


def with_projections_in_kernels(cost):
    """Rebuild the graph of a cost for its gradient.

    Parameters
    ----------
    cost : :class:`~tensor.TensorVariable`

    Returns
    -------
    :class:`~tensor.TensorVariable`
        A cost of the same value. A compiled function that computes both
        costs computes the common kernels once.

    """
    return absorb(cost) if config.fuse_recurrent and enabled() else cost


class AbsorbProjections(Optimizer):
    """Moves projections into the kernels of a function.

    Kernels whose gradients the function computes are not changed, since their
    tapes belong to them.

    """

    def apply(self, fgraph):
        """Rewrite a graph."""
        if not config.fuse_recurrent:
            return
        for node in fgraph.toposort():
            if not isinstance(node.op, Iterate) or any(
                    fgraph.clients.get(outputs[-1])
                    for outputs in node.op.split_outputs(node.outputs)):
                continue
            outputs = absorbed(node)
            if outputs is not None:
                fgraph.replace_all_validate(
                    list(zip(node.outputs, outputs)),
                    reason='absorb_projections')


# This must run before other rewrites change the projections, and before
# equal nodes are merged for the last time.
optdb.register('absorb_projections', AbsorbProjections(), 'fast_run',
               'fast_compile', position=.05)
