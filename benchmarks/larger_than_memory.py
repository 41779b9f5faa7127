"""Training from a file that need not fit in memory beside one in memory.

Makes a file of random sequences, 100 to 400 steps of 40 features, and trains
a small LSTM on it: batches of 32, shuffled, partly sorted, read by another
process that is at most 8 batches ahead. Batches of the same kind from memory
take turns with them, 20 at a time.

    python -m benchmarks larger_than_memory [--gigabytes 6] [--folder FOLDER]
                                            [--dim 128]

"""
import argparse
import os
import tempfile
import time
from collections import OrderedDict

import numpy
import theano
from blocks.algorithms import Adam, GradientDescent
from blocks.graph import ComputationGraph
from blocks.initialization import Constant, Orthogonal
from fuel.datasets import H5PYDataset, IndexableDataset
from theano import tensor

from blocks_rnn_bricks import (
    LSTM, UnidirectionalStack, padded_batches, to_hdf5)

FEATURES, BATCH, TURN = 40, 32, 20


def sequences(gigabytes):
    """Yield random examples of so many gigabytes together."""
    rng = numpy.random.RandomState(0)
    left = gigabytes * 1e9
    while left > 0:
        x = rng.standard_normal((rng.randint(100, 401), FEATURES))
        left -= 4 * x.size
        yield {'x': x.astype('float32')}


def algorithm(dim):
    """Return the training of a small network."""
    stack = UnidirectionalStack(
        [LSTM(dim)], FEATURES, weights_init=Orthogonal(),
        biases_init=Constant(0.))
    stack.initialize()
    x, mask = tensor.tensor3('x'), tensor.matrix('x_mask')
    outputs = stack.apply(x, mask=mask)
    cost = (outputs ** 2 * mask[:, :, None]).sum() / mask.sum()
    made = GradientDescent(cost=cost, step_rule=Adam(),
                           parameters=ComputationGraph(cost).parameters)
    made.initialize()
    return made


def resident():
    """Return the megabytes of this process and of its children.

    Memory that they share counts for each.

    """
    found = []
    for pid in [str(os.getpid())] + [
            child for task in os.listdir('/proc/self/task')
            for child in open('/proc/self/task/{}/children'.format(
                task)).read().split()]:
        with open('/proc/{}/status'.format(pid)) as file:
            found += [int(line.split()[1]) / 1e3 for line in file
                      if line.startswith('VmRSS')]
    return found


def main(arguments=None):
    """Run the benchmark."""
    parser = argparse.ArgumentParser(
        description=__doc__.partition('\n')[0])
    parser.add_argument('--gigabytes', type=float, default=6)
    parser.add_argument('--folder', help='where the file is made for a time')
    parser.add_argument('--dim', type=int, default=128, help='cells')
    options = parser.parse_args(arguments)
    theano.config.floatX = 'float32'
    with tempfile.TemporaryDirectory(dir=options.folder) as folder:
        path = os.path.join(folder, 'sequences.hdf5')
        begin = time.perf_counter()
        to_hdf5(sequences(options.gigabytes), path)
        print('{:.2f} GB written in {:.0f} s'.format(
            os.path.getsize(path) / 1e9, time.perf_counter() - begin))
        compare(path, options.dim)


def compare(path, dim):
    """Train for an epoch of the file, and from memory in between."""
    training = algorithm(dim)
    dataset = H5PYDataset(path, which_sets=('train',))
    stream = padded_batches(dataset, BATCH, sort_window=20, shuffle=True,
                            ahead=8)
    epoch = stream.get_epoch_iterator(as_dict=True)
    training.process_batch(next(epoch))
    print('resident, MB, training and reader, before: {}'.format(
        ', '.join('{:.0f}'.format(size) for size in resident())))
    few = [example['x'] for example in sequences(.1)]
    memory = padded_batches(
        IndexableDataset(OrderedDict(x=few)), BATCH, sort_window=20,
        shuffle=True, sequences=('x',))
    from_memory = iter(())
    times = {'file': [], 'memory': []}
    peak, done = [0, 0], False
    while not done:
        for name in times:
            begin, steps = time.perf_counter(), 0
            for _ in range(TURN):
                if name == 'file':
                    batch = next(epoch, None)
                    done = batch is None
                else:
                    batch = next(from_memory, None)
                    if batch is None:
                        from_memory = memory.get_epoch_iterator(as_dict=True)
                        batch = next(from_memory)
                if done:
                    break
                training.process_batch(batch)
                steps += int(batch['x_mask'].sum())
            if not done:
                times[name].append((time.perf_counter() - begin) / steps)
        peak = [max(pair) for pair in zip(peak, resident())]
    stream.close()
    pairs = numpy.array([times[name][:len(times['file'])]
                         for name in ('file', 'memory')])
    print('{} turns of {} batches: time a step from the file, relative to '
          'memory: {:.3f} (quartiles {:.3f}, {:.3f})'.format(
              pairs.shape[1], TURN, *numpy.percentile(
                  pairs[0] / pairs[1], [50, 25, 75])))
    print('resident at most, MB, training and reader: {}'.format(
        ', '.join('{:.0f}'.format(size) for size in peak)))


if __name__ == '__main__':
    main()
