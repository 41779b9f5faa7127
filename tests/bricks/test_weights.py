"""Tests of weights from and to other libraries: equations, round trips."""
import io
import os
import tarfile
import tempfile
import unittest
import zipfile
from functools import partial
from unittest import mock

import numpy
import theano
from blocks.bricks import MLP, Linear, Tanh
from blocks.bricks.recurrent import LSTM as BlocksLSTM
from blocks.bricks.recurrent import GatedRecurrent as BlocksGatedRecurrent
from blocks.bricks.recurrent import SimpleRecurrent
from blocks.filter import VariableFilter
from blocks.initialization import Constant, IsotropicGaussian
from blocks.model import Model
from blocks.roles import BIAS, WEIGHT, add_role
from blocks.select import Selector
from blocks.serialization import dump
from numpy.testing import assert_allclose, assert_array_equal, assert_equal
from theano import tensor

from blocks_rnn_bricks import (
    LSTM,
    BidirectionalStack,
    GatedRecurrent,
    LayerNormLSTM,
    PeepholeLSTM,
    ProjectedLSTM,
    Regularized,
    UnidirectionalStack,
)
from blocks_rnn_bricks.weights import (
    PEEPHOLES,
    from_blocks,
    from_keras,
    from_lasagne,
    from_pytorch,
    get_direction,
    get_network,
    initial_states,
    load_blocks_parameters,
    set_direction,
    set_network,
    to_blocks,
    to_keras,
    to_lasagne,
    to_pytorch,
)
from tests.bricks.reference import torch_cases
from tests.equations import gru_step, iterated, lstm_step

FLOATX = theano.config.floatX
FEATURES, DIM, STEPS = 3, 2, 5
PROJ = 1


def rng_arrays(seed, **shapes):
    rng = numpy.random.RandomState(seed)
    return {name: rng.normal(size=shapes[name]).astype(FLOATX)
            for name in sorted(shapes)}


def random_run(seed=1, features=FEATURES, dim=DIM, kind='lstm',
               peepholes=None, initial=True):
    """Return random weights of an LSTM, GRU or projected LSTM run."""
    proj_dim = PROJ if kind == 'proj' else dim
    wide = (3 if kind == 'gru' else 4) * dim
    shapes = dict(W_input=(features, wide), W_state=(proj_dim, wide),
                  b=(wide,), initial_state=(proj_dim,))
    if kind == 'gru':
        shapes['b_candidate'] = (dim,)
    else:
        shapes['initial_cells'] = (dim,)
    if kind == 'proj':
        shapes['W_projection'] = (dim, proj_dim)
    if kind == 'lstm' if peepholes is None else peepholes:
        shapes.update(dict.fromkeys(PEEPHOLES, (dim,)))
    run = rng_arrays(seed, **shapes)
    if not initial:
        for name in run:
            if name.startswith('initial'):
                run[name] *= 0
    return run


def random_network(num_layers, bidirectional, kind='lstm', **kwargs):
    directions = ('forward', 'backward')[:1 + bidirectional]
    shown = PROJ if kind == 'proj' else DIM
    return [{direction: random_run(
        10 * level + number, dim=DIM, kind=kind,
        features=len(directions) * shown if level else FEATURES, **kwargs)
        for number, direction in enumerate(directions)}
        for level in range(num_layers)]


def states_of(run, x):
    """Compute the states of a run on a sequence (steps, features) in NumPy."""
    return iterated(lstm_step, run, x.dot(run['W_input']) + run['b'],
                    [run['initial_state'], run['initial_cells']])[0]


def sequence():
    return numpy.random.RandomState(9).normal(
        size=(STEPS, FEATURES)).astype(FLOATX)


def assert_same(one, other):
    """Assert equal keys, arrays and dtypes at every level."""
    assert_equal(one, other)
    if isinstance(one, dict):
        for key in one:
            assert_same(one[key], other[key])
    elif isinstance(one, (list, tuple)):
        for pair in zip(one, other):
            assert_same(*pair)
    else:
        assert one.dtype == other.dtype, (one.dtype, other.dtype)


def stack_for(case):
    """Return a stack with the weights of a case of PyTorch."""
    kind = BidirectionalStack if case.bidirectional else UnidirectionalStack
    bricks = {'lstm': lambda: LSTM(dim=case.dim),
              'gru': lambda: GatedRecurrent(dim=case.dim),
              'proj': lambda: ProjectedLSTM(
                  dim=case.dim, proj_dim=case.initial_states.shape[2])}
    stack = kind([bricks[case.kind]() for _ in range(case.num_layers)],
                 input_dim=case.inputs.shape[2], mask_outputs=True,
                 weights_init=Constant(0), biases_init=Constant(0))
    stack.initialize()
    set_network(stack, from_pytorch(case.weights))
    return stack


def arguments_of(stack, case):
    """Return a case's variables for `unroll` by name, and their values."""
    variables = {'inputs': tensor.tensor3('x'), 'mask': tensor.matrix('mask')}
    variables.update((name, tensor.matrix(name))
                     for name in stack.state_names)
    values = [case.inputs, case.mask] + [
        state for run in zip(*case.states) for state in run]
    return variables, [value.astype(FLOATX) for value in values]


class TestPyTorch(unittest.TestCase):
    def test_stacks_compute_what_pytorch_computes(self):
        for case in torch_cases():
            stack = stack_for(case)
            variables, values = arguments_of(stack, case)
            outputs = stack.apply(**variables)
            assert_allclose(outputs.eval(dict(zip(
                variables.values(), values))), case.outputs, rtol=1e-5,
                            atol=1e-5, err_msg=str(case))

    def test_grus_and_projected_states_and_their_gradients(self):
        for case in torch_cases('gru') + torch_cases('proj'):
            stack = stack_for(case)
            variables, values = arguments_of(stack, case)
            outputs = stack.unroll(**variables)
            loss = (outputs[0] * case.projections['outputs']).sum()
            names = ['last_states', 'last_cells'][:len(case.states)]
            for number, name in enumerate(names):
                for run, final in enumerate(outputs[1 + number::len(names)]):
                    loss += (final * case.projections[name][run]).sum()
            parameters = VariableFilter(roles=[WEIGHT, BIAS])(
                list(Selector(stack).get_parameters().values()))
            got = theano.function(
                list(variables.values()),
                outputs + [loss] + theano.grad(loss, parameters))(*values)
            expected = [case.outputs] + [
                state for run in zip(*[getattr(case, name)
                                       for name in names])
                for state in run] + [case.loss]
            for value, truth in zip(got, expected):
                assert_allclose(value, truth, rtol=1e-5, atol=1e-5,
                                err_msg=str(case))
            # The gradients have the layout of the weights.
            for parameter, value in zip(parameters, got[len(expected):]):
                parameter.set_value(value)
            theirs = dict(case.gradients)
            for name in ('inputs', 'initial_states', 'initial_cells'):
                theirs.pop(name, None)
            for name in theirs:
                if name.startswith('bias_hh'):  # as bias_ih, except b_hn
                    kept = 2 * case.dim if case.kind == 'gru' else None
                    theirs[name][:kept] = 0
            truth = from_pytorch(theirs)
            for level, layer in enumerate(get_network(stack)):
                for direction, run in layer.items():
                    for key in set(run) - {'initial_state', 'initial_cells'}:
                        expected = truth[level][direction][key]
                        scale = max(1., abs(expected).max())
                        assert_allclose(
                            run[key] / scale, expected / scale, rtol=0,
                            atol=1e-5, err_msg='{} {} {} {}'.format(
                                case, level, direction, key))

    def test_round_trip_from_the_library(self):
        for case in (torch_cases() + torch_cases('gru') +
                     torch_cases('proj')):
            again = to_pytorch(from_pytorch(case.weights))
            self.assertEqual(set(again), set(case.weights))
            for name, array in again.items():
                # Both biases of a candidate return; of other gates, the sum.
                summed = 2 * case.dim if case.kind == 'gru' else None
                expected = case.weights[name].copy()
                if name.startswith('bias_ih'):
                    expected[:summed] += case.weights[
                        name.replace('ih', 'hh')][:summed]
                elif name.startswith('bias_hh'):
                    expected[:summed] = 0
                assert_array_equal(array, expected, name)
                self.assertEqual(array.dtype, expected.dtype)
            assert_same(from_pytorch(again), from_pytorch(case.weights))

    def test_round_trip_to_the_library(self):
        for kind in ('lstm', 'gru', 'proj'):
            for num_layers in (1, 3):
                for bidirectional in (False, True):
                    network = random_network(
                        num_layers, bidirectional, kind=kind,
                        peepholes=False, initial=False)
                    assert_same(from_pytorch(to_pytorch(network)), network)

    def test_safetensors_file(self):
        # PyTorch computed the expected outputs, see above.
        try:
            from blocks.safetensors import read_arrays
        except ImportError as error:
            raise unittest.SkipTest(
                'the original Blocks has no safetensors') from error
        for case in torch_cases() + torch_cases('gru'):
            network = from_pytorch(case.weights)
            with tempfile.TemporaryDirectory() as folder:
                path = os.path.join(folder, 'a.safetensors')
                state_dict = to_pytorch(network, path=path)
                again = read_arrays(path)
                with open(path, 'rb') as file_:
                    self.assertIn(b'"format":"pt"', file_.read())
            self.assertEqual(set(again), set(case.weights))
            for name, array in state_dict.items():
                assert_array_equal(again[name], array)
                self.assertEqual(again[name].shape, case.weights[name].shape)
            assert_same(from_pytorch(again), network)

    def test_layers_of_different_sizes(self):
        network = random_network(2, False, peepholes=False, initial=False)
        network[1]['forward'] = random_run(
            features=DIM, dim=DIM + 1, peepholes=False, initial=False)
        with self.assertRaisesRegex(ValueError, 'the same dim.*hidden_size'):
            to_pytorch(network)

    def test_prefix(self):
        network = random_network(2, True, peepholes=False, initial=False)
        state_dict = to_pytorch(network, prefix='encoder.rnn.')
        self.assertIn('encoder.rnn.weight_hh_l1_reverse', state_dict)
        state_dict['decoder.weight'] = numpy.ones(3)
        assert_same(from_pytorch(state_dict, prefix='encoder.rnn.'), network)

    def test_without_biases(self):
        network = random_network(1, False, peepholes=False, initial=False)
        network[0]['forward']['b'] *= 0
        state_dict = to_pytorch(network, bias=False)
        self.assertEqual(set(state_dict), {'weight_ih_l0', 'weight_hh_l0'})
        assert_same(from_pytorch(state_dict), network)
        network = random_network(1, False, kind='gru', initial=False)
        network[0]['forward']['b'] *= 0
        with self.assertRaisesRegex(ValueError, 'b_candidate.*bias=True'):
            to_pytorch(network, bias=False)
        network[0]['forward']['b_candidate'] *= 0
        state_dict = to_pytorch(network, bias=False)
        self.assertEqual(set(state_dict), {'weight_ih_l0', 'weight_hh_l0'})
        assert_same(from_pytorch(state_dict), network)

    def test_initial_states(self):
        network = random_network(2, True, peepholes=False)
        with self.assertRaisesRegex(ValueError, 'layer 0 forward.*initial_'
                                    'state .*drop_initial_states'):
            to_pytorch(network)
        again = from_pytorch(to_pytorch(network, drop_initial_states=True))
        self.assertFalse(again[1]['backward']['initial_cells'].any())
        states, cells = initial_states(network)
        self.assertEqual(states.shape, (4, DIM))
        assert_array_equal(states[2], network[1]['forward']['initial_state'])
        assert_array_equal(cells[1], network[0]['backward']['initial_cells'])
        states, cells = initial_states(random_network(2, True, kind='proj'))
        self.assertEqual((states.shape, cells.shape), ((4, PROJ), (4, DIM)))
        network = random_network(2, True, kind='gru')
        with self.assertRaisesRegex(ValueError, 'drop_initial_states'):
            to_pytorch(network)
        states, cells = initial_states(network)
        assert_array_equal(states[3], network[1]['backward']['initial_state'])
        self.assertIsNone(cells)
        with self.assertRaisesRegex(ValueError, 'layers of one size, got .*'
                                    r'\(2, 6\) and \(3, 9\)'):
            initial_states([{'forward': random_run(kind='gru')},
                            {'forward': random_run(kind='gru', dim=3)}])

    def test_refusals(self):
        good = to_pytorch(random_network(1, False, peepholes=False,
                                         initial=False))
        for pattern, change in [
                ("'fc.weight' does not belong to an LSTM or GRU; pass the "
                 "prefix",
                 {'fc.weight': numpy.ones(1)}),
                (r'\(proj_dim, 4\*dim\) .* got \(2, 8\) and a projection of '
                 r'\(5, 1\)', {'weight_hr_l0': numpy.ones((1, 5))}),
                (r'W_projection must have shape \(2, 2\) .*got \(2, 1\)',
                 {'weight_hr_l0': numpy.ones((1, 2))}),
                (r'\(dim, 3\*dim\) for a GRU.*got \(1, 8\) and no projection',
                 {'weight_hh_l0': numpy.ones((8, 1))}),
                (r"4\*hidden_size = 8 to match 'weight_hh_l0', got shape "
                 r'\(6, 3\)', {'weight_ih_l0': numpy.ones((6, 3))}),
                (r"3\*hidden_size = 6 to match 'weight_hh_l0', got shape "
                 r'\(8, 3\)', {'weight_hh_l0': numpy.ones((6, 2))}),
                ("'weight_hh_l0' is missing", {'weight_hh_l0': None}),
                ("'weight_ih_l1' is missing",
                 {'weight_ih_l2': good['weight_ih_l0']}),
                ("'weight_ih_l0_reverse' is missing",
                 {'weight_hh_l0_reverse': good['weight_hh_l0']}),
                ("'bias_ih_l0' is given without", {'bias_hh_l0': None}),
                (r"first of size 4\*hidden_size = 8 .* got shape \(7, 3\)",
                 {'weight_ih_l0': numpy.ones((7, 3))}),
                (r"'bias_ih_l0' must have 1 axes, .* = 8 .* got shape \(4,\)",
                 {'bias_ih_l0': numpy.ones(4), 'bias_hh_l0': numpy.ones(4)}),
                (r'\(dim, 4\*dim\) for an LSTM, .* got \(2, 4\)',
                 {'weight_hh_l0': numpy.ones((4, 2))})]:
            state_dict = {name: array
                          for name, array in dict(good, **change).items()
                          if array is not None}
            with self.assertRaisesRegex(ValueError, pattern):
                from_pytorch(state_dict)
        with self.assertRaisesRegex(ValueError, "begins with 'rnn.'"):
            from_pytorch(good, prefix='rnn.')
        with self.assertRaisesRegex(ValueError, 'no peepholes'):
            to_pytorch(random_network(1, False, initial=False))
        with self.assertRaisesRegex(ValueError, 'pass bias=True'):
            to_pytorch(random_network(1, False, peepholes=False,
                                      initial=False), bias=False)
        lstm, gru, projected = [
            {'forward': random_run(kind=kind, features=DIM, peepholes=False,
                                   initial=False)}
            for kind in ('lstm', 'gru', 'proj')]
        for upper, named in [(gru, 'a GRU and an LSTM'), (
                projected, 'an LSTM and an LSTM with projected states')]:
            with self.assertRaisesRegex(
                    ValueError, 'PyTorch has layers of one kind, but .*' +
                    named):
                to_pytorch([lstm, upper])
        mixed = to_pytorch([lstm])
        mixed.update((name.replace('l0', 'l1'), array)
                     for name, array in to_pytorch([gru]).items())
        with self.assertRaisesRegex(ValueError, 'layers of one kind'):
            from_pytorch(mixed)
        wide = random_run(kind='proj', dim=1, initial=False)
        with self.assertRaisesRegex(
                ValueError, r'\(1, 1\), but the proj_size .* smaller'):
            to_pytorch([{'forward': wide}])


class TestKeras(unittest.TestCase):
    def arrays(self, seed=1):
        arrays = rng_arrays(seed, a=(FEATURES, 4 * DIM), b=(DIM, 4 * DIM),
                            c=(4 * DIM,))
        return [arrays[name] for name in 'abc']

    def gru_arrays(self, seed=1):
        arrays = rng_arrays(seed, a=(FEATURES, 3 * DIM), b=(DIM, 3 * DIM),
                            c=(2, 3 * DIM))
        return [arrays[name] for name in 'abc']

    def test_equations_of_the_gru(self):
        # From the documentation of Keras, in its symbols, without Keras.
        kernel, recurrent_kernel, (input_bias, bias) = self.gru_arrays()
        bias_z, bias_r, bias_n = numpy.split(bias, 3)
        expected, = iterated(
            partial(gru_step, gates='zrn'),
            {'W_state': recurrent_kernel, 'b_candidate': bias_n},
            sequence().dot(kernel) + input_bias + numpy.concatenate(
                [bias_z, bias_r, 0 * bias_n]), [numpy.zeros(DIM)])
        run = from_keras(self.gru_arrays())['forward']
        states, = iterated(gru_step, run, sequence().dot(run['W_input']) +
                           run['b'], [run['initial_state']])
        assert_allclose(states, expected, rtol=1e-5)
        gru, linear = GatedRecurrent(dim=DIM), Linear(FEATURES, 3 * DIM)
        set_direction(gru, linear, run)
        x = tensor.tensor3('x')
        assert_allclose(gru.apply(linear.apply(x)).eval(
            {x: sequence()[:, None]})[:, 0], expected, rtol=1e-4, atol=1e-6)

    def test_grus_round_trip(self):
        for seeds in ([1], [1, 2]):
            weights = sum([self.gru_arrays(seed) for seed in seeds], [])
            for array in weights[2::3]:
                array[1, :2 * DIM] = 0  # Only the sums of these biases matter.
            assert_same(to_keras(from_keras(weights)), weights)
            assert_same(from_keras(weights, reset_after=True),
                        from_keras(weights))
            weights = sum([self.gru_arrays(seed)[:2] for seed in seeds], [])
            assert_same(to_keras(from_keras(weights, reset_after=True),
                                 use_bias=False), weights)
            layer, = random_network(1, len(seeds) > 1, kind='gru',
                                    initial=False)
            assert_same(from_keras(to_keras(layer)), layer)

    def test_grus_that_reset_before_the_product(self):
        kernel, recurrent_kernel, bias = self.gru_arrays()
        both = [kernel, recurrent_kernel]
        for pattern, weights, reset_after in [
                ('with reset_after=False', both + [bias[0]], None),
                ('with reset_after=False', both + [bias[0]], False),
                ('with reset_after=False', both, False),
                ('do not determine reset_after', both, None),
                (r'got reset_after=True, but a bias of shape \(6,\)',
                 both + [bias[0]], True),
                (r'got reset_after=False, but a bias of shape \(2, 6\)',
                 both + [bias], False),
                (r'\(2, 3\*units\) = \(2, 6\), got \(2, 8\)',
                 both + [numpy.ones((2, 8))], None),
                ('reset_after applies to a GRU', self.arrays(), True)]:
            with self.assertRaisesRegex(ValueError, pattern):
                from_keras(weights, reset_after=reset_after)

    def test_equations(self):
        kernel, recurrent_kernel, bias = self.arrays()
        # Keras calls its gates i, f, c and o.
        expected, _ = iterated(
            partial(lstm_step, gates='jfio'), {'W_state': recurrent_kernel},
            sequence().dot(kernel) + bias, [numpy.zeros(DIM)] * 2)
        run = from_keras([kernel, recurrent_kernel, bias])['forward']
        assert_allclose(states_of(run, sequence()), expected, rtol=1e-5)

    def test_round_trip_from_the_library(self):
        for weights in (self.arrays(), self.arrays() + self.arrays(2)):
            assert_same(to_keras(from_keras(weights)), weights)
        for weights in (self.arrays()[:2],
                        self.arrays()[:2] + self.arrays(2)[:2]):
            assert_same(to_keras(from_keras(weights), use_bias=False),
                        weights)

    def test_round_trip_to_the_library(self):
        for bidirectional in (False, True):
            layer, = random_network(1, bidirectional, peepholes=False,
                                    initial=False)
            assert_same(from_keras(to_keras(layer)), layer)

    def test_refusals(self):
        kernel, recurrent_kernel, bias = self.arrays()
        for pattern, weights in [
                ('expected the 2 or 3 arrays .* got 1', [kernel]),
                ('expected the 2 or 3 arrays .* got 5', [kernel] * 5),
                (r'kernel must have shape \(features, 4\*units\) .* got \(7,',
                 [numpy.ones((7, 7)), recurrent_kernel, bias]),
                (r'bias must have shape \(4\*units,\) = \(8,\), got \(16,\)',
                 [kernel, recurrent_kernel, numpy.ones(16)]),
                (r'kernel must have shape .*\(features, 8\), got \(3, 6\)',
                 [numpy.ones((3, 6)), recurrent_kernel, bias]),
                (r'\(dim, 3\*dim\) for a GRU.* got \(2, 2\)',
                 [numpy.ones((3, 2)), numpy.ones((2, 2)), numpy.ones(2)])]:
            with self.assertRaisesRegex(ValueError, pattern):
                from_keras(weights)
        layer, = random_network(1, False)
        with self.assertRaisesRegex(ValueError, 'no peepholes'):
            to_keras(layer)
        layer, = random_network(1, True, peepholes=False)
        with self.assertRaisesRegex(ValueError, 'drop_initial_states'):
            to_keras(layer)
        self.assertEqual(len(to_keras(layer, drop_initial_states=True)), 6)
        layer, = random_network(1, False, peepholes=False, initial=False)
        with self.assertRaisesRegex(ValueError, 'pass use_bias=True'):
            to_keras(layer, use_bias=False)
        layer, = random_network(1, False, kind='proj', initial=False)
        layer['forward']['W_projection'] *= 0
        with self.assertRaisesRegex(
                ValueError, 'W_projection cannot be converted'):
            to_keras(layer)


class TestLasagne(unittest.TestCase):
    def arrays(self, peepholes=True):
        shapes = {'hid_init': (1, DIM), 'cell_init': (1, DIM)}
        for gate in ('ingate', 'forgetgate', 'cell', 'outgate'):
            shapes['W_in_to_' + gate] = (FEATURES, DIM)
            shapes['W_hid_to_' + gate] = (DIM, DIM)
            shapes['b_' + gate] = (DIM,)
            if peepholes and gate != 'cell':
                shapes['W_cell_to_' + gate] = (DIM,)
        return rng_arrays(2, **shapes)

    def test_equations(self):
        p = self.arrays()
        W_in, W_hid, b = (
            numpy.concatenate([p[prefix + gate] for gate in (
                'cell', 'ingate', 'forgetgate', 'outgate')], axis=-1)
            for prefix in ('W_in_to_', 'W_hid_to_', 'b_'))
        expected, _ = iterated(
            lstm_step, {'W_state': W_hid, **{
                'W_cell_to_' + name: p['W_cell_to_{}gate'.format(name)]
                for name in ('in', 'forget', 'out')}},
            sequence().dot(W_in) + b, [p['hid_init'][0], p['cell_init'][0]])
        assert_allclose(states_of(from_lasagne(p), sequence()), expected,
                        rtol=1e-4)

    def test_round_trip_from_the_library(self):
        for peepholes in (False, True):
            arrays = self.arrays(peepholes)
            assert_same(to_lasagne(from_lasagne(arrays)), arrays)
            named = {'lstm.' + name: array for name, array in arrays.items()}
            run = from_lasagne(dict(named, other=numpy.ones(1)),
                               prefix='lstm.')
            assert_same(to_lasagne(run, prefix='lstm.'), named)

    def test_round_trip_to_the_library(self):
        for peepholes in (False, True):
            run = random_run(peepholes=peepholes)
            assert_same(from_lasagne(to_lasagne(run)), run)

    def test_initial_states_may_be_absent(self):
        arrays = self.arrays()
        del arrays['hid_init'], arrays['cell_init']
        run = from_lasagne(arrays)
        assert_array_equal(run['initial_state'], numpy.zeros(DIM))

    def test_refusals(self):
        for pattern, change in [
                ("'b_outgate' is missing", {'b_outgate': None}),
                ("'W_hid_to_cell' is missing", {'W_hid_to_cell': None}),
                ("'W' does not belong to an LSTMLayer; pass the prefix",
                 {'W': numpy.ones(1)}),
                ('peepholes .* or none, got W_cell_to_in, W_cell_to_out',
                 {'W_cell_to_forgetgate': None}),
                (r"'W_hid_to_ingate' must have shape \(2, 2\) .* got \(3,",
                 {'W_hid_to_ingate': numpy.ones((3, 3))}),
                (r"'W_in_to_outgate' must have shape \(3, 2\) .*\(4, 2\)",
                 {'W_in_to_outgate': numpy.ones((4, 2))}),
                (r"'b_ingate' must have shape \(2,\)",
                 {'b_ingate': numpy.ones((1, 2))}),
                (r"'hid_init' must have shape \(1, 2\), one for all",
                 {'hid_init': numpy.ones((7, 2))})]:
            arrays = {name: array for name, array
                      in dict(self.arrays(), **change).items()
                      if array is not None}
            with self.assertRaisesRegex(ValueError, pattern):
                from_lasagne(arrays)
        run = random_run()
        run['W_cell_to_cell'] = run['b']
        with self.assertRaisesRegex(ValueError, "no key 'W_cell_to_cell'"):
            to_lasagne(run)
        with self.assertRaisesRegex(ValueError, "'W_state' is missing"):
            to_lasagne({'W_input': run['W_input']})
        with self.assertRaisesRegex(ValueError, 'got those of a GRU'):
            to_lasagne(random_run(kind='gru'))
        with self.assertRaisesRegex(
                ValueError, 'W_projection cannot be converted'):
            to_lasagne(random_run(kind='proj'))


class TestBlocks(unittest.TestCase):
    def setUp(self):
        self.lstm = BlocksLSTM(dim=DIM, weights_init=IsotropicGaussian(.7))
        self.linear = Linear(FEATURES, 4 * DIM, name='fork',
                             weights_init=IsotropicGaussian(.7),
                             biases_init=IsotropicGaussian(.7))
        rng = numpy.random.RandomState(5)
        for brick in (self.linear, self.lstm):
            brick.initialize()
        for state in (self.lstm.initial_state_, self.lstm.initial_cells):
            state.set_value(rng.normal(size=DIM).astype(FLOATX))
        self.x = tensor.tensor3('x')
        self.states, _ = self.lstm.apply(self.linear.apply(self.x))
        self.model = Model(self.states.sum())

    def test_states_equal_those_of_the_blocks_brick(self):
        run = from_blocks(self.model.get_parameter_values(), '/lstm', '/fork')
        ours = PeepholeLSTM(dim=DIM, weights_init=Constant(0))
        linear = Linear(FEATURES, 4 * DIM, weights_init=Constant(0),
                        biases_init=Constant(0))
        for brick in (linear, ours):
            brick.initialize()
        set_direction(ours, linear, run)
        states, _ = ours.apply(linear.apply(self.x))
        x = sequence()[:, None]
        assert_allclose(states.eval({self.x: x}),
                        self.states.eval({self.x: x}), rtol=1e-5)
        assert_same(get_direction(ours, linear), run)

    def test_round_trip_from_the_library(self):
        parameters = dict(self.model.get_parameter_values())
        run = from_blocks(parameters, '/lstm', '/fork')
        assert_same(to_blocks(run, '/lstm', '/fork'), parameters)
        self.model.set_parameter_values(to_blocks(
            random_run(seed=8), '/lstm', '/fork'))
        assert_same(from_blocks(self.model.get_parameter_values(), '/lstm',
                                '/fork'), random_run(seed=8))

    def test_without_peepholes_or_biases(self):
        parameters = to_blocks(random_run(peepholes=False), '/a', '/b')
        assert_array_equal(parameters['/a.W_cell_to_in'], numpy.zeros(DIM))
        del parameters['/b.b']
        run = from_blocks(parameters, '/a', '/b')
        assert_array_equal(run['b'], numpy.zeros(4 * DIM))

    def test_files(self):
        expected = dict(self.model.get_parameter_values())
        with tempfile.TemporaryDirectory() as folder:
            tar = os.path.join(folder, 'checkpoint.tar')
            with open(tar, 'wb') as file_:
                dump({'anything': 1}, file_,
                     parameters=self.model.parameters)
            assert_same(load_blocks_parameters(tar), expected)
            for delimiter in '-|':
                npz = os.path.join(folder, 'parameters.npz')
                numpy.savez(npz, **{name.replace('/', delimiter): array
                                    for name, array in expected.items()})
                assert_same(load_blocks_parameters(npz), expected)
            for name in ('checkpoint.tar', 'parameters.npz'):
                run = from_blocks(load_blocks_parameters(
                    os.path.join(folder, name)), '/lstm', '/fork')
                self.assertEqual(run['W_input'].shape, (FEATURES, 4 * DIM))

            with open(tar, 'wb') as file_:
                dump({'anything': 1}, file_)
            with self.assertRaisesRegex(ValueError, 'no separate param'):
                load_blocks_parameters(tar)
            with open(tar, 'wb') as file_:
                file_.write(b'neither')
            with self.assertRaisesRegex(ValueError, 'is neither'):
                load_blocks_parameters(tar)
            with self.assertRaises(OSError):
                load_blocks_parameters(os.path.join(folder, 'absent.tar'))

    def test_invalid_files_are_refused(self):
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, 'file')

            def refused(pattern):
                with self.assertRaisesRegex(
                        ValueError, 'load_blocks_parameters: .*file.*'
                        + pattern):
                    load_blocks_parameters(path)

            def write(members, method=zipfile.ZIP_STORED):
                with zipfile.ZipFile(path, 'w', method) as archive:
                    for name, data in members.items():
                        archive.writestr(name, data)

            buffer = io.BytesIO()
            numpy.save(buffer, numpy.zeros(10 ** 5))
            array = buffer.getvalue()
            # a zip file by torch.save, and any other
            write({'model/data.pkl': b'x', 'model/data/0': b'y'})
            refused("contains 'model/data.pkl'")
            write({'-lstm.W.npy': array, 'notes.txt': b''})
            refused("contains 'notes.txt'")
            write({'-lstm.W.npy': array[:-8]})
            refused('should have 800000 bytes, but has 799992')
            write({'-lstm.W.npy': b'text'})
            refused('magic string')
            write({'-lstm.W.npy': array}, zipfile.ZIP_LZMA)
            refused('that NumPy does not')
            numpy.savez(path, a=numpy.array([{}], object))
            os.rename(path + '.npz', path)
            refused('allow_pickle')
            write({'-lstm.W.npy': array}, zipfile.ZIP_DEFLATED)
            self.assertLess(os.path.getsize(path), 10000)
            values, = load_blocks_parameters(path).values()
            assert_array_equal(values, numpy.zeros(10 ** 5))
            with mock.patch('blocks_rnn_bricks.weights.npz.INFLATED', 10000):
                refused('would take 800128 bytes')
            with tarfile.open(path, 'w:gz') as archive:
                archive.addfile(tarfile.TarInfo('_parameters'))
            with self.assertRaises((ValueError, EOFError)):
                load_blocks_parameters(path)

    def test_refusals(self):
        parameters = self.model.get_parameter_values()
        with self.assertRaisesRegex(ValueError, "'/rnn.W_state' is not among "
                                    'the '
                                    'parameters /fork.W, /fork.b'):
            from_blocks(parameters, '/rnn', '/fork')
        with self.assertRaisesRegex(ValueError, r'4\*dim, got shape \(2, 7'):
            from_blocks(dict(parameters, **{
                '/lstm.W_state': numpy.ones((2, 7))}), '/lstm', '/fork')
        with self.assertRaisesRegex(ValueError, 'got those of a GRU'):
            to_blocks(random_run(kind='gru'), '/lstm', '/fork')
        with self.assertRaisesRegex(
                ValueError, 'W_projection cannot be converted'):
            to_blocks(random_run(kind='proj'), '/lstm', '/fork')


def projected(dim):
    return ProjectedLSTM(dim=dim, proj_dim=PROJ)


class TestBricks(unittest.TestCase):
    def stack(self, kind=BidirectionalStack, brick=LSTM, num_layers=2,
              **kwargs):
        stack = kind([brick(dim=DIM) for _ in range(num_layers)],
                     input_dim=FEATURES, weights_init=IsotropicGaussian(.1),
                     biases_init=Constant(.2), **kwargs)
        stack.initialize()
        return stack

    def test_networks_round_trip(self):
        for stack_kind, bidirectional in [(BidirectionalStack, True),
                                          (UnidirectionalStack, False)]:
            for brick, kind, peepholes in [
                    (LSTM, 'lstm', False), (PeepholeLSTM, 'lstm', True),
                    (GatedRecurrent, 'gru', False),
                    (projected, 'proj', False)]:
                stack = self.stack(stack_kind, brick, num_layers=3)
                network = random_network(3, bidirectional, kind=kind,
                                         peepholes=peepholes)
                set_network(stack, network)
                assert_same(get_network(stack), network)

    def test_stack_of_lstm_and_gru(self):
        stack = UnidirectionalStack(
            [LSTM(dim=DIM), Regularized(GatedRecurrent(dim=DIM), zoneout=.1)],
            input_dim=FEATURES)
        network = [{'forward': random_run(peepholes=False)},
                   {'forward': random_run(2, features=DIM, kind='gru')}]
        set_network(stack, network)
        assert_same(get_network(stack), network)
        assert_array_equal(
            stack.layers[1][0].transition.transition.b_candidate.get_value(),
            network[1]['forward']['b_candidate'])

    def test_plain_lstm_loads_into_peephole_lstm(self):
        stack = self.stack(brick=PeepholeLSTM)
        set_network(stack, random_network(2, True))
        set_network(stack, random_network(2, True, peepholes=False))
        for layer in get_network(stack):
            for run in layer.values():
                for name in PEEPHOLES:
                    assert_array_equal(run[name], numpy.zeros(DIM))

    def test_refusals_change_nothing(self):
        stack = self.stack()
        before = get_network(stack)
        late = random_network(2, True, peepholes=False)
        late[1]['backward']['W_input'] = numpy.ones((FEATURES + 9, 4 * DIM))
        uneven = random_network(2, True, peepholes=False)
        del uneven[1]['backward']
        backward = random_network(2, True, peepholes=False)
        del backward[0]['forward']
        for pattern, network in [
                ('W_cell_to_in is not zero.*use PeepholeLSTM',
                 random_network(2, True)),
                ('has 2 layers of 2 directions, got weights for 3 layers of 2',
                 random_network(3, True, peepholes=False)),
                ('LSTM .lstm.: expected the weights of an LSTM, got those '
                 r'of a GRU, .* \(2, 6\)',
                 random_network(2, True, kind='gru')),
                ('W_projection cannot be converted; use ProjectedLSTM',
                 random_network(2, True, kind='proj')),
                ('got weights for 2 layers of 1',
                 random_network(2, False, peepholes=False)),
                (r'W_input must have shape \(4, 8\), got \(12, 8\)', late),
                ('same number of directions', uneven),
                ('expected layer 0 to be', backward),
                ('at least one layer', [])]:
            with self.assertRaisesRegex(ValueError, pattern):
                set_network(stack, network)
            assert_same(get_network(stack), before)

    def test_weights_of_another_kind_are_refused(self):
        lstm = random_run(peepholes=False)
        gru = random_run(kind='gru')
        for brick, run, pattern in [
                (GatedRecurrent(dim=DIM), lstm, "GatedRecurrent .* expected "
                 'the weights of a GRU, got those of an LSTM'),
                (projected(DIM), lstm, "the key 'W_projection'.*use LSTM"),
                (projected(DIM), random_run(kind='proj', dim=3),
                 'must have shape'),
                (LSTM(dim=DIM), dict(gru, initial_cells=lstm['b']),
                 "weights of a GRU have no key 'initial_cells'"),
                (LSTM(dim=DIM), dict(lstm, b_candidate=gru['b_candidate']),
                 "weights of an LSTM have no key 'b_candidate'")]:
            linear = Linear(FEATURES, brick.get_dim('inputs'))
            before = get_direction(brick, linear)
            with self.assertRaisesRegex(ValueError, pattern):
                set_direction(brick, linear, run)
            assert_same(get_direction(brick, linear), before)

    def test_unsupported_transitions_are_refused(self):
        for transition, pattern in [
                (SimpleRecurrent(DIM, activation=Tanh()),
                 'expected an LSTM, .* got SimpleRecurrent'),
                (BlocksGatedRecurrent(DIM),
                 'before the product; use .* of blocks_rnn_bricks'),
                (LayerNormLSTM(dim=DIM), "LayerNormLSTM 'layernormlstm': .* "
                 "do not include the parameter 'gain_inputs'")]:
            stack = BidirectionalStack([transition], input_dim=FEATURES)
            with self.assertRaisesRegex(TypeError, pattern):
                get_network(stack)
            with self.assertRaisesRegex(TypeError, pattern):
                set_network(stack, random_network(1, True, peepholes=False))

    def test_nonlinear_projections_are_refused(self):
        network = random_network(1, True, peepholes=False)
        for run in network[0].values():
            run['b'] *= 0  # else this alone would be refused
        stack = self.stack(num_layers=1,
                           projection=MLP([Tanh()], [None, None]))
        before = {path: parameter.get_value() for path, parameter
                  in Selector(stack).get_parameters().items()}
        with self.assertRaisesRegex(TypeError, 'by a Linear, got MLP '):
            set_network(stack, network)
        with self.assertRaisesRegex(TypeError, 'by a Linear, got MLP '):
            get_network(stack)
        for path, parameter in Selector(stack).get_parameters().items():
            assert_array_equal(parameter.get_value(), before[path])

    def test_additional_parameters_are_refused(self):
        class Scaled(Linear):
            def _allocate(self):
                super(Scaled, self)._allocate()
                self.parameters.append(theano.shared(2., name='scale'))

        class Learned(Tanh):
            def _allocate(self):
                slope = theano.shared(1., name='slope')
                add_role(slope, WEIGHT)
                self.parameters = [slope]

        for lstm, linear, pattern in [
                (LSTM(dim=DIM), Scaled(FEATURES, 4 * DIM),
                 "parameter 'scale' of Scaled 'scaled'"),
                (LSTM(dim=DIM, activation=Learned()),
                 Linear(FEATURES, 4 * DIM),
                 "parameter 'slope' of Learned 'learned'")]:
            with self.assertRaisesRegex(TypeError, pattern):
                get_direction(lstm, linear)
            with self.assertRaisesRegex(TypeError, pattern):
                set_direction(lstm, linear, random_run(peepholes=False))

    def test_linear_without_biases(self):
        lstm = LSTM(dim=DIM, weights_init=Constant(0))
        linear = Linear(FEATURES, 4 * DIM, use_bias=False,
                        weights_init=Constant(0))
        lstm.initialize()
        linear.initialize()
        run = random_run(peepholes=False)
        with self.assertRaisesRegex(ValueError, 'b is not zero.*use_bias'):
            set_direction(lstm, linear, run)
        run['b'] *= 0
        set_direction(lstm, linear, run)
        assert_same(get_direction(lstm, linear), run)

    def test_unallocated_bricks(self):
        lstm, linear = LSTM(dim=DIM), Linear(FEATURES, 4 * DIM)
        run = random_run(peepholes=False)
        set_direction(lstm, linear, run)
        assert_same(get_direction(lstm, linear), run)
