"""Replacement in many graphs that keeps their common parts shared.

The gradient of a loop needs, for each input, a gradient of one step in which
the step's own outputs are replaced by the saved ones. Copying once per
gradient multiplies the graph of the step by the number of inputs: from 1,200
to 17,700 nodes for a step with attention.

"""

from contextlib import contextmanager
from contextvars import ContextVar

from pytensor.graph.basic import equal_computations

__all__ = ['replace_keeping_common_parts', 'sharing_replacements']

_replaced = ContextVar('the replacements inside the current gradient')


@contextmanager
def sharing_replacements():
    """Share replacements inside this block."""
    token = _replaced.set({})
    try:
        yield
    finally:
        _replaced.reset(token)


def replace_keeping_common_parts(out, x, y):
    """Replace everything equal to `x` by `y`.

    Inside :func:`sharing_replacements`, the results of several calls for the
    same `x` and `y` share the parts that their arguments shared; parts that do
    not depend on `x` are not copied.

    Parameters
    ----------
    out : Variable or None
        The graph in which to replace.
    x, y : Variable
        Pairs of a variable and its replacement, of equal type.

    Returns
    -------
    Variable or None

    """
    if out is None:
        return None
    done = _replaced.get({}).setdefault((x, y), {})
    todo = [out]
    while todo:
        variable = todo[-1]
        node = variable.owner
        if variable in done:
            todo.pop()
        elif _computes_the_same(variable, x):
            done[variable] = y
        elif node is None:
            done[variable] = variable
        else:
            missing = [part for part in node.inputs if part not in done]
            if missing:
                todo.extend(missing)
            else:
                _replace_inputs(node, done)
    return done[out]


def _computes_the_same(variable, x):
    """Compare two graphs, after comparing their last nodes."""
    if variable is x:
        return True
    if variable.owner and x.owner and variable.owner.op != x.owner.op:
        return False
    return equal_computations([variable], [x])


def _replace_inputs(node, done):
    """Record the replacements of the outputs of a node."""
    inputs = [done[part] for part in node.inputs]
    if any(new is not old for new, old in zip(inputs, node.inputs)):
        outputs = node.clone_with_new_inputs(inputs).outputs
    else:
        outputs = node.outputs
    for old, new in zip(node.outputs, outputs):
        done.setdefault(old, new)
