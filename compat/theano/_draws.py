"""Random draws can be forbidden while a graph is built to be looked at.

A stream of random numbers gives each variable a state of its own. Building a
graph twice would change the numbers of all that is built afterwards; so who
only wants to look at a graph forbids draws meanwhile.

"""
import threading
from contextlib import contextmanager

_current = threading.local()


@contextmanager
def forbidden(error):
    """Raise an exception, in this thread, where a variable is drawn.

    Parameters
    ----------
    error : Exception

    """
    outer = getattr(_current, 'error', None)
    _current.error = error
    try:
        yield
    finally:
        _current.error = outer


def check():
    """Raise if draws are forbidden."""
    error = getattr(_current, 'error', None)
    if error is not None:
        raise error
