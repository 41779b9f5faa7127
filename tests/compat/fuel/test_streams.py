"""Tests of streams, schemes and axis labels."""
from unittest import TestCase

import fuel.transformers
import numpy
from fuel.datasets import IndexableDataset, IterableDataset
from fuel.schemes import (
    ConcatenatedScheme,
    ConstantScheme,
    SequentialExampleScheme,
    SequentialScheme,
    ShuffledExampleScheme,
    ShuffledScheme,
    cross_validation,
)
from fuel.streams import AbstractDataStream, DataStream


class Bare(AbstractDataStream):
    def get_epoch_iterator(self, **kwargs):
        return super().get_epoch_iterator(**kwargs)


class Serial(IterableDataset):
    """A dataset whose second epoch differs from its first."""

    def open(self):
        return iter([(0,)])

    def next_epoch(self, state):
        return iter([(1,), (2,)])


class TestStreams(TestCase):
    def test_epochs_of_the_dataset(self):
        stream = DataStream(Serial([0]))
        for _ in range(2):
            self.assertEqual([list(stream.get_epoch_iterator())
                              for _ in range(2)], [[(0,)], [(1,), (2,)]])
            stream.reset()

    def test_kind(self):
        with self.assertRaisesRegex(ValueError, "Bare does not know whether"):
            Bare().produces_examples
        stream = Bare()
        stream.produces_examples = False
        self.assertFalse(stream.produces_examples)
        stream = Bare(SequentialExampleScheme(2))
        self.assertTrue(stream.produces_examples)
        with self.assertRaisesRegex(ValueError, "SequentialExampleScheme"):
            stream.produces_examples = False
        with self.assertRaises(NotImplementedError):
            Bare().get_data()

    def test_epochs(self):
        stream = DataStream(IterableDataset([1, 2, 3]))
        for _, epoch in zip(range(3), stream.iterate_epochs()):
            self.assertEqual(list(epoch), [(1,), (2,), (3,)])
        epoch = next(stream.iterate_epochs(as_dict=True))
        self.assertEqual(next(epoch), {'data': 1})

    def test_closed_stream_reopens(self):
        for number in range(2):
            stream = DataStream(IterableDataset([1, 2]))
            for _ in range(number):
                next(stream.get_epoch_iterator())
            stream.close()
            self.assertEqual(len(list(stream.get_epoch_iterator())), 2)

    def test_sources_may_be_renamed(self):
        stream = DataStream(IterableDataset([1]))
        stream.sources = ('x',)
        self.assertEqual(next(stream.get_epoch_iterator(as_dict=True)),
                         {'x': 1})
        stream.sources = ('x', 'y')
        with self.assertRaisesRegex(ValueError, r"2 sources \('x', 'y'\).*1"):
            next(stream.get_epoch_iterator(as_dict=True))

    def test_axis_labels(self):
        labels = {'x': ('batch', 'time'), 'y': None, 'z': 'batch'}
        given = dict(labels)
        dataset = IndexableDataset({'x': [[1]], 'y': [1], 'z': [1]},
                                   axis_labels=given)
        batches = DataStream(dataset, iteration_scheme=SequentialScheme(1, 1))
        self.assertEqual(batches.axis_labels, labels)
        for stream in (dataset.get_example_stream(),
                       DataStream(dataset, axis_labels=given)):
            self.assertEqual(stream.axis_labels,
                             {'x': ('time',), 'y': None, 'z': ()})
        self.assertEqual(given, labels)
        self.assertIsNone(DataStream(IterableDataset([1])).axis_labels)


class TestFormerNames(TestCase):
    def test_warn_and_name_their_successors(self):
        for old, new in (('ForceFloatX', 'ForceFloatX'),
                         ('DataStreamWrapper', 'Transformer')):
            with self.subTest(old), self.assertWarnsRegex(
                    DeprecationWarning, f'use fuel.transformers.{new}$'):
                self.assertIs(getattr(fuel.streams, old),
                              getattr(fuel.transformers, new))
        self.assertFalse(hasattr(fuel.streams, 'no_such_name'))


class TestSchemes(TestCase):
    def test_requests(self):
        for scheme, expected in [
                (ConstantScheme(3, num_examples=7), [3, 3, 1]),
                (ConstantScheme(3, num_examples=6), [3, 3]),
                (ConstantScheme(3, num_examples=2), [2]),
                (ConstantScheme(2, times=3), [2, 2, 2]),
                (ConstantScheme(2, times=0), []),
                (ConstantScheme(2, num_examples=0), []),
                (SequentialScheme(5, 3), [[0, 1, 2], [3, 4]]),
                (SequentialScheme([4, 2, 0], 2), [[4, 2], [0]]),
                (SequentialExampleScheme([4, 2]), [4, 2]),
                (ConcatenatedScheme([ConstantScheme(1, times=2),
                                     ConstantScheme(4, num_examples=5)]),
                 [1, 1, 4, 1])]:
            self.assertEqual(list(scheme.get_request_iterator()), expected)
        endless = ConstantScheme(2).get_request_iterator()
        self.assertEqual([next(endless) for _ in range(50)], [2] * 50)

    def test_shuffling_follows_the_generator(self):
        rng = numpy.random.RandomState(3)
        indices = list(range(7))
        rng.shuffle(indices)
        for scheme, expected in [
                (ShuffledScheme(7, 3, rng=numpy.random.RandomState(3)),
                 [indices[:3], indices[3:6], indices[6:]]),
                (ShuffledScheme(7, 3, rng=numpy.random.RandomState(3),
                                sorted_indices=True),
                 [sorted(indices[:3]), sorted(indices[3:6]), indices[6:]]),
                (ShuffledExampleScheme(7, rng=numpy.random.RandomState(3)),
                 indices)]:
            first = list(scheme.get_request_iterator())
            self.assertEqual(first, expected)
            self.assertNotEqual(list(scheme.get_request_iterator()), first)
        self.assertEqual(
            list(ShuffledExampleScheme(9).get_request_iterator()),
            list(ShuffledExampleScheme(9).get_request_iterator()))

    def test_orders_equal_those_of_fuel_0_2(self):
        # Drawn by Fuel 0.2.0 with its default seed.
        scheme = ShuffledScheme(7, 3)
        self.assertEqual([list(scheme.get_request_iterator())
                          for _ in range(2)],
                         [[[6, 2, 1], [0, 4, 3], [5]],
                          [[2, 3, 4], [1, 6, 0], [5]]])

    def test_errors(self):
        for label, make, message in [
                ("two limits", lambda: ConstantScheme(1, 2, 3),
                 "num_examples=2 and times=3"),
                ("no batch", lambda: SequentialScheme(3, 0),
                 "SequentialScheme: batch_size must be .* at least 1, got 0"),
                ("negative", lambda: ConstantScheme(-1), "got -1"),
                ("mixed", lambda: ConcatenatedScheme(
                    [ConstantScheme(1), SequentialExampleScheme(1)]),
                 "ConstantScheme, SequentialExampleScheme"),
                ("none", lambda: ConcatenatedScheme([]), "got none"),
                ("folds", lambda: next(cross_validation(
                    SequentialExampleScheme, 10, 3)),
                 "10 examples.*3 folds.*strict=False")]:
            with self.assertRaisesRegex(ValueError, message, msg=label):
                make()
