"""Tests of Blocks 0.1's layers, which include activation and pooling."""
import unittest
import warnings

import numpy
import theano
from blocks.bricks import Rectifier, Tanh
from blocks.bricks.conv import ConvolutionalSequence
from blocks.initialization import Constant, Uniform
from theano import tensor


def former(name):
    with warnings.catch_warnings():
        warnings.simplefilter('ignore', DeprecationWarning)
        from blocks.bricks import conv
        return getattr(conv, name)


def convolve(images, filters):
    """Convolve without padding in loops over positions."""
    height, width = filters.shape[2:]
    flipped = filters[:, :, ::-1, ::-1]
    rows, columns = (images.shape[2] - height + 1,
                     images.shape[3] - width + 1)
    result = numpy.empty((len(images), len(filters), rows, columns))
    for row in range(rows):
        for column in range(columns):
            window = images[:, :, row:row + height, column:column + width]
            result[:, :, row, column] = numpy.tensordot(
                window, flipped, axes=([1, 2, 3], [1, 2, 3]))
    return result


def initialized(brick):
    brick.weights_init, brick.biases_init = Uniform(width=1), Uniform(width=1)
    brick.initialize()
    return brick


class TestFormerLayers(unittest.TestCase):

    def setUp(self):
        self.images = numpy.random.RandomState(1).normal(
            size=(2, 3, 8, 9)).astype(theano.config.floatX)

    def values(self, brick):
        x = tensor.tensor4('x')
        return theano.function([x], brick.apply(x))(self.images)

    def test_they_warn(self):
        from blocks.bricks import conv
        for name in ('ConvolutionalActivation', 'ConvolutionalLayer',
                     'ConvolutionalTransposeActivation'):
            with self.subTest(name), self.assertWarnsRegex(
                    DeprecationWarning, f'{name}.*ConvolutionalSequence'):
                getattr(conv, name)

    def test_activation(self):
        layer = initialized(former('ConvolutionalActivation')(
            Tanh().apply, (3, 2), 4, num_channels=3, image_size=(8, 9),
            seed=1))
        self.assertEqual(layer.get_dim('output'), (4, 6, 8))
        # One bias per position, unless tied.
        W, b = (parameter.get_value() for parameter in
                (layer.convolution.W, layer.convolution.b))
        self.assertEqual(b.shape, (4, 6, 8))
        numpy.testing.assert_allclose(
            self.values(layer), numpy.tanh(convolve(self.images, W) + b),
            rtol=1e-4, atol=1e-5)

    def test_layer_pools_windows_that_cross_the_border(self):
        layer = initialized(former('ConvolutionalLayer')(
            Rectifier().apply, (2, 3), 5, (4, 3), num_channels=3,
            image_size=(8, 9), tied_biases=True, seed=1))
        self.assertEqual(layer.get_dim('output'), (5, 2, 3))
        self.assertEqual(layer.pooling.name, 'convolutionallayer_pooling')
        convolution = layer.convolution.convolution
        full = numpy.maximum(
            convolve(self.images, convolution.W.get_value())
            + convolution.b.get_value()[:, None, None], 0)
        expected = numpy.array(
            [[full[:, :, row:row + 4, column:column + 3].max((2, 3))
              for column in (0, 3, 6)] for row in (0, 4)])
        numpy.testing.assert_allclose(
            self.values(layer), expected.transpose(2, 3, 0, 1), rtol=1e-4,
            atol=1e-5)

    def test_sequence_sets_channels_and_sizes(self):
        layers = [former('ConvolutionalLayer')(
            Rectifier().apply, (3, 3), number, (2, 2), name=f'l{number}')
            for number in (4, 5)]
        sequence = ConvolutionalSequence(
            layers, num_channels=3, image_size=(8, 9),
            weights_init=Uniform(width=1), biases_init=Constant(0))
        sequence.initialize()
        self.assertEqual(layers[1].num_channels, 4)
        self.assertEqual(layers[1].image_size, (3, 4))
        self.assertEqual(sequence.get_dim('output'), (5, 1, 1))
        self.assertEqual(self.values(sequence).shape, (2, 5, 1, 1))

    def test_transpose(self):
        layer = initialized(former('ConvolutionalTransposeActivation')(
            Tanh().apply, (8, 9), (3, 2), 4, 3, image_size=(6, 8), seed=1))
        self.assertEqual(layer.get_dim('output'), (4, 8, 9))
        self.images = self.images[:, :, :6, :8]
        values = self.values(layer)
        self.assertEqual(values.shape, (2, 4, 8, 9))
        self.assertLessEqual(abs(values).max(), 1)

    def test_missing_arguments_are_named(self):
        layer = former('ConvolutionalLayer')(Tanh().apply, (3, 3), 4)
        with self.assertRaisesRegex(ValueError, 'pooling_size'):
            layer.allocate()
