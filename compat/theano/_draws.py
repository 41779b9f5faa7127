"""A context that forbids random draws while a graph is only inspected.

A stream of random numbers assigns each variable a separate state. Building a
graph twice would change the numbers of everything built afterwards, so code
that only inspects a graph forbids draws meanwhile.

"""
import threading
from contextlib import contextmanager

_current = threading.local()


@contextmanager
def forbidden(error):
    """Raise an exception, in this thread, when a variable is drawn.

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
