"""Tests that every example comes once per epoch, with target and mask."""
from unittest import TestCase

import numpy
from fuel.datasets import IndexableDataset, IterableDataset
from fuel.schemes import (
    ConstantScheme,
    SequentialExampleScheme,
    SequentialScheme,
    ShuffledExampleScheme,
    ShuffledScheme,
    cross_validation,
)
from fuel.streams import DataStream
from fuel.transformers import Batch, Cache, Filter, Padding, Unpack
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_array_equal

from tests.compat.fuel.helpers import (
    PROPERTY,
    padded_chain,
    sequence_dataset,
    sequences,
)

LENGTHS = st.lists(st.integers(0, 5), min_size=1, max_size=25)
SIZES = st.integers(1, 8)


class TestChain(TestCase):
    @PROPERTY
    @given(LENGTHS, SIZES, st.integers(1, 30))
    def test_sort_unpack_batch_pad(self, lengths, batch_size, window):
        stream = padded_chain(sequence_dataset(lengths), window, batch_size)
        originals = sequences(lengths)
        for _ in range(2):
            seen = []
            for x, mask, y, number in stream.get_epoch_iterator():
                self.assertLessEqual(len(x), batch_size)
                for row, ones, target, index in zip(x, mask, y, number,
                                                    strict=True):
                    self.assertEqual(ones.sum(), lengths[index])
                    assert_array_equal(row[ones == 1], originals[index])
                    self.assertFalse(row[ones == 0].any())
                    self.assertEqual(target, originals[index].sum())
                    seen.append(index)
            self.assertEqual(sorted(seen), list(range(len(lengths))))
            for start in range(0, len(seen), window):
                chunk = [lengths[index]
                         for index in seen[start:start + window]]
                self.assertEqual(chunk, sorted(chunk))

    @PROPERTY
    @given(LENGTHS, SIZES, SIZES, SIZES)
    def test_rebatching_keeps_the_order(self, lengths, first, second, third):
        examples = [list(range(length)) for length in lengths]
        numbers = list(range(len(lengths)))
        stream = DataStream(IterableDataset({'x': examples, 'n': numbers}))
        stream = Batch(stream, ConstantScheme(first))
        stream = Cache(stream, ConstantScheme(second))
        stream = Batch(Unpack(stream), ConstantScheme(third))
        for _ in range(2):
            batches = list(stream.get_epoch_iterator())
            self.assertEqual([len(n) for _, n in batches][:-1],
                             [third] * (len(batches) - 1))
            self.assertEqual([list(item) for x, _ in batches for item in x],
                             examples)
            self.assertEqual([item for _, n in batches for item in n],
                             numbers)

    @PROPERTY
    @given(LENGTHS, SIZES)
    def test_filter_and_its_opposite_cover_everything(self, lengths, size):
        dataset = sequence_dataset(lengths)

        def numbers(predicate):
            stream = Filter(DataStream(dataset), predicate)
            stream = Padding(Batch(stream, ConstantScheme(size)),
                             mask_sources=('x',))
            return [int(number) for batch in stream.get_epoch_iterator()
                    for number in batch[-1]]
        short = numbers(lambda example: len(example[0]) < 3)
        long = numbers(lambda example: len(example[0]) >= 3)
        self.assertEqual(sorted(short + long), list(range(len(lengths))))


class TestSchemes(TestCase):
    @PROPERTY
    @given(st.integers(0, 40), st.integers(1, 9), st.integers(0, 99))
    def test_every_index_once(self, number, size, seed):
        def rng():
            return numpy.random.RandomState(seed)
        for scheme, batches in [
                (SequentialScheme(number, size), True),
                (ShuffledScheme(number, size, rng=rng()), True),
                (ShuffledScheme(number, size, rng=rng(),
                                sorted_indices=True), True),
                (SequentialExampleScheme(number), False),
                (ShuffledExampleScheme(number, rng=rng()), False)]:
            for _ in range(2):
                requests = list(scheme.get_request_iterator())
                if batches:
                    self.assertEqual(
                        [len(request) for request in requests],
                        [size] * (number // size)
                        + [number % size] * (number % size > 0))
                    requests = sum(requests, [])
                self.assertEqual(sorted(requests), list(range(number)))

    @PROPERTY
    @given(st.integers(1, 30), st.integers(1, 6))
    def test_cross_validation(self, number, folds):
        validation = []
        for train, valid, size in cross_validation(
                SequentialExampleScheme, number, folds, strict=False):
            held_out = list(valid.get_request_iterator())
            self.assertEqual(len(held_out), size)
            self.assertEqual(
                sorted([*train.get_request_iterator(), *held_out]),
                list(range(number)))
            validation += held_out
        self.assertEqual(validation, list(range(number)))


class TestIndexable(TestCase):
    @PROPERTY
    @given(LENGTHS, SIZES, st.integers(0, 9))
    def test_shuffled_batches_stay_aligned(self, lengths, size, start):
        x = sequences(lengths)
        dataset = IndexableDataset({'x': x, 'n': numpy.arange(len(x))},
                                   start=min(start, len(x) - 1))
        stream = DataStream(dataset, iteration_scheme=ShuffledScheme(
            dataset.num_examples, size))
        for _ in range(2):
            seen = []
            for items, numbers in stream.get_epoch_iterator():
                for item, number in zip(items, numbers, strict=True):
                    assert_array_equal(item, x[number])
                seen += numbers.tolist()
            self.assertEqual(sorted(seen),
                             list(range(min(start, len(x) - 1), len(x))))
