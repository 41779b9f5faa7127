"""Tests that exported bricks compute what the Theano function computes."""
import numpy
import theano
from blocks.bricks import (
    MLP,
    BatchNormalization,
    BatchNormalizedMLP,
    Identity,
    LeakyRectifier,
    Linear,
    LinearMaxout,
    Logistic,
    Maxout,
    NDimensionalSoftmax,
    Rectifier,
    Softmax,
    Softplus,
    Tanh,
)
from blocks.bricks.attention import SequenceContentAttention
from blocks.bricks.lookup import LookupTable
from blocks.bricks.parallel import Fork, Merge
from blocks.bricks.sequence_generators import (
    LookupFeedback,
    Readout,
    SequenceGenerator,
    SoftmaxEmitter,
)
from numpy.testing import assert_allclose, assert_array_equal
from theano import tensor

from blocks_rnn_bricks import (
    CTC,
    LSTM,
    BidirectionalStack,
    GatedRecurrent,
    SequenceCategoricalCrossEntropy,
    SimpleRNN,
    UnidirectionalStack,
    best_path,
    mean_over_time,
    zero_padding,
)
from blocks_rnn_bricks.export import to_onnx
from tests.equations import random_mask
from tests.export.models import (
    CLOSE,
    SinglePrecision,
    at_random,
    exported,
    operators,
    run,
    variables,
)


class TestFeedforward(SinglePrecision):

    def check(self, inputs, outputs, **arrays):
        """Compare with the Theano function on the test's arrays."""
        model = exported(inputs, outputs)
        function = theano.function(inputs, list(outputs.values()),
                                   mode='FAST_COMPILE')
        expected = function(*[
            numpy.asarray(arrays[one.name], dtype=one.dtype)
            for one in inputs])
        for one, other in zip(run(model, **arrays), expected):
            assert_allclose(one, other, **CLOSE)
        return model

    def test_bricks(self):
        v = tensor.matrix('v')
        values = self.rng.normal(size=(5, 2))
        for label, brick in [
                ('Linear', Linear(2, 3)),
                ('MLP', MLP([Tanh(), Softmax()], [2, 4, 3])),
                ('LinearMaxout', LinearMaxout(2, 3, 4)),
                ('Maxout', Maxout(2)), ('Identity', Identity()),
                ('Tanh', Tanh()), ('Logistic', Logistic()),
                ('Rectifier', Rectifier()), ('Softplus', Softplus()),
                ('LeakyRectifier', LeakyRectifier()), ('Softmax', Softmax()),
                ('BatchNormalizedMLP',
                 BatchNormalizedMLP([Tanh(), Softmax()], [2, 4, 3]))]:
            with self.subTest(label):
                self.check([v], {'y': at_random(brick).apply(v)}, v=values)

    def test_batch_normalization_uses_population_statistics(self):
        brick = at_random(BatchNormalization(2))
        brick.population_mean.set_value(numpy.array([1, -2], 'float32'))
        brick.population_stdev.set_value(numpy.array([2, .5], 'float32'))
        v = tensor.matrix('v')
        model = self.check([v], {'y': brick.apply(v)},
                           v=self.rng.normal(size=(5, 2)))
        self.assertIn('/batchnormalization.population_mean', [
            one.name for one in model.graph.initializer])

    def test_softmax_of_several_axes(self):
        x, _ = variables()
        softmax = NDimensionalSoftmax()
        self.check([x], {'y': softmax.apply(x, extra_ndim=1),
                         'z': softmax.log_probabilities(x, extra_ndim=1)},
                   x=self.rng.normal(size=(3, 2, 4)))

    def test_lookup_table(self):
        table = at_random(LookupTable(5, 3))
        for make, shape in [(tensor.lvector, (4,)), (tensor.lmatrix, (4, 2)),
                            (tensor.imatrix, (1, 1))]:
            numbers = make('numbers')
            with self.subTest(shape):
                self.check([numbers], {'y': table.apply(numbers)},
                           numbers=self.rng.randint(5, size=shape).astype(
                               numbers.dtype))

    def test_merge_and_fork(self):
        v, w = tensor.matrix('v'), tensor.matrix('w')
        merge = at_random(Merge(['v', 'w'], input_dims=[2, 3],
                                output_dim=4))
        merged = merge.apply(v=v, w=w)
        fork = at_random(Fork(['a', 'b'], input_dim=4, output_dims=[2, 3]))
        a, b = fork.apply(merged)
        self.check([v, w], {'a': a, 'b': b}, v=self.rng.normal(size=(5, 2)),
                   w=self.rng.normal(size=(5, 3)))

    def test_masks(self):
        x, mask = variables()
        values = self.rng.normal(size=(5, 3, 2))
        m = random_mask(self.rng, 5, 3, 'holes')
        values[m == 0] = numpy.nan
        self.check([x, mask], {'zeroed': zero_padding(x, mask),
                                'mean': mean_over_time(x, mask)},
                   x=values, x_mask=m)


class TestNetworks(SinglePrecision):

    def stack(self, cls=BidirectionalStack, **options):
        return at_random(cls([LSTM(dim=3), GatedRecurrent(dim=2)],
                             input_dim=2, name='stack', **options))

    def values(self):
        return dict(x=self.rng.normal(size=(6, 4, 2)),
                    x_mask=random_mask(self.rng, 6, 4, 'lengths'))

    def test_summaries_ignore_the_padding(self):
        stack = self.stack()
        x, mask = variables()
        arrays = self.values()
        for kind in ('last', 'mean'):
            with self.subTest(kind):
                model = exported([x, mask], {'y': stack.summary(
                    x, mask=mask, kind=kind)})
                whole, = run(model, **arrays)
                for row in range(4):
                    length = int(arrays['x_mask'][:, row].sum())
                    if length:
                        alone, = run(
                            model, x=arrays['x'][:length, row:row + 1],
                            x_mask=numpy.ones((length, 1)))
                        assert_allclose(whole[row:row + 1], alone, **CLOSE)

    def test_stacks_pass_the_check_against_theano(self):
        x, mask = variables()
        for label, stack in [
                ('skip', self.stack(skip_connections=True)),
                ('mask_outputs', self.stack(mask_outputs=True)),
                ('one direction', self.stack(UnidirectionalStack))]:
            with self.subTest(label):
                to_onnx(None, [x, mask], {'y': stack.apply(x, mask=mask)})
        to_onnx(None, [x], {'y': self.stack().apply(x)})

    def test_layers_are_operators(self):
        x, mask = variables()
        model = exported([x, mask], {'y': self.stack().apply(x, mask=mask)})
        found = operators(model)
        self.assertEqual((1, 1, 0),
                         (found['LSTM'], found['GRU'], found['Scan']))

    def test_simple_rnn(self):
        brick = at_random(SimpleRNN(input_dim=2, output_dim=3, dim=4))
        x, mask = variables()
        model = to_onnx(None, [x, mask], {'y': brick.apply(x, mask=mask)[0]})
        self.assertEqual(1, operators(model)['RNN'])

    def test_initial_states_given(self):
        stack = self.stack(UnidirectionalStack)
        x, mask = variables()
        states = {name: tensor.matrix(name) for name in stack.state_names}
        outputs = stack.unroll(x, mask=mask, **states)
        model = to_onnx(None, [x, mask] + list(states.values()), dict(zip(
            ['y'] + ['end_of_' + name for name in states], outputs)))
        self.assertEqual(
            ['time', 'batch', 2],
            [axis.dim_param or axis.dim_value for axis in
             model.graph.input[0].type.tensor_type.shape.dim])
        self.assertEqual(
            ['batch', 3],
            [axis.dim_param or axis.dim_value for axis in
             model.graph.input[2].type.tensor_type.shape.dim])

    def test_theano_scan_becomes_a_scan(self):
        x, mask = variables()
        brick = at_random(LSTM(dim=3, fused=False))
        model = exported([x, mask], {'y': brick.apply(x, mask=mask)[0]})
        fused = at_random(LSTM(dim=3))
        values = dict(self.values(), x=self.rng.normal(size=(6, 4, 12)))
        expected, = run(exported([x, mask], {'y': fused.apply(
            x, mask=mask)[0]}), **values)
        assert_allclose(run(model, **values)[0], expected, **CLOSE)
        self.assertEqual(1, operators(model)['Scan'])

    def test_generator_with_attention(self):
        symbols, attended = tensor.lmatrix('symbols'), tensor.tensor3('x')
        generator = at_random(SequenceGenerator(
            Readout(readout_dim=5, source_names=['states'],
                    emitter=SoftmaxEmitter(),
                    feedback_brick=LookupFeedback(5, 4)),
            GatedRecurrent(dim=3), attention=SequenceContentAttention(
                state_names=['states'], state_dims=[3], attended_dim=2,
                match_dim=4)))
        to_onnx(None, [symbols, attended],
                {'costs': generator.cost_matrix(symbols, attended=attended)})

    def test_cost_of_sequences(self):
        x, mask = variables()
        symbols = tensor.lmatrix('symbols')
        cost = SequenceCategoricalCrossEntropy(from_logits=True).apply(
            symbols, x, mask)
        to_onnx(None, [symbols, x, mask], {'cost': cost}, examples=[
            self.rng.randint(4, size=(3, 2)), self.rng.normal(size=(3, 2, 4)),
            numpy.array([[1, 1], [1, 1], [1, 0]])])

    def test_loop_without_sequences(self):
        h = tensor.matrix('h')
        n = tensor.lscalar('n')
        rows, _ = theano.scan(lambda one: .5 * one + 1, outputs_info=[h],
                              n_steps=n)
        got, = run(exported([h, n], {'y': rows}), h=numpy.zeros((1, 2)),
                   n=numpy.array(3))
        assert_allclose(got[:, 0], [[1, 1], [1.5, 1.5], [1.75, 1.75]])

    def test_best_path_of_ctc(self):
        energies, mask = tensor.tensor3('energies'), tensor.matrix('mask')
        for blank in (-1, 0):
            model = exported([energies, mask], dict(zip(
                ('labels', 'labels_mask'),
                CTC(blank=blank).best_path(energies, mask))))
            for kind in ('full', 'lengths', 'holes'):
                values = self.rng.normal(size=(9, 4, 3))
                m = random_mask(self.rng, 9, 4, kind)
                labels, there = run(model, energies=values, mask=m)
                for row, expected in enumerate(
                        best_path(values, m, blank=blank)):
                    with self.subTest(kind, blank=blank, row=row):
                        assert_array_equal(
                            there[:, row], numpy.arange(9) < len(expected))
                        assert_array_equal(
                            labels[:, row][there[:, row] == 1], expected)
