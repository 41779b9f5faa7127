r"""Time `Padding` and the chain of sorting, unpacking, batching and padding.

Two workloads over sequences of 20 to 200 steps of 40 features:

``padding``
    one batch of 64 sequences, padded;
``chain``
    an epoch of 10,000 sequences, in chunks of 1,280 that are sorted by
    length, unpacked, and padded in batches of 64.

Run with the packages of ``compat`` on the path. To compare with Fuel 0.2.0,
pass an interpreter that has it as ``--reference`` or in the environment
variable ``FUEL_REFERENCE_PYTHON``. The two then run in turns, each time in
a new process, and the ratio of the medians over the turns is printed. ::

    PYTHONPATH=compat python benchmarks/fuel_padding.py \
        --reference ~/envs/fuel-0.2.0/bin/python

The file also runs under Python 3.8, which the reference needs.

"""
import argparse
import json
import os
import subprocess
import sys
import time
import warnings

FEATURES = 40
SHORTEST, LONGEST = 20, 200
BATCH_SIZE = 64


def sequence_length(example):
    return len(example[0])


def make_sequences(number, dtype):
    import numpy
    rng = numpy.random.RandomState(1)
    return [rng.uniform(size=(length, FEATURES)).astype(dtype) for length
            in rng.randint(SHORTEST, LONGEST + 1, size=number)]


def padding_stream(dtype):
    """Return a stream with one batch of 64 sequences per epoch."""
    from fuel.datasets import IterableDataset
    from fuel.schemes import ConstantScheme
    from fuel.streams import DataStream
    from fuel.transformers import Batch, Padding
    examples = DataStream(IterableDataset(
        {'x': make_sequences(BATCH_SIZE, dtype)}))
    return Padding(Batch(examples, ConstantScheme(BATCH_SIZE)),
                   mask_dtype=dtype)


def measure_padding(dtype, repeats):
    """Return the shortest time of one batch, in seconds."""
    stream = padding_stream(dtype)
    batch = next(stream.data_stream.get_epoch_iterator())
    seconds = []
    for _ in range(repeats):
        start = time.perf_counter()
        stream.transform_batch(batch)
        seconds.append(time.perf_counter() - start)
    return min(seconds)


def measure_chain(dtype, repeats):
    """Return the shortest time of an epoch, in seconds."""
    from fuel.datasets import IterableDataset
    from fuel.schemes import ConstantScheme
    from fuel.streams import DataStream
    from fuel.transformers import Batch, Mapping, Padding, SortMapping, Unpack
    stream = DataStream(IterableDataset({'x': make_sequences(10000, dtype)}))
    stream = Batch(stream, ConstantScheme(20 * BATCH_SIZE))
    stream = Unpack(Mapping(stream, SortMapping(sequence_length)))
    stream = Padding(Batch(stream, ConstantScheme(BATCH_SIZE)),
                     mask_dtype=dtype)
    seconds = []
    for _ in range(repeats):
        start = time.perf_counter()
        for _ in stream.get_epoch_iterator():
            pass
        seconds.append(time.perf_counter() - start)
    return min(seconds)


def median(numbers):
    return sorted(numbers)[len(numbers) // 2]


WORKLOADS = {'padding': (measure_padding, 200), 'chain': (measure_chain, 5)}


def measure_here(dtype):
    """Return the seconds of each workload in this process."""
    warnings.simplefilter('ignore')
    return {name: measure(dtype, repeats)
            for name, (measure, repeats) in WORKLOADS.items()}


def measure_with(python, dtype):
    """Return the seconds of each workload in a process of `python`."""
    environment = dict(os.environ, PYTHONWARNINGS='ignore')
    if python != sys.executable:
        environment.pop('PYTHONPATH', None)
    output = subprocess.check_output(
        [python, os.path.abspath(__file__), '--json', '--dtype', dtype],
        env=environment, stderr=subprocess.DEVNULL,
        universal_newlines=True)
    return json.loads(output)


def compare(reference, dtype, rounds):
    """Print the medians of both interpreters, run in turns."""
    results = {sys.executable: [], reference: []}
    for _ in range(rounds):
        for python in results:
            results[python].append(measure_with(python, dtype))
    for name in WORKLOADS:
        ours, theirs = (median([result[name] for result in measured])
                        for measured in results.values())
        print('{:8} {}  here {:9.3f} ms  Fuel 0.2.0 {:9.3f} ms  '
              'ratio {:.2f}'.format(name, dtype, 1e3 * ours, 1e3 * theirs,
                                    ours / theirs))


def main():
    parser = argparse.ArgumentParser(description=__doc__.split('\n\n')[0])
    parser.add_argument('--reference',
                        default=os.environ.get('FUEL_REFERENCE_PYTHON'),
                        help="Python interpreter with Fuel 0.2.0")
    parser.add_argument('--rounds', type=int, default=5,
                        help="how often each interpreter runs")
    parser.add_argument('--dtype', default='float32')
    parser.add_argument('--json', action='store_true',
                        help="print the seconds measured in this process")
    args = parser.parse_args()
    if args.json:
        print(json.dumps(measure_here(args.dtype)))
    elif args.reference:
        compare(args.reference, args.dtype, args.rounds)
    else:
        for name, seconds in measure_here(args.dtype).items():
            print('{:8} {}  {:9.3f} ms'.format(name, args.dtype,
                                               1e3 * seconds))
        print("no comparison: neither --reference nor "
              "FUEL_REFERENCE_PYTHON names an interpreter with Fuel 0.2.0")


if __name__ == '__main__':
    main()
