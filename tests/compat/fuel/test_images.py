"""Tests of image transformers."""
import io
import math
import pickle
from unittest import TestCase

import numpy
from fuel.datasets import IndexableDataset
from fuel.exceptions import AxisLabelsMismatchError
from fuel.schemes import SequentialExampleScheme, SequentialScheme
from fuel.streams import DataStream
from fuel.transformers._image import window_batch_bchw
from fuel.transformers.defaults import rgb_images_from_encoded_bytes
from fuel.transformers.image import (
    ImagesFromBytes,
    MinimumImageDimensions,
    Random2DRotation,
    RandomFixedSizeCrop,
)
from fuel.utils.arrays import as_objects
from numpy.testing import assert_array_equal
from PIL import Image

from tests.compat.fuel.helpers import assert_same, finish_elsewhere

AXES = ('batch', 'channel', 'height', 'width')


def dataset(**sources):
    return IndexableDataset(sources, axis_labels=dict.fromkeys(sources, AXES))


def examples(**sources):
    data = dataset(**sources)
    return DataStream(data, iteration_scheme=SequentialExampleScheme(
        data.num_examples))


def batches(size, **sources):
    data = dataset(**sources)
    return DataStream(data, iteration_scheme=SequentialScheme(
        data.num_examples, size))


def epoch(stream):
    return list(stream.get_epoch_iterator())


def numbered(*shape):
    """Return an image whose pixels all differ."""
    return numpy.arange(math.prod(shape)).reshape(shape).astype('uint8')


class FixedAngle:
    """Always draws the same angle, in degrees."""

    def __init__(self, angle):
        self.angle = angle

    def uniform(self, low, high, size=None):
        assert low <= self.angle <= high
        return self.angle if size is None else [self.angle] * size


class TestImagesFromBytes(TestCase):
    def encoded(self, pixels, mode, extension='PNG'):
        file_ = io.BytesIO()
        Image.fromarray(pixels).convert(mode).save(file_, extension)
        return file_.getvalue()

    def test_channels_come_first(self):
        pixels = numbered(2, 4, 3)
        stream = ImagesFromBytes(examples(x=[self.encoded(pixels, 'RGB')]))
        (image,), = epoch(stream)
        self.assertEqual((image.shape, image.dtype), ((3, 2, 4), 'uint8'))
        for channel in range(3):
            assert_array_equal(image[channel], pixels[:, :, channel])

    def test_modes(self):
        content = self.encoded(numbered(2, 4), 'L')
        for mode, shape in [('RGB', (3, 2, 4)), ('L', (1, 2, 4)),
                            (None, (1, 2, 4)), ('RGBA', (4, 2, 4))]:
            with self.subTest(mode=mode):
                (image,), = epoch(ImagesFromBytes(examples(x=[content]),
                                                  color_mode=mode))
                self.assertEqual(image.shape, shape)
                assert_array_equal(image[0], numbered(2, 4))

    def test_batches_and_axis_labels(self):
        contents = [self.encoded(numbered(height, 2), 'L')
                    for height in (2, 3, 5)]
        stream = ImagesFromBytes(
            batches(2, x=contents, y=numbered(3, 1, 1, 1)),
            color_mode='L', which_sources='x')
        self.assertEqual(stream.axis_labels, {'x': AXES, 'y': AXES})
        first, second = epoch(stream)
        self.assertIsInstance(first[0], list)
        for image, height in zip(first[0] + second[0], (2, 3, 5)):
            assert_array_equal(image[0], numbered(height, 2))
        assert_array_equal(first[1], numbered(3, 1, 1, 1)[:2])
        self.assertEqual(
            ImagesFromBytes(examples(x=contents)).axis_labels['x'], AXES[1:])
        self.assertEqual(ImagesFromBytes(DataStream(IndexableDataset(
            {'x': contents}), iteration_scheme=SequentialExampleScheme(
                3))).axis_labels['x'], AXES[1:])

    def test_default_transformers(self):
        files = [numpy.frombuffer(self.encoded(numbered(2, 3), 'L'), 'uint8')]
        for stream in (examples(x=as_objects(files)),
                       batches(1, x=as_objects(files))):
            for transformer, args, kwargs in rgb_images_from_encoded_bytes(
                    ('x',)):
                stream = transformer(stream, *args, **kwargs)
            (image,), = epoch(stream)
            assert_array_equal(image if stream.produces_examples
                               else image[0], [numbered(2, 3)] * 3)

    def test_errors(self):
        good = self.encoded(numbered(8, 9), 'L')
        for content, error, message in [
                (numpy.zeros(3), TypeError, "'x' to give bytes.*ToBytes"),
                (b'', ValueError, "'x' gave 0 bytes that Pillow can't"),
                (b'no image', ValueError, "gave 8 bytes that Pillow can't"),
                (good[:-30], ValueError, "that Pillow can't read")]:
            with self.subTest(content=content), \
                    self.assertRaisesRegex(error, message):
                epoch(ImagesFromBytes(examples(x=[content])))


class TestMinimumImageDimensions(TestCase):
    def test_shapes(self):
        # At least 4 by 3: as small as possible, in the same proportions.
        for shape, expected in [((4, 3), (4, 3)), ((5, 9), (5, 9)),
                                ((2, 3), (4, 6)), ((4, 1), (12, 3)),
                                ((3, 2), (5, 3)), ((1, 1), (4, 4))]:
            for channels in ((), (1,), (2,), (3,), (5,)):
                with self.subTest(shape=shape, channels=channels):
                    image = numbered(*channels, *shape)
                    (changed,), = epoch(MinimumImageDimensions(
                        examples(x=[image]), (4, 3)))
                    self.assertEqual(changed.shape, channels + expected)
                    self.assertEqual(changed.dtype, 'uint8')
                    if shape == expected:
                        assert_array_equal(changed, image)

    def test_nearest_is_exact_for_any_dtype(self):
        for dtype, unit in [('uint8', 1), ('bool', 1), ('float32', 1 / 3),
                            ('int64', 2 ** 59 - 1), ('float64', 1e300 / 7),
                            ('complex128', 1 + 1e-9j)]:
            with self.subTest(dtype=dtype):
                image = numbered(2, 2, 3).astype(dtype) * numpy.array(
                    unit, dtype=dtype)
                (changed,), = epoch(MinimumImageDimensions(
                    examples(x=[image]), (4, 6)))
                self.assertEqual(changed.dtype, dtype)
                assert_array_equal(
                    changed, image.repeat(2, axis=1).repeat(2, axis=2))

    def test_filters_equal_those_of_pillow(self):
        # Values in the middle of the range, so that no overshoot is clipped.
        image = numpy.random.RandomState(1).randint(
            100, 156, (3, 4, 5)).astype('uint8')
        for name in ('bilinear', 'bicubic', 'lanczos', 'antialias', 'box'):
            method = Image.Resampling[
                'LANCZOS' if name == 'antialias' else name.upper()]
            expected = numpy.asarray(Image.fromarray(image.transpose(
                1, 2, 0)).resize((10, 8), method)).transpose(2, 0, 1)
            for dtype in ('uint8', 'int16', 'int32'):
                with self.subTest(filter=name, dtype=dtype):
                    (changed,), = epoch(MinimumImageDimensions(
                        examples(x=[image.astype(dtype)]), (8, 10), name))
                    self.assertEqual(changed.dtype, dtype)
                    difference = changed.astype(int) - expected.astype(int)
                    self.assertLessEqual(abs(difference).max(),
                                         dtype != 'uint8')
            (changed,), = epoch(MinimumImageDimensions(
                examples(x=[image.astype('float64')]), (8, 10), name))
            # Pillow rounds to bytes after each of two passes.
            self.assertLess(abs(changed - expected).max(), 1.5)

    def test_overshoot_does_not_wrap_around(self):
        image = numpy.zeros((1, 4, 4), dtype='uint16')
        image[:, :, 2:] = 65535
        (changed,), = epoch(MinimumImageDimensions(
            examples(x=[image]), (16, 16), 'bicubic'))
        self.assertTrue((numpy.diff(changed.astype(int)) >= 0)[
            :, :, 5:10].all())
        assert_array_equal(changed[0, :, 0], 0)

    def test_batches_are_lists(self):
        images = [numbered(3, 2, 2), numbered(3, 5, 5)]
        for source in (images, as_objects(images)):
            (changed,), = epoch(MinimumImageDimensions(
                batches(2, x=source), (4, 4)))
            self.assertIsInstance(changed, list)
            self.assertEqual([image.shape for image in changed],
                             [(3, 4, 4), (3, 5, 5)])

    def test_errors(self):
        stream = examples(x=[numbered(2, 3)])
        for error, message, arguments in [
                (ValueError, "resample must be one of 'nearest'.*'blurry'",
                 ((4, 4), 'blurry')),
                (ValueError, 'minimum_shape must be a height.*4, 0',
                 ((4, 0),)),
                (ValueError, 'minimum_shape must be a height', ((4,),))]:
            with self.subTest(arguments=arguments), \
                    self.assertRaisesRegex(error, message):
                MinimumImageDimensions(stream, *arguments)
        for image, message, resample in [
                (numpy.zeros((1, 2, 3, 4)), r"gave an array of shape \(1,",
                 'nearest'),
                (numpy.zeros((0, 3)), r"array of shape \(0, 3\)", 'nearest'),
                (numpy.zeros((2, 3), dtype='int64'),
                 "'nearest' supports images of dtype int64.*Cast", 'bicubic')]:
            with self.subTest(shape=image.shape), self.assertRaisesRegex(
                    (NotImplementedError, ValueError), message):
                epoch(MinimumImageDimensions(examples(x=[image]), (4, 4),
                                             resample))


class TestRandomFixedSizeCrop(TestCase):
    def setUp(self):
        self.one_size = numbered(1, 1, 6, 10).repeat(5, axis=0)
        self.sizes = [numbered(1, height, 10) for height in (3, 6, 7, 5, 4)]

    def check(self, window, image):
        """Check that a window is cut from an image; return its corner."""
        corner = window.flat[0]
        top, left = divmod(int(corner), 10)
        assert_array_equal(window, image[:, top:top + 3, left:left + 4])
        return corner

    def test_windows_equal_those_of_fuel(self):
        # The corner pixel of each window, as computed by Fuel 0.2.0.
        for stream, expected in [
                (batches(3, x=self.one_size, y=self.sizes),
                 [[[5, 33, 14], [3, 10, 1]], [[4, 25], [12, 6]]]),
                (examples(x=self.one_size, y=self.sizes),
                 [[13, 4], [1, 35], [30, 1], [5, 6], [12, 6]])]:
            crop = RandomFixedSizeCrop(stream, (3, 4))
            corners = []
            for x, y in crop.get_epoch_iterator():
                if not stream.produces_examples:
                    self.assertIsInstance(x, numpy.ndarray)
                    self.assertIsInstance(y, list)
                    start = sum(len(pair[0]) for pair in corners)
                    originals = self.sizes[start:start + len(y)]
                    corners.append([
                        [self.check(window, self.one_size[0])
                         for window in x],
                        [self.check(*pair) for pair in zip(y, originals)]])
                else:
                    corners.append([
                        self.check(x, self.one_size[0]),
                        self.check(y, self.sizes[len(corners)])])
            self.assertEqual(corners, expected)

    def test_every_window_occurs(self):
        rng = numpy.random.RandomState(2)
        for stream in (batches(5, x=self.one_size), examples(
                x=self.one_size)):
            crop = RandomFixedSizeCrop(stream, (3, 4), rng=rng)
            corners = {int(window.flat[0]) for _ in range(60)
                       for data in crop.get_epoch_iterator()
                       for window in numpy.reshape(data, (-1, 1, 3, 4))}
            self.assertEqual(corners, {10 * top + left for top in range(4)
                                       for left in range(7)})

    def test_array_of_objects_becomes_a_list(self):
        (windows,), = epoch(RandomFixedSizeCrop(
            batches(5, x=as_objects(self.sizes)), (3, 4)))
        self.assertIsInstance(windows, list)
        for pair in zip(windows, self.sizes, strict=True):
            self.check(*pair)

    def test_continues_after_pickling(self):
        crop = RandomFixedSizeCrop(batches(2, x=self.one_size), [3, 4])
        iterator = crop.get_epoch_iterator()
        next(iterator)
        pickled = pickle.dumps(iterator)
        rest = finish_elsewhere([iterator])[0]
        self.assertEqual(len(rest), 2)
        assert_same(rest, list(pickle.loads(pickled)))

    def test_errors(self):
        with self.assertRaisesRegex(ValueError, 'window_shape must be'):
            RandomFixedSizeCrop(examples(x=self.one_size), (0, 4))
        for stream in (examples(x=self.sizes), batches(5, x=self.sizes),
                       batches(5, x=self.one_size[:, :, :3])):
            with self.subTest(stream=stream), self.assertRaisesRegex(
                    ValueError, r"can't cut windows of shape \(4, 4\) from "
                    r"images of shape \(3, 10\) of source 'x'"):
                epoch(RandomFixedSizeCrop(stream, (4, 4)))
        for stream, found in [
                (examples(x=[numbered(6, 6)]), r'of shape \(6, 6\)'),
                (batches(1, x=[numbered(6, 6)]), r'of shape \(6, 6\)'),
                (batches(1, x=numbered(1, 6, 6)), r'of shape \(1, 6, 6\)'),
                (batches(1, x=[[[1]]]), 'got list')]:
            with self.subTest(found=found), \
                    self.assertRaisesRegex(ValueError, found):
                epoch(RandomFixedSizeCrop(stream, (3, 3)))

    def test_axis_labels_are_checked(self):
        stream = DataStream(
            IndexableDataset({'x': self.one_size}, axis_labels={
                'x': ('batch', 'height', 'width', 'channel')}),
            iteration_scheme=SequentialScheme(5, 5))
        with self.assertRaises(AxisLabelsMismatchError):
            epoch(RandomFixedSizeCrop(stream, (3, 3)))
        unlabelled = DataStream(IndexableDataset({'x': self.one_size}),
                                iteration_scheme=SequentialScheme(5, 5))
        with self.assertLogs('fuel', 'WARNING'):
            epoch(RandomFixedSizeCrop(unlabelled, (3, 3)))


class TestRandom2DRotation(TestCase):
    def test_quarter_turn(self):
        image = numbered(3, 4, 4)
        expected = numpy.rot90(image, axes=(1, 2))
        for resample in ('nearest', 'bilinear', 'bicubic'):
            for dtype in ('uint8', 'float32', 'float64', 'int16'):
                with self.subTest(resample=resample, dtype=dtype):
                    (turned,), = epoch(Random2DRotation(
                        examples(x=[image.astype(dtype)]), resample=resample,
                        rng=FixedAngle(90)))
                    assert_array_equal(turned, expected)
                    self.assertEqual(turned.dtype, dtype)

    def test_colours_equal_those_of_pillow(self):
        image = numpy.random.RandomState(1).randint(
            0, 256, (3, 7, 9)).astype('uint8')
        for resample in ('nearest', 'bilinear', 'bicubic'):
            for angle in (-170.5, -20, 3, 33.3, 120):
                with self.subTest(resample=resample, angle=angle):
                    (turned,), = epoch(Random2DRotation(
                        examples(x=[image]), resample=resample,
                        rng=FixedAngle(angle)))
                    expected = Image.fromarray(image.transpose(
                        1, 2, 0)).rotate(angle,
                                         Image.Resampling[resample.upper()])
                    assert_array_equal(
                        turned, numpy.asarray(expected).transpose(2, 0, 1))

    def test_angles(self):
        # The same generator, called like Fuel's: once for a batch.
        image = numpy.random.RandomState(1).randint(
            1, 256, (2, 15, 15)).astype('uint8')
        turned = [data[0] for data in epoch(Random2DRotation(
            batches(3, x=numpy.stack([image] * 5)), 0.5,
            rng=numpy.random.RandomState(9)))]
        rng = numpy.random.RandomState(9)
        angles = [rng.uniform(-numpy.rad2deg(0.5), numpy.rad2deg(0.5), size)
                  for size in (3, 2)]
        for angle, result in zip(numpy.concatenate(angles),
                                 numpy.concatenate(turned), strict=True):
            (expected,), = epoch(Random2DRotation(
                examples(x=[image]), 0.5, rng=FixedAngle(angle)))
            assert_array_equal(result, expected)
        self.assertFalse((turned[0][0] == turned[0][1]).all())

    def test_type_of_the_batch_is_kept(self):
        images = [numbered(3, 4, 4), numbered(3, 5, 5)]
        expected = [numpy.rot90(image, axes=(1, 2)) for image in images]
        for source, result in [(images, list(expected)),
                               (as_objects(images), as_objects(expected)),
                               (numpy.stack(images[:1] * 2),
                                numpy.stack(expected[:1] * 2))]:
            (turned,), = epoch(Random2DRotation(batches(2, x=source),
                                                rng=FixedAngle(90)))
            assert_same(turned, result)

    def test_errors(self):
        stream = examples(x=[numbered(6, 6)])
        for angle in (0, -1, 3.2, float('nan')):
            with self.subTest(angle=angle), self.assertRaisesRegex(
                    ValueError, 'maximum_rotation must be an angle'):
                Random2DRotation(stream, angle)
        with self.assertRaisesRegex(ValueError, "'bicubic', got 'lanczos'"):
            Random2DRotation(stream, resample='lanczos')
        with self.assertRaisesRegex(ValueError, r"array of shape \(6, 6\)"):
            epoch(Random2DRotation(stream))


class TestWindows(TestCase):
    """Tests of the former C loop, which scripts import."""

    def setUp(self):
        self.images = numpy.random.RandomState(1).randint(
            0, 256, size=(3, 2, 7, 9)).astype('uint8')
        self.out = numpy.zeros((3, 2, 4, 5), dtype='uint8')

    def test_each_image_has_its_own_window(self):
        tops, lefts = numpy.array([0, 3, 1]), numpy.array([4, 0, 2])
        window_batch_bchw(self.images, tops, lefts, self.out)
        for image, window, top, left in zip(self.images, self.out, tops,
                                            lefts):
            for row in range(4):
                for column in range(5):
                    assert_array_equal(window[:, row, column],
                                       image[:, top + row, left + column])

    def test_spare_offsets_are_ignored(self):
        window_batch_bchw(self.images, numpy.array([0, 3, 1, 99]),
                          numpy.zeros(9, dtype=int), self.out)
        assert_array_equal(self.out[1], self.images[1, :, 3:, :5])

    def test_wrong_input(self):
        good = numpy.zeros(3, dtype=int)
        for label, arguments, error, message in (
                ('beyond the border', (self.images, good, good + 5),
                 ValueError, 'offset of 0 to 4 on axis 3, got .5, 5, 5'),
                ('before the border', (self.images, good - 1, good),
                 ValueError, 'offset of 0 to 3 on axis 2'),
                ('an offset is missing', (self.images, good[:2], good),
                 ValueError, 'each of the 3 images'),
                ('images', (self.images[:2], good, good), ValueError,
                 r'shapes \(2, 2, 7, 9\)'),
                ('dtype', (self.images.astype('float32'), good, good),
                 TypeError, 'float32')):
            with self.subTest(label), self.assertRaisesRegex(error, message):
                window_batch_bchw(*arguments, self.out)
