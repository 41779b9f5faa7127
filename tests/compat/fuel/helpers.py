"""Helpers of the tests of Fuel.

Functions used in streams are defined here, where a process that unpickles a
stream can import them.

"""
import os
import pickle
import subprocess
import sys
from unittest import mock

import numpy
from fuel import config
from fuel.datasets import IterableDataset
from fuel.schemes import ConstantScheme
from fuel.streams import DataStream
from fuel.transformers import Batch, Mapping, Padding, SortMapping, Unpack
from hypothesis import settings

PROPERTY = settings(max_examples=60, deadline=None, database=None,
                    derandomize=True)

LOADER = """
import pickle, sys
iterators = pickle.load(sys.stdin.buffer)
rest = [list(iterator) for iterator in iterators]
sys.stdout.buffer.write(pickle.dumps(rest))
"""


def assigned_floatX(dtype):
    """Assign Fuel's floatX in a ``with`` block; it is unset afterwards."""
    return mock.patch.object(config.config['floatX'], 'assigned', dtype)


def length_of_first(example):
    return len(example[0])


def is_even(data):
    return int(numpy.sum(data[-1])) % 2 == 0


def doubled(data):
    return tuple(2 * numpy.asarray(item) for item in data)


def doubled_by_name(data):
    return {'twice': 2 * numpy.asarray(data['y'])}


def sequences(lengths, dim=3, seed=1):
    """Return arrays of these lengths without any zero."""
    rng = numpy.random.RandomState(seed)
    return [rng.uniform(1, 2, size=(length, dim)) for length in lengths]


def sequence_dataset(lengths, **kwargs):
    """Return a dataset of sequences ``x`` with their targets and numbers."""
    x = sequences(lengths, **kwargs)
    return IterableDataset({'x': x, 'y': [item.sum() for item in x],
                            'number': list(range(len(x)))})


def padded_chain(dataset, window, batch_size):
    """Sort within windows and pad batches of the given size."""
    stream = Batch(DataStream(dataset), ConstantScheme(window))
    stream = Unpack(Mapping(stream, SortMapping(length_of_first)))
    return Padding(Batch(stream, ConstantScheme(batch_size)),
                   mask_sources=('x',))


def finish_elsewhere(iterators):
    """Pickle iterators; return the items that a new process still reads."""
    environment = dict(os.environ, PYTHONPATH=os.pathsep.join(
        [os.getcwd(), *filter(None, sys.path)]))
    finished = subprocess.run(
        [sys.executable, '-c', LOADER], input=pickle.dumps(iterators),
        stdout=subprocess.PIPE, env=environment, check=True, timeout=60)
    return pickle.loads(finished.stdout)


def assert_same(actual, expected):
    """Assert that nested tuples, lists and arrays have equal content."""
    if isinstance(expected, numpy.ndarray) and expected.dtype != object:
        assert isinstance(actual, numpy.ndarray), type(actual)
        assert actual.dtype == expected.dtype, (actual.dtype, expected.dtype)
        numpy.testing.assert_array_equal(actual, expected)
    elif isinstance(expected, (list, tuple, numpy.ndarray)):
        assert type(actual) is type(expected), (actual, expected)
        assert len(actual) == len(expected), (len(actual), len(expected))
        for left, right in zip(actual, expected):
            assert_same(left, right)
    else:
        assert actual == expected, (actual, expected)
