"""The ``/`` of Python 2, which floors what two integers give."""
from numbers import Integral


def is_integral(value):
    """Return whether `value` is an integer, an array or a variable of them."""
    if isinstance(value, Integral):
        return True
    kind = str(getattr(value, 'dtype', ''))
    return kind.startswith(('int', 'uint', 'bool'))


def div(a, b):
    """Return ``a / b`` as Python 2 had it without ``division``."""
    if is_integral(a) and is_integral(b):
        return a // b
    return a / b


def idiv(a, b):
    """Return what ``a /= b`` makes of `a`, in place where `a` allows it."""
    if is_integral(a) and is_integral(b):
        a //= b
    else:
        a /= b
    return a
