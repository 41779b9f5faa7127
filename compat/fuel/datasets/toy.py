"""Small random datasets that need no download."""
import numpy
from fuel import config
from fuel.datasets.base import IndexableDataset


def _generator(seed):
    return numpy.random.RandomState(
        config.default_seed if seed is None else seed)


def _noisy(coordinates, noise, rng):
    """Return points, `float32`, of shape ``(n, d)``, with normal noise."""
    points = numpy.stack(coordinates, axis=1).astype('float32')
    points += noise * rng.normal(size=points.shape)
    return points


class Spiral(IndexableDataset):
    """Points on the arms of a spiral in the plane.

    With the position `p` on an arm, arm `k` of `K` and the radius
    ``r = (2 p + 1) / 3`` a point is ``r sin(2 pi (p + k / K))``,
    ``r cos(2 pi (p + k / K))``, plus noise.

    Parameters
    ----------
    num_examples : int, optional
        Number of points. 1000 by default.
    classes : int, optional
        Number of arms, `K`. 1 by default.
    cycles : float, optional
        Number of turns of an arm: `p` is uniform up to it. 1 by default.
    noise : float, optional
        Standard deviation of the normal noise. 0 by default.
    seed : int, optional
        The random seed, ``fuel.config.default_seed`` by default.

    Notes
    -----
    The sources are ``features``, `float32` of shape ``(num_examples, 2)``,
    ``position``, `float64`, and ``label``, integers, both of shape
    ``(num_examples,)``.

    """

    def __init__(self, num_examples=1000, classes=1, cycles=1., noise=0.,
                 *, seed=None, **kwargs):
        rng = _generator(seed)
        position = rng.uniform(0, cycles, num_examples)
        label = rng.randint(0, classes, num_examples)
        radius = (2 * position + 1) / 3
        angle = (2 * numpy.pi * position
                 + label * (2 * numpy.pi) / classes)
        points = [radius * numpy.sin(angle), radius * numpy.cos(angle)]
        super().__init__({'features': _noisy(points, noise, rng),
                          'position': position, 'label': label}, **kwargs)


class SwissRoll(IndexableDataset):
    """Points on a rolled-up sheet in space.

    With the position `p` on the roll, uniform between 0 and 1, the angle
    ``1.5 pi (1 + 2 p)`` and the radius ``r = (2 p + 1) / 3``, a point is
    ``r cos``, ``r sin`` and a height that is uniform between -1 and 1,
    plus noise.

    Parameters
    ----------
    num_examples : int, optional
        Number of points. 1000 by default.
    noise : float, optional
        Standard deviation of the normal noise. 0 by default.
    seed : int, optional
        The random seed, ``fuel.config.default_seed`` by default.

    Notes
    -----
    The sources are ``features``, of shape ``(num_examples, 3)``, and
    ``position``, of shape ``(num_examples, 2)``, the position on the roll
    and the height, both `float32`.

    """

    def __init__(self, num_examples=1000, noise=0., *, seed=None, **kwargs):
        rng = _generator(seed)
        position = rng.uniform(0, 1, num_examples)
        height = rng.uniform(-1, 1, num_examples)
        radius = (2 * position + 1) / 3
        angle = 1.5 * numpy.pi * (1 + 2 * position)
        points = [radius * numpy.cos(angle), radius * numpy.sin(angle),
                  height]
        super().__init__(
            {'features': _noisy(points, noise, rng),
             'position': numpy.stack([position, height],
                                     axis=1).astype('float32')}, **kwargs)
