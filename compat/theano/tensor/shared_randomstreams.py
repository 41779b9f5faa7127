"""Random streams of NumPy's Mersenne Twister in shared variables."""

import copy

import numpy
from theano import _draws
from theano.compile.sharedvalue import SharedVariable, shared_constructor
from theano.tensor.raw_random import RandomStreamsBase, random_state_type

__all__ = ['RandomStateSharedVariable', 'RandomStreams']


class RandomStateSharedVariable(SharedVariable):
    """A shared variable that holds a ``numpy.random.RandomState``."""


@shared_constructor.register(numpy.random.RandomState)
def randomstate_constructor(value, name=None, strict=False,
                            allow_downcast=None, borrow=False):
    """Make a shared variable of a random state."""
    return RandomStateSharedVariable(
        type=random_state_type, name=name, strict=strict,
        value=value if borrow else copy.deepcopy(value),
        allow_downcast=allow_downcast)


class RandomStreams(RandomStreamsBase):
    """A source of random variables.

    A seed produces the same numbers as in Theano 1.0.5.

    Parameters
    ----------
    seed : int, optional
        By default the streams differ between runs.

    Examples
    --------
    >>> import theano
    >>> noise = RandomStreams(seed=1).uniform((2,), dtype='float64')
    >>> theano.function([], noise)().round(4)
    array([0.8388, 0.1976])

    """

    def __init__(self, seed=None):
        self.state_updates = []
        self.default_instance_seed = seed
        self.gen_seedgen = numpy.random.RandomState(seed)

    def updates(self):
        """List the pairs of a state and the state after the draw."""
        return list(self.state_updates)

    def seed(self, seed=None):
        """Restart all existing variables.

        Parameters
        ----------
        seed : int, optional
            By default that of the constructor.

        """
        if seed is None:
            seed = self.default_instance_seed
        generator = numpy.random.RandomState(seed)
        for state, _ in self.state_updates:
            state.set_value(_next_state(generator), borrow=True)

    def gen(self, op, *args, **kwargs):
        """Draw with a function of :mod:`theano.tensor.raw_random`.

        Parameters
        ----------
        op : callable
            Takes the variable of a state before its other arguments.
        *args, **kwargs
            The other arguments.

        Returns
        -------
        TensorVariable
            With the attributes ``rng`` and ``update``.

        """
        _draws.check()
        state = randomstate_constructor(_next_state(self.gen_seedgen),
                                        borrow=True)
        state.tag.is_rng = True
        new_state, sample = op(state, *args, **kwargs)
        sample.rng = state
        sample.update = state, new_state
        self.state_updates.append(sample.update)
        state._default_update = new_state
        return sample

    def __getitem__(self, item):
        return item.get_value(borrow=True)

    def __setitem__(self, item, value):
        item.set_value(value, borrow=True)


def _next_state(generator):
    """Make a state from a seed drawn by the generator."""
    return numpy.random.RandomState(int(generator.randint(2 ** 30)))
