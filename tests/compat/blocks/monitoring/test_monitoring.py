import pickle
import unittest
from concurrent.futures import ThreadPoolExecutor

import numpy
import theano
from blocks.monitoring.aggregation import (
    Concatenate,
    Maximum,
    Mean,
    Minimum,
    MonitoredQuantity,
    TakeLast,
    concatenate,
    maximum,
    mean,
    minimum,
    perplexity,
    take_last,
)
from blocks.monitoring.evaluators import (
    AggregationBuffer,
    DatasetEvaluator,
    MonitoredQuantityBuffer,
)
from blocks.utils import shared_floatx
from fuel.datasets import IterableDataset
from numpy.testing import assert_allclose
from theano import tensor

FLOATX = theano.config.floatX


def batches(*lengths, seed=1):
    """Return batches of these lengths with three features each."""
    rng = numpy.random.RandomState(seed)
    return [rng.normal(size=(length, 3)).astype(FLOATX)
            for length in lengths]


def stream(data):
    return IterableDataset({'x': data}).get_example_stream()


def evaluated(variable, data, name='v'):
    variable.name = name
    return DatasetEvaluator([variable]).evaluate(stream(data))[name]


class Largest(MonitoredQuantity):
    """The largest sum over an example."""

    def initialize(self):
        self.largest = -numpy.inf

    def aggregate(self, x, total):
        assert_allclose(x.sum(), total, rtol=1e-5)
        self.largest = max(self.largest, x.sum(axis=1).max())

    def get_aggregated_value(self):
        return self.largest


class TestAggregation(unittest.TestCase):

    def setUp(self):
        self.x = tensor.matrix('x')
        self.data = batches(4, 1, 7)
        self.all = numpy.concatenate(self.data)

    def check(self, variable, expected, data=None):
        data = self.data if data is None else data
        assert_allclose(evaluated(variable, data), expected, rtol=1e-5)

    def test_default_is_the_mean_over_batches(self):
        self.check(self.x.sum(), numpy.mean(
            [batch.sum() for batch in self.data]))
        self.check(self.x.sum(axis=0), numpy.mean(
            [batch.sum(axis=0) for batch in self.data], axis=0))

    def test_mean_over_examples(self):
        self.check(mean(self.x.sum(), self.x.shape[0]),
                   self.all.sum(axis=1).mean())
        self.check(mean(self.x.sum(axis=0), self.x.shape[0]),
                   self.all.mean(axis=0))
        self.check(mean(self.x.sum(axis=0, keepdims=True),
                        self.x.shape[0]),
                   self.all.mean(axis=0, keepdims=True))
        self.assertEqual(mean(self.x.sum().copy('total'), 2.).name, 'total')

    def test_mean_of_integers_is_not_rounded(self):
        positive = tensor.gt(self.x, 0).sum()
        self.check(mean(positive, self.x.size), (self.all > 0).mean())

    def test_perplexity(self):
        variable = perplexity(self.x.sum(), self.x.shape[0])
        self.assertEqual(variable.name, 'perplexity')
        self.check(variable, numpy.exp(-self.all.sum() / len(self.all)))

    def test_extremes(self):
        for scheme, function, extreme in [(Minimum, minimum, numpy.min),
                                          (Maximum, maximum, numpy.max)]:
            for variable, value in [
                    (self.x.sum(axis=0), [b.sum(axis=0) for b in self.data]),
                    (self.x.sum(), [b.sum() for b in self.data]),
                    (self.x.sum(axis=1, keepdims=True).sum(
                        axis=0, keepdims=True),
                     [b.sum(keepdims=True) for b in self.data])]:
                self.check(function(variable), extreme(value, axis=0))
                variable.tag.aggregation_scheme = scheme(variable)
                self.check(variable, extreme(value, axis=0))

    def test_extremes_of_integers(self):
        self.check(maximum(self.x.shape[0]), 7)
        self.check(minimum(self.x.shape[0]), 1)

    def test_take_last(self):
        for variable, value in [(self.x.sum(), self.data[-1].sum()),
                                (2 * self.x, 2 * self.data[-1])]:
            self.check(take_last(variable), value)
            variable.tag.aggregation_scheme = TakeLast(variable)
            self.check(variable, value)

    def test_concatenate(self):
        for variable, values in [
                (self.x.sum(), [b.sum() for b in self.data]),
                (self.x.sum(axis=0), [b.sum(axis=0) for b in self.data])]:
            self.check(concatenate(variable), numpy.array(values))
            variable.tag.aggregation_scheme = Concatenate(variable)
            self.check(variable, numpy.array(values))

    def test_shapes_must_not_change_in_a_mean(self):
        for data in ([*batches(2, 3)], [*batches(3, 1)], [*batches(1, 3)]):
            with self.assertRaisesRegex(AssertionError,
                                        'v changes its shape'):
                evaluated(self.x.sum(axis=1), data)

    def test_second_evaluation_starts_afresh(self):
        variables = [function(self.x.sum(axis=0).copy(name))
                     for name, function in [
                         ('low', minimum), ('high', maximum),
                         ('all', concatenate), ('mean', mean)]]
        evaluator = DatasetEvaluator(variables)
        evaluator.evaluate(stream(self.data))
        values = evaluator.evaluate(stream(self.data[1:2]))
        single = self.data[1].sum(axis=0)
        for name in 'low', 'high', 'mean':
            assert_allclose(values[name], single, rtol=1e-5)
        assert_allclose(values['all'], single[None], rtol=1e-5)


class TestEvaluator(unittest.TestCase):

    def setUp(self):
        self.x = tensor.matrix('x')
        self.w = shared_floatx(2., name='w')
        self.data = batches(2, 3)

    def test_independent_of_data(self):
        double = (2 * self.w).copy('double')
        values = DatasetEvaluator([self.w, double]).evaluate(None)
        self.assertEqual(values, {'w': 2., 'double': 4.})
        evaluator = DatasetEvaluator([double, self.x.sum().copy('sum')])
        evaluator.initialize_aggregators()
        evaluator.process_batch({'x': self.data[0], 'unused': 1})
        self.w.set_value(3.)
        values = evaluator.get_aggregated_values()
        self.assertEqual(list(values), ['double', 'sum'])
        self.assertEqual(values['double'], 6.)

    def test_recorded_per_batch_for_training(self):
        # Both kinds of monitoring use the same variable.
        double = (2 * self.w).copy('double')
        training = AggregationBuffer([double], use_take_last=True)
        self.assertEqual(len(training.accumulation_updates), 1)
        self.assertEqual(AggregationBuffer([double]).accumulation_updates,
                         [])

    def test_quantities(self):
        total = self.x.sum().copy('total')
        quantities = [Largest(requires=[self.x, total], name=name)
                      for name in ('a', 'b')]
        evaluator = DatasetEvaluator([*quantities, total])
        for data in self.data, self.data[:1]:
            values = evaluator.evaluate(stream(data))
            largest = max(batch.sum(axis=1).max() for batch in data)
            self.assertAlmostEqual(values['a'], largest, places=5)
            self.assertAlmostEqual(values['b'], largest, places=5)
            assert_allclose(values['total'], numpy.mean(
                [batch.sum() for batch in data]), rtol=1e-5)
        buffer = evaluator.monitored_quantities_buffer
        self.assertEqual(buffer.requires, [self.x, total])
        self.assertEqual(buffer.quantity_names, ['a', 'b'])

    def test_updates(self):
        count = shared_floatx(0., name='count')
        for variables in ([self.x.sum().copy('sum')],
                          [Largest([self.x, self.x.sum()], 'largest')]):
            more = (count + self.x.shape[0]).astype(FLOATX)
            for updates in [(count, more)], {count: more}:
                count.set_value(0.)
                DatasetEvaluator(variables, updates).evaluate(
                    stream(self.data))
                self.assertEqual(count.get_value(), 5)

    def test_names(self):
        for variables, complaint in [
                ([tensor.scalar()], 'must have names'),
                ([tensor.scalar('a'), tensor.vector('a'),
                  tensor.scalar('b')], 'unique, but several are called a;'),
                ([Largest(requires=[self.x])], 'must have names')]:
            self.assertRaisesRegex(ValueError, complaint, DatasetEvaluator,
                                   variables)

    def test_missing_source(self):
        evaluator = DatasetEvaluator([self.x.sum().copy('sum')])
        data = IterableDataset({'y': self.data}).get_example_stream()
        self.assertRaisesRegex(
            KeyError, 'Not all data sources.*it has y, but not x.*'
            'same transformers', evaluator.evaluate, data)

    def test_reading_before_initialization(self):
        buffers = [AggregationBuffer([self.x.sum().copy('sum')]),
                   MonitoredQuantityBuffer([Largest([self.x], 'largest')])]
        for buffer in buffers:
            self.assertRaisesRegex(RuntimeError, 'call initialize_',
                                   buffer.get_aggregated_values)

    def test_concurrent_evaluations_wait(self):
        evaluator = DatasetEvaluator([self.total(), Largest(
            requires=[self.x, self.x.sum()], name='largest')])

        def evaluate(number):
            data = stream([numpy.full((2, 3), number, FLOATX)] * 20)
            for _ in range(5):
                self.assertEqual(
                    dict(evaluator.evaluate(data)),
                    {'total': 6 * number, 'largest': 3 * number})

        with ThreadPoolExecutor(4) as pool:
            for future in [pool.submit(evaluate, n) for n in range(1, 5)]:
                future.result(60)

    def test_threads_do_not_mix_their_batches(self):
        evaluator = DatasetEvaluator([self.total()])
        batch, = stream([numpy.ones((2, 3), FLOATX)]).get_epoch_iterator(
            as_dict=True)
        evaluator.initialize_aggregators()
        evaluator.process_batch(batch)
        with ThreadPoolExecutor(1, 'other') as pool:
            for call, *args in [(evaluator.process_batch, batch),
                                (evaluator.get_aggregated_values,)]:
                with self.assertRaisesRegex(
                        RuntimeError, 'started by thread MainThread, but '
                        'other_0 continues it.*separate evaluator for each'):
                    pool.submit(call, *args).result(60)
            self.assertEqual(evaluator.get_aggregated_values()['total'], 6)
            # The thread that initializes owns the evaluation from then on.
            pool.submit(evaluator.initialize_aggregators).result(60)
            self.assertRaises(RuntimeError, evaluator.process_batch, batch)
            pool.submit(evaluator.process_batch, batch).result(60)
            again = pickle.loads(pickle.dumps(evaluator))
            self.assertEqual(again.get_aggregated_values()['total'], 6)

    def total(self):
        total = self.x.sum()
        total.name = 'total'
        return total

    def test_pickle_without_compiled_code(self):
        evaluator = DatasetEvaluator([self.x.sum().copy('sum')])
        first = evaluator.evaluate(stream(self.data))
        again = pickle.loads(pickle.dumps(evaluator))
        self.assertIsNone(again._aggregate._function)
        self.assertEqual(again.evaluate(stream(self.data)), first)


def test_mean_by_hand():
    x = tensor.vector('x')
    aggregator = Mean(x.sum(), x.shape[0]).get_aggregator()
    initialize = theano.function(
        [], updates=aggregator.initialization_updates)
    accumulate = theano.function(
        [x], updates=aggregator.accumulation_updates)
    for _ in range(2):
        initialize()
        accumulate([1, 2])
        accumulate([6])
        assert aggregator.readout_variable.eval() == 3
