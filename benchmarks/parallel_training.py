"""Measure training on several workers of one machine; model networks.

Compares two workers of one thread each with one, in turns within one run. In
each round one worker trains alone while the other sleeps; then both train
together, each on a batch of the same size (weak scaling); then both divide
that batch (strong scaling), against one worker of two threads.

    python -m benchmarks parallel_training [--workers 2] [--rounds 15]

It needs the extra ``mpi``; :func:`predict` is the model of step times.

"""
import argparse
import os
import shutil
import statistics
import subprocess
import sys
import time

ROUNDS = 15
THREADS = 'BLOCKS_RNN_THREADS'
#: Bytes per second to another machine, and seconds of latency per message.
NETWORKS = {'1 Gbit/s': (.117e9, 50e-6), '10 Gbit/s': (1.17e9, 20e-6)}


def predict(compute, size, workers, network):
    """Predict the seconds of a step: computation, then messages.

    Parameters
    ----------
    compute : float
        Seconds of computation of one worker's step.
    size : int
        Bytes of the buffer.
    workers : int
        Their number, one per machine.
    network : tuple of float
        See :data:`NETWORKS`.

    """
    rate, latency = network
    if workers == 1:
        return compute
    sent = 2 * size * (workers - 1) / workers
    return compute + sent / rate + 2 * latency * (workers - 1).bit_length()


def stack(batch):
    """Return two bidirectional layers of 128 cells on (100, batch, 64)."""
    import numpy
    from blocks.initialization import Constant, Orthogonal
    from theano import tensor

    from blocks_rnn_bricks import LSTM, BidirectionalStack
    layers = BidirectionalStack(
        [LSTM(dim=128), LSTM(dim=128)], input_dim=64,
        weights_init=Orthogonal(), biases_init=Constant(0))
    layers.initialize()
    x = tensor.tensor3('x')
    cost = tensor.sqr(layers.apply(x)).mean()
    return cost, None, {'x': numpy.random.RandomState(1).normal(
        size=(100, batch, 64)).astype('float32')}


def phonemes(batch):
    """Return the phonemes demo's network for words of 3 to 12 letters."""
    import numpy

    from demos.phonemes.network import cost_of, make_transcriber, variables
    rng = numpy.random.RandomState(1)
    lengths = numpy.sort(rng.randint(3, 13, size=batch))
    mask = (numpy.arange(12)[:, None] < lengths).astype('float32')
    cost = cost_of(make_transcriber(range(28), range(39)), *variables(),
                   train=True)
    return cost, None, {
        'letters': rng.randint(1, 28, size=(12, batch)),
        'letters_mask': mask,
        'phonemes': rng.randint(0, 39, size=(12, batch)),
        'phonemes_mask': mask}


def part(batch, rank, workers):
    """Return a worker's part of a time-major batch."""
    return {name: array[:, rank::workers] for name, array in batch.items()}


def measure(make, batch_size, rounds):
    """Return lists of the seconds of each round's steps, by name."""
    from blocks.algorithms import Adam
    from blocks.graph import ComputationGraph

    from blocks_rnn_bricks.parallel import GradientDescent, workers
    from blocks_rnn_bricks.parallel.averaging import step
    team, found = workers.team(), workers.team

    def build(threads):
        """Build a training; its graph determines the threads."""
        os.environ[THREADS] = str(threads)
        cost, weight, batch = make(batch_size)
        cost.name = 'cost'
        algorithm = GradientDescent(
            cost=cost, parameters=ComputationGraph(cost).parameters,
            weight=weight, step_rule=Adam())
        algorithm.initialize()
        algorithm.process_batch(batch)
        return algorithm, batch

    (algorithm, batch), (threaded, _) = build(1), build(team.size)

    def timed(data, alone, algorithm=algorithm):
        """Time all workers, or only the first while the others sleep."""
        team.gather(None)
        if alone and team.rank:
            return 0.
        workers.team = workers.Alone if alone else found
        try:
            algorithm.process_batch(data)
            begin = time.perf_counter()
            for _ in range(3):
                algorithm.process_batch(data)
            return (time.perf_counter() - begin) / 3
        finally:
            workers.team = found

    mine = part(batch, team.rank, team.size)
    times = {name: [] for name in ('one', 'all', 'averaging', 'shared',
                                   'threads')}
    for _ in range(rounds):
        times['one'].append(timed(batch, True))
        step.seconds = 0
        times['all'].append(timed(batch, False))
        times['averaging'].append(step.seconds / 4)
        times['shared'].append(timed(mine, False))
        times['threads'].append(timed(batch, True, threaded))
        team.gather(None)
    return times, step.bytes


def work(rounds):
    """Measure on each worker and print on the first."""
    import theano
    theano.config.floatX = 'float32'
    from blocks_rnn_bricks.parallel import rank, size
    for name, make, batch in [('stack', stack, 32),
                              ('phonemes', phonemes, 128)]:
        times, buffer = measure(make, batch, rounds)
        if rank():
            continue
        one, together, averaging, shared, threads = (
            1e3 * statistics.median(times[key]) for key in times)
        weak = statistics.median(
            alone / both for alone, both in zip(times['one'], times['all']))
        strong = statistics.median(
            both / alone for both, alone in zip(times['shared'],
                                                times['threads']))
        print(f'{name}: one worker {one:.1f} ms; {size()} workers '
              f'{together:.1f} ms, of these {averaging:.2f} ms averaging '
              f'{buffer / 1e6:.2f} MB; weak scaling {weak:.3f} of linear\n'
              f'  same total batch: {size()} workers {shared:.1f} ms, one of '
              f'{size()} threads {threads:.1f} ms, ratio {strong:.3f}')
        for network, speed in NETWORKS.items():
            shares = [one * 1e-3 / predict(one * 1e-3, buffer, number, speed)
                      for number in (2, 4, 8, 16, 32, 64)]
            print(f'  predicted at {network}, 2 to 64 machines: '
                  + '  '.join(f'{share:.2f}' for share in shares),
                  flush=True)


def main():
    """Start the workers."""
    options = argparse.ArgumentParser(description=__doc__.partition('\n')[0])
    options.add_argument('--workers', type=int, default=2)
    options.add_argument('--rounds', type=int, default=ROUNDS)
    options.add_argument('--worker', action='store_true',
                         help=argparse.SUPPRESS)
    given = options.parse_args()
    if given.worker:
        work(given.rounds)
        return
    mpiexec = shutil.which('mpiexec', path=os.path.dirname(sys.executable))
    if mpiexec is None:
        sys.exit("parallel_training: mpiexec is missing; run: "
                 "pip install '.[mpi]'")
    sys.exit(subprocess.call(
        [mpiexec, '-n', str(given.workers), sys.executable, '-m',
         'benchmarks.parallel_training', '--worker',
         '--rounds', str(given.rounds)],
        env={**os.environ, 'OMP_NUM_THREADS': '1', 'OPENBLAS_NUM_THREADS':
             '1'}))


if __name__ == '__main__':
    main()
