"""The n-gram model against probabilities by hand."""
from unittest import TestCase

import numpy
from numpy.testing import assert_allclose

from demos._support.ngram import WittenBell


class TestWittenBell(TestCase):
    def test_bigram_by_hand(self):
        # 0 before 1 2 1 2 2; alphabet of 4.
        model = WittenBell(4, order=2).fit([[1, 2, 1, 2, 2]])
        # Unigrams: 5 symbols of 2 kinds.
        one, two = (2 + 2 / 4) / 7, (3 + 2 / 4) / 7
        never = (2 / 4) / 7
        assert_allclose(model.distribution([]), [never, one, two, never])
        # After 1: 2 and 2, of one kind.
        assert_allclose(model.distribution([1]), [
            never / 3, one / 3, (2 + two) / 3, never / 3])
        # After 2: 1 and 2, of two kinds.
        assert_allclose(model.distribution([2]), [
            2 * never / 4, (1 + 2 * one) / 4, (1 + 2 * two) / 4,
            2 * never / 4])
        # The beginning: 1. Never seen: as unigrams.
        assert_allclose(model.distribution([0]), [
            never / 2, (1 + one) / 2, two / 2, never / 2])
        assert_allclose(model.distribution([3]), model.distribution([]))
        assert_allclose(model.bits([1, 2]), -numpy.log2(
            [(1 + one) / 2, (2 + two) / 3]))

    def test_trigram_by_hand(self):
        model = WittenBell(3, order=3).fit([[1, 2, 1], [1, 2, 2]])
        # Six symbols of two kinds; after 2: 1 and 2; after 1 2: 1 and 2.
        one = (3 + 2 / 3) / 8
        after_two = (1 + 2 * one) / 4
        assert_allclose(model.probability(1, [1, 2]),
                        (1 + 2 * after_two) / 4)
        # 2 2 never was a context: as after 2.
        assert_allclose(model.probability(1, [2, 2]), after_two)
        # The context is cut to two symbols.
        assert_allclose(model.probability(1, [2, 2, 0, 1, 2]),
                        model.probability(1, [1, 2]))

    def test_distributions_sum_to_one(self):
        rng = numpy.random.RandomState(1)
        for order in (1, 2, 3, 5):
            model = WittenBell(7, order).fit(
                rng.randint(1, 6, size) for size in (40, 1, 100))
            for length in range(7):
                context = rng.randint(0, 7, length)
                distribution = model.distribution(context)
                assert_allclose(distribution.sum(), 1)
                self.assertGreater(distribution.min(), 0)
                assert_allclose(distribution, [
                    model.probability(symbol, context)
                    for symbol in range(7)])

    def test_bits_see_the_past_only(self):
        model = WittenBell(5, 5).fit([[1, 2, 3, 4, 1, 2, 3]])
        sequence = [2, 3, 4, 1, 2, 3]
        bits = model.bits(sequence)
        for i, symbol in enumerate(sequence):
            expected = model.probability(symbol, [0, *sequence[:i]])
            assert_allclose(bits[i], -numpy.log2(expected))
        assert_allclose(model.bits(sequence[:3]), bits[:3])

    def test_wrong_arguments(self):
        for arguments in (0, 5), (5, 0):
            with self.assertRaisesRegex(ValueError, 'must be positive'):
                WittenBell(*arguments)
