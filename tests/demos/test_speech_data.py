"""Tests of the Japanese Vowels' reader on tiny files."""
import importlib.util
import os
import tempfile
import unittest
from unittest import mock

import numpy
import theano
from numpy.testing import assert_allclose, assert_array_equal

from blocks_rnn_bricks.streams import padded_batches
from demos._support.exits import UserError
from demos.speech import data

HEADER = '''\
# A comment, with @data in it.
@problemName Tiny
@dimensions 2
@classLabel true 3 b

@data
'''


class FilesTestCase(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = folder.name

    def write(self, text, name='tiny.ts'):
        path = os.path.join(self.folder, name)
        with open(path, 'w', encoding='utf-8') as file:
            file.write(text)
        return path


class TestReadTs(FilesTestCase):
    def test_values(self):
        series, classes = data.read_ts(self.write(
            HEADER + '1,2.5,-3:4,5,6e-1:b\n\n7:8:3\n'))
        assert_array_equal(series[0], [[1, 4], [2.5, 5], [-3, .6]])
        assert_array_equal(series[1], [[7, 8]])
        assert_array_equal(classes, [1, 0])
        self.assertEqual(classes.dtype, 'int64')

    def test_refusals(self):
        for pattern, text in [
                ('no @data', ''), ('no @data', '@dimensions 2\n'),
                ('line 1: expected @dimensions and @classLabel', '@data\n'),
                ('expected @dimensions', '@dimensions x\n@classLabel true a\n'
                 '@data\n'),
                ('line 3: expected @classLabel true',
                 '@dimensions 2\n@classLabel false\n@data\n'),
                ('line 7: expected 2 dimensions and a class, got 2 fields',
                 HEADER + '1,2:b\n'),
                ('line 8: expected 2 dimensions', HEADER + '1:2:b\n1,2'),
                ("line 7: unknown class '4'", HEADER + '1:2:4\n'),
                ("line 7: unknown class ''", HEADER + '1:2:\n'),
                ('line 7: dimensions of different length',
                 HEADER + '1,2:3:b\n'),
                ('line 7: could not convert', HEADER + '1,?:3,4:b\n'),
                ('line 7: could not convert', HEADER + ':3:b\n'),
                ('line 7: a number is missing', HEADER + '1,NaN:3,4:b\n')]:
            with self.assertRaisesRegex(ValueError, pattern):
                data.read_ts(self.write(text))


class TestLoadSpeech(FilesTestCase):
    def setUp(self):
        super().setUp()
        rng = numpy.random.RandomState(1)

        def lines(count):
            for number in range(count):
                length = rng.randint(1, 6)
                yield ':'.join([
                    ','.join(map(str, rng.normal(5, 2, length))),
                    ','.join(map(str, rng.normal(-3, .1, length))),
                    '3b'[number % 2]])
        for name, count in [('JapaneseVowels_TRAIN.ts', 20),
                            ('JapaneseVowels_TEST.ts', 7)]:
            self.write(HEADER + '\n'.join(lines(count)), name)
        patch = mock.patch.dict(data.FILES, {'JapaneseVowels_TRAIN.ts': 20,
                                             'JapaneseVowels_TEST.ts': 7})
        patch.start()
        self.addCleanup(patch.stop)

    def load(self, **kwargs):
        return data.load_speech(folder=self.folder, **kwargs)

    def test_parts(self):
        speech = self.load(validation=.3)
        self.assertEqual((speech.n_coefficients, speech.n_speakers), (2, 2))
        for part, count in [(speech.training, 14), (speech.validation, 6),
                            (speech.test, 7)]:
            self.assertEqual(part.num_examples, count)
            self.assertEqual(part.sources, ('utterances', 'speakers'))
            utterance, speaker = part.get_data(request=0)
            self.assertEqual(utterance.dtype, theano.config.floatX)
            self.assertEqual(utterance.shape[1], 2)
            self.assertEqual(speaker.dtype, 'int64')
        # Each speaker said half the utterances of each part.
        assert_array_equal(numpy.bincount(speech.training.speakers), [7, 7])
        assert_array_equal(numpy.bincount(speech.validation.speakers), [3, 3])

    def test_standardises_on_the_training_part(self):
        speech = self.load(validation=.3)
        frames = numpy.concatenate(speech.training.utterances)
        assert_allclose(frames.mean(axis=0), 0, atol=1e-5)
        assert_allclose(frames.std(axis=0), 1, atol=1e-5)
        series, classes = data.read_ts(
            os.path.join(self.folder, 'JapaneseVowels_TEST.ts'))
        assert_array_equal(speech.test.speakers, classes)
        # The same straight line for all values of a coefficient.
        raw, new = numpy.concatenate(series), numpy.concatenate(
            speech.test.utterances)
        for x, y in zip(raw.T, new.T):
            slope, shift = numpy.polyfit(x, y, 1)
            assert_allclose(slope * x + shift, y, rtol=1e-3, atol=1e-4)
        self.assertGreater(abs(new.mean(axis=0)).max(), 1e-3)

    def test_split_follows_the_seed(self):
        def chosen(seed):
            return data.split_by_speaker(numpy.arange(40) % 2, .25, seed)
        assert_array_equal(chosen(3), chosen(3))
        self.assertTrue((chosen(3) != chosen(4)).any())
        self.assertEqual(chosen(3).sum(), 10)

    def test_parts_do_not_overlap(self):
        whole = self.load(validation=0)
        self.assertIsNone(whole.validation)
        self.assertEqual(whole.training.num_examples, 20)
        speech = self.load(validation=.5)
        shapes = sorted(utterance.shape for part in
                        (speech.training, speech.validation)
                        for utterance in part.utterances)
        self.assertEqual(shapes, sorted(utterance.shape for utterance
                                        in whole.training.utterances))

    def test_each_speaker_keeps_an_utterance(self):
        speech = self.load(validation=.99)
        assert_array_equal(numpy.bincount(speech.training.speakers), [1, 1])

    def test_streams(self):
        stream = padded_batches(self.load().training, 4)
        self.assertEqual(stream.sources,
                         ('utterances', 'utterances_mask', 'speakers'))
        self.assertEqual(sum(len(batch[-1]) for batch
                             in stream.get_epoch_iterator()), 16)

    def test_refusals(self):
        for share in (-.1, 1, 20):
            with self.assertRaisesRegex(ValueError, 'must be a share'):
                self.load(validation=share)
        with self.assertRaisesRegex(UserError, 'less than one utterance'):
            self.load(validation=.01)
        path = os.path.join(self.folder, 'JapaneseVowels_TEST.ts')
        with open(path, encoding='utf-8') as file:
            text = file.read()
        for pattern, cut in [
                ('TEST.ts is damaged, expected 7 utterances, got 6; run: pip '
                 'install --force-reinstall', text[:text.rindex('\n')]),
                ('TEST.ts is damaged, line 13: .*; run: pip install',
                 text[:-3]),
                ('TEST.ts is damaged, there is no @data', '')]:
            self.write(cut, 'JapaneseVowels_TEST.ts')
            with self.assertRaisesRegex(UserError, pattern) as caught:
                self.load()
            self.assertNotIn('\n', str(caught.exception))
        with open(path, 'wb') as file:
            file.write(b'\xff\xfe\x00')
        with self.assertRaisesRegex(UserError, 'TEST.ts is damaged'):
            self.load()
        os.remove(path)
        with self.assertRaisesRegex(UserError, 'cannot read .*TEST.ts: No '
                                    'such file .*; run: pip install'):
            self.load()

    def test_sktime_is_not_installed(self):
        with mock.patch('importlib.util.find_spec', return_value=None):
            with self.assertRaisesRegex(UserError, 'sktime, which is not '
                                        'installed; run: pip install'):
                data.load_speech()


class TestInstalled(unittest.TestCase):
    def test_files_of_sktime(self):
        if importlib.util.find_spec('sktime') is None:
            raise unittest.SkipTest('sktime, the data, is not installed')
        speech = data.load_speech(validation=.2)
        self.assertEqual((speech.n_coefficients, speech.n_speakers), (12, 9))
        lengths = [len(utterance) for part in (speech.training,
                                               speech.validation, speech.test)
                   for utterance in part.utterances]
        self.assertEqual((len(lengths), min(lengths), max(lengths)),
                         (640, 7, 29))
        assert_array_equal(numpy.bincount(speech.validation.speakers), 6)
