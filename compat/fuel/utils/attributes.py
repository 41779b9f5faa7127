"""Attributes of objects."""

NOT_SET = object()


def settable(slot, default, doc):
    """Make a property that has a default until it is set.

    Parameters
    ----------
    slot : str
        The attribute, of an object or a class, that stores the set value.
    default : callable
        Returns the default of a given object whenever it is needed.
    doc : str
        The documentation of the property.

    Examples
    --------
    >>> class Line:
    ...     end = 3
    ...     middle = settable('_middle', lambda line: line.end / 2, 'Half.')
    >>> line = Line()
    >>> line.middle
    1.5
    >>> line.middle = 1
    >>> line.middle
    1

    """
    def get(owner):
        kept = getattr(owner, slot, NOT_SET)
        return default(owner) if kept is NOT_SET else kept

    def put(owner, value):
        setattr(owner, slot, value)

    return property(get, put, doc=doc)
