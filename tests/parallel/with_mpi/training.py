"""What several workers train to compare them with one; run by mpiexec.

::

    mpiexec -n 2 python -m tests.parallel.with_mpi.training FOLDER TASK...

"""
import json
import os
import sys

import numpy
import theano
from blocks.algorithms import Adam, CompositeRule, Momentum, StepClipping
from blocks.bricks import Linear, Softmax
from blocks.extensions import FinishAfter, TrainingExtension
from blocks.extensions.monitoring import (
    DataStreamMonitoring,
    TrainingDataMonitoring,
)
from blocks.graph import ComputationGraph
from blocks.initialization import Constant, IsotropicGaussian
from blocks.monitoring import aggregation
from fuel.datasets import H5PYDataset, IndexableDataset
from theano import tensor

from blocks_rnn_bricks import (
    CTC,
    LSTM,
    SequenceCategoricalCrossEntropy,
    UnidirectionalStack,
    bucketed_batches,
    padded_batches,
    to_hdf5,
)
from blocks_rnn_bricks.parallel import (
    GradientDescent,
    MainLoop,
    WeightedAverage,
    rank,
    size,
    workers,
)

UPDATES = 20
CLASSES = 3


class Together(TrainingExtension):
    """Counts after how many updates all workers have equal parameters."""

    def __init__(self):
        super().__init__()
        self.equal = 0

    def after_batch(self, batch):
        sums = workers.team().gather(
            [workers.checksum(variable.get_value())
             for variable in self.main_loop.algorithm.replicated])
        self.equal += all(others == sums[0] for others in sums)


def sequences(seed, examples=23):
    """Sequences of 2 features, their classes by step and as a whole."""
    rng = numpy.random.RandomState(seed)
    x = [rng.normal(size=(rng.randint(1, 9), 2)) for _ in range(examples)]
    steps = [rng.randint(0, CLASSES, size=len(one)) for one in x]
    labels = [rng.randint(0, CLASSES, size=max(1, len(one) // 3))
              for one in x]
    return x, steps, labels, rng.randint(0, CLASSES, size=examples)


def on_disk(x, y):
    """A file, of this worker, with sequences and the classes of steps."""
    path = os.path.join(sys.argv[1], f'sequences_{rank()}.hdf5')
    to_hdf5(({'x': one, 'y': other} for one, other in zip(x, y)), path,
            progress=False)
    return H5PYDataset(path, which_sets=('train',))


def network(seed, outputs):
    """The output of a small LSTM on `x`, before any softmax."""
    options = {'weights_init': IsotropicGaussian(.5),
               'biases_init': Constant(0)}
    stack = UnidirectionalStack([LSTM(dim=3)], input_dim=2, **options)
    output = Linear(3, outputs, **options)
    for brick in (stack, output):
        brick.rng = numpy.random.RandomState(seed)
        brick.initialize()
    x, mask = tensor.tensor3('x'), tensor.matrix('x_mask')
    return x, mask, stack, output


def whole_sequences():
    """A class for each sequence; batches of so many steps."""
    x, _, _, y = sequences(1)
    inputs, mask, stack, output = network(rank(), CLASSES)
    target = tensor.lvector('y')
    cost = Softmax().categorical_cross_entropy(
        target, output.apply(stack.summary(inputs, mask=mask))).mean()
    stream = bucketed_batches(
        IndexableDataset({'x': x, 'y': y}), max_steps=30, window=12,
        sequences=['x'], shuffle=True, seed=5)
    return cost, target.shape[0], stream, CompositeRule(
        [StepClipping(.3), Adam(.02)]), []


def each_step():
    """A class for each step; the mean is over all valid steps.

    One worker has the data in memory, several read them ahead.

    """
    x, y, _, _ = sequences(2)
    inputs, mask, stack, output = network(2, CLASSES)
    brick = SequenceCategoricalCrossEntropy(from_logits=True)
    target = tensor.lmatrix('y')
    energies = output.apply(stack.apply(inputs, mask=mask))
    cost = brick.apply(target, energies, mask)
    exact = brick.monitor(target, energies, mask, name='exact')
    dataset = IndexableDataset({'x': x, 'y': y})
    options = {'sequences': ['x', 'y'], 'mask_sources': ['x']}
    stream = padded_batches(
        on_disk(x, y) if size() > 1 else dataset, 11, sort_window=2,
        shuffle=True, seed=6, ahead=2 if size() > 1 else 0, **options)
    largest = aggregation.maximum(energies.max().copy('largest'))
    last = aggregation.take_last(energies.sum().copy('last'))
    return cost, mask.sum(), stream, Momentum(.2, .9), [
        TrainingDataMonitoring([exact], prefix='train', after_epoch=True),
        DataStreamMonitoring([exact, largest],
                             padded_batches(dataset, 4, **options),
                             prefix='valid'),
        DataStreamMonitoring([last], padded_batches(dataset, 4, **options),
                             prefix='valid')]


def alignment():
    """CTC; the cost says itself that it is a mean over sequences."""
    x, _, y, _ = sequences(3)
    inputs, mask, stack, output = network(3, CLASSES + 1)
    target, target_mask = tensor.lmatrix('y'), tensor.matrix('y_mask')
    costs = CTC().apply(target, output.apply(stack.apply(
        inputs, mask=mask)), mask, target_mask)
    costs = tensor.switch(tensor.isinf(costs), 0., costs)
    cost = aggregation.mean(costs.sum().copy('cost'),
                            tensor.cast(costs.shape[0], costs.dtype))
    return cost, None, padded_batches(
        IndexableDataset({'x': x, 'y': y}), 7, sequences=['x', 'y'],
        shuffle=True, seed=7), Adam(.02), []


TASKS = {task.__name__: task
         for task in (whole_sequences, each_step, alignment)}


def train(task):
    """Train one task.

    Returns
    -------
    parameters : list of numpy.ndarray
    results : dict
        What was monitored at the end of the last epoch but one, after how
        many updates all were equal, and how often gradients are averaged.

    """
    cost, weight, stream, rule, monitors = task()
    cost.name = 'cost'
    algorithm = GradientDescent(
        cost=cost, parameters=ComputationGraph(cost).parameters,
        step_rule=rule, weight=weight)
    together = Together()
    main_loop = MainLoop(algorithm, stream, extensions=[
        TrainingDataMonitoring([cost, algorithm.total_gradient_norm],
                               prefix='train', after_epoch=True),
        *monitors, together, FinishAfter(after_n_batches=UPDATES)])
    main_loop.run()
    log = main_loop.log
    row = log[log.status['_epoch_ends'][-1]]
    nodes = algorithm._function.maker.fgraph.toposort()
    results = {name: float(value) for name, value in row.items()
               if name.startswith(('train_', 'valid_'))}
    results.update(
        equal=together.equal, updates=log.status['iterations_done'],
        averages=sum(isinstance(node.op, WeightedAverage) for node in nodes))
    return [variable.get_value() for variable in algorithm.parameters], results


def main(folder, *names):
    """Train some tasks, and write what came out, for each worker."""
    theano.config.floatX = 'float64'
    results, arrays = {}, {}
    for name in names:
        parameters, results[name] = train(TASKS[name])
        arrays.update({f'{name}_{number}': array
                       for number, array in enumerate(parameters)})
    numpy.savez(os.path.join(folder, f'parameters_{rank()}.npz'), **arrays)
    with open(os.path.join(folder, f'results_{rank()}.json'), 'w') as file:
        json.dump(results, file)


if __name__ == '__main__':
    main(*sys.argv[1:])
