"""``fractions`` with ``gcd``."""
from . import stand_in


def gcd(a, b):
    """Return the greatest common divisor, with the sign of `b`."""
    while b:
        a, b = b, a % b
    return a


stand_in(__name__, 'fractions', ['gcd'])
