"""Tests of monitoring in every data type and without data."""
import logging
import unittest

import numpy
import theano
from blocks.algorithms import TrainingAlgorithm
from blocks.bricks.cost import MisclassificationRate
from blocks.extensions import FinishAfter
from blocks.extensions.monitoring import (
    DataStreamMonitoring,
    TrainingDataMonitoring,
)
from blocks.main_loop import MainLoop
from blocks.monitoring.aggregation import (
    concatenate,
    maximum,
    mean,
    minimum,
    perplexity,
    take_last,
)
from blocks.monitoring.evaluators import DatasetEvaluator
from fuel.datasets import IndexableDataset, IterableDataset
from fuel.schemes import ConstantScheme, SequentialScheme
from fuel.streams import DataStream
from fuel.transformers import Batch, Filter, Padding, Unpack
from numpy.testing import assert_allclose
from theano import tensor

from tests.compat.blocks.training import regression_loop

DTYPES = ('bool', 'int8', 'int16', 'int32', 'int64', 'uint8', 'uint16',
          'uint32', 'uint64', 'float16', 'float32', 'float64', 'complex64',
          'complex128')


def values(dtype):
    """Return ten large values of a type; seven are true if Boolean."""
    if dtype == 'bool':
        return numpy.array([1, 0, 1, 1, 1, 0, 1, 1, 0, 1], bool)
    kind = numpy.dtype(dtype).kind
    top = (numpy.iinfo(dtype).max if kind in 'iu' else
           float(numpy.finfo(dtype).max) / 2 if dtype == 'float16' else 1e6)
    # Few digits, so that float16 holds them.
    return numpy.array([top // 16 * k if kind in 'iu' else top / 16 * k
                        for k in (15, 14, 15, 13, 12, 15, 14, 12, 13, 15)]
                       ).astype(dtype)


def stream_of(x, batch_size=4):
    return DataStream(IndexableDataset({'x': x}),
                      iteration_scheme=SequentialScheme(len(x), batch_size))


class TestDataTypes(unittest.TestCase):

    def check(self, schemes, x, label):
        evaluator = DatasetEvaluator(
            [variable for variable, _ in schemes.values()])
        got = evaluator.evaluate(stream_of(x))
        for name, (_, expected) in schemes.items():
            with self.subTest(dtype=label, scheme=name):
                rtol = 2e-3 if label == 'float16' else 1e-5
                assert_allclose(got[name], expected, rtol=rtol)
        return got

    def test_all_schemes(self):
        for dtype in DTYPES:
            x = tensor.vector('x', dtype=dtype)
            data = values(dtype)
            wide = data.astype('complex128' if 'complex' in dtype
                               else 'float64')
            last = wide[[3, 7, 9]]

            def named(name, variable):
                variable.name = name
                return variable

            schemes = {
                'plain': (named('plain', x[-1]), last.mean()),
                'ratio': (mean(named('ratio', x[0]), x[-1]),
                          wide[[0, 4, 8]].sum() / last.sum()),
                'last': (take_last(named('last', x[-1])), last[-1]),
                'all': (concatenate(named('all', x[-1])), last)}
            if 'complex' not in dtype:
                schemes.update({
                    'low': (minimum(named('low', x.min())), wide.min()),
                    'high': (maximum(named('high', x[1])),
                             wide[[1, 5, 9]].max())})
            got = self.check(schemes, data, dtype)
            for name in 'last', 'all', *(
                    () if 'complex' in dtype else ('low', 'high')):
                self.assertEqual(got[name].dtype, dtype, (name, dtype))
            self.assertIn(got['plain'].dtype.kind, 'fc')

    def test_perplexity_of_integers(self):
        x = tensor.vector('x', dtype='int8')
        variable = perplexity(-x[0], x[-1])
        got = DatasetEvaluator([variable]).evaluate(
            stream_of(numpy.full(10, 100, 'int8')))
        assert_allclose(got['perplexity'], numpy.e, rtol=1e-6)

    def test_axes(self):
        x = tensor.matrix('x', dtype='int8')
        variable = (x > 3).all(axis=0).copy('v')
        data = numpy.array([[5, 1], [5, 5], [4, 9], [1, 9]], 'int8')
        got = DatasetEvaluator([variable]).evaluate(stream_of(data, 2))
        assert_allclose(got['v'], [0.5, 0.5])

    def test_many_small_numbers_added_to_a_large_one(self):
        # In float32 2 ** 24 + 1 is 2 ** 24.
        x = tensor.vector('x', dtype='float32')
        data = numpy.ones(300, 'float32')
        data[0] = 2 ** 24
        evaluator = DatasetEvaluator([mean(x.sum().copy('v'), 1.)])
        got = evaluator.evaluate(stream_of(data, 1))['v']
        self.assertEqual(got.dtype, 'float32')
        self.assertEqual(got, numpy.float32((2 ** 24 + 299) / 300))

    def test_error_rate_is_a_mean(self):
        y = tensor.lvector('x')
        rate = MisclassificationRate().apply(y, tensor.eye(10)[y * 0 + 1])
        rate.name = 'rate'
        got = DatasetEvaluator([rate]).evaluate(
            stream_of(numpy.array([1, 2, 1, 1, 0, 1]), 2))
        assert_allclose(got['rate'], 2 / 6)


class TestWithoutData(unittest.TestCase):

    def test_empty_epoch(self):
        x = tensor.vector('x')
        w = theano.shared(3., 'w')
        variables = [
            x.mean().copy('plain'), take_last(x[-1].copy('last')),
            minimum(x.min().copy('low')), maximum(x.max().copy('high')),
            concatenate(x.max().copy('all')), w]
        evaluator = DatasetEvaluator(variables)
        full = stream_of(numpy.arange(10, dtype=x.dtype))
        empty = Filter(full, lambda batch: False)
        for _ in range(2):
            self.assertEqual(evaluator.evaluate(full)['last'], 9)
            with self.assertLogs('blocks.monitoring.evaluators',
                                 logging.WARNING) as logs:
                got = evaluator.evaluate(empty)
            self.assertIn('had no batch', logs.output[0])
            self.assertEqual(got.pop('w'), 3)
            self.assertEqual(list(got), ['plain', 'last', 'low', 'high',
                                         'all'])
            self.assertTrue(numpy.isnan(list(got.values())).all(), got)

    def test_before_the_first_batch(self):
        loop = regression_loop([FinishAfter(after_n_epochs=1)])
        W, = [parameter for parameter in loop.model.parameters
              if parameter.name == 'W']
        loop.extensions.insert(0, TrainingDataMonitoring(
            [loop.algorithm.cost, W.sum().copy('W_sum')],
            before_epoch=True, after_batch=True))
        loop.run()
        self.assertTrue(numpy.isnan(loop.log[0]['cost']))
        self.assertTrue(numpy.isnan(loop.log[0]['W_sum']))
        self.assertGreater(loop.log[1]['cost'], 0)

    def test_two_triggers_at_one_batch(self):
        loop = regression_loop([FinishAfter(after_n_epochs=2)])
        loop.extensions.insert(0, TrainingDataMonitoring(
            [loop.algorithm.cost], every_n_batches=5, after_epoch=True))
        loop.run()  # epochs of five batches
        for iteration in 5, 10:
            self.assertGreater(loop.log[iteration]['cost'], 0)


class Remembers(TrainingAlgorithm):
    def __init__(self):
        self.seen = []

    def initialize(self):
        pass

    def process_batch(self, batch):
        self.seen.append(numpy.ravel(batch['x']).tolist())


class TestMonitoringTheTrainingStream(unittest.TestCase):
    """Training loses no batch if both use the same stream object."""

    def test_streams(self):
        numbers = numpy.arange(10.)

        def plain():
            return stream_of(numbers, 2)

        x = tensor.vector('x', dtype='float64')
        for label, stream in [
                ('plain', plain()),
                ('unpacked', Batch(Unpack(plain()), ConstantScheme(2))),
                ('iterable', Batch(
                    DataStream(IterableDataset({'x': numbers.tolist()})),
                    ConstantScheme(2))),
                ('padded', Padding(DataStream(IndexableDataset(
                    {'x': [[n] for n in numbers]}),
                    iteration_scheme=SequentialScheme(10, 2))))]:
            if label == 'padded':
                x = tensor.matrix('x', dtype='float64')
            algorithm = Remembers()
            loop = MainLoop(algorithm, stream, extensions=[
                DataStreamMonitoring(
                    [mean(x.sum().copy('v'), x.shape[0])], stream,
                    before_first_epoch=False, after_epoch=False,
                    every_n_batches=2),
                FinishAfter(after_n_epochs=2)])
            loop.run()
            with self.subTest(label):
                self.assertEqual(algorithm.seen, 2 * [
                    [n, n + 1] for n in numbers[::2]])
                self.assertEqual([loop.log[time]['v'] for time
                                  in range(2, 11, 2)], 5 * [4.5])
