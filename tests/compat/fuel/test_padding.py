"""Tests of padding: values, masks, dtypes, shapes and errors."""
from unittest import TestCase

import numpy
from fuel.datasets import IndexableDataset, IterableDataset
from fuel.schemes import ConstantScheme, SequentialScheme
from fuel.streams import DataStream
from fuel.transformers import Batch, Padding
from fuel.utils.arrays import as_batch
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_array_equal

from tests.compat.fuel.helpers import PROPERTY, assigned_floatX, sequences


def stream_of(batch_size=None, axis_labels=None, **sources):
    """Return a stream of batches of lists of sequences."""
    number = len(next(iter(sources.values())))
    return DataStream(
        IndexableDataset(sources, axis_labels=axis_labels),
        iteration_scheme=SequentialScheme(number, batch_size or number))


def padded(**kwargs):
    sources = {name: kwargs.pop(name) for name in ('x', 'y')
               if name in kwargs}
    batch, = Padding(stream_of(**sources), **kwargs).get_epoch_iterator()
    return batch


class TestPadding(TestCase):
    def test_pads_the_output_of_batch(self):
        ragged = [[1], [2, 3], [], [4, 5, 6], [7]]
        stream = Padding(Batch(DataStream(IterableDataset(ragged)),
                               ConstantScheme(2)))
        expected = [([[1, 0], [2, 3]], [[1, 0], [1, 1]]),
                    ([[0, 0, 0], [4, 5, 6]], [[0, 0, 0], [1, 1, 1]]),
                    ([[7]], [[1]])]
        self.assertEqual(stream.sources, ('data', 'data_mask'))
        for (data, mask), (data_, mask_) in zip(stream.get_epoch_iterator(),
                                                expected, strict=True):
            assert_array_equal(data, data_)
            assert_array_equal(mask, mask_)
            self.assertEqual(data.dtype, 'int64')

    @PROPERTY
    @given(st.lists(st.integers(0, 6), min_size=1, max_size=8),
           st.sampled_from([(), (1,), (3,), (2, 3)]))
    def test_holds_every_value_where_the_mask_says(self, lengths, step):
        rng = numpy.random.RandomState(1)
        examples = [rng.uniform(1, 2, size=(length, *step))
                    for length in lengths]
        for kind in (list, as_batch):
            stream = stream_of(x=examples)
            batch = Padding(stream).transform_batch((kind(examples),))
            data, mask = batch
            self.assertEqual(data.shape,
                             (len(lengths), max(lengths), *step))
            self.assertEqual(mask.shape, data.shape[:2])
            assert_array_equal(mask.sum(axis=1), lengths)
            self.assertFalse(data[mask == 0].any())
            for row, ones, example in zip(data, mask, examples):
                assert_array_equal(row[ones == 1], example)

    def test_returns_new_arrays(self):
        source = numpy.ones((2, 3, 4))
        data, _ = padded(x=source)
        data[...] = 7
        self.assertTrue((source == 1).all())

    def test_mask_dtype(self):
        for dtype in ('float32', 'float64'):
            with assigned_floatX(dtype):
                _, mask = padded(x=[[1], [2, 3]])
            self.assertEqual(mask.dtype, dtype)
        for dtype in ('uint8', 'bool', numpy.float16):
            _, mask = padded(x=[[1], [2, 3]], mask_dtype=dtype)
            self.assertEqual(mask.dtype, dtype)
            assert_array_equal(mask, [[1, 0], [1, 1]])

    def test_dtype_holds_all_sequences(self):
        for label, examples, dtype, values in [
                ("floats after integers", [[1], [2.5, 3]], 'float64',
                 [[1, 0], [2.5, 3]]),
                ("empty list before integers", [[], [2]], 'int64',
                 [[0], [2]]),
                ("only empty lists", [[], []], 'float64',
                 numpy.zeros((2, 0))),
                ("words", [['a'], ['bcd', 'e']], '<U3',
                 [['a', ''], ['bcd', 'e']]),
                ("float32 and integers of 8 bits",
                 [numpy.ones(1, 'int8'), numpy.ones(2, 'float32')],
                 'float32', [[1, 0], [1, 1]])]:
            data, _ = padded(x=examples)
            self.assertEqual(data.dtype, dtype, label)
            assert_array_equal(data, values, label)

    def test_empty_list_takes_the_shape_of_the_others(self):
        data, mask = padded(x=[[], [[1, 2], [3, 4]]])
        assert_array_equal(data, [[[0, 0], [0, 0]], [[1, 2], [3, 4]]])
        assert_array_equal(mask, [[0, 0], [1, 1]])

    def test_padded_unmasked_and_other_sources(self):
        x, y = [[1], [2, 3]], [[4, 5, 6], [7]]
        for label, kwargs, names in [
                ("all with masks", {}, ('x', 'x_mask', 'y', 'y_mask')),
                ("one padded", {'mask_sources': ('y',)},
                 ('x', 'y', 'y_mask')),
                ("a single name", {'mask_sources': 'y'},
                 ('x', 'y', 'y_mask')),
                ("none padded", {'mask_sources': ()}, ('x', 'y')),
                ("one without a mask", {'unmasked_sources': ('x',)},
                 ('x', 'y', 'y_mask')),
                ("both without masks", {'unmasked_sources': ('x', 'y')},
                 ('x', 'y')),
                ("only one, without a mask",
                 {'mask_sources': (), 'unmasked_sources': ('y',)},
                 ('x', 'y'))]:
            stream = Padding(stream_of(x=x, y=y), **kwargs)
            self.assertEqual(stream.sources, names, label)
            batch, = stream.get_epoch_iterator(as_dict=True)
            self.assertEqual(tuple(batch), names, label)
            unmasked = kwargs.get('unmasked_sources', ())
            for name, raw, full in [('x', x, [[1, 0], [2, 3]]),
                                    ('y', y, [[4, 5, 6], [7, 0, 0]])]:
                if name + '_mask' in names or name in unmasked:
                    assert_array_equal(batch[name], full, label)
                else:
                    self.assertEqual(batch[name], raw, label)

    def test_axis_labels(self):
        stream = Padding(stream_of(
            x=sequences([2, 3]), y=[1, 2],
            axis_labels={'x': ('batch', 'time', 'feature'),
                         'y': ('batch',)}), mask_sources=('x',))
        self.assertEqual(stream.axis_labels,
                         {'x': ('batch', 'time', 'feature'),
                          'x_mask': ('batch', 'time'), 'y': ('batch',)})

    def test_errors_on_iterating(self):
        for label, examples, message in [
                ("steps of different shapes",
                 [numpy.ones((3, 4)), numpy.ones((2, 3))],
                 r"source 'x'.*example 0 has shape \(3, 4\) and example 1 "
                 r"has shape \(2, 3\)"),
                ("an empty array of another shape",
                 [numpy.ones((3, 4)), numpy.ones((0, 3))],
                 r"source 'x'.*\(0, 3\)"),
                ("different numbers of dimensions",
                 [[1], [[2]]], r"source 'x'.*\(1,\).*\(1, 1\)"),
                ("numbers", [1, 2], "source 'x'.*example 0 is the single"),
                ("one number among sequences", [[1], 2],
                 "source 'x'.*example 1 is the single value"),
                ("lists within a ragged list",
                 [[[1], [2, 3]], [[4]]], "source 'x'")]:
            with self.assertRaisesRegex(ValueError, message, msg=label):
                padded(x=examples)

    def test_empty_batch_is_an_error(self):
        stream = Padding(stream_of(x=[[1]]))
        with self.assertRaisesRegex(ValueError, "'x'.*empty batch"):
            stream.transform_batch(([],))

    def test_errors_on_construction(self):
        stream = stream_of(x=[[1]], y=[[2]])
        for kwargs, message in [
                ({'mask_sources': ('x', 'z')}, "no source 'z'.*'x', 'y'"),
                ({'unmasked_sources': ('z',)}, "no source 'z'"),
                ({'mask_sources': ('x',), 'unmasked_sources': ('x',)},
                 r"both have \['x'\]")]:
            with self.assertRaisesRegex(ValueError, message):
                Padding(stream, **kwargs)
        with self.assertRaisesRegex(ValueError, "wrap it in Batch"):
            Padding(DataStream(IterableDataset([[1], [2, 3]])))
