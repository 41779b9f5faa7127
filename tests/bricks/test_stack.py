"""Tests of stacks: against PyTorch, under masks, with any transition."""
from unittest import TestCase

import numpy
import theano
from blocks.bricks import Linear, Rectifier, Tanh
from blocks.bricks.recurrent import LSTM as BlocksLSTM
from blocks.bricks.recurrent import (
    BaseRecurrent,
    GatedRecurrent,
    SimpleRecurrent,
    recurrent,
)
from blocks.filter import VariableFilter
from blocks.graph import ComputationGraph
from blocks.initialization import Constant, IsotropicGaussian
from blocks.roles import INITIAL_STATE, OUTPUT
from blocks.select import Selector
from numpy.testing import assert_allclose, assert_array_equal
from theano import tensor
from theano.configparser import change_flags
from theano.scan_module.scan_op import Scan

import rnn_kernels
from blocks_rnn_bricks import (
    LSTM,
    BidirectionalStack,
    PeepholeLSTM,
    Regularized,
    UnidirectionalStack,
)
from rnn_kernels.ops import Iterate
from tests.bricks.reference import torch_cases
from tests.equations import random_mask

#: PyTorch's gates i, f, g, o in the order of the lecture.
FROM_TORCH = [2, 0, 1, 3]


def make(prototypes, kind=BidirectionalStack, **kwargs):
    """Return an initialised stack with random initial states."""
    kwargs.setdefault('weights_init', IsotropicGaussian(0.4))
    kwargs.setdefault('biases_init', IsotropicGaussian(0.4))
    kwargs.setdefault('input_dim', 2)
    stack = kind(prototypes, seed=2, theano_seed=3, **kwargs)
    stack.initialize()
    rng = numpy.random.RandomState(4)
    for parameter in parameters_of(stack, [INITIAL_STATE]):
        parameter.set_value(rng.normal(
            size=parameter.get_value().shape).astype(theano.config.floatX))
    return stack


def parameters_of(stack, roles):
    parameters = Selector(stack).get_parameters().values()
    return VariableFilter(roles=roles)(list(parameters))


def all_kinds():
    """Return one of each transition that a stack supports."""
    return [LSTM(dim=3), PeepholeLSTM(dim=4), SimpleRecurrent(
        dim=3, activation=Tanh()), GatedRecurrent(dim=2), BlocksLSTM(dim=3)]


def reordered(weights):
    """Reorder a matrix of PyTorch (4*dim, features) as one of ours."""
    return numpy.concatenate([numpy.split(weights, 4)[gate].T
                              for gate in FROM_TORCH], axis=-1)


class TestAgainstTorch(TestCase):
    """Values and gradients of 1, 2 and 3 layers on packed sequences."""

    def check(self, case, fused):
        kind = BidirectionalStack if case.bidirectional else (
            UnidirectionalStack)
        stack = make([LSTM(dim=case.dim, fused=fused)
                      for _ in range(case.num_layers)], kind,
                     input_dim=case.inputs.shape[2], mask_outputs=True)
        runs = [(level, direction) for level, layer in enumerate(stack.layers)
                for direction in layer]
        parameters = {}
        for level, direction in runs:
            suffix = '_l{}{}'.format(
                level, '_reverse' if direction.reverse else '')
            linear, = direction.projection.children
            for name, parameter in [('weight_ih', linear.W),
                                    ('weight_hh',
                                     direction.transition.W_state),
                                    ('bias_ih', linear.b)]:
                parameters[name + suffix] = parameter
                value = case.weights[name + suffix]
                if name == 'bias_ih':
                    value = value + case.weights['bias_hh' + suffix]
                parameter.set_value(reordered(value))
        x, mask = tensor.tensor3('x'), tensor.matrix('mask')
        first = [tensor.matrix(name) for name in stack.state_names]
        outputs = stack.unroll(x, mask=mask,
                               **dict(zip(stack.state_names, first)))
        loss = (outputs[0] * case.projections['outputs']).sum()
        for number, name in enumerate(['last_states', 'last_cells']):
            for run, final in enumerate(outputs[1 + number::2]):
                loss += (final * case.projections[name][run]).sum()
        gradients = theano.grad(loss, [x] + first + list(parameters.values()))
        f = theano.function([x, mask] + first, outputs + [loss] + gradients,
                            mode=None if fused else 'FAST_COMPILE')
        initial = [state for pair in zip(case.initial_states,
                                         case.initial_cells)
                   for state in pair]
        got = f(case.inputs, case.mask, *initial)
        last = [state for pair in zip(case.last_states, case.last_cells)
                for state in pair]
        last_gradients = [
            gradient for pair in zip(case.gradients['initial_states'],
                                     case.gradients['initial_cells'])
            for gradient in pair]
        expected = ([case.outputs] + last + [case.loss] +
                    [case.gradients['inputs']] + last_gradients +
                    [reordered(case.gradients[name]) for name in parameters])
        names = (['outputs'] + stack.state_names + ['loss', 'd_inputs'] +
                 ['d_' + name for name in stack.state_names] +
                 ['d_' + name for name in parameters])
        self.assertEqual(len(got), len(expected))
        for name, value, truth in zip(names, got, expected):
            scale = max(1., abs(truth).max())
            assert_allclose(value / scale, truth / scale, atol=1e-5, rtol=0,
                            err_msg='{} {}'.format(case, name))

    def test_kernel(self):
        with change_flags(floatX='float32'):
            for case in torch_cases():
                self.check(case, fused=True)

    def test_scan(self):
        with change_flags(floatX='float32'):
            for case in torch_cases():
                if (case.num_layers, case.bidirectional) == (1, True):
                    self.check(case, fused=False)


class TestUnderMasks(TestCase):
    @classmethod
    def setUpClass(cls):
        cls.flags = change_flags(floatX='float64')
        cls.flags.__enter__()
        cls.compiled = [(case, stack) + cls.compile(stack)
                        for case, stack in cls.stacks()]

    @classmethod
    def tearDownClass(cls):
        cls.flags.__exit__(None, None, None)
        del cls.compiled

    def setUp(self):
        rng = numpy.random.RandomState(5)
        self.x = rng.normal(size=(6, 5, 2))
        self.mask = random_mask(rng, 6, 5, 'lengths')

    @staticmethod
    def stacks():
        yield 'kernel', make([LSTM(dim=3), PeepholeLSTM(dim=2)])
        yield 'scan', make([LSTM(dim=3, fused=False)])
        yield 'every kind', make(all_kinds(), UnidirectionalStack,
                                 skip_connections=True)
        yield 'sum', make([LSTM(dim=3), GatedRecurrent(dim=2)], merge='sum')
        yield 'one way', make([LSTM(dim=3), GatedRecurrent(dim=2)],
                              UnidirectionalStack)

    @staticmethod
    def compile(stack):
        """Return a function and the names of its outputs."""
        x, mask = tensor.tensor3('x'), tensor.matrix('mask')
        values = [stack.apply(x, mask=mask), stack.summary(x, mask=mask),
                  stack.summary(x, mask=mask, kind='mean')]
        cost = sum((value ** 2).sum() for value in values[1:])
        parameters = ComputationGraph([cost]).parameters
        names = ['outputs', 'last', 'mean', 'd_x'] + [
            parameter.name for parameter in parameters]
        return theano.function([x, mask], values + theano.grad(
            cost, [x] + parameters)), names

    def test_more_padding_and_garbage_change_nothing(self):
        for case, _, run, names in self.compiled:
            truth = run(self.x, self.mask)
            longer = numpy.full((12, 5, 2), numpy.nan)
            longer[:6] = numpy.where(self.mask[:, :, None] > 0, self.x,
                                     numpy.inf)
            got = run(longer, numpy.concatenate([self.mask,
                                                 numpy.zeros((6, 5))]))
            for name, value, expected in zip(names, got, truth):
                if name in ('outputs', 'd_x'):
                    valid = self.mask > 0
                    value, expected = value[:6][valid], expected[valid]
                assert_allclose(value, expected, rtol=1e-10, atol=1e-13,
                                err_msg='{}: {}'.format(case, name))

    def test_batch_equals_each_sequence_alone(self):
        for case, _, run, _ in self.compiled:
            outputs, last, mean = run(self.x, self.mask)[:3]
            for b, length in enumerate(self.mask.sum(axis=0).astype(int)):
                if not length:
                    continue
                alone = run(self.x[:length, b:b + 1],
                            numpy.ones((length, 1)))[:3]
                for value, expected in zip(
                        (outputs[:length, b], last[b], mean[b]),
                        (alone[0][:, 0], alone[1][0], alone[2][0])):
                    assert_allclose(value, expected, rtol=1e-10, atol=1e-13,
                                    err_msg=case)

    def test_summary_of_an_empty_sequence(self):
        for case, stack, run, _ in self.compiled:
            _, last, mean = run(self.x, self.mask)[:3]
            empty = self.mask.sum(axis=0) == 0
            self.assertTrue(empty.any())
            assert_array_equal(mean[empty], 0, case)
            top = [direction.transition for direction in stack.layers[-1]]
            initial = [VariableFilter(roles=[INITIAL_STATE])(
                transition.parameters)[0].get_value() for transition in top]
            merged = (sum(initial) if case == 'sum'
                      else numpy.concatenate(initial))
            assert_allclose(last[empty], [merged] * empty.sum(),
                            rtol=1e-10, err_msg=case)

    def test_mask_outputs(self):
        for case, prototypes in [('kernel', [LSTM(dim=3)]),
                                 ('scan', [GatedRecurrent(dim=3)])]:
            hidden, shown = [
                make([prototype], mask_outputs=mask_outputs)
                for prototype, mask_outputs in
                zip(prototypes * 2, (True, False))]
            x, mask = tensor.tensor3('x'), tensor.matrix('mask')
            hidden, shown = [
                theano.function([x, mask], [stack.apply(x, mask=mask),
                                            stack.summary(x, mask=mask)])(
                    self.x, self.mask) for stack in (hidden, shown)]
            mask = self.mask[:, :, None]
            assert_allclose(hidden[0], shown[0] * mask, rtol=1e-10,
                            err_msg=case)
            self.assertTrue(numpy.abs(shown[0] * (1 - mask)).sum() > 0)
            assert_allclose(hidden[1], shown[1], rtol=1e-10, err_msg=case)


class OneSidedState(BaseRecurrent):
    """A user's brick: two sequences, and a state not named states."""

    def __init__(self, dim, **kwargs):
        self.dim = dim
        super().__init__(**kwargs)

    def get_dim(self, name):
        return 0 if name == 'mask' else self.dim

    @recurrent(sequences=['drive', 'gain', 'mask'], states=['memory'],
               outputs=['memory'], contexts=[])
    def apply(self, drive, gain, memory=None, mask=None):
        next_memory = memory + gain * drive
        if mask:
            next_memory = (mask[:, None] * next_memory +
                           (1 - mask[:, None]) * memory)
        return next_memory


class TestComposition(TestCase):
    def test_user_defined_brick(self):
        stack = make([OneSidedState(dim=3), LSTM(dim=2)])
        self.assertEqual(stack.state_names[:2],
                         ['forward_0_memory', 'backward_0_memory'])
        self.assertEqual(
            [child.name for child in stack.layers[0][0].projection.children],
            ['fork_drive', 'fork_gain'])
        x, mask = tensor.tensor3('x'), tensor.matrix('mask')
        f = theano.function([x, mask], stack.apply(x, mask=mask))
        floatx = theano.config.floatX
        self.assertEqual(f(numpy.ones((4, 2, 2), floatx),
                           numpy.ones((4, 2), floatx)).shape, (4, 2, 4))

    def test_dimensions(self):
        for kwargs, input_dims, outputs in [
                ({}, [2, 6, 10], 4),
                ({'merge': 'sum'}, [2, 3, 5], 2),
                ({'skip_connections': True}, [2, 8, 12], 4),
                ({'kind': UnidirectionalStack}, [2, 3, 5], 2)]:
            stack = make([LSTM(dim=3), GatedRecurrent(dim=5), LSTM(dim=2)],
                         **kwargs)
            self.assertEqual([layer[0].input_dim for layer in stack.layers],
                             input_dims)
            for name in ('outputs', 'summary'):
                self.assertEqual(stack.get_dim(name), outputs)
            self.assertEqual(stack.get_dim('forward_1_states'), 5)
            self.assertEqual(stack.get_dim('inputs'), 2)
            self.assertEqual(stack.get_dim('mask'), 0)

    def test_directions_have_their_own_weights(self):
        stack = make([LSTM(dim=3), LSTM(dim=3)])
        parameters = Selector(stack).get_parameters()
        self.assertEqual(len(parameters), 2 * 2 * 5)
        matrices = [parameter.get_value() for path, parameter in
                    parameters.items() if path.endswith('.W_state')]
        for one in range(4):
            for other in range(one):
                self.assertGreater(
                    abs(matrices[one] - matrices[other]).max(), 0.01)
        self.assertIn(
            '/bidirectionalstack/backward_1/projection/fork_inputs.W',
            parameters)

    def test_states_of_every_layer_are_found(self):
        for fused in (True, False):
            stack = make([LSTM(dim=3, fused=fused), LSTM(dim=2, fused=fused)])
            x, mask = tensor.tensor3('x'), tensor.matrix('mask')
            cost = stack.apply(x, mask=mask).sum()
            variables = ComputationGraph([cost]).variables
            found = []
            for layer in stack.layers:
                for direction in layer:
                    for brick in (direction, direction.transition):
                        states, = VariableFilter(
                            applications=[brick.apply], roles=[OUTPUT],
                            name_regex='states')(variables)
                        found.append(states)
            shapes = theano.function([x, mask], [v.shape for v in found])(
                numpy.zeros((4, 5, 2), x.dtype),
                numpy.ones((4, 5), x.dtype))
            assert_array_equal(shapes, [(4, 5, 3)] * 4 + [(4, 5, 2)] * 4)

    def test_each_layer_is_one_kernel(self):
        def count(stack):
            x, mask = tensor.tensor3('x'), tensor.matrix('mask')
            f = theano.function([x, mask], stack.apply(x, mask=mask))
            ops = [type(node.op) for node in f.maker.fgraph.toposort()]
            return ops.count(Iterate), ops.count(Scan)

        self.assertEqual(count(make([LSTM(dim=3), PeepholeLSTM(dim=3)])),
                         (2, 0))
        kernels, scans = count(make([LSTM(dim=3, fused=False)]))
        self.assertEqual(kernels, 0)
        self.assertGreater(scans, 0)
        self.assertEqual(count(make([LSTM(dim=3, activation=Rectifier())])),
                         (1, 0))
        self.assertEqual(count(make(
            [LSTM(dim=3)], projection=Linear(use_bias=False))), (1, 0))

    def test_no_scan_is_nested_in_a_scan(self):
        stack = make(all_kinds() + [Regularized(
            LSTM(dim=3), dropout=0.2, zoneout=0.1)], UnidirectionalStack)
        x, mask = tensor.tensor3('x'), tensor.matrix('mask')
        with rnn_kernels.disabled():
            cost = stack.apply(x, mask=mask, train=True).sum()
        f = theano.function([x, mask], theano.grad(
            cost, ComputationGraph([cost]).parameters[0]))
        scans = [node.op for node in f.maker.fgraph.toposort()
                 if isinstance(node.op, Scan)]
        self.assertGreater(len(scans), 3)
        for scan in scans:
            inner = theano.gof.graph.io_toposort(scan.inputs, scan.outputs)
            self.assertFalse(any(isinstance(node.op, Scan)
                                 for node in inner))

    def test_kernel_and_scan_agree_on_a_deep_stack(self):
        with change_flags(floatX='float64'):
            rng = numpy.random.RandomState(0)
            mask_value = random_mask(rng, 6, 4, 'holes')
            x_value = rng.normal(size=(6, 4, 2))
            for kwargs in ({'merge': 'sum', 'skip_connections': True},
                           {'projection': Linear(use_bias=False),
                            'kind': UnidirectionalStack}):
                results = []
                for fused in (True, False):
                    stack = make([
                        LSTM(dim=3, fused=fused),
                        PeepholeLSTM(dim=4, fused=fused, peephole_init=(
                            IsotropicGaussian(0.5)))], **kwargs)
                    x, mask = tensor.tensor3('x'), tensor.matrix('mask')
                    outputs = stack.apply(x, mask=mask)
                    cost = (outputs ** 2).sum()
                    wrt = [x] + list(
                        Selector(stack).get_parameters().values())
                    f = theano.function([x, mask], [outputs] + theano.grad(
                        cost, wrt, disconnected_inputs='ignore'),
                        mode=None if fused else 'FAST_COMPILE')
                    results.append(f(x_value, mask_value))
                for fused, scanned in zip(*results):
                    assert_allclose(fused, scanned, rtol=1e-10, atol=1e-12)

    def test_state_carried_from_batch_to_batch(self):
        with change_flags(floatX='float64'):
            stack = make([LSTM(dim=3), GatedRecurrent(dim=2)],
                         UnidirectionalStack)
            x = tensor.tensor3('x')
            whole = theano.function([x], stack.unroll(x))
            states = [tensor.matrix(name) for name in stack.state_names]
            part = theano.function([x] + states, stack.unroll(
                x, **dict(zip(stack.state_names, states))))
            x_value = numpy.random.RandomState(3).normal(size=(7, 4, 2))
            expected = whole(x_value)
            first = whole(x_value[:3])
            second = part(x_value[3:], *first[1:])
            assert_allclose(numpy.concatenate([first[0], second[0]]),
                            expected[0], rtol=1e-10)
            for value, truth in zip(second[1:], expected[1:]):
                assert_allclose(value, truth, rtol=1e-10)
            self.assertEqual(stack.unroll.outputs, ['outputs'] + [
                'forward_0_states', 'forward_0_cells', 'forward_1_states'])

    def test_learned_initial_states(self):
        stack = make([LSTM(dim=3), GatedRecurrent(dim=2)])
        states = stack.initial_states(2, as_dict=True)
        self.assertEqual(list(states), stack.state_names)
        transition = stack.layers[0][1].transition
        assert_allclose(
            states['backward_0_cells'].eval(),
            [transition.initial_cells.get_value()] * 2, rtol=1e-6)


class TestDropout(TestCase):
    def test_upper_layers_drop_the_same_features_at_all_steps(self):
        stack = make([OneSidedState(dim=2), OneSidedState(dim=2)],
                     UnidirectionalStack, dropout=0.5,
                     weights_init=Constant(0), biases_init=Constant(0))
        for layer in stack.layers:
            drive, gain = layer[0].projection.children
            drive.W.set_value(numpy.eye(2, dtype=theano.config.floatX))
            gain.b.set_value(numpy.ones(2, dtype=theano.config.floatX))
        x = tensor.tensor3('x')
        noisy = theano.function([x], stack.apply(x, train=True))
        clear = theano.function([x], stack.apply(x))
        ones = numpy.ones((5, 400, 2), dtype=theano.config.floatX)
        # Each layer is a running sum.
        steps = numpy.arange(1, 6).cumsum()[:, None, None]
        assert_allclose(clear(ones), numpy.broadcast_to(steps, ones.shape))
        value = noisy(ones) / steps
        assert_array_equal(value, numpy.broadcast_to(value[0], value.shape))
        self.assertEqual(set(value.ravel()), {0., 2.})
        self.assertLess(abs(value[0].mean() - 1), 0.15)
        self.assertTrue((noisy(ones) / steps != value).any())


class TestErrors(TestCase):
    def test_prototypes(self):
        lstm = LSTM(dim=3)
        taken = LSTM(dim=2)
        Regularized(taken)
        for prototypes, error, message in [
                ([], ValueError, r'must be a list.*\[LSTM\(dim=64\)\]'),
                ([lstm, lstm], ValueError,
                 r"prototypes\[1\], LSTM 'lstm', is in the list twice"),
                ([Linear()], TypeError, 'must be a recurrent brick'),
                ([taken], ValueError, 'already a child of Regularized'),
                ([LSTM(dim=3, mask_outputs=True)], ValueError,
                 'pass mask_outputs=True to the stack')]:
            for kind in (BidirectionalStack, UnidirectionalStack):
                with self.assertRaisesRegex(error, message):
                    kind(prototypes, input_dim=2)

    def test_options(self):
        with self.assertRaisesRegex(
                ValueError, "merge must be one of concat, sum, got 'mean'"):
            BidirectionalStack([LSTM(dim=3)], input_dim=2, merge='mean')
        with self.assertRaisesRegex(ValueError, 'dropout must be at least'):
            BidirectionalStack([LSTM(dim=3)], input_dim=2, dropout=1.)
        stack = make([LSTM(dim=3)])
        with self.assertRaisesRegex(ValueError, "last, mean, got 'max'"):
            stack.summary(tensor.tensor3(), kind='max')
        with self.assertRaisesRegex(
                TypeError, 'unknown states cells; the states are forward_0'):
            stack.apply(tensor.tensor3(), cells=tensor.matrix())

    def test_sequences(self):
        stack = make([LSTM(dim=3)])
        x, mask = tensor.tensor3(), tensor.matrix()
        with self.assertRaisesRegex(ValueError, 'must have 3 axes'):
            stack.apply(tensor.matrix())
        with self.assertRaisesRegex(TypeError, 'mask of dtype int64'):
            stack.apply(tensor.ftensor3(), mask=tensor.lmatrix())
        f = theano.function([x, mask], stack.apply(x, mask=mask))
        for x_shape, mask_shape, message in [
                ((4, 3, 5), (4, 3), 'must have 2 features, got 5'),
                ((4, 3, 2), (3, 4), 'batch-major'),
                ((4, 0, 2), (4, 0), 'empty batch')]:
            with self.assertRaisesRegex(ValueError, message):
                f(numpy.zeros(x_shape, x.dtype),
                  numpy.zeros(mask_shape, x.dtype))
