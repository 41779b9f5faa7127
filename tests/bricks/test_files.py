"""Sequences in HDF5 files: writing, and batches that are read ahead."""
import os
import pickle
import tempfile
import unittest

import numpy
from fuel.datasets import H5PYDataset
from numpy.testing import assert_array_equal

from blocks_rnn_bricks import bucketed_batches, padded_batches, to_hdf5


class FilesTestCase(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = folder.name
        self.path = os.path.join(folder.name, 'data.hdf5')

    @staticmethod
    def examples(count=150, seed=0):
        rng = numpy.random.RandomState(seed)
        for number in range(count):
            yield {'speech': rng.normal(
                       size=(rng.randint(9), 3)).astype('float32'),
                   'labels': rng.randint(5, size=rng.randint(4)),
                   'speaker': number}

    def read(self, **kwargs):
        dataset = H5PYDataset(self.path, which_sets=('train',), **kwargs)
        self.addCleanup(dataset.close, None)
        return dataset


class TestWriting(FilesTestCase):
    def test_round_trip(self):
        for at_once in 1, 7, 150, 1000:
            with self.subTest(at_once):
                to_hdf5(self.examples(), self.path, at_once=at_once,
                        progress=False)
                dataset = self.read()
                self.assertEqual(dataset.num_examples, 150)
                self.assertEqual(dataset.axis_labels['speech'],
                                 ('batch', 'time', 'feature'))
                state = dataset.open()
                columns = dataset.get_data(state, slice(0, 150))
                dataset.close(state)
                for source, column in zip(dataset.sources, columns):
                    for got, example in zip(column, self.examples()):
                        expected = numpy.asarray(example[source])
                        assert_array_equal(got, expected)
                        self.assertEqual(got.dtype, expected.dtype)

    def test_sets(self):
        to_hdf5({'train': self.examples(20), 'test': self.examples(5, 1)},
                self.path, progress=False)
        test = H5PYDataset(self.path, which_sets=('test',),
                           load_in_memory=True)
        self.assertEqual(test.num_examples, 5)
        got = test.get_data(None, slice(0, 5))[test.sources.index('speech')]
        for one, other in zip(got, self.examples(5, 1)):
            assert_array_equal(one, other['speech'])

    def test_one_array_for_all_examples(self):
        def counting():
            array = numpy.empty((2, 1))
            for number in range(3):
                array[:] = number
                yield {'x': array}
        to_hdf5(counting(), self.path, progress=False)
        dataset = self.read(load_in_memory=True)
        values, = dataset.get_data(None, slice(0, 3))
        self.assertEqual([value[0, 0] for value in values], [0, 1, 2])

    def test_wrong_examples(self):
        good = {'x': numpy.zeros((2, 3)), 'y': 1}
        for label, examples, error, words in (
                ('none', [], ValueError, 'no example'),
                ('no set', {}, ValueError, 'no set'),
                ('not a dictionary', [(1, 2)], TypeError, 'dictionary'),
                ('other sources', [good, {'x': good['x']}], ValueError,
                 'x, y, got x'),
                ('other features', [good, dict(good, x=numpy.zeros((2, 4)))],
                 ValueError, r'number 1 \(2, 4\)'),
                ('a number', [good, dict(good, x=3.)], ValueError,
                 'number 1'),
                ('an array', [good, dict(good, y=[1])], ValueError,
                 'number 1 an array'),
                ('another dtype', [good, dict(good, y=.5)], ValueError,
                 'int64, which cannot hold the float64 of number 1'),
                ('text', [{'x': 'abc'}], ValueError, 'symbols')):
            with self.subTest(label):
                with self.assertRaisesRegex(error, words):
                    to_hdf5(examples, self.path, progress=False)
                self.assertEqual(os.listdir(self.folder), [])

    def test_what_was_there_stays_until_the_end(self):
        to_hdf5(self.examples(3), self.path, progress=False)

        def failing():
            yield from self.examples(300)
            raise KeyError('the source is gone')
        with self.assertRaisesRegex(KeyError, 'is gone'):
            to_hdf5(failing(), self.path, progress=False)
        self.assertEqual(os.listdir(self.folder), ['data.hdf5'])
        self.assertEqual(self.read().num_examples, 3)


class TestReading(FilesTestCase):
    def setUp(self):
        super().setUp()
        to_hdf5(self.examples(), self.path, progress=False)

    def epochs(self, count=2, make=padded_batches, size=16, **options):
        stream = make(self.read(load_in_memory=options.pop('memory', False)),
                      size, seed=5, **options)
        try:
            return [list(stream.get_epoch_iterator(as_dict=True))
                    for _ in range(count)]
        finally:
            if hasattr(stream, 'background'):
                stream.close()

    def check(self, one, other):
        self.assertEqual(list(map(len, one)), list(map(len, other)))
        for batch, twin in zip(sum(one, []), sum(other, [])):
            self.assertEqual(batch.keys(), twin.keys())
            for source in batch:
                assert_array_equal(batch[source], twin[source])

    def test_as_from_memory(self):
        for label, options in (
                ('in order', {}), ('shuffled', {'shuffle': True}),
                ('sorted', {'shuffle': True, 'sort_window': 3}),
                ('numbered', {'shuffle': True, 'index_source': 'number'}),
                ('buckets', {'make': bucketed_batches, 'size': 60,
                             'window': 50, 'shuffle': True})):
            with self.subTest(label):
                self.check(self.epochs(**options),
                           self.epochs(memory=True, **options))

    def test_ahead(self):
        options = {'shuffle': True, 'sort_window': 2}
        self.check(self.epochs(ahead=3, **options), self.epochs(**options))

    def test_pickled_in_mid_epoch(self):
        stream = padded_batches(self.read(), 16, shuffle=True, seed=5)
        epoch = stream.get_epoch_iterator(as_dict=True)
        for _ in range(4):
            next(epoch)
        copy = pickle.loads(pickle.dumps(epoch))
        self.check([list(copy)], [list(epoch)])

    def test_wrong(self):
        for wrong, error in (-1, ValueError), (1.5, TypeError):
            with self.assertRaisesRegex(error, 'padded_batches: ahead'):
                padded_batches(self.read(), 4, ahead=wrong)
