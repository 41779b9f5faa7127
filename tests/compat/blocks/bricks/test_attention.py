"""Tests of attention and of sequence generators that use it."""
import itertools
import unittest
from unittest import mock

import numpy
import theano
from blocks.bricks import GatedRecurrent, Linear, SimpleRecurrent, Tanh
from blocks.bricks.attention import (
    AttentionRecurrent,
    SequenceContentAttention,
)
from blocks.bricks.sequence_generators import (
    LookupFeedback,
    Readout,
    SequenceGenerator,
    SoftmaxEmitter,
    TrivialEmitter,
)
from blocks.filter import VariableFilter
from blocks.graph import ComputationGraph
from blocks.initialization import IsotropicGaussian
from blocks.roles import AUXILIARY, COST
from blocks.search import BeamSearch
from numpy.testing import assert_allclose, assert_array_equal
from theano import tensor
from theano.configparser import change_flags

GAUSSIAN = dict(weights_init=IsotropicGaussian(0.7),
                biases_init=IsotropicGaussian(0.7))
TIME, BATCH, FEATURES, DIM = 4, 3, 5, 2
MASK = numpy.array([[1, 1, 0], [1, 1, 0], [1, 0, 0], [0, 1, 0]], float)


class Float64(unittest.TestCase):

    def setUp(self):
        flags = change_flags(floatX='float64', mode='FAST_COMPILE')
        flags.__enter__()
        self.addCleanup(flags.__exit__, None, None, None)
        self.rng = numpy.random.RandomState(1)
        self.attended = tensor.tensor3('attended')
        self.mask = tensor.matrix('attended_mask')
        self.feed = {
            self.attended: self.rng.normal(size=(TIME, BATCH, FEATURES)),
            self.mask: MASK}

    def evaluate(self, outputs):
        graph = ComputationGraph(outputs)
        return theano.function(graph.inputs, outputs, updates=graph.updates)(
            *(self.feed[variable] for variable in graph.inputs))


class TestContentAttention(Float64):

    def setUp(self):
        super().setUp()
        self.attention = SequenceContentAttention(
            state_names=['states'], state_dims=[DIM], match_dim=3,
            attended_dim=FEATURES, **GAUSSIAN)
        self.attention.initialize()
        self.states = tensor.matrix('states')
        self.feed[self.states] = self.rng.normal(size=(BATCH, DIM))

    def expected(self, mask):
        """Return weights, ``(batch, time)``, and averages."""
        attention, attended = self.attention, self.feed[self.attended]
        state, = attention.state_transformers.children
        preprocess = attention.attended_transformer
        match = (attended @ preprocess.W.get_value()
                 + preprocess.b.get_value()
                 + self.feed[self.states] @ state.W.get_value())
        energies = numpy.tanh(match) @ (
            attention.energy_computer.children[1].W.get_value())
        weights = numpy.exp(energies[..., 0]) * mask
        total = weights.sum(axis=0)
        weights = weights / numpy.where(total, total, 1)
        return (numpy.einsum('tb,tbf->bf', weights, attended), weights.T)

    def test_values(self):
        for mask, value in ((self.mask, MASK), (None, numpy.ones((TIME,
                                                                  BATCH)))):
            glimpses = self.attention.take_glimpses(
                self.attended, attended_mask=mask, states=self.states)
            for actual, expected in zip(self.evaluate(glimpses),
                                        self.expected(value)):
                assert_allclose(actual, expected)
        preprocessed = self.attention.preprocess(self.attended)
        glimpses = self.attention.take_glimpses(
            self.attended, preprocessed, self.mask, states=self.states)
        assert_allclose(self.evaluate(glimpses)[0], self.expected(MASK)[0])

    def test_high_energies(self):
        weights = self.attention.compute_weights(
            tensor.constant([[2000.], [1000.]]), None)
        assert_array_equal(weights.eval(), [[1], [0]])

    def weights_and_gradient(self, masked, dtype):
        """Return a function for weights and the gradient of a projection."""
        e, m, p = (tensor.matrix(name, dtype=dtype) for name in 'emp')
        weights = self.attention.compute_weights(e, m if masked else None)
        compiled = theano.function(
            [e, m, p], [weights, tensor.grad((weights * p).sum(), e)],
            on_unused_input='ignore', mode='FAST_COMPILE')

        def function(energies, mask):
            projection = numpy.arange(1, 1 + numpy.size(energies))
            with numpy.errstate(all='raise', under='ignore'):
                return compiled(*(numpy.array(value, dtype) for value in (
                    energies, mask,
                    projection.reshape(numpy.shape(energies)))))
        return function

    def softmax(self, energies, mask):
        """Compute the weights of the valid steps and that gradient by hand."""
        energies, mask = numpy.array(energies, float), numpy.array(mask)
        weights, gradient = numpy.zeros((2, *energies.shape))
        projection = numpy.arange(1, 1 + energies.size).reshape(
            energies.shape)
        for column in range(energies.shape[1]):
            rows = [row for row in range(len(energies))
                    if mask[row, column]
                    and energies[row, column] > -numpy.inf]
            if rows:
                e, p = energies[rows, column], projection[rows, column]
                w = mask[rows, column] * numpy.exp(e - e.max())
                w = w / w.sum()
                weights[rows, column] = w
                gradient[rows, column] = w * (p - w @ p)
        return weights, gradient

    def test_energies_of_the_padding(self):
        inf = numpy.inf
        functions = {(masked, dtype): self.weights_and_gradient(masked, dtype)
                     for masked in (False, True)
                     for dtype in ('float64', 'float32')}
        for label, energies, mask in [
                ('moderate', [[1, 2], [3, 0], [0, 1]], [[1, 1], [1, 0],
                                                        [0, 1]]),
                ('no mask', [[1, 2], [3, 0], [0, 1]], None),
                ('high padding', [[-3, 2], [-2.5, 0], [3000, 900]],
                 [[1, 1], [1, 1], [0, 0]]),
                ('nothing but padding', [[1, 2], [3, 0], [0, 1]],
                 [[0, 1], [0, 1], [0, 1]]),
                ('high everywhere', [[1e4, -1e4], [1e4 + 1, -1e4 - 1]],
                 [[1, 1], [1, 1]]),
                ('minus infinity', [[-inf, 2], [1, -inf], [0, 1]],
                 [[1, 1], [1, 1], [1, 1]]),
                ('nothing but minus infinity',
                 [[-inf, -inf], [-inf, -inf], [1, -inf]],
                 [[1, 1], [1, 0], [0, 1]]),
                ('fractions', [[1, 2], [3, 0], [0, 1]],
                 [[.5, 1], [1, .25], [.1, 0]]),
                ('infinity in the padding', [[1, 2], [inf, 0], [0, -inf]],
                 [[1, 1], [0, 1], [1, 0]]),
                ('NaN in the padding', [[1, 2], [numpy.nan, 0]],
                 [[1, 1], [0, 1]])]:
            shown = (numpy.ones(numpy.shape(energies)) if mask is None
                     else mask)
            for dtype, rtol in ('float64', 1e-9), ('float32', 2e-4):
                with self.subTest(label, dtype=dtype):
                    actual = functions[mask is not None, dtype](energies,
                                                                shown)
                    for got, expected in zip(actual,
                                             self.softmax(energies, shown)):
                        assert_allclose(got, expected, rtol=rtol, atol=1e-6)

    def test_gradients_of_parameters_under_a_mask(self):
        self.feed[self.mask] = MASK * [0, 1, 1]
        self.feed[self.attended] = self.feed[self.attended].copy()
        self.feed[self.attended][MASK == 0] = 1e6
        glimpses = self.attention.take_glimpses(
            self.attended, attended_mask=self.mask, states=self.states)
        parameters = ComputationGraph(glimpses).parameters
        gradients = self.evaluate(tensor.grad(
            sum((glimpse ** 2).sum() for glimpse in glimpses), parameters))
        for parameter, gradient in zip(parameters, gradients):
            with self.subTest(parameter.name):
                self.assertTrue(numpy.isfinite(gradient).all())

    def test_names(self):
        self.assertEqual(
            self.attention.take_glimpses.inputs,
            ['attended', 'preprocessed_attended', 'attended_mask', 'states'])
        self.assertEqual(self.attention.get_dims(
            ['attended', 'attended_mask', 'weighted_averages', 'weights']),
            [FEATURES, 0, FEATURES, 0])
        with self.assertRaisesRegex(TypeError, 'state_names is missing'):
            SequenceContentAttention(match_dim=3)


class TestAttentionRecurrent(Float64):

    def build(self):
        transition = SimpleRecurrent(DIM, Tanh())
        attention = SequenceContentAttention(
            state_names=['states'], attended_dim=FEATURES, match_dim=3)
        brick = AttentionRecurrent(transition, attention, seed=1, **GAUSSIAN)
        brick.initialize()
        return brick

    def test_sequence_equals_single_steps(self):
        brick = self.build()
        inputs, mask = tensor.tensor3('inputs'), tensor.matrix('mask')
        self.feed[inputs] = self.rng.normal(size=(3, BATCH, DIM))
        self.feed[mask] = MASK[:3]
        contexts = dict(attended=self.attended, attended_mask=self.mask)
        whole = brick.apply(inputs=inputs, mask=mask, **contexts)
        states = brick.initial_states(BATCH, as_dict=True, **contexts)
        steps = []
        for time in range(3):
            glimpses = brick.take_glimpses(as_dict=True, **states, **contexts)
            new = brick.compute_states(
                inputs=inputs[time], mask=mask[time], as_dict=True,
                states=states['states'], **glimpses, **contexts)
            states = {**new, **glimpses}
            steps.append([states[name] for name in brick.apply.outputs])
        for actual, expected in zip(self.evaluate(whole), zip(
                *(self.evaluate(step) for step in steps))):
            assert_allclose(actual, expected)

    def test_names(self):
        brick = self.build()
        self.assertEqual(brick.apply.sequences, ['inputs', 'mask'])
        self.assertEqual(brick.apply.contexts, ['attended', 'attended_mask'])
        self.assertEqual(brick.apply.states,
                         ['states', 'weighted_averages', 'weights'])
        self.assertEqual(brick.get_dims([
            'states', 'weighted_averages', 'attended', 'attended_mask',
            'preprocessed_attended']), [DIM, FEATURES, FEATURES, 0, FEATURES])

    def test_missing_attended(self):
        with self.assertRaisesRegex(ValueError, "'attended' is missing"):
            self.build().apply(inputs=tensor.tensor3())


class GeneratorCase(Float64):

    symbols = 4

    def build(self, attention=True):
        transition = GatedRecurrent(DIM)
        sources = ['states', 'feedback']
        if attention:
            sources.append('weighted_averages')
            attention = SequenceContentAttention(
                state_names=transition.apply.states, match_dim=3,
                attended_dim=FEATURES)
        generator = SequenceGenerator(
            Readout(readout_dim=self.symbols, source_names=sources,
                    emitter=SoftmaxEmitter(initial_output=1, theano_seed=3),
                    feedback_brick=LookupFeedback(self.symbols, 3)),
            transition, attention or None, seed=3, **GAUSSIAN)
        generator.initialize()
        return generator

    def contexts(self):
        return dict(attended=self.attended, attended_mask=self.mask)


class TestGenerator(GeneratorCase):

    def test_cost_of_a_generated_sequence(self):
        for attention, contexts in ((True, self.contexts()), (False, {})):
            generator = self.build(attention)
            results = generator.generate(n_steps=6, batch_size=BATCH,
                                         as_dict=True, **contexts)
            outputs, costs = self.evaluate([results['outputs'],
                                            results['costs']])
            self.assertEqual(outputs.shape, (6, BATCH))
            self.assertEqual(outputs.dtype, 'int64')
            y = tensor.lmatrix('y')
            self.feed[y] = outputs
            assert_allclose(
                self.evaluate([generator.cost_matrix(y, **contexts)])[0],
                costs)

    def test_cost(self):
        generator = self.build()
        y, mask = tensor.lmatrix('y'), tensor.matrix('mask')
        self.feed[y] = self.rng.randint(self.symbols, size=(TIME, BATCH))
        self.feed[mask] = MASK
        cost = generator.cost(y, mask, **self.contexts())
        costs = generator.cost_matrix(y, **self.contexts())
        # The role belongs to the variable that the output copies.
        self.assertEqual(VariableFilter(roles=[COST])(
            ComputationGraph(cost).variables), cost.owner.inputs)
        auxiliary = {variable.tag.name: variable for variable
                     in VariableFilter(roles=[AUXILIARY])(
                         ComputationGraph(cost).variables)
                     if hasattr(variable.tag, 'name')}
        value, matrix, per_element, states, final = self.evaluate(
            [cost, costs, auxiliary['per_sequence_element'],
             auxiliary['states'], auxiliary['states_final_value']])
        self.assertEqual(states.shape, (TIME, BATCH, DIM))
        self.assertEqual(final.shape, (BATCH, DIM))
        assert_allclose(per_element, value * BATCH / MASK.sum())
        full = generator.cost(y, **self.contexts())
        assert_allclose(self.evaluate([full])[0],
                        matrix.sum(axis=0).mean())

    def test_infinite_cost_in_the_padding(self):
        generator = self.build()
        y, mask = tensor.lmatrix('y'), tensor.matrix('mask')
        self.feed[y] = self.rng.randint(self.symbols, size=(TIME, BATCH))
        self.feed[mask] = MASK
        readout = generator.readout
        with mock.patch.object(
                type(readout), 'cost', lambda brick, readouts, outputs:
                tensor.switch(tensor.eq(mask, 0), numpy.inf, 2.)):
            costs = generator.cost_matrix(y, mask=mask, **self.contexts())
        assert_array_equal(self.evaluate([costs])[0], 2 * MASK)

    def test_probabilities_sum_to_one(self):
        generator, y = self.build(), tensor.lmatrix('y')
        costs = generator.cost_matrix(y, **self.contexts()).sum(axis=0)
        function = theano.function([y, self.attended, self.mask], costs)
        total = sum(
            numpy.exp(-function(numpy.tile(word, (BATCH, 1)).T,
                                self.feed[self.attended], MASK))
            for word in itertools.product(range(self.symbols), repeat=3))
        assert_allclose(total, numpy.ones(BATCH))

    def test_continuous_outputs(self):
        generator = SequenceGenerator(
            Readout(readout_dim=2, source_names=['states'],
                    emitter=TrivialEmitter(2)),
            SimpleRecurrent(DIM, Tanh()), seed=5, **GAUSSIAN)
        generator.initialize()
        states, outputs, costs = self.evaluate(
            generator.generate(n_steps=3, batch_size=BATCH))
        assert_array_equal(costs, numpy.zeros((3, BATCH, 2)))
        merge = generator.readout.merge.children[0].W.get_value()
        bias = generator.readout.post_merge.parameters[0].get_value()
        assert_allclose(outputs[1:], states[:-1] @ merge + bias)

    def test_dimensions(self):
        generator = self.build()
        for name, dim in (('states', DIM), ('attended', FEATURES),
                          ('attended_mask', 0), ('weights', 0),
                          ('weighted_averages', FEATURES), ('outputs', 0)):
            with self.subTest(name):
                self.assertEqual(generator.get_dim(name), dim)
        with self.assertRaisesRegex(ValueError, "known for 'feedback'"):
            generator.get_dim('feedback')

    def test_merged_dimension(self):
        generator = SequenceGenerator(
            Readout(readout_dim=2, source_names=['states'], merged_dim=6,
                    post_merge=Linear()),
            SimpleRecurrent(DIM, Tanh()), **GAUSSIAN)
        generator.allocate()
        readout = generator.readout
        self.assertEqual([brick.W.get_value().shape for brick in
                          (readout.merge.children[0], readout.post_merge)],
                         [(DIM, 6), (6, 2)])

    def test_mistakes(self):
        with self.assertRaisesRegex(TypeError, 'source_names is missing'):
            Readout(readout_dim=2)
        with self.assertRaisesRegex(ValueError, 'not both'):
            Readout(readout_dim=2, source_names=['states'],
                    merge=Tanh(), merge_prototype=Tanh())
        feedback = LookupFeedback(3, 2, name='looked')
        feedback.output_dim = 2
        with self.assertRaisesRegex(ValueError, 'looked.*2 elements'):
            feedback.feedback(tensor.lvector())


class TestBeamSearch(GeneratorCase):

    def search(self):
        generator = self.build()
        samples = generator.generate(
            n_steps=5, batch_size=self.attended.shape[1], as_dict=True,
            **self.contexts())['outputs']
        return generator, BeamSearch(samples)

    def inputs(self, beam, sequence):
        """What one sequence gives to each hypothesis of a beam."""
        attended = numpy.repeat(
            self.feed[self.attended][:, sequence:sequence + 1], beam, axis=1)
        mask = numpy.repeat(MASK[:, sequence:sequence + 1], beam, axis=1)
        return {self.attended: attended, self.mask: mask}

    def test_finds_the_best_sequence(self):
        """A beam as wide as all prefixes finds the same as enumeration."""
        length, end = 3, 0
        beam = self.symbols ** 2
        y = tensor.lmatrix('y')
        generator, search = self.search()
        search.compile()
        costs = theano.function(
            [y, self.attended, self.mask],
            generator.cost_matrix(y, **self.contexts()).sum(axis=0))
        for sequence in range(2):
            inputs = self.inputs(beam, sequence)
            words = {}
            for word in itertools.product(range(self.symbols),
                                          repeat=length):
                if end in word:
                    word = word[:word.index(end) + 1]
                words[word] = None
            for word in words:
                words[word] = costs(
                    numpy.array(word)[:, None],
                    inputs[self.attended][:, :1], inputs[self.mask][:, :1])[0]
            best = sorted(words, key=words.get)
            # The search begins with all first symbols.
            with self.assertRaisesRegex(ValueError, 'smaller beam'):
                search.search(inputs, end, length)
            small = {key: value[:, :self.symbols]
                     for key, value in inputs.items()}
            found, found_costs = search.search(small, end, length)
            self.assertEqual(tuple(found[0]), best[0])
            self.assertEqual(len({*map(tuple, found)}), self.symbols)
            for word, cost in zip(found, found_costs):
                assert_allclose(cost, words[tuple(word)])

    def test_arrays_and_first_end(self):
        _, search = self.search()
        inputs = self.inputs(3, 0)
        outputs, masks, costs = search.search(inputs, 0, 4, as_arrays=True)
        lists, totals = search.search(inputs, 0, 4)
        self.assertEqual(outputs.shape, masks.shape)
        for batch, (word, total) in enumerate(zip(lists, totals)):
            length = int(masks[:, batch].sum())
            assert_array_equal(outputs[:length, batch], word)
            assert_allclose(costs[:, batch].sum(), total)
            assert_allclose(costs[length:, batch], 0)
        outputs, masks, _ = search.search(inputs, 0, 4, as_arrays=True,
                                          ignore_first_eol=True)
        assert_array_equal(masks[1], [1, 1, 1])

    def test_smallest(self):
        matrix = numpy.array([[3., 6., 4.], [1., 2., 7.]])
        (rows, columns), values = BeamSearch._smallest(matrix, 3)
        assert_array_equal([rows, columns], [[1, 1, 0], [0, 1, 0]])
        assert_array_equal(values, [1, 2, 3])
        (rows, columns), _ = BeamSearch._smallest(matrix, 3, True)
        assert_array_equal([rows, columns], [[0, 0, 0], [0, 2, 1]])

    def test_wrong_outputs_and_generators(self):
        states = self.build().generate(
            n_steps=2, batch_size=1, as_dict=True,
            **self.contexts())['outputs']
        BeamSearch(states)
        brick = SimpleRecurrent(DIM, Tanh())
        with self.assertRaisesRegex(ValueError, 'generate'):
            BeamSearch(brick.apply(tensor.tensor3()))
