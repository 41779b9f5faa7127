"""``numpy.random`` with functions that later releases dropped."""
import numpy

from .. import stand_in


def random_integers(low, high=None, size=None):
    """Return integers from `low` to `high`, `high` included."""
    if high is None:
        low, high = 1, low
    return numpy.random.randint(low, int(high) + 1, size)


ranf = numpy.random.random_sample

stand_in(__name__, 'numpy.random', ['random_integers', 'ranf'])
