"""Tests of converters of ImageNet's competitions."""
import gzip
import io
import threading

import h5py
import numpy
import zmq
from fuel.converters import ilsvrc2010, ilsvrc2012
from fuel.datasets import ILSVRC2010, ILSVRC2012
from fuel.schemes import SequentialScheme
from fuel.streams import DataStream
from numpy.testing import assert_array_equal
from PIL import Image
from scipy.io import savemat

from tests.compat.fuel.converters.cases import ConverterCase, cut, html
from tests.compat.fuel.converters.raw_files import (
    encoded,
    pixels,
    write_archive,
)


def jpeg():
    return encoded(pixels(4, 5, 3), 'JPEG')


class Competition(ConverterCase):
    """Three classes, two of which have images, and a group of classes."""

    YEAR = None

    def setUp(self):
        super().setUp()
        self.train = {
            'n03': {'n03_1.JPEG': jpeg(), 'n03_2.JPEG': jpeg()},
            'n01': {'n01_7.JPEG': jpeg(), 'n01_5.JPEG': jpeg(),
                    'n01_6.JPEG': jpeg()}}
        self.valid = {'val_2.JPEG': jpeg(), 'val_1.JPEG': jpeg()}
        self.test = {'test_1.JPEG': jpeg(), 'test_2.JPEG': jpeg(),
                     'test_3.JPEG': jpeg()}

    def meta(self, **variables):
        """Return a file of four rows, three of which are classes."""
        field = f'ILSVRC{self.YEAR}_ID'
        rows = numpy.zeros((4, 1), dtype=[
            (name, object) for name in (
                field, 'WNID', 'words', 'gloss', 'num_children', 'children',
                'wordnet_height', 'num_train_images')])
        for i, values in enumerate([
                (11, 'n01', 'cat', 'an animal', 0, [], 0, 3),
                (12, 'n02', 'dog', 'a pet', 0, [], 0, 0),
                (13, 'n03', 'oak', 'a tree', 0, [], 0, 2),
                (300, 'n04', 'all', 'all', 2, [11, 300], 1, 0)]):
            rows[i, 0] = values
        file_ = io.BytesIO()
        savemat(file_, {'synsets': rows, **variables})
        return file_.getvalue()

    def train_archive(self):
        inner = {}
        for name, members in self.train.items():
            path = self.raw / f'{name}.tar'
            write_archive(path, members)
            inner[path.name] = path.read_bytes()
            path.unlink()
        return inner

    def splits(self, dataset):
        """Return name, content and target of each example."""
        handle = dataset.open()
        data = dict(zip(dataset.sources, dataset.get_data(
            handle, slice(0, dataset.num_examples))))
        dataset.close(handle)
        return [(name.decode(), content.tobytes(), int(target))
                for (name,), content, (target,) in zip(
                    data['filenames'], data['encoded_images'],
                    data.get('targets', [[-1]] * dataset.num_examples),
                    strict=True)]


class TestILSVRC2010(Competition):
    YEAR = 2010

    def write(self):
        self.patches = {'train': {'n01_6.JPEG': jpeg()},
                        'val': {'val_2.JPEG': jpeg()}, 'test': {}}
        costs = numpy.arange(9, dtype='uint8').reshape(3, 3)
        write_archive(self.raw / ilsvrc2010.DEVKIT_ARCHIVE, {
            ilsvrc2010.DEVKIT_META_PATH: self.meta(cost_matrix=costs),
            ilsvrc2010.DEVKIT_VALID_GROUNDTRUTH_PATH: b'13\n11\n'})
        (self.raw / ilsvrc2010.TEST_GROUNDTRUTH).write_text('12\n11\n13\n')
        write_archive(self.raw / ilsvrc2010.TRAIN_IMAGES_TAR,
                      self.train_archive())
        write_archive(self.raw / ilsvrc2010.VALID_IMAGES_TAR, {
            f'val/{name}': content for name, content in self.valid.items()})
        # Some of the published images are compressed twice.
        write_archive(self.raw / ilsvrc2010.TEST_IMAGES_TAR, {
            name: gzip.compress(content) if name == 'test_2.JPEG' else content
            for name, content in self.test.items()})
        write_archive(self.raw / ilsvrc2010.PATCH_IMAGES_TAR, {
            f'patches/{split}/{name}': content
            for split, members in self.patches.items()
            for name, content in members.items()})

    def convert(self, **kwargs):
        return ilsvrc2010.convert_ilsvrc2010(str(self.raw), str(self.made),
                                             **kwargs)

    def test_values(self):
        self.write()
        self.convert(shuffle_seed=3)
        train = [(name, {**self.train['n01'], **self.patches['train']}[name],
                  0) for name in sorted(self.train['n01'])]
        train = [(name, content, 2)
                 for name, content in self.train['n03'].items()] + train
        expected = [None] * 5
        for place, example in zip(
                numpy.random.RandomState(3).permutation(5), train):
            expected[place] = example
        self.assertEqual(self.splits(ILSVRC2010(('train',))), expected)
        self.assertEqual(self.splits(ILSVRC2010(('valid',))), [
            ('val_1.JPEG', self.valid['val_1.JPEG'], 2),
            ('val_2.JPEG', self.patches['val']['val_2.JPEG'], 0)])
        self.assertEqual(self.splits(ILSVRC2010(('test',))), [
            (name, content, target) for (name, content), target in
            zip(self.test.items(), (1, 0, 2))])

    def test_default_transformers(self):
        self.write()
        self.convert()
        stream = DataStream.default_stream(
            ILSVRC2010(('test',), sources=('encoded_images',)),
            iteration_scheme=SequentialScheme(3, 3))
        (images,), = stream.get_epoch_iterator()
        for image, content in zip(images, self.test.values(), strict=True):
            assert_array_equal(image, numpy.asarray(Image.open(
                io.BytesIO(content))).transpose(2, 0, 1))

    def test_devkit(self):
        self.write()
        synsets, costs, valid = ilsvrc2010.read_devkit(
            str(self.raw / ilsvrc2010.DEVKIT_ARCHIVE))
        self.assertEqual(synsets['ILSVRC2010_ID'].tolist(),
                         [11, 12, 13, 300])
        self.assertEqual(synsets['children'].tolist(),
                         [[-1, -1]] * 3 + [[11, 300]])
        self.assertEqual(synsets['WNID'].tolist(),
                         [b'n01', b'n02', b'n03', b'n04'])
        self.assertEqual(costs.tolist(), [[0, 1, 2], [3, 4, 5], [6, 7, 8]])
        self.assertEqual(valid.tolist(), [13, 11])

    def test_through_sockets(self):
        self.write()
        patches = str(self.raw / ilsvrc2010.PATCH_IMAGES_TAR)
        with zmq.Context() as context, context.socket(zmq.PUSH) as push, \
                context.socket(zmq.PULL) as pull, h5py.File(
                    self.made / 'x.hdf5', 'w') as h5file:
            port = pull.bind_to_random_port('tcp://127.0.0.1')
            push.connect(f'tcp://127.0.0.1:{port}')
            ilsvrc2010.prepare_hdf5_file(h5file, 5, 2, 0)
            for producer, number, offset in [
                    (lambda: ilsvrc2010.train_set_producer(
                        push, str(self.raw / ilsvrc2010.TRAIN_IMAGES_TAR),
                        patches, {'n01': 0, 'n03': 2}), 5, 0),
                    (lambda: ilsvrc2010.other_set_producer(
                        push, 'valid',
                        str(self.raw / ilsvrc2010.VALID_IMAGES_TAR), patches,
                        [2, 0]), 2, 5)]:
                thread = threading.Thread(target=producer, daemon=True)
                thread.start()
                ilsvrc2010.image_consumer(pull, h5file, number,
                                          offset=offset)
                thread.join()
            self.assertEqual(h5file['targets'][:, 0].tolist(),
                             [2, 2, 0, 0, 0, 2, 0])
            self.assertEqual(h5file['encoded_images'][6].tobytes(),
                             self.patches['val']['val_2.JPEG'])

    def test_refuses(self):
        self.write()
        convert = ilsvrc2010.convert_ilsvrc2010
        for name in ilsvrc2010.ALL_FILES:
            with self.damage(name, html):
                self.check_refused(f'{name}: expected', convert)
        for name in (ilsvrc2010.TRAIN_IMAGES_TAR, ilsvrc2010.VALID_IMAGES_TAR,
                     ilsvrc2010.TEST_IMAGES_TAR, ilsvrc2010.DEVKIT_ARCHIVE):
            with self.damage(name, lambda c: c[:len(c) // 5]):
                self.check_refused(f'{name}: ', convert)
        for text, message in [('12\n11\n', 'expected 2 images, got 3'),
                              ('12\n11\n99\n', 'development kit.* got 99')]:
            with self.damage(ilsvrc2010.TEST_GROUNDTRUTH,
                             lambda c: text.encode()):
                self.check_refused(message, convert)

    def test_refuses_images(self):
        convert = ilsvrc2010.convert_ilsvrc2010
        self.test['test_1.JPEG'] = cut(self.test['test_1.JPEG'])
        self.write()
        self.check_refused('images_test.tar.*test_1.JPEG: expected an image',
                           convert)
        self.test['test_1.JPEG'] = jpeg()
        self.train['n01']['n01_8.JPEG'] = jpeg()
        self.write()
        self.check_refused('images_train.tar.*expected 5 images, got more',
                           convert)
        del self.train['n01']['n01_8.JPEG'], self.train['n01']['n01_7.JPEG']
        self.write()
        self.check_refused('images_train.tar.*expected 5 images, got 4',
                           convert)
        self.train['n09'] = {'n09_1.JPEG': jpeg()}
        self.write()
        self.check_refused('n09.tar in .*that the development kit lists',
                           convert)
        del self.train['n09']
        self.train['n01'] = {'n01_1.JPEG': jpeg(), 'n01_2.JPEG': jpeg(),
                             'n01_3.JPEG': jpeg()}
        self.write()
        self.check_refused('the 1 images for which there are patches, got 0',
                           convert)


class TestILSVRC2012(Competition):
    YEAR = 2012

    def test_values(self):
        write_archive(self.raw / ilsvrc2012.DEVKIT_ARCHIVE, {
            ilsvrc2012.DEVKIT_META_PATH: self.meta(),
            ilsvrc2012.DEVKIT_VALID_GROUNDTRUTH_PATH: b'12\n13\n'})
        write_archive(self.raw / ilsvrc2012.TRAIN_IMAGES_TAR,
                      self.train_archive())
        write_archive(self.raw / ilsvrc2012.VALID_IMAGES_TAR, self.valid)
        write_archive(self.raw / ilsvrc2012.TEST_IMAGES_TAR, self.test)
        path, = ilsvrc2012.convert_ilsvrc2012(
            str(self.raw), str(self.made), shuffle_seed=None)
        self.assertEqual(self.splits(ILSVRC2012(('train',))), [
            *((name, content, 2)
              for name, content in self.train['n03'].items()),
            *((name, content, 0)
              for name, content in sorted(self.train['n01'].items()))])
        self.assertEqual(self.splits(ILSVRC2012(('valid',))), [
            ('val_1.JPEG', self.valid['val_1.JPEG'], 1),
            ('val_2.JPEG', self.valid['val_2.JPEG'], 2)])
        test = ILSVRC2012(('test',))
        self.assertEqual(test.sources, ('encoded_images', 'filenames'))
        self.assertEqual(self.splits(test), [
            (name, content, -1) for name, content in self.test.items()])
        with h5py.File(path, 'r') as h5file:
            self.assertEqual(h5file['targets'].shape, (7, 1))
