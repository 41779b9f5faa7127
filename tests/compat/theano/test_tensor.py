"""Tests of tensors: constructors, and functions that differ in PyTensor."""

from unittest import TestCase

import numpy
import theano
from numpy.testing import assert_allclose, assert_array_equal
from theano import tensor


def value(variable, **inputs):
    """Evaluate a variable of constants."""
    return variable.eval(inputs or None)


class TestConstructors(TestCase):
    """Tests of types by name, and of functions that make variables."""

    def test_named_types(self):
        for name, dtype, broadcastable in [
                ('lmatrix', 'int64', (False, False)),
                ('fvector', 'float32', (False,)),
                ('drow', 'float64', (True, False)),
                ('icol', 'int32', (False, True)),
                ('bscalar', 'int8', ()), ('ztensor4', 'complex128',
                                          (False,) * 4)]:
            variable = getattr(tensor, name)('v')
            self.assertEqual(
                (variable.name, variable.dtype, variable.broadcastable),
                ('v', dtype, broadcastable))
            self.assertIsInstance(variable, tensor.TensorVariable)
            self.assertEqual(variable.type, getattr(tensor, name))

    def test_constructors_take_name_and_data_type(self):
        with theano.config.change_flags(floatX='float32'):
            self.assertEqual(tensor.matrix('x').dtype, 'float32')
        variable = tensor.tensor3('x', 'int8')
        self.assertEqual((variable.dtype, variable.ndim), ('int8', 3))

    def test_plurals(self):
        x, y = tensor.dmatrices('x', 'y')
        self.assertEqual((x.name, y.name, x.ndim), ('x', 'y', 2))
        self.assertEqual(tensor.vectors('x').name, 'x')
        self.assertEqual(len(tensor.scalars(3)), 3)

    def test_tensor_takes_type_and_broadcasting(self):
        for variable in [
                tensor.tensor('int32', (False, True), 'x'),
                tensor.tensor('int32', (False, True), name='x'),
                tensor.tensor(dtype='int32', broadcastable=(False, True),
                              name='x'),
                tensor.TensorType('int32', (False, True))('x')]:
            self.assertEqual((variable.type, variable.name),
                             (tensor.icol, 'x'))

    def test_type_is_a_class_of_types(self):
        self.assertIsInstance(tensor.lmatrix, tensor.TensorType)
        self.assertNotIsInstance(theano.generic, tensor.TensorType)
        with theano.config.change_flags(floatX='float32'):
            self.assertEqual(tensor.TensorType('floatX', (False,)).dtype,
                             'float32')
        for arguments in [('float33', ()), ('int8',)]:
            with self.assertRaises(TypeError):
                tensor.TensorType(*arguments)

    def test_as_tensor_variable(self):
        x = tensor.dscalar('x')
        self.assertIs(tensor.as_tensor_variable(x), x)
        stacked = tensor.as_tensor_variable([x, 1, x])
        assert_array_equal(stacked.eval({x: 2.}), [2, 1, 2])
        self.assertEqual(tensor.as_tensor_variable(
            numpy.zeros(3), ndim=2).broadcastable, (True, False))
        with self.assertRaises(Exception):
            tensor.as_tensor_variable('text')


class TestBroadcasting(TestCase):
    """Tests of the static information on axes of length one."""

    def test_add_and_remove(self):
        x = tensor.dmatrix()
        row = tensor.addbroadcast(x, 0)
        self.assertEqual(row.broadcastable, (True, False))
        again = tensor.unbroadcast(row, 0)
        self.assertEqual(again.broadcastable, (False, False))
        assert_array_equal(again.eval({x: numpy.ones((1, 2))}), [[1, 1]])
        self.assertIs(tensor.unbroadcast(x, 0, 1), x)

    def test_wrong_length_is_detected(self):
        x = tensor.dmatrix()
        row = tensor.addbroadcast(x, 0) + 1
        with self.assertRaises((AssertionError, TypeError)):
            theano.function([x], row)(numpy.ones((2, 2)))

    def test_pattern(self):
        x = tensor.dcol()
        changed = tensor.patternbroadcast(x, (True, False))
        self.assertEqual(changed.broadcastable, (True, False))
        self.assertEqual(changed.eval({x: numpy.ones((1, 1))}).shape, (1, 1))

    def test_gradient_of_removal(self):
        x = tensor.drow()
        cost = (tensor.unbroadcast(x, 0) ** 2).sum()
        gradient = theano.grad(cost, x)
        self.assertEqual(gradient.broadcastable, (True, False))
        assert_array_equal(gradient.eval({x: numpy.ones((1, 2))}), [[2, 2]])

    def test_unknown_lengths_do_not_broadcast(self):
        x, y = tensor.dmatrices('x', 'y')
        function = theano.function([x, y], x + y)
        with self.assertRaises(ValueError):
            function(numpy.ones((1, 3)), numpy.ones((2, 3)))


class TestFunctions(TestCase):
    """Tests of functions with Theano's signatures."""

    def setUp(self):
        self.x = tensor.constant(numpy.arange(24.).reshape(2, 3, 4))

    def test_flatten(self):
        for variable, shape in [
                (tensor.flatten(self.x), (24,)),
                (tensor.flatten(self.x, 2), (2, 12)),
                (tensor.flatten(self.x, outdim=2), (2, 12)),
                (self.x.flatten(2), (2, 12))]:
            self.assertEqual(value(variable).shape, shape)
        with self.assertRaises(ValueError):
            tensor.flatten(self.x, ndim=2, outdim=2)

    def test_stack(self):
        a, b = tensor.constant([1, 2]), tensor.constant([3, 4])
        for variable, expected in [
                (tensor.stack([a, b]), [[1, 2], [3, 4]]),
                (tensor.stack(a, b), [[1, 2], [3, 4]]),
                (tensor.stack([a, b], axis=1), [[1, 3], [2, 4]]),
                (tensor.stack([a, b], 1), [[1, 3], [2, 4]]),
                (tensor.stack(tensors=(a, b), axis=-1), [[1, 3], [2, 4]])]:
            assert_array_equal(value(variable), expected)
        with self.assertRaises(ValueError):
            tensor.stack()
        with self.assertRaises(TypeError):
            tensor.stack([a, b], colour=1)

    def test_tile(self):
        x = tensor.constant([[1, 2]])
        for variable, expected in [
                (tensor.tile(x, (2, 1)), [[1, 2], [1, 2]]),
                (tensor.tile(x, 2), [[1, 2, 1, 2]]),
                (tensor.tile(x, (2,), ndim=3), [[[1, 2, 1, 2]]])]:
            assert_array_equal(value(variable), expected)

    def test_mean_and_other_reductions(self):
        data = self.x.data
        for variable, expected in [
                (tensor.mean(self.x, axis=(0, 2), op=True),
                 data.mean(axis=(0, 2))),
                (self.x.mean(axis=1, keepdims=True),
                 data.mean(axis=1, keepdims=True)),
                (tensor.std(self.x, axis=0), data.std(axis=0)),
                (tensor.max(self.x, axis=-1), data.max(axis=-1)),
                (tensor.argmax(self.x, axis=1), data.argmax(axis=1)),
                (self.x.norm(2), numpy.sqrt((data ** 2).sum())),
                (tensor.prod(self.x[1]), data[1].prod()),
                (tensor.ptp(self.x, axis=0), numpy.ptp(data, axis=0))]:
            assert_allclose(value(variable), expected)

    def test_max_and_argmax(self):
        largest, where = tensor.max_and_argmax(self.x, axis=2)
        assert_array_equal(value(largest), self.x.data.max(axis=2))
        assert_array_equal(value(where), self.x.data.argmax(axis=2))

    def test_keep_dimensions_afterwards(self):
        kept = tensor.basic.makeKeepDims(self.x, self.x.sum(axis=1), 1)
        self.assertEqual(kept.broadcastable[1], True)
        self.assertEqual(value(kept).shape, (2, 1, 4))

    def test_renamed_functions(self):
        x = tensor.constant([-2., 4.])
        assert_allclose(value(tensor.inv(x)), [-.5, .25])
        assert_allclose(value(tensor.abs_(x)), [2, 4])
        assert_allclose(value(tensor.sgn(x)), [-1, 1])

    def test_choose_and_take(self):
        choices = tensor.constant([[1, 2, 3], [4, 5, 6]])
        assert_array_equal(
            value(tensor.choose(tensor.constant([0, 1, 0]), choices)),
            [1, 5, 3])
        with self.assertRaises(TypeError):
            tensor.choose(choices, choices, out=choices)
        assert_array_equal(value(tensor.take(choices, [1], axis=0)),
                           [[4, 5, 6]])

    def test_slices_and_their_replacement(self):
        x = tensor.dvector()
        data = {x: numpy.zeros(4)}
        assert_array_equal(
            tensor.set_subtensor(x[1:3], 5.).eval(data), [0, 5, 5, 0])
        assert_array_equal(
            tensor.inc_subtensor(x[[0, 0, 1]], 1.).eval(data), [2, 1, 0, 0])
        gradient = theano.grad((x[::2] ** 2).sum() + x[[3, 3]].sum(), x)
        assert_array_equal(gradient.eval({x: numpy.ones(4)}), [2, 0, 2, 2])

    def test_constants(self):
        self.assertEqual(tensor.get_scalar_constant_value(
            tensor.constant(3) * 1), 3)
        x = tensor.lscalar()
        self.assertIs(tensor.extract_constant(x), x)
        with self.assertRaises(tensor.NotScalarConstantError):
            tensor.get_scalar_constant_value(x)

    def test_exact_arrays(self):
        with theano.config.change_flags(floatX='float32'):
            array = theano._asarray([1, 2], dtype='floatX')
        self.assertEqual(array.dtype, 'float32')

    def test_linear_algebra(self):
        matrix = numpy.array([[2., 1.], [1., 3.]])
        x = tensor.constant(matrix)
        for variable, expected in [
                (tensor.nlinalg.matrix_inverse(x), numpy.linalg.inv(matrix)),
                (tensor.nlinalg.det(x), 5.),
                (tensor.nlinalg.trace(x), 5.),
                (tensor.slinalg.cholesky(x), numpy.linalg.cholesky(matrix)),
                (tensor.slinalg.solve(x, x), numpy.eye(2)),
                (tensor.slinalg.solve_lower_triangular(x, x),
                 numpy.linalg.solve(numpy.tril(matrix), matrix)),
                (tensor.slinalg.solve_upper_triangular(x, x),
                 numpy.linalg.solve(numpy.triu(matrix), matrix)),
                (tensor.slinalg.kron(x, x), numpy.kron(matrix, matrix)),
                (tensor.dot(x, x[0]), matrix.dot(matrix[0])),
                (tensor.tensordot(x, x, axes=[[0], [0]]),
                 matrix.T.dot(matrix))]:
            assert_allclose(value(variable), expected, rtol=1e-6)


class TestGradients(TestCase):
    """Tests of ``theano.gradient``."""

    def setUp(self):
        self.x = tensor.dvector('x')
        self.data = {self.x: numpy.array([1., 2.])}

    def gradient(self, variable):
        """Differentiate the sum of a variable."""
        return theano.grad(variable.sum(), self.x,
                           disconnected_inputs='ignore').eval(self.data)

    def test_altered_gradients(self):
        for change, expected in [
                (theano.gradient.disconnected_grad, [1, 1]),
                (theano.gradient.zero_grad, [1, 1]),
                (theano.gradient.consider_constant, [1, 1]),
                (tensor.consider_constant, [1, 1]),
                (lambda x: theano.gradient.grad_clip(x, -1, 3), [3, 4]),
                (lambda x: theano.gradient.grad_scale(x, 3), [7, 13])]:
            gradient = self.gradient(self.x + change(self.x) ** 2)
            assert_allclose(gradient, expected)

    def test_products_with_jacobians(self):
        y = self.x ** 3
        v = tensor.constant([1., 10.])
        assert_allclose(theano.Rop(y, self.x, v).eval(self.data), [3, 120])
        assert_allclose(theano.Lop(y, self.x, v).eval(self.data), [3, 120])

    def test_jacobian_and_hessian(self):
        y = self.x ** 3
        assert_allclose(
            theano.gradient.jacobian(y, self.x).eval(self.data),
            [[3, 0], [0, 12]])
        assert_allclose(
            theano.gradient.hessian(y.sum(), self.x).eval(self.data),
            [[6, 0], [0, 12]])
        with self.assertRaisesRegex(ValueError, 'flatten'):
            theano.gradient.jacobian(tensor.dmatrix(), self.x)

    def test_structure_of_results(self):
        for form in list, tuple:
            self.assertIsInstance(
                theano.gradient.jacobian(2 * self.x, form([self.x])), form)
        format_as = theano.gradient.format_as
        self.assertEqual(
            [format_as(True, False, (1, 2)), format_as(False, True, [1]),
             format_as(False, False, [1])], [[1, 2], (1,), 1])
        for arguments in (True, True, [1]), (False, False, [1, 2]):
            with self.assertRaises(AssertionError):
                format_as(*arguments)

    def test_errors(self):
        for cost, error in [
                (tensor.dscalar(), theano.gradient.DisconnectedInputError),
                (self.x, TypeError)]:
            with self.assertRaises(error):
                theano.grad(cost, self.x)
        with self.assertRaises(theano.gradient.NullTypeGradError):
            theano.grad(theano.gradient.undefined_grad(self.x).sum(), self.x)

    def test_known_gradients(self):
        y = self.x ** 2
        gradient = theano.grad(None, self.x, known_grads={
            y: tensor.constant([1., 3.])})
        assert_allclose(gradient.eval(self.data), [2, 12])
