"""Alignment of letters with phonemes, and the joint n-gram."""
from itertools import product
from unittest import TestCase

import numpy
from numpy.testing import assert_allclose

from demos._support.ngram import WittenBell
from demos.phonemes.alignment import Aligner
from demos.phonemes.language import JointNgram
from demos.phonemes.network import make_transcriber
from demos.phonemes.voice import Voice

#: What each letter makes.
GROUPS = {0: (0,), 1: (1, 2), 2: (), 3: (2,)}


def words(number=60, seed=1):
    rng = numpy.random.RandomState(seed)
    for _ in range(number):
        letters = rng.randint(len(GROUPS), size=rng.randint(1, 6)).tolist()
        yield letters, [phoneme for letter in letters
                        for phoneme in GROUPS[letter]]


class TestAligner(TestCase):
    def test_finds_the_group_of_each_letter(self):
        pairs = list(words())
        aligned = Aligner(4, 3, most=2).fit(pairs).align(pairs)
        self.assertEqual(aligned, [
            [(letter, *GROUPS[letter]) for letter in letters]
            for letters, _ in pairs])

    def test_alignments_are_the_most_probable(self):
        """Among all, by their probabilities."""
        rng = numpy.random.RandomState(2)
        pairs = [(rng.randint(2, size=rng.randint(2, 5)),
                  rng.randint(3, size=rng.randint(0, 7)))
                 for _ in range(40)]
        aligner = Aligner(2, 3, most=3)
        aligner._log_next = numpy.log(rng.dirichlet(numpy.ones(4), (2, 4)))

        def score(letters, phonemes, sizes):
            ends = numpy.cumsum(sizes)
            total = 0
            for letter, size, end in zip(letters, sizes, ends):
                group = [3, *phonemes[end - size:end], 3]
                total += sum(aligner._log_next[letter, a, b]
                             for a, b in zip(group, group[1:]))
            return total

        for (letters, phonemes), word in zip(pairs, aligner.align(pairs)):
            self.assertEqual([unit[0] for unit in word], list(letters))
            self.assertEqual([q for unit in word for q in unit[1:]],
                             list(phonemes))
            best = max(score(letters, phonemes, sizes) for sizes in
                       product(range(4), repeat=len(letters))
                       if sum(sizes) == len(phonemes))
            assert_allclose(score(letters, phonemes, [
                len(unit) - 1 for unit in word]), best)

    def test_probabilities_are_shares(self):
        """Of what follows in the groups of the alignments."""
        aligner = Aligner(1, 2, most=2).fit(
            [([0], [0, 1]), ([0], [0]), ([0], [])], iterations=1)
        end = 2
        expected = numpy.full((3, 3), .01)
        for before, after in [(end, 0), (0, 1), (1, end), (end, 0), (0, end),
                              (end, end)]:
            expected[before, after] += 1
        assert_allclose(numpy.exp(aligner._log_next[0]),
                        expected / expected.sum(axis=1, keepdims=True))

    def test_too_many_phonemes(self):
        aligner = Aligner(4, 3, most=2)
        message = 'at most 2 phonemes per letter, got 3 .* for 1 letter'
        with self.assertRaisesRegex(ValueError, message):
            aligner.fit([([0], [0, 1, 2])])
        aligner.fit(list(words()))
        with self.assertRaisesRegex(ValueError, message):
            aligner.align([([0, 1], [1]), ([0], [0, 1, 2])])


class TestJointNgram(TestCase):
    def test_is_an_ngram_of_aligned_letters(self):
        pairs = list(words())
        joint = JointNgram(4, 3, most=2, order=3).fit(pairs)
        plain = WittenBell(len(GROUPS) + 2, 3).fit(
            [*(letter + 2 for letter in letters), 0] for letters, _ in pairs)
        assert_allclose(
            joint.log_probabilities(pairs),
            [-plain.bits([*(letter + 2 for letter in letters), 0]).sum()
             * numpy.log(2) for letters, _ in pairs])

    def test_unknown_groups_are_improbable(self):
        joint = JointNgram(4, 3, most=2, order=3).fit(list(words()))
        known, unknown = joint.log_probabilities([([0, 3], [0, 2]),
                                                  ([0, 3], [2, 0])])
        self.assertLess(unknown, known - 3)
        self.assertTrue(numpy.isfinite(unknown))

    def test_search_adds_its_log_probabilities(self):
        transcriber = make_transcriber('abcd', 'XYZ', dim=3, layers=1)
        joint = JointNgram(4, 3, most=2, order=2).fit(list(words()))
        plain = Voice(transcriber, 'abcd', 'XYZ')
        rescoring = Voice(transcriber, 'abcd', 'XYZ', joint=joint,
                          joint_weight=.7)
        spelled = ['ab', 'dca', 'b']
        for word, before, after in zip(spelled, plain.search(spelled, 8),
                                       rescoring.search(spelled, 8)):
            letters = ['abcd'.index(letter) for letter in word]
            scores = {way: numpy.log(share) + .7 * joint.log_probabilities(
                [(letters, ['XYZ'.index(name) for name in way])])[0]
                for way, share in before}
            self.assertEqual([way for way, _ in after],
                             sorted(scores, key=scores.get, reverse=True))
            shares = numpy.exp([scores[way] for way, _ in after])
            assert_allclose([share for _, share in after],
                            shares / shares.sum(), rtol=1e-5)
        self.assertEqual(len(after), 8)
