"""Tests of the recurrent bricks against loops over single sequences."""
import unittest

import numpy
import theano
from blocks.bricks import (
    LSTM,
    Bidirectional,
    GatedRecurrent,
    RecurrentStack,
    SimpleRecurrent,
    Tanh,
)
from blocks.filter import VariableFilter
from blocks.graph import ComputationGraph
from blocks.initialization import Constant, IsotropicGaussian
from blocks.model import Model
from blocks.roles import INITIAL_STATE
from numpy.testing import assert_allclose
from theano import tensor

from tests.equations import (
    blocks_gru_step,
    blocks_lstm_step,
    initial_states_of,
    iterated_padded,
    simple_step,
)
from tests.rnn_kernels.plain import plain

KINDS = {
    'simple': (lambda dim: SimpleRecurrent(dim, Tanh()), simple_step),
    'lstm': (LSTM, blocks_lstm_step),
    'gated': (GatedRecurrent, blocks_gru_step),
}
# padding, a hole, an empty sequence, a full one
MASK = numpy.array([[1, 1, 0, 1],
                    [1, 0, 0, 1],
                    [1, 1, 0, 1],
                    [0, 1, 0, 1],
                    [0, 0, 0, 1]], dtype='float64')


class Float64(unittest.TestCase):

    def setUp(self):
        self.float_x = theano.config.floatX
        theano.config.floatX = 'float64'
        self.rng = numpy.random.RandomState(5)

    def tearDown(self):
        theano.config.floatX = self.float_x

    def randomize(self, brick):
        """Draw all parameters, including initial states, and return them."""
        brick.weights_init = IsotropicGaussian(0.7)
        brick.biases_init = IsotropicGaussian(0.7)
        brick.initialize()
        values = {}
        for parameter in brick.parameters:
            values[parameter.name] = self.rng.normal(
                size=parameter.get_value().shape)
            parameter.set_value(values[parameter.name])
        return values

    def inputs_for(self, brick, steps, batch):
        """Draw values for the sequences, except the mask."""
        return {name: self.rng.normal(size=(steps, batch,
                                            brick.get_dim(name)))
                for name in brick.apply.sequences if name != 'mask'}

    @staticmethod
    def loop(step, values, inputs, mask, reverse=False):
        """Run a step over each sequence of a batch."""
        joined = numpy.concatenate([inputs[name] for name in (
            'inputs', 'gate_inputs') if name in inputs], axis=2)
        return iterated_padded(
            step, values, joined, mask,
            initial_states_of(values, mask.shape[1]), reverse)

    @staticmethod
    def evaluate(outputs, feed):
        """Evaluate variables, with values by name."""
        graph = ComputationGraph(outputs)
        function = theano.function(graph.inputs, outputs,
                                   mode='FAST_COMPILE')
        with plain():
            return function(*(feed[variable.name]
                              for variable in graph.inputs))

    @staticmethod
    def symbols(inputs):
        return {name: tensor.TensorType('float64', (False,) * value.ndim)(
            name) for name, value in inputs.items()}


class TestAgainstLoops(Float64):

    def check(self, kind, mask, dim, reverse=False):
        make, step = KINDS[kind]
        brick = make(dim)
        values = self.randomize(brick)
        inputs = self.inputs_for(brick, *mask.shape)
        expected = self.loop(step, values, inputs, mask, reverse)
        feed = {**inputs, 'mask': mask}
        outputs = brick.apply(as_list=True, reverse=reverse,
                              **self.symbols(feed))
        for actual, wanted in zip(self.evaluate(outputs, feed), expected,
                                  strict=True):
            assert_allclose(actual[::-1] if reverse else actual, wanted,
                            rtol=1e-9)

    def test_masks_and_directions(self):
        for kind in KINDS:
            for reverse in (False, True):
                with self.subTest(kind, reverse=reverse):
                    self.check(kind, MASK, 3, reverse)

    def test_smallest_sizes(self):
        for kind in KINDS:
            for steps, batch, dim in ((1, 1, 1), (4, 1, 3), (4, 2, 1)):
                with self.subTest(kind, steps=steps, batch=batch, dim=dim):
                    self.check(kind, numpy.ones((steps, batch)), dim)

    def test_without_a_mask(self):
        for kind, (make, step) in KINDS.items():
            with self.subTest(kind):
                brick = make(2)
                values = self.randomize(brick)
                inputs = self.inputs_for(brick, 3, 2)
                expected = self.loop(step, values, inputs,
                                     numpy.ones((3, 2)))
                outputs = brick.apply(as_list=True, **self.symbols(inputs))
                assert_allclose(self.evaluate(outputs, inputs), expected,
                                rtol=1e-9)

    def test_padding_has_no_influence(self):
        for kind, (make, _) in KINDS.items():
            with self.subTest(kind):
                brick = make(3)
                self.randomize(brick)
                inputs = self.inputs_for(brick, *MASK.shape)
                symbols = self.symbols({**inputs, 'mask': MASK})
                states = brick.apply(as_list=True, **symbols)[0]
                cost = (states[-1] ** 2).sum()
                parameters = ComputationGraph(cost).parameters
                outputs = [states, *tensor.grad(cost, parameters)]
                clean = self.evaluate(outputs, {**inputs, 'mask': MASK})
                for value in inputs.values():
                    value[MASK == 0] = 1e3
                dirty = self.evaluate(outputs, {**inputs, 'mask': MASK})
                for one, other in zip(clean, dirty):
                    assert_allclose(one, other, rtol=1e-12)
                self.assertTrue(all(numpy.abs(gradient).max() > 0
                                    for gradient in clean[1:]))

    @plain()
    def test_gradients(self):
        for kind, (make, _) in KINDS.items():
            brick = make(2)
            values = self.randomize(brick)
            inputs = self.inputs_for(brick, *MASK.shape)
            feed = {**inputs, 'mask': MASK}
            outputs = brick.apply(as_list=True, **self.symbols(feed))
            weights = [self.rng.normal(size=(*MASK.shape, 2))
                       for _ in outputs]
            cost = sum((weight * output).sum()
                       for weight, output in zip(weights, outputs))
            graph = ComputationGraph(cost)
            parameters = list(brick.parameters)
            function = theano.function(
                graph.inputs, [cost, *tensor.grad(cost, parameters)],
                mode='FAST_COMPILE')
            arguments = [feed[variable.name] for variable in graph.inputs]
            gradients = function(*arguments)[1:]
            for parameter, gradient in zip(parameters, gradients):
                with self.subTest(kind, parameter=parameter.name):
                    value = values[parameter.name]
                    direction = self.rng.normal(size=value.shape)
                    ends = []
                    for sign in (1, -1):
                        parameter.set_value(value + sign * 1e-5 * direction)
                        ends.append(function(*arguments)[0])
                    parameter.set_value(value)
                    assert_allclose((gradient * direction).sum(),
                                    (ends[0] - ends[1]) / 2e-5, rtol=1e-6)


class TestBidirectional(Float64):

    def test_values(self):
        for kind, (make, step) in KINDS.items():
            with self.subTest(kind):
                brick = Bidirectional(make(3))
                self.randomize(brick)
                values = [self.randomize(child) for child in brick.children]
                inputs = self.inputs_for(brick, *MASK.shape)
                expected = [
                    numpy.concatenate(both, axis=2) for both in zip(*(
                        self.loop(step, value, inputs, MASK, reverse)
                        for value, reverse in zip(values, (False, True))))]
                feed = {**inputs, 'mask': MASK}
                outputs = brick.apply(as_list=True, **self.symbols(feed))
                assert_allclose(self.evaluate(outputs, feed), expected,
                                rtol=1e-9)

    def test_names_and_dimensions(self):
        brick = Bidirectional(LSTM(3))
        self.assertEqual(brick.apply.sequences, ['inputs', 'mask'])
        self.assertEqual(brick.get_dim('states'), 6)
        self.assertEqual(brick.get_dim('inputs'), 12)
        brick.apply(tensor.tensor3())
        self.assertEqual(sorted(child.name for child in brick.children),
                         ['backward', 'forward'])


class TestRecurrentStack(Float64):

    def build(self, **kwargs):
        stack = RecurrentStack([LSTM(3), GatedRecurrent(2), LSTM(1)],
                               weights_init=IsotropicGaussian(0.5),
                               biases_init=IsotropicGaussian(0.5), seed=4,
                               **kwargs)
        stack.initialize()
        values = [self.randomize(layer) for layer in stack.transitions]
        return stack, values

    def expected(self, stack, values, inputs, reverse):
        """Compute the outputs of all layers, aligned with the inputs."""
        results, below = [], None
        steps = [blocks_lstm_step, blocks_gru_step, blocks_lstm_step]
        for level, (step, value) in enumerate(zip(steps, values)):
            layer = {}
            for name in stack.normal_inputs(level):
                layer[name] = inputs.get(stack.suffix(name, level), 0)
                if level:
                    transform = stack.forks[level - 1].children[
                        stack.normal_inputs(level).index(name)]
                    layer[name] = (layer[name] + below
                                   @ transform.W.get_value())
                    if transform.use_bias:
                        layer[name] = layer[name] + transform.b.get_value()
            outputs = self.loop(step, value, layer, MASK, reverse)
            below = outputs[0]
            results.extend(outputs)
        return results

    def test_values(self):
        for skip_connections in (False, True):
            stack, values = self.build(skip_connections=skip_connections)
            inputs = self.inputs_for(stack, *MASK.shape)
            feed = {**inputs, 'mask': MASK}
            for reverse in (False, True):
                expected = self.expected(stack, values, inputs, reverse)
                for low_memory in (False, True):
                    with self.subTest(skip_connections=skip_connections,
                                      reverse=reverse,
                                      low_memory=low_memory):
                        outputs = stack.apply(
                            as_list=True, reverse=reverse,
                            low_memory=low_memory, **self.symbols(feed))
                        for actual, wanted in zip(
                                self.evaluate(outputs, feed), expected,
                                strict=True):
                            assert_allclose(
                                actual[::-1] if reverse else actual, wanted,
                                rtol=1e-9)

    def test_names(self):
        stack, _ = self.build(skip_connections=True)
        self.assertEqual(stack.apply.sequences, [
            'inputs', 'inputs#1', 'gate_inputs#1', 'inputs#2', 'mask'])
        self.assertEqual(stack.apply.outputs, [
            'states', 'cells', 'states#1', 'states#2', 'cells#2'])
        self.assertEqual(stack.initial_states.outputs, stack.apply.states)
        self.assertEqual(stack.get_dims(['inputs', 'gate_inputs#1',
                                         'cells#2', 'mask']), [12, 4, 1, 0])
        self.assertEqual([layer.name for layer in stack.transitions],
                         ['lstm#0', 'gatedrecurrent#1', 'lstm#2'])
        with self.assertRaisesRegex(ValueError, "states#7"):
            stack.get_dim('states#7')

    def test_initial_states_of_layers(self):
        stack, _ = self.build()
        inputs = self.inputs_for(stack, 2, 3)
        initial = numpy.full((3, 2), 0.25)
        symbols = self.symbols({**inputs, 'states#1': initial})
        for low_memory in (False, True):
            states = stack.apply(
                symbols['inputs'], None, as_dict=True, low_memory=low_memory,
                return_initial_states=True, **{'states#1': symbols[
                    'states#1']})
            value, = self.evaluate([states['states#1']],
                                   {**inputs, 'states#1': initial})
            self.assertEqual(value.shape, (3, 3, 2))
            assert_allclose(value[0], initial)

    def test_too_many_arguments(self):
        stack, _ = self.build()
        x = tensor.tensor3()
        with self.assertRaisesRegex(TypeError, 'recurrentstack.*at most 2'):
            stack.apply(x, None, x)

    def test_within_bidirectional(self):
        brick = Bidirectional(
            RecurrentStack([SimpleRecurrent(2, Tanh()),
                            SimpleRecurrent(3, Tanh())]),
            weights_init=IsotropicGaussian(0.5), biases_init=Constant(0.2))
        brick.initialize()
        inputs = self.inputs_for(brick, 4, 2)
        outputs = brick.apply(as_list=True, **self.symbols(inputs))
        values = self.evaluate(outputs, inputs)
        self.assertEqual([value.shape for value in values],
                         [(4, 2, 4), (4, 2, 6)])
        # At the last step, the backward half has seen the last input only.
        changed = {'inputs': inputs['inputs'].copy()}
        changed['inputs'][:-1] += 1
        for one, other, dim in zip(values, self.evaluate(outputs, changed),
                                   (2, 3)):
            assert_allclose(one[-1, :, dim:], other[-1, :, dim:])
            self.assertGreater(abs(one[-1] - other[-1])[:, :dim].min(), 0)


class TestParameters(Float64):

    def test_names_and_roles(self):
        for kind, names in (
                ('simple', ['W', 'initial_state']),
                ('lstm', ['W_state', 'W_cell_to_in', 'W_cell_to_forget',
                          'W_cell_to_out', 'initial_state',
                          'initial_cells']),
                ('gated', ['state_to_state', 'state_to_gates',
                           'initial_state'])):
            brick = KINDS[kind][0](2)
            brick.allocate()
            self.assertEqual([parameter.name
                              for parameter in brick.parameters], names)
            initial = VariableFilter(roles=[INITIAL_STATE])(brick.parameters)
            self.assertEqual([parameter.name for parameter in initial],
                             [name for name in names if 'initial' in name])

    def test_names_in_a_model(self):
        stack = RecurrentStack([SimpleRecurrent(2, Tanh()),
                                SimpleRecurrent(2, Tanh())], name='rnn')
        model = Model(stack.apply(tensor.tensor3()))
        self.assertEqual(sorted(model.get_parameter_dict()), [
            '/rnn/fork_1/fork_inputs.W', '/rnn/fork_1/fork_inputs.b',
            '/rnn/simplerecurrent#0.W', '/rnn/simplerecurrent#0.initial_state',
            '/rnn/simplerecurrent#1.W',
            '/rnn/simplerecurrent#1.initial_state'])
