"""Tests of converters of sound and of images that differ in size."""
import os
import stat
import sys
from unittest import mock

import h5py
import numpy
from fuel.converters import dogs_vs_cats, svhn, youtube_audio
from fuel.datasets import SVHN, DogsVsCats, YouTubeAudio
from fuel.exceptions import MissingInputFiles
from fuel.schemes import SequentialScheme
from fuel.streams import DataStream
from numpy.testing import assert_array_equal

from tests.compat.fuel.converters import raw_files
from tests.compat.fuel.converters.cases import ConverterCase, cut, html


class TestSVHN1(ConverterCase):
    def test_values(self):
        expected = raw_files.write_svhn_1(self.raw)
        path, = svhn.convert_svhn(1, str(self.raw), str(self.made))
        for split, (images, boxes) in expected.items():
            dataset = SVHN(1, (split,))
            self.assertEqual(dataset.sources, (
                'bbox_heights', 'bbox_labels', 'bbox_lefts', 'bbox_tops',
                'bbox_widths', 'features'))
            handle = dataset.open()
            data = dict(zip(dataset.sources, dataset.get_data(
                handle, slice(0, dataset.num_examples))))
            dataset.close(handle)
            self.assertEqual(len(data['features']), len(images))
            for i, image in enumerate(images):
                assert_array_equal(data['features'][i],
                                   image.transpose(2, 0, 1))
            for field in raw_files.FIELDS:
                source = f'bbox_{field}s'
                for values, numbers in zip(
                        data[source], [box[field] for box in boxes]):
                    # Label 10 is the digit 0; a box outside is clipped to 0.
                    wanted = [number % 10 if field == 'label'
                              else max(number, 0) for number in numbers]
                    self.assertEqual(values.tolist(),
                                     [[number] for number in wanted])
                    self.assertEqual(values.dtype, 'uint8' if field == 'label'
                                     else 'uint16')
        self.assertEqual(SVHN(1, ('train',)).axis_labels, {
            'features': ('batch', 'channel', 'height', 'width'),
            'bbox_labels': ('batch', 'bounding_box', 'index'),
            'bbox_heights': ('batch', 'bounding_box', 'height'),
            'bbox_widths': ('batch', 'bounding_box', 'width'),
            'bbox_lefts': ('batch', 'bounding_box', 'x'),
            'bbox_tops': ('batch', 'bounding_box', 'y')})

    def refuse(self, members, message):
        raw_files.write_archive(self.raw / 'test.tar.gz', members)
        self.check_refused(message, svhn.convert_svhn, 1)

    def test_refuses(self):
        raw_files.write_svhn_1(self.raw)
        for change in (cut, html, lambda content: b''):
            with self.damage('extra.tar.gz', change):
                self.check_refused('extra.tar.gz: expected',
                                   svhn.convert_svhn, 1)
        image = raw_files.encoded(raw_files.pixels(3, 4, 3), 'PNG')
        box = {field: [1, 2] for field in raw_files.FIELDS}
        boxes = raw_files.digit_struct([box, box])

        def members(images, boxes=boxes):
            return {'test/digitStruct.mat': boxes,
                    **{f'test/{name}.png': content
                       for name, content in images.items()}}
        for content, message in [
                ({'test/1.png': image}, 'a member digitStruct.mat'),
                (members({1: image}), 'got no 2.png'),
                (members({2: image}), 'got no 1.png'),
                (members({1: image, 2: image, 3: image}), 'got test/3.png'),
                (members({0: image}), 'got test/0.png'),
                (members({1: image, 2: cut(image)}), 'test/2.png in'),
                (members({1: html(image)}), 'test/1.png in'),
                (members({1: raw_files.encoded(
                    raw_files.pixels(3, 4), 'PNG')}), 'got mode L'),
                (members({}, cut(boxes)), 'a MATLAB 7.3 file of boxes'),
                (members({}, html(boxes)), 'a MATLAB 7.3 file of boxes'),
                (members({}, raw_files.digit_struct(
                    [{**box, 'top': [1]}])), 'image 1 of.*of one length'),
                (members({}, raw_files.digit_struct(
                    [{**box, 'label': [3, 11]}])), 'image 1 of.*got 11'),
                (members({}, raw_files.digit_struct(
                    [{**box, 'left': [3, 70000]}])), 'fit into uint16')]:
            self.refuse(content, message)


@mock.patch.multiple(dogs_vs_cats, NUM_TRAIN=5, NUM_TEST=3)
class TestDogsVsCats(ConverterCase):
    def test_values(self):
        train, test, images = raw_files.write_dogs_vs_cats(self.raw, 5, 3)
        path, = dogs_vs_cats.convert_dogs_vs_cats(str(self.raw),
                                                  str(self.made))
        order = list(train)
        numpy.random.RandomState(123522).shuffle(order)
        dataset = DogsVsCats(('train',))
        handle = dataset.open()
        pixels, targets = dataset.get_data(handle, slice(0, 5))
        dataset.close(handle)
        for name, image, target in zip(order, pixels, targets, strict=True):
            assert_array_equal(image, images[name])
            self.assertEqual(target.tolist(), ['dog' in name])
        self.assertEqual(dataset.axis_labels, {
            'image_features': ('batch', 'channel', 'height', 'width'),
            'targets': ('batch', 'index')})
        self.assertEqual(dataset.data_sources, None)
        stream = DataStream.default_stream(
            DogsVsCats(('test',)), iteration_scheme=SequentialScheme(3, 3))
        (scaled,), = stream.get_epoch_iterator()
        for name, image in zip(sorted(test), scaled, strict=True):
            numpy.testing.assert_allclose(image, images[name] / 255)
        with h5py.File(path, 'r') as h5file:
            self.assertEqual(h5file['targets'].shape, (5, 1))
            self.assertEqual(h5file['image_features_shapes'].dtype, 'int32')

    def test_refuses(self):
        raw_files.write_dogs_vs_cats(self.raw, 5, 3)
        convert = dogs_vs_cats.convert_dogs_vs_cats
        for name in ('dogs_vs_cats.train.zip', 'dogs_vs_cats.test1.zip'):
            for change in (cut, html):
                with self.damage(name, change):
                    self.check_refused(f'{name}: expected a ZIP archive',
                                       convert)
        name = 'dogs_vs_cats.test1.zip'
        with self.damage(name, lambda c: c.replace(b'\xff\xd8', b'\0\0')):
            self.check_refused(f'{name}: expected a complete member.*BadZip',
                               convert)
        raw_files.write_dogs_vs_cats(self.raw, 5, 2)
        self.check_refused(f'{name}: expected 3 images, got 2', convert)


FFMPEG = """#!{python}
import sys, wave
arguments = sys.argv[1:]
path, channels, rate, target = (arguments[i] for i in (2, 4, 6, 7))
assert arguments == ['-y', '-i', path, '-ac', channels, '-ar', rate, target]
content = open(path, 'rb').read()
if not content.startswith(b'sound'):
    sys.exit('Invalid data found when processing input')
with wave.open(target, 'wb') as file_:
    file_.setnchannels(int(channels))
    file_.setsampwidth(2)
    file_.setframerate(int(rate))
    file_.writeframes(content[5:])
"""


class TestYouTubeAudio(ConverterCase):
    def convert(self, **kwargs):
        path, = youtube_audio.convert_youtube_audio(
            str(self.raw), str(self.made), 'abc', **kwargs)
        return path

    def test_values(self):
        samples = numpy.arange(-3, 9, dtype='<i2')
        (self.raw / 'abc.m4a').write_bytes(b'sound' + samples.tobytes())
        with self.pretended_ffmpeg():
            for channels in (1, 2):
                self.check_splits(
                    self.convert(channels=channels, sample=8000),
                    {'train': {'features': samples.reshape(
                        1, -1, channels)}},
                    {'features': ('batch', 'time', 'feature')})
                self.assertEqual(YouTubeAudio('abc').num_examples, 1)
            (self.raw / 'abc.m4a').write_bytes(b'noise')
            self.check_refused('abc.m4a: expected sound.*Invalid data',
                               lambda raw, made: self.convert())

    def pretended_ffmpeg(self):
        program = self.raw / 'ffmpeg'
        program.write_text(FFMPEG.format(python=sys.executable))
        program.chmod(program.stat().st_mode | stat.S_IXUSR)
        return mock.patch.dict(os.environ, PATH=str(self.raw))

    def test_missing_file_and_program(self):
        with self.assertRaisesRegex(MissingInputFiles, 'abc.m4a'):
            self.convert()
        (self.raw / 'abc.m4a').write_bytes(b'sound')
        with mock.patch.dict(os.environ, PATH=str(self.made)), \
                self.assertRaisesRegex(RuntimeError, 'needs the program ff'):
            self.convert()
