"""Tests of convolution and pooling bricks against loops and SciPy."""
import pickle
import unittest

import numpy
import theano
from blocks.algorithms import Adam, GradientDescent
from blocks.bricks import (
    MLP,
    BatchNormalization,
    Rectifier,
    Softmax,
    SpatialBatchNormalization,
    Tanh,
)
from blocks.bricks.conv import (
    AveragePooling,
    Convolutional,
    ConvolutionalSequence,
    ConvolutionalTranspose,
    Flattener,
    MaxPooling,
)
from blocks.bricks.cost import MisclassificationRate
from blocks.extensions import FinishAfter
from blocks.filter import VariableFilter
from blocks.graph import ComputationGraph
from blocks.initialization import Constant, IsotropicGaussian, Uniform
from blocks.main_loop import MainLoop
from blocks.model import Model
from blocks.roles import BIAS, FILTER, OUTPUT, WEIGHT
from fuel.datasets import IndexableDataset
from fuel.schemes import ShuffledScheme
from fuel.streams import DataStream
from numpy.testing import assert_allclose
from scipy import signal
from theano import tensor

GAUSSIAN = dict(weights_init=IsotropicGaussian(),
                biases_init=IsotropicGaussian())
RNG = numpy.random.RandomState(5)


class Float64(unittest.TestCase):

    def setUp(self):
        flags = theano.config.change_flags(floatX='float64')
        flags.__enter__()
        self.addCleanup(flags.__exit__, None, None, None)


def images(*shape):
    return RNG.normal(size=shape)


def applied(brick, value):
    x = tensor.tensor4('x')
    return brick.apply(x).eval({x: value})


def convolved(x, brick):
    """Convolve with SciPy and the parameters of a brick."""
    w, b = (parameter.get_value() for parameter in brick.parameters)
    result = numpy.array([[sum(
        signal.convolve2d(channel, kernel, brick.border_mode)
        for channel, kernel in zip(image, one)) for one in w] for image in x])
    result = result[:, :, ::brick.step[0], ::brick.step[1]]
    return result + (b[:, None, None] if brick.tied_biases else b)


class TestConvolutional(Float64):

    def test_values_and_dimensions(self):
        x = images(2, 3, 8, 7)
        for settings in [{}, {'border_mode': 'full'}, {'step': (2, 3)},
                         {'tied_biases': False},
                         {'batch_size': 2, 'border_mode': 'full',
                          'step': (1, 2), 'tied_biases': False}]:
            brick = Convolutional((3, 2), 4, 3, image_size=(8, 7),
                                  **settings, **GAUSSIAN)
            brick.initialize()
            with self.subTest(settings=settings):
                expected = convolved(x, brick)
                assert_allclose(applied(brick, x), expected, rtol=1e-10)
                self.assertEqual(brick.get_dim('output'), expected.shape[1:])
                self.assertEqual(brick.get_dim('input_'), x.shape[1:])
                self.assertEqual(brick.num_output_channels, 4)

    def test_padding(self):
        x = images(2, 1, 5, 6)
        for border_mode, pads in [('half', ((1, 1), (2, 2))),
                                  ((0, 3), ((0, 0), (3, 3))),
                                  (((1, 0), 2), ((1, 0), (2, 2)))]:
            brick = Convolutional((3, 5), 2, 1, image_size=(5, 6),
                                  border_mode=border_mode, **GAUSSIAN)
            brick.initialize()
            valid = Convolutional((3, 5), 2, 1, **GAUSSIAN)
            valid.allocate()
            for mine, other in zip(valid.parameters, brick.parameters):
                mine.set_value(other.get_value())
            expected = convolved(numpy.pad(x, ((0, 0), (0, 0), *pads)), valid)
            assert_allclose(applied(brick, x), expected, rtol=1e-10)
            self.assertEqual(brick.get_dim('output'), expected.shape[1:])

    def test_parameters(self):
        brick = Convolutional((3, 2), 4, 3, name='layer', **GAUSSIAN)
        y = brick.apply(tensor.tensor4())
        graph = ComputationGraph(y)
        for role, name, shape in [(FILTER, 'W', (4, 3, 3, 2)),
                                  (WEIGHT, 'W', (4, 3, 3, 2)),
                                  (BIAS, 'b', (4,))]:
            found, = VariableFilter(roles=[role], bricks=[brick])(
                graph.variables)
            self.assertEqual((found.name, found.get_value().shape),
                             (name, shape))
        self.assertEqual(sorted(Model(y).get_parameter_dict()),
                         ['/layer.W', '/layer.b'])
        self.assertEqual(
            [v.name for v in graph.auxiliary_variables],
            ['W_norm', 'b_norm'])
        self.assertIn(y, VariableFilter(roles=[OUTPUT], bricks=[
            Convolutional])(graph.variables))
        brick = Convolutional((3, 2), 4, 3, use_bias=False,
                              weights_init=Constant(1))
        brick.initialize()
        x = images(1, 3, 3, 2)
        assert_allclose(applied(brick, x).ravel(), [x.sum()] * 4)

    def test_images_of_any_size(self):
        brick = Convolutional((3, 3), 2, 1, **GAUSSIAN)
        brick.initialize()
        self.assertEqual(brick.get_dim('output'), (2, None, None))
        for size in (5, 7), (3, 9):
            x = images(2, 1, *size)
            assert_allclose(applied(brick, x), convolved(x, brick),
                            rtol=1e-10)

    def test_errors(self):
        with self.assertRaisesRegex(ValueError, r'num_channels must be set'):
            Convolutional((3, 3), 2).allocate()
        brick = Convolutional((3, 3), 2, 1, tied_biases=False, name='c')
        with self.assertRaisesRegex(ValueError, r'Cannot infer bias size of '
                                    r'c \(Convolutional\).*tied_biases=True'):
            brick.allocate()
        with self.assertRaisesRegex(ValueError, 'no dimension known for'):
            brick.get_dim('inputs')

    def test_another_implementation(self):
        class Doubled(Convolutional):
            @staticmethod
            def conv2d_impl(*args, **kwargs):
                return 2 * Convolutional.conv2d_impl(*args, **kwargs)

        x = images(1, 1, 4, 4)
        one, two = (cls((2, 2), 3, 1, weights_init=Constant(3),
                        biases_init=Constant(0))
                    for cls in (Convolutional, Doubled))
        one.initialize(), two.initialize()
        assert_allclose(applied(two, x), 2 * applied(one, x))


class TestTranspose(Float64):

    def test_is_the_adjoint_of_convolution(self):
        """Inner products on both sides of a convolution are equal."""
        for border_mode, step, edge in [
                ('valid', (1, 1), (0, 0)), ('valid', (3, 2), (0, 0)),
                ('full', (2, 1), (0, 0)), ('half', (2, 2), (1, 0)),
                ((1, 0), (3, 2), (2, 1)), (((1, 0), 0), (1, 1), (0, 0))]:
            back = ConvolutionalTranspose(
                (3, 3), 2, 4, step=step, border_mode=border_mode,
                image_size=(4, 5), unused_edge=edge, use_bias=False,
                **GAUSSIAN)
            back.initialize()
            size = back.original_image_size
            there = Convolutional((3, 3), 4, 2, step=step, use_bias=False,
                                  border_mode=border_mode, image_size=size)
            there.allocate()
            there.parameters[0].set_value(
                back.parameters[0].get_value().transpose(1, 0, 2, 3))
            y, x = images(2, 4, 4, 5), images(2, 2, *size)
            with self.subTest((border_mode, step, edge)):
                self.assertEqual(there.get_dim('output'), (4, 4, 5))
                self.assertEqual(back.get_dim('output'), (2, *size))
                assert_allclose((applied(there, x) * y).sum(),
                                (x * applied(back, y)).sum(), rtol=1e-10)

    def test_size_of_the_output(self):
        for settings, expected in [
                (dict(image_size=(6, 9)), (19, 21)),
                (dict(image_size=(6, 9), border_mode=(2, 1)), (15, 19)),
                (dict(image_size=(6, 9), border_mode='full'), (13, 13)),
                (dict(image_size=(6, 9), border_mode='half'), (15, 17)),
                (dict(image_size=(6, 9), border_mode=1), (17, 19)),
                (dict(image_size=(6, 9), unused_edge=(2, 1)), (21, 22)),
                (dict(original_image_size=(20, 22)), (20, 22))]:
            brick = ConvolutionalTranspose((4, 5), 10, 5, step=(3, 2),
                                           **settings)
            self.assertEqual(brick.get_dim('output'), (10, *expected))
        with self.assertRaisesRegex(ValueError, 'cannot infer original'):
            ConvolutionalTranspose((4, 5), 10, 5).apply(tensor.tensor4())

    def test_biases(self):
        brick = ConvolutionalTranspose(
            (2, 2), 3, 1, image_size=(2, 2), step=(2, 2),
            weights_init=Constant(1), biases_init=Constant(5))
        brick.initialize()
        x = images(1, 1, 2, 2)
        expected = numpy.kron(x[0, 0], numpy.ones((2, 2))) + 5
        assert_allclose(applied(brick, x), [[expected] * 3])


class TestPooling(Float64):

    def test_values_and_dimensions(self):
        x = images(2, 3, 7, 6)
        windows = numpy.lib.stride_tricks.sliding_window_view(
            x, (3, 2), axis=(2, 3))
        for cls, settings, expected in [
                (MaxPooling, {}, windows[:, :, ::3, ::2].max((4, 5))),
                (MaxPooling, {'step': (2, 1)},
                 windows[:, :, ::2].max((4, 5))),
                (AveragePooling, {}, windows[:, :, ::3, ::2].mean((4, 5)))]:
            brick = cls((3, 2), input_dim=(3, 7, 6), **settings)
            with self.subTest((cls, settings)):
                assert_allclose(applied(brick, x), expected)
                self.assertEqual(brick.get_dim('output'), expected.shape[1:])
                self.assertEqual(brick.get_dim('input_'), (3, 7, 6))
        self.assertEqual(MaxPooling((3, 2)).get_dim('output'), (None,) * 3)

    def test_borders_and_padding(self):
        x = numpy.full((1, 1, 2, 3), 4.)
        for brick, expected in [
                (MaxPooling((2, 2), ignore_border=False), [[4, 4]]),
                (MaxPooling((2, 2)), [[4]]),
                (MaxPooling((2, 2), padding=(1, 1)), [[4, 4], [4, 4]]),
                (AveragePooling((2, 2), padding=(1, 1)), [[4, 4], [4, 4]]),
                (AveragePooling((2, 2), padding=(1, 1),
                                include_padding=True), [[1, 2], [1, 2]])]:
            assert_allclose(applied(brick, x)[0, 0], expected)
            brick.image_size, brick.num_channels = (2, 3), 1
            self.assertEqual(brick.get_dim('output'),
                             (1, *numpy.shape(expected)))

    def test_old_pickles(self):
        brick = MaxPooling((3, 4))
        for name in 'mode', 'padding', 'ignore_border':
            delattr(brick, name)
        brick = pickle.loads(pickle.dumps(brick))
        self.assertEqual((brick.mode, brick.padding, brick.ignore_border),
                         ('max', (0, 0), False))
        brick.apply(tensor.tensor4())
        brick = pickle.loads(pickle.dumps(AveragePooling((4, 3))))
        self.assertTrue(brick.ignore_border)


class TestSequence(Float64):

    def layers(self):
        return [Convolutional((3, 2), 4), Tanh(), MaxPooling((2, 2)).apply,
                Convolutional((2, 2), 5, border_mode='full'), Rectifier()]

    def test_values_and_dimensions(self):
        sequence = ConvolutionalSequence(self.layers(), 3, image_size=(9, 8),
                                         **GAUSSIAN)
        sequence.initialize()
        first, _, _, second, _ = sequence.layers
        self.assertEqual((second.num_channels, second.image_size),
                         (4, (3, 3)))
        x = images(2, 3, 9, 8)
        y = numpy.tanh(convolved(x, first))[:, :, :6, :6]
        y = y.reshape(2, 4, 3, 2, 3, 2).max((3, 5))
        expected = numpy.maximum(convolved(y, second), 0)
        assert_allclose(applied(sequence, x), expected, rtol=1e-10)
        self.assertEqual(sequence.get_dim('output'), expected.shape[1:])
        self.assertEqual(sequence.get_dim('input_'), (3, 9, 8))

    def test_settings_for_all_layers(self):
        sequence = ConvolutionalSequence(
            self.layers(), 3, image_size=(9, 8), border_mode='half',
            tied_biases=False, use_bias=True, batch_size=7)
        sequence.allocate()
        for brick in sequence.children:
            if isinstance(brick, Convolutional):
                self.assertEqual(
                    (brick.border_mode, brick.tied_biases, brick.use_bias,
                     brick.batch_size), ('half', False, True, 7))
        plain = ConvolutionalSequence(self.layers(), 3, image_size=(9, 8))
        plain.allocate()
        self.assertEqual([plain.layers[k].border_mode for k in (0, 3)],
                         ['valid', 'full'])
        self.assertTrue(plain.layers[0].tied_biases)

    def test_activations_alone(self):
        sequence = ConvolutionalSequence([Tanh()], 4, image_size=(5, 6))
        sequence.allocate()
        self.assertEqual(sequence.get_dim('output'), (4, 5, 6))
        x = images(1, 4, 5, 6)
        assert_allclose(applied(sequence, x), numpy.tanh(x))

    def test_images_of_any_size(self):
        sequence = ConvolutionalSequence(self.layers(), 3, **GAUSSIAN)
        sequence.initialize()
        self.assertEqual(applied(sequence, images(1, 3, 8, 9)).shape,
                         (1, 5, 4, 5))

    def test_batch_normalization(self):
        sequence = ConvolutionalSequence(
            [Convolutional((3, 3), 4), SpatialBatchNormalization(),
             Rectifier(), AveragePooling((2, 2)),
             BatchNormalization(broadcastable=(False, False, False))],
            num_channels=2, image_size=(10, 8), **GAUSSIAN)
        sequence.initialize()
        shapes = [brick.population_mean.get_value().shape
                  for brick in sequence.children
                  if isinstance(brick, BatchNormalization)]
        self.assertEqual(shapes, [(4, 1, 1), (4, 4, 3)])
        x = images(3, 2, 10, 8)
        y = numpy.maximum(convolved(x, sequence.layers[0]), 0)
        expected = y.reshape(3, 4, 4, 2, 3, 2).mean((3, 5))
        assert_allclose(applied(sequence, x), expected, rtol=1e-10)


def glyphs(number, rng):
    """Draw bars, crosses, corners and boxes, shifted and noisy."""
    shapes = numpy.zeros((4, 6, 6))
    shapes[0, :, 2:4] = 1
    shapes[1, :, 2:4] = shapes[1, 2:4] = 1
    shapes[2, :, :2] = shapes[2, 4:] = 1
    shapes[3] = 1
    shapes[3, 2:4, 2:4] = 0
    targets = rng.randint(4, size=number)
    pictures = rng.normal(scale=.25, size=(number, 1, 12, 12))
    for picture, target in zip(pictures, targets):
        top, left = rng.randint(7, size=2)
        picture[0, top:top + 6, left:left + 6] += shapes[target]
    return pictures.astype(theano.config.floatX), targets


class TestLearning(unittest.TestCase):

    def test_glyphs(self):
        """A small LeNet recognises shapes wherever they are."""
        rng = numpy.random.RandomState(6)
        pictures, targets = glyphs(1200, rng)
        schemes = dict(weights_init=Uniform(width=.4),
                       biases_init=Constant(0), seed=1)
        layers = ConvolutionalSequence(
            [Convolutional((3, 3), 8), Rectifier(), MaxPooling((2, 2)),
             Convolutional((3, 3), 12), Rectifier()],
            num_channels=1, image_size=(12, 12), **schemes)
        layers.push_allocation_config()
        top = MLP([Rectifier(), None],
                  [numpy.prod(layers.get_dim('output')), 24, 4], **schemes)
        layers.initialize(), top.initialize()
        x, y = tensor.tensor4('pictures'), tensor.lvector('targets')
        scores = top.apply(Flattener().apply(layers.apply(x)))
        cost = Softmax().categorical_cross_entropy(y, scores).mean()
        algorithm = GradientDescent(
            cost=cost, parameters=ComputationGraph(cost).parameters,
            step_rule=Adam(0.01))
        dataset = IndexableDataset({'pictures': pictures,
                                    'targets': targets})
        stream = DataStream(dataset, iteration_scheme=ShuffledScheme(
            1200, 50, rng=numpy.random.RandomState(7)))
        MainLoop(algorithm, stream,
                 extensions=[FinishAfter(after_n_epochs=12)]).run()
        unseen, truth = glyphs(400, rng)
        wrong = MisclassificationRate().apply(y, scores).eval(
            {x: unseen, y: truth})
        self.assertLess(wrong, .03)
