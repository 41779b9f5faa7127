"""Deprecated names, which still work and warn."""
import warnings
from functools import wraps


def renamed(old, function):
    """Return a function under its old name, with a warning on each call.

    Parameters
    ----------
    old : str
        The deprecated name.
    function : callable
        The function under its new name.

    Returns
    -------
    callable
        Issues a DeprecationWarning, then calls `function`.

    """
    @wraps(function)
    def deprecated(*args, **kwargs):
        warnings.warn('{} is deprecated; use {}'.format(
            old, function.__name__), DeprecationWarning, stacklevel=2)
        return function(*args, **kwargs)
    deprecated.__name__ = deprecated.__qualname__ = old
    deprecated.__doc__ = 'Deprecated: use :func:`{}`.'.format(
        function.__name__)
    return deprecated


def renamed_argument(old, new):
    """Decorate a function so that it accepts a keyword by its old name.

    Parameters
    ----------
    old, new : str
        The deprecated and the new name of the keyword.

    Returns
    -------
    callable
        The decorator. The decorated function issues a DeprecationWarning if
        it is called with `old`, and raises a TypeError if it is called with
        both names.

    """
    def decorate(function):
        @wraps(function)
        def accepting(*args, **kwargs):
            if old in kwargs:
                if new in kwargs:
                    raise TypeError('{}: got both {} and its deprecated name '
                                    '{}; pass only {}'.format(
                                        function.__name__, new, old, new))
                warnings.warn(
                    '{}: the argument {} is deprecated; use {}'.format(
                        function.__name__, old, new), DeprecationWarning,
                    stacklevel=2)
                kwargs[new] = kwargs.pop(old)
            return function(*args, **kwargs)
        return accepting
    return decorate
