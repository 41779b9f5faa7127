"""Tests of concurrent epochs of one stream or one dataset."""
import os
import pickle
import tempfile
from multiprocessing import get_context
from unittest import TestCase, skipUnless

import numpy
from fuel.datasets import IndexableDataset, IterableDataset, TextFile
from fuel.datasets.base import Dataset
from fuel.schemes import (
    ConstantScheme,
    SequentialExampleScheme,
    SequentialScheme,
)
from fuel.streams import AbstractDataStream, DataStream
from fuel.transformers import (
    Batch,
    Cache,
    Filter,
    FilterSources,
    Flatten,
    Mapping,
    Merge,
    MultiProcessing,
    Padding,
    Rename,
    Transformer,
    Unpack,
)
from fuel.transformers.sequences import NGrams

from tests.compat.fuel.helpers import assert_same, doubled, is_even

NUMBERS = list(range(10))
TEXT = 'a b c\nb c a\nc a b\na a a\n'
DICTIONARY = {'a': 0, 'b': 1, 'c': 2}


def examples():
    return DataStream(IterableDataset({'x': NUMBERS}))


def batches():
    return DataStream(IndexableDataset({'x': numpy.array(NUMBERS)}),
                      iteration_scheme=SequentialScheme(10, 2))


def lists():
    return DataStream(
        IndexableDataset({'x': [[1.] * n for n in (3, 1, 2, 5)]}),
        iteration_scheme=SequentialScheme(4, 2))


STREAMS = {
    'examples': examples,
    'batches': batches,
    'indexed examples': lambda: DataStream(
        IndexableDataset({'x': NUMBERS}),
        iteration_scheme=SequentialExampleScheme(10)),
    'Batch': lambda: Batch(examples(), ConstantScheme(3)),
    'Cache': lambda: Cache(batches(), ConstantScheme(3)),
    'Filter': lambda: Filter(examples(), is_even),
    'FilterSources': lambda: FilterSources(examples(), ('x',)),
    'Flatten': lambda: Flatten(batches()),
    'Mapping': lambda: Mapping(examples(), doubled),
    'Merge': lambda: Merge([examples(), examples()], ('x', 'y')),
    'NGrams': lambda: NGrams(2, DataStream(IterableDataset(
        {'x': ['abcde', 'fgh', 'ijklmn']}))),
    'Padding': lambda: Padding(lists()),
    'Rename': lambda: Rename(examples(), {'x': 'y'}),
    'Unpack': lambda: Unpack(batches()),
    'several': lambda: Unpack(Batch(Filter(Unpack(Cache(
        batches(), ConstantScheme(3))), is_even), ConstantScheme(2))),
}


class LastOfTwo(Transformer):
    """A user's transformer that declares no state."""

    def get_data(self, request=None):
        next(self.child_epoch_iterator)
        return next(self.child_epoch_iterator)


class Kept(LastOfTwo):
    epoch_state = ()


class Tenfold(Transformer):
    def transform_example(self, example):
        return tuple(10 * item for item in example)


class OnePosition(Dataset):
    """A dataset whose epochs continue in one shared state."""

    provides_sources = 'x',

    def open(self):
        return iter(range(100))

    def next_epoch(self, state):
        return state

    def get_data(self, state=None, request=None):
        return [next(state) for _ in range(request or 1)],


class Counting(AbstractDataStream):
    """A user's stream that counts in its own attribute."""

    produces_examples = True
    sources = 'x',
    count = 0

    def get_epoch_iterator(self, **kwargs):
        return super().get_epoch_iterator(**kwargs)

    def get_data(self, request=None):
        self.count += 1
        return (self.count if request is None else request),


def rest_of(reader, queue):
    queue.put(list(reader))


class TestEpochsOfOneStream(TestCase):
    def test_each_is_complete(self):
        for label, make in STREAMS.items():
            with self.subTest(label):
                whole = list(make().get_epoch_iterator())
                self.assertGreater(len(whole), 1)
                stream = make()
                outer, seen = stream.get_epoch_iterator(), []
                for data in outer:
                    seen.append(data)
                    inner = stream.get_epoch_iterator()
                    assert_same([next(inner)], whole[:1])
                    assert_same(list(stream.get_epoch_iterator()), whole)
                    assert_same(list(inner), whole[1:])
                assert_same(seen, whole)
                assert_same(list(stream.get_epoch_iterator()), whole)

    def test_continues_after_pickling(self):
        for label, make in STREAMS.items():
            with self.subTest(label):
                whole = list(make().get_epoch_iterator())
                stream = make()
                outer, inner = (stream.get_epoch_iterator()
                                for _ in range(2))
                seen = [next(outer)]
                next(inner)
                stream, outer, inner = pickle.loads(pickle.dumps(
                    (stream, outer, inner)))
                assert_same(list(stream.get_epoch_iterator()), whole)
                assert_same(seen + list(outer), whole)
                assert_same(list(inner), whole[1:])

    def test_stream_used_twice_by_a_stream(self):
        stream = examples()
        merged = Merge([stream, stream], ('x', 'y'))
        self.assertEqual(list(merged.get_epoch_iterator()),
                         [(n, n) for n in NUMBERS])

    def test_users_transformers(self):
        stream = Tenfold(examples(), produces_examples=True)
        pairs = zip(stream.get_epoch_iterator(), stream.get_epoch_iterator())
        self.assertEqual([(x, y) for (x,), (y,) in pairs],
                         [(10 * n, 10 * n) for n in NUMBERS])
        stream = Kept(examples(), produces_examples=True)
        pairs = zip(stream.get_epoch_iterator(), stream.get_epoch_iterator())
        self.assertEqual([(x, y) for (x,), (y,) in pairs],
                         [(n, n) for n in NUMBERS[1::2]])

    def test_streams_that_share_a_state_are_refused(self):
        for label, stream in [
                ('transformer', LastOfTwo(examples(),
                                          produces_examples=True)),
                ('stream', Counting()),
                ('dataset', DataStream(OnePosition())),
                ('dataset, batches', DataStream(
                    OnePosition(), iteration_scheme=ConstantScheme(2)))]:
            with self.subTest(label):
                first = stream.get_epoch_iterator()
                next(first)
                second = stream.get_epoch_iterator()
                next(second)
                name = type(stream).__name__
                with self.assertRaisesRegex(
                        RuntimeError, f'{name}: an epoch .* epoch_state'):
                    next(first)
                next(second)

    def test_requests_determine_the_data(self):
        # No state is declared, but the requests determine the data.
        stream = Counting(SequentialExampleScheme(3))
        del Counting.produces_examples
        try:
            pairs = list(zip(stream.get_epoch_iterator(),
                             stream.get_epoch_iterator()))
        finally:
            Counting.produces_examples = True
        self.assertEqual(pairs, [((n,), (n,)) for n in range(3)])

    def test_finished_epoch_stays_finished(self):
        stream = Batch(examples(), ConstantScheme(4))
        first = stream.get_epoch_iterator()
        self.assertEqual(len(list(first)), 3)
        second = stream.get_epoch_iterator()
        next(second)
        self.assertEqual(list(first), [])
        self.assertEqual(len(list(second)), 2)

    def test_reading_ahead(self):
        stream = MultiProcessing(batches())
        try:
            first = stream.get_epoch_iterator()
            next(first)
            assert_same(list(stream.get_epoch_iterator()),
                        list(batches().get_epoch_iterator()))
            with self.assertRaisesRegex(RuntimeError, 'MultiProcessing: an'):
                next(first)
        finally:
            stream.close()


class TestOneDataset(TestCase):
    def test_two_streams(self):
        dataset = IterableDataset({'x': NUMBERS})
        pairs = zip(DataStream(dataset).get_epoch_iterator(),
                    Batch(DataStream(dataset), ConstantScheme(1))
                    .get_epoch_iterator())
        self.assertEqual([(x, y[0]) for (x,), (y,) in pairs],
                         [(n, n) for n in NUMBERS])

    def test_two_streams_of_a_generator(self):
        dataset = IterableDataset({'x': (n for n in NUMBERS)})
        first, second = (DataStream(dataset).get_epoch_iterator()
                         for _ in range(2))
        self.assertEqual([next(first), next(first)], [(0,), (1,)])
        self.assertEqual(next(second), (2,))
        with self.assertRaisesRegex(ValueError,
                                    "source 'x' is an iterator.*a list"):
            next(first)
        self.assertEqual(list(second), [(n,) for n in NUMBERS[3:]])

    def test_epochs_of_a_generator_follow_each_other(self):
        stream = DataStream(IterableDataset(iter(NUMBERS)))
        epochs = stream.iterate_epochs()
        self.assertEqual(next(next(epochs)), (0,))
        self.assertEqual(list(next(epochs)), [(n,) for n in NUMBERS[1:]])
        self.assertEqual(list(next(epochs)), [])

    def test_text(self):
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, 'text')
            with open(path, 'w') as file:
                file.write(TEXT)
            dataset = TextFile([path], DICTIONARY, None, None, None)
            whole = [([DICTIONARY[word] for word in line.split()],)
                     for line in TEXT.splitlines()]
            stream = DataStream(dataset)
            pairs = list(zip(stream.get_epoch_iterator(),
                             stream.get_epoch_iterator(),
                             DataStream(dataset).get_epoch_iterator()))
            self.assertEqual(pairs, [(line,) * 3 for line in whole])
            self.assertEqual(list(stream.get_epoch_iterator()), whole)

    @skipUnless(hasattr(os, 'fork'), 'this system has no fork')
    def test_text_read_on_after_a_fork(self):
        context = get_context('fork')
        lines = [f'line {number}\n' for number in range(3000)]
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, 'text')
            with open(path, 'w') as file:
                file.writelines(lines)
            reader = TextFile([path], {}, None, None, None).open()
            self.assertEqual(next(reader), lines[0])
            queue = context.Queue()
            child = context.Process(target=rest_of, args=(reader, queue))
            child.start()
            here, there = list(reader), queue.get(timeout=60)
            child.join()
        self.assertEqual(here, lines[1:])
        self.assertEqual(there, lines[1:])
