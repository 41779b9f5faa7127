"""Tests of converters of datasets whose images have one size."""
import gzip
import os
import pickle
from unittest import mock

import numpy
from fuel.converters import (
    binarized_mnist,
    caltech101_silhouettes,
    celeba,
    cifar10,
    cifar100,
    mnist,
    svhn,
)
from fuel.datasets import (
    CIFAR10,
    CIFAR100,
    MNIST,
    SVHN,
    BinarizedMNIST,
    CalTech101Silhouettes,
    CelebA,
)
from fuel.exceptions import MissingInputFiles
from fuel.schemes import SequentialScheme
from fuel.streams import DataStream
from PIL import Image
from scipy.io import savemat

from tests.compat.fuel.converters import raw_files
from tests.compat.fuel.converters.cases import ConverterCase, cut, html

IMAGE_AXES = ('batch', 'channel', 'height', 'width')
LABEL_AXES = ('batch', 'index')
AXES = {'features': IMAGE_AXES, 'targets': LABEL_AXES}


class TestMNIST(ConverterCase):
    def setUp(self):
        super().setUp()
        self.expected = raw_files.write_mnist(self.raw)

    def convert(self, **kwargs):
        path, = mnist.convert_mnist(str(self.raw), str(self.made), **kwargs)
        return path

    def test_values(self):
        path = self.convert()
        self.assertEqual(path, str(self.made / 'mnist.hdf5'))
        self.check_splits(path, self.expected, AXES)

    def test_dtypes(self):
        for dtype, change in [
                ('float32', lambda x: x.astype('float32') / 255),
                ('float64', lambda x: x / 255), ('bool', lambda x: x > 127)]:
            path = self.convert(dtype=dtype)
            self.assertEqual(os.path.basename(path), f'mnist_{dtype}.hdf5')
            self.check_splits(path, {
                split: dict(data, features=change(data['features']))
                for split, data in self.expected.items()}, AXES)
        with self.assertRaisesRegex(ValueError, "dtype must be.*'int32'"):
            self.convert(dtype='int32')

    def test_dataset(self):
        self.convert()
        dataset = MNIST(('train', 'test'), sources=('features',))
        self.assertEqual(dataset.num_examples, 8)
        stream = DataStream.default_stream(
            dataset, iteration_scheme=SequentialScheme(8, 8))
        (images,), = stream.get_epoch_iterator()
        numpy.testing.assert_allclose(images, numpy.concatenate(
            [self.expected[split]['features'] / 255
             for split in ('train', 'test')]), rtol=1e-6)

    def test_permissions_equal_those_of_a_new_file(self):
        made = os.stat(self.convert()).st_mode
        new = self.made / 'new'
        new.touch()
        self.assertEqual(made, new.stat().st_mode)

    def test_refuses(self):
        images = 'train-images-idx3-ubyte.gz'
        labels = 't10k-labels-idx1-ubyte.gz'

        def content(change):
            return lambda packed: gzip.compress(
                change(gzip.decompress(packed)))
        for name, change, message in [
                (images, cut, f'{images}: expected an IDX file compressed'),
                (images, html, f'{images}: expected.*Not a gzipped file'),
                (images, content(cut), f'{images}: expected 3920 bytes for '
                 r'an array of shape \(5, 28, 28\), got 2608'),
                (images, content(lambda c: c + b'1'), 'expected 3920 bytes'),
                (images, content(lambda c: c[:7]), 'header of 16 bytes, '
                 'got 7'),
                (images, content(lambda c: b'\0\0\x08\x01' + c[4:]),
                 'the magic number 2051, got 2049'),
                (labels, content(lambda c: c[:-1] + b'\x0a'),
                 f'{labels}: expected 3 labels, one per example, from 0 to '
                 '9, got 10'),
                (labels, content(lambda c: c[:7] + b'\x02' + c[8:-1]),
                 'expected 3 labels.*got 2 labels')]:
            with self.damage(name, change):
                self.check_refused(message, mnist.convert_mnist)

    def test_failure_keeps_the_existing_file(self):
        path = self.convert()
        with open(path, 'rb') as file_:
            before = file_.read()
        with self.damage('t10k-images-idx3-ubyte.gz', cut):
            self.check_refused('IDX', mnist.convert_mnist)
        with mock.patch('fuel.converters.output.fill_hdf5_file',
                        side_effect=KeyboardInterrupt), \
                self.assertRaises(KeyboardInterrupt):
            self.convert()
        self.assertEqual(os.listdir(self.made), ['mnist.hdf5'])
        with open(path, 'rb') as file_:
            self.assertEqual(file_.read(), before)

    def test_missing_files(self):
        (self.raw / 'train-images-idx3-ubyte.gz').unlink()
        with self.assertRaisesRegex(
                MissingInputFiles, 'lacks the files train-im') as caught:
            self.convert()
        self.assertEqual(caught.exception.filenames,
                         ['train-images-idx3-ubyte.gz'])
        self.assertIsInstance(caught.exception, FileNotFoundError)
        copy = pickle.loads(pickle.dumps(caught.exception))
        self.assertEqual((str(copy), copy.filenames),
                         (str(caught.exception),
                          caught.exception.filenames))


class Witness:
    """Creates a folder when its pickle is loaded."""

    def __init__(self, path):
        self.path = path

    def __reduce__(self):
        return os.mkdir, (self.path,)


class TestCIFAR(ConverterCase):
    def test_values(self):
        # Protocol 2 is the published files' own.
        for protocol in (2, 4, 5):
            expected = raw_files.write_cifar10(self.raw, protocol)
            path, = cifar10.convert_cifar10(str(self.raw), str(self.made))
            self.check_splits(path, expected, AXES)
            expected = raw_files.write_cifar100(self.raw, protocol)
            path, = cifar100.convert_cifar100(str(self.raw), str(self.made))
            self.check_splits(path, expected, {
                'features': IMAGE_AXES, 'coarse_labels': LABEL_AXES,
                'fine_labels': LABEL_AXES})
        self.assertEqual(CIFAR10(('train',)).num_examples, 10)
        self.assertEqual(CIFAR100(('test',)).sources,
                         ('coarse_labels', 'features', 'fine_labels'))

    def refuse(self, content, message):
        raw_files.write_archive(
            self.raw / 'cifar-100-python.tar.gz',
            {'cifar-100-python/train': content,
             'cifar-100-python/test': content})
        self.check_refused(f'train in .*tar.gz: .*{message}',
                           cifar100.convert_cifar100)

    def test_refuses_harmful_pickles(self):
        witness = self.raw / 'witness'
        images = raw_files.pixels(2, 3072)
        for content in [
                Witness(str(witness)),
                {'data': images, 'fine_labels': Witness(str(witness)),
                 'coarse_labels': [1, 2]},
                numpy.array([Witness(str(witness))], dtype=object)]:
            self.refuse(pickle.dumps(content),
                        "asks for posix.mkdir, which isn't part of an array")
            self.assertFalse(witness.exists())
        # Builtins and NumPy have harmful functions, too.
        for name in ('builtins\neval', 'numpy\nload', 'os\nsystem',
                     'numpy.f2py\ncompile'):
            self.refuse(f'c{name}\n(Vx\ntR.'.encode(), 'asks for')

    def test_refuses(self):
        good = {'data': raw_files.pixels(2, 3072), 'fine_labels': [0, 99],
                'coarse_labels': [0, 19]}
        for change, message in [
                ({'data': good['data'][:, :-1]}, r'got shape \(2, 3071\)'),
                ({'data': good['data'].astype('float32')}, 'dtype float32'),
                ({'data': [1, 2]}, "as 'data', got list"),
                ({'fine_labels': [0, 100]}, 'from 0 to 99, got 100'),
                ({'coarse_labels': [0, 20]}, 'from 0 to 19, got 20'),
                ({'coarse_labels': [0]}, 'expected 2 labels.*got 1 labels')]:
            self.refuse(pickle.dumps({**good, **change}), message)
        self.refuse(pickle.dumps({'data': good['data']}),
                    "got no 'coarse_labels'")
        self.refuse(pickle.dumps([1]), 'got list')
        self.refuse(cut(pickle.dumps(good)), 'expected a pickled dictionary')
        self.refuse(b'', 'EOFError')

    def test_refuses_archives(self):
        name = 'cifar-10-python.tar.gz'
        raw_files.write_cifar10(self.raw)
        for change in (cut, html):
            with self.damage(name, change):
                self.check_refused(f'{name}: expected', cifar10
                                   .convert_cifar10)
        raw_files.write_archive(self.raw / name, {})
        self.check_refused(f'{name}: expected a member cifar-10-batches-py/'
                           'data_batch_1', cifar10.convert_cifar10)


class TestBinarizedMNIST(ConverterCase):
    def test_values(self):
        expected = raw_files.write_binarized_mnist(self.raw)
        path, = binarized_mnist.convert_binarized_mnist(
            str(self.raw), str(self.made))
        self.check_splits(path, expected, {'features': IMAGE_AXES})
        self.assertEqual(BinarizedMNIST(('valid',)).num_examples, 2)

    def test_refuses(self):
        name = 'binarized_mnist_valid.amat'
        raw_files.write_binarized_mnist(self.raw)
        for change, message in [
                (lambda c: c.replace(b'1', b'2', 1), 'other values'),
                (lambda c: c.replace(b'1', b'0.5', 1), 'other values'),
                (lambda c: c.replace(b'1', b'-1', 1), 'other values'),
                (lambda c: c.replace(b'1 ', b'', 1), 'ValueError'),
                (lambda c: b'0 1\n1 0\n', 'got 2 values'),
                (html, 'ValueError')]:
            with self.damage(name, change):
                self.check_refused(
                    f'{name}: expected lines of 784 zeros.*{message}',
                    binarized_mnist.convert_binarized_mnist)


class TestSilhouettes(ConverterCase):
    def test_values(self):
        convert = caltech101_silhouettes.convert_silhouettes
        for size in (16, 28):
            expected = raw_files.write_silhouettes(self.raw, size)
            path, = convert(size, str(self.raw), str(self.made))
            self.check_splits(path, expected, AXES)
            self.assertEqual(
                CalTech101Silhouettes(('test',), size=size).data_path, path)

    def test_refuses(self):
        convert = caltech101_silhouettes.convert_silhouettes
        with self.assertRaisesRegex(ValueError, 'must be 16 or 28, got 10'):
            convert(10, str(self.raw), str(self.made))
        with self.assertRaisesRegex(MissingInputFiles, 'silhouettes_16_spl'):
            convert(16, str(self.raw), str(self.made))
        name = 'caltech101_silhouettes_16_split1.mat'
        raw_files.write_silhouettes(self.raw, 16)
        for change in (cut, html, lambda content: b''):
            with self.damage(name, change):
                self.check_refused(f'{name}: expected', convert, 16)
        savemat(self.raw / name, {'train_data': numpy.zeros((2, 255))})
        self.check_refused(
            r"'train_data' of shape \(None, 256\), got the shape \(2, 255\)",
            convert, 16)


class TestSVHN2(ConverterCase):
    def test_values(self):
        expected = raw_files.write_svhn_2(self.raw)
        path, = svhn.convert_svhn(2, str(self.raw), str(self.made))
        self.check_splits(path, expected, AXES)
        self.assertEqual(SVHN(2, ('extra',)).num_examples, 4)

    def test_refuses(self):
        raw_files.write_svhn_2(self.raw)
        name = 'test_32x32.mat'
        for change in (cut, html):
            with self.damage(name, change):
                self.check_refused(f'{name}: expected a MATLAB file',
                                   svhn.convert_svhn, 2)
        images = raw_files.pixels(32, 32, 3, 2)
        for content, message in [
                ({'X': images}, "'y'.*got no such variable"),
                ({'X': images, 'y': [[1], [11]]}, 'from 1 to 10, got 11'),
                ({'X': images, 'y': [[1], [0]]}, 'from 1 to 10, got 0'),
                ({'X': images, 'y': [[1]]}, 'got 1 labels'),
                ({'X': images / 255, 'y': [[1], [2]]}, 'got float64'),
                ({'X': images[:, :, :2], 'y': [[1], [2]]},
                 r'got the shape \(32, 32, 2, 2\)')]:
            savemat(self.raw / name, content)
            self.check_refused(message, svhn.convert_svhn, 2)
        with self.assertRaisesRegex(ValueError, 'must be 1 or 2, got 3'):
            svhn.convert_svhn(3, str(self.raw), str(self.made))


@mock.patch.multiple(celeba, NUM_EXAMPLES=4, TRAIN_STOP=2, VALID_STOP=3)
class TestCelebA(ConverterCase):
    def test_values(self):
        images, attributes = raw_files.write_celeba(self.raw, 4)
        small = [image.resize((64, 78), Image.Resampling.LANCZOS)
                 for image in images]
        for which_format, pixels in [
                ('aligned_cropped', list(map(numpy.asarray, images))),
                ('64', [numpy.asarray(image)[7:71] for image in small])]:
            path, = celeba.convert_celeba(which_format, str(self.raw),
                                          str(self.made))
            pixels = numpy.stack(pixels).transpose(0, 3, 1, 2)
            intervals = {'train': slice(0, 2), 'valid': slice(2, 3),
                         'test': slice(3, 4)}
            self.check_splits(path, {
                split: {'features': pixels[interval],
                        'targets': attributes[interval]}
                for split, interval in intervals.items()},
                {'features': IMAGE_AXES, 'targets': ('batch', 'target')})
            dataset = CelebA(which_format, ('valid', 'test'))
            self.assertEqual(dataset.num_examples, 2)

    def test_refuses(self):
        archive, text = 'img_align_celeba.zip', 'list_attr_celeba.txt'
        raw_files.write_celeba(self.raw, 4)
        for name, change, message in [
                (archive, cut, 'expected a ZIP archive'),
                (archive, html, 'expected a ZIP archive'),
                (text, html, 'expected two lines of heading'),
                (text, lambda c: c[:-len(c) // 4], 'expected two lines'),
                (text, lambda c: c.replace(b' -1', b'  2', 1),
                 'other values')]:
            with self.damage(name, change):
                self.check_refused(f'{name}: .*{message}',
                                   celeba.convert_celeba, '64')
        raw_files.write_celeba(self.raw, 3)
        self.check_refused('then 4 lines.*got 3 lines',
                           celeba.convert_celeba, '64')
        raw_files.write_celeba(self.raw, 4, shape=(178, 218))
        self.check_refused('000001.jpg in .*218 pixels high and 178 wide, '
                           'got mode RGB, 178', celeba.convert_celeba, '64')
        with self.assertRaisesRegex(ValueError, "'64', got '32'"):
            celeba.convert_celeba('32', str(self.raw), str(self.made))

    def test_refuses_missing_images(self):
        raw_files.write_celeba(self.raw, 3)
        archive = (self.raw / 'img_align_celeba.zip').read_bytes()
        raw_files.write_celeba(self.raw, 4)
        (self.raw / 'img_align_celeba.zip').write_bytes(archive)
        self.check_refused('complete member img_align_celeba/000004.jpg',
                           celeba.convert_celeba, '64')


class TestSources(ConverterCase):
    def test_load_in_memory(self):
        raw_files.write_mnist(self.raw)
        mnist.convert_mnist(str(self.raw), str(self.made))
        for in_memory in (True, False):
            dataset = MNIST(('test',), load_in_memory=in_memory,
                            sources=('targets',))
            self.assertEqual(dataset.load_in_memory, in_memory)
            handle = dataset.open()
            self.assertEqual(
                len(dataset.get_data(handle, slice(0, 2))[0]), 2)
            dataset.close(handle)
        self.assertTrue(MNIST(('test',)).load_in_memory)
