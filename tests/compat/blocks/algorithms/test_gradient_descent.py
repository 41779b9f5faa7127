import logging
import pickle
import unittest
from collections import OrderedDict

import numpy
import theano
from blocks.algorithms import (
    Adam,
    GradientDescent,
    Momentum,
    Scale,
    StepClipping,
    UpdatesAlgorithm,
)
from blocks.bricks import Linear
from blocks.graph import ComputationGraph
from blocks.initialization import Constant
from blocks.monitoring.evaluators import DatasetEvaluator
from blocks.utils import shared_floatx
from numpy.testing import assert_allclose
from theano import tensor

from tests.compat.blocks.training import regression, regression_data

FLOATX = theano.config.floatX


class TestUpdatesAlgorithm(unittest.TestCase):

    def counter(self, **kwargs):
        n = shared_floatx(1, name='n')
        return n, UpdatesAlgorithm(
            updates=[(n, n + tensor.scalar('increment'))], **kwargs)

    def test_updates_in_all_forms(self):
        n, m = (shared_floatx(value, name='v') for value in (1, 2))
        for first, more in [([(n, n + m)], [(m, m * n)]),
                            (OrderedDict([(n, n + m)]),
                             OrderedDict([(m, m * n)]))]:
            n.set_value(1)
            m.set_value(2)
            algorithm = UpdatesAlgorithm(updates=first)
            algorithm.add_updates(more)
            algorithm.initialize()
            algorithm.process_batch({})
            # Both updates use the old values.
            self.assertEqual((n.get_value(), m.get_value()), (3, 2))
            self.assertEqual(len(first), 1)
        self.assertRaisesRegex(ValueError, 'list of', algorithm.add_updates,
                               'n')

    def test_missing_mask(self):
        x, mask = tensor.matrix('x'), tensor.matrix('x_mask')
        w = shared_floatx(1., name='w')
        cost = (w * x * mask).sum()
        cost.name = 'cost'
        algorithm = GradientDescent(cost=cost, parameters=[w])
        algorithm.initialize()
        evaluator = DatasetEvaluator([cost])
        evaluator.initialize_aggregators()
        values = numpy.ones((2, 2), x.dtype)
        for process in algorithm.process_batch, evaluator.process_batch:
            for source, hint in [
                    ('x', "'x_mask' is the mask that fuel.transformers."
                     "Padding makes of the source 'x': wrap"),
                    ('y', "makes of a source 'x', which is missing as")]:
                with self.assertRaisesRegex((ValueError, KeyError), hint):
                    process({source: values})

    def test_missing_source(self):
        _, algorithm = self.counter()
        algorithm.initialize()
        self.assertRaisesRegex(
            ValueError, "no source feeds the input 'increment'.*"
            "sources 'incremental'.*Did you mean 'incremental'.*Rename",
            algorithm.process_batch, {'incremental': 1})

    def test_unused_source(self):
        n, algorithm = self.counter()
        algorithm.initialize()
        batch = {'increment': 2, 'targets': 3}
        self.assertRaisesRegex(
            ValueError, r"matches the source 'targets'.*FilterSources\("
            r"stream, sources=\('increment', \)\).*on_unused_sources",
            algorithm.process_batch, batch)
        self.assertEqual(n.get_value(), 1)
        _, algorithm = self.counter(on_unused_sources='ignore')
        algorithm.process_batch(batch)
        _, algorithm = self.counter(on_unused_sources='warn')
        with self.assertLogs('blocks.algorithms', logging.WARNING) as logs:
            algorithm.process_batch(batch)
            algorithm.process_batch(batch)
        self.assertEqual(len(logs.output), 1)
        self.assertIn("'targets'", logs.output[0])
        self.assertRaisesRegex(ValueError, "'raise', 'warn' or 'ignore'",
                               UpdatesAlgorithm, on_unused_sources='drop')

    def test_inputs_need_unique_names(self):
        for inputs, complaint in [
                ([tensor.vector()], 'has none'),
                ([tensor.vector('x'), tensor.vector('x')], "name 'x'")]:
            n = shared_floatx(1, name='n')
            algorithm = UpdatesAlgorithm(
                [(n, sum(variable.sum() for variable in inputs))])
            self.assertRaisesRegex(ValueError, complaint,
                                   algorithm.initialize)

    def test_type_errors_are_explained(self):
        x = tensor.matrix('x', dtype='float32')
        ids = tensor.lvector('ids')
        n = theano.shared(numpy.float32(0), name='n')
        algorithm = UpdatesAlgorithm([(n, x.sum() + ids.sum().astype(
            'float32'))])
        good = {'x': numpy.ones((2, 3), 'float32'), 'ids': [1, 2]}
        algorithm.process_batch(good)
        self.assertEqual(n.get_value(), 9)
        cases = [
            ({'x': numpy.ones((2, 3))},
             r"'x' is float64, but the input 'x' is float32; apply "
             r"fuel.transformers.Cast\(stream, 'float32', "
             r"which_sources=\('x',\)\).*FUEL_FLOATX"),
            ({'x': numpy.ones(3, 'float32')},
             r"'x' has 1 axes \(shape \(3,\)\), but the input 'x' has 2"),
            ({'x': numpy.array([numpy.ones(2), numpy.ones(3)], object)},
             "'x' has examples of unequal shapes.*Padding"),
            ({'ids': numpy.ones(2)}, "'ids' is float64.*int64")]
        for change, complaint in cases:
            with self.subTest(complaint):
                self.assertRaisesRegex(TypeError, complaint,
                                       algorithm.process_batch,
                                       dict(good, **change))

    def test_pickle_without_compiled_code(self):
        n, algorithm = self.counter()
        algorithm.process_batch({'increment': 2})
        n, again = pickle.loads(pickle.dumps((n, algorithm)))
        self.assertIsNone(again._function)
        again.resume()
        function = again._function
        again.resume()
        self.assertIs(again._function, function)
        again.process_batch({'increment': 2})
        self.assertEqual(n.get_value(), 5)


class TestGradientDescent(unittest.TestCase):

    def test_descends(self):
        algorithm, (W, b) = regression(Scale(0.1))
        data = regression_data()
        w, c = W.get_value(), b.get_value()
        algorithm.initialize()
        for _ in range(3):
            error = data['x'].dot(w) + c - data['y']
            cost = (error ** 2).mean()
            gradient = 2 * error.dot(data['x']) / len(error), (
                2 * error.mean())
            algorithm.process_batch(data)
            self.assertAlmostEqual(algorithm.last_cost, cost, places=5)
            w, c = w - 0.1 * gradient[0], c - 0.1 * gradient[1]
            assert_allclose(W.get_value(), w, rtol=1e-5)
            assert_allclose(b.get_value(), c, rtol=1e-5)

    def test_norms(self):
        algorithm, _ = regression(StepClipping(0.5))
        data = regression_data()
        norms = theano.function(
            ComputationGraph(algorithm.cost).inputs,
            [algorithm.total_gradient_norm, algorithm.total_step_norm])
        gradient_norm, step_norm = norms(**data)
        self.assertGreater(gradient_norm, 0.5)
        self.assertAlmostEqual(float(step_norm), 0.5, places=5)
        self.assertEqual(algorithm.total_step_norm.name, 'total_step_norm')

    def test_given_gradients(self):
        W = shared_floatx([[1, 2], [3, 4]], name='W')
        for gradients, kwargs in [
                (OrderedDict([(W, 2 * W)]), {}),
                ([(W, 2 * W)], {}),
                ({W: 2 * W}, {'parameters': [W]})]:
            W.set_value(numpy.ones((2, 2), FLOATX))
            algorithm = GradientDescent(gradients=gradients,
                                        step_rule=Scale(0.25), **kwargs)
            self.assertEqual(algorithm.parameters, [W])
            algorithm.initialize()
            algorithm.process_batch({})
            assert_allclose(W.get_value(), 0.5)
            self.assertIsNone(algorithm.last_cost)

    def test_contradictory_arguments(self):
        W, V = (shared_floatx([1, 2], name=name) for name in 'WV')
        cost = tensor.sqr(W).sum()
        given = OrderedDict([(W, W)])
        for kwargs, complaint in [
                ({'parameters': [W]}, 'no cost'),
                ({'cost': cost}, 'no parameters.*ComputationGraph'),
                ({'cost': cost, 'parameters': []}, 'no parameters'),
                ({'gradients': {W: W}}, 'fixed order'),
                ({'gradients': {W: W}, 'parameters': [V]}, 'fixed order'),
                ({'gradients': given, 'known_grads': {W: W}}, 'known_grads'),
                ({'gradients': given, 'consider_constant': []},
                 'consider_constant'),
                ({'cost': cost, 'parameters': [W, V]},
                 'does not depend on the parameter V'),
                ({'cost': cost, 'parameters': [W], 'on_not_finite': 'die'},
                 'on_not_finite')]:
            with self.subTest(complaint):
                self.assertRaisesRegex(ValueError, complaint,
                                       GradientDescent, **kwargs)

    def test_given_gradients_determine_the_parameters(self):
        W, V = (shared_floatx([1, 2], name=name) for name in 'WV')
        with self.assertLogs('blocks.algorithms', logging.WARNING) as logs:
            algorithm = GradientDescent(gradients=OrderedDict([(W, W)]),
                                        parameters=[V])
        self.assertEqual(algorithm.parameters, [W])
        self.assertIn('(V) are not those of the gradients (W)',
                      logs.output[0])

    def test_users_updates_come_first_and_are_not_modified(self):
        W, n = shared_floatx([1, 2], name='W'), shared_floatx(0, name='n')
        mine = [(n, n + 1)]
        algorithm = GradientDescent(cost=W.sum(), parameters=[W],
                                    updates=mine)
        self.assertEqual(algorithm.updates[0], mine[0])
        self.assertEqual(len(mine), 1)
        algorithm.initialize()
        algorithm.initialize()
        self.assertEqual(len(algorithm.updates), 2)

    def test_pickle_keeps_the_state_of_the_rule(self):
        data = regression_data()
        for rule in Momentum(0.05, 0.9), Adam(0.05):
            algorithm, parameters = regression(rule)
            algorithm.initialize()
            algorithm.process_batch(data)
            again, its = pickle.loads(pickle.dumps((algorithm, parameters)))
            for _ in range(3):
                algorithm.process_batch(data)
                again.process_batch(data)
            for parameter, other in zip(parameters, its):
                self.assertIsNot(parameter, other)
                self.assertEqual(parameter.get_value().tobytes(),
                                 other.get_value().tobytes())


class TestNotFinite(unittest.TestCase):

    def setUp(self):
        self.enterContext(numpy.errstate(all='ignore'))

    def linear(self, **kwargs):
        x = tensor.matrix('x')
        brick = Linear(2, 1, weights_init=Constant(1),
                       biases_init=Constant(0), name='out')
        brick.initialize()
        cost = tensor.log(brick.apply(x)).mean()
        cost.name = 'log_cost'
        algorithm = GradientDescent(cost=cost, parameters=brick.parameters,
                                    step_rule=Scale(0.1), **kwargs)
        algorithm.initialize()
        return algorithm

    def test_warns_once_and_names_brick_and_remedy(self):
        algorithm = self.linear()
        bad = numpy.zeros((3, 2), FLOATX)
        with self.assertLogs('blocks.algorithms', logging.WARNING) as logs:
            algorithm.process_batch({'x': bad})
            algorithm.process_batch({'x': bad})
        message, = logs.output
        for part in ("'log_cost' is -inf", 'The data are finite',
                     '/out.W', '/out.b', 'StepClipping', 'RemoveNotFinite',
                     'NanGuardMode'):
            self.assertIn(part, message)

    def test_error_names_the_source_of_bad_data(self):
        data = numpy.ones((3, 2), FLOATX)
        data[1, 0] = numpy.nan
        with self.assertRaisesRegex(
                FloatingPointError, "'log_cost' is nan.*in source 'x': clean"):
            self.linear(on_not_finite='raise').process_batch({'x': data})

    def test_ignored(self):
        with self.assertNoLogs('blocks.algorithms', logging.WARNING):
            self.linear(on_not_finite='ignore').process_batch(
                {'x': numpy.zeros((3, 2), FLOATX)})
