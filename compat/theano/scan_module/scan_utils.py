"""Conditions of loops, and copies of graphs."""

from pytensor.graph.basic import equal_computations as _equal_computations
from pytensor.graph.replace import clone_replace
from pytensor.scan.utils import expand_empty, safe_new, until

__all__ = ['clone', 'equal_computations', 'expand_empty', 'safe_new', 'until']


def clone(output, replace=None, strict=True, share_inputs=True):
    """Copy a graph, with replacements.

    Parameters
    ----------
    output : Variable or sequence of Variable
        Results of the graph.
    replace : dict or sequence of pairs, optional
        Variables and their replacements in the copy.
    strict : bool
        Whether replacements must have the same type.
    share_inputs : bool
        Whether the copy uses the same inputs; otherwise they are copied too.

    Returns
    -------
    Variable or list of Variable

    """
    return clone_replace(output, replace, rebuild_strict=strict,
                         copy_inputs_over=share_inputs)


def equal_computations(xs, ys, in_xs=None, in_ys=None):
    """Return whether two graphs compute the same.

    Parameters
    ----------
    xs, ys : list of Variable
        Results, to be compared in pairs.
    in_xs, in_ys : list of Variable, optional
        Inputs of the first and of the second graph, considered equal in pairs.

    Returns
    -------
    bool

    """
    return _equal_computations(list(xs), list(ys), in_xs, in_ys)
