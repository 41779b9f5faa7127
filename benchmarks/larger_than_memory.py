"""Compare training from a file with training on data in memory.

Writes a file of random sequences, 100 to 400 steps of 40 features. Two
processes then train the same LSTM on the same shuffled batches in turns. One
reads the file in another process, a few batches ahead; the other has loaded
it. During the turn of one, the other and its reader are stopped.

    python -m benchmarks larger_than_memory [--gigabytes 6] [--folder FOLDER]
        [--file FILE] [--dim 128] [--batches N] [--turn 25] [--ahead 4]
        [--sort-window 10]

Memory is the proportional set size: each page counts once, divided among the
processes that share it.

"""
import argparse
import multiprocessing
import os
import signal
import tempfile
import time
import zlib
from collections import OrderedDict

import numpy

FEATURES, BATCH = 40, 32
#: Seconds between measurements of memory.
INTERVAL = .25


def sequences(gigabytes):
    """Yield random examples with a total size in gigabytes."""
    rng = numpy.random.default_rng(0)
    left = gigabytes * 1e9
    while left > 0:
        x = rng.standard_normal((rng.integers(100, 401), FEATURES), 'float32')
        left -= x.nbytes
        yield {'x': x}


def algorithm(dim):
    """Return the training algorithm of a small network."""
    from blocks.algorithms import Adam, GradientDescent
    from blocks.graph import ComputationGraph
    from blocks.initialization import Constant, Orthogonal
    from theano import tensor

    from blocks_rnn_bricks import LSTM, UnidirectionalStack
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


def loaded(dataset):
    """Load the examples of a file into a dataset in memory."""
    from fuel.datasets import IndexableDataset
    examples = []
    state = dataset.open()
    for begin in range(0, dataset.num_examples, 256):
        end = min(begin + 256, dataset.num_examples)
        examples.extend(dataset.get_data(state, slice(begin, end))[0])
    dataset.close(state)
    return IndexableDataset(OrderedDict(x=examples))


def train(orders, path, in_memory, options):
    """Train for the numbers of batches received, until None is received.

    The answers hold the seconds and a checksum of the batches.

    """
    import theano
    from fuel.datasets import H5PYDataset

    from blocks_rnn_bricks import padded_batches
    theano.config.floatX = 'float32'
    training = algorithm(options.dim)
    dataset = H5PYDataset(path, which_sets=('train',))
    stream = padded_batches(
        loaded(dataset) if in_memory else dataset, BATCH,
        sort_window=options.sort_window, shuffle=True, seed=1,
        sequences=('x',), ahead=0 if in_memory else options.ahead)
    epoch = stream.get_epoch_iterator(as_dict=True)
    training.process_batch(next(epoch))
    readers = [child.pid for child in multiprocessing.active_children()]
    orders.send(readers)
    while True:
        for reader in readers:
            os.kill(reader, signal.SIGSTOP)
        count = orders.recv()
        if count is None:
            break
        for reader in readers:
            os.kill(reader, signal.SIGCONT)
        done, told = 0, 0
        begin = time.perf_counter()
        for batch in epoch:
            training.process_batch(batch)
            told = zlib.crc32(batch['x'][0].tobytes(), told)
            done += 1
            if done == count:
                break
        orders.send((time.perf_counter() - begin, done, told))
    for reader in readers:
        os.kill(reader, signal.SIGCONT)
    stream.close()


class Side:
    """A process that trains, and its use of memory.

    Attributes
    ----------
    peaks : list of tuple
        The largest proportional and private megabytes of the training process
        and of the reader.

    """

    def __init__(self, path, in_memory, options):
        context = multiprocessing.get_context('spawn')
        self._orders, theirs = context.Pipe()
        self._process = context.Process(
            target=train, args=(theirs, path, in_memory, options))
        self._process.start()
        theirs.close()
        self.numbers = [self._process.pid] + self._orders.recv()
        self.peaks = [(0, 0) for _ in self.numbers]
        self.together = 0
        self._look()

    def turn(self, count):
        """Train for this number of batches and return the answer."""
        self._orders.send(count)
        while not self._orders.poll(INTERVAL):
            self._look()
        self._look()
        return self._orders.recv()

    def end(self):
        """End the process."""
        self._orders.send(None)
        self._process.join()

    def _look(self):
        sizes = [megabytes(number) for number in self.numbers]
        self.peaks = [tuple(map(max, peak, size))
                      for peak, size in zip(self.peaks, sizes)]
        self.together = max(self.together, sum(size for size, _ in sizes))


def megabytes(number):
    """Return the proportional and the private megabytes of a process."""
    with open(f'/proc/{number}/smaps_rollup') as file:
        sizes = {line.split()[0]: int(line.split()[1]) * 1024 / 1e6
                 for line in list(file)[1:]}
    return sizes['Pss:'], sizes['Private_Clean:'] + sizes['Private_Dirty:']


def forget(path):
    """Drop a file from the system's page cache."""
    with open(path, 'rb') as file:
        os.fsync(file.fileno())
        os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)


def compare(path, options):
    """Train in turns on the file and on the data in memory."""
    begin = time.perf_counter()
    sides = {'memory': Side(path, True, options)}
    print(f'in memory after {time.perf_counter() - begin:.0f} s')
    forget(path)
    sides['file'] = Side(path, False, options)
    seconds, batches = {name: [] for name in sides}, 0
    while options.batches is None or batches < options.batches:
        names = list(sides) if len(seconds['file']) % 2 else list(sides)[::-1]
        answers = {name: sides[name].turn(options.turn) for name in names}
        if answers['file'][1:] != answers['memory'][1:]:
            raise RuntimeError(f'the batches differ: {answers}')
        done = answers['file'][1]
        batches += done
        if done < options.turn:
            break  # the incomplete turn is not measured
        for name, (taken, *_) in answers.items():
            seconds[name].append(taken)
    for side in sides.values():
        side.end()
    report(sides, numpy.array([seconds['file'], seconds['memory']]),
           batches, options)


def report(sides, seconds, batches, options):
    """Print the results."""
    file, memory = seconds.sum(axis=1) / seconds.shape[1] / options.turn
    print(f'{batches} batches, {seconds.shape[1]} turns of {options.turn}: '
          f'{1e3 * file:.1f} ms a batch from the file, {1e3 * memory:.1f} ms '
          f'from memory; together {file / memory:.3f}, median of turns '
          '{:.3f} (quartiles {:.3f}, {:.3f})'.format(*numpy.percentile(
              seconds[0] / seconds[1], [50, 25, 75])))
    for name, side in sides.items():
        print(f'{name}, peak MB, proportional (private): '
              + ', '.join(f'{who} {proportional:.0f} ({private:.0f})'
                          for who, (proportional, private) in zip(
                              ['training', 'reader'], side.peaks))
              + f'; together {side.together:.0f}')


def main(arguments=None):
    """Run the benchmark."""
    parser = argparse.ArgumentParser(
        description=__doc__.partition('\n')[0])
    parser.add_argument('--gigabytes', type=float, default=6)
    parser.add_argument('--folder', help='folder of the temporary file')
    parser.add_argument('--file', help='a file to keep and reuse; written '
                        'if it is missing')
    parser.add_argument('--dim', type=int, default=128, help='cells')
    parser.add_argument('--batches', type=int,
                        help='number of batches; an epoch by default')
    parser.add_argument('--turn', type=int, default=25,
                        help='batches per turn')
    parser.add_argument('--ahead', type=int, default=4)
    parser.add_argument('--sort-window', type=int, default=10)
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory(dir=options.folder) as folder:
        path = options.file or os.path.join(folder, 'sequences.hdf5')
        if not os.path.exists(path):
            write(path, options.gigabytes)
        if options.batches != 0:
            compare(path, options)


def write(path, gigabytes):
    """Write the file."""
    from blocks_rnn_bricks import to_hdf5
    begin = time.perf_counter()
    to_hdf5(sequences(gigabytes), path)
    print(f'{os.path.getsize(path) / 1e9:.2f} GB written in '
          f'{time.perf_counter() - begin:.0f} s')


if __name__ == '__main__':
    # Under the module's own name, so that its processes can import it.
    from benchmarks import larger_than_memory
    larger_than_memory.main()
