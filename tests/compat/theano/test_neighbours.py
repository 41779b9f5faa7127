"""Tests of image windows as the rows of a matrix."""

from unittest import TestCase

import numpy
import theano
from numpy.testing import assert_array_equal
from theano import tensor
from theano.tensor.nnet.neighbours import (
    Images2Neibs,
    images2neibs,
    neibs2images,
)

from tests.compat.theano.images import check_gradients, computed

RNG = numpy.random.RandomState(3)

#: Rows and columns of images, window, step, mode.
CASES = [
    ((4, 6), (2, 3), None, 'valid'), ((5, 7), (3, 3), (2, 2), 'valid'),
    ((5, 4), (2, 2), (3, 1), 'valid'), ((5, 7), (2, 3), None,
                                        'ignore_borders'),
    ((6, 7), (2, 3), (3, 2), 'ignore_borders'),
    ((5, 5), (3, 3), (2, 2), 'half'), ((4, 4), (2, 2), (1, 2), 'half'),
    ((4, 4), (2, 2), (2, 1), 'full'), ((5, 5), (3, 3), (3, 2), 'full'),
    ((5, 6), (3, 3), (1, 1), 'wrap_centered'),
    ((5, 6), (3, 5), (2, 4), 'wrap_centered'),
    ((1, 3), (2, 2), None, 'ignore_borders')]


def expected(images, window, steps, mode):
    """Extract the windows one by one."""
    margins = [{'half': size // 2, 'full': size - 1,
                'wrap_centered': size // 2}.get(mode, 0) for size in window]
    rows = []
    for image in images.reshape(-1, *images.shape[2:]):
        if mode == 'wrap_centered':
            starts = [range(0, length, step) for length, step
                      in zip(image.shape, steps)]
        else:
            starts = [range(0, length + 2 * margin - size + 1, step)
                      for length, margin, size, step
                      in zip(image.shape, margins, window, steps)]
        for top in starts[0]:
            for left in starts[1]:
                row = []
                for i in range(window[0]):
                    for j in range(window[1]):
                        r, c = top + i - margins[0], left + j - margins[1]
                        if mode == 'wrap_centered':
                            r, c = r % image.shape[0], c % image.shape[1]
                        inside = (0 <= r < image.shape[0]
                                  and 0 <= c < image.shape[1])
                        row.append(image[r, c] if inside else 0)
                rows.append(row)
    return numpy.array(rows).reshape(-1, window[0] * window[1])


class TestWindows(TestCase):

    def test_values_and_shapes(self):
        for size, window, steps, mode in CASES:
            x = RNG.normal(size=(2, 3, *size))
            a = tensor.dtensor4()
            y = images2neibs(a, window, steps, mode)
            with self.subTest((size, window, steps, mode)):
                result = expected(x, window, steps or window, mode)
                assert_array_equal(y.eval({a: x}), result)
                f = theano.function([a], y.shape)
                self.assertFalse([node for node in f.maker.fgraph.apply_nodes
                                  if isinstance(node.op, Images2Neibs)])
                if result.size:
                    self.assertEqual(tuple(f(x)), result.shape)

    def test_gradients(self):
        for size, window, steps, mode in CASES[1::2] + CASES[6:7]:
            with self.subTest((size, window, steps, mode)):
                check_gradients(
                    lambda a: images2neibs(a, window, steps, mode) ** 2,
                    RNG.normal(size=(1, 2, *size)))

    def test_second_gradient(self):
        def gradient(a):
            y = images2neibs(a, (3, 3), (1, 2), 'wrap_centered')
            return theano.grad((y ** 3).sum(), a)

        check_gradients(gradient, RNG.normal(size=(1, 1, 3, 4)))

    def test_symbolic_windows(self):
        a, window = tensor.dtensor4(), tensor.lvector()
        x = RNG.normal(size=(1, 1, 4, 6))
        for shape in (2, 3), (4, 2):
            assert_array_equal(
                images2neibs(a, window).eval({a: x, window: shape}),
                expected(x, shape, shape, 'valid'))

    def test_errors(self):
        for size, window, steps, mode in [
                ((5, 6), (2, 3), None, 'valid'),
                ((4, 6), (2, 3), (2, 2), 'valid'),
                ((2, 6), (3, 3), None, 'half'),
                ((5, 5), (2, 2), (2, 2), 'full'),
                ((5, 5), (2, 3), (1, 1), 'wrap_centered')]:
            with self.subTest((size, window, steps, mode)), \
                    self.assertRaisesRegex(TypeError, 'Images2Neibs: '):
                computed(lambda a: images2neibs(a, window, steps, mode),
                         RNG.normal(size=(1, 1, *size)))
        with self.assertRaisesRegex(ValueError, r'>= 1, got \[0, 2\]'):
            computed(lambda a: images2neibs(a, (0, 2)),
                     RNG.normal(size=(1, 1, 2, 2)))
        with self.assertRaisesRegex(NotImplementedError, "got 'same'"):
            Images2Neibs('same')
        with self.assertRaisesRegex(TypeError, 'ten4 must have 4'):
            images2neibs(tensor.dmatrix(), (2, 2))
        with self.assertRaisesRegex(TypeError, 'neib_shape must be two int'):
            images2neibs(tensor.dtensor4(), (2., 2.))


class TestTogether(TestCase):
    """Tests of ``neibs2images``."""

    def test_round_trip(self):
        for size, window, mode in [((4, 6), (2, 3), 'valid'),
                                   ((5, 7), (2, 3), 'ignore_borders')]:
            x = RNG.normal(size=(2, 3, *size))
            result = computed(lambda a: neibs2images(
                images2neibs(a, window, mode=mode), window, a.shape, mode),
                x)
            whole = [length // one * one
                     for length, one in zip(size, window)]
            x[:, :, whole[0]:] = x[:, :, :, whole[1]:] = 0
            assert_array_equal(result, x)

    def test_gradient(self):
        check_gradients(lambda a: neibs2images(
            a, (2, 2), (1, 2, 4, 5), 'ignore_borders') ** 2,
            RNG.normal(size=(8, 4)))

    def test_errors(self):
        with self.assertRaisesRegex(NotImplementedError, "got 'half'"):
            neibs2images(tensor.dmatrix(), (2, 2), (1, 1, 4, 4), 'half')
        shape = tensor.lvector()
        a = tensor.dmatrix()
        y = neibs2images(a, (2, 2), shape)
        for wrong in (1, 1, 1, 4, 4), (1, 1, 4, 6):
            with self.assertRaises(ValueError):
                y.eval({a: numpy.ones((4, 4)), shape: wrong})
