"""Dimensions of bricks: in tables, or stored in another brick."""
from collections import ChainMap


def dimension_table(cls):
    """Return the dimension tables of a brick class and its bases.

    Each class may have a table ``_dimensions``, which maps names of inputs and
    outputs to numbers, or to functions of the brick. Classes take precedence
    over their bases.

    Parameters
    ----------
    cls : type
        The class.

    Returns
    -------
    collections.ChainMap
        The combined tables.

    """
    return ChainMap(*(vars(base).get('_dimensions', {})
                      for base in cls.__mro__))


def kept_by(pick, name, doc):
    """Make a property whose value is an attribute of another object.

    Parameters
    ----------
    pick : callable
        Returns the other object, given the object with the property.
    name : str
        The name of the attribute.
    doc : str
        The documentation of the property.

    Examples
    --------
    >>> from blocks.bricks import Linear
    >>> class Box:
    ...     linear = Linear(output_dim=3)
    ...     dim = kept_by(lambda box: box.linear, 'output_dim', 'The width.')
    >>> box = Box()
    >>> box.dim += 1
    >>> box.linear.output_dim
    4

    """
    def get(owner):
        return getattr(pick(owner), name)

    def put(owner, value):
        setattr(pick(owner), name, value)

    return property(get, put, doc=doc)
