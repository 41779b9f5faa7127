"""Random numbers that differ between workers.

All workers start from the same seeds. If all parts of a batch had the same
dropout masks, the noise would hardly average out, so every worker but the
first gets its own states, derived from those of the first.

"""
import numpy
from blocks.graph import ComputationGraph
from theano.sandbox.rng_mrg import MRG_RandomStreams

from blocks_rnn_bricks.parallel import workers


def is_state(variable):
    """Return whether a shared variable holds the state of a random stream."""
    return getattr(variable, 'default_update', None) is not None


def states_of(algorithm):
    """Return the random states in an algorithm's graph, in a fixed order."""
    targets = [new for _, new in algorithm.updates]
    graph = ComputationGraph(targets)
    return [variable for variable in graph.shared_variables
            if is_state(variable)] + [
                target for target, _ in algorithm.updates
                if is_state(target)
                and target not in graph.shared_variables]


def differ(algorithm):
    """Set this worker's random states: saved ones if there are any, or new.

    Parameters
    ----------
    algorithm : :class:`~blocks_rnn_bricks.parallel.GradientDescent`

    """
    team = workers.team()
    saved, algorithm._saved_noise = algorithm._saved_noise, None
    states = states_of(algorithm)
    if saved is not None and len(saved) == team.size:
        for variable, value in zip(states, saved[team.rank]):
            variable.set_value(value)
    elif team.rank:
        for number, variable in enumerate(states):
            variable.set_value(
                _other(variable.get_value(), team.rank, number))


def collect(algorithm):
    """Collect the states of all workers on the first one for saving."""
    team = workers.team()
    if team.size > 1:
        algorithm._saved_noise = team.gather(
            [variable.get_value() for variable in states_of(algorithm)])


def _other(value, rank, number):
    """Return the state of another stream of random numbers."""
    if isinstance(value, numpy.ndarray):  # MRG31k3p, one stream per row
        seeds = numpy.random.RandomState(
            [rank, number, workers.checksum(value)]).randint(
                1, 2 ** 31 - 22854, size=6)
        return numpy.asarray(
            MRG_RandomStreams(seed=[int(seed) for seed in seeds])
            .get_substream_rstates(len(value), 'float32'), value.dtype)
    if isinstance(value, numpy.random.RandomState):
        seed = value.randint(2 ** 31, size=4)
        return numpy.random.RandomState([rank, number] + list(seed))
    seed = value.integers(2 ** 31, size=4)
    return numpy.random.Generator(type(value.bit_generator)(
        [rank, number] + [int(part) for part in seed]))
