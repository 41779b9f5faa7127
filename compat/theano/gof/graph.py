"""Traversals of graphs of variables.

The order of variables is part of the interface: Blocks takes the order of a
computation graph's variables from :func:`inputs` and
:func:`io_toposort`.

"""

from collections import deque

from pytensor.graph.basic import (
    Apply,
    Constant,
    Node,
    Variable,
    as_string,
    clone,
    clone_get_equiv,
    default_node_formatter,
    equal_computations,
    op_as_string,
)
from pytensor.graph.traversal import (
    apply_depends_on,
    applys_between,
    general_toposort,
    orphans_between,
    toposort,
    toposort_with_orderings,
    vars_between,
)

__all__ = [
    'Apply', 'Constant', 'Node', 'Variable', 'ancestors', 'as_string',
    'clone', 'clone_get_equiv', 'default_node_formatter', 'general_toposort',
    'inputs', 'io_connection_pattern', 'io_toposort', 'is_in_ancestors',
    'is_same_graph', 'list_of_nodes', 'op_as_string', 'ops', 'orphans',
    'stack_search', 'variables', 'variables_and_orphans', 'view_roots']


def stack_search(start, expand, mode='bfs', build_inv=False):
    """Visit all reachable elements, each once.

    Parameters
    ----------
    start : iterable of hashable
        The elements to start from.
    expand : callable
        Returns the neighbours of an element, or None.
    mode : {'bfs', 'dfs'}
        Breadth first, or depth first; the latter visits the neighbour that
        comes last in `expand` next.
    build_inv : bool
        Also return the elements from which each one can be reached.

    Returns
    -------
    list, or tuple of list and dict
        All elements in the order of the visit; with `build_inv` also a
        dictionary from each element to the elements that have it as a
        neighbour.

    Raises
    ------
    ValueError
        If the mode is unknown.

    """
    if mode not in ('bfs', 'dfs'):
        raise ValueError(f"stack_search: mode must be 'bfs' or 'dfs', got "
                         f"{mode!r}")
    waiting = deque(start)
    take = waiting.popleft if mode == 'bfs' else waiting.pop
    found, origins = {}, {}
    while waiting:
        element = take()
        if element in found:
            continue
        found[element] = None
        for neighbour in expand(element) or ():
            waiting.append(neighbour)
            if build_inv:
                origins.setdefault(neighbour, []).append(element)
    return (list(found), origins) if build_inv else list(found)


def ancestors(variable_list, blockers=None):
    """List variables and all their ancestors, depth first.

    Parameters
    ----------
    variable_list : sequence of Variable
        The starting points; the last comes first.
    blockers : collection of Variable, optional
        Variables at which to stop.

    Returns
    -------
    list of Variable

    """
    def parents(variable):
        if variable.owner is not None and variable not in (blockers or ()):
            return reversed(variable.owner.inputs)

    return stack_search(variable_list, parents, 'dfs')


def inputs(variable_list, blockers=None):
    """List the ancestors of variables that have no owner.

    These include constants and shared variables.

    Parameters
    ----------
    variable_list : sequence of Variable
        The outputs.
    blockers : collection of Variable, optional
        Variables at which to stop.

    Returns
    -------
    list of Variable

    """
    return [variable for variable in ancestors(variable_list, blockers)
            if variable.owner is None]


def variables(i, o):
    """List the variables on paths from `i` to `o`, both included."""
    return list(vars_between(i, o))


def orphans(i, o):
    """List the variables without an owner that `o` needs besides `i`."""
    return list(orphans_between(i, o))


def variables_and_orphans(i, o):
    """Return :func:`variables` and :func:`orphans` of the same graph."""
    return variables(i, o), orphans(i, o)


def ops(i, o):
    """Return the set of Apply nodes between `i` and `o`."""
    return set(applys_between(i, o))


def list_of_nodes(inputs, outputs):
    """List the Apply nodes between `inputs` and `outputs`, breadth first."""
    return stack_search(
        [output.owner for output in outputs if output.owner is not None],
        lambda node: [variable.owner for variable in node.inputs
                      if variable.owner is not None
                      and not any(output in inputs
                                  for output in variable.owner.outputs)])


def io_toposort(inputs, outputs, orderings=None, clients=None):
    """List the Apply nodes of a graph, each after those that it needs.

    Parameters
    ----------
    inputs, outputs : sequence of Variable
        Bounds of the graph.
    orderings : dict, optional
        Nodes that must come before the key although it uses none of their
        outputs.
    clients : dict, optional
        Filled with the list of nodes that use each variable.

    Returns
    -------
    list of Apply

    """
    if orderings:
        nodes = list(toposort_with_orderings(outputs, blockers=inputs,
                                             orderings=orderings))
    else:
        nodes = list(toposort(outputs, blockers=inputs))
    if clients is not None:
        for node in nodes:
            for variable in node.inputs:
                clients.setdefault(variable, []).append(node)
    return nodes


def is_same_graph(var1, var2, givens=None, debug=False):
    """Return whether two variables are computed in the same way.

    Parameters
    ----------
    var1, var2 : Variable
        Roots of the graphs.
    givens : dict, list or tuple of pairs, optional
        Variables to consider equal.
    debug : bool
        Without effect.

    Returns
    -------
    bool

    """
    pairs = dict(givens or ())
    if not pairs:
        return equal_computations([var1], [var2])
    return equal_computations([var1], [var2], list(pairs),
                              list(pairs.values()))


def is_in_ancestors(l_node, f_node):
    """Return whether node `l_node` needs a result of node `f_node`."""
    return l_node is f_node or apply_depends_on(l_node, f_node)


def view_roots(r):
    """List the variables of which `r` is a view (itself if none)."""
    node = r.owner
    if node is None:
        return [r]
    viewed = node.op.view_map.get(node.outputs.index(r), ())
    return [root for position in viewed
            for root in view_roots(node.inputs[position])] or [r]


def io_connection_pattern(inputs, outputs):
    """Find which outputs are differentiably connected to which inputs.

    Parameters
    ----------
    inputs, outputs : sequence of Variable
        Bounds of the graph.

    Returns
    -------
    list of list of bool
        One list per input, with one entry per output.

    """
    reached = {variable: frozenset([number])
               for number, variable in enumerate(inputs)}
    for node in io_toposort(inputs, outputs):
        if hasattr(node.op, 'connection_pattern'):
            pattern = node.op.connection_pattern(node)
        else:
            pattern = [[True] * len(node.outputs)] * len(node.inputs)
        for position, output in enumerate(node.outputs):
            sources = [reached.get(variable, frozenset())
                       for variable, row in zip(node.inputs, pattern)
                       if row[position]]
            reached[output] = frozenset().union(*sources)
    return [[number in reached.get(output, ()) for output in outputs]
            for number in range(len(inputs))]
