"""User-defined rewrites of graphs.

PyTensor passes the graph and the node to the function or method that
rewrites a node; here, as in Theano, it takes the node alone.  The other
classes are PyTensor's under Theano's names.

"""

import functools
import inspect

from pytensor.graph.rewriting.basic import (
    EquilibriumGraphRewriter,
    GraphRewriter,
    MergeOptimizer,
    NodeRewriter,
    PatternNodeRewriter,
    SequentialGraphRewriter,
    SequentialNodeRewriter,
    SubstitutionNodeRewriter,
    WalkingGraphRewriter,
    check_stack_trace,
    copy_stack_trace,
    graph_rewriter,
    in2out,
    inplace_graph_rewriter,
    node_rewriter,
    out2in,
    pre_constant_merge,
    pre_greedy_node_rewriter,
)

__all__ = [
    'EquilibriumOptimizer', 'LocalOptGroup', 'LocalOptimizer',
    'MergeOptimizer', 'OpRemove', 'OpSub', 'Optimizer', 'PatternSub',
    'SeqOptimizer', 'TopoOptimizer', 'check_stack_trace', 'copy_stack_trace',
    'in2out', 'inplace_optimizer', 'local_optimizer', 'optimizer', 'out2in',
    'pre_constant_merge', 'pre_greedy_local_optimizer']

EquilibriumOptimizer = EquilibriumGraphRewriter
LocalOptGroup = SequentialNodeRewriter
OpSub = SubstitutionNodeRewriter
Optimizer = GraphRewriter
PatternSub = PatternNodeRewriter
SeqOptimizer = SequentialGraphRewriter
TopoOptimizer = WalkingGraphRewriter
inplace_optimizer = inplace_graph_rewriter
optimizer = graph_rewriter
pre_greedy_local_optimizer = pre_greedy_node_rewriter


def _with_graph(rewrite):
    """Let PyTensor call a method that takes only a node.

    PyTensor passes the graph before the node, and keywords.

    """
    @functools.wraps(rewrite)
    def transform(self, *args, **kwargs):
        return rewrite(self, args[-1])

    return transform


class LocalOptimizer(NodeRewriter):
    """Base of rewrites of single nodes.

    A subclass defines ``transform(node)``, which returns the variables that
    replace the outputs of the node, or False to leave the node as it is, and
    ``tracks()``, which returns the operations, or classes of operations, to
    rewrite, or None for all.

    """

    def __init_subclass__(cls, **kwargs):
        super().__init_subclass__(**kwargs)
        method = vars(cls).get('transform')
        if method is not None and len(
                inspect.signature(method).parameters) == 2:
            cls.transform = _with_graph(method)


def local_optimizer(tracks, inplace=False, requirements=()):
    """Make a rewrite from a function of a node: a decorator.

    Parameters
    ----------
    tracks : list of Op or class, or None
        The operations for which to call the function; None for all.
    inplace : bool
        Whether the rewrite lets operations overwrite their inputs.
    requirements : sequence of class
        Features that the graph must have.

    Returns
    -------
    callable
        Takes a function of a node, which returns the variables that
        replace the outputs of the node, or False to leave it as it is.

    Examples
    --------
    >>> from theano import tensor
    >>> @local_optimizer([tensor.exp])
    ... def exp_of_log(node):
    ...     inner = node.inputs[0].owner
    ...     if inner is None or inner.op != tensor.log:
    ...         return False
    ...     return [inner.inputs[0]]
    >>> x = tensor.vector('x')
    >>> exp_of_log.transform(None, tensor.exp(tensor.log(x)).owner)
    [x]

    """
    def decorate(function):
        @functools.wraps(function)
        def rewrite(fgraph, node):
            return function(node)

        return node_rewriter(tracks, inplace=inplace,
                             requirements=tuple(requirements))(rewrite)

    return decorate


class OpRemove(LocalOptimizer):
    """Replaces the outputs of an operation by its inputs.

    Parameters
    ----------
    op : Op
        An operation with as many outputs as inputs.
    reason : str, optional
        Name of the rewrite.

    """

    def __init__(self, op, reason=None):
        self.op, self.reason = op, reason
        self.__name__ = reason or f'OpRemove({op})'

    def tracks(self):
        return [self.op]

    def transform(self, node):
        found = node.op == self.op
        if found and len(node.inputs) != len(node.outputs):
            raise ValueError(f'OpRemove: {node} has {len(node.inputs)} '
                             f'inputs and {len(node.outputs)} outputs; to '
                             f'remove it they must be as many')
        return found and list(node.inputs)

    def __str__(self):
        return self.__name__
