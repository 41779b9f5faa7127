"""Tests of transformers except padding and the background process."""
import logging
from operator import itemgetter
from unittest import TestCase

import numpy
from fuel.datasets import IndexableDataset, IterableDataset
from fuel.exceptions import AxisLabelsMismatchError
from fuel.schemes import (
    ConstantScheme,
    SequentialExampleScheme,
    SequentialScheme,
)
from fuel.streams import DataStream
from fuel.transformers import (
    AgnosticSourcewiseTransformer,
    Batch,
    Cache,
    Cast,
    ExpectsAxisLabels,
    Filter,
    FilterSources,
    Flatten,
    ForceFloatX,
    Mapping,
    Merge,
    Rename,
    ScaleAndShift,
    SortMapping,
    SourcewiseTransformer,
    Transformer,
    Unpack,
)
from fuel.transformers.defaults import ToBytes, uint8_pixels_to_floatX
from fuel.transformers.sequences import NGrams, Window
from fuel.utils.arrays import as_batch, as_objects
from numpy.testing import assert_array_equal

from tests.compat.fuel.helpers import assert_same, assigned_floatX


def batches(size=2, axis_labels=None, **columns):
    number = len(next(iter(columns.values())))
    return DataStream(IndexableDataset(columns, axis_labels=axis_labels),
                      iteration_scheme=SequentialScheme(number, size))


def examples(axis_labels=None, **columns):
    return DataStream(IterableDataset(columns, axis_labels=axis_labels))


def first(stream):
    return next(stream.get_epoch_iterator())


RAGGED = [numpy.arange(2.), numpy.zeros(0), numpy.arange(3.)]


class TestBase(TestCase):
    def test_incomplete_subclasses(self):
        for wrapped, kind in [(examples(x=[1]), 'examples'),
                              (batches(x=[1]), 'batches')]:
            for cls in (Transformer, SourcewiseTransformer):
                stream = cls(wrapped, wrapped.produces_examples)
                with self.assertRaisesRegex(
                        NotImplementedError,
                        f"{cls.__name__} doesn't transform {kind}"):
                    first(stream)
        stream = Transformer(examples(x=[1]), produces_examples=False)
        with self.assertRaisesRegex(NotImplementedError,
                                    "to produce batches.*produces examples"):
            first(stream)

    def test_which_sources(self):
        class Negative(AgnosticSourcewiseTransformer):
            def transform_any_source(self, source_data, source_name):
                return source_name, -source_data
        wrapped = examples(x=[1], xy=[2])
        for which, expected in [(None, (('x', -1), ('xy', -2))),
                                (('xy', 'gone'), (1, ('xy', -2))),
                                ('xy', (1, ('xy', -2))), ((), (1, 2))]:
            self.assertEqual(
                first(Negative(wrapped, True, which_sources=which)),
                expected)

    def test_requests(self):
        wrapped = batches(x=[1])
        for stream in (Mapping(wrapped, tuple), Filter(wrapped, bool),
                       Unpack(wrapped), Merge([wrapped], ('x',)),
                       Window(0, 1, 1, True, examples(x=['a']))):
            with self.assertRaisesRegex(
                    ValueError,
                    f"{type(stream).__name__}.get_data takes no request"):
                stream.get_data([0])
        for stream in (Batch(examples(x=[1]), ConstantScheme(1)),
                       Cache(wrapped, ConstantScheme(1))):
            with self.assertRaisesRegex(ValueError, "needs a request"):
                stream.get_data()

    def test_expected_axis_labels(self):
        mixin = ExpectsAxisLabels()
        mixin.verify_axis_labels(('a', 'b'), ('a', 'b'), 'x')
        mixin.verify_axis_labels(('a', 'b'), ('other',), 'x')
        with self.assertLogs('fuel.transformers', logging.WARNING) as logs:
            mixin.verify_axis_labels(('a',), None, 'y')
            mixin.verify_axis_labels(('a',), None, 'y')
        self.assertEqual(len(logs.output), 1)
        with self.assertRaisesRegex(AxisLabelsMismatchError,
                                    "ExpectsAxisLabels.*'z'.*'a'.*'b'"):
            mixin.verify_axis_labels(('a',), ('b',), 'z')


class TestMapping(TestCase):
    def test_replaces_or_adds(self):
        wrapped = examples(x=[1, 2], y=[3, 4])
        for label, stream, sources, expected in [
                ("tuples", Mapping(wrapped, lambda d: (-d[0], -d[1])),
                 ('x', 'y'), (-1, -3)),
                ("added", Mapping(wrapped, lambda d: [sum(d)],
                                  add_sources=('s',)),
                 ('x', 'y', 's'), (1, 3, 4)),
                ("one name", Mapping(wrapped, lambda d: [sum(d)],
                                     add_sources='sum'),
                 ('x', 'y', 'sum'), (1, 3, 4)),
                ("by name", Mapping(
                    wrapped, lambda d: {'y': -d['y'], 'x': -d['x']},
                    mapping_accepts=dict), ('x', 'y'), (-1, -3)),
                ("added by name", Mapping(
                    wrapped, lambda d: {'s': d['x'] + d['y']},
                    add_sources=('s',), mapping_accepts=dict),
                 ('x', 'y', 's'), (1, 3, 4))]:
            self.assertEqual(stream.sources, sources, label)
            self.assertEqual(tuple(first(stream)), expected, label)

    def test_errors(self):
        wrapped = examples(x=[1], y=[2])
        with self.assertRaisesRegex(ValueError, "list or dict.*int"):
            Mapping(wrapped, tuple, mapping_accepts=int)
        for kwargs in ({}, {'add_sources': ('s', 't')}):
            with self.assertRaisesRegex(ValueError, "one item for each"):
                first(Mapping(wrapped, lambda d: (1,), **kwargs))
        with self.assertRaisesRegex(KeyError, r"\['y'\] are missing"):
            first(Mapping(wrapped, lambda d: {'x': 1}, mapping_accepts=dict))

    def test_sort(self):
        rows = numpy.arange(6).reshape(3, 2)
        ragged = as_objects([[1, 2], [], [3]])
        even = as_objects([numpy.ones(2), numpy.zeros(2), numpy.ones(2)])
        batch = (numpy.array([3, 1, 2], 'int8'), ['c', 'a', 'b'], rows,
                 ragged, even)
        for reverse, order in [(False, [1, 2, 0]), (True, [0, 2, 1])]:
            numbers, letters, rows_, ragged_, even_ = SortMapping(
                itemgetter(0), reverse)(batch)
            assert_same(numbers, batch[0][order])
            self.assertEqual(letters, [batch[1][n] for n in order])
            assert_same(rows_, rows[order])
            assert_same(ragged_, ragged[order])
            self.assertEqual((even_.dtype, even_.shape), (object, (3,)))

    def test_sort_keeps_ties_and_empty_batches(self):
        for reverse in (False, True):
            sort = SortMapping(len, reverse)
            self.assertEqual(sort((['b', 'a', 'b'], [1, 2, 3])),
                             (['b', 'a', 'b'], [1, 2, 3]))
            self.assertEqual(sort(([], [])), ([], []))
        with self.assertRaisesRegex(ValueError, r"\[2, 1\]"):
            SortMapping(len)(([1, 2], [1]))

    def test_filter(self):
        stream = Filter(examples({'x': ('batch',)}, x=range(6)),
                        lambda d: d[0] % 2 == 1)
        self.assertEqual(list(stream.get_epoch_iterator()),
                         [(1,), (3,), (5,)])
        self.assertEqual(first_dict(stream), {'x': 1})
        self.assertEqual(stream.axis_labels, {'x': ()})


def first_dict(stream):
    return next(stream.get_epoch_iterator(as_dict=True))


class TestNumeric(TestCase):
    def test_flatten(self):
        cube = numpy.arange(24).reshape(3, 2, 4)
        stream = Flatten(batches(3, x=cube, y=cube), which_sources=('x',))
        x, y = first(stream)
        assert_array_equal(x, cube.reshape(3, 8))
        self.assertEqual(y.shape, (3, 2, 4))
        self.assertEqual(first(Flatten(examples(x=cube)))[0].shape, (8,))
        x, = Flatten(batches(x=cube)).transform_batch((cube[:0],))
        self.assertEqual(x.shape, (0, 8))
        matrices = [numpy.ones((length, 2)) for length in (1, 0, 3)]
        x, = first(Flatten(batches(3, x=matrices)))
        self.assertEqual([row.shape for row in x], [(2,), (0,), (6,)])

    def test_scale_and_shift(self):
        for data, scale, shift, dtype in [
                (numpy.ones(2, 'float32'), numpy.float64(2), 1, 'float32'),
                (numpy.ones(2, 'float32'), 2., 1., 'float32'),
                (numpy.ones(2, 'uint8'), 2, 1, 'uint8'),
                (numpy.ones(2, 'uint8'), 2, -1, 'int16'),
                (numpy.ones(2, 'uint8'), 1 / 255., 0, 'float64'),
                ([1, 1], 2, 1, 'int64')]:
            result, = ScaleAndShift(batches(x=[1, 1]), scale,
                                    shift).transform_batch((data,))
            assert_same(result, numpy.full(2, scale + shift, dtype))

    def test_ragged_batches(self):
        for data in (RAGGED, as_objects(RAGGED),
                     [item.tolist() for item in RAGGED]):
            scaled, = first(ScaleAndShift(batches(3, x=data), 2, 1))
            cast, = first(Cast(batches(3, x=data), 'float32'))
            for item, scaled_, cast_ in zip(RAGGED, scaled, cast,
                                            strict=True):
                assert_same(scaled_, 2 * item + 1)
                assert_same(cast_, item.astype('float32'))

    def test_floatX(self):
        assigned = assigned_floatX('float32')
        assigned.start()
        self.addCleanup(assigned.stop)
        integers, lists = numpy.arange(3), [1., 2., 3.]
        wrapped = batches(3, r=as_objects(RAGGED), i=integers, n=lists,
                          f=numpy.arange(3.))
        ragged, i, n, f = first(ForceFloatX(wrapped))
        assert_same(f, numpy.arange(3, dtype='float32'))
        assert_same(i, integers)
        self.assertEqual(n, lists)
        for item, expected in zip(ragged, RAGGED, strict=True):
            assert_same(item, expected.astype('float32'))
        x, = first(Cast(batches(3, x=integers), 'floatX'))
        assert_same(x, integers.astype('float32'))
        pipeline = batches(2, x=numpy.array([0, 255], 'uint8'))
        for cls, args, kwargs in uint8_pixels_to_floatX(('x',)):
            pipeline = cls(pipeline, *args, **kwargs)
        assert_same(first(pipeline)[0], numpy.array([0, 1], 'float32'))

    def test_axis_labels(self):
        labels = {'x': ('batch', 'time', 'feature'), 'y': None}
        wrapped = batches(2, labels, x=numpy.ones((2, 3, 4)), y=[1, 2])
        for stream in (ScaleAndShift(wrapped, 1, 0), Cast(wrapped, 'int8'),
                       ForceFloatX(wrapped)):
            self.assertEqual(stream.axis_labels, labels)
            self.assertIsNot(stream.axis_labels, labels)
        self.assertEqual(Flatten(wrapped).axis_labels,
                         {'x': ('batch', 'feature'), 'y': None})
        self.assertEqual(
            Flatten(wrapped, which_sources=('y',)).axis_labels, labels)
        unpacked = Unpack(wrapped)
        self.assertEqual(unpacked.axis_labels,
                         {'x': ('time', 'feature'), 'y': None})
        self.assertEqual(Flatten(unpacked).axis_labels,
                         {'x': ('feature',), 'y': None})
        self.assertEqual(Batch(unpacked, ConstantScheme(2)).axis_labels,
                         labels)
        self.assertEqual(Cache(wrapped, ConstantScheme(2)).axis_labels,
                         labels)

    def test_to_bytes(self):
        words = [b'Hello', b'', b'World!']
        raw = [numpy.frombuffer(word, 'uint8') for word in words]
        labels = {'x': ('batch', 'bytes')}
        dataset = IndexableDataset({'x': raw}, axis_labels=labels)
        stream = ToBytes(DataStream(
            dataset, iteration_scheme=SequentialScheme(3, 3)))
        self.assertEqual(first(stream), (words,))
        self.assertEqual(stream.axis_labels, labels)
        wrapped = DataStream(dataset, iteration_scheme=(
            SequentialExampleScheme(3)))
        stream = ToBytes(wrapped)
        self.assertEqual([word for word, in stream.get_epoch_iterator()],
                         words)
        self.assertEqual(stream.axis_labels, {'x': ('bytes',)})


class TestSources(TestCase):
    def test_rename(self):
        wrapped = batches(X=[1], y=[2])
        for names, mode, sources in [
                ({'X': 'x'}, 'raise', ('x', 'y')),
                ({'X': 'y', 'y': 'X'}, 'raise', ('y', 'X')),
                ({'X': 'x', 'Z': 'x'}, 'ignore', ('x', 'y')),
                ({'Z': 'y'}, 'warn', ('X', 'y'))]:
            logging.disable(logging.WARNING)
            self.addCleanup(logging.disable, logging.NOTSET)
            stream = Rename(wrapped, names, on_non_existent=mode)
            self.assertEqual(stream.sources, sources)
            self.assertEqual(first(stream), ([1], [2]))
        for names, message in [({'Z': 'x'}, "no source 'Z'.*'X', 'y'"),
                               ({'X': 'y'}, "2 sources.*'y'"),
                               ({'X': 'a', 'y': 'a'}, "2 sources.*'a'")]:
            with self.assertRaisesRegex(KeyError, message):
                Rename(wrapped, names)
        with self.assertRaisesRegex(ValueError, "on_non_existent.*'maybe'"):
            Rename(wrapped, {}, on_non_existent='maybe')

    def test_rename_and_filter_axis_labels(self):
        labels = {'x': ('batch', 'time'), 'y': ('batch',)}
        wrapped = batches(2, labels, x=[[1]], y=[2])
        self.assertEqual(Rename(wrapped, {'x': 'z'}).axis_labels,
                         {'z': ('batch', 'time'), 'y': ('batch',)})
        self.assertEqual(FilterSources(wrapped, ('y',)).axis_labels,
                         {'y': ('batch',)})

    def test_filter_sources(self):
        wrapped = batches(x=[1], y=[2], z=[3])
        for chosen, sources, data in [
                (('z', 'x'), ('x', 'z'), ([1], [3])), ('y', ('y',), ([2],))]:
            stream = FilterSources(wrapped, chosen)
            self.assertEqual(stream.sources, sources)
            self.assertEqual(first(stream), data)
        with self.assertRaisesRegex(ValueError, r"'x', 'y', 'z'.*\['w'\]"):
            FilterSources(wrapped, ('x', 'w'))

    def test_merge(self):
        streams = (examples(x=[1, 2]), examples(x='abc', y='def'))
        stream = Merge(iter(streams), ('n', 'a', 'b'))
        for _ in range(2):
            self.assertEqual(list(stream.get_epoch_iterator()),
                             [(1, 'a', 'd'), (2, 'b', 'e')])
        self.assertEqual(first_dict(stream), {'n': 1, 'a': 'a', 'b': 'd'})
        for streams_, names, message in [
                (streams, ('a', 'b'), "3 sources.*2 names"),
                ((), (), "one or more streams"),
                ((*streams, batches(x=[1])), ('a', 'b', 'c', 'd'),
                 "all produce batches")]:
            with self.assertRaisesRegex(ValueError, message):
                Merge(streams_, names)


class TestBatching(TestCase):
    def test_batch_of_any_items(self):
        for label, items, dtype, shape in [
                ("numbers", [1, 2], 'int64', (2,)),
                ("equal lists", [[1, 2], [3, 4]], 'int64', (2, 2)),
                ("lists", [[1, 2], [3]], object, (2,)),
                ("a list and an empty one", [[1], []], object, (2,)),
                ("empty lists", [[], []], 'float64', (2, 0)),
                ("equal arrays", [numpy.ones((2, 3))] * 2, 'float64',
                 (2, 2, 3)),
                ("arrays", [numpy.ones((2, 3)), numpy.ones((1, 3))], object,
                 (2,)),
                ("arrays that differ at the end",
                 [numpy.ones((2, 3)), numpy.ones((2, 4))], object, (2,)),
                ("ragged inside", [[[1], [2, 3]], [[4], [5]]], object, (2,)),
                ("an array and a list", [numpy.ones(2), [1]], object, (2,)),
                ("words", ['a', 'bcd'], '<U3', (2,)),
                ("one sequence", [[1, 2, 3]], 'int64', (1, 3))]:
            batch, = first(Batch(examples(x=items), ConstantScheme(2)))
            self.assertEqual((batch.dtype, batch.shape), (dtype, shape),
                             label)
            for item, expected in zip(batch, items):
                if dtype is object:
                    self.assertIs(item, expected, label)
                else:
                    assert_array_equal(item, expected, label)
            assert_same(as_batch(items), batch)

    def test_strictness(self):
        for strictness, sizes in [(0, [2, 2, 1]), (1, [2, 2])]:
            stream = Batch(examples(x=range(5)), ConstantScheme(2),
                           strictness=strictness)
            self.assertEqual([len(x) for x, in stream.get_epoch_iterator()],
                             sizes)
        stream = Batch(examples(x=range(5)), ConstantScheme(2), strictness=2)
        with self.assertRaisesRegex(ValueError, "only 1 examples.* 2;"):
            list(stream.get_epoch_iterator())
        full = Batch(examples(x=range(4)), ConstantScheme(2), strictness=2)
        self.assertEqual(len(list(full.get_epoch_iterator())), 2)

    def test_unpack(self):
        wrapped = batches(2, x=[1, 2, 3], y='abc')
        self.assertEqual(list(Unpack(wrapped).get_epoch_iterator()),
                         [(1, 'a'), (2, 'b'), (3, 'c')])
        empties = Mapping(batches(1, x=range(3000)),
                          lambda d: ([x for x in d[0] if x > 2990],))
        self.assertEqual(len(list(Unpack(empties).get_epoch_iterator())), 9)
        odd = Mapping(wrapped, lambda d: (d[0], d[1][:1]))
        with self.assertRaisesRegex(ValueError, r"'x': 2, 'y': 1"):
            list(Unpack(odd).get_epoch_iterator())

    def test_cache_of_smaller_batches(self):
        # Fuel 0.2.0's batches were too small.
        stream = Cache(batches(2, x=list(range(9))), ConstantScheme(5))
        self.assertEqual([x.tolist() for x, in stream.get_epoch_iterator()],
                         [[0, 1, 2, 3, 4], [5, 6, 7, 8]])
        ragged = Cache(batches(3, x=[[1], [2, 3], [4]]), ConstantScheme(2))
        (one,), (two,) = ragged.get_epoch_iterator()
        self.assertEqual([one.tolist(), two.tolist()],
                         [[[1], [2, 3]], [[4]]])

    def test_errors(self):
        wrapped, singles = batches(x=[1]), examples(x=[1])
        for label, make, message in [
                ("batch of batches",
                 lambda: Batch(wrapped, ConstantScheme(1)),
                 "Batch needs a stream of examples"),
                ("wrong scheme for a batch",
                 lambda: Batch(singles, SequentialExampleScheme(1)),
                 "SequentialExampleScheme requests examples"),
                ("wrong scheme for a cache",
                 lambda: Cache(wrapped, SequentialScheme(1, 1)),
                 "BatchSizeScheme.*got SequentialScheme"),
                ("unpacked examples", lambda: Unpack(singles),
                 "Unpack needs a stream of batches"),
                ("window over batches", lambda: NGrams(2, wrapped),
                 "NGrams needs a stream of examples"),
                ("window over two sources",
                 lambda: Window(0, 1, 1, True, examples(x='a', y='b')),
                 r"one source, got \('x', 'y'\)")]:
            with self.assertRaisesRegex(ValueError, message, msg=label):
                make()


class TestWindows(TestCase):
    def test_windows(self):
        for args, expected in [
                ((1, 3, 3, True), [('abc', 'bcd'), ('bcd', 'cde')]),
                ((0, 3, 1, False), [('abc', 'd'), ('bcd', 'e')]),
                ((-2, 2, 2, True), [('cd', 'ab'), ('de', 'bc')]),
                ((-2, 3, 2, False), [('abc', 'bc'), ('bcd', 'cd'),
                                     ('cde', 'de')]),
                ((2, 1, 2, False), [('a', 'de')])]:
            stream = Window(*args, examples(x=['abcde', 'xy']))
            self.assertEqual(stream.sources, ('x', 'targets'))
            for _ in range(2):
                pairs = [pair for pair in stream.get_epoch_iterator()
                         if pair[0][0] < 'x']
                self.assertEqual(pairs, expected, args)

    def test_ngrams(self):
        stream = NGrams(2, examples(x=[[1, 2, 3, 4], [5], [6, 7, 8]]),
                        target_source='next')
        self.assertEqual(stream.sources, ('x', 'next'))
        self.assertEqual(list(stream.get_epoch_iterator()),
                         [([1, 2], 3), ([2, 3], 4), ([6, 7], 8)])
