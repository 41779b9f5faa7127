"""Tests of the masked costs of sequences."""
import pickle
import unittest

import numpy
import theano
from blocks.bricks import MLP, Tanh
from blocks.extensions.monitoring import DataStreamMonitoring
from blocks.filter import VariableFilter
from blocks.graph import ComputationGraph
from blocks.initialization import Constant
from blocks.monitoring.evaluators import DatasetEvaluator
from fuel.datasets import IndexableDataset
from numpy.testing import assert_allclose, assert_array_equal
from theano import tensor
from theano.compile.nanguardmode import NanGuardMode
from theano.configparser import change_flags

from blocks_rnn_bricks.costs import (
    AGGREGATIONS,
    SequenceBinaryCrossEntropy,
    SequenceCategoricalCrossEntropy,
    SequenceCost,
    SequenceMisclassificationRate,
    SequenceSquaredError,
)
from blocks_rnn_bricks.streams import padded_batches
from tests.equations import sigmoid

FLOATX = theano.config.floatX
TOLERANCE = 1e-12 if FLOATX == 'float64' else 1e-5
LENGTHS = (3, 5, 0, 1)
CLASSES = 4


def softmax(x):
    e = numpy.exp(x - x.max(axis=-1, keepdims=True))
    return e / e.sum(axis=-1, keepdims=True)


def categorical(y, p):
    return -numpy.log(p[y])


def bits(y, p):
    return -(y * numpy.log(p) + (1 - y) * numpy.log(1 - p)).sum()


class Case:
    """A cost brick, its data, and the expected cost of one valid step."""

    def __init__(self, name, brick, targets, make, step, gradient=None):
        self.name = name
        self.brick = brick
        self.make = make            # energies -> predictions
        self.step = step            # (y, prediction) -> float
        self.gradient = gradient    # (y, prediction) -> vector
        rng = numpy.random.RandomState(3)
        shape = (max(LENGTHS), len(LENGTHS))
        steps = numpy.arange(shape[0])[:, None]
        self.mask = (steps < numpy.array(LENGTHS)).astype(FLOATX)
        self.mask[1, 1] = 0  # a hole
        self.y = (rng.randint(CLASSES, size=shape).astype('int32')
                  if targets == 'classes' else
                  rng.binomial(1, .4, size=shape + (CLASSES,)).astype('uint8')
                  if targets == 'bits' else
                  rng.normal(size=shape + (CLASSES,)).astype(FLOATX))
        self.y_hat = make(rng.normal(
            scale=2, size=shape + (CLASSES,))).astype(FLOATX)

    def variables(self):
        return (tensor.TensorType(str(self.y.dtype),
                                  (False,) * self.y.ndim)('y'),
                tensor.tensor3('y_hat'), tensor.matrix('mask'))

    def steps(self):
        """Return the indices (t, b) of the valid steps."""
        return zip(*numpy.nonzero(self.mask))

    def expected_matrix(self):
        matrix = numpy.zeros(self.mask.shape)
        for t, b in self.steps():
            matrix[t, b] = self.step(self.y[t, b],
                                     self.y_hat[t, b].astype('float64'))
        return matrix

    def expected_gradient(self):
        gradient = numpy.zeros(self.y_hat.shape)
        for t, b in self.steps():
            gradient[t, b] = self.gradient(
                self.y[t, b], self.y_hat[t, b].astype('float64'))
        return gradient


def one_hot(y):
    return numpy.eye(CLASSES)[y]


def cases():
    return [
        Case('probabilities', SequenceCategoricalCrossEntropy, 'classes',
             softmax, categorical, lambda y, p: -one_hot(y) / p[y]),
        Case('logits',
             lambda **kwargs: SequenceCategoricalCrossEntropy(
                 from_logits=True, **kwargs),
             'classes', lambda x: x, lambda y, x: categorical(y, softmax(x)),
             lambda y, x: softmax(x) - one_hot(y)),
        Case('misclassification', SequenceMisclassificationRate, 'classes',
             lambda x: x, lambda y, x: float(x.argmax() != y)),
        Case('squared error', SequenceSquaredError, 'numbers', lambda x: x,
             lambda y, x: ((y - x) ** 2).sum(), lambda y, x: 2 * (x - y)),
        Case('bits', SequenceBinaryCrossEntropy, 'bits', sigmoid, bits,
             lambda y, p: (p - y) / (p * (1 - p))),
        Case('bit logits',
             lambda **kwargs: SequenceBinaryCrossEntropy(
                 from_logits=True, **kwargs),
             'bits', lambda x: x, lambda y, x: bits(y, sigmoid(x)),
             lambda y, x: sigmoid(x) - y)]


def aggregated(matrix, mask):
    return {'per_step': matrix, 'per_sequence': matrix.sum(axis=0),
            'mean_per_step': matrix.sum() / mask.sum(),
            'mean_per_sequence': matrix.sum() / mask.shape[1],
            'sum': matrix.sum()}


class TestValues(unittest.TestCase):
    def test_aggregations(self):
        for case in cases():
            y, y_hat, mask = case.variables()
            outputs = [case.brick(aggregation=name).apply(y, y_hat, mask)
                       for name in AGGREGATIONS]
            function = theano.function([y, y_hat, mask], outputs)
            expected = aggregated(case.expected_matrix(), case.mask)
            for name, value in zip(AGGREGATIONS, function(
                    case.y, case.y_hat, case.mask)):
                label = '{}, {}'.format(case.name, name)
                self.assertEqual(value.dtype, FLOATX, label)
                assert_allclose(value, expected[name], rtol=TOLERANCE,
                                atol=TOLERANCE, err_msg=label)

    def test_without_mask(self):
        for case in cases():
            case.mask[...] = 1
            y, y_hat, _ = case.variables()
            outputs = [case.brick(aggregation=name).apply(y, y_hat)
                       for name in AGGREGATIONS]
            function = theano.function([y, y_hat], outputs)
            expected = aggregated(case.expected_matrix(), case.mask)
            for name, value in zip(AGGREGATIONS,
                                   function(case.y, case.y_hat)):
                self.assertEqual(value.dtype, FLOATX)
                assert_allclose(value, expected[name], rtol=TOLERANCE,
                                err_msg='{}, {}'.format(case.name, name))

    def test_gradients(self):
        for case in cases():
            if case.gradient is None:
                continue
            y, y_hat, mask = case.variables()
            cost = case.brick(aggregation='sum').apply(y, y_hat, mask)
            gradient = theano.function([y, y_hat, mask],
                                       theano.grad(cost, y_hat))
            assert_allclose(gradient(case.y, case.y_hat, case.mask),
                            case.expected_gradient(), rtol=10 * TOLERANCE,
                            atol=TOLERANCE, err_msg=case.name)

    def test_garbage_in_the_padding_changes_nothing(self):
        for case in cases():
            y, y_hat, mask = case.variables()
            outputs = [case.brick(aggregation=name).apply(y, y_hat, mask)
                       for name in AGGREGATIONS]
            if case.gradient is not None:
                outputs += [theano.grad(cost, y_hat)
                            for cost in outputs if cost.ndim == 0]
            function = theano.function([y, y_hat, mask], outputs)
            clean = function(case.y, case.y_hat, case.mask)
            padding = case.mask == 0
            for garbage in (numpy.nan, numpy.inf, -numpy.inf, 0, 1, -7):
                case.y_hat[padding] = garbage
                case.y[padding] = (garbage if case.y.dtype.kind == 'f' else
                                   99)
                for one, other in zip(clean, function(
                        case.y, case.y_hat, case.mask)):
                    label = '{}, {}'.format(case.name, garbage)
                    assert_array_equal(one, other, label)
                    self.assertTrue(numpy.isfinite(other).all(), label)

    def test_no_intermediate_nan_or_infinity(self):
        """No operation yields NaN or infinity, not even one hidden later."""
        variables, values, gradients = [], [], []
        for case in cases():
            if case.gradient is not None:
                y, y_hat, mask = case.variables()
                cost = case.brick().apply(y, y_hat, mask)
                variables += [y, y_hat, mask]
                values += [case.y, case.y_hat, case.mask]
                gradients.append(theano.grad(cost, y_hat))
        with change_flags(cxx=''):  # else each operation would be compiled
            function = theano.function(variables, gradients, mode=NanGuardMode(
                nan_is_error=True, inf_is_error=True, big_is_error=False))
        function(*values)

    def test_empty_masks(self):
        for case in cases():
            y, y_hat, mask = case.variables()
            function = theano.function(
                [y, y_hat, mask],
                [case.brick(aggregation=name).apply(y, y_hat, mask)
                 for name in AGGREGATIONS])
            for value in function(case.y, case.y_hat * numpy.nan,
                                  case.mask * 0):
                assert_array_equal(value, numpy.zeros_like(value), case.name)

    def test_one_step_one_sequence_one_feature(self):
        y, y_hat, mask = (tensor.tensor3(), tensor.tensor3(),
                          tensor.matrix())
        cost = SequenceSquaredError().apply(y, y_hat, mask)
        ones = numpy.ones((1, 1, 1), FLOATX)
        self.assertEqual(cost.eval({y: ones, y_hat: 3 * ones,
                                    mask: ones[0]}), 4)

    def test_confident_predictions(self):
        """A confident, correct prediction never costs NaN."""
        y, y_hat = tensor.imatrix(), tensor.tensor3()
        energies = numpy.array([[[1000., 0, -1000]]], FLOATX)
        for target, expected in [(0, 0), (1, 1000), (2, 2000)]:
            cost = SequenceCategoricalCrossEntropy(from_logits=True).apply(
                y, y_hat)
            values = theano.function([y, y_hat],
                                     [cost, theano.grad(cost, y_hat)])
            value, gradient = values(numpy.array([[target]], 'int32'),
                                     energies)
            assert_allclose(value, expected)
            assert_allclose(gradient[0, 0],
                            numpy.eye(3)[0] - numpy.eye(3)[target])

        y = tensor.tensor3()
        cost = SequenceBinaryCrossEntropy().apply(y, y_hat)
        values = theano.function([y, y_hat],
                                 [cost, theano.grad(cost, y_hat)])
        sure = numpy.array([[[0., 1.]]], FLOATX)
        value, gradient = values(sure, sure)
        self.assertEqual(value, 0)
        assert_allclose(gradient, [[[1, -1]]])
        self.assertEqual(values(1 - sure, sure)[0], numpy.inf)

        cost = SequenceBinaryCrossEntropy(from_logits=True).apply(y, y_hat)
        values = theano.function([y, y_hat],
                                 [cost, theano.grad(cost, y_hat)])
        value, gradient = values(sure, 1000 * (2 * sure - 1))
        self.assertEqual(value, 0)
        assert_array_equal(gradient, numpy.zeros((1, 1, 2)))
        self.assertEqual(values(1 - sure, 1000 * (2 * sure - 1))[0], 2000)


class TestInBlocks(unittest.TestCase):
    def test_outputs_and_roles(self):
        y, y_hat, mask = cases()[0].variables()
        for brick, name in [(SequenceCategoricalCrossEntropy(), 'cost'),
                            (SequenceMisclassificationRate(), 'error_rate')]:
            self.assertEqual(brick.apply.outputs, [name])
            cost = brick.apply(y, y_hat, mask)
            self.assertEqual(cost.name, '{}_apply_{}'.format(brick.name,
                                                             name))
            found, = VariableFilter(bricks=[brick], name=name)(
                ComputationGraph(cost).variables)
            self.assertEqual(found.name, cost.name)
            matrix = VariableFilter(bricks=[brick], name='cost_matrix')(
                ComputationGraph(cost).variables)
            self.assertEqual(len(matrix), 1)

    def test_pickles(self):
        for case in cases():
            brick = case.brick(aggregation='sum')
            brick = pickle.loads(pickle.dumps(brick))
            y, y_hat, mask = case.variables()
            value = brick.apply(y, y_hat, mask).eval(
                {y: case.y, y_hat: case.y_hat, mask: case.mask})
            assert_allclose(value, case.expected_matrix().sum(),
                            rtol=10 * TOLERANCE)

    def test_monitor_is_exact_over_batches(self):
        rng = numpy.random.RandomState(5)
        sequences = [rng.normal(size=(length, 2)).astype(FLOATX)
                     for length in (1, 7, 2, 3, 1)]
        stream = padded_batches(IndexableDataset(sequences), 2)
        x, mask = tensor.tensor3('data'), tensor.matrix('data_mask')
        errors = [(sequence ** 2).sum() for sequence in sequences]
        for aggregation, count in [('mean_per_step', 14),
                                   ('mean_per_sequence', 5)]:
            monitored = SequenceSquaredError(
                aggregation=aggregation, name='error').monitor(
                    x, tensor.zeros_like(x), mask)
            self.assertEqual(monitored.name, 'error')
            values = DatasetEvaluator([monitored]).evaluate(stream)
            assert_allclose(values['error'], sum(errors) / count, rtol=1e-5)
            DataStreamMonitoring([monitored], stream, prefix='valid')
        total = SequenceSquaredError().monitor(
            x, tensor.zeros_like(x), name='other')
        self.assertEqual(total.name, 'other')

    def test_monitor_refuses_costs_that_are_not_means(self):
        x = tensor.tensor3()
        for aggregation in ('per_step', 'per_sequence', 'sum'):
            with self.assertRaisesRegex(ValueError, 'mean_per_step or mean_'
                                        'per_sequence to monitor, got ' +
                                        aggregation):
                SequenceSquaredError(aggregation=aggregation).monitor(x, x)


class TestErrors(unittest.TestCase):
    def test_when_applied_to_wrong_variables(self):
        x, m = tensor.tensor3(), tensor.matrix()
        for error, pattern, make in [
                (ValueError, "SequenceSquaredError 'e': predictions must "
                 'have 3 axes, .* got 2',
                 lambda: SequenceSquaredError(name='e').apply(x, m)),
                (TypeError, 'targets first',
                 lambda: SequenceCategoricalCrossEntropy().apply(
                     x, tensor.itensor3())),
                (ValueError, 'targets must have 3 axes .* got 2',
                 lambda: SequenceSquaredError().apply(m, x)),
                (ValueError, 'argmax.axis=2. for one-hot',
                 lambda: SequenceCategoricalCrossEntropy().apply(x, x)),
                (TypeError, 'integer dtype, got ' + FLOATX,
                 lambda: SequenceMisclassificationRate().apply(m, x)),
                (ValueError, 'mask must have 2 axes',
                 lambda: SequenceSquaredError().apply(x, x, x)),
                (TypeError, 'mask of dtype int64',
                 lambda: SequenceSquaredError().apply(
                     *[tensor.ftensor3()] * 2, tensor.lmatrix())),
                (TypeError, 'mask of dtype float64',
                 lambda: SequenceSquaredError().apply(
                     *[tensor.ftensor3()] * 2, tensor.dmatrix())),
                (ValueError, "aggregation must be one of per_step, .* got "
                 "'mean'",
                 lambda: SequenceSquaredError(aggregation='mean'))]:
            with self.assertRaisesRegex(error, pattern):
                make()

    def test_when_run_on_wrong_arrays(self):
        x, t, m = tensor.tensor3(), tensor.tensor3(), tensor.matrix()
        cost = theano.function([t, x, m],
                               SequenceSquaredError(name='e').apply(t, x, m))

        def ones(*shape):
            return numpy.ones(shape, FLOATX)
        self.assertEqual(cost(ones(4, 2, 3), ones(4, 2, 3), ones(4, 2)), 0)
        for pattern, arguments in [
                ("'e': the targets must have .* batch-major",
                 (ones(2, 4, 3), ones(4, 2, 3), ones(4, 2))),
                ("'e': the mask must have .* batch-major",
                 (ones(4, 2, 3), ones(4, 2, 3), ones(2, 4))),
                ('the mask must have',
                 (ones(4, 2, 3), ones(4, 2, 3), ones(1, 2))),
                ('only 1 for data and 0',
                 (ones(4, 2, 3), ones(4, 2, 3), .5 * ones(4, 2))),
                ('only 1 for data and 0',
                 (ones(4, 2, 3), ones(4, 2, 3), numpy.nan * ones(4, 2)))]:
            with self.assertRaisesRegex(ValueError, pattern):
                cost(*arguments)

    def test_unknown_classes(self):
        x, y, m = tensor.tensor3(), tensor.imatrix(), tensor.matrix()
        for brick in (SequenceCategoricalCrossEntropy(),
                      SequenceMisclassificationRate()):
            cost = theano.function([y, x, m], brick.apply(y, x, m))
            ones = numpy.ones((1, 2, 3), FLOATX)
            for wrong in (-1, 3):
                classes = numpy.array([[wrong, 0]], 'int32')
                with self.assertRaisesRegex(ValueError,
                                            'not a class index'):
                    cost(classes, ones, ones[..., 0])
                cost(classes, ones, numpy.array([[0, 1]], FLOATX))

    def test_base_is_abstract(self):
        with self.assertRaises(TypeError):
            SequenceCost()


class TestTraining(unittest.TestCase):
    def test_padding_gives_parameters_no_gradient(self):
        mlp = MLP([Tanh(), None], [2, 3, CLASSES],
                  weights_init=Constant(.1), biases_init=Constant(.2))
        mlp.initialize()
        x, y, mask = tensor.tensor3(), tensor.imatrix(), tensor.matrix()
        y_hat = mlp.apply(x.reshape((-1, 2))).reshape(
            (x.shape[0], x.shape[1], CLASSES))
        cost = SequenceCategoricalCrossEntropy(
            from_logits=True).apply(y, y_hat, mask)
        parameters = ComputationGraph(cost).parameters
        gradients = theano.function([x, y, mask],
                                    theano.grad(cost, parameters))
        rng = numpy.random.RandomState(2)
        data = rng.normal(size=(3, 2, 2)).astype(FLOATX)
        targets = rng.randint(CLASSES, size=(3, 2)).astype('int32')
        valid = numpy.array([[1, 1], [1, 0], [1, 0]], FLOATX)
        clean = gradients(data, targets, valid)
        data[valid == 0] = 1e4
        targets[valid == 0] = -1
        for one, other in zip(clean, gradients(data, targets, valid)):
            assert_allclose(one, other, rtol=TOLERANCE)
