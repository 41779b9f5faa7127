"""Tests of functions for neural networks."""

from unittest import TestCase

import numpy
import theano
from numpy.testing import assert_allclose
from theano import tensor
from theano.tensor import nnet

X = numpy.array([-40., -3., -1., 0., .5, 2., 40.])


def sigmoid(x):
    return 1 / (1 + numpy.exp(-x))


def softmax(x):
    e = numpy.exp(x - x.max(axis=-1, keepdims=True))
    return e / e.sum(axis=-1, keepdims=True)


class TestActivations(TestCase):
    """Elementwise functions equal their formulas."""

    def test_values(self):
        for function, expected in [
                (nnet.sigmoid, sigmoid(X)),
                (nnet.softplus, numpy.logaddexp(X, 0)),
                (nnet.hard_sigmoid, numpy.clip(.2 * X + .5, 0, 1)),
                (nnet.relu, numpy.maximum(X, 0)),
                (lambda x: nnet.relu(x, .1), numpy.where(X > 0, X, .1 * X)),
                (nnet.elu, numpy.where(X > 0, X, numpy.expm1(X))),
                (lambda x: nnet.elu(x, 2),
                 numpy.where(X > 0, X, 2 * numpy.expm1(X))),
                (nnet.selu, 1.0507009873554805 * numpy.where(
                    X > 0, X, 1.6732632423543772 * numpy.expm1(X))),
                (nnet.softsign, X / (1 + abs(X)))]:
            x = tensor.dvector()
            assert_allclose(function(x).eval({x: X}), expected, rtol=1e-12)

    def test_relu_of_arrays(self):
        found = nnet.relu(X)
        self.assertIsInstance(found, numpy.ndarray)
        assert_allclose(found, numpy.maximum(X, 0))
        self.assertEqual(nnet.relu(-2.), 0.)
        assert_allclose(nnet.relu(X, .1).eval(),
                        numpy.where(X > 0, X, .1 * X))

    def test_ultra_fast_sigmoid_is_close(self):
        x = tensor.dvector()
        fast = nnet.ultra_fast_sigmoid(x).eval({x: X})
        self.assertLess(abs(fast - sigmoid(X)).max(), .03)
        assert_allclose(fast[[1, 3, 5, 6]], [.05, .5, .875,
                                             .5 + .5 * .99505475368673])
        self.assertGreater(abs(fast - sigmoid(X)).max(), 1e-4)

    def test_data_type_is_kept(self):
        x = tensor.fvector()
        for function in (nnet.sigmoid, nnet.hard_sigmoid, nnet.relu,
                         nnet.ultra_fast_sigmoid, nnet.softplus):
            self.assertEqual(function(x).dtype, 'float32')


class TestDistributions(TestCase):
    """Tests of softmax and costs."""

    def setUp(self):
        self.x = numpy.random.RandomState(1).randn(4, 3)
        self.classes = numpy.array([2, 0, 1, 2])
        self.nll = -numpy.log(softmax(self.x))[range(4), self.classes]

    def test_softmax(self):
        for data in self.x, numpy.stack([self.x, 2 * self.x]):
            assert_allclose(nnet.softmax(tensor.constant(data)).eval(),
                            softmax(data))
            assert_allclose(nnet.logsoftmax(tensor.constant(data)).eval(),
                            numpy.log(softmax(data)))
        assert_allclose(nnet.nnet.softmax_graph(self.x).eval(),
                        softmax(self.x))

    def test_vector_becomes_a_row(self):
        row = nnet.softmax(tensor.dvector())
        self.assertEqual(row.broadcastable, (True, False))

    def test_softmax_of_integers_is_refused(self):
        for function in nnet.softmax, nnet.logsoftmax:
            for wrong in tensor.lmatrix(), tensor.dscalar():
                with self.assertRaisesRegex(ValueError, 'floats'):
                    function(wrong)

    def test_categorical_crossentropy(self):
        probabilities = nnet.softmax(tensor.constant(self.x))
        one_hot = numpy.eye(3)[self.classes]
        for true in self.classes, one_hot, one_hot.astype('float32'):
            assert_allclose(nnet.categorical_crossentropy(
                probabilities, tensor.constant(true)).eval(), self.nll)
        given = tensor.constant(softmax(self.x))
        assert_allclose(nnet.categorical_crossentropy(
            given, tensor.constant(self.classes)).eval(), self.nll)

    def test_wrong_dimensions(self):
        for true in tensor.dtensor3(), tensor.dscalar(), tensor.dvector():
            with self.assertRaises(TypeError):
                nnet.categorical_crossentropy(tensor.dmatrix(), true)
        with self.assertRaisesRegex(TypeError, 'matrix'):
            nnet.crossentropy_categorical_1hot(
                tensor.dvector(), tensor.lvector())

    def test_cost_of_a_confident_error_is_finite_with_its_gradient(self):
        x = tensor.dmatrix()
        cost = nnet.categorical_crossentropy(
            nnet.softmax(x), tensor.constant([0])).sum()
        for mode in 'FAST_COMPILE', 'FAST_RUN':
            function = theano.function([x], [cost, theano.grad(cost, x)],
                                       mode=mode)
            value, gradient = function(numpy.array([[-1000., 1000.]]))
            assert_allclose(value, 2000.)
            assert_allclose(gradient, [[-1, 1]])

    def test_softmax_costs(self):
        x, y = tensor.constant(self.x), tensor.constant(self.classes)
        cost, probabilities = nnet.crossentropy_softmax_1hot(x, y)
        assert_allclose(cost.eval(), self.nll)
        assert_allclose(probabilities.eval(), softmax(self.x))
        bias = tensor.constant([1., 0., -1.])
        cost, probabilities, best = \
            nnet.nnet.crossentropy_softmax_argmax_1hot_with_bias(x, bias, y)
        shifted = self.x + bias.data
        assert_allclose(probabilities.eval(), softmax(shifted))
        assert_allclose(best.eval(), shifted.argmax(axis=1))
        assert_allclose(
            cost.eval(),
            -numpy.log(softmax(shifted))[range(4), self.classes])

    def test_invalid_classes(self):
        x, y = tensor.dmatrix('x'), tensor.lvector('y')
        function = theano.function(
            [x, y], nnet.categorical_crossentropy(nnet.softmax(x), y))
        scores = numpy.zeros((2, 3))
        assert_allclose(function(scores, [0, 2]), numpy.log([3, 3]))
        for classes, words in [([-1, 0], 'class indices must be at least 0'),
                               ([0, 3], 'below the number of classes'),
                               ([0], 'as many class indices as predictions'),
                               ([0, 1, 2], 'as many class indices')]:
            with self.subTest(classes):
                with self.assertRaisesRegex(ValueError, words):
                    function(scores, classes)

    def test_binary_crossentropy(self):
        p, t = numpy.array([.1, .5, .9]), numpy.array([0., 1., .7])
        expected = -(t * numpy.log(p) + (1 - t) * numpy.log(1 - p))
        assert_allclose(nnet.binary_crossentropy(
            tensor.constant(p), tensor.constant(t)).eval(), expected)
        scores = numpy.log(p / (1 - p))
        assert_allclose(nnet.sigmoid_binary_crossentropy(
            tensor.constant(scores), tensor.constant(t)).eval(), expected)

    def test_confusion_matrix(self):
        counts, order = nnet.confusion_matrix(
            tensor.constant([2, 0, 2, 2, 0, 1]),
            tensor.constant([0, 0, 2, 2, 0, 2]))
        assert_allclose(counts.eval(), [[2, 0, 0], [0, 0, 1], [1, 0, 2]])
        assert_allclose(order.eval(), [0, 1, 2])
        with self.assertRaises(ValueError):
            nnet.confusion_matrix(tensor.dvector(), tensor.lvector())

    def test_hierarchical_softmax(self):
        rng = numpy.random.RandomState(2)
        x, w1, b1, w2, b2 = [
            rng.randn(*shape) for shape in
            [(4, 5), (5, 3), (3,), (3, 5, 2), (3, 2)]]
        arguments = 4, 6, 3, 2, w1, b1, w2, b2
        everything = nnet.h_softmax(tensor.constant(x), *arguments).eval()
        classes = softmax(x.dot(w1) + b1)
        within = softmax(numpy.einsum('bf,cfo->bco', x, w2) + b2)
        assert_allclose(everything, (classes[:, :, None] * within).reshape(
            4, 6))
        target = numpy.array([0, 5, 2, 3])
        for given in target, target[:, None]:
            assert_allclose(
                nnet.h_softmax(tensor.constant(x), *arguments,
                               target=tensor.constant(given)).eval(),
                everything[range(4), target])


class TestBatchNormalization(TestCase):
    """Batch normalization equals its formulas."""

    def setUp(self):
        rng = numpy.random.RandomState(3)
        self.x = rng.randn(6, 3, 2)
        self.gamma, self.beta = rng.randn(2, 3, 2)

    def test_given_statistics(self):
        mean, std = numpy.ones(2), numpy.array([2., 4.])
        result = nnet.bn.batch_normalization(
            *map(tensor.constant, (self.x, self.gamma, self.beta, mean,
                                   std)))
        assert_allclose(result.eval(),
                        (self.x - mean) / std * self.gamma + self.beta)
        with self.assertRaisesRegex(ValueError, 'low_mem'):
            nnet.bn.batch_normalization(1, 1, 1, 1, 1, mode='middle')

    def test_training(self):
        for axes, reduced in [('per-activation', (0,)), ((0,), (0,))]:
            results = nnet.batch_normalization_train(
                tensor.constant(self.x), tensor.constant(self.gamma),
                tensor.constant(self.beta), axes=axes, epsilon=1e-3,
                running_mean=tensor.constant(numpy.zeros((3, 2))),
                running_var=tensor.constant(numpy.ones((3, 2))))
            mean = self.x.mean(axis=reduced, keepdims=True)
            var = self.x.var(axis=reduced, keepdims=True)
            inverse = 1 / numpy.sqrt(var + 1e-3)
            expected = [(self.x - mean) * inverse * self.gamma + self.beta,
                        mean, inverse, .1 * mean[0],
                        .9 + .1 * var[0] * 6 / 5]
            for variable, array in zip(results, expected):
                assert_allclose(variable.eval(), array, rtol=1e-6)

    def test_spatial_and_test(self):
        mean, var = numpy.ones(3), numpy.array([1., 2., 4.])
        gamma, beta = self.gamma[:, 0], self.beta[:, 0]
        result = nnet.batch_normalization_test(
            *map(tensor.constant, (self.x, gamma, beta, mean, var)),
            axes='spatial')
        column = (slice(None), None)
        assert_allclose(
            result.eval(),
            (self.x - mean[column]) / numpy.sqrt(var[column] + 1e-4)
            * gamma[column] + beta[column], rtol=1e-6)

    def test_wrong_arguments(self):
        x, gamma = tensor.dtensor3(), tensor.dmatrix()
        for kwargs, message in [
                ({'axes': 'all'}, 'axes'), ({'axes': (3,)}, 'axes'),
                ({'axes': ()}, 'axes'), ({'epsilon': 1e-6}, 'epsilon'),
                ({'running_mean': gamma}, 'both'),
                ({'axes': (0, 1)}, 'gamma must have 1 or 3')]:
            with self.subTest(kwargs=kwargs), \
                    self.assertRaisesRegex(ValueError, message):
                nnet.batch_normalization_train(x, gamma, gamma, **kwargs)
