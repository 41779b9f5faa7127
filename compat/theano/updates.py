"""A dictionary of updates of shared variables."""

from theano.compile.sharedvalue import SharedVariable


class OrderedUpdates(dict):
    """Expressions to assign to shared variables, in order of insertion.

    Two of these can be added; a variable may occur in both only with the same
    expression.

    Raises
    ------
    TypeError
        If a key is not a shared variable.
    KeyError
        If a sum would assign two expressions to one variable.

    """

    def __init__(self, *args, **kwargs):
        super().__init__()
        self.update(*args, **kwargs)

    def __setitem__(self, variable, expression):
        if not isinstance(variable, SharedVariable):
            raise TypeError(f'updates: keys must be shared variables, got '
                            f'{variable!r} of {type(variable)}')
        super().__setitem__(variable, expression)

    def update(self, other=(), **kwargs):
        """Insert all pairs of another mapping or iterable of pairs."""
        for variable, expression in dict(other or (), **kwargs).items():
            self[variable] = expression

    def __add__(self, other):
        total = OrderedUpdates(self)
        for variable, expression in dict(other or ()).items():
            if total.get(variable, expression) is not expression:
                raise KeyError(f'updates: {variable} has two expressions; '
                               f'merge them before adding')
            total[variable] = expression
        return total

    def __radd__(self, other):
        return OrderedUpdates(other) + self
