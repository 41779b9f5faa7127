"""Tests of batch normalization of bricks and graphs."""
import unittest

import numpy
import theano
from blocks.bricks import (
    MLP,
    BatchNormalization,
    BatchNormalizedMLP,
    Sequence,
    SpatialBatchNormalization,
    Tanh,
)
from blocks.filter import VariableFilter
from blocks.graph import (
    ComputationGraph,
    apply_batch_normalization,
    batch_normalization,
    get_batch_normalization_updates,
)
from blocks.initialization import Constant, IsotropicGaussian
from blocks.roles import (
    BATCH_NORM_DIVISOR,
    BATCH_NORM_MINIBATCH_ESTIMATE,
    BATCH_NORM_OFFSET,
    PARAMETER,
)
from numpy.testing import assert_allclose
from theano import tensor


class Float64(unittest.TestCase):

    def setUp(self):
        self.float_x = theano.config.floatX
        theano.config.floatX = 'float64'
        self.rng = numpy.random.RandomState(1)

    def tearDown(self):
        theano.config.floatX = self.float_x

    def randomize(self, brick):
        """Set scale, shift and the statistics to random values."""
        brick.initialize()
        values = {}
        for name in ('scale', 'shift', 'population_mean',
                     'population_stdev'):
            variable = getattr(brick, name)
            if hasattr(variable, 'set_value'):
                values[name] = self.rng.uniform(
                    1, 2, size=variable.get_value().shape)
                variable.set_value(values[name])
            else:
                values[name] = variable.eval()
        return values


class TestBrick(Float64):

    def test_values(self):
        x = tensor.tensor3('x')
        data = self.rng.normal(size=(6, 4, 3))
        for arguments, axes in (
                ({}, (0,)),
                ({'broadcastable': (False, True)}, (0, 2)),
                ({'broadcastable': (True, False)}, (0, 1)),
                ({'mean_only': True}, (0,)),
                ({'learn_scale': False}, (0,)),
                ({'learn_shift': False, 'conserve_memory': False}, (0,))):
            with self.subTest(arguments):
                brick = BatchNormalization((4, 3), epsilon=0.1, **arguments)
                value = self.randomize(brick)
                stdev = 1 if brick.mean_only else value['population_stdev']
                assert_allclose(
                    brick.apply(x).eval({x: data}),
                    (data - value['population_mean']) / stdev
                    * value['scale'] + value['shift'])
                with brick:
                    y = brick.apply(x)
                mean = data.mean(axis=axes, keepdims=True)
                stdev = 1 if brick.mean_only else numpy.sqrt(
                    data.var(axis=axes, keepdims=True) + 0.1)
                assert_allclose(y.eval({x: data}), (data - mean) / stdev
                                * value['scale'] + value['shift'])

    def test_parameters(self):
        for arguments, names in (
                ({}, ['batch_norm_shift', 'batch_norm_scale']),
                ({'mean_only': True}, ['batch_norm_shift']),
                ({'learn_scale': False}, ['batch_norm_shift']),
                ({'learn_shift': False}, ['batch_norm_scale'])):
            brick = BatchNormalization(3, **arguments)
            graph = ComputationGraph(brick.apply(tensor.matrix()))
            self.assertEqual([parameter.name
                              for parameter in brick.parameters], names)
            self.assertEqual({parameter.name
                              for parameter in graph.parameters}, set(names))

    def test_modes_nest(self):
        brick, x = BatchNormalization(2), tensor.matrix('x')
        estimated = VariableFilter(roles=[BATCH_NORM_MINIBATCH_ESTIMATE])

        def trains():
            return bool(estimated(ComputationGraph(brick.apply(x))))

        self.assertFalse(trains())
        with brick:
            with batch_normalization(brick):
                self.assertTrue(trains())
            self.assertTrue(trains())
        self.assertFalse(trains())
        with self.assertRaises(RuntimeError), batch_normalization(brick):
            raise RuntimeError
        self.assertFalse(trains())

    def test_spatial(self):
        brick, x = SpatialBatchNormalization((3, 4, 2)), tensor.tensor4('x')
        data = self.rng.normal(2, 5, size=(6, 3, 4, 2))
        brick.initialize()
        with brick:
            y = brick.apply(x).eval({x: data})
        assert_allclose(y.mean(axis=(0, 2, 3)), numpy.zeros(3), atol=1e-12)
        assert_allclose(y.std(axis=(0, 2, 3)), numpy.ones(3), rtol=1e-4)

    def test_mistakes(self):
        for message, call in (
                ('batchnormalization.*same length',
                 BatchNormalization((2, 3), broadcastable=(True,)).allocate),
                ('spatial.*spatial axis.*got 3',
                 SpatialBatchNormalization(3).allocate),
                ('batchnormalization.*input_dim must be set',
                 BatchNormalization().allocate)):
            with self.assertRaisesRegex(ValueError, message):
                call()


class TestMLP(Float64):

    def setUp(self):
        super().setUp()
        self.mlp = BatchNormalizedMLP(
            [Tanh(), Tanh()], [4, 3, 2], conserve_memory=False, seed=2,
            weights_init=IsotropicGaussian(), biases_init=Constant(0))
        self.mlp.initialize()
        self.x = tensor.matrix('x')
        self.data = self.rng.normal(size=(6, 4))

    def expected(self):
        """Return the outputs of the MLP in training mode."""
        y = self.data
        for layer in self.mlp.linear_transformations:
            y = y @ layer.W.get_value()
            y = numpy.tanh((y - y.mean(axis=0))
                           / numpy.sqrt(y.var(axis=0) + 1e-4))
        return y

    def graphs(self):
        """Return training graphs: built, transformed once and twice."""
        with batch_normalization(self.mlp):
            built = ComputationGraph(self.mlp.apply(self.x))
        transformed = apply_batch_normalization(
            ComputationGraph(self.mlp.apply(self.x)))
        again = apply_batch_normalization(transformed)
        return {'built': built, 'transformed': transformed, 'again': again}

    def test_values(self):
        for name, graph in self.graphs().items():
            with self.subTest(name):
                assert_allclose(graph.outputs[0].eval({self.x: self.data}),
                                self.expected(), rtol=1e-7)

    def test_updates(self):
        normalizations = [activation.children[0]
                          for activation in self.mlp.activations]
        first = self.data @ self.mlp.linear_transformations[0].W.get_value()
        for name, graph in self.graphs().items():
            with self.subTest(name):
                pairs = dict(get_batch_normalization_updates(graph))
                self.assertEqual(set(pairs), {
                    getattr(brick, statistic) for brick in normalizations
                    for statistic in ('population_mean',
                                      'population_stdev')})
                for statistic, expected in (
                        ('population_mean', first.mean(axis=0)),
                        ('population_stdev',
                         numpy.sqrt(first.var(axis=0) + 1e-4))):
                    estimate = pairs[getattr(normalizations[0], statistic)]
                    assert_allclose(estimate.eval({self.x: self.data}),
                                    expected)

    def test_mean_only(self):
        mlp = BatchNormalizedMLP([Tanh()], [4, 3], mean_only=True,
                                 weights_init=IsotropicGaussian(),
                                 biases_init=Constant(0))
        mlp.initialize()
        graph = apply_batch_normalization(
            ComputationGraph(mlp.apply(self.x)))
        y = self.data @ mlp.linear_transformations[0].W.get_value()
        assert_allclose(graph.outputs[0].eval({self.x: self.data}),
                        numpy.tanh(y - y.mean(axis=0)))
        self.assertEqual(len(get_batch_normalization_updates(graph)), 1)

    def test_has_no_biases_and_passes_on_conserve_memory(self):
        names = {parameter.name for parameter in ComputationGraph(
            self.mlp.apply(self.x)).parameters}
        self.assertEqual(names, {'W', 'batch_norm_shift',
                                 'batch_norm_scale'})
        self.mlp.conserve_memory = True
        self.assertTrue(all(activation.children[0].conserve_memory
                            for activation in self.mlp.activations))

    def test_duplicates(self):
        shared = BatchNormalization(4)
        y = shared.apply(Sequence([shared, Tanh()]).apply(self.x))
        graph = apply_batch_normalization(ComputationGraph(y))
        with self.assertRaisesRegex(ValueError, 'batchnormalization.*more '
                                    'than once'):
            get_batch_normalization_updates(graph)
        self.assertEqual(len(get_batch_normalization_updates(
            graph, allow_duplicates=True)), 4)

    def test_nothing_to_update(self):
        for y in (self.mlp.apply(self.x),
                  MLP([Tanh()], [4, 2]).apply(self.x)):
            with self.assertRaisesRegex(ValueError, 'no batch normalis'):
                get_batch_normalization_updates(ComputationGraph(y))

    def test_roles(self):
        graph = ComputationGraph(self.mlp.apply(self.x))
        for role, count in ((BATCH_NORM_OFFSET, 2), (BATCH_NORM_DIVISOR, 2),
                            (PARAMETER, 6)):
            self.assertEqual(
                len(VariableFilter(roles=[role])(graph.variables)), count)
