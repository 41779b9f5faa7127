"""Tests of operations on arrays against NumPy."""
import numpy
import scipy.special
from numpy.testing import assert_allclose, assert_array_equal
from theano import tensor

from tests.export.models import SinglePrecision, exported, run

M = numpy.array([[.5, -1.5, 2.], [3., .25, -.75]], dtype='float32')
POSITIVE = abs(M)
INNER = M / 4
T3 = numpy.arange(24, dtype='float32').reshape(2, 3, 4) / 7 - 1
N = numpy.array([[-7, 3, 0], [5, -2, 9]])


def softmax(x, axis=-1):
    return scipy.special.softmax(x, axis)


#: Each operation in Theano and in NumPy, and its operands.
ELEMENTWISE = [
    ('add', lambda x: x + x + 1, lambda x: x + x + 1, M),
    ('subtract', lambda x: 2 - x, lambda x: 2 - x, M),
    ('multiply', lambda x: x * x[0] * x, lambda x: x * x[0] * x, M),
    ('divide', lambda x: x / 3, lambda x: x / 3, M),
    ('divide integers', lambda x: x / 4, lambda x: x / 4, N),
    ('floor divide', lambda x: x // 2, lambda x: x // 2, N),
    ('floor divide numbers', lambda x: x // .5, lambda x: x // .5, M),
    ('remainder', lambda x: x % 4, lambda x: x % 4, N),
    ('remainder of numbers', lambda x: x % .7, lambda x: x % .7, M),
    ('power', lambda x: x ** 3, lambda x: x ** 3, M),
    ('negative', lambda x: -x, lambda x: -x, N),
    ('square', tensor.sqr, numpy.square, M),
    ('sqrt', tensor.sqrt, numpy.sqrt, POSITIVE),
    ('reciprocal', tensor.inv, numpy.reciprocal, M),
    ('absolute', abs, abs, M),
    ('sign', tensor.sgn, numpy.sign, M),
    ('exp', tensor.exp, numpy.exp, M),
    ('exp2', tensor.exp2, numpy.exp2, M),
    ('expm1', tensor.expm1, numpy.expm1, M),
    ('expm1 of small ones', tensor.expm1, numpy.expm1, M * 1e-5),
    ('expm1 of large ones', tensor.expm1, numpy.expm1, M * 20),
    ('log', tensor.log, numpy.log, POSITIVE),
    ('log2', tensor.log2, numpy.log2, POSITIVE),
    ('log10', tensor.log10, numpy.log10, POSITIVE),
    ('log1p', tensor.log1p, numpy.log1p, POSITIVE),
    ('log1p of small ones', tensor.log1p, numpy.log1p, M * 1e-6),
    ('sigmoid', tensor.nnet.sigmoid, scipy.special.expit, M),
    ('softplus', tensor.nnet.softplus, lambda x: numpy.logaddexp(0, x), M),
    ('sin', tensor.sin, numpy.sin, M), ('cos', tensor.cos, numpy.cos, M),
    ('tan', tensor.tan, numpy.tan, M),
    ('arcsin', tensor.arcsin, numpy.arcsin, INNER),
    ('arccos', tensor.arccos, numpy.arccos, INNER),
    ('arctan', tensor.arctan, numpy.arctan, M),
    ('sinh', tensor.sinh, numpy.sinh, M),
    ('cosh', tensor.cosh, numpy.cosh, M),
    ('tanh', tensor.tanh, numpy.tanh, M),
    ('arcsinh', tensor.arcsinh, numpy.arcsinh, M),
    ('arccosh', tensor.arccosh, numpy.arccosh, POSITIVE + 1),
    ('arctanh', tensor.arctanh, numpy.arctanh, INNER),
    ('erf', tensor.erf, scipy.special.erf, M),
    ('floor', tensor.floor, numpy.floor, M),
    ('ceil', tensor.ceil, numpy.ceil, M),
    ('trunc', tensor.trunc, numpy.trunc, M),
    ('round half to even', lambda x: tensor.round(x, 'half_to_even'),
     numpy.round, M),
    ('round half away from zero',
     lambda x: tensor.round(x, 'half_away_from_zero'),
     lambda x: numpy.array([[1, -2, 2], [3, 0, -1]]), M),
    ('maximum', lambda x: tensor.maximum(x, 0),
     lambda x: numpy.maximum(x, 0), M),
    ('minimum', lambda x: tensor.minimum(x, x[0]),
     lambda x: numpy.minimum(x, x[0]), M),
    ('clip', lambda x: tensor.clip(x, -1, 1),
     lambda x: numpy.clip(x, -1, 1), M),
    ('switch', lambda x: tensor.switch(x > 0, x, -3),
     lambda x: numpy.where(x > 0, x, -3), M),
    ('less', lambda x: tensor.lt(x, .5), lambda x: x < .5, M),
    ('less or equal', lambda x: tensor.le(x, .5), lambda x: x <= .5, M),
    ('greater', lambda x: tensor.gt(x, .5), lambda x: x > .5, M),
    ('greater or equal', lambda x: tensor.ge(x, .5), lambda x: x >= .5, M),
    ('equal', lambda x: tensor.eq(x, 3), lambda x: x == 3, N),
    ('not equal', lambda x: tensor.neq(x, 3), lambda x: x != 3, N),
    ('a comparison as a factor', lambda x: tensor.eq(x, .5) * x,
     lambda x: (x == .5) * x, M),
    ('and, or, not', lambda x: tensor.or_(
        tensor.and_(x > 0, x < 1), tensor.invert(x < 2.5)),
     lambda x: ((x > 0) & (x < 1)) | ~(x < 2.5), M),
    ('xor', lambda x: tensor.xor(x > 0, x < 1),
     lambda x: (x > 0) ^ (x < 1), M),
    ('isnan', lambda x: tensor.isnan(tensor.log(x)), lambda x: x < 0, M),
    ('isinf', lambda x: tensor.isinf(1 / tensor.maximum(x, 0)),
     lambda x: x <= 0, M),
    ('cast', lambda x: tensor.cast(x, 'int32'),
     lambda x: x.astype('int32'), M),
    ('fill', lambda x: tensor.fill(x, 2), lambda x: 0 * x + 2, M)]

ARRAYS = [
    ('transpose', lambda x: x.T, lambda x: x.T, M),
    ('new axes', lambda x: x.dimshuffle('x', 1, 'x', 0),
     lambda x: x.T[None, :, None], M),
    ('dropped axes', lambda x: x.sum(axis=1, keepdims=True).dimshuffle(0),
     lambda x: x.sum(1), M),
    ('swapaxes', lambda x: x.swapaxes(0, 2), lambda x: x.swapaxes(0, 2), T3),
    ('reshape', lambda x: x.reshape((x.shape[0] * x.shape[1], -1)),
     lambda x: x.reshape(6, 4), T3),
    ('flatten', lambda x: x.flatten(2), lambda x: x.reshape(2, 12), T3),
    ('shape', lambda x: x.shape, lambda x: numpy.array(x.shape), T3),
    ('size', lambda x: x.size, lambda x: numpy.array(x.size), T3),
    ('zeros like', tensor.zeros_like, numpy.zeros_like, M),
    ('alloc', lambda x: tensor.alloc(x[0], 4, x.shape[1]),
     lambda x: numpy.tile(x[0], (4, 1)), M),
    ('repeat', lambda x: tensor.repeat(x, 3, axis=0),
     lambda x: numpy.repeat(x, 3, 0), M),
    ('tile', lambda x: tensor.tile(x, (2, 1)),
     lambda x: numpy.tile(x, (2, 1)), M),
    ('concatenate', lambda x: tensor.concatenate([x, 2 * x], axis=1),
     lambda x: numpy.concatenate([x, 2 * x], 1), M),
    ('concatenate backwards', lambda x: tensor.concatenate(
        [x[:, ::-1], x], axis=-1),
     lambda x: numpy.concatenate([x[:, ::-1], x], -1), M),
    ('stack', lambda x: tensor.stack([x, x + 1]),
     lambda x: numpy.stack([x, x + 1]), M),
    ('dot', lambda x: tensor.dot(x, x.T), lambda x: x.dot(x.T), M),
    ('dot of vectors', lambda x: tensor.dot(x[0], x[1]),
     lambda x: x[0].dot(x[1]), M),
    ('dot of three axes', lambda x: tensor.dot(x, x[0].T),
     lambda x: x.dot(x[0].T), T3),
    ('tensordot', lambda x: tensor.tensordot(x, x, axes=[[0, 1], [0, 1]]),
     lambda x: numpy.tensordot(x, x, axes=[[0, 1], [0, 1]]), T3),
    ('batched dot', lambda x: tensor.batched_dot(x, x.dimshuffle(0, 2, 1)),
     lambda x: x @ x.transpose(0, 2, 1), T3),
    ('outer', lambda x: tensor.outer(x[0], x[1]),
     lambda x: numpy.outer(x[0], x[1]), M),
    ('sum', lambda x: x.sum(), lambda x: x.sum(), M),
    ('sum over axes', lambda x: x.sum(axis=(0, 2)),
     lambda x: x.sum((0, 2)), T3),
    ('sum of truths', lambda x: tensor.gt(x, 0).sum(axis=0),
     lambda x: (x > 0).sum(0), M),
    ('prod', lambda x: x.prod(axis=1), lambda x: x.prod(1), M),
    ('mean', lambda x: x.mean(axis=0), lambda x: x.mean(0), M),
    ('std', lambda x: x.std(axis=1), lambda x: x.std(1), M),
    ('max', lambda x: x.max(axis=1), lambda x: x.max(1), M),
    ('min', lambda x: x.min(axis=0, keepdims=True),
     lambda x: x.min(0, keepdims=True), M),
    ('any', lambda x: tensor.any(x > 2.5, axis=1),
     lambda x: (x > 2.5).any(1), M),
    ('all', lambda x: tensor.all(x > -1, axis=0),
     lambda x: (x > -1).all(0), M),
    ('argmax', lambda x: x.argmax(axis=1), lambda x: x.argmax(1), T3),
    ('argmax of all', lambda x: x.argmax(), lambda x: x.argmax(), M),
    ('argmin', lambda x: x.argmin(axis=0), lambda x: x.argmin(0), M),
    ('cumsum', lambda x: tensor.cumsum(x, axis=1),
     lambda x: x.cumsum(1), M),
    ('sort', lambda x: tensor.sort(x, axis=0), lambda x: numpy.sort(x, 0),
     M),
    ('argsort', lambda x: tensor.argsort(x, axis=1),
     lambda x: numpy.argsort(x, 1), M),
    ('arange', lambda x: tensor.arange(1, x.shape[0] * 3, 2),
     lambda x: numpy.arange(1, 6, 2), M),
    ('softmax', tensor.nnet.softmax, softmax, M),
    ('softmax of a vector', lambda x: tensor.nnet.softmax(x[0]),
     lambda x: softmax(x[:1]), M),
    ('log softmax', tensor.nnet.logsoftmax, lambda x: numpy.log(softmax(x)),
     M),
    ('a row', lambda x: x[1], lambda x: x[1], M),
    ('the last row', lambda x: x[-1], lambda x: x[-1], M),
    ('a column', lambda x: x[:, 1], lambda x: x[:, 1], M),
    ('slices', lambda x: x[1:, ::2, 1:-1], lambda x: x[1:, ::2, 1:-1], T3),
    ('backwards', lambda x: x[::-1], lambda x: x[::-1], M),
    ('backwards twice', lambda x: x[::-1][::-1], lambda x: x, M),
    ('the first rows backwards', lambda x: x[1::-1],
     lambda x: x[1::-1], T3),
    ('to a symbolic end', lambda x: x[:x.shape[0] // 2],
     lambda x: x[:1], M),
    ('a symbolic row', lambda x: x[x.shape[0] - 1], lambda x: x[1], M),
    ('a slice and a row', lambda x: x[-1, 1:], lambda x: x[-1, 1:], M),
    ('rows by their numbers', lambda x: tensor.as_tensor_variable(M)[
        tensor.clip(x, 0, 1)], lambda x: M[numpy.clip(x, 0, 1)], N),
    ('columns by their numbers', lambda x: tensor.as_tensor_variable(M)[
        :, abs(x[0] % 3)], lambda x: M[:, abs(x[0] % 3)], N),
    ('elements by two numbers', lambda x: x[
        tensor.arange(x.shape[0]), numpy.array([2, 0])],
     lambda x: x[[0, 1], [2, 0]], M),
    ('elements by arrays that broadcast', lambda x: x[
        tensor.arange(2).dimshuffle(0, 'x'), numpy.array([[2, 0]])],
     lambda x: x[:, [2, 0]], M)]


class TestOperations(SinglePrecision):

    def test_operations(self):
        for label, symbolic, numeric, array in ELEMENTWISE + ARRAYS:
            with self.subTest(label):
                x = tensor.TensorType(array.dtype, (False,) * array.ndim)('x')
                y = symbolic(x)
                got, = run(exported([x], {'y': y}), x=array)
                with numpy.errstate(all='ignore'):
                    expected = numeric(array)
                self.assertEqual(y.dtype, got.dtype)
                if got.dtype.kind == 'f':
                    assert_allclose(got, expected, rtol=3e-6, atol=1e-12)
                    self.assertEqual(numpy.shape(expected), got.shape)
                else:
                    assert_array_equal(got, expected)

    def test_dtypes_are_cast_like_theanos(self):
        x, n, flag = (tensor.fvector('x'), tensor.bvector('n'),
                      tensor.vector('flag', dtype='bool'))
        y = tensor.switch(flag, x * n, n - 3)
        got, = run(exported([x, n, flag], {'y': y}),
                   x=numpy.array([.5, 2.]), n=numpy.array([3, 4], 'int8'),
                   flag=numpy.array([True, False]))
        assert_allclose(got, [1.5, 1.])

    def test_small_integers(self):
        n = tensor.bvector('n')
        got, = run(exported([n], {'y': n * 2 + 1}),
                   n=numpy.array([-3, 50], 'int8'))
        self.assertEqual('int8', got.dtype)
        assert_array_equal(got, [-5, 101])
