"""Tests of shapes of convolutions and their gradients, without arrays."""

import itertools
from unittest import TestCase

import numpy
import theano
from theano import tensor
from theano.tensor.nnet.abstract_conv import (
    assert_conv_shape,
    border_mode_to_pad,
    check_conv_gradinputs_shape,
    get_conv_gradinputs_shape,
    get_conv_gradweights_shape,
    get_conv_output_shape,
)

from tests.compat.theano.images import convolve

MODES = 'valid', 'half', 'full', 2, (0, 1), ((1, 2), 0)


def cases():
    """Yield images, filters, padding, strides and dilations."""
    for image, kernel, mode, steps, distance in itertools.product(
            (5, 8), (2, 3), MODES, ((1, 1), (2, 1), (3, 2)),
            ((1, 1), (2, 1))):
        yield ((2, 3, image, image + 1), (4, 3, kernel, kernel), mode, steps,
               distance)


class TestShapes(TestCase):

    def test_output(self):
        for images, filters, mode, steps, distance in cases():
            one = (1, 1, *images[2:]), (1, 1, *filters[2:])
            expected = convolve(*map(numpy.ones, one), mode, steps, True,
                                distance).shape[2:]
            with self.subTest((images, filters, mode, steps, distance)):
                shape = get_conv_output_shape(images, filters, mode, steps,
                                              distance)
                self.assertEqual(shape, (2, 4, *expected))

    def test_symbolic_lengths(self):
        length, size = tensor.lscalar(), tensor.lscalar()
        for mode, steps in itertools.product(MODES, ((1, 1), (2, 1))):
            shape = get_conv_output_shape(
                (2, 3, length, 5), (4, 3, size, 3), mode, steps, (2, 1))
            with self.subTest((mode, steps)):
                self.assertEqual(int(shape[2].eval({length: 9, size: 3})),
                                 get_conv_output_shape(
                    (2, 3, 9, 5), (4, 3, 3, 3), mode, steps, (2, 1))[2])

    def test_unknown_lengths(self):
        self.assertEqual(get_conv_output_shape(
            (None, 2, 8, None), (5, 2, 3, 3), 'valid', (1, 1), (2, 1)),
            (None, 5, 4, None))
        self.assertEqual(get_conv_output_shape(
            (2, 2, 8, 8, 8), (5, 2, 3, None, 1), (1, 0, 2), (1, 1, 2)),
            (2, 5, 8, None, 6))

    def test_gradients_invert_shapes(self):
        for images, filters, mode, steps, distance in cases():
            output = get_conv_output_shape(images, filters, mode, steps,
                                           distance)
            with self.subTest((images, filters, mode, steps, distance)):
                back = get_conv_gradinputs_shape(filters, output, mode, steps,
                                                 distance)
                known = [step == 1 for step in steps]
                self.assertEqual(back[:2], images[:2])
                self.assertEqual(back[2:], tuple(
                    length if one else None
                    for length, one in zip(images[2:], known)))
                back = get_conv_gradweights_shape(images, output, mode, steps,
                                                  distance)
                self.assertEqual(back[:2], filters[:2])
                self.assertEqual(back[2:], tuple(
                    length if one and mode != 'half' else None
                    for length, one in zip(filters[2:], known)))
                self.assertTrue(check_conv_gradinputs_shape(
                    images, filters, output, mode, steps, distance))
                self.assertTrue(check_conv_gradinputs_shape(
                    images, filters, (None, 4, tensor.lscalar(), None), mode,
                    steps, distance))
                for wrong in [(3, *output[1:]), (2, 5, *output[2:]),
                              (*output[:3], output[3] + 1), output[:3]]:
                    self.assertFalse(check_conv_gradinputs_shape(
                        images, filters, wrong, mode, steps, distance))

    def test_groups_and_unshared(self):
        self.assertEqual(get_conv_gradweights_shape(
            (2, 6, 8, 8), (2, 4, 6, 7), 'valid', (1, 1), num_groups=2,
            unshared=True), (4, 6, 7, 3, 3, 2))
        self.assertEqual(get_conv_gradinputs_shape(
            (4, 3, 3, 2), (2, 4, 6, 7), 'valid', (1, 1), num_groups=2),
            (2, 6, 8, 8))

    def test_padding(self):
        for mode, expected in [
                ('valid', ((0, 0), (0, 0))), ('half', ((2, 2), (1, 1))),
                ('full', ((3, 3), (2, 2))), (1, ((1, 1), (1, 1))),
                (((1, 2), 0), ((1, 2), (0, 0)))]:
            self.assertEqual(border_mode_to_pad(mode, 2, (4, 3)), expected)
        for mode, message in [
                ((-1, 0), 'border_mode must be >= 0, got -1'),
                ('same', "got 'same'"), ((1, 1, 1), 'must have 2 elements')]:
            with self.assertRaisesRegex(ValueError, message):
                border_mode_to_pad(mode, 2, (4, 3))

    def test_assertion(self):
        shape = [tensor.lscalar() for _ in range(4)]
        f = theano.function(shape, assert_conv_shape(shape))
        self.assertEqual(f(0, 0, 1, 2), [0, 0, 1, 2])
        for wrong in (1, 1, 0, 1), (1, -1, 1, 1):
            with self.assertRaisesRegex(AssertionError, 'invalid shape'):
                f(*wrong)
        self.assertEqual(assert_conv_shape((2, 3, 4, 5)), (2, 3, 4, 5))
        with self.assertRaisesRegex(ValueError, 'length 3 must be >= 1, got '
                                    '0'):
            assert_conv_shape((2, 3, 4, 0))
