"""Lists of the parameters and children of bricks."""
import numbers

from theano import Variable

from ..annotations import add_annotation
from ..roles import PARAMETER, add_role
from ..utils import pack, shared_floatx_nans
from ..utils.containers import AnnotatingList


def describe(brick):
    """Name a brick and its class, for messages."""
    return f'{vars(brick).get("name", "?")} ({type(brick).__name__})'


class _Owned(AnnotatingList):
    """Mixin for objects that belong to a brick."""

    def __init__(self, brick, items=None):
        self.brick = brick
        super().__init__(items)


class Parameters(_Owned):
    """The parameters of a brick.

    Variables in the list receive the role
    :const:`~blocks.roles.PARAMETER` and the brick as an annotation.

    """

    def _setitem(self, key, value):
        # Only variables can be labelled; None represents an omitted one.
        if not isinstance(value, Variable):
            return
        add_annotation(value, self.brick)
        add_role(value, PARAMETER)


class Children(_Owned):
    """The children of a brick, which refer back to their parents."""

    def _setitem(self, key, value):
        for child in pack(value):
            if child is not None:
                child.parents.append(self.brick)

    def _delitem(self, key):
        for child in pack(self._items[key]):
            if child is not None:
                child.parents.remove(self.brick)


def with_children(kwargs, *bricks):
    r"""Add children to the keyword arguments of a constructor.

    Parameters
    ----------
    kwargs : dict
        The keyword arguments, possibly with ``children``. That list is not
        modified.
    \*bricks : :class:`~blocks.bricks.base.Brick`
        The children to add.

    Returns
    -------
    dict
        The keyword arguments with all of the children.

    """
    return {**kwargs, 'children': [*kwargs.get('children', ()), *bricks]}


def multiple(number, dim):
    """Return a multiple of a dimension; return any other value unchanged.

    :func:`allocate_parameter` then reports the invalid value.

    """
    return (number * dim if isinstance(dim, numbers.Integral) and dim > 0
            else dim)


def allocate_parameter(brick, name, shape, role, allocate=shared_floatx_nans):
    """Add a new parameter to a brick.

    Parameters
    ----------
    brick : :class:`~blocks.bricks.base.Brick`
        The owner; the parameter is appended to ``brick.parameters``.
    name : str
        The name of the parameter.
    shape : tuple of int
        Its shape.
    role : :class:`~blocks.roles.VariableRole`
        Its role.
    allocate : callable, optional
        Makes the shared variable from a shape and a name. By default it is
        filled with NaN, so that an uninitialised parameter is noticed at once.

    Returns
    -------
    :class:`~tensor.TensorSharedVariable`
        The parameter.

    Raises
    ------
    ValueError
        If a length in `shape` is not a positive integer.

    """
    for length in shape:
        if isinstance(length, bool) or not isinstance(
                length, numbers.Integral) or length < 1:
            raise ValueError(
                f'{describe(brick)}: the shape {tuple(shape)} of parameter '
                f'{name!r} must be of positive integers, got {length!r}; set '
                'the dimensions of the brick, or of the parent that passes '
                'them on, before it is allocated, initialised or applied')
    parameter = allocate(shape, name=name)
    add_role(parameter, role)
    brick.parameters.append(parameter)
    return parameter
