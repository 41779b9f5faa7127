"""Attributes of objects."""


def settable(slot, default, doc):
    """Make a property that has a default until it is set.

    Parameters
    ----------
    slot : str
        Where an object keeps what was set.
    default : callable
        Returns the default, given the object, each time it is asked for.
    doc : str
        What to say about the property.

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
        kept = vars(owner)
        return kept[slot] if slot in kept else default(owner)

    def put(owner, value):
        vars(owner)[slot] = value

    return property(get, put, doc=doc)
