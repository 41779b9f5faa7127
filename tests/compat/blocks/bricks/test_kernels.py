"""Tests that recurrent bricks compute the same in kernels as by scan."""
import os
import unittest
from contextlib import contextmanager
from unittest import mock

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
from blocks.bricks.recurrent import BaseRecurrent, recurrent
from blocks.bricks.sequence_generators import (
    LookupFeedback,
    Readout,
    SequenceGenerator,
    SoftmaxEmitter,
)
from blocks.config import config
from blocks.filter import VariableFilter
from blocks.graph import ComputationGraph
from blocks.initialization import Constant, IsotropicGaussian
from blocks.roles import INITIAL_STATE, OUTPUT
from numpy.testing import assert_allclose
from theano import tensor
from theano.tensor.shared_randomstreams import RandomStreams

from rnn_kernels.ops import Iterate
from tests.rnn_kernels.plain import plain

DIM = 3
GAUSSIAN = dict(weights_init=IsotropicGaussian(.5), biases_init=Constant(.1))
MASK = numpy.array([[1, 1, 0, 1], [1, 0, 0, 1], [1, 1, 0, 1], [0, 1, 0, 1]],
                   dtype='float64')


@contextmanager
def kernels(on):
    """Iterate in kernels or by scan in a ``with`` block."""
    before = config.fuse_recurrent
    config.fuse_recurrent = on
    try:
        yield
    finally:
        config.fuse_recurrent = before


def is_fused(outputs):
    function = theano.function(
        ComputationGraph(outputs).inputs, outputs)
    return any(isinstance(node.op, Iterate)
               for node in function.maker.fgraph.toposort())


class Noisy(BaseRecurrent):
    """A brick that draws random numbers at each step."""

    def __init__(self, streams, **kwargs):
        super().__init__(**kwargs)
        self.streams = streams

    def get_dim(self, name):
        return 0 if name == 'mask' else DIM

    @recurrent(sequences=['inputs', 'mask'], states=['states'], contexts=[],
               outputs=['states'])
    def apply(self, inputs, states, mask=None):
        return states + inputs + self.streams.normal(states.shape)


class Summing(BaseRecurrent):
    """A user's brick; normalises over the batch on request."""

    over_batch = False

    def get_dim(self, name):
        return 0 if name == 'mask' else DIM

    @recurrent(sequences=['inputs', 'mask'], states=['states'], contexts=[],
               outputs=['states'])
    def apply(self, inputs, states, mask=None):
        after = tensor.tanh(states + inputs)
        return after - after.sum(axis=0) if self.over_batch else after


class KernelCase(unittest.TestCase):
    def setUp(self):
        self.float_x = theano.config.floatX
        theano.config.floatX = 'float64'
        self.rng = numpy.random.RandomState(2)
        self.inputs = tensor.tensor3('inputs')
        self.mask = tensor.matrix('mask')

    def tearDown(self):
        theano.config.floatX = self.float_x

    def both(self, build):
        """Build outputs in kernels and by scan, and check which is which."""
        results = []
        for on in True, False:
            with kernels(on):
                outputs = build()
            results.append(outputs if isinstance(outputs, list)
                           else [outputs])
        self.assertEqual([is_fused(outputs) for outputs in results],
                         [True, False])
        return results

    def assert_equal(self, build, width, parameters):
        data = self.rng.normal(size=MASK.shape + (width,))
        values = []
        for outputs, mode in zip(self.both(build), (None, 'FAST_COMPILE')):
            cost = sum((tensor.cos(output) ** 2).sum() for output in outputs)
            function = theano.function(
                [self.inputs, self.mask], outputs + theano.grad(
                    cost, [self.inputs] + list(parameters),
                    disconnected_inputs='ignore'),
                on_unused_input='ignore', mode=mode)
            with plain():
                values.append(function(data, MASK))
        for value, expected in zip(*values):
            assert_allclose(value, expected, rtol=1e-9, atol=1e-11)


class TestBricks(KernelCase):
    def made(self, brick):
        brick.initialize()
        return brick, list(
            variable for variable in ComputationGraph(
                brick.apply(self.inputs, mask=self.mask)).parameters)

    def test_lstm_graph(self):
        brick, _ = self.made(LSTM(DIM, name='lstm', **GAUSSIAN))
        described = []
        for outputs in self.both(lambda: list(
                brick.apply(self.inputs, mask=self.mask))):
            graph = ComputationGraph(outputs)
            described.append((
                [output.name for output in outputs],
                sorted(variable.name for variable in VariableFilter(
                    bricks=[brick], roles=[OUTPUT])(graph.variables)),
                sorted(variable.name for variable in VariableFilter(
                    roles=[INITIAL_STATE])(graph.variables)),
                sorted(variable.name for variable in graph.parameters)))
        self.assertEqual(*described)
        self.assertEqual(described[0][0],
                         ['lstm_apply_states', 'lstm_apply_cells'])

    def test_initial_states_returned(self):
        for brick, width in ((LSTM(DIM, **GAUSSIAN), 4 * DIM),
                             (SimpleRecurrent(DIM, Tanh(), **GAUSSIAN), DIM)):
            brick, parameters = self.made(brick)
            self.assert_equal(
                lambda: list(brick.apply(
                    self.inputs, mask=self.mask, return_initial_states=True))
                if width > DIM else brick.apply(
                    self.inputs, mask=self.mask, return_initial_states=True),
                width, parameters)

    def test_bidirectional(self):
        brick, parameters = self.made(Bidirectional(
            SimpleRecurrent(DIM, Tanh()), **GAUSSIAN))
        self.assert_equal(
            lambda: brick.apply(self.inputs, mask=self.mask), DIM, parameters)

    def test_stack(self):
        brick = RecurrentStack([SimpleRecurrent(DIM, Tanh()),
                                SimpleRecurrent(DIM, Tanh())],
                               skip_connections=True, **GAUSSIAN)
        brick.initialize()
        other = tensor.tensor3('other')
        data = [self.rng.normal(size=MASK.shape + (DIM,)) for _ in range(2)]
        values = []
        for outputs in self.both(lambda: list(brick.apply(
                inputs=self.inputs, inputs_1=other, mask=self.mask)
                if 'inputs_1' in brick.apply.sequences else brick.apply(
                    self.inputs, other, mask=self.mask))):
            function = theano.function([self.inputs, other, self.mask],
                                       outputs)
            with plain():
                values.append(function(*data, MASK))
        for value, expected in zip(*values):
            assert_allclose(value, expected, rtol=1e-10)

    def test_cost_of_a_generator(self):
        generator = SequenceGenerator(
            Readout(readout_dim=5, source_names=['states'],
                    emitter=SoftmaxEmitter(theano_seed=3),
                    feedback_brick=LookupFeedback(5, 2)),
            GatedRecurrent(DIM, Tanh()), seed=3, **GAUSSIAN)
        generator.initialize()
        outputs = tensor.lmatrix('outputs')
        symbols = self.rng.randint(5, size=MASK.shape)
        costs = []
        for cost, in self.both(
                lambda: generator.cost_matrix(outputs, mask=self.mask)):
            function = theano.function([outputs, self.mask], cost)
            with plain():
                costs.append(function(symbols, MASK))
        assert_allclose(*costs, rtol=1e-10)


class TestSwitches(KernelCase):
    def test_variable(self):
        brick = SimpleRecurrent(DIM, Tanh(), **GAUSSIAN)
        brick.initialize()
        self.assertTrue(is_fused([brick.apply(self.inputs)]))
        with mock.patch.dict(os.environ, RNN_KERNELS='0'):
            self.assertFalse(is_fused([brick.apply(self.inputs)]))
        with kernels(False):
            self.assertFalse(is_fused([brick.apply(self.inputs)]))


class TestExplain(KernelCase):
    def test_bricks(self):
        for brick in (LSTM(DIM, name='enc', **GAUSSIAN),
                      SimpleRecurrent(DIM, Tanh(), name='enc', **GAUSSIAN),
                      GatedRecurrent(DIM, name='enc', **GAUSSIAN)):
            explanation = brick.explain()
            self.assertRegex(
                str(explanation), r"enc \(\w+\).apply: kernels are made from "
                "the step; where the mask is 0")
            self.assertIn('def backward', explanation.source('backward'))

    def test_reason(self):
        brick = Summing(name='sum')
        self.assertTrue(brick.explain().fused)
        brick.over_batch = True
        self.assertRegex(
            str(brick.explain()), r"sum \(Summing\).apply: iterated by scan, "
            "because of Sum of .*: a sum over the sequences of a batch")

    def test_draws(self):
        # Looking at the step does not advance the random streams.
        streams = [RandomStreams(seed=4) for _ in range(2)]
        brick = Noisy(streams[0], name='noisy')
        explanation = brick.explain()
        self.assertEqual(explanation.reason, 'a random draw')
        numbers = [theano.function([], stream.uniform((5,)))()
                   for stream in streams]
        assert_allclose(*numbers)
        brick = Noisy(streams[0])
        self.assertFalse(is_fused([brick.apply(self.inputs)]))
