"""Tests of HDF5 files of sequences: writing them and reading ahead."""
import gc
import multiprocessing
import os
import pickle
import tempfile
import time
import unittest
from collections import OrderedDict
from unittest import mock

import h5py
import numpy
from fuel.datasets import H5PYDataset, IndexableDataset, IterableDataset
from fuel.schemes import SequentialScheme
from fuel.streams import DataStream
from numpy.testing import assert_array_equal

from blocks_rnn_bricks import bucketed_batches, padded_batches, to_hdf5
from blocks_rnn_bricks.streams import files
from blocks_rnn_bricks.streams.writing import Writer


def readers():
    """Return the processes that read ahead."""
    gc.collect()  # ends the readers of deleted streams
    return set(multiprocessing.active_children())


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

    def test_several_sets(self):
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
                ('used up', {'train': [good], 'test': iter(())}, ValueError,
                 "set 'test'.*read only once"),
                ('no name', {0: [good]}, ValueError, 'names of sets.*got 0'),
                ('no iterable', 7, TypeError,
                 'iterable of dictionaries.*got int'),
                ('one example', good, TypeError, 'got int for .* a list'),
                ('text', 'abc', TypeError, 'got str'),
                ('not a dictionary', [(1, 2)], TypeError,
                 'dictionary.*got tuple at number 0.*Fuel stream'),
                ('no sources', [{}], ValueError, 'no sources'),
                ('other sources', [good, {'x': good['x']}], ValueError,
                 'x, y, got x at number 1'),
                ('other features', [good, dict(good, x=numpy.zeros((2, 4)))],
                 ValueError, r'number 1 has \(2, 4\)'),
                ('a number', [good, dict(good, x=3.)], ValueError,
                 'number 1'),
                ('an array', [good, dict(good, y=[1])], ValueError,
                 'number 1 is an array'),
                ('an empty list', [good, dict(good, y=[])], ValueError,
                 'number 1 is an array'),
                ('a number after a list', [{'x': []}, {'x': 1}], ValueError,
                 'a list, but that of number 1 is a scalar'),
                ('nothing but empty lists', [{'x': []}, {'x': []}],
                 ValueError, 'the first 2 examples .* no dtype'),
                ('another dtype', [good, dict(good, y=.5)], ValueError,
                 'int64, which cannot hold the float64 of number 1'),
                ('too many digits', [{'y': .5}, {'y': 2 ** 53 + 1}],
                 ValueError, 'float64, which cannot hold the int64'),
                ('ragged', [{'x': [[1.], [2., 3.]]}], ValueError,
                 r'same shape, got \[\[1.0\], \[2.0, 3.0\]\] at number 0'),
                ('text', [{'x': 'abc'}], ValueError, 'symbols'),
                ('a path', [{'a/b': 1}], ValueError, "got 'a/b'; rename"),
                ('no text', [{1: 1}], ValueError, 'got 1; rename'),
                ('a dot', [{'.': 1}], ValueError, "got '.'; rename"),
                ('the shapes of another', [{'x': [1], 'x_shapes': 1}],
                 ValueError, "'x_shapes' is reserved .* of 'x'"),
                ('the labels of another', [{'x_shape_labels': 1, 'x': [1]}],
                 ValueError, "'x_shape_labels' is reserved .* of 'x'")):
            with self.subTest(label):
                with self.assertRaisesRegex(error, words):
                    to_hdf5(examples, self.path, progress=False)
                self.assertEqual(os.listdir(self.folder), [])

    def test_wrong_paths(self):
        for path, error, words in (
                (7, TypeError, 'name of the file.*got 7'),
                (self.folder, IsADirectoryError, 'add a name'),
                (self.path + os.sep, IsADirectoryError, 'add a name'),
                (os.path.join(self.folder, 'new', 'x.hdf5'),
                 FileNotFoundError, 'new.*makedirs')):
            read = []
            with self.subTest(path=path):
                with self.assertRaisesRegex(error, words):
                    to_hdf5(map(read.append, range(3)), path)
                self.assertEqual(read, [])

    def test_wrong_axis_labels(self):
        for labels, error, words in (
                ('time', TypeError, 'dictionary'),
                ({'z': ('time',)}, ValueError, "sources x, y, got 'z'"),
                ({'y': ('time',)}, ValueError, 'the 0 axes'),
                ({'x': ('time',)}, ValueError, 'the 2 axes')):
            with self.subTest(labels=labels):
                with self.assertRaisesRegex(error, words):
                    to_hdf5([{'x': [[1, 2]], 'y': 1}], self.path,
                            axis_labels=labels, progress=False)

    def test_axis_labels(self):
        """Each axis gets its default name or the given one."""
        x = numpy.arange(64.).reshape((2,) * 6)
        for labels, expected in (
                (None, ('time', 'feature', 'feature_2', 'feature_3',
                        'feature_4', 'feature_5')),
                ({'x': tuple('abcdef')}, tuple('abcdef'))):
            to_hdf5([{'x': x}], self.path, labels, progress=False)
            dataset = self.read(load_in_memory=True)
            self.assertEqual(dataset.axis_labels['x'], ('batch',) + expected)
            assert_array_equal(dataset.get_data(None, slice(0, 1))[0][0], x)

    def test_empty_lists(self):
        """Empty lists take dtype and features from the other examples."""
        x = [[], [[1., 2.]], [], [[3., 4.], [5., 6.]]]
        to_hdf5([{'x': one} for one in x], self.path, progress=False)
        columns = self.read(load_in_memory=True).get_data(None, slice(0, 4))
        self.assertEqual([one.tolist() for one in columns[0]], x)
        self.assertEqual(columns[0][0].shape, (0, 2))

    def test_streams(self):
        """Datasets, streams of examples and streams of batches are written."""
        x = [numpy.arange(n, dtype='float32') for n in (3, 1, 0, 2)]
        dataset = IndexableDataset(
            OrderedDict([('x', x), ('y', numpy.arange(4))]),
            axis_labels={'x': ('batch', 'letter'), 'y': ('batch',)})
        for label, data in (
                ('dataset', dataset),
                ('iterable', IterableDataset(OrderedDict([
                    ('x', x), ('y', range(4))]),
                    axis_labels=dataset.axis_labels)),
                ('examples', dataset.get_example_stream()),
                ('batches', DataStream(dataset, iteration_scheme=(
                    SequentialScheme(4, 3))))):
            for sets in data, {'train': data}:
                with self.subTest(label):
                    to_hdf5(sets, self.path, progress=False)
                    read = self.read(load_in_memory=True)
                    self.assertEqual(read.axis_labels,
                                     dataset.axis_labels)
                    columns = read.get_data(None, slice(0, 4))
                    assert_array_equal(columns[1], range(4))
                    for one, other in zip(columns[0], x):
                        assert_array_equal(one, other)

    def test_transposed_stream(self):
        data = IndexableDataset({'x': [[1, 2]] * 3, 'y': [1] * 3})
        stream = padded_batches(data, 3, sequences=['x'])
        with self.assertRaisesRegex(ValueError, '2 of x.*transposed'):
            to_hdf5(stream, self.path, progress=False)

    def test_large_examples_are_written_in_smaller_groups(self):
        """The writer holds fewer large examples than small ones."""
        held = []

        class Watching(Writer):
            def flush(self):
                held.append(len(self._held))
                super().flush()

        with mock.patch.object(files, 'BYTES_AT_ONCE', 1000), \
                mock.patch.object(files, 'Writer', Watching):
            to_hdf5(({'x': numpy.zeros(n, 'uint8')} for n in
                     (400, 599, 1, 3000, 999, 1, 1)), self.path,
                    progress=False)
        self.assertEqual(held, [3, 1, 2, 1])
        self.assertEqual(self.read().num_examples, 7)

    def test_failed_write_keeps_the_old_file(self):
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
            stream.close()

    def check(self, one, other):
        self.assertEqual(list(map(len, one)), list(map(len, other)))
        for batch, twin in zip(sum(one, []), sum(other, [])):
            self.assertEqual(batch.keys(), twin.keys())
            for source in batch:
                assert_array_equal(batch[source], twin[source])

    def test_batches_equal_those_from_memory(self):
        for label, options in (
                ('in order', {}), ('shuffled', {'shuffle': True}),
                ('sorted', {'shuffle': True, 'sort_window': 3}),
                ('numbered', {'shuffle': True, 'index_source': 'number'}),
                ('buckets', {'make': bucketed_batches, 'size': 60,
                             'window': 50, 'shuffle': True})):
            with self.subTest(label):
                self.check(self.epochs(**options),
                           self.epochs(memory=True, **options))

    def test_reading_ahead_yields_the_same_batches(self):
        options = {'shuffle': True, 'sort_window': 2}
        self.check(self.epochs(ahead=3, **options), self.epochs(**options))

    def test_pickles_in_mid_epoch(self):
        stream = padded_batches(self.read(), 16, shuffle=True, seed=5)
        epoch = stream.get_epoch_iterator(as_dict=True)
        for _ in range(4):
            next(epoch)
        copy = pickle.loads(pickle.dumps(epoch))
        self.check([list(copy)], [list(epoch)])

    def test_killed_reader(self):
        """The next batch raises an error; the epoch then continues."""
        right, = self.epochs(1, shuffle=True)
        stream = padded_batches(self.read(), 16, shuffle=True, seed=5,
                                ahead=2)
        self.addCleanup(stream.close)
        epoch = stream.get_epoch_iterator(as_dict=True)
        before = readers()
        found = [next(epoch)]
        reader, = readers() - before
        reader.kill()
        with self.assertRaisesRegex(RuntimeError, 'killed.*ahead='):
            while True:  # batches that were read before
                found.append(next(epoch))
        self.check([found + list(epoch)], [right])

    def test_process_ends_with_the_stream(self):
        for close in True, False:
            before = readers()
            stream = padded_batches(self.read(), 16, ahead=2)
            epoch = stream.get_epoch_iterator()
            next(epoch)
            reader, = readers() - before
            if close:
                stream.close()
            del stream, epoch
            gc.collect()
            with self.subTest(close=close):
                with self.assertRaises(ProcessLookupError):
                    for _ in range(1000):  # 10 seconds
                        os.kill(reader.pid, 0)
                        time.sleep(.01)

    def test_error_while_reading_ahead(self):
        """The error is the same as without reading ahead, with its origin."""
        to_hdf5([{'x': [1, 2]}, {'x': [3]}], self.path, progress=False)
        for ahead in 0, 2:
            dataset = self.read()
            stream = padded_batches(dataset, 1, ahead=ahead)
            epoch = stream.get_epoch_iterator()
            os.remove(self.path)
            with self.subTest(ahead=ahead):
                self.assertRaises(OSError, next, epoch)
            stream.close()
            to_hdf5([{'x': [1, 2]}, {'x': [3]}], self.path, progress=False)

    def test_interleaved_epochs(self):
        """Each epoch gets its own batches."""
        stream = padded_batches(self.read(), 16, ahead=2)
        self.addCleanup(stream.close)
        one = stream.get_epoch_iterator(as_dict=True)
        found = [next(one), next(one)]
        other = list(stream.get_epoch_iterator(as_dict=True))
        self.check([other], self.epochs(1))
        self.check([found + list(one)], [other])

    def test_pickles_while_reading_ahead(self):
        """Batches read before pickling also come from the copy."""
        stream = padded_batches(self.read(), 16, shuffle=True, seed=5,
                                ahead=3)
        self.addCleanup(stream.close)
        epoch = stream.get_epoch_iterator(as_dict=True)
        next(epoch)
        copied, twin = pickle.loads(pickle.dumps((stream, epoch)))
        self.addCleanup(copied.close)
        self.check([list(twin)], [list(epoch)])
        self.check([list(copied.get_epoch_iterator(as_dict=True))],
                   [list(stream.get_epoch_iterator(as_dict=True))])

    def test_lengths_come_from_the_file(self):
        """No request reads more than one batch of examples."""
        dataset = self.read()
        requests = []
        reading = dataset.get_data

        def watched(state=None, request=None):
            requests.append(len(request))
            return reading(state, request)
        with mock.patch.object(dataset, 'get_data', watched):
            stream = bucketed_batches(dataset, 60, window=150, shuffle=True)
            sizes = [batch[0].shape[1]
                     for batch in stream.get_epoch_iterator()]
        self.assertEqual(requests, sizes)

    def test_a_subset_and_sources_without_shapes(self):
        """A subset sorts by the lengths of its own examples."""
        right = padded_batches(
            self.read(subset=[3, 5, 80, 149], load_in_memory=True), 2,
            sort_window=2)
        stream = padded_batches(self.read(subset=[3, 5, 80, 149]), 2,
                                sort_window=2)
        self.check([list(stream.get_epoch_iterator(as_dict=True))],
                   [list(right.get_epoch_iterator(as_dict=True))])
        x = numpy.arange(24.).reshape(4, 3, 2)
        self.path += '.other'
        with h5py.File(self.path, 'w') as file:
            file['x'] = x
            file.attrs['split'] = H5PYDataset.create_split_array(
                {'train': {'x': (0, 4)}})
        batches = padded_batches(self.read(), 3).get_epoch_iterator()
        assert_array_equal(next(batches)[0], x[:3].swapaxes(0, 1))

    def test_subclass_that_changes_lengths(self):
        """Lengths come from the subclass's examples, not from the file."""
        class Cut(H5PYDataset):
            def get_data(self, state=None, request=None):
                return tuple(
                    [one[:2] for one in column] if source != 'speaker'
                    else column for source, column in zip(
                        self.sources, super().get_data(state, request)))

        stream = bucketed_batches(Cut(self.path, which_sets=('train',)), 8,
                                  sequences=('speech', 'labels'))
        for batch in stream.get_epoch_iterator(as_dict=True):
            self.assertLessEqual(batch['speech_mask'].size, 8)

    def test_errors(self):
        for wrong, error in (-1, ValueError), (1.5, TypeError):
            with self.assertRaisesRegex(error, 'padded_batches: ahead'):
                padded_batches(self.read(), 4, ahead=wrong)
