"""Tests of loops and conditionals."""

import pickle
import warnings
from unittest import TestCase

import numpy
import theano
from numpy.testing import assert_allclose, assert_array_equal
from theano import tensor
from theano.ifelse import IfElse, ifelse
from theano.scan_module.scan_op import Scan

MODES = ['FAST_COMPILE', 'FAST_RUN']
ZERO = tensor.constant(numpy.zeros(()))


class TestScan(TestCase):
    """Tests of arguments and results of ``theano.scan``."""

    def setUp(self):
        self.x = tensor.dvector('x')
        self.data = numpy.array([1., 2., 4., 8.])

    def run_scan(self, *args, **kwargs):
        """Return the values of a loop's outputs on the data."""
        outputs, updates = theano.scan(*args, **kwargs)
        self.assertIsInstance(updates, theano.OrderedUpdates)
        return theano.function([self.x], outputs, updates=updates,
                               on_unused_input='ignore')(self.data)

    def test_cumulative_sum_in_every_mode(self):
        for mode in MODES:
            with theano.config.change_flags(mode=mode):
                assert_allclose(
                    self.run_scan(lambda x, total: x + total,
                                  sequences=self.x,
                                  outputs_info=ZERO),
                    self.data.cumsum())

    def test_steps_are_compiled_like_the_function(self):
        outputs, _ = theano.scan(lambda x, h: tensor.exp(x) + h,
                                 sequences=[self.x], outputs_info=[ZERO])
        for mode in MODES:
            function = theano.function([self.x], outputs, mode=mode)
            scan, = [node.op for node in function.maker.fgraph.apply_nodes
                     if isinstance(node.op, Scan)]
            inner = scan.fn.maker
            self.assertFalse(inner.linker.c_thunks)
            self.assertEqual(inner.mode.provided_optimizer,
                             function.maker.mode.provided_optimizer)

    def test_backwards(self):
        assert_allclose(
            self.run_scan(lambda x, total: x + total, sequences=[self.x],
                          outputs_info=[ZERO],
                          go_backwards=True),
            self.data[::-1].cumsum())

    def test_taps_of_sequences_and_outputs(self):
        assert_allclose(
            self.run_scan(lambda before, now: now - before,
                          sequences={'input': self.x, 'taps': [-1, 0]}),
            numpy.diff(self.data))
        start = tensor.as_tensor_variable(numpy.array([0, 1]))
        assert_array_equal(
            self.run_scan(lambda a, b: a + b, n_steps=5,
                          outputs_info={'initial': start, 'taps': [-2, -1]}),
            [1, 2, 3, 5, 8])

    def test_outputs_without_recurrence(self):
        total, square = self.run_scan(
            lambda x, total: [x + total, x ** 2], sequences=[self.x],
            outputs_info=[ZERO, None])
        assert_allclose(total, self.data.cumsum())
        assert_allclose(square, self.data ** 2)

    def test_until(self):
        assert_allclose(
            self.run_scan(lambda x: (x, theano.scan_module.until(x > 3)),
                          sequences=[self.x]),
            [1, 2, 4])

    def test_list_is_returned_on_request(self):
        outputs, _ = theano.scan(lambda x: x, sequences=[self.x],
                                 return_list=True)
        self.assertEqual(len(outputs), 1)

    def test_updates_of_shared_variables(self):
        count = theano.shared(0)
        _, updates = theano.scan(lambda: {count: count + 1}, n_steps=4)
        theano.function([], [], updates=updates)()
        self.assertEqual(count.get_value(), 4)

    def test_one_step(self):
        # PyTensor unrolls it and knows the length of the outputs.
        outputs, _ = theano.scan(lambda x, h: [h + x, 2 * x],
                                 sequences=[self.x], n_steps=1,
                                 outputs_info=[ZERO, None])
        for output, expected in zip(outputs, [1., 2.]):
            self.assertEqual(output.broadcastable, (False,))
            assert_allclose(output.eval({self.x: self.data}), [expected])

    def test_steps_in_a_mode_by_name(self):
        outputs, _ = theano.scan(lambda x: x ** 2, sequences=[self.x],
                                 mode='FAST_RUN')
        function = theano.function([self.x], outputs, mode='FAST_COMPILE')
        scan, = [node.op for node in function.maker.fgraph.apply_nodes
                 if isinstance(node.op, Scan)]
        self.assertFalse(scan.fn.maker.linker.c_thunks)
        assert_allclose(function(self.data), self.data ** 2)

    def test_bare_non_sequence_with_strict(self):
        scale = tensor.dscalar('scale')
        outputs, _ = theano.scan(lambda x, scale: x * scale,
                                 sequences=[self.x], non_sequences=scale,
                                 strict=True)
        assert_allclose(outputs.eval({self.x: self.data, scale: 2.}),
                        2 * self.data)

    def test_strict_refuses_undeclared_variables(self):
        scale = theano.shared(2.)
        with self.assertRaises(Exception):
            theano.scan(lambda x: x * scale, sequences=[self.x], strict=True)

    def test_zeros_of_constant_shape_as_first_value(self):
        matrix = tensor.dmatrix()
        for rows, zeros in [
                (2, tensor.zeros((2, 3))), (2, tensor.alloc(ZERO, 2, 3)),
                (1, tensor.unbroadcast(tensor.zeros((1, 3)), 0))]:
            outputs, _ = theano.scan(lambda h, m: h + m, n_steps=2,
                                     outputs_info=[zeros],
                                     non_sequences=[matrix])
            values = outputs.eval({matrix: numpy.ones((rows, 3))})
            self.assertEqual(values.sum(), 9. * rows)

    def test_gradient_and_its_truncation(self):
        weight = theano.shared(.5)

        def gradient(steps):
            h, _ = theano.scan(lambda x, h, w: w * h + x, sequences=[self.x],
                               outputs_info=[ZERO],
                               non_sequences=[weight],
                               truncate_gradient=steps)
            return theano.function([self.x], theano.grad(h[-1], weight))(
                self.data)

        # h_4 = w^3 x_1 + w^2 x_2 + w x_3 + x_4
        assert_allclose(gradient(-1), 3 * .25 * 1 + 2 * .5 * 2 + 4)
        assert_allclose(gradient(1), 4 + .5 * 2 + .25 * 1)

    def test_op_shows_its_graph_and_pickles(self):
        outputs, _ = theano.scan(lambda x, h: x + h, sequences=[self.x],
                                 outputs_info=[ZERO],
                                 name='loop')
        node = outputs.owner.inputs[0].owner
        self.assertIsInstance(node.op, Scan)
        self.assertEqual((len(node.op.inputs), len(node.op.outputs)), (2, 1))
        x, again = pickle.loads(pickle.dumps([self.x, outputs]))
        assert_allclose(again.eval({x: self.data}), self.data.cumsum())

    def test_no_warnings(self):
        with warnings.catch_warnings():
            warnings.simplefilter('error')
            self.run_scan(lambda x, h: x + h, sequences=[self.x],
                          outputs_info=[ZERO])


class TestViews(TestCase):
    """Tests of simpler loops."""

    def setUp(self):
        self.x = tensor.dvector()
        self.data = {self.x: numpy.array([1., 2., 3.])}

    def test_map(self):
        outputs, _ = theano.map(lambda x: x ** 2, self.x)
        assert_allclose(outputs.eval(self.data), [1, 4, 9])

    def test_reduce_and_folds(self):
        def step(x, h):
            return x + 2 * h

        zero = ZERO
        for fold, expected in [(theano.reduce, 11.), (theano.foldl, 11.),
                               (theano.foldr, 17.)]:
            outputs, _ = fold(step, self.x, zero)
            self.assertEqual(outputs.eval(self.data), expected)


class Bomb(theano.Op):
    """Raises an error when it is computed."""

    __props__ = ()

    def make_node(self, x):
        return theano.Apply(self, [x], [x.type()])

    def perform(self, node, inputs, output_storage):
        raise RuntimeError('computed')


class TestIfElse(TestCase):
    """Conditionals compute only one branch."""

    def test_lazy_in_every_mode(self):
        condition, x = tensor.bscalar(), tensor.dvector()
        for mode in [*MODES, 'NUMBA', 'NanGuardMode']:
            with self.subTest(mode=mode):
                function = theano.function(
                    [condition, x], ifelse(condition, 2 * x, Bomb()(x)),
                    mode=mode)
                assert_allclose(function(1, numpy.ones(2)), [2, 2])
                with self.assertRaisesRegex(RuntimeError, 'computed'):
                    function(0, numpy.ones(2))

    def test_several_results(self):
        condition, x = tensor.bscalar(), tensor.dscalar()
        results = ifelse(condition, [x, x + 1], [-x, x - 1])
        self.assertIsInstance(results[0].owner.op, IfElse)
        function = theano.function([condition, x], results)
        self.assertEqual((function(1, 3.), function(0, 3.)),
                         ([3., 4.], [-3., 2.]))
