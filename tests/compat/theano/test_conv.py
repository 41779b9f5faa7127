"""Tests of convolution in two and three dimensions and its gradients."""

import pickle
from unittest import TestCase

import numpy
import theano
from numpy.testing import assert_allclose, assert_array_equal
from scipy import signal
from theano import tensor
from theano.tensor import nnet
from theano.tensor.nnet import _conv_arrays, abstract_conv

from tests.compat.theano.images import (
    check_gradients,
    computed,
    convolve,
    variables,
)

RNG = numpy.random.RandomState(1)


def normal(*shape):
    return RNG.normal(size=shape)


#: Images, filters and settings.
CASES = {
    'valid': ((2, 3, 6, 7), (4, 3, 3, 2), {}),
    'full': ((2, 3, 4, 5), (4, 3, 3, 2), {'border_mode': 'full'}),
    'half': ((2, 3, 6, 5), (2, 3, 3, 4), {'border_mode': 'half'}),
    'number': ((1, 2, 5, 5), (3, 2, 3, 3), {'border_mode': 2}),
    'numbers': ((2, 1, 5, 4), (1, 1, 3, 3), {'border_mode': (2, 1)}),
    'pairs': ((2, 2, 5, 4), (3, 2, 3, 2),
              {'border_mode': ((2, 0), (0, 3))}),
    'number and pair': ((2, 2, 5, 4), (3, 2, 3, 2),
                        {'border_mode': (1, (0, 3))}),
    'steps': ((2, 2, 9, 8), (3, 2, 3, 2), {'subsample': (2, 3)}),
    'steps, half': ((2, 2, 7, 7), (3, 2, 3, 3),
                    {'subsample': (2, 2), 'border_mode': 'half'}),
    'correlation': ((2, 3, 6, 7), (4, 3, 3, 2), {'filter_flip': False}),
    'dilation': ((2, 2, 9, 8), (3, 2, 3, 2), {'filter_dilation': (2, 3)}),
    'dilation, full, steps': (
        (2, 2, 6, 5), (3, 2, 2, 3),
        {'filter_dilation': (3, 2), 'border_mode': 'full',
         'subsample': (2, 1), 'filter_flip': False}),
    'groups': ((2, 4, 5, 5), (6, 2, 3, 2), {'num_groups': 2}),
    'groups, one channel each': (
        (2, 3, 5, 5), (6, 1, 2, 3),
        {'num_groups': 3, 'border_mode': 'half', 'subsample': (2, 1)}),
    'unshared': ((2, 3, 4, 5), (2, 2, 4, 3, 3, 2), {'unshared': True}),
    'unshared, groups, steps': (
        (2, 4, 6, 5), (4, 3, 4, 2, 2, 2),
        {'unshared': True, 'num_groups': 2, 'subsample': (2, 1)}),
    'unshared, dilation, pairs': (
        (2, 1, 5, 4), (2, 4, 5, 1, 2, 2),
        {'unshared': True, 'filter_dilation': (2, 1),
         'border_mode': ((1, 0), 1), 'filter_flip': False}),
    'one image': ((1, 1, 3, 3), (1, 1, 3, 3), {}),
    'one row': ((3, 2, 1, 6), (2, 2, 1, 3), {'border_mode': 'half'})}

#: The same for volumes.
VOLUMES = {
    'valid': ((2, 2, 4, 3, 4), (3, 2, 2, 2, 3), {}),
    'steps, full': ((1, 2, 4, 3, 3), (2, 2, 2, 3, 2),
                    {'subsample': (2, 1, 2), 'border_mode': 'full'}),
    'groups, dilation, half': (
        (2, 2, 5, 3, 4), (2, 1, 2, 1, 2),
        {'num_groups': 2, 'filter_dilation': (2, 1, 3),
         'border_mode': 'half', 'filter_flip': False})}


class TestValues(TestCase):
    """Outputs equal loops and SciPy."""

    def test_against_loops(self):
        for function, cases in ((nnet.conv2d, CASES),
                                (nnet.conv3d, VOLUMES)):
            for label, (images, filters, settings) in cases.items():
                x, w = normal(*images), normal(*filters)
                with self.subTest(label):
                    result = computed(
                        lambda a, b: function(a, b, **settings), x, w)
                    assert_allclose(result, convolve(x, w, **settings),
                                    rtol=1e-10, atol=1e-12)

    def test_against_scipy(self):
        x, w = normal(2, 3, 6, 5), normal(4, 3, 3, 2)
        for mode in 'valid', 'full':
            expected = [[sum(signal.convolve2d(image[c], one[c], mode)
                             for c in range(3)) for one in w] for image in x]
            assert_allclose(
                computed(lambda a, b: nnet.conv2d(a, b, border_mode=mode),
                         x, w), expected, rtol=1e-10)

    def test_slabs_are_joined(self):
        """The result does not depend on how much is copied at a time."""
        whole = _conv_arrays.SLAB
        self.addCleanup(setattr, _conv_arrays, 'SLAB', whole)
        _conv_arrays.SLAB = 1
        for label, (images, filters, settings) in CASES.items():
            x, w = normal(*images), normal(*filters)
            with self.subTest(label):
                def results(a, b):
                    y = nnet.conv2d(a, b, **settings)
                    return [y, *theano.grad((y ** 2).sum(), [a, b])]

                slabs = computed(results, x, w)
                _conv_arrays.SLAB = whole
                for one, other in zip(slabs, computed(results, x, w)):
                    assert_allclose(one, other, rtol=1e-10, atol=1e-12)
                _conv_arrays.SLAB = 1

    def test_modes_of_compilation(self):
        images, filters, settings = CASES['steps, half']
        x, w = normal(*images), normal(*filters)

        def results(a, b):
            y = nnet.conv2d(a, b, **settings)
            return [y, *theano.grad((y ** 3).sum(), [a, b])]

        expected = computed(results, x, w)
        assert_allclose(expected[0], convolve(x, w, **settings), rtol=1e-10)
        for mode in 'FAST_COMPILE', 'DebugMode', 'NUMBA':
            with self.subTest(mode):
                for one, other in zip(computed(results, x, w, mode=mode),
                                      expected):
                    assert_allclose(one, other, rtol=1e-10)

    def test_data_types(self):
        for image, kernel, result in [
                ('float32', 'float32', 'float32'),
                ('float64', 'float64', 'float64'),
                ('float32', 'float64', 'float64'),
                ('float64', 'float32', 'float64'),
                ('int64', 'int64', 'int64')]:
            x = (8 * normal(2, 2, 5, 5)).astype(image)
            w = (8 * normal(3, 2, 2, 2)).astype(kernel)
            with self.subTest((image, kernel)):
                y = nnet.conv2d(*variables(x, w))
                self.assertEqual(y.dtype, result)
                value = computed(nnet.conv2d, x, w)
                self.assertEqual(value.dtype, result)
                assert_allclose(value, convolve(x, w), rtol=1e-4, atol=1e-3)
                if 'int' in image:
                    continue
                a, b = variables(x, w)
                gradients = theano.grad(nnet.conv2d(a, b).sum(), [a, b])
                self.assertEqual([g.dtype for g in gradients],
                                 [image, kernel])

    def test_images_of_any_memory_layout(self):
        x, w = normal(2, 3, 6, 5), normal(4, 3, 3, 2)
        expected = convolve(x, w)
        for label, image in [
                ('fortran', numpy.asfortranarray(x)),
                ('reversed', x[::-1, ::-1, ::-1, ::-1].copy()[
                    ::-1, ::-1, ::-1, ::-1]),
                ('part', numpy.repeat(x, 2, axis=3)[..., ::2])]:
            with self.subTest(label):
                assert_allclose(computed(nnet.conv2d, image, w), expected,
                                rtol=1e-10)

    def test_empty_arrays(self):
        for images, filters, expected in [
                ((0, 3, 5, 5), (4, 3, 3, 3), (0, 4, 3, 3)),
                ((2, 0, 5, 5), (4, 0, 3, 3), (2, 4, 3, 3)),
                ((2, 3, 5, 5), (0, 3, 3, 3), (2, 0, 3, 3))]:
            x, w = normal(*images), normal(*filters)
            a, b = variables(x, w)
            y = nnet.conv2d(a, b)
            with self.subTest((images, filters)):
                value, *gradients = theano.function(
                    [a, b], [y, *theano.grad(y.sum(), [a, b])])(x, w)
                assert_array_equal(value, numpy.zeros(expected))
                self.assertEqual([g.shape for g in gradients],
                                 [images, filters])
                for gradient in gradients:
                    self.assertFalse(gradient.any())


class TestGradients(TestCase):
    """Gradients equal finite differences."""

    def test_of_images_and_filters(self):
        for function, cases in ((nnet.conv2d, CASES),
                                (nnet.conv3d, VOLUMES)):
            for label, (images, filters, settings) in cases.items():
                with self.subTest(label):
                    check_gradients(
                        lambda a, b: function(a, b, **settings),
                        normal(*images), normal(*filters))

    def test_of_gradients(self):
        for label in ('pairs', 'dilation, full, steps',
                      'unshared, dilation, pairs'):
            images, filters, settings = CASES[label]
            x, w = normal(*images), normal(*filters)

            def gradients(a, b):
                y = nnet.conv2d(a, b, **settings)
                return tensor.concatenate([
                    g.flatten() for g in theano.grad((y ** 2).sum(),
                                                     [a, b])])

            with self.subTest(label):
                check_gradients(gradients, x, w, eps=1e-4)

    def test_rop(self):
        for label in ('valid', 'groups', 'unshared'):
            images, filters, settings = CASES[label]
            x, w = normal(*images), normal(*filters)
            dx, dw = normal(*images), normal(*filters)
            a, b, da, db = variables(x, w, dx, dw)
            y = nnet.conv2d(a, b, **settings)
            op = y.owner.op
            f = theano.function([a, b, da, db], [
                theano.Rop(y, [a, b], [da, db]), *op.R_op([a, b], [da, db]),
                *op.R_op([a, b], [None, db])])
            parts = (convolve(dx, w, **settings),
                     convolve(x, dw, **settings))
            with self.subTest(label):
                for result, expected in zip(f(x, w, dx, dw), (
                        sum(parts), sum(parts), parts[1])):
                    assert_allclose(result, expected, rtol=1e-8, atol=1e-10)
                self.assertEqual(op.R_op([a, b], [None, None]), [None])

    def test_of_the_transpose(self):
        """The transpose is the adjoint of the convolution."""
        y, w = normal(2, 4, 3, 3), normal(4, 2, 3, 3)

        def transpose(a, b):
            return nnet.conv2d_transpose(
                a, b, (None, 2, 8, 7), border_mode=(1, 0),
                input_dilation=(3, 2))

        x = normal(2, 2, 8, 7)
        forward = convolve(x, w, (1, 0), (3, 2))
        self.assertEqual(forward.shape, y.shape)
        back = computed(transpose, y, w)
        self.assertEqual(back.shape, x.shape)
        assert_allclose((forward * y).sum(), (back * x).sum(), rtol=1e-10)
        check_gradients(transpose, y, w)

    def test_gradients_by_name(self):
        x, w, top = normal(2, 3, 6, 7), normal(4, 3, 3, 2), \
            normal(2, 4, 4, 6)
        a, b, c = variables(x, w, top)
        expected = [g.eval({a: x, b: w, c: top}) for g in theano.grad(
            (nnet.conv2d(a, b) * c).sum(), [a, b])]
        rows = tensor.lscalar()
        by_inputs = abstract_conv.conv2d_grad_wrt_inputs(
            c, b, (2, 3, rows, 7), (4, 3, 3, 2))
        assert_allclose(by_inputs.eval({c: top, b: w, rows: 6}), expected[0])
        by_weights = abstract_conv.conv2d_grad_wrt_weights(
            a, c, (None, None, tensor.as_tensor_variable(3), 2))
        assert_allclose(by_weights.eval({a: x, c: top}), expected[1])
        self.assertIs(nnet.conv2d_grad_wrt_inputs,
                      abstract_conv.conv2d_grad_wrt_inputs)

    def test_gradients_of_volumes_by_name(self):
        x, w = normal(2, 2, 4, 3, 4), normal(3, 2, 2, 2, 3)
        top = normal(*convolve(x, w).shape)
        a, b, c = variables(x, w, top)
        expected = [g.eval({a: x, b: w, c: top}) for g in theano.grad(
            (nnet.conv3d(a, b) * c).sum(), [a, b])]
        for value, function, first in [
                (expected[0], abstract_conv.conv3d_grad_wrt_inputs, (c, b)),
                (expected[1], abstract_conv.conv3d_grad_wrt_weights,
                 (a, c))]:
            result = function(*first, value.shape)
            assert_allclose(result.eval(
                {v: {a: x, b: w, c: top}[v] for v in first}), value)

    def test_broadcasting(self):
        """Gradients broadcast like their arguments."""
        a = tensor.tensor('float64', [True, False, False, False])
        b = tensor.tensor('float64', [False, True, False, True])
        y = nnet.conv2d(a, b)
        self.assertEqual(y.broadcastable, (True, False, False, False))
        for variable, gradient in zip([a, b], theano.grad(y.sum(), [a, b])):
            self.assertEqual(gradient.broadcastable, variable.broadcastable)


class TestGraphs(TestCase):
    """Tests of the operations as parts of graphs."""

    def test_shapes_without_convolving(self):
        for label, (images, filters, settings) in CASES.items():
            x, w = normal(*images), normal(*filters)
            a, b = variables(x, w)
            y = nnet.conv2d(a, b, **settings)
            outputs = [y, *theano.grad(y.sum(), [a, b])]
            f = theano.function([a, b], [one.shape for one in outputs],
                                on_unused_input='ignore')
            with self.subTest(label):
                self.assertFalse([
                    node for node in f.maker.fgraph.apply_nodes
                    if isinstance(node.op, abstract_conv.BaseAbstractConv)])
                self.assertEqual(
                    [tuple(shape) for shape in f(x, w)],
                    [convolve(x, w, **settings).shape, images, filters])

    def test_scan(self):
        x, w = normal(3, 2, 1, 5, 5), normal(1, 1, 3, 3)
        a, b = variables(x, w)

        def step(image, state, kernel):
            return tensor.tanh(nnet.conv2d(image + state, kernel,
                                           border_mode='half'))

        states, _ = theano.scan(step, sequences=a, non_sequences=b,
                                outputs_info=tensor.zeros_like(a[0]))
        expected = numpy.zeros(x.shape[1:])
        for image in x:
            expected = numpy.tanh(convolve(image + expected, w, 'half'))
        weights = normal(*expected.shape)
        cost = (states[-1] * weights).sum()
        value, gradient = theano.function(
            [a, b], [states[-1], theano.grad(cost, b)])(x, w)
        assert_allclose(value, expected, rtol=1e-10)
        unrolled = tensor.zeros_like(a[0])
        for number in range(len(x)):
            unrolled = step(a[number], unrolled, b)
        assert_allclose(gradient, theano.grad(
            (unrolled * weights).sum(), b).eval({a: x, b: w}), rtol=1e-10)

    def test_pickle(self):
        a, b = tensor.dtensor4('a'), tensor.dtensor4('b')
        f = theano.function([a, b], nnet.conv2d(a, b, border_mode='half'))
        x, w = normal(2, 1, 4, 4), normal(2, 1, 3, 3)
        assert_allclose(pickle.loads(pickle.dumps(f))(x, w), f(x, w))

    def test_equal_settings_merge(self):
        a, b = tensor.dtensor4(), tensor.dtensor4()
        f = theano.function([a, b], [
            nnet.conv2d(a, b, border_mode=(1, 1)),
            nnet.conv2d(a, b, border_mode=[(1, 1), 1])])
        self.assertEqual(len([
            node for node in f.maker.fgraph.apply_nodes
            if isinstance(node.op, abstract_conv.AbstractConv2d)]), 1)


class TestErrors(TestCase):
    """Wrong arguments are refused."""

    def test_when_applied(self):
        a, b = tensor.dtensor4(), tensor.dtensor4()
        for kwargs, message in [
                ({'border_mode': 'same'}, "border_mode must be 'valid'.*"
                 "got 'same'"),
                ({'border_mode': -1}, 'border_mode .*got -1'),
                ({'border_mode': (1, 2, 3)}, r'got \(1, 2, 3\)'),
                ({'border_mode': ((1, 2, 3), 0)}, 'border_mode'),
                ({'border_mode': (1.5, 0)}, 'border_mode'),
                ({'subsample': (1, 0)}, r'subsample must be 2 int >= 1, got '
                 r'\(1, 0\)'),
                ({'subsample': (1, 1, 1)}, 'subsample'),
                ({'filter_dilation': (0, 1)}, 'filter_dilation'),
                ({'num_groups': 0}, 'num_groups must be at least 1, got 0'),
                ({'input_shape': (1, 2, 3)}, 'imshp must be None or a tuple '
                 'of 4'),
                ({'input_shape': tensor.lvector()}, 'imshp'),
                ({'filter_shape': (1, 1, tensor.lscalar(), 1)},
                 'kshp.*use None'),
                ({'imshp_logical': (1, 1)}, 'insert zeros')]:
            with self.subTest(kwargs=kwargs), \
                    self.assertRaisesRegex(ValueError, message):
                nnet.conv2d(a, b, **kwargs)
        for arguments, message in [
                ((tensor.dmatrix(), b), 'img must have 4 dimensions, got 2'),
                ((a, tensor.dtensor3()), 'kern must have 4 dimensions')]:
            with self.assertRaisesRegex(TypeError, message):
                nnet.conv2d(*arguments)
        with self.assertRaisesRegex(TypeError, 'kern must have 6'):
            nnet.conv2d(a, b, unshared=True)
        with self.assertRaisesRegex(ValueError, 'no larger than'):
            nnet.conv2d(normal(1, 1, 2, 2), normal(1, 1, 3, 3))

    def test_when_run(self):
        for images, filters, settings, message in [
                ((2, 3, 5, 5), (4, 2, 3, 3), {}, 'channels.* must be 2, '
                 'got 3'),
                ((2, 4, 5, 5), (3, 2, 3, 3), {'num_groups': 2},
                 'multiple of num_groups = 2, got 3'),
                ((2, 1, 2, 5), (1, 1, 3, 3), {}, r'at most.*\(2, 5\), got '
                 r'\(3, 3\)'),
                ((2, 1, 5, 5), (1, 2, 3, 1, 3, 3), {'unshared': True},
                 r'places.*\(3, 3\), got \(2, 3\)')]:
            with self.subTest((images, filters)), \
                    self.assertRaisesRegex(ValueError, message):
                computed(lambda a, b: nnet.conv2d(a, b, **settings),
                         normal(*images), normal(*filters))

    def test_gradients_of_impossible_shapes(self):
        top, w = normal(2, 4, 3, 3), normal(4, 1, 3, 3)
        with self.assertRaisesRegex(ValueError, r'topgrad.*\(4, 4, 3\), got '
                                    r'\(4, 3, 3\)'):
            computed(lambda a, b: nnet.conv2d_transpose(
                a, b, (2, 1, 6, 5)), top, w)
        for shape, message in [
                ((2, 1, None, 5), r'input_shape\[2\] must be given'),
                ((2, tensor.lscalar(), 5, 5), r'input_shape\[1\] must be an'),
                ((5, 5), 'must have 4 lengths'), (None, '4 lengths')]:
            with self.subTest(shape=shape), \
                    self.assertRaisesRegex(ValueError, message):
                nnet.conv2d_transpose(tensor.dtensor4(), tensor.dtensor4(),
                                      shape)

    def test_shapes_are_checked_on_request(self):
        a, b = tensor.dtensor4(), tensor.dtensor4()

        def compiled():
            return theano.function([a, b], nnet.conv2d(
                a, b, (2, 1, 5, None), (1, 1, 3, 3)))

        x, w = normal(2, 1, 6, 5), normal(1, 1, 3, 3)
        self.assertEqual(compiled()(x, w).shape, (2, 1, 4, 3))
        with theano.change_flags(conv__assert_shape=True):
            f = compiled()
        self.assertEqual(f(x[:, :, 1:], w).shape, (2, 1, 3, 3))
        for arguments in (x, w), (x[:, :, 1:], w[..., 1:]):
            with self.assertRaisesRegex(AssertionError, 'shape of'):
                f(*arguments)

    def test_obsolete_arguments_warn(self):
        a, b = tensor.dtensor4(), tensor.dtensor4()
        for kwargs in {'image_shape': (1, 1, 5, 5)}, {'version': 3}:
            with self.assertWarnsRegex(UserWarning, 'obsolete'):
                nnet.conv2d(a, b, **kwargs)
        with self.assertWarnsRegex(UserWarning, 'obsolete'), \
                self.assertRaisesRegex(ValueError, 'got both'):
            nnet.conv2d(a, b, (1,) * 4, image_shape=(1,) * 4)
