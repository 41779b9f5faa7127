"""Tests of the bricks inside Blocks' own compositions."""
from unittest import TestCase

import numpy
import theano
from blocks.bricks import Linear, Tanh
from blocks.bricks.attention import SequenceContentAttention
from blocks.bricks.parallel import Fork
from blocks.bricks.recurrent import Bidirectional, RecurrentStack
from blocks.bricks.sequence_generators import (
    LookupFeedback,
    Readout,
    SequenceGenerator,
    SoftmaxEmitter,
)
from blocks.filter import VariableFilter
from blocks.graph import ComputationGraph, apply_dropout
from blocks.initialization import Constant, IsotropicGaussian, Orthogonal
from blocks.model import Model
from blocks.roles import INITIAL_STATE, INPUT
from blocks.select import Selector
from numpy.testing import assert_allclose, assert_array_equal
from theano import tensor
from theano.configparser import change_flags

from blocks_rnn_bricks import LSTM, BidirectionalStack, PeepholeLSTM
from tests.bricks.cell_tests import values_of
from tests.equations import iterated_padded, lstm_step, random_mask

SCHEMES = {'weights_init': IsotropicGaussian(0.5),
           'biases_init': Constant(0.1), 'seed': 1}


class TestInBlocks(TestCase):
    def setUp(self):
        self.flags = change_flags(floatX='float64')
        self.flags.__enter__()
        self.rng = numpy.random.RandomState(1)

    def tearDown(self):
        self.flags.__exit__(None, None, None)

    def test_bidirectional(self):
        brick = Bidirectional(LSTM(dim=3), **SCHEMES)
        brick.initialize()
        x, mask = tensor.tensor3('x'), tensor.matrix('mask')
        f = theano.function([x, mask], brick.apply(x, mask=mask))
        x_value = self.rng.normal(size=(5, 4, 12))
        mask_value = random_mask(self.rng, 5, 4, 'lengths')
        states, cells = f(x_value, mask_value)
        zeros = [numpy.zeros((4, 3))] * 2
        for start, child, reverse in [(0, 'forward', False),
                                      (3, 'backward', True)]:
            transition, = Selector(brick).select(
                '/bidirectional/' + child).bricks
            expected = iterated_padded(
                lstm_step, values_of(transition), x_value, mask_value, zeros,
                reverse)
            for value, truth in zip((states, cells), expected):
                assert_allclose(value[:, :, start:start + 3], truth,
                                rtol=1e-10, atol=1e-12)

    def test_recurrent_stack(self):
        for skip_connections in (False, True):
            results = []
            for fused in (True, False):
                stack = RecurrentStack(
                    [LSTM(dim=3, fused=fused),
                     PeepholeLSTM(dim=2, fused=fused,
                                  peephole_init=Constant(0.3))],
                    skip_connections=skip_connections, **SCHEMES)
                stack.initialize()
                names = [name for name in stack.apply.sequences
                         if name != 'mask']
                inputs = [tensor.tensor3(name) for name in names]
                mask = tensor.matrix('mask')
                outputs = stack.apply(mask=mask, as_list=True,
                                      **dict(zip(names, inputs)))
                f = theano.function(inputs + [mask], outputs,
                                    mode=None if fused else 'FAST_COMPILE')
                rng = numpy.random.RandomState(2)
                results.append(f(*(
                    [rng.normal(size=(5, 4, stack.get_dim(name)))
                     for name in names] + [random_mask(rng, 5, 4, 'holes')])))
            self.assertEqual(stack.apply.states,
                             ['states', 'cells', 'states#1', 'cells#1'])
            for fused, scanned in zip(*results):
                assert_allclose(fused, scanned, rtol=1e-10)

    def test_fork_dropout_and_filters(self):
        fork = Fork(['inputs'], input_dim=2, output_dims=[12],
                    prototype=Linear(), **SCHEMES)
        lstm = LSTM(dim=3, **SCHEMES)
        for brick in (fork, lstm):
            brick.initialize()
        x = tensor.tensor3('x')
        states, _ = lstm.apply(inputs=fork.apply(x))
        cg = ComputationGraph([states.sum()])
        inputs = VariableFilter(applications=[lstm.apply], roles=[INPUT],
                                name='inputs')(cg.variables)
        self.assertEqual(len(inputs), 1)
        dropped = apply_dropout(cg, inputs, 0.5, seed=3)
        x_value = self.rng.normal(size=(5, 4, 2))
        plain, noisy = [graph.get_theano_function()(x_value)[0]
                        for graph in (cg, dropped)]
        self.assertGreater(abs(plain - noisy), 1e-3)
        self.assertEqual(set(dropped.parameters), set(cg.parameters))
        self.assertEqual(
            len(VariableFilter(roles=[INITIAL_STATE])(cg.parameters)), 2)

    def test_model_and_selector(self):
        stack = BidirectionalStack([LSTM(dim=3)], input_dim=2, **SCHEMES)
        model = Model(stack.apply(tensor.tensor3('x')).sum())
        self.assertEqual(model.get_top_bricks(), [stack])
        model_parameters = model.get_parameter_dict()
        self.assertEqual(
            set(model_parameters), set(Selector(stack).get_parameters()))
        self.assertIn('/bidirectionalstack/forward_0/lstm.W_state',
                      model_parameters)
        values = model.get_parameter_values()
        changed = {name: value + 1 for name, value in values.items()}
        model.set_parameter_values(changed)
        for name, value in model.get_parameter_values().items():
            assert_array_equal(value, changed[name])

    def generator(self, transition, **kwargs):
        readout = Readout(
            readout_dim=4, source_names=kwargs.pop('source_names'),
            emitter=SoftmaxEmitter(theano_seed=2),
            feedback_brick=LookupFeedback(4, 3))
        generator = SequenceGenerator(
            readout=readout, transition=transition, **dict(SCHEMES, **kwargs))
        generator.initialize()
        return generator

    def test_sequence_generator(self):
        costs = []
        y_value = self.rng.randint(0, 4, size=(6, 5))
        mask_value = random_mask(self.rng, 6, 5, 'lengths')
        for fused in (True, False):
            generator = self.generator(LSTM(dim=3, fused=fused),
                                       source_names=['states'])
            y, mask = tensor.lmatrix('y'), tensor.matrix('mask')
            cost = generator.cost_matrix(y, mask)
            parameters = ComputationGraph([cost.sum()]).parameters
            f = theano.function([y, mask], [cost] + theano.grad(
                cost.sum(), parameters))
            costs.append(f(y_value, mask_value))
        for fused, scanned in zip(*costs):
            assert_allclose(fused, scanned, rtol=1e-9, atol=1e-12)
        outputs = generator.generate(n_steps=7, batch_size=3, iterate=True,
                                     as_dict=True)
        updates = ComputationGraph(outputs['outputs']).updates
        sample = theano.function([], outputs['outputs'], updates=updates)()
        self.assertEqual(sample.shape, (7, 3))
        self.assertTrue(((0 <= sample) & (sample < 4)).all())

    def test_attention(self):
        for transition in (LSTM(dim=3), PeepholeLSTM(dim=3)):
            attention = SequenceContentAttention(
                state_names=transition.apply.states, attended_dim=2,
                match_dim=4, name='attention')
            generator = self.generator(
                transition, attention=attention,
                source_names=['states', attention.take_glimpses.outputs[0]])
            y, mask = tensor.lmatrix('y'), tensor.matrix('mask')
            attended = tensor.tensor3('attended')
            attended_mask = tensor.matrix('attended_mask')
            cost = generator.cost_matrix(
                y, mask, attended=attended,
                attended_mask=attended_mask).sum()
            parameters = ComputationGraph([cost]).parameters
            self.assertIn(transition.W_state, parameters)
            f = theano.function(
                [y, mask, attended, attended_mask],
                [cost, theano.grad(cost, transition.W_state)])
            value, gradient = f(
                self.rng.randint(0, 4, size=(4, 3)), numpy.ones((4, 3)),
                self.rng.normal(size=(5, 3, 2)), numpy.ones((5, 3)))
            self.assertGreater(value, 0)
            self.assertGreater(abs(gradient).max(), 1e-6)


class TestBeamSearch(TestCase):
    def test_is_at_least_as_good_as_greedy_decoding(self):
        from blocks.search import BeamSearch
        readout = Readout(
            readout_dim=4, source_names=['states'],
            emitter=SoftmaxEmitter(initial_output=0, theano_seed=1),
            feedback_brick=LookupFeedback(4, 3))
        generator = SequenceGenerator(
            readout=readout, transition=LSTM(dim=5),
            weights_init=Orthogonal(), biases_init=Constant(0), seed=2)
        generator.initialize()
        batch = tensor.iscalar('batch')
        samples, = VariableFilter(
            applications=[generator.generate], name='outputs')(
                ComputationGraph(generator.generate(
                    n_steps=6, batch_size=batch, iterate=True)).variables)
        search = BeamSearch(samples)
        search.compile()

        def best(beam_size):
            # Each row of the beam is one sequence; its number is fed back.
            outputs, costs = search.search(
                {batch: beam_size}, eol_symbol=3, max_length=6)
            return outputs, numpy.asarray(costs)

        _, narrow = best(1)
        _, wide = best(3)
        self.assertLessEqual(wide.min(), narrow.min() + 1e-5)


class TestActivationBricks(TestCase):
    def test_given_activations_are_children(self):
        activation, gates = Tanh(name='squash'), Tanh(name='gates')
        lstm = LSTM(dim=3, activation=activation, gate_activation=gates)
        self.assertEqual(list(lstm.children), [activation, gates])
