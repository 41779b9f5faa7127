"""The reader of dictionaries and the scores, on tiny ones written here."""
import importlib.util
import os
import pickle
import tempfile
import unittest
from unittest import mock

import numpy
from numpy.testing import assert_array_equal

from demos._support.exits import UserError
from demos.phonemes import data
from demos.phonemes.scoring import align, align_nearest, edit_distance, score

#: Lines of every kind.
TINY = '''\
lead L EH1 D
lead(2) L IY1 D # verb
lead(3) L IY2 D
o'clock AH0 K L AA1 K

  # nothing but a comment
Aaron EH1 R AH0 N
'''


class FilesTestCase(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = folder.name

    def write(self, text):
        path = os.path.join(self.folder, 'tiny.dict')
        with open(path, 'w', encoding='utf-8') as file:
            file.write(text)
        return path


def words_of(part, number):
    """Made-up words that belong to a part."""
    rng = numpy.random.RandomState(1)
    found = set()
    while len(found) < number:
        word = ''.join(rng.choice(list('abc'), size=rng.randint(3, 7)))
        if data.part_of(word) == part:
            found.add(word)
    return sorted(found)


class TestLoadDictionary(FilesTestCase):
    def test_entries(self):
        others = ''.join(f'{word} B\n' for part in data.PARTS
                         for word in words_of(part, 2))
        dictionary = data.load_dictionary(self.write(TINY + others))
        entries = dictionary.entries
        self.assertEqual(entries['lead'],
                         (('L', 'EH', 'D'), ('L', 'IY', 'D')))
        self.assertEqual(entries["o'clock"], (('AH', 'K', 'L', 'AA', 'K'),))
        self.assertEqual(entries['aaron'], (('EH', 'R', 'AH', 'N'),))
        self.assertEqual(len(entries), 9)
        self.assertEqual(dictionary.letters, "'abcdeklnor")
        self.assertEqual(dictionary.phonemes, (
            'AA', 'AH', 'B', 'D', 'EH', 'IY', 'K', 'L', 'N', 'R'))
        self.assertEqual(dictionary.path, os.path.join(self.folder,
                                                       'tiny.dict'))

    def test_refusals(self):
        for pattern, text in [
                ('not a dictionary, line 2: .*got .abc', 'ab B\nabc\n'),
                ('line 1: .*a word and phonemes', 'ab B 1\n'),
                ('line 1: ', 'ab B AH3\n'), ('line 1: ', 'ab b\n'),
                ('tiny.dict has 0 words', ''),
                ('has 1 words, too few', 'ab B\n')]:
            with self.assertRaisesRegex(UserError, pattern):
                data.load_dictionary(self.write(text))
        with self.assertRaisesRegex(UserError, 'cannot read .*missing'):
            data.load_dictionary(os.path.join(self.folder, 'missing'))
        with open(self.write(''), 'wb') as file:
            file.write(b'\xff\xfe')
        with self.assertRaisesRegex(UserError, 'is not a dictionary'):
            data.load_dictionary(file.name)

    def test_installed_one_that_is_damaged(self):
        with mock.patch.object(data, 'find_file',
                               lambda: self.write('ab\n')):
            with self.assertRaisesRegex(UserError,
                                        'pip install --force-reinstall'):
                data.load_dictionary()

    def test_nothing_installed(self):
        with mock.patch.object(importlib.util, 'find_spec',
                               lambda name: None):
            with self.assertRaisesRegex(UserError, 'pip install --no-deps'):
                data.find_file()


class TestParts(unittest.TestCase):
    def test_a_word_has_one_part_for_ever(self):
        for word, part in [('apple', 'training'), ('phoneme', 'training'),
                           ('jukebox', 'test'), ('tongue', 'validation')]:
            self.assertEqual(data.part_of(word), part, word)

    def test_shares(self):
        parts = [data.part_of(str(number)) for number in range(20000)]
        for part, share in [('training', .85), ('validation', .05),
                            ('test', .1)]:
            self.assertAlmostEqual(parts.count(part) / 20000, share,
                                   delta=.01)


class TestPronunciations(FilesTestCase):
    def load(self):
        """Words of the form ab, said B once and A B A B A another time."""
        text = ''.join(f'{word} B AH0\n{word}(2) {"AH1 B " * len(word)} B\n'
                       for part in data.PARTS for word in words_of(part, 3))
        return data.load_dictionary(self.write(text))

    def test_examples(self):
        dictionary = self.load()
        words = sorted(dictionary.part('validation'))
        self.assertEqual(words, words_of('validation', 3))
        dataset = data.Pronunciations(dictionary, 'validation', 3)
        self.assertEqual(dataset.num_examples, 6)
        letters, phonemes = dataset.get_data(request=0)
        self.assertEqual([dictionary.letters[i] for i in letters],
                         list(words[0]))
        self.assertEqual([dictionary.phonemes[i] for i in phonemes],
                         ['B', 'AH'])

    def test_what_does_not_fit_is_left_out(self):
        dictionary = self.load()
        # 2 n + 1 phonemes, two of them equal, and n letters.
        for frames, number in [(1, 3), (2, 3), (3, 6)]:
            self.assertEqual(data.Pronunciations(
                dictionary, 'test', frames).num_examples, number)

    def test_pickle_holds_no_words(self):
        dictionary = self.load()
        dataset = data.Pronunciations(dictionary, 'training', 3)
        pickled = pickle.dumps(dataset)
        self.assertNotIn('_indexables', dataset.__getstate__())
        again = pickle.loads(pickled)
        for one, other in zip(again.get_data(request=[0, 5]),
                              dataset.get_data(request=[0, 5])):
            for a, b in zip(one, other):
                assert_array_equal(a, b)

    def test_frames_needed(self):
        for phonemes, frames in [('', 0), ('A', 1), ('AA', 3), ('AAA', 5),
                                 ('ABA', 3)]:
            self.assertEqual(data.frames_needed(phonemes), frames)


class TestScoring(unittest.TestCase):
    def test_edit_distance(self):
        def plain(one, other):
            if not one or not other:
                return len(one) + len(other)
            return min(plain(one[1:], other[1:]) + (one[0] != other[0]),
                       plain(one[1:], other) + 1, plain(one, other[1:]) + 1)
        rng = numpy.random.RandomState(1)
        for _ in range(100):
            one, other = (tuple(rng.randint(3, size=rng.randint(6)))
                          for _ in range(2))
            alignment = align(one, other)
            self.assertEqual(edit_distance(alignment), plain(one, other))
            self.assertEqual(tuple(a for a, _ in alignment
                                   if a is not None), one)
            self.assertEqual(tuple(b for _, b in alignment
                                   if b is not None), other)

    def test_nearest(self):
        self.assertEqual(align_nearest('abc', ['xyz', 'abd', 'abx']),
                         [('a', 'a'), ('b', 'b'), ('c', 'd')])

    def test_score(self):
        errors = score(['abc', 'b', 'aab', ''],
                       [['abd', 'abc'], ['a'], ['ab', 'xyz'], ['ab']])
        self.assertEqual(errors.words, 4)
        self.assertEqual(errors.word_error, .75)
        self.assertEqual(errors.phoneme_error, 4 / 8)
        self.assertEqual(str(errors), '75.00 % of 4 words and 50.00 % of '
                         'phonemes wrong')


class TestInstalled(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        try:
            data.find_file()
        except UserError as error:
            raise unittest.SkipTest(str(error)) from error
        cls.dictionary = data.load_dictionary()

    def test_symbols(self):
        self.assertEqual(self.dictionary.letters,
                         "'-.abcdefghijklmnopqrstuvwxyz")
        self.assertEqual(len(self.dictionary.phonemes), 39)

    def test_parts(self):
        entries = self.dictionary.entries
        self.assertGreater(len(entries), 120000)
        parts = {part: self.dictionary.part(part) for part in data.PARTS}
        self.assertEqual(sum(map(len, parts.values())), len(entries))
        for part, share in [('training', .85), ('validation', .05),
                            ('test', .1)]:
            self.assertAlmostEqual(len(parts[part]) / len(entries), share,
                                   delta=.005)

    def test_entries(self):
        entries = self.dictionary.entries
        self.assertEqual(entries['phoneme'],
                         (('F', 'OW', 'N', 'IY', 'M'),))
        self.assertIn(('T', 'AH', 'M', 'AA', 'T', 'OW'), entries['tomato'])
        self.assertIn(('T', 'AH', 'M', 'EY', 'T', 'OW'), entries['tomato'])
        self.assertIn("don't", entries)
        self.assertNotIn('tomato(2)', entries)
