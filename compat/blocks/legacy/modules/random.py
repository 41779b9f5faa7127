"""``random`` with the numbers that Python 2 drew from a seed."""
import random as _random
from math import ceil, log

from . import stand_in


class Random(_random.Random):
    """A generator whose integers are those of Python 2."""

    def seed(self, a=None, version=1):
        super().seed(a, version)

    def randrange(self, start, stop=None, step=1):
        if stop is None:
            start, stop = 0, start
        values = range(int(start), int(stop), int(step))
        if not values:
            raise ValueError('empty range for randrange() '
                             f'({start}, {stop}, {step})')
        return values[int(self.random() * len(values))]

    def randint(self, a, b):
        return self.randrange(a, b + 1)

    def choice(self, seq):
        return seq[int(self.random() * len(seq))]

    def shuffle(self, x, random=None):
        draw = random or self.random
        for last in range(len(x) - 1, 0, -1):
            other = int(draw() * (last + 1))
            x[last], x[other] = x[other], x[last]

    def sample(self, population, k):
        size = len(population)
        if not 0 <= k <= size:
            raise ValueError('sample larger than population')
        # Python 2 remembered the drawn items from this size on.
        limit = 21 + (4 ** ceil(log(k * 3, 4)) if k > 5 else 0)
        if size <= limit or hasattr(population, 'keys') or isinstance(
                population, (set, frozenset)):
            pool, result = list(population), []
            for left in range(size, size - k, -1):
                place = int(self.random() * left)
                result.append(pool[place])
                pool[place] = pool[left - 1]
            return result
        drawn = {}
        while len(drawn) < k:
            drawn.setdefault(int(self.random() * size))
        return [population[place] for place in drawn]

    def jumpahead(self, n):
        """Move to another state, which differs from that of Python 2."""
        self.seed(repr((n, self.getstate())))


class _Shared(Random):
    """Draws from the generator that all users of ``random`` share."""

    def random(self):
        return _random.random()

    def seed(self, a=None, version=1):
        if not hasattr(self, 'ready'):  # called by the constructor
            self.ready = True
            return
        _random.seed(a, version=1)

    def getstate(self):
        return _random.getstate()


_shared = _Shared()
seed, randrange, randint, choice = (
    _shared.seed, _shared.randrange, _shared.randint, _shared.choice)
shuffle, sample, jumpahead = (
    _shared.shuffle, _shared.sample, _shared.jumpahead)

stand_in(__name__, 'random', [
    'Random', 'choice', 'jumpahead', 'randint', 'randrange', 'sample', 'seed',
    'shuffle'])
