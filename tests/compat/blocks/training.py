"""Small training runs for the tests."""
import numpy
import theano
from blocks.algorithms import GradientDescent, Scale, TrainingAlgorithm
from blocks.main_loop import MainLoop
from blocks.model import Model
from blocks.roles import PARAMETER, add_role
from blocks.utils import shared_floatx
from fuel.datasets import IndexableDataset, IterableDataset
from fuel.schemes import ShuffledScheme
from fuel.streams import DataStream
from theano import tensor


class CountingAlgorithm(TrainingAlgorithm):
    """Learns nothing, but records its calls."""

    def __init__(self):
        self.calls = []

    def initialize(self):
        self.calls.append('initialize')

    def resume(self):
        self.calls.append('resume')

    def process_batch(self, batch):
        self.calls.append(batch['data'])


def counting_loop(extensions=(), length=4, **kwargs):
    """Return a main loop over the numbers below `length`, without Theano."""
    stream = IterableDataset(range(length)).get_example_stream()
    return MainLoop(CountingAlgorithm(), stream, extensions=list(extensions),
                    **kwargs)


def regression(step_rule=None, **kwargs):
    """Return an algorithm that fits `W` and `b` of ``y = x.W + b``.

    Returns
    -------
    algorithm : GradientDescent
    parameters : list
        W and b.

    """
    x, y = tensor.matrix('x'), tensor.vector('y')
    W = shared_floatx(numpy.array([0.5, -1., 2.]), name='W')
    b = shared_floatx(0.25, name='b')
    for parameter in W, b:
        add_role(parameter, PARAMETER)
    cost = tensor.sqr(tensor.dot(x, W) + b - y).mean()
    cost.name = 'cost'
    algorithm = GradientDescent(
        cost=cost, parameters=[W, b],
        step_rule=Scale(0.1) if step_rule is None else step_rule, **kwargs)
    return algorithm, [W, b]


def regression_data(examples=23, seed=3):
    """Return the sources `x` and `y` as arrays."""
    rng = numpy.random.RandomState(seed)
    x = rng.normal(size=(examples, 3)).astype(theano.config.floatX)
    noise = rng.normal(scale=0.1, size=examples)
    y = (x.dot([1., 2., 3.]) + noise).astype(theano.config.floatX)
    return {'x': x, 'y': y}


def regression_stream(examples=23, batch_size=5, seed=3):
    """Return a stream of shuffled batches; the last of an epoch is smaller."""
    return DataStream(
        IndexableDataset(regression_data(examples, seed)),
        iteration_scheme=ShuffledScheme(
            examples, batch_size, rng=numpy.random.RandomState(seed)))


def regression_loop(extensions=(), **kwargs):
    """Return a main loop that trains the regression."""
    algorithm, _ = regression(**kwargs)
    return MainLoop(algorithm, regression_stream(),
                    model=Model(algorithm.cost),
                    extensions=list(extensions))
