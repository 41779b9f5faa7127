"""Tests that pickled streams continue exactly, in another process, too."""
import os
import pickle
import tempfile
from unittest import TestCase

import h5py
import numpy
from fuel.converters.base import fill_hdf5_file
from fuel.datasets import (
    H5PYDataset,
    IndexableDataset,
    IterableDataset,
    TextFile,
)
from fuel.schemes import (
    ConcatenatedScheme,
    ConstantScheme,
    SequentialExampleScheme,
    SequentialScheme,
    ShuffledExampleScheme,
    ShuffledScheme,
)
from fuel.streams import DataStream
from fuel.transformers import (
    Batch,
    Cache,
    Cast,
    Filter,
    FilterSources,
    Flatten,
    ForceFloatX,
    Mapping,
    Merge,
    MultiProcessing,
    Rename,
    ScaleAndShift,
    SortMapping,
    Unpack,
)
from fuel.transformers.sequences import NGrams, Window
from hypothesis import given
from hypothesis import strategies as st

from tests.compat.fuel import helpers
from tests.compat.fuel.helpers import (
    PROPERTY,
    assert_same,
    doubled,
    finish_elsewhere,
    is_even,
    length_of_first,
    padded_chain,
    sequence_dataset,
)

LENGTHS = [3, 0, 2, 5, 1, 4, 4, 2, 6, 3, 1, 1, 5]


def arrays(scheme):
    dataset = IndexableDataset({
        'x': numpy.arange(52, dtype='float64').reshape(13, 2, 2),
        'y': numpy.arange(13)})
    return DataStream(dataset, iteration_scheme=scheme)


def examples():
    return DataStream(sequence_dataset(LENGTHS))


def batches(size=2):
    return arrays(ShuffledScheme(13, size))


def words():
    return DataStream(IterableDataset(['abcdef', 'gh', 'ijklm', 'nopqrs']))


STREAMS = {
    'iterable': examples,
    'sequential': lambda: arrays(SequentialScheme(13, 2)),
    'shuffled': batches,
    'shuffled, sorted': lambda: arrays(
        ShuffledScheme(13, 2, sorted_indices=True)),
    'examples': lambda: arrays(SequentialExampleScheme(13)),
    'shuffled examples': lambda: arrays(ShuffledExampleScheme(13)),
    'concatenated': lambda: arrays(ConcatenatedScheme(
        [SequentialScheme(4, 2), ShuffledScheme(13, 3)])),
    'batch': lambda: Batch(examples(), ConstantScheme(2, num_examples=11)),
    'batch, n times': lambda: Batch(examples(), ConstantScheme(2, times=5)),
    'unpack': lambda: Unpack(batches(5)),
    'cache': lambda: Cache(batches(5), ConstantScheme(2)),
    'mapping': lambda: Mapping(batches(), doubled),
    'mapping by name': lambda: Mapping(
        batches(), helpers.doubled_by_name, add_sources=('twice',),
        mapping_accepts=dict),
    'filter': lambda: Filter(batches(1), is_even),
    'padding': lambda: padded_chain(sequence_dataset(LENGTHS), 5, 2),
    'sort': lambda: Mapping(Batch(examples(), ConstantScheme(2)),
                            SortMapping(length_of_first, reverse=True)),
    'flatten': lambda: Flatten(batches(), which_sources=('x',)),
    'scale': lambda: ScaleAndShift(batches(), 2., 1.),
    'cast': lambda: Cast(batches(), 'float32'),
    'floatX': lambda: ForceFloatX(batches()),
    'rename': lambda: Rename(batches(), {'x': 'z'}),
    'filter sources': lambda: FilterSources(batches(), ('y',)),
    'merge': lambda: Merge([batches(), arrays(SequentialScheme(13, 2))],
                           ('a', 'b', 'c', 'd')),
    'window': lambda: Window(1, 2, 2, True, words()),
    'ngrams': lambda: NGrams(2, words()),
}


def take(iterator, number):
    return [next(iterator) for _ in range(number)]


class TestOtherProcess(TestCase):
    def check(self, streams, taken=4):
        """Take some items of the second epoch, pickle, compare the rest."""
        iterators = {}
        for label, stream in streams.items():
            list(stream.get_epoch_iterator())
            iterators[label] = stream.get_epoch_iterator()
            take(iterators[label], taken)
        elsewhere = finish_elsewhere(list(iterators.values()))
        for (label, iterator), rest in zip(iterators.items(), elsewhere):
            with self.subTest(label):
                expected = list(iterator)
                self.assertTrue(expected)
                assert_same(rest, expected)

    def test_streams_in_memory(self):
        self.check({label: make() for label, make in STREAMS.items()})

    def test_streams_from_files(self):
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, 'data.hdf5')
            with h5py.File(path, 'w') as h5file:
                fill_hdf5_file(h5file, [
                    ('train', 'x', numpy.arange(26.).reshape(13, 2)),
                    ('train', 'y', numpy.arange(13))])
            text = os.path.join(folder, 'text.txt')
            with open(text, 'w', encoding='utf8') as file_:
                file_.write('\n'.join('aé b c d e f'[:length]
                                      for length in range(1, 9)))
            numbers = {'<UNK>': 0, 'aé': 1, 'b': 2}
            streams = {'text': DataStream(TextFile(
                [text, text], numbers, None, None, encoding='utf8'))}
            for in_memory in (False, True):
                dataset = H5PYDataset(path, ('train',),
                                      load_in_memory=in_memory)
                streams[f'HDF5, in memory: {in_memory}'] = DataStream(
                    dataset, iteration_scheme=ShuffledScheme(13, 2))
            self.check(streams)
            for stream in streams.values():
                stream.close()


class TestSameProcess(TestCase):
    @PROPERTY
    @given(st.sampled_from(sorted(STREAMS)), st.integers(0, 12),
           st.booleans())
    def test_any_stream_at_any_point(self, label, taken, as_dict):
        stream = STREAMS[label]()
        iterator = stream.get_epoch_iterator(as_dict=as_dict)
        for _ in zip(range(taken), iterator):
            pass
        copy = pickle.loads(pickle.dumps(iterator))
        rest, expected = list(copy), list(iterator)
        # The next epoch must be the same, too.
        rest += copy.data_stream.get_epoch_iterator(as_dict=as_dict)
        expected += stream.get_epoch_iterator(as_dict=as_dict)
        if as_dict:
            self.assertEqual([list(data) for data in rest],
                             [list(data) for data in expected])
            rest, expected = ([list(data.values()) for data in epoch]
                              for epoch in (rest, expected))
        assert_same(rest, expected)

    def test_epochs_iterator(self):
        epochs = batches().iterate_epochs()
        next(epochs)
        copy = pickle.loads(pickle.dumps(epochs))
        assert_same(list(next(copy)), list(next(epochs)))

    def test_reset_starts_a_full_epoch(self):
        for label, make in STREAMS.items():
            with self.subTest(label):
                stream = make()
                number = len(list(stream.get_epoch_iterator()))
                take(stream.get_epoch_iterator(), 2)
                stream.reset()
                self.assertEqual(len(list(stream.get_epoch_iterator())),
                                 number)

    def test_unfinished_epochs(self):
        # Neither unread items nor unread windows appear in the next epoch.
        for label in ('unpack', 'cache', 'window', 'ngrams', 'padding'):
            with self.subTest(label):
                stream, fresh = STREAMS[label](), STREAMS[label]()
                take(stream.get_epoch_iterator(), 2)
                list(fresh.get_epoch_iterator())
                assert_same(list(stream.get_epoch_iterator()),
                            list(fresh.get_epoch_iterator()))


class TestMultiProcessing(TestCase):
    def check_resuming(self, taken):
        background = MultiProcessing(
            padded_chain(sequence_dataset(LENGTHS), 5, 2), max_store=3)
        direct = padded_chain(sequence_dataset(LENGTHS), 5, 2)
        try:
            for _ in range(2):
                iterator = background.get_epoch_iterator()
                expected = direct.get_epoch_iterator()
                assert_same(take(iterator, taken), take(expected, taken))
                pickle.dumps(iterator)
                copy = pickle.loads(pickle.dumps(iterator))
                expected = list(expected)
                assert_same(list(copy), expected)
                assert_same(list(iterator), expected)
                copy.data_stream.close()
        finally:
            background.close()

    def test_continues_in_another_process(self):
        background = MultiProcessing(Unpack(batches(5)), max_store=2)
        self.addCleanup(background.close)
        iterator = background.get_epoch_iterator()
        take(iterator, 4)
        rest, = finish_elsewhere([iterator])
        expected = list(iterator)
        self.assertEqual(len(expected), 9)
        assert_same(rest, expected)

    def test_continues_where_it_was_pickled(self):
        for taken in (0, 3, 6):
            with self.subTest(taken=taken):
                self.check_resuming(taken)
