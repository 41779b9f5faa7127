"""Tests of bricks without recurrence against NumPy."""
import pickle
import unittest

import numpy
import theano
from blocks.bricks import (
    MLP,
    Bias,
    Brick,
    FeedforwardSequence,
    Identity,
    LeakyRectifier,
    Linear,
    LinearMaxout,
    Logistic,
    Maxout,
    NDimensionalSoftmax,
    Rectifier,
    Sequence,
    Softmax,
    Softplus,
    Tanh,
    WithExtraDims,
)
from blocks.bricks.cost import (
    AbsoluteError,
    BinaryCrossEntropy,
    CategoricalCrossEntropy,
    MisclassificationRate,
    SquaredError,
)
from blocks.bricks.lookup import LookupTable
from blocks.bricks.parallel import Distribute, Fork, Merge, Parallel
from blocks.filter import VariableFilter
from blocks.graph import ComputationGraph
from blocks.initialization import Constant, IsotropicGaussian
from blocks.roles import AUXILIARY
from numpy.testing import assert_allclose, assert_array_equal
from theano import tensor

GAUSSIAN = dict(weights_init=IsotropicGaussian(),
                biases_init=IsotropicGaussian())


class Float64(unittest.TestCase):

    def setUp(self):
        self.float_x = theano.config.floatX
        theano.config.floatX = 'float64'
        self.rng = numpy.random.RandomState(1)
        self.x = tensor.matrix('x')
        self.data = self.rng.normal(size=(5, 4))

    def tearDown(self):
        theano.config.floatX = self.float_x


class TestTransformations(Float64):

    def test_linear(self):
        for use_bias in (True, False):
            linear = Linear(4, 3, use_bias=use_bias, **GAUSSIAN)
            y = linear.apply(self.x)
            linear.initialize()
            expected = self.data @ linear.W.get_value()
            if use_bias:
                expected = expected + linear.b.get_value()
            assert_allclose(y.eval({self.x: self.data}), expected)
            norms = VariableFilter(roles=[AUXILIARY])(
                ComputationGraph(y).variables)
            self.assertEqual([norm.name for norm in norms],
                             ['W_norm', 'b_norm'][:1 + use_bias])
            assert_allclose(norms[0].eval(),
                            numpy.linalg.norm(linear.W.get_value()))

    def test_linear_on_more_axes(self):
        x = tensor.tensor3('x')
        data = self.rng.normal(size=(2, 5, 4))
        linear = Linear(4, 3, **GAUSSIAN)
        linear.initialize()
        assert_allclose(linear.apply(x).eval({x: data}),
                        data @ linear.W.get_value() + linear.b.get_value())

    def test_bias(self):
        bias = Bias(4, biases_init=IsotropicGaussian())
        bias.initialize()
        assert_allclose(bias.apply(self.x).eval({self.x: self.data}),
                        self.data + bias.parameters[0].get_value())
        bias.output_dim = 7
        self.assertEqual((bias.dim, bias.input_dim, bias.get_dim('output')),
                         (7, 7, 7))

    def test_maxout(self):
        x = tensor.tensor3('x')
        data = self.rng.normal(size=(2, 3, 8))
        assert_allclose(Maxout(4).apply(x).eval({x: data}),
                        data.reshape(2, 3, 2, 4).max(axis=-1))
        brick = LinearMaxout(4, 3, 2, **GAUSSIAN)
        brick.initialize()
        linear = brick.linear
        expected = (self.data @ linear.W.get_value() + linear.b.get_value())
        assert_allclose(brick.apply(self.x).eval({self.x: self.data}),
                        expected.reshape(5, 3, 2).max(axis=-1))

    def test_activations(self):
        x = self.data
        for brick, expected in (
                (Identity(), x), (Tanh(), numpy.tanh(x)),
                (Logistic(), 1 / (1 + numpy.exp(-x))),
                (Softplus(), numpy.log1p(numpy.exp(x))),
                (Rectifier(), numpy.maximum(x, 0)),
                (LeakyRectifier(), numpy.where(x > 0, x, 0.01 * x)),
                (LeakyRectifier(leak=0.3), numpy.where(x > 0, x, 0.3 * x))):
            with self.subTest(brick.name):
                assert_allclose(brick.apply(self.x).eval({self.x: x}),
                                expected, rtol=1e-7)
                self.assertTrue(type(brick).__doc__)
                self.assertIn('input_', type(brick).apply.__doc__)

    def test_lookup(self):
        table = LookupTable(6, 3, weights_init=IsotropicGaussian())
        table.initialize()
        for indices in ([1, 5, 1], [[0, 2], [4, 4]], [[[3]]]):
            indices = numpy.array(indices)
            symbol = tensor.TensorType('int64', (False,) * indices.ndim)()
            assert_array_equal(table.apply(symbol).eval({symbol: indices}),
                               table.W.get_value()[indices])
        self.assertEqual(table.get_dims(['indices', 'output']), [0, 3])
        with self.assertRaisesRegex(ValueError, "int.*'float64'"):
            table.apply(self.x)
        with self.assertRaisesRegex(ValueError, 'lookuptable.*integers'):
            table.input_dim = 3


class TestSoftmax(Float64):

    def setUp(self):
        super().setUp()
        shifted = self.data - self.data.max(axis=1, keepdims=True)
        self.log = shifted - numpy.log(numpy.exp(shifted).sum(
            axis=1, keepdims=True))

    def test_probabilities(self):
        softmax = Softmax()
        assert_allclose(softmax.apply(self.x).eval({self.x: self.data}),
                        numpy.exp(self.log))
        far = softmax.log_probabilities(self.x).eval(
            {self.x: [[1e4, 0., -1e4]]})
        assert_array_equal(far, [[0, -1e4, -2e4]])

    def test_cross_entropy_of_invalid_classes(self):
        y = tensor.lvector('y')
        cost = Softmax(name='top').categorical_cross_entropy(y, self.x)
        function = theano.function([self.x, y], cost)
        scores = numpy.zeros((2, 3))
        assert_allclose(function(scores, [0, 2]), numpy.log([3, 3]))
        # Each is a valid index into the matrix, but not into its row.
        for classes in [0, 3], [0, -1], [5, 0], [0], [0, 1, 2]:
            with self.subTest(classes):
                with self.assertRaisesRegex(
                        ValueError, r'top \(Softmax\): .*class indices'):
                    function(scores, classes)

    def test_cross_entropy(self):
        classes = self.rng.randint(4, size=5)
        y = tensor.lvector('y')
        cost = Softmax().categorical_cross_entropy(y, self.x)
        assert_allclose(cost.eval({y: classes, self.x: self.data}),
                        -self.log[numpy.arange(5), classes])
        targets = tensor.matrix('targets')
        probabilities = self.rng.dirichlet(numpy.ones(4), size=5)
        cost = Softmax().categorical_cross_entropy(targets, self.x)
        assert_allclose(
            cost.eval({targets: probabilities, self.x: self.data}),
            -(self.log * probabilities).sum(axis=1))
        with self.assertRaisesRegex(TypeError, 'softmax.*y must have 1.*got'
                                    ' 0'):
            Softmax().categorical_cross_entropy(tensor.lscalar(), self.x)

    def test_extra_axes(self):
        class LinearWithTime(Linear):
            decorators = [WithExtraDims()]

        data = self.rng.normal(size=(2, 3, 5, 4))
        x = tensor.tensor4('x')
        linear = LinearWithTime(4, 3, **GAUSSIAN)
        linear.initialize()
        assert_allclose(linear.apply(x, extra_ndim=2).eval({x: data}),
                        data @ linear.W.get_value() + linear.b.get_value())
        self.assertEqual(linear.apply.inputs, ['input_'])
        pickle.loads(pickle.dumps(NDimensionalSoftmax()))

        y = tensor.lmatrix('y')
        x = tensor.tensor3('x')
        classes = self.rng.randint(4, size=(2, 5))
        scores = self.rng.normal(size=(2, 5, 4))
        cost = NDimensionalSoftmax().categorical_cross_entropy(
            y, x, extra_ndim=1)
        log = scores - numpy.log(numpy.exp(scores).sum(-1, keepdims=True))
        assert_allclose(cost.eval({x: scores, y: classes}),
                        -numpy.take_along_axis(log, classes[..., None],
                                               -1)[..., 0])
        with self.assertRaises(TypeError):
            NDimensionalSoftmax().apply(x, extra_dims=1)
        with self.assertRaisesRegex(ValueError, 'Both.*one class'):
            type(Brick)('Both', (Softmax, Linear),
                        {'decorators': [WithExtraDims()]})


class TestCompositions(Float64):

    def test_sequence(self):
        linear = Linear(4, 3, weights_init=Constant(1),
                        biases_init=Constant(2))
        self.assertEqual(
            len(Sequence([linear, Tanh(), linear]).children), 2)
        sequence = FeedforwardSequence([linear.apply, Tanh()])
        self.assertEqual(sequence.input_dim, 4)
        sequence.input_dim = 4
        sequence.initialize()
        assert_allclose(
            sequence.apply(self.x).eval({self.x: self.data}),
            numpy.repeat(numpy.tanh(self.data.sum(1, keepdims=True) + 2),
                         3, axis=1))
        self.assertEqual(sequence.apply.inputs, ['input_'])
        self.assertEqual(sequence.apply.outputs, ['output'])

    def test_mlp(self):
        mlp = MLP([Tanh(), None], [None, 6, None], use_bias=False, **GAUSSIAN)
        mlp.input_dim, mlp.output_dim = 4, 3
        mlp.initialize()
        first, second = mlp.linear_transformations
        assert_allclose(
            mlp.apply(self.x).eval({self.x: self.data}),
            numpy.tanh(self.data @ first.W.get_value())
            @ second.W.get_value())
        self.assertEqual([brick.name for brick in mlp.children],
                         ['linear_0', 'tanh', 'linear_1'])

    def test_parallel(self):
        y = tensor.matrix('y')
        feed = {self.x: self.data, y: self.rng.normal(size=(5, 2))}
        parallel = Parallel(['x', 'y'], [4, 2], [3, 6], Linear(), **GAUSSIAN)
        parallel.initialize()
        for outputs in (parallel.apply(self.x, y), parallel.apply(y=y,
                                                                  x=self.x)):
            for output, child, input_ in zip(outputs, parallel.children,
                                             (self.x, y)):
                assert_allclose(
                    output.eval({input_: feed[input_]}),
                    feed[input_] @ child.W.get_value()
                    + child.b.get_value())
        merge = Merge(['x', 'y'], [4, 2], 3, **GAUSSIAN)
        merge.initialize()
        assert_allclose(
            merge.apply(y=y, x=self.x).eval(feed),
            self.data @ merge.children[0].W.get_value()
            + feed[y] @ merge.children[1].W.get_value())

    def test_fork_and_distribute(self):
        y, z = tensor.matrices('y', 'z')
        feed = {self.x: self.data, y: self.rng.normal(size=(5, 2)),
                z: self.rng.normal(size=(5, 3))}
        fork = Fork(['a', 'b'], 4, output_dims=[2, 3], **GAUSSIAN)
        fork.initialize()
        for output, child in zip(fork.apply(self.x), fork.children):
            assert_allclose(output.eval({self.x: self.data}),
                            self.data @ child.W.get_value()
                            + child.b.get_value())
        self.assertEqual(fork.apply.outputs, ['a', 'b'])
        self.assertEqual([child.name for child in fork.children],
                         ['fork_a', 'fork_b'])
        distribute = Distribute(['y', 'z'], 'x', [2, 3], 4, **GAUSSIAN)
        distribute.initialize()
        outputs = distribute.apply(x=self.x, y=y, z=z, as_dict=True)
        for name, child, target in zip('yz', distribute.children, (y, z)):
            assert_allclose(
                outputs[name].eval({self.x: self.data, target: feed[target]}),
                feed[target] + self.data @ child.W.get_value())

    def test_wrong_names_and_numbers(self):
        x = self.x
        parallel = Parallel(['x', 'y'], [4, 4], [3, 3], Linear(), name='p')
        distribute = Distribute(['y'], 'x', [4], 4, name='d')
        for error, message, call in (
                (KeyError, "p .*'z'.*x, y", lambda: parallel.apply(z=x)),
                (ValueError, 'p .*missing.*y', lambda: parallel.apply(x)),
                (TypeError, "p .*'x'.*once",
                 lambda: parallel.apply(x, x=x)),
                (TypeError, 'p .*at most 2',
                 lambda: parallel.apply(x, x, x)),
                (ValueError, r"d .*\['x', 'y'\].*\['x'\]",
                 lambda: distribute.apply(x=x)),
                (ValueError, r"q .*\[1\] and \[2, 3\]",
                 lambda: Parallel(['x', 'y'], [1], [2, 3], Linear(),
                                  name='q').allocate())):
            with self.subTest(message), self.assertRaisesRegex(error,
                                                               message):
                call()


class TestCosts(Float64):

    def test_matrices(self):
        y, y_hat = tensor.matrices('y', 'y_hat')
        target = self.rng.uniform(size=(5, 4))
        guess = self.rng.uniform(0.1, 0.9, size=(5, 4))
        for brick, terms in (
                (SquaredError(), (target - guess) ** 2),
                (AbsoluteError(), abs(target - guess)),
                (BinaryCrossEntropy(), -target * numpy.log(guess)
                 - (1 - target) * numpy.log(1 - guess))):
            with self.subTest(brick.name):
                cost = brick.apply(y, y_hat)
                self.assertEqual(cost.name, f'{brick.name}_apply_cost')
                assert_allclose(cost.eval({y: target, y_hat: guess}),
                                terms.sum(axis=1).mean())

    def test_classes(self):
        y, y_hat = tensor.lvector('y'), tensor.matrix('y_hat')
        guess = numpy.array([[.1, .2, .7], [.3, .3, .4], [.4, .4, .2],
                             [.8, .1, .1]])
        classes = numpy.array([2, 0, 0, 1])
        assert_allclose(
            CategoricalCrossEntropy().apply(y, y_hat).eval(
                {y: classes, y_hat: guess}),
            -numpy.log(guess[numpy.arange(4), classes]).mean())
        # Ties at the last rank count as wrong.
        for top_k, rate in ((1, 0.5), (2, 0.5), (3, 0)):
            error = MisclassificationRate(top_k, name='e').apply(y, y_hat)
            self.assertEqual(error.name, 'e_apply_error_rate')
            assert_allclose(error.eval({y: classes, y_hat: guess}), rate)
