"""Tests of pooling and its gradients."""

import itertools
import pickle
from unittest import TestCase

import numpy
import theano
from numpy.testing import assert_allclose, assert_array_equal
from theano import tensor
from theano.tensor.signal import downsample
from theano.tensor.signal.pool import (
    AveragePoolGrad,
    MaxPoolGrad,
    Pool,
    max_pool_2d_same_size,
    pool_2d,
    pool_3d,
)

from tests.compat.theano.images import check_gradients, computed, variables

RNG = numpy.random.RandomState(4)
MODES = 'max', 'sum', 'average_inc_pad', 'average_exc_pad'

#: Shape, window, step, padding.
CASES = [
    ((2, 3, 6, 4), (2, 2), None, None), ((2, 7, 5), (3, 2), None, None),
    ((7, 5), (3, 2), (2, 1), None), ((1, 2, 6, 7), (2, 2), (3, 4), None),
    ((2, 6, 5), (3, 3), (2, 2), (1, 2)), ((2, 1, 5, 5), (1, 1), None, None),
    ((2, 5, 4), (2, 3), (1, 1), (1, 0)), ((1, 1, 5), (1, 4), (1, 4), None),
    ((1, 1, 3, 3), (5, 2), None, None)]
VOLUMES = [((2, 4, 5, 3), (2, 2, 2), None, None),
           ((1, 2, 4, 5, 3), (2, 3, 2), (1, 2, 1), (1, 0, 1))]


def ways():
    """Yield functions, cases and borders."""
    for function, cases in (pool_2d, CASES), (pool_3d, VOLUMES):
        for (shape, window, step, pad), whole in itertools.product(
                cases, (True, False)):
            if whole or pad is None:
                yield function, shape, dict(ws=window, ignore_border=whole,
                                            stride=step, pad=pad)


def expected(x, mode, ws, ignore_border, stride=None, pad=None):
    """Pool window by window."""
    number = len(ws)
    stride, pad = stride or ws, pad or (0,) * number
    lengths = x.shape[-number:]
    counts = []
    for length, window, step, margin in zip(lengths, ws, stride, pad):
        full = length + 2 * margin
        starts = range(0, full, step)
        whole = [start for start in starts if start + window <= full]
        # An incomplete window counts if it covers a new element.
        new = [start for start in starts if start + window > full
               and (start == 0 or start + window - step < full
                    or step >= window)]
        counts.append(len(whole) if ignore_border
                      else len(whole) + len(new[:1]))
    result = numpy.zeros((*x.shape[:-number], *counts))
    for place in itertools.product(*map(range, counts)):
        inside, size = [], 1
        for p, length, window, step, margin in zip(place, lengths, ws,
                                                   stride, pad):
            start = p * step - margin
            stop = min(start + window, length + margin)
            size *= stop - start
            inside.append(slice(max(start, 0), min(stop, length)))
        part = x[(..., *inside)].reshape(*x.shape[:-number], -1)
        result[(..., *place)] = {
            'max': lambda: part.max(-1), 'sum': lambda: part.sum(-1),
            'average_inc_pad': lambda: part.sum(-1) / size,
            'average_exc_pad': lambda: part.mean(-1)}[mode]()
    return result


class TestValues(TestCase):

    def test_against_loops(self):
        for function, shape, settings in ways():
            x = RNG.normal(size=shape)
            for mode in MODES:
                with self.subTest((shape, settings, mode)):
                    result = expected(x, mode, **settings)
                    assert_allclose(computed(lambda a: function(
                        a, mode=mode, **settings), x), result, rtol=1e-12,
                        atol=1e-12)
                    self.assertEqual(Pool.out_shape(
                        shape, ndim=len(settings['ws']), **settings),
                        list(result.shape))

    def test_known_numbers(self):
        x = numpy.arange(25.).reshape(5, 5)
        for settings, result in [
                (dict(ignore_border=True), [[6, 8], [16, 18]]),
                (dict(ignore_border=False),
                 [[6, 8, 9], [16, 18, 19], [21, 23, 24]]),
                (dict(ignore_border=True, pad=(1, 1),
                      mode='average_inc_pad'),
                 [[0, .75, 1.75], [3.75, 9, 11], [8.75, 19, 21]]),
                (dict(ignore_border=True, pad=(1, 1),
                      mode='average_exc_pad'),
                 [[0, 1.5, 3.5], [7.5, 9, 11], [17.5, 19, 21]])]:
            assert_array_equal(
                computed(lambda a: pool_2d(a, (2, 2), **settings), x),
                result)
        assert_array_equal(computed(
            lambda a: pool_2d(a, (2, 2), True, pad=(1, 1)), -x - 1),
            -x[::2, ::2][[0, 1, 2]][:, [0, 1, 2]] - 1
            + numpy.array([[0, 1, 1], [5, 6, 6], [5, 6, 6]]))

    def test_data_types(self):
        x = RNG.randint(0, 100, size=(2, 4, 4))
        for dtype, mode in itertools.product(
                ('float32', 'float64', 'int64', 'uint8'), MODES):
            value = computed(lambda a: pool_2d(a, (2, 2), True, mode=mode),
                             x.astype(dtype))
            self.assertEqual(value.dtype, dtype)
            result = expected(x, mode, (2, 2), True)
            if 'int' in dtype:
                # Means are truncated, and sums that are too large wrap around.
                result = result.astype('int64').astype(dtype)
            assert_allclose(value, result, rtol=1e-6)

    def test_modes_of_compilation(self):
        x = RNG.normal(size=(1, 2, 5, 4))

        def results(a):
            y = pool_2d(a, (3, 2), True, (2, 2), (1, 1))
            return [y, theano.grad((y ** 3).sum(), a)]

        values = computed(results, x)
        assert_allclose(values[0], expected(x, 'max', (3, 2), True, (2, 2),
                                            (1, 1)))
        for mode in 'FAST_COMPILE', 'DebugMode', 'NUMBA':
            with self.subTest(mode):
                for one, other in zip(computed(results, x, mode=mode),
                                      values):
                    assert_allclose(one, other)

    def test_symbolic_windows(self):
        a = tensor.dtensor3()
        window, step, pad = (tensor.lvector() for _ in range(3))
        x = RNG.normal(size=(2, 7, 6))
        for mode in MODES:
            y = pool_2d(a, window, True, step, pad, mode)
            f = theano.function([a, window, step, pad], [
                y, y.shape, theano.grad((y ** 2).sum(), a)])
            for values in ((2, 3), (2, 1), (1, 0)), ((4, 2), (1, 3), (0, 1)):
                result = expected(x, mode, values[0], True, *values[1:])
                value, shape, _ = f(x, *values)
                assert_allclose(value, result)
                self.assertEqual(tuple(shape), result.shape)

    def test_symbolic_lengths(self):
        length = tensor.lscalar()
        for whole in True, False:
            for window, step in [(2, 2), (3, 1), (2, 3), (5, 4)]:
                lengths = Pool.out_shape((length, 6), (window, 2), whole,
                                         (step, 2))
                for value in 1, 2, 5, 8:
                    self.assertEqual(
                        int(lengths[0].eval({length: value})),
                        Pool.out_shape((value, 6), (window, 2), whole,
                                       (step, 2))[0])

    def test_not_a_number(self):
        x = numpy.array([[1, numpy.nan], [2, 3.]])
        self.assertTrue(numpy.isnan(
            computed(lambda a: pool_2d(a, (2, 2), True), x)).all())
        x = numpy.full((2, 2), -numpy.inf)
        assert_array_equal(computed(lambda a: pool_2d(a, (2, 2), True), x),
                           [[-numpy.inf]])


class TestGradients(TestCase):

    def test_against_differences(self):
        for function, shape, settings in ways():
            x = RNG.permutation(numpy.prod(shape)).reshape(shape) / 10.
            for mode in MODES if shape[-2:] == (6, 5) or len(
                    settings['ws']) == 3 else MODES[::3]:
                with self.subTest((shape, settings, mode)):
                    check_gradients(
                        lambda a: function(a, mode=mode, **settings), x)

    def test_second_gradients(self):
        x = RNG.permutation(24).reshape(1, 6, 4) / 10.
        for mode in MODES:
            def gradient(a):
                y = pool_2d(a, (3, 2), True, (2, 1), (1, 0), mode)
                return theano.grad((y ** 3).sum(), a)

            with self.subTest(mode):
                check_gradients(gradient, x)

    def test_every_maximum_receives_the_gradient(self):
        x = numpy.array([[1., 3, 3], [0, 3, 1]])
        a, = variables(x)
        y = pool_2d(a, (2, 2), True, (1, 1))
        weights = numpy.array([[2., 5.]])
        assert_array_equal(
            theano.grad((y * weights).sum(), a).eval({a: x}),
            [[0, 7, 5], [0, 7, 0]])

    def test_rop(self):
        x = RNG.permutation(24).reshape(1, 6, 4) / 10.
        d = RNG.normal(size=x.shape)
        a, b = variables(x, d)
        for mode in MODES:
            y = pool_2d(a, (3, 2), True, (2, 1), mode=mode)
            op, window = y.owner.op, y.owner.inputs[1:]
            values = theano.function(
                [a, b], [theano.Rop(y, a, b),
                         *op.R_op([a, *window], [b, None, None, None])],
                on_unused_input='ignore')(x, d)
            step = 1e-6
            f = theano.function([a], y)
            for value in values:
                assert_allclose(value, (f(x + step * d) - f(x - step * d))
                                / (2 * step), rtol=1e-6, atol=1e-8)
            self.assertEqual(op.R_op([a, *window], [None] * 4), [None])

    def test_hessian(self):
        x = RNG.permutation(16).reshape(4, 4) / 10.
        a = tensor.dvector()
        y = (pool_2d(a.reshape((4, 4)), (2, 2), True) ** 2).sum()
        hessian = theano.gradient.hessian(y, a).eval({a: x.ravel()})
        maxima = expected(x, 'max', (2, 2), True)
        assert_array_equal(hessian, numpy.diag(
            2. * numpy.isin(x, maxima).ravel()))


class TestOthers(TestCase):
    """Tests of former names, operations and shapes."""

    def test_same_size(self):
        x = RNG.permutation(20).reshape(4, 5) / 10.
        result = computed(lambda a: max_pool_2d_same_size(a, (2, 2)), x)
        maxima = expected(x, 'max', (2, 2), True)
        assert_array_equal(result, numpy.where(
            numpy.isin(x, maxima) & (numpy.arange(5) < 4), x, 0))

    def test_former_names(self):
        x = RNG.normal(size=(1, 1, 7, 5))
        result = expected(x, 'max', (3, 2), True, (2, 1), (1, 0))
        for function in [
                lambda a: downsample.max_pool_2d(
                    a, (3, 2), True, (2, 1), (1, 0)),
                downsample.DownsampleFactorMax((3, 2), True, (2, 1),
                                               (1, 0))]:
            assert_array_equal(computed(function, x), result)
        a = tensor.dtensor4()
        with self.assertWarnsRegex(UserWarning, 'ds is obsolete; pass ws'):
            y = pool_2d(a, ds=(3, 2), ignore_border=True, st=(2, 1),
                        padding=(1, 0))
        assert_array_equal(y.eval({a: x}), result)
        with self.assertWarnsRegex(UserWarning, 'ignore_border is not'):
            y = pool_2d(a, (2, 2))
        assert_array_equal(y.eval({a: x}), expected(x, 'max', (2, 2), False))
        self.assertEqual(downsample.DownsampleFactorMax.out_shape(
            (7, 5), (3, 2), True), [2, 2])
        self.assertEqual(Pool(mode='max_deterministic').mode, 'max')

    def test_shapes_without_pooling(self):
        a = tensor.dtensor4()
        for mode, whole in itertools.product(MODES, (True, False)):
            y = pool_2d(a, (3, 2), whole, (2, 2), mode=mode)
            gradient = theano.grad((y ** 2).sum(), a)
            f = theano.function([a], [y.shape, gradient.shape,
                                      theano.grad(gradient.sum(), a).shape])
            self.assertFalse([node for node in f.maker.fgraph.apply_nodes
                              if isinstance(node.op, (Pool, MaxPoolGrad,
                                                      AveragePoolGrad))])
            x = RNG.normal(size=(2, 1, 6, 5))
            shapes = [tuple(shape) for shape in f(x)]
            self.assertEqual(shapes, [
                expected(x, mode, (3, 2), whole, (2, 2)).shape,
                x.shape, x.shape])

    def test_pickle(self):
        a = tensor.dmatrix()
        f = theano.function([a], pool_2d(a, (2, 2), True))
        x = RNG.normal(size=(4, 4))
        assert_array_equal(pickle.loads(pickle.dumps(f))(x), f(x))

    def test_empty_images(self):
        for shape, result in [((0, 1, 4, 4), (0, 1, 2, 2)),
                              ((1, 1, 1, 4), (1, 1, 0, 2))]:
            self.assertEqual(computed(
                lambda a: pool_2d(a, (2, 2), True), numpy.ones(shape)).shape,
                result)
        with self.assertRaisesRegex(ValueError, r'shape \(0, 4\)'):
            computed(lambda a: pool_2d(a, (3, 2), False, (2, 2)),
                     numpy.ones((0, 4)))

    def test_errors(self):
        a = tensor.dtensor4()
        for kwargs, error, message in [
                ({'ws': None}, ValueError, 'ws.*is missing'),
                ({'ds': (2, 2)}, ValueError, 'pass ws, not ds'),
                ({'stride': (1, 1), 'st': (1, 1)}, ValueError, 'stride'),
                ({'pad': (1, 1), 'padding': (1, 1)}, ValueError, 'pad'),
                ({'mode': 'mean'}, ValueError, "got 'mean'"),
                ({'ws': (2, 2, 2)}, ValueError, 'ws must have 2 elements'),
                ({'ws': (2., 2)}, TypeError, 'ws must be integers'),
                ({'ws': (2, 2), 'stride': tensor.dvector()}, TypeError,
                 'stride must be integers, got float64'),
                ({'pad': (2, 1)}, NotImplementedError,
                 r'smaller than the window \(2, 2\), got \(2, 1\)'),
                ({'pad': (1, 1), 'ignore_border': False},
                 NotImplementedError, 'ignore_border=True')]:
            with self.subTest(kwargs=kwargs), \
                    self.assertRaisesRegex(error, message):
                pool_2d(a, **{'ws': (2, 2), 'ignore_border': True} | kwargs)
        with self.assertRaisesRegex(NotImplementedError, 'at least 3'):
            pool_3d(tensor.dmatrix(), (2, 2, 2), True)
        with self.assertRaisesRegex(TypeError, 'at least 2 dimensions'):
            Pool.out_shape((3,), ws=(2, 2))
        with self.assertRaisesRegex(ValueError, 'mode must be one of av'):
            AveragePoolGrad(True, 'max')
        step, pad = tensor.lvector(), tensor.lvector()
        y = pool_2d(a, (2, 2), True, step, pad)
        x = numpy.ones((1, 1, 4, 4))
        for steps, pads, message in [
                ((0, 1), (0, 0), '>= 1'), ((1, 1), (-1, 0), 'pad >= 0'),
                ((1, 1), (2, 0), 'not padding'), ((1,), (0, 0), '2 elements')]:
            with self.assertRaisesRegex(ValueError, message):
                y.eval({a: x, step: steps, pad: pads})
