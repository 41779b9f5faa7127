"""Tests of computation graphs: contents, replacement, transforms."""
import unittest
import warnings

import numpy
import theano
from blocks.bricks import MLP, Linear, SimpleRecurrent, Tanh
from blocks.filter import VariableFilter
from blocks.graph import (
    Annotation,
    ComputationGraph,
    add_annotation,
    apply_dropout,
    apply_noise,
    collect_parameters,
)
from blocks.initialization import IsotropicGaussian
from blocks.roles import (
    AUXILIARY,
    COLLECTED,
    COST,
    DROPOUT,
    PARAMETER,
    add_role,
    has_roles,
)
from blocks.utils import shared_floatx
from numpy.testing import assert_allclose, assert_array_equal
from theano import tensor
from theano.sandbox.rng_mrg import MRG_RandomStreams

from rnn_kernels import disabled


class Float64(unittest.TestCase):

    def setUp(self):
        self.float_x = theano.config.floatX
        theano.config.floatX = 'float64'

    def tearDown(self):
        theano.config.floatX = self.float_x


class TestComputationGraph(Float64):

    def test_kinds_of_variables(self):
        x, y = tensor.vectors('x', 'y')
        w = theano.shared(numpy.ones(3), name='w')
        add_role(w, PARAMETER)
        shift = theano.shared(numpy.ones(3), name='shift')
        z = x * w
        output = z + shift + y + 1
        graph = ComputationGraph(output)
        self.assertEqual(graph.outputs, [output])
        self.assertEqual(set(graph.inputs), {x, y})
        self.assertEqual(graph.dict_of_inputs(), {'x': x, 'y': y})
        self.assertEqual(set(graph.shared_variables), {w, shift})
        self.assertEqual(graph.parameters, [w])
        self.assertIn(z, graph.intermediary_variables)
        self.assertNotIn(output, graph.intermediary_variables)
        self.assertEqual(len(set(graph.variables)), len(graph.variables))
        self.assertEqual(list(graph), graph.variables)
        order = graph.variables
        self.assertLess(order.index(x), order.index(z))
        self.assertLess(order.index(z), order.index(output))

    def test_outputs_within_the_graph(self):
        x = tensor.scalar('x')
        y = x + 1
        z = y * 2
        self.assertEqual(len(ComputationGraph([z, y]).variables),
                         len(ComputationGraph(z).variables))
        w = shared_floatx(1.)
        self.assertEqual(ComputationGraph(w).variables, [w])
        self.assertEqual(ComputationGraph(w).scans, [])
        self.assertEqual(set(ComputationGraph([w, z]).shared_variables), {w})

    def test_has_inputs(self):
        x = tensor.scalar('x')
        w = shared_floatx(1.)
        y, z = x + w, w * 2
        graph = ComputationGraph([y, z])
        for variable, expected in ((x, True), (y, True), (w, False),
                                   (z, False)):
            self.assertEqual(graph.has_inputs(variable), expected)

    def test_loops(self):
        x = tensor.tensor3('x')
        bricks = [SimpleRecurrent(2, Tanh(), name=name) for name in 'ab']
        in_kernels = ComputationGraph([brick.apply(x) for brick in bricks])
        with disabled():
            graph = ComputationGraph([brick.apply(x) for brick in bricks])
        self.assertEqual(len(graph.scans), 2)
        self.assertEqual(in_kernels.scans, [])
        for either in graph, in_kernels:
            names = {variable.name for variable in either.scan_variables}
            self.assertLessEqual({'a_apply_states', 'b_apply_states'}, names)

    def test_annotations(self):
        x, w = tensor.vector('x'), shared_floatx(numpy.zeros(2))
        extra, count = x.sum(), shared_floatx(0.)
        annotation = Annotation()
        annotation.add_auxiliary_variable(extra, [COST], name='extra')
        annotation.updates[count] = count + 1
        add_annotation(x, annotation)
        graph = ComputationGraph((x * w).sum())
        self.assertEqual(graph.auxiliary_variables, [extra])
        self.assertEqual((extra.name, extra.tag.name), ('extra', 'extra'))
        self.assertTrue(has_roles(extra, [AUXILIARY, COST], match_all=True))
        self.assertEqual(list(graph.updates), [count])
        function = graph.get_theano_function({w: w + 2})
        function([1., 2.])
        self.assertEqual(float(function([1., 2.])[0]), 6)
        self.assertEqual(count.get_value(), 2)
        with self.assertRaisesRegex(ValueError, 'x already belongs'):
            add_annotation(x, Annotation())
        with self.assertRaisesRegex(ValueError, 'only once'):
            graph.get_theano_function([(count, count + 5)])

    def test_snapshot(self):
        x = tensor.matrix('x')
        linear = Linear(2, 3, weights_init=IsotropicGaussian(),
                        biases_init=IsotropicGaussian())
        linear.initialize()
        graph = ComputationGraph(linear.apply(x))
        data = numpy.ones((4, 2))
        values = {variable.name: value for variable, value
                  in graph.get_snapshot({'x': data}).items()}
        self.assertEqual(set(values), {
            'linear_apply_input_', 'linear_apply_output', 'W_norm', 'b_norm'})
        assert_array_equal(values['linear_apply_input_'], data)
        assert_allclose(values['b_norm'],
                        numpy.linalg.norm(linear.b.get_value()))
        with self.assertRaisesRegex(KeyError, "'x'.*'y'"):
            graph.get_snapshot({'y': data})


class TestReplace(Float64):

    def test_several_in_turn(self):
        x = tensor.scalar('x')
        y = x + 2
        z = y + 3
        graph = ComputationGraph([z + 5, y])
        new = graph.replace({z: y * 3, y: x * 2})
        self.assertEqual([float(output.eval({x: 3.}))
                          for output in new.outputs], [23, 6])
        self.assertEqual(float(graph.outputs[0].eval({x: 3.})), 13)

    def test_variable_by_an_expression_of_itself(self):
        x = tensor.scalar('x')
        y = x + 1
        new = ComputationGraph([y, x * 3]).replace([(y, 2 * y),
                                                    (x, x / 2)])
        self.assertEqual([float(output.eval({x: 4.}))
                          for output in new.outputs], [6, 6])

    def test_names_and_roles_are_kept(self):
        x = tensor.matrix('x')
        mlp = MLP([Tanh(), Tanh()], [2, 3, 4])
        graph = ComputationGraph(mlp.apply(x))
        new = graph.replace({x: x * 2})
        self.assertEqual(
            [variable.name for variable in VariableFilter(
                bricks=[Tanh])(new.variables)],
            [variable.name for variable in VariableFilter(
                bricks=[Tanh])(graph.variables)])
        self.assertEqual(graph.parameters, new.parameters)

    def test_warnings(self):
        x, stranger = tensor.scalars('x', 'stranger')
        y = x + 1
        add_role(y, AUXILIARY)
        graph = ComputationGraph(y * 2)
        for key, message in ((y, 'auxiliary'), (stranger, 'not a part')):
            with self.assertWarnsRegex(UserWarning, message):
                graph.replace({key: x})
        with warnings.catch_warnings():
            warnings.simplefilter('error')
            graph.replace({x: x + 1})


class TestTransforms(Float64):

    def setUp(self):
        super().setUp()
        self.x = tensor.vector('x')
        self.data = numpy.arange(1., 6.)

    def test_noise(self):
        noisy = apply_noise(ComputationGraph(2 * self.x), [self.x], 0.3, 4)
        noise = MRG_RandomStreams(4).normal((5,), std=0.3)
        assert_allclose(noisy.outputs[0].eval({self.x: self.data}),
                        2 * (self.data + noise.eval()))

    def test_dropout(self):
        for arguments, stream, divisor in (
                ({'seed': 3}, MRG_RandomStreams(3), 0.6),
                ({'seed': 3, 'custom_divisor': 1}, MRG_RandomStreams(3), 1),
                ({'rng': MRG_RandomStreams(8)}, MRG_RandomStreams(8), 0.6)):
            graph = apply_dropout(ComputationGraph(2 * self.x), [self.x],
                                  0.4, **arguments)
            kept = stream.binomial((5,), p=0.6).eval()
            assert_allclose(graph.outputs[0].eval({self.x: self.data}),
                            2 * self.data * kept / divisor)
            dropped, = VariableFilter(roles=[DROPOUT])(graph.variables)
            self.assertIs(dropped.tag.replacement_of, self.x)

    def test_dropout_is_drawn_anew(self):
        graph = apply_dropout(ComputationGraph(self.x), [self.x], 0.5,
                              seed=2)
        function = graph.get_theano_function()
        ones = numpy.ones(200)
        first, second = function(ones)[0], function(ones)[0]
        self.assertEqual(set(first) | set(second), {0, 2})
        self.assertTrue((first != second).any())

    def test_probability_out_of_range(self):
        for probability in (-0.1, 1, 1.5):
            with self.assertRaisesRegex(ValueError, f'{probability}'):
                apply_dropout(ComputationGraph(self.x), [self.x],
                              probability)

    def test_collected_parameters(self):
        x = tensor.matrix('x')
        mlp = MLP([Tanh(), Tanh()], [4, 3, 2], seed=1,
                  weights_init=IsotropicGaussian(),
                  biases_init=IsotropicGaussian())
        mlp.initialize()
        graph = ComputationGraph(mlp.apply(x))
        new = collect_parameters(graph, graph.parameters)
        collector, = new.shared_variables
        self.assertEqual(collector.name, 'collected_parameters')
        assert_array_equal(collector.get_value(), numpy.concatenate(
            [parameter.get_value().ravel() for parameter
             in graph.parameters]))
        data = numpy.random.RandomState(1).normal(size=(5, 4))
        assert_allclose(new.outputs[0].eval({x: data}),
                        graph.outputs[0].eval({x: data}))
        for piece in VariableFilter(roles=[COLLECTED])(new.variables):
            assert_array_equal(piece.eval(),
                               piece.tag.replacement_of.get_value())
        gradient = tensor.grad(new.outputs[0].sum(), collector)
        self.assertEqual(gradient.eval({x: data}).shape, (23,))
