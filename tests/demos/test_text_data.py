"""Tests of the text demo's data and its baseline."""
import pickle
from unittest import TestCase

import numpy
from numpy.testing import assert_allclose, assert_array_equal

from demos._support.exits import UserError
from demos.text.data import (
    START,
    UNKNOWN,
    Alphabet,
    Windows,
    load_topics,
    split,
    without_repeats,
)
from demos.text.ngram import mixed

LONG = 'A paragraph of at least forty characters, number {}.'


def paragraphs(*numbers):
    return '\n\n'.join(LONG.format(number) for number in numbers)


class TestAlphabet(TestCase):
    def test_round_trip(self):
        alphabet = Alphabet.of(['abba', 'bacca'], least=2)
        self.assertEqual(alphabet.characters, 'abc')
        self.assertEqual(len(alphabet), 5)
        assert_array_equal(alphabet.encode('cab!'), [4, 2, 3, UNKNOWN])
        self.assertEqual(alphabet.decode([START, 4, 2, UNKNOWN]),
                         'ca\N{REPLACEMENT CHARACTER}')

    def test_rare_characters_are_unknown(self):
        alphabet = Alphabet.of(['aaab', 'bc'])
        assert_array_equal(alphabet.encode('abc'), [2, UNKNOWN, UNKNOWN])


class TestTopics(TestCase):
    def test_repeated_paragraphs_stay_in_the_longest_topic(self):
        kept = without_repeats({
            'part': paragraphs(3, 1), 'whole': paragraphs(1, 2, 3, 4, 5),
            'half': paragraphs(2, 6, 7), 'other': paragraphs(8)})
        self.assertEqual(kept, {
            'whole': paragraphs(1, 2, 3, 4, 5), 'half': paragraphs(6, 7),
            'other': paragraphs(8)})
        self.assertEqual(list(kept), ['whole', 'half', 'other'])

    def test_short_paragraphs_may_be_repeated(self):
        texts = {'longer': 'Note:\n\n' + paragraphs(1),
                 'other': 'Note:\n\n' + paragraphs(2)}
        self.assertEqual(without_repeats(texts), texts)

    def test_split_takes_one_topic_in_ten_by_length(self):
        for count, held_out in [(4, 0), (5, 1), (14, 1), (15, 2), (57, 6)]:
            names = [f'topic {number}' for number in range(count)]
            texts = dict.fromkeys(names, 'text')
            training, validation, test = split(texts)
            self.assertEqual(len(test), held_out, count)
            self.assertEqual(len(validation), held_out, count)
            self.assertEqual(sorted([*training, *validation, *test]),
                             sorted(names))
            places = [names.index(name) // 10 for name in test]
            self.assertEqual(places, list(range(held_out)))

    def test_split_does_not_depend_on_the_texts(self):
        names = 'assert async binary break calls class dict del for if'
        self.assertEqual([list(part) for part in split(dict.fromkeys(
            names.split(), 'x'))][1:], [['for'], ['class']])

    def test_installed_text(self):
        topics = load_topics()
        sizes = [sum(map(len, part.values())) for part in
                 (topics.training, topics.validation, topics.test)]
        self.assertGreater(sum(sizes), 300000)
        self.assertTrue(0.05 < sizes[2] / sum(sizes) < 0.15, sizes)
        self.assertEqual(len(topics.test), len(topics.validation))
        held_out = {paragraph for part in (topics.validation, topics.test)
                    for text in part.values()
                    for paragraph in text.split('\n\n')
                    if len(paragraph.strip()) >= 40}
        learned = '\n'.join(topics.training.values())
        self.assertEqual([paragraph for paragraph in held_out
                          if paragraph.strip() in learned], [])
        encoded = numpy.concatenate(topics.encoded('test'))
        self.assertLess((encoded == UNKNOWN).mean(), 0.001)

    def test_too_few_topics(self):
        with self.assertRaisesRegex(UserError, 'too few topics.*: 4 '):
            load_topics({str(n): paragraphs(n) for n in range(4)})


def epoch(dataset):
    return list(dataset.stream().get_epoch_iterator(as_dict=True))


def read_back(windows):
    """Return texts, without their last character, and targets, in order."""
    texts = {}
    for row in range(windows[0]['begins'].shape[0]):
        for window in windows:
            valid = window['characters_mask'][:, row] == 1
            inputs, targets = (window[name][valid, row]
                               for name in ('characters', 'targets'))
            if not len(targets):
                continue
            if window['begins'][row]:
                key = row, len(texts)
                texts[key] = ([], [])
            texts[key][0].extend(inputs)
            texts[key][1].extend(targets)
    return list(texts.values())


class TestMixed(TestCase):
    def test_probabilities_are_averaged(self):
        # 3/4 of 1/2 and 1/4 of 1/8, and the other way round.
        p = numpy.exp2(-mixed(numpy.array([1., 3.]), numpy.array([3., 1.]),
                              share=.25))
        assert_allclose(p, [.40625, .21875])

    def test_impossible_characters_of_one_model(self):
        infinite, finite = numpy.array([numpy.inf]), numpy.array([2.])
        assert_allclose(mixed(infinite, finite, .25), 4)


class TestWindows(TestCase):
    texts = [numpy.arange(10, 10 + n) for n in (7, 1, 12)]

    def test_one_row_per_text(self):
        windows = epoch(Windows(self.texts, length=5))
        self.assertEqual([w['characters'].shape for w in windows],
                         3 * [(5, 3)])
        assert_array_equal(windows[0]['begins'], [1, 1, 1])
        assert_array_equal(windows[1]['begins'], [0, 0, 0])
        assert_array_equal(windows[0]['characters'][:, 0],
                           [START, 10, 11, 12, 13])
        assert_array_equal(windows[1]['characters'][:, 0], [14, 15, 0, 0, 0])
        assert_array_equal(windows[1]['targets'][:, 0], [15, 16, 0, 0, 0])
        assert_array_equal(windows[1]['characters_mask'].sum(axis=0),
                           [2, 0, 5])
        for (inputs, targets), text in zip(read_back(windows), self.texts):
            assert_array_equal(targets, text)
            assert_array_equal(inputs, [START, *text[:-1]])

    def test_every_character_is_a_target_once_for_any_number_of_rows(self):
        wanted = numpy.sort(numpy.concatenate(self.texts))
        for n_rows in (1, 2, 3, 6, 30):
            pieces = read_back(epoch(Windows(self.texts, 4, n_rows, seed=1)))
            assert_array_equal(numpy.sort(numpy.concatenate(
                [targets for _, targets in pieces])), wanted)
            for inputs, targets in pieces:
                # The codes of a text increase by one, so a cut text goes on in
                # order, and its first input is the character before the cut.
                assert_array_equal(targets, numpy.arange(
                    targets[0], targets[0] + len(targets)))
                assert_array_equal(inputs[1:], targets[:-1])
                self.assertEqual(inputs[0], START if targets[0] == 10
                                 else targets[0] - 1)

    def test_rows_have_equal_length(self):
        sizes = [row.sum() for row in sum(
            w['characters_mask'].sum(axis=0) for w in
            epoch(Windows(self.texts, 4, 4)))]
        self.assertEqual(sizes, 4 * [5])

    def test_order_of_each_epoch_follows_the_seed(self):
        def targets(seed):
            dataset = Windows(self.texts, 4, 1, seed)
            return [numpy.concatenate([w['targets'] for w in epoch(dataset)])
                    .ravel().tolist() for _ in range(6)]
        self.assertEqual(targets(3), targets(3))
        self.assertGreater(len(set(map(tuple, targets(3)))), 1)
        self.assertEqual(len(set(map(tuple, targets(None)))), 1)

    def test_pickled_in_the_middle(self):
        stream = Windows(self.texts, 4, 2, seed=1).stream()
        iterator = stream.get_epoch_iterator()
        next(iterator)
        again = pickle.loads(pickle.dumps(iterator))
        for expected, got in zip(list(iterator), list(again)):
            for one, other in zip(expected, got):
                assert_array_equal(one, other)

    def test_wrong_arguments(self):
        for arguments in ([], 5), ([[]], 5), (self.texts, 0), (
                self.texts, 5, 0):
            with self.assertRaisesRegex(ValueError, 'Windows: '):
                Windows(*arguments)
