"""Tests of HDF5 files with data of fixed and of variable length."""
import logging
import os
import pickle
import tempfile
from multiprocessing import Process, Queue
from unittest import TestCase, mock

import h5py
import numpy
from fuel import config
from fuel.converters.base import (
    MissingInputFiles,
    check_exists,
    fill_hdf5_file,
    progress_bar,
)
from fuel.datasets import MNIST, H5PYDataset
from fuel.schemes import (
    SequentialExampleScheme,
    SequentialScheme,
    ShuffledScheme,
)
from fuel.streams import DataStream
from fuel.transformers import Padding
from fuel.utils import hdf5 as shared_files
from fuel.utils.cache import cache_file
from numpy.testing import assert_array_equal

LENGTHS = [2, 0, 1, 4, 2, 2, 3, 1]
FEATURES = numpy.arange(len(LENGTHS) * 3.).reshape(len(LENGTHS), 3)


def write_file(path, lengths=LENGTHS):
    """Write sequences ``x`` of these lengths and vectors ``y``."""
    sequences = [numpy.arange(2. * length).reshape(length, 2) + number
                 for number, length in enumerate(lengths)]
    with h5py.File(path, 'w') as h5file:
        x = h5file.create_dataset('x', (len(lengths),),
                                  h5py.vlen_dtype('float64'))
        shapes = h5file.create_dataset('x_shapes', (len(lengths), 2), 'int32')
        for number, sequence in enumerate(sequences):
            x[number] = sequence.ravel()
            shapes[number] = sequence.shape
        shapes.make_scale('shapes')
        x.dims[0].attach_scale(shapes)
        labels = h5file.create_dataset('x_labels', data=[b'time', b'feature'])
        labels.make_scale('shape_labels')
        x.dims[0].attach_scale(labels)
        h5file['y'] = FEATURES[:len(lengths)]
        for name in 'xy':
            h5file[name].dims[0].label = 'batch'
        h5file['odd'] = numpy.arange(1, len(lengths), 2)
        odd = h5file['odd'].ref
        number = len(lengths)
        h5file.attrs['split'] = H5PYDataset.create_split_array({
            'train': {'x': (0, number - 3), 'y': (0, number - 3)},
            'test': {'x': (number - 3, number, None, 'held out'),
                     'y': (number - 3, number)},
            'odd': {'x': (0, 0, odd), 'y': (0, 0, odd)},
            'y only': {'y': (0, number)}})
    return sequences


def read_in_process(dataset, results):
    """Send whether the parent's handle is open, and some examples."""
    try:
        inherited = bool(shared_files.opened(dataset.path))
    except OSError:
        inherited = False
    state = dataset.open()
    results.put((inherited, dataset.get_data(state, [3, 0])[1].tolist()))


class WithFile(TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = folder.name
        self.path = os.path.join(self.folder, 'data.hdf5')
        self.sequences = write_file(self.path)

    def dataset(self, *which_sets, **kwargs):
        return H5PYDataset(self.path, which_sets or ('train',), **kwargs)


class TestReading(WithFile):
    def check(self, dataset, request, expected):
        state = dataset.open()
        x, y = dataset.get_data(state, request)
        dataset.close(state)
        if isinstance(request, int):
            x, y, expected = [x], [y], [expected]
        else:
            self.assertEqual((x.dtype, x.shape), (object, (len(expected),)))
        for item, vector, number in zip(x, y, expected, strict=True):
            assert_array_equal(item, self.sequences[number])
            assert_array_equal(vector, FEATURES[number])

    def test_splits_subsets_and_requests(self):
        for which_sets, subset, examples in [
                (('train',), None, [0, 1, 2, 3, 4]),
                (('test',), None, [5, 6, 7]),
                (('train', 'test'), None, list(range(8))),
                (('odd',), None, [1, 3, 5, 7]),
                (('odd', 'test'), None, [1, 3, 5, 6, 7]),
                (('train',), slice(1, 4), [1, 2, 3]),
                (('train',), [4, 0, 2], [0, 2, 4]),
                (('odd',), [3, 1], [3, 7])]:
            for in_memory in (False, True):
                with self.subTest(sets=which_sets, subset=subset,
                                  in_memory=in_memory):
                    dataset = self.dataset(*which_sets, subset=subset,
                                           load_in_memory=in_memory)
                    last = len(examples) - 1
                    self.assertEqual(dataset.num_examples, last + 1)
                    for request in (slice(None), slice(1, None), [last, 0],
                                    [0, 1], list(range(last, -1, -1))):
                        self.check(dataset, request,
                                   numpy.array(examples)[request].tolist())
                    self.check(dataset, last, examples[last])

    def test_sequences_of_equal_length_by_accident(self):
        for lengths in ([2, 2, 2, 2], [0, 0, 0, 0], [1, 1, 1, 1]):
            self.sequences = write_file(self.path, lengths)
            for in_memory in (False, True):
                dataset = self.dataset('test', load_in_memory=in_memory)
                self.check(dataset, [2, 0], [3, 1])
                stream = Padding(DataStream(
                    dataset, iteration_scheme=SequentialScheme(3, 3)),
                    mask_sources=('x',))
                (x, mask, _), = stream.get_epoch_iterator()
                stream.close()
                self.assertEqual(x.shape, (3, lengths[0], 2))
                self.assertTrue((mask == 1).all())

    def test_data_in_memory_keep_their_shape(self):
        dataset = self.dataset(load_in_memory=True)
        data, _ = dataset.get_data(None, slice(None))
        self.assertEqual(data[0].shape, (2, 2))
        self.assertEqual(dataset.data_sources[0][0].shape, (4,))

    def test_description(self):
        dataset = self.dataset()
        self.assertEqual(dataset.sources, ('x', 'y'))
        self.assertEqual(dataset.vlen_sources, ['x'])
        self.assertEqual(dataset.axis_labels,
                         {'x': ('batch', 'time', 'feature'),
                          'y': ('batch', '')})
        self.assertEqual(self.dataset('y only').sources, ('y',))
        with h5py.File(self.path) as h5file:
            self.assertEqual(H5PYDataset.get_all_splits(h5file),
                             ('train', 'test', 'odd', 'y only'))
            self.assertEqual(H5PYDataset.get_all_sources(h5file), ('x', 'y'))
            self.assertEqual(
                H5PYDataset.get_provided_sources(h5file, 'y only'), ('y',))
            row = h5file.attrs['split'][2]
            self.assertEqual(row['comment'], b'held out')

    def test_example_stream(self):
        stream = self.dataset().get_example_stream()
        for (x, _), expected in zip(stream.get_epoch_iterator(),
                                    self.sequences[:5], strict=True):
            assert_array_equal(x, expected)
        stream.close()

    def test_unsorted_indices_are_the_users_responsibility(self):
        dataset = self.dataset(sort_indices=False)
        state = dataset.open()
        self.check(dataset, [0, 2], [0, 2])
        with self.assertRaises(TypeError):
            dataset.get_data(state, [2, 0, 3])
        dataset.close(state)

    def test_one_split_by_name_as_in_fuel_0_1(self):
        with self.assertWarnsRegex(DeprecationWarning, r"\('test',\)"):
            dataset = H5PYDataset(self.path, 'test')
        self.assertEqual(dataset.which_sets, ('test',))
        self.assertEqual(dataset.num_examples,
                         self.dataset('test').num_examples)

    def test_errors(self):
        with h5py.File(self.path, 'a') as h5file:
            table = h5file.attrs['split']
            table['stop'][(table['split'] == b'test')
                          & (table['source'] == b'y')] -= 1
            h5file.attrs['split'] = table
        bare = os.path.join(self.folder, 'bare.hdf5')
        h5py.File(bare, 'w').close()
        for label, make, message in [
                ("a number", lambda: H5PYDataset(self.path, (1,)),
                 r"which_sets must be a tuple.*'train'.*\(1,\)"),
                ("no such split", lambda: self.dataset('valid'),
                 "no split 'valid'.*'train', 'test'"),
                ("no source", lambda: self.dataset('odd', sources=('z',)),
                 r"provides the sources \('x', 'y'\).*'z'"),
                ("different lengths", lambda: self.dataset('test'),
                 "'x': 3, 'y': 2"),
                ("no table", lambda: H5PYDataset(bare, ('train',)),
                 "has no attribute 'split'"),
                ("no request", lambda: self.dataset().get_data(None, None),
                 "needs a request"),
                ("no request in memory", lambda: self.dataset(
                    load_in_memory=True).get_data(None, None),
                 "needs a request"),
                ("beyond the end", lambda: self.dataset().get_data(None, [5]),
                 "indices from 0 to 4, got 5"),
                ("an empty subset", lambda: self.dataset(
                    subset=[]).get_data(None, slice(0, 1)),
                 "number of examples, 0")]:
            with self.assertRaisesRegex(ValueError, message, msg=label):
                make()
        self.assertFalse(self.is_open())

    def is_open(self):
        shared_files.release(self.path)
        try:
            shared_files.opened(self.path)
        except OSError:
            return False
        return True

    def test_splits_without_a_common_source(self):
        table = H5PYDataset.create_split_array({'a': {'x': (0, 2)},
                                                'b': {'y': (0, 2)}})
        with h5py.File(self.path, 'a') as h5file:
            h5file.attrs['split'] = table
        with self.assertRaisesRegex(ValueError, "no source in common"):
            self.dataset('a', 'b')

    def test_pytables_names_the_replacement(self):
        from fuel.datasets import hdf5
        self.assertFalse(hasattr(hdf5, 'PytablesDataset'))
        with self.assertRaisesRegex(AttributeError, "create_split_array"):
            hdf5.PytablesDataset
        with self.assertRaisesRegex(ImportError, "PytablesDataset"):
            from fuel.datasets.hdf5 import PytablesDataset  # noqa


class TestHandles(WithFile):
    def opened(self):
        try:
            return bool(shared_files.opened(self.path))
        except OSError:
            return False

    def test_one_handle_until_the_last_stream_closes(self):
        dataset = self.dataset()
        self.assertFalse(self.opened())
        streams = [DataStream(dataset, iteration_scheme=SequentialScheme(
            5, 2)) for _ in range(2)]
        for stream in streams:
            for _ in range(2):
                self.assertEqual(len(list(stream.get_epoch_iterator())), 3)
        streams[0].close()
        self.assertTrue(self.opened())
        streams[1].close()
        self.assertFalse(self.opened())
        with h5py.File(self.path, 'a') as h5file:
            h5file['more'] = 1

    def test_never_opened_for_writing(self):
        with mock.patch.object(h5py, 'File', wraps=h5py.File) as opener:
            shared_files.acquire(self.path)
            shared_files.release(self.path)
        self.assertEqual(opener.call_args.kwargs['mode'], 'r')

    def test_unwritable_file(self):
        os.chmod(self.path, 0o444)
        self.assertEqual(self.dataset().num_examples, 5)

    def test_external_handle_stays_open(self):
        with h5py.File(self.path) as h5file:
            dataset = H5PYDataset(h5file, ('train',))
            state = dataset.open()
            dataset.get_data(state, slice(0, 2))
            dataset.close(state)
            self.assertTrue(h5file)
            copy = pickle.loads(pickle.dumps(dataset))
        self.assertIsNone(copy.external_file_handle)
        assert_array_equal(copy.get_data(None, [1])[1], FEATURES[[1]])
        copy.close(None)
        self.assertFalse(self.opened())

    def test_several_processes(self):
        dataset = self.dataset()
        state = dataset.open()
        results = Queue()
        processes = [Process(target=read_in_process, args=(dataset, results))
                     for _ in range(3)]
        for process in processes:
            process.start()
        received = [results.get(timeout=20) for _ in processes]
        for process in processes:
            process.join()
        self.assertEqual(received,
                         [(False, FEATURES[[3, 0]].tolist())] * 3)
        assert_array_equal(dataset.get_data(state, 1)[1], FEATURES[1])
        dataset.close(state)

    def test_pickles_without_the_data(self):
        dataset = self.dataset(load_in_memory=True)
        dataset.data_sources = tuple(
            numpy.zeros(10 ** 6) for _ in dataset.sources)
        pickled = pickle.dumps(dataset)
        self.assertLess(len(pickled), 10 ** 4)
        assert_array_equal(pickle.loads(pickled).get_data(None, 1)[1],
                           FEATURES[1])


class TestConverterTools(WithFile):
    def setUp(self):
        super().setUp()
        self.converted = os.path.join(self.folder, 'converted.hdf5')

    def test_fill_and_read(self):
        rng = numpy.random.RandomState(1)
        train, test = rng.uniform(size=(5, 2)), rng.uniform(size=(3, 2))
        with h5py.File(self.converted, 'w') as h5file:
            fill_hdf5_file(h5file, [
                ('train', 'x', train), ('train', 'y', numpy.arange(5), 'why'),
                ('test', 'x', test)])
        for split, expected in [('train', train), ('test', test)]:
            dataset = H5PYDataset(self.converted, (split,),
                                  load_in_memory=True)
            assert_array_equal(dataset.get_data(None, slice(None))[0],
                               expected)
        self.assertEqual(dataset.sources, ('x',))

    def test_errors(self):
        four, two = numpy.zeros((4, 2)), numpy.zeros((2, 2))
        for label, data, message in [
                ("lengths", [('train', 'x', four), ('train', 'y', two)],
                 "sources of split 'train' must have one length, got 4 and"),
                ("dtypes", [('train', 'x', four),
                            ('test', 'x', two.astype('int8'))],
                 "splits of source 'x' must have one dtype.*int8"),
                ("shapes", [('train', 'x', four),
                            ('test', 'x', two[:, :1])],
                 r"splits of source 'x'.*shape of an example.*\(1,\)"),
                ("twice", [('train', 'x', four), ('train', 'x', four)],
                 "source 'x' of split 'train' was given twice"),
                ("nothing", [], "at least one split with at least one "
                 "source")]:
            with h5py.File(self.converted, 'w') as h5file:
                with self.assertRaisesRegex(ValueError, message, msg=label):
                    fill_hdf5_file(h5file, data)
                self.assertEqual(list(h5file), [])

    def test_check_exists(self):
        @check_exists(['data.hdf5', 'more.txt'])
        def convert(directory, suffix=''):
            return directory + suffix
        with self.assertRaisesRegex(MissingInputFiles, 'more.txt') as caught:
            convert(self.folder)
        self.assertEqual(caught.exception.filenames, ['more.txt'])
        with open(os.path.join(self.folder, 'more.txt'), 'w'):
            pass
        self.assertEqual(convert(self.folder, suffix='!'), self.folder + '!')

    def test_progress_bar(self):
        with mock.patch('fuel.converters.base.sys.stdout') as stdout:
            with progress_bar('data', 7) as bar:
                bar.update(3)
                bar.update(5)
                self.assertEqual(bar.bar.n, 5)
        self.assertEqual(bar.bar.n, 7)
        self.assertTrue(stdout.write.called)


class TestLocalCopies(WithFile):
    def setUp(self):
        super().setUp()
        self.local = os.path.join(self.folder, 'near', 'copies')
        original = config.local_data_path
        config.local_data_path = self.local
        self.addCleanup(setattr, config, 'local_data_path', original)
        logger = logging.getLogger('fuel.utils.cache')
        self.addCleanup(logger.setLevel, logger.level)
        logger.setLevel(logging.CRITICAL)

    def test_dataset_reads_the_copy(self):
        dataset = self.dataset()
        self.assertEqual(dataset.path,
                         os.path.join(self.local, 'data.hdf5'))
        self.assertEqual(os.listdir(self.local), ['data.hdf5'])
        self.assertEqual(self.dataset().path, dataset.path)

    def test_different_copy_is_not_used(self):
        copy = cache_file(self.path)
        os.utime(copy, (0, 0))
        self.assertEqual(cache_file(self.path), self.path)
        os.utime(copy)
        self.assertEqual(cache_file(self.path), copy)
        with open(copy, 'ab') as file_:
            file_.write(b'x')
        self.assertEqual(cache_file(self.path), self.path)

    def test_no_space_and_no_file(self):
        with mock.patch('fuel.utils.disk.disk_usage', return_value=(10, 9)):
            self.assertEqual(cache_file(self.path), self.path)
        self.assertEqual(cache_file('nowhere'), 'nowhere')
        self.assertEqual(os.listdir(self.local), [])


class TestPublished(TestCase):
    def test_mnist_from_the_data_path(self):
        original = config.config['data_path'].assigned
        self.addCleanup(setattr, config.config['data_path'], 'assigned',
                        original)
        with tempfile.TemporaryDirectory() as folder:
            config.data_path = [folder]
            with self.assertRaisesRegex(OSError, "mnist.hdf5.*data path"):
                MNIST(('train',))
            images = numpy.array([0, 51, 255], 'uint8').reshape(3, 1, 1, 1)
            with h5py.File(os.path.join(folder, 'mnist.hdf5'), 'w') as file_:
                fill_hdf5_file(file_, [('train', 'features', images),
                                       ('train', 'targets', images[:, 0])])
            stream = DataStream.default_stream(
                MNIST(('train',)), iteration_scheme=SequentialScheme(3, 3))
            (features, targets), = stream.get_epoch_iterator()
        self.assertEqual(features.dtype, config.floatX)
        assert_array_equal(features.ravel(), [0, 51 / 255., 1])
        self.assertEqual(targets.dtype, 'uint8')


class TestShuffled(WithFile):
    def test_examples_keep_their_targets(self):
        stream = DataStream(self.dataset('train', 'test'),
                            iteration_scheme=ShuffledScheme(8, 3))
        seen = []
        for x, y in stream.get_epoch_iterator():
            for sequence, vector in zip(x, y):
                number = int(vector[0] // 3)
                assert_array_equal(sequence, self.sequences[number])
                seen.append(number)
        stream.close()
        self.assertEqual(sorted(seen), list(range(8)))
        examples = DataStream(self.dataset('train'),
                              iteration_scheme=SequentialExampleScheme(5))
        self.assertEqual([x.shape[0] for x, _ in
                          examples.get_epoch_iterator()], LENGTHS[:5])
        examples.close()
