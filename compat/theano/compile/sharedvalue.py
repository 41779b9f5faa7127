"""Variables that keep their value between function calls."""

import numpy
import pytensor
from pytensor.compile.sharedvalue import SharedVariable, shared_constructor
from pytensor.link.c.type import generic

__all__ = ['SharedVariable', 'generic', 'shared', 'shared_constructor']


def shared(value, name=None, strict=False, allow_downcast=None, **kwargs):
    """Make a variable that holds a value between function calls.

    Parameters
    ----------
    value : object
        Initial value: an array or a number makes a tensor variable.
    name : str, optional
        Name of the variable.
    strict : bool
        Refuse later values of a different type instead of casting them.
    allow_downcast : bool, optional
        Whether later values may lose precision by a cast.  By default only
        Python floats may.
    **kwargs
        ``borrow`` (bool, keep the array itself, not a copy) and
        ``broadcastable`` (sequence of bool, dimensions that keep length
        one; by default none).

    Returns
    -------
    SharedVariable

    Raises
    ------
    TypeError
        If the value is symbolic.

    Examples
    --------
    >>> weights = shared(numpy.zeros((2, 3)), name='W')
    >>> weights.get_value().shape
    (2, 3)

    """
    target = kwargs.pop('target', 'cpu')
    if target not in (None, 'cpu'):
        raise TypeError(f'shared: target must be cpu, got {target!r}; there '
                        f'are no other devices')
    broadcastable = kwargs.pop('broadcastable', None)
    if broadcastable is not None and numpy.ndim(value):
        kwargs['shape'] = tuple(1 if one else None
                                for one in broadcastable)
    return pytensor.shared(value, name=name, strict=strict,
                           allow_downcast=allow_downcast, **kwargs)
