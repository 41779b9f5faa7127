"""Tests of user-defined Ops that have only ``perform``."""

import pickle
import warnings
from unittest import TestCase

import numpy
import theano
from numpy.testing import assert_allclose
from theano import tensor
from theano.compile.debugmode import DebugMode
from theano.configparser import change_flags
from theano.gradient import DisconnectedType

#: C and Numba compile for a minute from empty caches, so
#: benchmarks/theano_modes.py tests every mode; Numba's hook is tested on a
#: small graph below.
MODES = ['FAST_COMPILE', 'FAST_RUN', DebugMode(check_c_code=False),
         'NanGuardMode']


class ProductAndDouble(theano.Op):
    """Multiply a product by a factor, and double the first operand."""

    __props__ = ('factor',)

    def __init__(self, factor):
        self.factor = factor

    def make_node(self, x, w):
        x, w = map(tensor.as_tensor_variable, (x, w))
        return theano.Apply(self, [x, w],
                            [tensor.matrix(dtype=x.dtype), x.type()])

    def perform(self, node, inputs, output_storage):
        x, w = inputs
        output_storage[0][0] = self.factor * x.dot(w)
        output_storage[1][0] = 2 * x

    def infer_shape(self, node, input_shapes):
        (rows, inner), (_, columns) = input_shapes
        return [(rows, columns), (rows, inner)]

    def L_op(self, inputs, outputs, output_grads):
        x, w = inputs
        dx, dw = tensor.zeros_like(x), tensor.zeros_like(w)
        if not isinstance(output_grads[0].type, DisconnectedType):
            dx += self.factor * tensor.dot(output_grads[0], w.T)
            dw += self.factor * tensor.dot(x.T, output_grads[0])
        if not isinstance(output_grads[1].type, DisconnectedType):
            dx += 2 * output_grads[1]
        return [dx, dw]

    def R_op(self, inputs, eval_points):
        x, w = inputs
        dx, dw = eval_points
        terms = ([tensor.dot(dx, w)] if dx is not None else []) + (
            [tensor.dot(x, dw)] if dw is not None else [])
        return [self.factor * sum(terms), None if dx is None else 2 * dx]


class FirstPart(theano.gof.Op):
    """Return a view of a vector's first half, connected to one input only."""

    __props__ = ()
    view_map = {0: [0]}

    def make_node(self, x, ignored):
        return theano.Apply(self, [x, ignored], [x.type()])

    def perform(self, node, inputs, output_storage):
        output_storage[0][0] = inputs[0][:len(inputs[0]) // 2]

    def connection_pattern(self, node):
        return [[True], [False]]

    def grad(self, inputs, output_grads):
        zeros = tensor.zeros_like(inputs[0])
        half = inputs[0].shape[0] // 2
        return [tensor.set_subtensor(zeros[:half], output_grads[0]),
                DisconnectedType()()]


class AddOneInplace(theano.Op):
    """Add one to a vector in place."""

    __props__ = ()
    destroy_map = {0: [0]}

    def make_node(self, x):
        return theano.Apply(self, [x], [x.type()])

    def perform(self, node, inputs, output_storage):
        inputs[0] += 1
        output_storage[0][0] = inputs[0]


def expected(x, w):
    """Return the values and gradients of ``graph``."""
    product = 3 * x.dot(w)
    dproduct = 2 * product
    return [product, 3 * dproduct.dot(w.T) + 2, 3 * x.T.dot(dproduct)]


def graph():
    """Return an input, a shared variable and results."""
    x = tensor.dmatrix('x')
    w = theano.shared(numpy.random.RandomState(1).randn(3, 4), name='w')
    product, double = ProductAndDouble(3)(x, w)
    cost = (product ** 2).sum() + double.sum()
    return x, w, [product] + theano.grad(cost, [x, w])


class TestModes(TestCase):
    """An Op computes the same in every mode, without a warning."""

    def setUp(self):
        self.x = numpy.random.RandomState(2).randn(5, 3)
        # Modes that look for errors compile each Op if they can.
        python_only = change_flags(cxx='')
        python_only.__enter__()
        self.addCleanup(python_only.__exit__, None, None, None)

    def test_values_and_gradients(self):
        for mode in MODES:
            with self.subTest(mode=mode), warnings.catch_warnings():
                warnings.simplefilter('error')
                x, w, results = graph()
                values = theano.function([x], results, mode=mode)(self.x)
                for value, wanted in zip(
                        values, expected(self.x, w.get_value())):
                    assert_allclose(value, wanted)

    def test_inside_scan_with_gradient(self):
        for mode in MODES:
            with self.subTest(mode=mode), warnings.catch_warnings():
                warnings.simplefilter('error')
                x, w, _ = graph()
                sums, updates = theano.scan(
                    lambda row, total: ProductAndDouble(2)(
                        row.dimshuffle('x', 0), w)[0][0] + total,
                    sequences=[x], outputs_info=[tensor.zeros(4)])
                function = theano.function(
                    [x], [sums[-1], theano.grad(sums[-1].sum(), w)],
                    updates=updates, mode=mode)
                total, gradient = function(self.x)
                assert_allclose(
                    total, 2 * self.x.sum(axis=0).dot(w.get_value()))
                assert_allclose(gradient, numpy.outer(
                    2 * self.x.sum(axis=0), numpy.ones(4)))

    def test_numba_calls_python_without_warning(self):
        x, w = tensor.dmatrix(), tensor.dmatrix()
        with warnings.catch_warnings():
            warnings.simplefilter('error')
            function = theano.function([x, w], ProductAndDouble(3)(x, w),
                                       mode='NUMBA')
            product, double = function(self.x, self.x.T)
        assert_allclose(product, 3 * self.x.dot(self.x.T))
        assert_allclose(double, 2 * self.x)

    def test_compiled_function_pickles(self):
        x, _, results = graph()
        function = theano.function([x], results)
        again = pickle.loads(pickle.dumps(function))
        for before, after in zip(function(self.x), again(self.x)):
            assert_allclose(before, after)


class TestMethods(TestCase):
    """Each method is called with Theano's arguments."""

    def test_r_op(self):
        x, w, _ = graph()
        direction = tensor.dmatrix()
        node = ProductAndDouble(3)(x, w)[0].owner
        moved = node.op.pushforward(
            node.inputs, node.outputs,
            [direction, theano.gradient.disconnected_type()])
        values = [numpy.ones((2, 3)), numpy.ones((2, 3))]
        function = theano.function([x, direction], moved,
                                   on_unused_input='ignore')
        assert_allclose(function(*values)[0],
                        3 * values[1].dot(w.get_value()))
        assert_allclose(function(*values)[1], 2 * values[1])

    def test_jacobian_times_vector(self):
        x, w, _ = graph()
        product = ProductAndDouble(3)(x, w)[0]
        direction = numpy.random.RandomState(4).randn(3, 4)
        derivative = theano.Rop(product, w, tensor.constant(direction))
        assert_allclose(theano.function([x], derivative)(numpy.eye(3)),
                        3 * direction)

    def test_infer_shape_without_function_graph(self):
        x, w, _ = graph()
        shape = ProductAndDouble(3)(x, w)[0].shape
        function = theano.function([x], shape, mode='FAST_RUN')
        self.assertEqual(list(function(numpy.zeros((5, 3)))), [5, 4])
        self.assertFalse(any(isinstance(node.op, ProductAndDouble)
                             for node in function.maker.fgraph.apply_nodes))

    def test_gradient_is_verified(self):
        rng = numpy.random.RandomState(3)
        theano.gradient.verify_grad(
            lambda x, w: ProductAndDouble(3)(x, w)[0],
            [rng.randn(2, 3), rng.randn(3, 2)], rng=rng)

    def test_wrong_gradient_is_detected(self):
        class Wrong(ProductAndDouble):
            def L_op(self, inputs, outputs, output_grads):
                return [tensor.zeros_like(x) for x in inputs]

        with self.assertRaises(theano.gradient.GradientError):
            theano.gradient.verify_grad(
                lambda x, w: Wrong(3)(x, w)[0],
                [numpy.ones((2, 3)), numpy.ones((3, 2))])

    def test_view_and_connection_pattern(self):
        x, ignored = tensor.dvector(), tensor.dvector()
        half = FirstPart()(x, ignored)
        gradient = theano.grad(half.sum(), x)
        values = theano.function([x, ignored], gradient)(
            numpy.arange(5.), numpy.zeros(1))
        assert_allclose(values, [1, 1, 0, 0, 0])
        with self.assertRaises(theano.gradient.DisconnectedInputError):
            theano.grad(half.sum(), ignored)

    def test_destroyed_inputs_are_read_first(self):
        x = tensor.dvector()
        middle = tensor.exp(x)
        for mode in MODES[:2]:
            function = theano.function(
                [x], [AddOneInplace()(middle), tensor.sqrt(middle)],
                accept_inplace=True, mode=mode)
            destroyed, kept = function(numpy.zeros(2))
            assert_allclose(destroyed, [2, 2])
            assert_allclose(kept, [1, 1])

    def test_missing_gradient(self):
        class NoGradient(theano.Op):
            __props__ = ()

            def make_node(self, x):
                return theano.Apply(self, [x], [x.type()])

        x = tensor.dscalar()
        with self.assertRaises(NotImplementedError):
            theano.grad(NoGradient()(x), x)

    def test_missing_r_op_names_the_class(self):
        with self.assertRaisesRegex(NotImplementedError, 'AddOneInplace'):
            AddOneInplace().R_op([], [])

    def test_equal_properties_make_equal_ops(self):
        self.assertEqual(ProductAndDouble(3), ProductAndDouble(3))
        self.assertNotEqual(ProductAndDouble(3), ProductAndDouble(4))
        self.assertEqual(str(ProductAndDouble(3)),
                         'ProductAndDouble{factor=3}')

    def test_backend_ops_are_ops(self):
        self.assertIsInstance(tensor.exp, theano.Op)
        self.assertIsInstance(ProductAndDouble(1), theano.gof.Op)
        self.assertTrue(issubclass(tensor.Elemwise, theano.Op))
        self.assertNotIsInstance(tensor.exp, ProductAndDouble)
        self.assertNotIsInstance('exp', theano.Op)


class TestAsOp(TestCase):
    """Python functions become Ops."""

    def test_as_op(self):
        @theano.as_op(itypes=[tensor.dmatrix], otypes=[tensor.dvector])
        def diagonal(x):
            return numpy.diag(x).copy()

        x = tensor.dmatrix()
        function = theano.function([x], diagonal(x) + 1)
        assert_allclose(function(numpy.eye(2)), [2, 2])
