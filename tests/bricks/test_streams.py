"""Tests of padded and bucketed batches, transformers and masks."""
import os
import pickle
import tempfile
import unittest
from collections import Counter, OrderedDict
from functools import partial
from types import SimpleNamespace
from unittest import mock

import h5py
import numpy
import theano
from fuel.datasets import H5PYDataset, IndexableDataset, IterableDataset
from fuel.schemes import (
    ConstantScheme,
    SequentialExampleScheme,
    SequentialScheme,
    ShuffledScheme,
)
from fuel.streams import AbstractDataStream, DataStream
from fuel.transformers import Batch, Mapping
from numpy.testing import assert_equal

from blocks_rnn_bricks.streams import (
    BucketedBatches,
    MaskedPadding,
    SizedBatches,
    TimeMajor,
    bucketed_batches,
    mask_type,
    padded_batches,
    restore_order,
)

LENGTHS = (3, 1, 4, 0, 5, 2, 6, 1, 2, 3, 7)


def make_examples():
    """Return sequences that contain their own number, and their labels."""
    rng = numpy.random.RandomState(1)
    features = [number + rng.uniform(0, .5, (length, 2)).astype('float32')
                for number, length in enumerate(LENGTHS)]
    return OrderedDict([('features', features),
                        ('labels', [10 * i for i in range(len(LENGTHS))])])


def ragged(items):
    """Return items of unequal length as an array of objects."""
    array = numpy.empty(len(items), dtype=object)
    array[:] = items
    return array


def as_dicts(stream):
    return list(stream.get_epoch_iterator(as_dict=True))


def lengths_of(batches):
    """Return the sequences' lengths, one list per batch."""
    return [batch['features_mask'].sum(axis=0).astype(int).tolist()
            for batch in batches]


class CountingOnce(AbstractDataStream):
    """A stream that starts again if read beyond its end."""

    produces_examples = True
    sources = ('features', 'labels')

    def __init__(self):
        self.axis_labels = None
        self.iteration_scheme = None
        self.position = 0

    def get_epoch_iterator(self, **kwargs):
        return super().get_epoch_iterator(**kwargs)

    def reset(self):
        pass

    close = next_epoch = reset

    def get_data(self, request=None):
        self.position += 1
        if self.position == len(LENGTHS) + 1:
            self.position = 0
            raise StopIteration
        examples = make_examples()
        return (examples['features'][self.position - 1],
                examples['labels'][self.position - 1])


class StreamTestCase(unittest.TestCase):
    def setUp(self):
        self.examples = make_examples()
        self.dataset = IndexableDataset(self.examples)

    def all_kinds(self):
        """Yield the same examples in every kind of dataset and stream."""
        iterable = IterableDataset(self.examples)
        yield 'indexable', self.dataset
        yield 'iterable', iterable
        yield 'file', self.h5py_dataset(load_in_memory=False)
        yield 'file in memory', self.h5py_dataset(load_in_memory=True)
        yield 'example stream', self.dataset.get_example_stream()
        yield 'batch stream', DataStream(
            self.dataset, iteration_scheme=SequentialScheme(len(LENGTHS), 3))

    def h5py_dataset(self, **kwargs):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        path = os.path.join(folder.name, 'sequences.hdf5')
        with h5py.File(path, 'w') as file_:
            sequences = file_.create_dataset(
                'features', (len(LENGTHS),),
                dtype=h5py.special_dtype(vlen=numpy.dtype('float32')))
            sequences[...] = ragged([example.flatten() for example
                                     in self.examples['features']])
            shapes = file_.create_dataset(
                'shapes', (len(LENGTHS), 2), dtype='int32')
            shapes[...] = [example.shape for example
                           in self.examples['features']]
            labels = file_.create_dataset(
                'shape_labels', (2,), dtype='S7')
            labels[...] = [b'time', b'feature']
            for name, scale in [('shapes', shapes), ('shape_labels', labels)]:
                scale.make_scale(name)
                sequences.dims[0].attach_scale(scale)
            sequences.dims[0].label = 'batch'
            file_['labels'] = self.examples['labels']
            file_['labels'].dims[0].label = 'batch'
            end = len(LENGTHS)
            file_.attrs['split'] = H5PYDataset.create_split_array({
                'train': {'features': (0, end), 'labels': (0, end)}})
        dataset = H5PYDataset(path, which_sets=('train',),
                              sources=('features', 'labels'), **kwargs)
        return dataset

    def check_complete(self, batches, case):
        """Check that each example comes once, with its own label and mask."""
        seen = Counter()
        for batch in batches:
            steps, size = batch['features_mask'].shape
            self.assertEqual(batch['features'].shape, (steps, size, 2), case)
            for column, label in enumerate(batch['labels']):
                number = int(label) // 10
                seen[number] += 1
                length = LENGTHS[number]
                assert_equal(batch['features_mask'][:, column],
                             [1] * length + [0] * (steps - length), case)
                assert_equal(batch['features'][:length, column],
                             self.examples['features'][number], case)
                assert_equal(batch['features'][length:, column], 0, case)
        self.assertEqual(seen, {i: 1 for i in range(len(LENGTHS))}, case)


class TestPaddedBatches(StreamTestCase):
    def test_exact_batches(self):
        dataset = IndexableDataset(OrderedDict([
            ('letters', [[1, 2, 3], [4], [], [5, 6]]),
            ('language', [7, 8, 9, 10])]))
        stream = padded_batches(dataset, 3)
        self.assertEqual(stream.sources,
                         ('letters', 'letters_mask', 'language'))
        first, second = stream.get_epoch_iterator()
        assert_equal(first[0], [[1, 4, 0], [2, 0, 0], [3, 0, 0]])
        assert_equal(first[1], [[1, 1, 0], [1, 0, 0], [1, 0, 0]])
        assert_equal(first[2], [7, 8, 9])
        assert_equal(second[0], [[5], [6]])
        assert_equal(second[1], [[1], [1]])
        assert_equal(second[2], [10])

    def test_dtypes_and_layout(self):
        batch = as_dicts(padded_batches(self.dataset, 4))[0]
        self.assertEqual(batch['features'].dtype, 'float32')
        self.assertEqual(batch['features_mask'].dtype, theano.config.floatX)
        self.assertEqual(batch['labels'].dtype.kind, 'i')
        self.assertTrue(batch['features'].flags.c_contiguous)
        self.assertEqual(batch['features'].shape, (4, 4, 2))

    def test_batch_major(self):
        time_major = as_dicts(padded_batches(self.dataset, 4))
        batch_major = as_dicts(padded_batches(self.dataset, 4,
                                              time_major=False))
        for one, other in zip(time_major, batch_major):
            for source in ('features', 'features_mask'):
                assert_equal(one[source].swapaxes(0, 1), other[source])
            assert_equal(one['labels'], other['labels'])

    def test_every_example_once(self):
        options = [dict(batch_size=1), dict(batch_size=4),
                   dict(batch_size=4, sort_window=2),
                   dict(batch_size=3, sort_window=100),
                   dict(batch_size=100),
                   dict(batch_size=2, sort_window=2, shuffle=True, seed=3)]
        for kind, data in self.all_kinds():
            for option in options:
                stream = padded_batches(data, sequences=('features',),
                                        **option)
                for epoch in range(3):
                    case = (kind, option, epoch)
                    batches = as_dicts(stream)
                    self.check_complete(batches, case)
                    sizes = Counter(len(b['labels']) for b in batches)
                    full, rest = divmod(len(LENGTHS), option['batch_size'])
                    expected = Counter({option['batch_size']: full})
                    expected[rest] += 1 if rest else 0
                    self.assertEqual(sizes, +expected, case)

    def test_keeps_the_order_unless_sorted_or_shuffled(self):
        for kind, data in self.all_kinds():
            batches = as_dicts(padded_batches(data, 4,
                                              sequences=('features',)))
            self.assertEqual(lengths_of(batches),
                             [[3, 1, 4, 0], [5, 2, 6, 1], [2, 3, 7]], kind)

    def test_sorts_within_windows(self):
        batches = as_dicts(padded_batches(self.dataset, 2, sort_window=2))
        self.assertEqual(lengths_of(batches),
                         [[0, 1], [3, 4], [1, 2], [5, 6], [2, 3], [7]])
        self.assertEqual([batch['labels'].tolist() for batch in batches],
                         [[30, 10], [0, 20], [70, 50], [40, 60], [80, 90],
                          [100]])

    def test_sorts_by_the_longest_source(self):
        dataset = IndexableDataset(OrderedDict([
            ('source', [[1] * n for n in (1, 5, 2, 1)]),
            ('target', [[2] * n for n in (6, 1, 1, 3)])]))
        batches = as_dicts(padded_batches(dataset, 2, sort_window=2))
        self.assertEqual([b['source_mask'].sum(axis=0).astype(int).tolist()
                          for b in batches], [[2, 1], [5, 1]])
        self.assertEqual([b['target_mask'].sum(axis=0).astype(int).tolist()
                          for b in batches], [[1, 3], [1, 6]])

    def test_shuffle_follows_the_seed(self):
        def orders(seed, epochs=3, data=self.dataset):
            stream = padded_batches(data, 4, shuffle=True, seed=seed,
                                    sequences=('features',))
            return [numpy.concatenate([batch['labels'] for batch
                                       in as_dicts(stream)]).tolist()
                    for _ in range(epochs)]
        for kind, data in self.all_kinds():
            self.assertEqual(orders(5, data=data), orders(5, data=data), kind)
            self.assertNotEqual(orders(5, data=data), orders(6, data=data),
                                kind)
            first, second, third = orders(5, data=data)
            self.assertNotEqual(first, second, kind)
            self.assertNotEqual(second, third, kind)

    def test_shuffle_mixes_the_whole_dataset(self):
        stream = padded_batches(self.dataset, 2, shuffle=True, seed=1)
        firsts = {int(as_dicts(stream)[0]['labels'][0]) for _ in range(60)}
        self.assertEqual(len(firsts), len(LENGTHS))

    def test_shuffles_a_stream_within_its_windows(self):
        stream = padded_batches(self.dataset.get_example_stream(), 4,
                                shuffle=True, sequences=('features',))
        orders = {tuple(as_dicts(stream)[0]['labels']) for _ in range(30)}
        self.assertGreater(len(orders), 10)
        for order in orders:
            self.assertEqual(sorted(order), [0, 10, 20, 30])

    def test_shuffle_spreads_sorted_batches(self):
        stream = padded_batches(self.dataset, 2, sort_window=100,
                                shuffle=True)
        orders = {tuple(max(batch) for batch in lengths_of(as_dicts(stream)))
                  for _ in range(5)}
        self.assertGreater(len(orders), 1)
        for order in orders:
            self.assertEqual(sorted(order), [1, 2, 3, 4, 6, 7])

    def test_interrupted_epoch_leaves_no_examples_to_the_next(self):
        for kind, data in self.all_kinds():
            for sort_window in (1, 3):
                stream = padded_batches(data, 2, sort_window=sort_window,
                                        sequences=('features',))
                iterator = stream.get_epoch_iterator()
                next(iterator), next(iterator)
                for epoch in range(2):
                    self.check_complete(as_dicts(stream),
                                        (kind, sort_window, epoch))

    def test_reset_discards_held_examples(self):
        stream = padded_batches(self.dataset, 2, sort_window=3)
        next(stream.get_epoch_iterator())
        stream.reset()
        self.check_complete(as_dicts(stream), 'after reset')

    def test_pickles_within_an_epoch(self):
        for kind, data in self.all_kinds():
            for option in (dict(), dict(shuffle=True, seed=2)):
                stream = padded_batches(data, 2, sort_window=2,
                                        sequences=('features',), **option)
                iterator = stream.get_epoch_iterator(as_dict=True)
                begun = [next(iterator) for _ in range(3)]
                copy = pickle.loads(pickle.dumps(iterator))
                rest, copied_rest = list(iterator), list(copy)
                self.check_complete(begun + copied_rest, kind)
                assert_equal(copied_rest, rest, kind)
                assert_equal(as_dicts(copy.data_stream), as_dicts(stream),
                             kind)

    def test_never_reads_beyond_the_end_of_a_stream(self):
        for sort_window in (1, 2, 20):
            stream = padded_batches(CountingOnce(), 3,
                                    sort_window=sort_window,
                                    sequences=('features',))
            for epoch in range(3):
                self.check_complete(as_dicts(stream), (sort_window, epoch))

    def test_splits_batches_of_unequal_size(self):
        dataset = IterableDataset(self.examples)
        batches = Batch(Mapping(DataStream(dataset), tuple),
                        ConstantScheme(1, num_examples=len(LENGTHS)))
        self.check_complete(
            as_dicts(padded_batches(batches, 4, sequences=('features',))),
            'batches of one')
        with self.assertRaisesRegex(ValueError, '2 of features, 1 of labels'):
            as_dicts(padded_batches(
                Mapping(DataStream(self.dataset,
                                   iteration_scheme=SequentialScheme(4, 2)),
                        lambda data: (data[0], data[1][:1])),
                2, sequences=('features',)))

    def test_mask_sources(self):
        examples = OrderedDict([('notes', self.examples['features']),
                                ('next_notes', self.examples['features'])])
        stream = padded_batches(IndexableDataset(examples), 4,
                                mask_sources=('notes',))
        self.assertEqual(stream.sources,
                         ('notes', 'notes_mask', 'next_notes'))
        for notes, mask, next_notes in stream.get_epoch_iterator():
            assert_equal(notes, next_notes)
            self.assertEqual(mask.shape, notes.shape[:2])

    def test_axis_labels(self):
        for kind, data in self.all_kinds():
            if 'file' in kind:
                stream = padded_batches(data, 2, index_source='index')
                self.assertEqual(stream.axis_labels, {
                    'features': ('time', 'batch', 'feature'),
                    'features_mask': ('time', 'batch'),
                    'labels': ('batch',)}, kind)
        batches = DataStream(self.dataset, axis_labels={
            'features': ('batch', 'time', 'feature'), 'labels': ('batch',)},
            iteration_scheme=SequentialScheme(11, 3))
        self.assertEqual(
            padded_batches(batches, 2).axis_labels['features'],
            ('time', 'batch', 'feature'))


class TestDetection(StreamTestCase):
    def detected(self, data):
        return padded_batches(data, 2).sources

    def test_by_an_example(self):
        expected = ('features', 'features_mask', 'labels')
        for data in (self.dataset, IterableDataset(self.examples),
                     self.dataset.get_example_stream(),
                     self.h5py_dataset(),
                     self.h5py_dataset().get_example_stream()):
            self.assertEqual(self.detected(data), expected)

    def test_detection_consumes_no_example(self):
        for data in (self.dataset.get_example_stream(),
                     DataStream(IterableDataset(self.examples))):
            self.check_complete(as_dicts(padded_batches(data, 3)), data)

    def test_detection_closes_the_dataset(self):
        with mock.patch.object(IndexableDataset, 'close') as close:
            padded_batches(self.dataset, 3)
        self.assertEqual(close.call_count, 1)

    def test_strings_and_scalars_are_single_values(self):
        dataset = IndexableDataset(OrderedDict([
            ('phones', [[1, 2], [3]]), ('word', ['oh', 'a']),
            ('count', numpy.arange(2)), ('flag', [numpy.array(1), 0])]))
        self.assertEqual(self.detected(dataset),
                         ('phones', 'phones_mask', 'word', 'count', 'flag'))
        batch, = as_dicts(padded_batches(dataset, 2))
        assert_equal(batch['word'], ['oh', 'a'])

    def test_axis_labels_take_precedence(self):
        dataset = IndexableDataset(
            OrderedDict([('speech', numpy.ones((4, 5, 3))),
                         ('speaker', numpy.ones((4, 3)))]),
            axis_labels={'speech': ('batch', 'time', 'feature'),
                         'speaker': ('batch', 'feature')})
        self.assertEqual(self.detected(dataset),
                         ('speech', 'speech_mask', 'speaker'))
        batch = as_dicts(padded_batches(dataset, 3))[0]
        self.assertEqual(batch['speech'].shape, (5, 3, 3))
        self.assertEqual(batch['speaker'].shape, (3, 3))

    def test_given(self):
        dataset = IndexableDataset(OrderedDict([
            ('speech', numpy.ones((4, 5, 3))),
            ('speaker', numpy.ones((4, 3)))]))
        stream = padded_batches(dataset, 3, sequences=('speech',))
        self.assertEqual(as_dicts(stream)[0]['speaker'].shape, (3, 3))

    def test_refusals(self):
        examples = self.dataset.get_example_stream()
        for pattern, data in [
                ('inspect Mapping without consuming it',
                 Mapping(examples, tuple)),
                ('IterableDataset without consuming it',
                 IterableDataset(iter([[1], [2]]))),
                ('no examples', IndexableDataset([])),
                ('no examples', IterableDataset([])),
                ("in the first example data is scalar",
                 IndexableDataset([1, 2])),
                ("in the first example a and b are scalar",
                 IndexableDataset(OrderedDict([('a', [1]), ('b', [2])]))),
                ('time must be the first axis',
                 IndexableDataset(OrderedDict(x=numpy.ones((2, 3, 4))),
                                  axis_labels={
                                      'x': ('batch', 'feature', 'time')}))]:
            with self.assertRaisesRegex(ValueError, pattern):
                padded_batches(data, 2)


class TestBucketedBatches(StreamTestCase):
    def test_exact_batches(self):
        batches = as_dicts(bucketed_batches(self.dataset, 7))
        self.assertEqual(lengths_of(batches),
                         [[0, 1, 1], [2, 2], [3, 3], [4], [5], [6], [7]])

    def test_every_example_once_within_max_steps(self):
        for kind, data in self.all_kinds():
            for option in (dict(), dict(window=4),
                           dict(window=5, shuffle=True)):
                for max_steps in (7, 12, 1000):
                    stream = bucketed_batches(data, max_steps,
                                              sequences=('features',),
                                              **option)
                    for epoch in range(2):
                        batches = as_dicts(stream)
                        case = (kind, option, max_steps, epoch)
                        self.check_complete(batches, case)
                        for batch in batches:
                            self.assertLessEqual(batch['features_mask'].size,
                                                 max_steps, case)

    def test_empty_sequences_count_as_one_step(self):
        dataset = IndexableDataset([numpy.zeros((0, 2))] * 5)
        batches = bucketed_batches(dataset, 2).get_epoch_iterator()
        self.assertEqual([batch.shape for batch, _ in batches],
                         [(1, 2, 2), (1, 2, 2), (1, 1, 2)])

    def test_pickles_within_an_epoch(self):
        stream = bucketed_batches(self.dataset, 8, window=6, shuffle=True)
        iterator = stream.get_epoch_iterator(as_dict=True)
        begun = [next(iterator) for _ in range(2)]
        copy = pickle.loads(pickle.dumps(iterator))
        rest = list(iterator)
        assert_equal(list(copy), rest)
        self.check_complete(begun + rest, 'resumed')

    def test_sequence_longer_than_max_steps_is_refused(self):
        stream = bucketed_batches(self.dataset, 6)
        with self.assertRaisesRegex(ValueError,
                                    '7 steps does not fit into max_steps=6'):
            as_dicts(stream)


class TestRestoreOrder(StreamTestCase):
    def test_single_values(self):
        for kind, data in self.all_kinds():
            for make, size in [(padded_batches, 3), (bucketed_batches, 9)]:
                stream = make(data, size, shuffle=True, index_source='index',
                              sequences=('features',))
                self.assertEqual(stream.sources[-1], 'index')
                for _ in range(2):
                    batches = as_dicts(stream)
                    restored = restore_order(
                        [batch['labels'] for batch in batches],
                        [batch['index'] for batch in batches])
                    self.assertEqual(restored, self.examples['labels'], kind)

    def test_sequences(self):
        batches = as_dicts(padded_batches(
            self.dataset, 3, sort_window=2, shuffle=True,
            index_source='number'))
        restored = restore_order([batch['features'] for batch in batches],
                                 [batch['number'] for batch in batches],
                                 [batch['features_mask']
                                  for batch in batches])
        for got, expected in zip(restored, self.examples['features']):
            assert_equal(got, expected)

    def test_index_source_numbers_the_dataset(self):
        for sort_window in (1, 3):
            batches = as_dicts(padded_batches(
                self.dataset, 3, sort_window=sort_window, shuffle=True,
                index_source='index'))
            for batch in batches:
                assert_equal(batch['index'] * 10, batch['labels'])

    def test_refusals(self):
        for pattern, arguments in [
                ('occurs twice', ([['a'], ['b']], [[0], [0]])),
                ('sequence 1 is missing', ([['a'], ['b']], [[0], [2]])),
                ('same number of batches', ([['a'], ['b']], [[0]])),
                ('same number of batches', ([['a']], [[0]], [])),
                ('one output for each of the 2', ([['a']], [[0, 1]]))]:
            with self.assertRaisesRegex(ValueError, pattern):
                restore_order(*arguments)


class TestMaskedPadding(unittest.TestCase):
    def pad(self, *sequences, **kwargs):
        dataset = IndexableDataset(list(sequences))
        return next(padded_batches(dataset, len(sequences),
                                   sequences=('data',),
                                   **kwargs).get_epoch_iterator())

    def test_holds_every_dtype_of_the_batch(self):
        batch, _ = self.pad([1, 2], [.5])
        assert_equal(batch, [[1, .5], [2, 0]])
        self.assertEqual(self.pad(numpy.ones(2, 'int8'),
                                  numpy.ones(1, 'int16'))[0].dtype, 'int16')

    def test_symbols_stay_integers_beside_empty_lists(self):
        for empty in ([], numpy.array([])):
            batch, mask = self.pad(empty, [3, 4])
            self.assertEqual(batch.dtype.kind, 'i')
            assert_equal(batch, [[0, 3], [0, 4]])
            assert_equal(mask, [[0, 1], [0, 1]])

    def test_batch_of_empty_sequences(self):
        batch, mask = self.pad(*[numpy.zeros((0, 3), 'float32')] * 2)
        self.assertEqual(batch.shape, (1, 2, 3))
        self.assertEqual(batch.dtype, 'float32')
        assert_equal(mask, [[0, 0]])

    def test_steps_of_any_shape(self):
        batch, mask = self.pad(numpy.ones((2, 3, 4)), numpy.ones((1, 3, 4)))
        self.assertEqual(batch.shape, (2, 2, 3, 4))
        self.assertEqual(mask.shape, (2, 2))
        self.assertEqual(batch.sum(), 36)

    def test_refusals(self):
        for pattern, sequences in [
                (r'\(2,\) and \(3,\)',
                 (numpy.ones((4, 2)), numpy.ones((4, 3)))),
                (r'\(\) and \(2,\)', (numpy.ones(4), numpy.ones((4, 2)))),
                ('sequences of numbers', ([[1, 2], [3]], [[1, 2]])),
                ('sequences of numbers', ([None, 1], [1])),
                ('no time axis: 5', (5, [1, 2])),
                ('only empty lists', ([], []))]:
            with self.assertRaisesRegex(ValueError, pattern):
                self.pad(*sequences)

    def test_single_values_of_unequal_shape(self):
        dataset = IndexableDataset(OrderedDict([
            ('sequence', [[1], [2]]), ('target', [[1], [2, 3]])]))
        stream = padded_batches(dataset, 2, sequences=('sequence',))
        with self.assertRaisesRegex(ValueError, "'target'.*to sequences"):
            as_dicts(stream)

    def test_empty_batch(self):
        stream = MaskedPadding(Mapping(
            DataStream(IndexableDataset([[1], [2]]),
                       iteration_scheme=SequentialScheme(2, 2)),
            lambda data: ([],)))
        with self.assertRaisesRegex(ValueError, 'at least one example'):
            next(stream.get_epoch_iterator())

    def test_existing_mask(self):
        dataset = IndexableDataset(OrderedDict([
            ('x', [[1, 2]]), ('x_mask', [[1, 0]])]))
        with self.assertRaisesRegex(ValueError, "already has a source "
                                                "'x_mask'"):
            padded_batches(dataset, 1)
        stream = padded_batches(dataset, 1, mask_sources=())
        self.assertEqual(stream.sources, ('x', 'x_mask'))


class TestMaskType(unittest.TestCase):
    def floatx(self, floatx):
        return mock.patch('blocks_rnn_bricks.streams.padding.theano',
                          SimpleNamespace(
                              config=SimpleNamespace(floatX=floatx)))

    def test_default(self):
        for floatx in ('float32', 'float64'):
            with self.floatx(floatx):
                self.assertEqual(mask_type(), floatx)

    def test_given(self):
        for floatx in ('float32', 'float64'):
            with self.floatx(floatx):
                self.assertEqual(mask_type(numpy.float32), 'float32')
        with self.floatx('float32'):
            with self.assertRaisesRegex(
                    ValueError, "upcast a graph of dtype 'float32' to"):
                mask_type('float64')
        for dtype in ('int8', bool):
            with self.assertRaisesRegex(ValueError, 'floating point'):
                mask_type(dtype)

    def test_masks_have_the_given_type(self):
        dataset = IndexableDataset([[1, 2], [3]])
        for make in (partial(padded_batches, batch_size=2),
                     partial(bucketed_batches, max_steps=4)):
            stream = make(dataset, mask_dtype='float32')
            _, mask = next(stream.get_epoch_iterator())
            self.assertEqual(mask.dtype, 'float32')


class TestTransformers(StreamTestCase):
    def test_time_major_is_its_own_inverse(self):
        dataset = IndexableDataset(
            OrderedDict([('x', numpy.arange(24).reshape(4, 3, 2)),
                         ('y', numpy.arange(4))]),
            axis_labels={'x': ('batch', 'time', 'feature'), 'y': ('batch',)})
        batches = DataStream(dataset, iteration_scheme=SequentialScheme(4, 4))
        once = TimeMajor(batches, which_sources=('x',))
        twice = TimeMajor(once, which_sources=('x',))
        self.assertEqual(once.axis_labels['x'], ('time', 'batch', 'feature'))
        self.assertEqual(twice.axis_labels, dataset.axis_labels)
        x, y = next(once.get_epoch_iterator())
        assert_equal(x, numpy.arange(24).reshape(4, 3, 2).swapaxes(0, 1))
        assert_equal(next(twice.get_epoch_iterator())[0],
                     numpy.arange(24).reshape(4, 3, 2))
        with self.assertRaisesRegex(ValueError, "source 'y' must be an arr"):
            next(TimeMajor(batches).get_epoch_iterator())

    def test_composed_by_hand_yield_every_example_once(self):
        batches = DataStream(self.dataset, iteration_scheme=ShuffledScheme(
            len(LENGTHS), 4, rng=numpy.random.RandomState(1)))
        stream = TimeMajor(MaskedPadding(
            SizedBatches(batches, 3, sort_window=2, sequences=('features',)),
            sequences=('features',)), ('features', 'features_mask'))
        self.check_complete(as_dicts(stream), 'by hand')

    def test_refusals(self):
        examples = self.dataset.get_example_stream()
        batches = DataStream(self.dataset,
                             iteration_scheme=SequentialScheme(11, 3))
        for error, pattern, make in [
                (ValueError, 'SizedBatches: batch_size must be a positive',
                 lambda: padded_batches(self.dataset, 0)),
                (TypeError, 'batch_size must be a positive .* got 2.5',
                 lambda: padded_batches(self.dataset, 2.5)),
                (ValueError, 'sort_window must be a positive',
                 lambda: padded_batches(self.dataset, 2, sort_window=0)),
                (ValueError, 'max_steps must be a positive',
                 lambda: bucketed_batches(self.dataset, -1)),
                (TypeError, 'window must be a positive',
                 lambda: BucketedBatches(examples, 9, window=None)),
                (TypeError, 'expected a Fuel dataset or stream, got list',
                 lambda: padded_batches([[1], [2]], 2)),
                (TypeError, 'unexpected keyword',
                 lambda: bucketed_batches(self.dataset, 20, batch_size=3)),
                (ValueError, "sequences must be among features, labels, got "
                 "'speech'",
                 lambda: padded_batches(self.dataset, 2,
                                        sequences=('speech',))),
                (ValueError, r"the string 'features'; write \('features',\)",
                 lambda: padded_batches(self.dataset, 2,
                                        sequences='features')),
                (ValueError, "mask_sources must be among features, got "
                 "'labels'",
                 lambda: padded_batches(self.dataset, 2,
                                        mask_sources=('labels',))),
                (ValueError, "already has a source 'labels'",
                 lambda: padded_batches(self.dataset, 2,
                                        index_source='labels')),
                (ValueError, "already has a source 'labels'",
                 lambda: padded_batches(examples, 2, index_source='labels')),
                (ValueError, 'MaskedPadding: expected a stream of batches',
                 lambda: MaskedPadding(examples)),
                (ValueError, 'TimeMajor: expected a stream of batches',
                 lambda: TimeMajor(examples)),
                (ValueError, "which_sources must be among",
                 lambda: TimeMajor(batches, which_sources=('x',)))]:
            with self.assertRaisesRegex(error, pattern):
                make()
        with self.assertRaisesRegex(ValueError, 'takes no requests'):
            SizedBatches(examples, 2).get_data([1, 2])

    def test_example_streams_of_a_subset(self):
        stream = DataStream(self.dataset, iteration_scheme=(
            SequentialExampleScheme([8, 2, 5])))
        batch, = as_dicts(padded_batches(stream, 5))
        assert_equal(batch['labels'], [80, 20, 50])
