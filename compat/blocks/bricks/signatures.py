"""The arguments of application methods, by name."""
import inspect


class Signature:
    """The signature of a function, ignoring wrappers.

    A function that wraps another by :func:`functools.wraps` has its own
    arguments here, not those of the wrapped function.

    """

    def __init__(self, function):
        self._signature = inspect.signature(function, follow_wrapped=False)
        spec = inspect.getfullargspec(function)
        self.names = spec.args[1:]
        self.varargs = spec.varargs
        self.accepts_any_name = spec.varkw is not None

    def accepts(self, name):
        """Return whether an input may have the name `name`."""
        return (self.accepts_any_name or name == self.varargs
                or name in self.names)

    def name_of(self, position):
        """Return the name of a positional argument, not counting the brick."""
        if position < len(self.names):
            return self.names[position]
        return f'{self.varargs}_{position - len(self.names)}'

    def insert(self, name, value, args, kwargs):
        """Pass an argument, by position if those before it are given."""
        if name not in self.names:
            return
        position = self.names.index(name)
        if position <= len(args):
            args.insert(position, value)
        else:
            kwargs[name] = value

    def check(self, label, brick, args, kwargs):
        """Raise TypeError if the function does not take these arguments."""
        try:
            self._signature.bind(brick, *args, **kwargs)
        except TypeError as error:
            names = [name for name in self.names
                     if name not in ('application', 'application_call')]
            raise TypeError(f'{label}: {error}; it takes '
                            f'{", ".join(names) or "no inputs"}') from None


def rename_function(function, new_name):
    """Change the name of a function, in place, and return it."""
    enclosing, _, _ = function.__qualname__.rpartition(function.__name__)
    function.__name__ = new_name
    function.__qualname__ = enclosing + new_name
    return function
