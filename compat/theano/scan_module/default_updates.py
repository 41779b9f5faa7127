"""Default updates of shared variables that the steps of a loop use."""

import functools

from pytensor.compile import sharedvalue
from pytensor.graph.traversal import ancestors
from pytensor.scan.basic import get_updates_and_outputs
from pytensor.scan.utils import until

__all__ = ['with_default_updates']


def with_default_updates(fn):
    """Let each step of a loop perform the default updates.

    PyTensor does so only for shared variables that the step itself creates,
    Theano for all that the step uses.

    Parameters
    ----------
    fn : callable
        The step, see :func:`theano.scan`.

    Returns
    -------
    callable
        The step, which also returns the default updates that it does not
        override.

    """
    @functools.wraps(fn)
    def step(*args):
        result = fn(*args)
        condition, outputs, updates = get_updates_and_outputs(result)
        used = [*outputs, *updates.values()]
        if condition is not None:
            used.append(condition)
        # A step receives the value of an argument, not the graph behind it.
        given = [arg for arg in args
                 if not isinstance(arg, sharedvalue.SharedVariable)]
        declared = _default_updates(used, updates, given)
        if not declared:
            return result
        ending = [] if condition is None else [until(condition)]
        return outputs, {**updates, **declared}, *ending

    return step


def _default_updates(used, updates, given):
    """Return the default updates of shared variables from outside."""
    made_inside = set(sharedvalue.__SHARED_CONTEXT__ or ())
    declared, seen = {}, set()
    while used:
        found = [variable for variable in ancestors(used, blockers=given)
                 if variable not in seen]
        seen.update(found)
        used = []
        for variable in found:
            expression = getattr(variable, 'default_update', None)
            if (expression is not None and variable not in updates
                    and variable not in made_inside):
                declared[variable] = expression
                used.append(expression)
    return declared
