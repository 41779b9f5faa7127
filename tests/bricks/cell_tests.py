"""Tests that every recurrent brick must pass, as a base for TestCases."""
import numpy
import theano
from blocks.filter import VariableFilter
from blocks.graph import ComputationGraph
from blocks.initialization import Constant, IsotropicGaussian
from blocks.roles import BIAS, INITIAL_STATE, OUTPUT, WEIGHT
from blocks.select import Selector
from numpy.testing import assert_allclose, assert_array_equal
from theano import tensor
from theano.configparser import change_flags
from theano.scan_module.scan_op import Scan

import rnn_kernels
from blocks_rnn_bricks import BidirectionalStack, Regularized
from rnn_kernels.ops import Iterate
from tests.equations import iterated_padded, random_mask, slopes
from tests.rnn_kernels.plain import plain

SHAPES = [(1, 1), (1, 3), (6, 1), (7, 5)]
KINDS = ('full', 'lengths', 'holes')


def values_of(brick):
    """Return the parameters of a brick by name."""
    return {parameter.name: parameter.get_value()
            for parameter in brick.parameters}


def randomised(brick, scale=0.5):
    """Initialise a brick and set each of its parameters to random numbers."""
    brick.initialize()
    rng = numpy.random.RandomState(1)
    parameters = Selector(brick).get_parameters()
    for path in sorted(parameters):
        shape = parameters[path].get_value().shape
        parameters[path].set_value(rng.normal(0, scale, size=shape).astype(
            theano.config.floatX))
    return brick


def arguments_of(brick, seed, T, B, kind):
    """Return inputs, mask and initial states as a list of arrays."""
    rng = numpy.random.RandomState(seed)
    return [rng.normal(size=(T, B, brick.get_dim('inputs'))),
            random_mask(rng, T, B, kind)] + [
                rng.normal(size=(B, brick.get_dim(name)))
                for name in brick.apply.states]


class Compiled:
    """A brick compiled to run forward and backward from given states.

    Called with inputs, mask and states, it returns the outputs of the forward
    run, then those of the backward run, in the order of time.

    """

    def __init__(self, brick, mode=None):
        x, mask = tensor.tensor3('x'), tensor.matrix('mask')
        names = brick.apply.states
        states = [tensor.matrix(name) for name in names]
        outputs = []
        for reverse in (False, True):
            found = brick.apply(x, mask=mask, reverse=reverse, as_list=True,
                                **dict(zip(names, states)))
            outputs += [output[::-1] if reverse else output
                        for output in found]
        self.function = theano.function([x, mask] + states, outputs,
                                        mode=mode)
        self.ops = {type(node.op)
                    for node in self.function.maker.fgraph.toposort()}

    def __call__(self, *arrays):
        return self.function(*[array.astype(theano.config.floatX)
                               for array in arrays])


class CellTests:
    """Tests of a brick; a TestCase inherits them and defines `make`.

    Attributes
    ----------
    step : callable
        The brick's equations in :mod:`tests.equations`.
    names : dict of str to role
        The brick's parameters.

    """

    def make(self, dim=3, **kwargs):
        """Return a brick with these arguments."""
        raise NotImplementedError

    def brick(self, scale=0.5, **kwargs):
        kwargs.setdefault('weights_init', IsotropicGaussian(0.5))
        return randomised(self.make(**kwargs), scale)

    def oracle(self, p, x, *states):
        return type(self).step(p, x, *states)

    def check_values(self, brick, tolerance, shapes=SHAPES):
        compiled = Compiled(brick)
        for seed, (T, B) in enumerate(shapes):
            for kind in KINDS:
                arrays = arguments_of(brick, seed, T, B, kind)
                expected = sum([iterated_padded(
                    self.oracle, values_of(brick), arrays[0], arrays[1],
                    arrays[2:], reverse) for reverse in (False, True)], [])
                for value, truth in zip(compiled(*arrays), expected):
                    assert_allclose(value, truth, rtol=tolerance,
                                    atol=tolerance,
                                    err_msg=str((T, B, kind)))
        return compiled

    @change_flags(floatX='float64')
    def test_values(self):
        compiled = self.check_values(self.brick(), 1e-12)
        self.assertIn(Iterate, compiled.ops)

    @change_flags(floatX='float32')
    def test_values_in_float32(self):
        self.check_values(self.brick(scale=.3), 1e-5)

    @plain()
    @change_flags(floatX='float64')
    def test_one_unit(self):
        self.check_values(self.brick(dim=1), 1e-12, [(1, 1), (5, 2)])

    @change_flags(floatX='float64')
    def test_kernel_equals_scan(self):
        brick = self.brick()
        kernel = Compiled(brick)
        with rnn_kernels.disabled():
            scan = Compiled(brick, 'FAST_COMPILE')
        self.assertTrue(brick.explain().fused, brick.explain())
        self.assertFalse(self.make(fused=False).explain().fused)
        for compiled, there, absent in [(kernel, Iterate, Scan),
                                        (scan, Scan, Iterate)]:
            self.assertIn(there, compiled.ops)
            self.assertNotIn(absent, compiled.ops)
        arrays = arguments_of(brick, 0, 6, 4, 'holes')
        for value, truth in zip(kernel(*arrays), scan(*arrays)):
            assert_allclose(value, truth, rtol=1e-11, atol=1e-13)

    @plain()
    @change_flags(floatX='float64')
    def test_gradients(self):
        brick = self.brick(dim=2)
        inputs, mask = arguments_of(brick, 3, 4, 3, 'holes')[:2]
        inputs[mask == 0] = numpy.nan
        rng = numpy.random.RandomState(5)
        x, mask_symbol = tensor.tensor3('x'), tensor.matrix('mask')
        weights = [rng.normal(size=(4, 3, brick.get_dim(name)))
                   for name in brick.apply.states]
        parameters = list(brick.parameters)
        arrays = values_of(brick)
        initial = [parameter.name for parameter in
                   VariableFilter(roles=[INITIAL_STATE])(parameters)]

        def cost():
            states = [numpy.tile(arrays[name], (3, 1)) for name in initial]
            return sum((weight * output).sum() for weight, output in zip(
                weights, iterated_padded(self.oracle, arrays, inputs, mask,
                                         states)))

        expected = [slopes(cost, inputs)] + [
            slopes(cost, arrays[parameter.name]) for parameter in parameters]
        fused = brick.apply(x, mask=mask_symbol, as_list=True)
        with rnn_kernels.disabled():
            scanned = brick.apply(x, mask=mask_symbol, as_list=True)
        for outputs, mode in (fused, None), (scanned, 'FAST_COMPILE'):
            total = sum((output * weight).sum()
                        for output, weight in zip(outputs, weights))
            function = theano.function([x, mask_symbol], [total] + theano.grad(
                total, [x] + parameters), mode=mode)
            got = function(inputs, mask)
            assert_allclose(got[0], cost(), rtol=1e-12)
            for name, value, truth in zip(
                    ['inputs'] + [parameter.name for parameter in parameters],
                    got[1:], expected):
                assert_allclose(value, truth, rtol=1e-6, atol=1e-8,
                                err_msg=name)
                self.assertGreater(abs(truth).max(), 1e-4, name)

    @change_flags(floatX='float64')
    def test_single_steps_equal_the_sequence(self):
        brick = self.brick()
        names = brick.apply.states
        x, mask = tensor.matrix('x'), tensor.vector('mask')
        states = [tensor.matrix(name) for name in names]
        step = theano.function([x, mask] + states, brick.apply(
            x, mask=mask, iterate=False, as_list=True,
            **dict(zip(names, states))))
        arrays = arguments_of(brick, 4, 5, 3, 'holes')
        expected = iterated_padded(self.oracle, values_of(brick), arrays[0],
                                   arrays[1], arrays[2:])
        after = arrays[2:]
        for t in range(5):
            after = step(arrays[0][t], arrays[1][t], *after)
            for value, truth in zip(after, expected):
                assert_allclose(value, truth[t], rtol=1e-12)

    @plain()
    @change_flags(floatX='float64')
    def test_stack_with_zoneout(self):
        stack = randomised(BidirectionalStack(
            [self.make(dim=2), Regularized(self.make(dim=3), zoneout=.25)],
            input_dim=2, weights_init=IsotropicGaussian(.5),
            biases_init=Constant(0)))
        x, mask = tensor.tensor3('x'), tensor.matrix('mask')
        function = theano.function([x, mask], stack.apply(x, mask=mask))
        rng = numpy.random.RandomState(6)
        features = inputs = rng.normal(size=(6, 4, 2))
        mask_value = random_mask(rng, 6, 4, 'lengths')

        def kept(p, x, *states):
            return [.25 * before + .75 * after for before, after in
                    zip(states, self.oracle(p, x, *states))]

        for layer, step in zip(stack.layers, (self.oracle, kept)):
            shown = []
            for direction in layer:
                linear, = direction.projection.children
                brick = getattr(direction.transition, 'transition',
                                direction.transition)
                first = [numpy.tile(parameter.get_value(), (4, 1)) for
                         parameter in VariableFilter(roles=[INITIAL_STATE])(
                             brick.parameters)]
                shown.append(iterated_padded(
                    step, values_of(brick),
                    features.dot(linear.W.get_value()) + linear.b.get_value(),
                    mask_value, first, direction.reverse)[0])
            features = numpy.concatenate(shown, axis=2)
        assert_allclose(function(inputs, mask_value), features, rtol=1e-11,
                        atol=1e-13)
        self.assertEqual(stack.get_dim('outputs'), features.shape[2])

    @plain()
    @change_flags(floatX='float64')
    def test_state_dropout(self):
        results = []
        for fused in (True, False):
            brick = Regularized(self.make(fused=fused), dropout=.5,
                                weights_init=IsotropicGaussian(.5),
                                theano_seed=3)
            randomised(brick)
            x, mask = tensor.tensor3('x'), tensor.matrix('mask')
            arrays = arguments_of(brick.transition, 2, 6, 4, 'lengths')[:2]
            results.append(theano.function([x, mask], [
                brick.apply(x, mask=mask, train=train, as_list=True)[0]
                for train in (True, False)],
                mode=None if fused else 'FAST_COMPILE')(*arrays))
        assert_allclose(results[0], results[1], rtol=1e-11)
        self.assertGreater(abs(results[0][0] - results[0][1]).max(), 1e-3)

    def test_names_and_roles(self):
        brick = self.brick(name='enc')
        self.assertEqual(
            [parameter.name for parameter in brick.parameters],
            list(self.names))
        for role in (WEIGHT, BIAS, INITIAL_STATE):
            self.assertEqual(
                {parameter.name for parameter in VariableFilter(roles=[role])(
                    brick.parameters)},
                {name for name in self.names if self.names[name] is role})
        x, mask = tensor.tensor3('x'), tensor.matrix('mask')
        outputs = brick.apply(x, mask=mask, as_list=True)
        graph = ComputationGraph(sum(output.sum() for output in outputs))
        self.assertEqual(set(graph.parameters), set(brick.parameters))
        self.assertEqual(outputs[0].name, 'enc_apply_states')
        self.assertEqual(VariableFilter(
            applications=[brick.apply], roles=[OUTPUT], name='states')(
                graph.variables), [outputs[0]])

    def test_each_gate_is_initialised_on_its_own(self):
        brick = self.make(weights_init=IsotropicGaussian(1.), dim=4)
        brick.initialize()
        gates = len(brick.remedy('inputs').split(':')[0].split(','))
        blocks = numpy.split(brick.W_state.get_value(), gates, axis=1)
        for number, block in enumerate(blocks):
            for other in blocks[:number]:
                self.assertGreater(abs(block - other).max(), .01)
        brick = self.make(weights_init=Constant(.5), dim=4)
        brick.initialize()
        assert_array_equal(brick.W_state.get_value(), numpy.full(
            (brick.get_dim('states'), brick.get_dim('inputs')), .5))

    def test_errors(self):
        brick = self.make(name='enc', weights_init=Constant(.5))
        who = "{} 'enc'".format(type(brick).__name__)
        with self.assertRaisesRegex(
                ValueError, who + ': inputs must have 3 axes'):
            brick.apply(tensor.matrix())
        with self.assertRaisesRegex(
                ValueError, who + ': the mask must have 2 axes'):
            brick.apply(tensor.tensor3(), mask=tensor.tensor3())
        with self.assertRaisesRegex(ValueError, "'nothing'|nothing"):
            brick.get_dim('nothing')
        brick.initialize()
        x = tensor.tensor3('x')
        wide = brick.get_dim('inputs')
        with self.assertRaisesRegex(
                ValueError, who + r': inputs must have {0} features, got {1} '
                r'.*Linear\(output_dim={0}\) first'.format(wide, wide + 1)):
            theano.function([x], brick.apply(x, as_list=True))(
                numpy.zeros((2, 1, wide + 1), theano.config.floatX))
