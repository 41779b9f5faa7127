"""The ``/`` of Python 2, which floors the quotient of two integers."""
from numbers import Integral


def is_integral(value):
    """Return whether `value` is an integer, an array or a variable of them."""
    if isinstance(value, Integral):
        return True
    kind = str(getattr(value, 'dtype', ''))
    return kind.startswith(('int', 'uint', 'bool'))


def div(a, b):
    """Return ``a / b`` as in Python 2 without ``division``."""
    if is_integral(a) and is_integral(b):
        return a // b
    return a / b


def idiv(a, b):
    """Return the result of ``a /= b``, in place if `a` allows it."""
    if is_integral(a) and is_integral(b):
        a //= b
    else:
        a /= b
    return a
