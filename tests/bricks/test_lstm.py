"""Tests of LSTM and PeepholeLSTM against NumPy, and as Blocks bricks."""
from unittest import TestCase

import numpy
import theano
from blocks.bricks import Identity, Linear, Logistic, Rectifier
from blocks.filter import VariableFilter
from blocks.graph import ComputationGraph
from blocks.initialization import (
    Constant,
    IsotropicGaussian,
    Orthogonal,
    Uniform,
)
from blocks.initialization import Identity as IdentityInit
from blocks.roles import INITIAL_STATE, INPUT, OUTPUT, WEIGHT
from blocks.select import Selector
from numpy.testing import assert_allclose, assert_array_equal
from theano import tensor
from theano.configparser import change_flags
from theano.scan_module.scan_op import Scan

from blocks_rnn_bricks import (
    GATES,
    LSTM,
    ForgetGateBias,
    PeepholeLSTM,
    PerGate,
    carry_over,
    recurrent,
)
from rnn_kernels.ops import Iterate
from tests.bricks.cell_tests import values_of
from tests.equations import (
    iterated,
    iterated_padded,
    lstm_gradients,
    lstm_gradients_padded,
    lstm_step,
    random_mask,
    slopes,
)

BRICKS = {'LSTM': LSTM, 'PeepholeLSTM': PeepholeLSTM}


def make(name, dim=3, seed=1, **kwargs):
    """Return an initialised brick with random initial states."""
    if name == 'PeepholeLSTM':
        kwargs.setdefault('peephole_init', Uniform(width=1.))
    kwargs.setdefault('weights_init', IsotropicGaussian(0.7))
    brick = BRICKS[name](dim=dim, seed=seed, **kwargs)
    brick.initialize()
    rng = numpy.random.RandomState(seed)
    for parameter in VariableFilter(roles=[INITIAL_STATE])(brick.parameters):
        parameter.set_value(rng.normal(0, 0.5, size=dim).astype(
            theano.config.floatX))
    return brick


def ops_of(function):
    """Return the types of the Ops in a compiled function."""
    return {type(node.op) for node in function.maker.fgraph.toposort()}


class Compiled:
    """Values and gradients of a brick with given initial states."""

    def __init__(self, brick, reverse=False, masked=True):
        self.brick, self.reverse, self.masked = brick, reverse, masked
        x, p, q = (tensor.tensor3(name) for name in 'xpq')
        mask, h0, c0 = (tensor.matrix(name) for name in ('m', 'h0', 'c0'))
        states, cells = brick.apply(
            x, states=h0, cells=c0, mask=mask if masked else None,
            reverse=reverse)
        if reverse:
            states, cells = states[::-1], cells[::-1]
        self.weights = VariableFilter(roles=[WEIGHT])(brick.parameters)
        gradients = theano.grad((p * states).sum() + (q * cells).sum(),
                                [x, h0, c0] + self.weights)
        self.function = theano.function(
            [x, mask, h0, c0, p, q], [states, cells] + gradients,
            on_unused_input='ignore',
            mode=None if brick.fused else 'FAST_COMPILE')

    def check(self, T, B, kind, seed, tolerance, case):
        rng = numpy.random.RandomState(seed)
        dim = self.brick.dim
        mask = random_mask(rng, T, B, kind)
        x = rng.normal(size=(T, B, 4 * dim))
        h0, c0 = rng.normal(size=(2, B, dim))
        p, q = rng.normal(size=(2, T, B, dim))
        got = self.function(*[array.astype(theano.config.floatX)
                              for array in (x, mask, h0, c0, p, q)])
        values = values_of(self.brick)
        outputs = iterated_padded(lstm_step, values, x, mask, [h0, c0],
                                  self.reverse)
        gradients = lstm_gradients_padded(values, x, mask, [h0, c0], (p, q),
                                          self.reverse)
        wrt = ['inputs', 'states', 'cells'] + [
            weight.name for weight in self.weights]
        names = ['states', 'cells'] + ['d_' + name for name in wrt]
        expected = outputs + [gradients[name] for name in wrt]
        assert len(got) == len(expected)
        for name, value, truth in zip(names, got, expected):
            assert_allclose(value, truth, rtol=tolerance, atol=tolerance,
                            err_msg='{}: {}'.format(case, name))


class TestOracle(TestCase):
    def test_gradients_equal_finite_differences(self):
        rng = numpy.random.RandomState(3)
        dim, T = 2, 4
        parameters = {'W_state': rng.normal(size=(dim, 4 * dim))}
        for name in ('in', 'forget', 'out'):
            parameters['W_cell_to_' + name] = rng.normal(size=dim)
        x = rng.normal(size=(T, 4 * dim))
        h, c = rng.normal(size=(2, dim))
        weights = rng.normal(size=(2, T + 1, dim))

        def cost():
            return sum(
                (weight * numpy.concatenate([first[None], later])).sum()
                for weight, first, later in zip(weights, (h, c), iterated(
                    lstm_step, parameters, x, [h, c])))

        gradients = lstm_gradients(parameters, x, h, c, *weights)
        arrays = dict(parameters, inputs=x, states=h, cells=c)
        self.assertEqual(set(gradients), set(arrays))
        for name, array in arrays.items():
            assert_allclose(gradients[name], slopes(cost, array), rtol=1e-6,
                            atol=1e-8, err_msg=name)


class TestValuesAndGradients(TestCase):
    shapes = [(1, 1), (1, 3), (6, 1), (7, 5)]

    def check(self, name, tolerance, reverse=False, dim=3, **kwargs):
        compiled = Compiled(make(name, dim=dim, **kwargs), reverse)
        for seed, (T, B) in enumerate(self.shapes):
            for kind in ('full', 'lengths', 'holes'):
                compiled.check(T, B, kind, seed, tolerance, '{} {}'.format(
                    name, (T, B, kind, reverse, dim, kwargs)))

    def test_scan_in_float64(self):
        with change_flags(floatX='float64'):
            for name in BRICKS:
                for reverse in (False, True):
                    self.check(name, 1e-12, reverse, fused=False)

    def test_kernel_in_float64(self):
        with change_flags(floatX='float64'):
            for name in BRICKS:
                for reverse in (False, True):
                    self.check(name, 1e-12, reverse)

    def test_one_cell(self):
        with change_flags(floatX='float64'):
            for name in BRICKS:
                self.check(name, 1e-12, dim=1)
                self.check(name, 1e-12, dim=1, fused=False)

    def test_float32(self):
        with change_flags(floatX='float32'):
            for name in BRICKS:
                self.check(name, 1e-5, fused=False,
                           weights_init=IsotropicGaussian(0.3))
                self.check(name, 1e-5, weights_init=IsotropicGaussian(0.3))

    def test_without_mask(self):
        with change_flags(floatX='float64'):
            for name in BRICKS:
                for fused in (False, True):
                    Compiled(make(name, fused=fused), masked=False).check(
                        5, 3, 'full', 0, 1e-12, (name, fused))

    def test_zero_peepholes_equal_the_plain_lstm(self):
        with change_flags(floatX='float64'):
            plain = make('LSTM')
            peephole = make('PeepholeLSTM', peephole_init=None)
            assert_array_equal(plain.W_state.get_value(),
                               peephole.W_state.get_value())
            x = tensor.tensor3('x')
            for kwargs in ({}, {'reverse': True}):
                f = theano.function([x], plain.apply(x, **kwargs) +
                                    peephole.apply(x, **kwargs))
                h, c, h_peephole, c_peephole = f(
                    numpy.random.RandomState(0).normal(size=(5, 2, 12)))
                assert_allclose(h_peephole, h, rtol=1e-13)
                assert_allclose(c_peephole, c, rtol=1e-13)


@change_flags(floatX='float64')
def compiled_apply(brick, **kwargs):
    x, mask = tensor.tensor3('x'), tensor.matrix('mask')
    return theano.function([x, mask], brick.apply(x, mask=mask, **kwargs))


class TestAsARecurrentBrick(TestCase):
    def setUp(self):
        self.flags = change_flags(floatX='float64')
        self.flags.__enter__()
        rng = numpy.random.RandomState(7)
        self.x = rng.normal(size=(6, 4, 12))
        self.mask = random_mask(rng, 6, 4, 'holes')

    def tearDown(self):
        self.flags.__exit__(None, None, None)

    def both_ways(self, name, **kwargs):
        """Return the same brick computed by the kernel and by a scan."""
        return [make(name, fused=fused, **kwargs) for fused in (True, False)]

    def test_learned_initial_states_get_gradients(self):
        for name in BRICKS:
            gradients = []
            for brick in self.both_ways(name):
                x, mask = tensor.tensor3('x'), tensor.matrix('mask')
                states, cells = brick.apply(x, mask=mask)
                wrt = [brick.initial_state_, brick.initial_cells]
                f = theano.function([x, mask], theano.grad(
                    (states ** 2).sum() + cells.sum(), wrt))
                gradients.append(f(self.x, self.mask))
            assert_allclose(gradients[0], gradients[1], rtol=1e-10)
            self.assertTrue(numpy.abs(gradients[0]).min() > 1e-3)

    def test_return_initial_states(self):
        for name in BRICKS:
            for reverse in (False, True):
                fused, scanned = [
                    compiled_apply(brick, return_initial_states=True,
                                   reverse=reverse)(self.x, self.mask)
                    for brick in self.both_ways(name)]
                assert_allclose(fused, scanned, rtol=1e-10)
                self.assertEqual(fused[0].shape, (7, 4, 3))
                brick = make(name)
                assert_allclose(fused[0][0], numpy.tile(
                    brick.initial_state_.get_value(), (4, 1)))
                assert_allclose(fused[1][0], numpy.tile(
                    brick.initial_cells.get_value(), (4, 1)))

    def test_mask_outputs_hides_but_keeps_the_state(self):
        for name in BRICKS:
            for reverse in (False, True):
                carried, = [compiled_apply(
                    make(name), reverse=reverse)(self.x, self.mask)]
                mask = self.mask[::-1] if reverse else self.mask
                for brick in self.both_ways(name, mask_outputs=True):
                    for value, truth in zip(
                            compiled_apply(brick, reverse=reverse)(
                                self.x, self.mask), carried):
                        assert_allclose(value, truth * mask[:, :, None],
                                        rtol=1e-10)
                initial = compiled_apply(
                    make(name, mask_outputs=True), reverse=reverse,
                    return_initial_states=True)(self.x, self.mask)
                assert_allclose(initial[0][0, 0],
                                brick.initial_state_.get_value())

    def test_single_steps_equal_the_sequence(self):
        for name in BRICKS:
            brick = make(name)
            x, mask = tensor.matrix('x'), tensor.vector('mask')
            h, c = tensor.matrix('h'), tensor.matrix('c')
            step = theano.function([x, mask, h, c], brick.apply(
                x, states=h, cells=c, mask=mask, iterate=False))
            whole = compiled_apply(brick)(self.x, self.mask)
            h = numpy.tile(brick.initial_state_.get_value(), (4, 1))
            c = numpy.tile(brick.initial_cells.get_value(), (4, 1))
            for t in range(6):
                h, c = step(self.x[t], self.mask[t], h, c)
                assert_allclose(h, whole[0][t], rtol=1e-10)
                assert_allclose(c, whole[1][t], rtol=1e-10)

    def test_garbage_in_the_padding_changes_nothing(self):
        dirty = numpy.where(self.mask[:, :, None] > 0, self.x, numpy.nan)
        dirty[0, self.mask[0] == 0] = numpy.inf
        for name in BRICKS:
            for brick in self.both_ways(name):
                x, mask = tensor.tensor3('x'), tensor.matrix('mask')
                states, cells = brick.apply(x, mask=mask)
                cost = (states ** 2).sum() + cells.sum()
                f = theano.function([x, mask], [states, cells] + theano.grad(
                    cost, [x] + list(brick.parameters)))
                for mask_value in self.mask, .7 * self.mask:
                    for value, truth in zip(f(dirty, mask_value),
                                            f(self.x, mask_value)):
                        assert_array_equal(value, truth)

    def test_nan_in_the_data_reaches_the_states(self):
        self.x[1, 2] = numpy.nan
        self.mask[:] = 1
        for brick in self.both_ways('LSTM'):
            states, _ = compiled_apply(brick)(self.x, self.mask)
            self.assertTrue(numpy.isnan(states[1:, 2]).all())
            self.assertFalse(numpy.isnan(states[:, [0, 1, 3]]).any())

    def test_fractional_masks_mix_states_in_a_scan(self):
        brick = make('LSTM', fused=False)
        x, h, c = self.x[:1], numpy.ones((4, 3)), numpy.ones((4, 3))
        args = [tensor.as_tensor_variable(a) for a in (x, h, c)]
        one, half = [brick.apply(
            args[0], states=args[1], cells=args[2],
            mask=tensor.alloc(numpy.float64(value), 1, 4))[0].eval()
            for value in (1., .5)]
        assert_allclose(half, .5 * one + .5, rtol=1e-10)

    def test_fractional_masks_mix_equally_in_kernel_and_scan(self):
        for name in BRICKS:
            fused, scanned = [
                compiled_apply(brick)(self.x, .7 * self.mask)
                for brick in self.both_ways(name)]
            assert_allclose(fused, scanned, rtol=1e-10)

    def test_which_steps_become_kernels(self):
        class Sorted(LSTM):
            @recurrent(sequences=['inputs', 'mask'], contexts=[],
                       states=['states', 'cells'],
                       outputs=['states', 'cells'])
            def apply(self, inputs, states, cells, mask=None):
                return carry_over(
                    mask, [tensor.sort(states, axis=1), cells],
                    [states, cells])

        scan = {'scan'}
        kernel = {'kernel'}
        cases = [
            ('default', LSTM(dim=3), kernel),
            ('peepholes', PeepholeLSTM(dim=3), kernel),
            ('something else in the step', Sorted(dim=3), scan),
            ('fused=False', LSTM(dim=3, fused=False), scan),
            ('activation', LSTM(dim=3, activation=Rectifier()), kernel),
            ('gates', LSTM(dim=3, gate_activation=Identity()), kernel),
            ('same ones', LSTM(dim=3, gate_activation=Logistic()), kernel)]
        for case, brick, expected in cases:
            brick.weights_init = IsotropicGaussian(0.1)
            brick.initialize()
            ops = ops_of(compiled_apply(brick))
            found = ({'kernel'} if Iterate in ops else set()) | (
                {'scan'} if Scan in ops else set())
            self.assertEqual(found, expected, case)
        self.assertIn('Sort', Sorted(dim=3).explain().reason)

    def test_names_roles_and_filters(self):
        for name in BRICKS:
            found = []
            for brick in self.both_ways(name):
                brick.name = 'enc'
                x, mask = tensor.tensor3('x'), tensor.matrix('mask')
                states, cells = brick.apply(x, mask=mask)
                cg = ComputationGraph([states.sum() + cells.sum()])
                found.append([
                    sorted(v.name for v in VariableFilter(
                        roles=[role], bricks=[brick])(cg.variables))
                    for role in (OUTPUT, WEIGHT, INITIAL_STATE)])
                self.assertEqual(states.name, 'enc_apply_states')
                self.assertEqual(cells.name, 'enc_apply_cells')
                self.assertEqual(VariableFilter(
                    applications=[brick.apply], roles=[OUTPUT],
                    name='states')(cg.variables), [states])
                self.assertTrue(VariableFilter(
                    applications=[brick.apply], roles=[INPUT])(cg.variables))
                self.assertEqual(
                    set(cg.parameters), set(brick.parameters))
            fused, scanned = found
            self.assertEqual(fused[1:], scanned[1:])
            self.assertTrue(set(fused[0]) <= set(scanned[0]))
            self.assertIn('enc_apply_states', fused[0])

    def test_parameters(self):
        brick = make('PeepholeLSTM', dim=3)
        self.assertEqual(
            {path: value.shape for path, value in
             ((path, parameter.get_value()) for path, parameter in
              Selector(brick).get_parameters().items())},
            {'/peepholelstm.W_state': (3, 12),
             '/peepholelstm.initial_state': (3,),
             '/peepholelstm.initial_cells': (3,),
             '/peepholelstm.W_cell_to_in': (3,),
             '/peepholelstm.W_cell_to_forget': (3,),
             '/peepholelstm.W_cell_to_out': (3,)})
        for name, dim in [('inputs', 12), ('states', 3), ('cells', 3),
                          ('mask', 0)]:
            self.assertEqual(brick.get_dim(name), dim)
        self.assertEqual(brick.apply.sequences, ['inputs', 'mask'])
        self.assertEqual(brick.apply.states, ['states', 'cells'])
        self.assertEqual(brick.apply.outputs, ['states', 'cells'])
        self.assertEqual(brick.apply.contexts, [])


class TestInitialization(TestCase):
    def test_schemes_are_per_gate(self):
        brick = LSTM(dim=4, weights_init=Orthogonal(), seed=1)
        brick.initialize()
        blocks = numpy.split(brick.W_state.get_value(), 4, axis=1)
        for block in blocks:
            assert_allclose(block.T.dot(block), numpy.eye(4), atol=1e-5)
        self.assertGreater(abs(blocks[0] - blocks[1]).max(), 0.01)
        brick = LSTM(dim=4, weights_init=IdentityInit(2.))
        brick.initialize()
        assert_array_equal(brick.W_state.get_value(),
                           numpy.tile(2 * numpy.eye(4), (1, 4)))

    def test_peepholes_have_their_own_scheme(self):
        brick = PeepholeLSTM(dim=4, weights_init=Orthogonal(),
                             peephole_init=Constant(0.5))
        brick.initialize()
        for peephole in brick.peepholes:
            assert_array_equal(peephole.get_value(), numpy.full(4, 0.5))

    def test_forget_gate_bias(self):
        linear = Linear(2, 12, weights_init=Constant(0),
                        biases_init=ForgetGateBias(1.5))
        linear.initialize()
        blocks = dict(zip(GATES, linear.b.get_value().reshape(4, 3)))
        for gate, block in blocks.items():
            assert_array_equal(block, numpy.full(
                3, 1.5 if gate == 'f' else 0.))

    def test_weights_without_four_gates_are_refused(self):
        rng = numpy.random.RandomState(1)
        for scheme in (ForgetGateBias(), PerGate(Constant(1))):
            with self.assertRaisesRegex(ValueError, r'4\*dim.*\(7,\)'):
                scheme.generate(rng, (7,))


class TestErrors(TestCase):
    """Tests that errors name the brick, the expected value and the remedy."""

    def setUp(self):
        self.brick = make('LSTM')
        self.x = tensor.tensor3('x')

    def test_wrong_ranks(self):
        for inputs in (tensor.matrix(), tensor.tensor4()):
            with self.assertRaisesRegex(
                    ValueError, "LSTM 'lstm': inputs must have 3 axes"):
                self.brick.apply(inputs)
        with self.assertRaisesRegex(ValueError, 'must have 2 axes'):
            self.brick.apply(self.x, states=tensor.matrix(),
                             cells=tensor.matrix(), iterate=False)
        with self.assertRaisesRegex(ValueError, 'mask must have 2 axes'):
            self.brick.apply(self.x, mask=tensor.tensor3())

    def test_wrong_dtypes_of_the_mask(self):
        for dtype in 'int64', 'float64':
            with self.assertRaisesRegex(
                    TypeError, "LSTM 'lstm'.*mask of dtype {}.*float32.*cast"
                    .format(dtype)):
                self.brick.apply(tensor.ftensor3(),
                                 mask=tensor.matrix(dtype=dtype))

    def test_masks_of_small_integers_are_cast(self):
        x = numpy.random.RandomState(0).normal(size=(5, 2, 12)).astype(
            self.x.dtype)
        mask = numpy.array([[1, 1]] * 3 + [[1, 0]] * 2)
        symbol = tensor.matrix(dtype='int8')
        self.brick.weights_init = IsotropicGaussian(.5)
        self.brick.initialize()
        states = self.brick.apply(self.x, mask=symbol)[0]
        self.assertEqual(states.dtype, self.x.dtype)
        expected = self.brick.apply(self.x, mask=tensor.cast(
            symbol, self.x.dtype))[0]
        run = theano.function([self.x, symbol], [states, expected])
        assert_array_equal(*run(x, mask.astype('int8')))

    def test_missing_inputs(self):
        with self.assertRaisesRegex(TypeError, 'inputs is missing'):
            self.brick.apply(mask=tensor.matrix())

    def test_wrong_shapes_at_run_time(self):
        for fused in (True, False):
            run = compiled_apply(make('LSTM', fused=fused))
            zeros, ones = numpy.zeros, numpy.ones
            with self.assertRaisesRegex(
                    ValueError, r"LSTM 'lstm': inputs must have 12 features, "
                    r"got 9.*i, j, f, o.*output_dim=12"):
                run(zeros((5, 2, 9)), ones((5, 2)))
            with self.assertRaisesRegex(
                    ValueError, r'mask must have shape \(5, 2\), got '
                    r'\(2, 5\); it looks batch-major'):
                run(zeros((5, 2, 12)), ones((2, 5)))
            with self.assertRaisesRegex(ValueError, 'batch-major'):
                run(zeros((5, 2, 12)), ones((4, 2)))
            with self.assertRaisesRegex(ValueError, 'empty batch'):
                run(zeros((5, 0, 12)), ones((5, 0)))
