"""Tests of older, special and derived convolutions."""

from unittest import TestCase

import numpy
import theano
from numpy.testing import assert_allclose
from scipy import ndimage
from theano import tensor
from theano.tensor import nnet
from theano.tensor.nnet import abstract_conv, conv, conv3d2d, corr, corr3d
from theano.tensor.signal import conv as signal_conv

from tests.compat.theano.images import (
    check_gradients,
    computed,
    convolve,
    variables,
)

RNG = numpy.random.RandomState(2)


def normal(*shape):
    return RNG.normal(size=shape)


class TestOlderConvolution(TestCase):
    """Tests of ``tensor.nnet.conv`` and ``tensor.signal.conv``."""

    def test_values_and_gradients(self):
        x, w = normal(2, 3, 6, 5), normal(4, 3, 3, 2)
        for settings in [{}, {'border_mode': 'full'},
                         {'subsample': (2, 1)},
                         {'image_shape': (2, 3, 6, 5),
                          'filter_shape': (4, 3, None, 2)},
                         {'unroll_batch': 2, 'openmp': True}]:
            def function(a, b):
                with self.assertWarnsRegex(UserWarning, 'obsolete'):
                    return conv.conv2d(a, b, **settings)

            with self.subTest(settings=settings):
                expected = convolve(
                    x, w, settings.get('border_mode', 'valid'),
                    settings.get('subsample'))
                assert_allclose(computed(function, x, w), expected,
                                rtol=1e-10)
                if 'image_shape' not in settings:
                    check_gradients(function, x[:, :, :4, :3], w)

    def test_shapes_are_checked(self):
        op = nnet.ConvOp(imshp=(3, 6, 5), kshp=(3, 2), nkern=4, bsize=2)
        for images, filters in [((1, 3, 6, 5), (4, 3, 3, 2)),
                                ((2, 3, 6, 4), (4, 3, 3, 2)),
                                ((2, 3, 6, 5), (4, 3, 2, 2))]:
            with self.subTest((images, filters)), \
                    self.assertRaisesRegex(ValueError, 'that was given'):
                computed(op, normal(*images), normal(*filters))
        a = tensor.dtensor4()
        for kwargs, message in [
                ({'output_mode': 'half'}, "'valid' or 'full', got 'half'"),
                ({'imshp': (1, 2, 3, 4)}, 'imshp must have 3'),
                ({'kshp': (1,)}, 'kshp must have 2')]:
            with self.assertRaisesRegex(ValueError, message):
                nnet.ConvOp(**kwargs)
        with self.assertRaisesRegex(NotImplementedError, 'cast one'):
            nnet.ConvOp()(a, tensor.ftensor4())
        with self.assertWarns(UserWarning), \
                self.assertRaisesRegex(ValueError, 'channels, 2, got 3'):
            conv.conv2d(a, a, (1, 2, 5, 5), (1, 3, 2, 2))
        with self.assertWarns(UserWarning), \
                self.assertRaises(tensor.NotScalarConstantError):
            conv.conv2d(a, a, (1, 2, tensor.lscalar(), 5))
        self.assertEqual(
            nnet.ConvOp.getOutputShape((6, None), (3, 2), (2, 1)), (2, None))

    def test_without_channels(self):
        x, w = normal(2, 6, 5), normal(3, 3, 2)
        expected = convolve(x[:, None], w[:, None])
        for images, filters, part in [
                (x, w, expected), (x[0], w, expected[0]),
                (x, w[0], expected[:, 0]), (x[0], w[0], expected[0, 0])]:
            for shapes in {}, {'image_shape': images.shape,
                               'filter_shape': filters.shape}:
                result = computed(lambda a, b: signal_conv.conv2d(
                    a, b, **shapes), images, filters)
                assert_allclose(result, part, rtol=1e-10)
        with self.assertRaisesRegex(ValueError, 'filters must have 2 or 3'):
            signal_conv.conv2d(tensor.dmatrix(), tensor.dtensor4())


class TestTimeBeforeChannels(TestCase):

    def test_values(self):
        x, w = normal(2, 4, 3, 5, 4), normal(3, 2, 3, 2, 3)
        first = (0, 2, 1, 3, 4)
        for mode in 'valid', 'half', 'full', ('full', 'valid', 'valid'):
            with self.subTest(mode):
                expected = convolve(x.transpose(first), w.transpose(first),
                                    mode)
                result = computed(lambda a, b: conv3d2d.conv3d(
                    a, b, x.shape, w.shape, mode), x, w)
                assert_allclose(result, expected.transpose(first),
                                rtol=1e-10)


class TestCorrelations(TestCase):
    """Tests of ``CorrMM`` and its relatives."""

    def test_images(self):
        x, w = normal(2, 4, 6, 5), normal(4, 2, 3, 2)
        settings = dict(border_mode=(1, 0), num_groups=2)
        top = normal(*convolve(x, w, filter_flip=False, **settings).shape)
        assert_allclose(
            computed(corr.CorrMM(**settings), x, w),
            convolve(x, w, filter_flip=False, **settings), rtol=1e-10)
        a, b, c = variables(x, w, top)
        wrt_images, wrt_filters = theano.grad((nnet.conv2d(
            a, b, filter_flip=False, **settings) * c).sum(), [a, b])
        values = {a: x, b: w, c: top}
        for shape in None, (3, 2):
            result = corr.CorrMM_gradWeights(**settings)(a, c, shape)
            assert_allclose(result.eval({a: x, c: top}),
                            wrt_filters.eval(values))
        for shape in None, (6, 5):
            result = corr.CorrMM_gradInputs(**settings)(b, c, shape)
            assert_allclose(result.eval({b: w, c: top}),
                            wrt_images.eval(values))
        check_gradients(corr.CorrMM(**settings), x[:1], w)
        for cls in corr.CorrMM_gradInputs, corr.CorrMM_gradWeights:
            with self.assertRaisesRegex(ValueError, 'shape.*must be given'):
                cls(subsample=(2, 1))(a, c)

    def test_volumes(self):
        x, w = normal(1, 2, 4, 3, 4), normal(2, 2, 2, 2, 3)
        assert_allclose(
            computed(corr3d.Corr3dMM('half', (2, 1, 1)), x, w),
            convolve(x, w, 'half', (2, 1, 1), False), rtol=1e-10)
        check_gradients(corr3d.Corr3dMM(), x, w)


class TestDerived(TestCase):
    """Tests of convolutions that are composed of others."""

    def test_separable(self):
        for function, images, depthwise, pointwise, settings in [
                (abstract_conv.separable_conv2d, (2, 3, 5, 6), (6, 1, 3, 2),
                 (4, 6, 1, 1), dict(border_mode='half', subsample=(2, 1),
                                    filter_dilation=(1, 2))),
                (abstract_conv.separable_conv3d, (1, 2, 4, 3, 4),
                 (2, 1, 2, 2, 3), (3, 2, 1, 1, 1),
                 dict(border_mode='full', filter_flip=False))]:
            x, d, p = normal(*images), normal(*depthwise), normal(*pointwise)
            expected = convolve(convolve(x, d, num_groups=images[1],
                                         **settings), p)
            with self.subTest(function.__name__):
                assert_allclose(computed(lambda a, b, c: function(
                    a, b, c, images[1], images, depthwise, pointwise,
                    **settings), x, d, p), expected, rtol=1e-10)

    def test_causal(self):
        x, w = normal(2, 3, 7), normal(4, 3, 2)
        for steps, distance, flip in [(1, 1, True), (2, 3, False)]:
            padded = numpy.pad(x, [(0, 0), (0, 0), (distance, 0)])
            expected = convolve(padded, w, 'valid', (steps,), flip,
                                (distance,))
            result = computed(lambda a, b: abstract_conv.causal_conv1d(
                a, b, w.shape, subsample=steps, filter_dilation=distance,
                filter_flip=flip), x, w)
            assert_allclose(result, expected, rtol=1e-10)
        changed = x.copy()
        changed[:, :, 4:] += 1
        before, after = (computed(
            lambda a, b: abstract_conv.causal_conv1d(a, b, w.shape), one, w)
            for one in (x, changed))
        assert_allclose(after[:, :, :4], before[:, :, :4])
        self.assertGreater(abs(after - before)[:, :, 4:].min(), 0)
        with self.assertRaisesRegex(ValueError, 'input must have 3'):
            abstract_conv.causal_conv1d(tensor.dmatrix(), w, w.shape)


class TestUpsampling(TestCase):

    def expected(self, x, rows, columns):
        """Interpolate with SciPy, repeating the edges."""
        height, width = (numpy.arange(length * ratio) / ratio
                         + (ratio // 2 + 1) / ratio - 1
                         for length, ratio in zip(x.shape[2:],
                                                  (rows, columns)))
        places = numpy.meshgrid(height, width, indexing='ij')
        return numpy.array([[ndimage.map_coordinates(
            channel, places, order=1, mode='nearest') for channel in image]
            for image in x])

    def test_whole_ratios(self):
        x = normal(2, 3, 4, 5)
        for ratio in 1, 2, 3, 4:
            for one_dimensional in True, False:
                result = computed(
                    lambda a: abstract_conv.bilinear_upsampling(
                        a, ratio, use_1D_kernel=one_dimensional), x)
                with self.subTest(ratio=ratio):
                    assert_allclose(result, self.expected(x, ratio, ratio),
                                    rtol=1e-6, atol=1e-8)

    def test_fractions(self):
        x = normal(2, 1, 4, 5)
        for fraction, rows, columns in [
                ((3, 2), (3, 2), (3, 2)), ((6, 4), (3, 2), (3, 2)),
                (((5, 3), (2, 1)), (5, 3), (2, 1))]:
            result = computed(
                lambda a: abstract_conv.bilinear_upsampling(
                    a, frac_ratio=fraction, use_1D_kernel=False), x)
            expected = self.expected(x, rows[0], columns[0])[
                :, :, ::rows[1], ::columns[1]]
            with self.subTest(fraction=fraction):
                assert_allclose(result, expected, rtol=1e-6, atol=1e-8)

    def test_gradient(self):
        check_gradients(lambda a: abstract_conv.bilinear_upsampling(a, 2),
                        normal(1, 2, 2, 3))

    def test_kernels(self):
        assert_allclose(abstract_conv.bilinear_kernel_1D(3).eval(),
                        numpy.array([1, 2, 3, 2, 1]) / 3, rtol=1e-6)
        assert_allclose(
            abstract_conv.bilinear_kernel_2D((2, 1), normalize=False).eval(),
            [[1], [2], [1]])

    def test_errors(self):
        a = tensor.dtensor4()
        for arguments, message in [
                ((a,), 'either ratio or frac_ratio'),
                ((a, 2, (3, 2)), 'either'),
                ((a, None, (3, 2)), 'use_1D_kernel=False'),
                ((a, None, [3, 2], None, None, False), 'must be a tuple')]:
            with self.assertRaisesRegex(ValueError, message):
                abstract_conv.bilinear_upsampling(*arguments)
