"""Tests of recurrent bricks as users write them."""
import contextlib
import logging
import unittest

import numpy
import theano
from blocks.bricks import LSTM, BaseRecurrent, Brick, Initializable
from blocks.bricks.base import application, lazy
from blocks.bricks.recurrent import recurrent
from blocks.graph import ComputationGraph
from blocks.initialization import Constant
from blocks.roles import INITIAL_STATE, add_role
from blocks.utils import shared_floatx
from numpy.testing import assert_allclose, assert_array_equal
from theano import tensor

from rnn_kernels import disabled


class Tracker(BaseRecurrent, Initializable):
    """Sums and counts, with a context, a mask and an additional output.

    .. math:: s_t = d s_{t-1} + x_t, n_t = n_{t-1} + 1, y_t = s_t n_t

    """

    @lazy(allocation=['dim'])
    def __init__(self, dim, **kwargs):
        super().__init__(**kwargs)
        self.dim = dim

    def get_dim(self, name):
        if name in ('mask', 'count'):
            return 0
        if name in ('inputs', 'total', 'product', 'decay'):
            return self.dim
        return super().get_dim(name)

    @recurrent(sequences=['inputs', 'mask'], states=['total', 'count'],
               contexts=['decay'], outputs=['product', 'total', 'count'])
    def apply(self, inputs=None, total=None, count=None, mask=None,
              decay=None, scale=1):
        inputs = 1 if inputs is None else inputs
        next_total = decay * total + scale * inputs
        next_count = count + 1
        # As in scripts of 2015: the truth value of a variable.
        if mask:
            next_total = (mask[:, None] * next_total +
                          (1 - mask[:, None]) * total)
            next_count = mask * next_count + (1 - mask) * count
        return next_total * next_count[:, None], next_total, next_count


class Learnt(Tracker):
    """The total starts from a parameter, the count from an argument."""

    def _allocate(self):
        self.start = shared_floatx(numpy.arange(1, self.dim + 1),
                                   name='start')
        add_role(self.start, INITIAL_STATE)
        self.parameters.append(self.start)

    @application(outputs=Tracker.apply.states)
    def initial_states(self, batch_size, *args, **kwargs):
        return [tensor.repeat(self.start[None], batch_size, 0),
                tensor.ones((batch_size,)) * kwargs['decay'].sum()]


def loop(inputs, decay, mask=None, total=0., count=0., scale=1):
    """Compute the outputs of :class:`Tracker` on arrays."""
    total = numpy.broadcast_to(total, inputs.shape[1:])
    count = numpy.broadcast_to(count, inputs.shape[1:2])
    results = []
    for time, x in enumerate(inputs):
        kept = (numpy.ones(len(x)) if mask is None else mask[time])[:, None]
        total = kept * (decay * total + scale * x) + (1 - kept) * total
        count = count + kept[:, 0]
        results.append((total * count[:, None], total, count))
    return [numpy.array(result) for result in zip(*results)]


class TestTracker(unittest.TestCase):

    steps, batch, dim = 5, 3, 2

    def setUp(self):
        self.float_x = theano.config.floatX
        theano.config.floatX = 'float64'
        rng = numpy.random.RandomState(2)
        self.x = tensor.tensor3('x')
        self.m = tensor.matrix('m')
        self.d = tensor.vector('d')
        self.values = {
            self.x: rng.normal(size=(self.steps, self.batch, self.dim)),
            self.m: (rng.uniform(size=(self.steps, self.batch)) > 0.4) * 1.,
            self.d: rng.uniform(size=self.dim)}

    def tearDown(self):
        theano.config.floatX = self.float_x

    def check(self, outputs, expected, values=None):
        values = values or self.values
        graph = ComputationGraph(outputs)
        function = theano.function(graph.inputs, outputs)
        actual = function(*(values[variable] for variable in graph.inputs))
        self.assertEqual(len(actual), len(expected))
        for one, other in zip(actual, expected):
            assert_allclose(one, other, rtol=1e-12)

    def arrays(self):
        return [self.values[key] for key in (self.x, self.d, self.m)]

    def test_several_states_and_a_context(self):
        x, d, m = self.arrays()
        brick = Tracker(self.dim)
        for outputs, expected in (
                (brick.apply(self.x, decay=self.d), loop(x, d)),
                (brick.apply(self.x, mask=self.m, decay=self.d),
                 loop(x, d, m)),
                (brick.apply(inputs=self.x, mask=None, decay=self.d),
                 loop(x, d)),
                (brick.apply(self.x, decay=self.d, scale=3),
                 loop(x, d, scale=3))):
            self.check(outputs, expected)

    def test_batch_of_one_and_dimension_one(self):
        for batch, dim in ((1, 2), (3, 1), (1, 1)):
            with self.subTest(batch=batch, dim=dim):
                x = self.values[self.x][:, :batch, :dim]
                d = self.values[self.d][:dim]
                m = self.values[self.m][:, :batch]
                outputs = Tracker(dim).apply(self.x, mask=self.m,
                                             decay=self.d)
                self.check(outputs, loop(x, d, m),
                           {self.x: x, self.d: d, self.m: m})
                # The same with all shapes known when the graph is built.
                outputs = Tracker(dim).apply(x, mask=m, decay=d)
                self.check(outputs, loop(x, d, m))

    def test_reverse(self):
        x, d, m = self.arrays()
        outputs = Tracker(self.dim).apply(self.x, mask=self.m, decay=self.d,
                                          reverse=True)
        self.check(outputs, loop(x[::-1], d, m[::-1]))

    def test_single_step(self):
        x, d, _ = self.arrays()
        total, count = tensor.matrix('total'), tensor.vector('count')
        outputs = Tracker(self.dim).apply(
            self.x[0], total, count, decay=self.d, iterate=False)
        values = {**self.values, total: x[1], count: numpy.arange(3.)}
        expected = [result[0] for result in loop(
            x[:1], d, total=x[1], count=numpy.arange(3.))]
        self.check(outputs, expected, values)

    def test_initial_states_returned(self):
        x, d, m = self.arrays()
        for reverse in (False, True):
            product, total, count = Tracker(self.dim).apply(
                self.x, mask=self.m, decay=self.d, reverse=reverse,
                return_initial_states=True, total=tensor.ones((3, 2)) * 7)
            step = -1 if reverse else 1
            expected = loop(x[::step], d, m[::step], total=7)
            self.check([product, total, count], [
                expected[0],
                numpy.concatenate([numpy.full((1, 3, 2), 7.), expected[1]]),
                numpy.concatenate([numpy.zeros((1, 3)), expected[2]])])

    def test_no_sequences(self):
        _, d, _ = self.arrays()
        brick = Tracker(self.dim)
        for n_steps in (4, 1, tensor.constant(4)):
            steps = n_steps if isinstance(n_steps, int) else 4
            expected = loop(numpy.ones((steps, 2, self.dim)), d)
            self.check(brick.apply(decay=self.d, n_steps=n_steps,
                                   batch_size=2), expected)
        # A single step makes no loop in the graph, yet has initial states.
        _, total, _ = brick.apply(decay=self.d, n_steps=1, batch_size=2,
                                  return_initial_states=True)
        self.check([total], [[numpy.zeros((2, 2)), numpy.ones((2, 2))]])

    def test_initial_states_given(self):
        x, d, _ = self.arrays()
        brick = Tracker(self.dim)
        start = numpy.random.RandomState(3).normal(size=(3, 2))

        class Constants(Brick):
            @application
            def state(self, state_name, batch_size, *args, **kwargs):
                assert state_name == 'total'
                return tensor.ones((batch_size, 2)) * 4

        for total, expected in (
                (tensor.constant(start), start), (start, start),
                (theano.shared(start), start),
                (Constant(9), 9), (Constants().state, 4)):
            brick.children = [total.brick] if hasattr(total, 'brick') else []
            outputs = brick.apply(self.x, decay=self.d, total=total)
            self.check(outputs, loop(x, d, total=expected))

    def test_initial_states_learnt(self):
        x, d, m = self.arrays()
        brick = Learnt(self.dim)
        outputs = brick.apply(self.x, mask=self.m, decay=self.d)
        self.check(outputs, loop(x, d, m, total=[[1, 2]], count=d.sum()))
        self.assertEqual(ComputationGraph(outputs).parameters, [brick.start])
        gradient = tensor.grad(outputs[1][-1].sum(), brick.start)
        # Without data, the state keeps its weight of one.
        self.check([gradient], [(d ** m.sum(axis=0)[:, None]).sum(axis=0)])

    def test_variables_inside(self):
        for scans in 0, 1:
            with contextlib.nullcontext() if not scans else disabled():
                outputs = Tracker(self.dim, name='t').apply(self.x,
                                                            decay=self.d)
            graph = ComputationGraph(outputs)
            self.assertEqual(len(graph.scans), scans)
            names = {variable.name for variable in graph.scan_variables}
            self.assertLessEqual({'t_apply_product', 't_apply_inputs'},
                                 names)
            call = outputs[0].tag.annotations[1]
            self.assertEqual(len(call.inner_inputs), 4)
            self.assertEqual(
                [variable.name for variable in call.inner_outputs],
                ['t_apply_product', 't_apply_total', 't_apply_count'])

    def test_updates(self):
        class Noisy(BaseRecurrent):
            @recurrent(sequences=[], states=['state'], contexts=[],
                       outputs=['state'])
            def apply(self, state):
                return state + rng.uniform(size=(1, 1))

            def get_dim(self, name):
                return 1

        rng = theano.sandbox.rng_mrg.MRG_RandomStreams(1)
        graph = ComputationGraph(Noisy().apply(n_steps=3, batch_size=1))
        self.assertEqual(len(graph.updates), 1)
        function = graph.get_theano_function()
        first, second = function()[0], function()[0]
        self.assertTrue((numpy.diff(first, axis=0) > 0).all())
        self.assertGreater(abs(first - second).max(), 0)


class TestMistakes(unittest.TestCase):

    def test_arguments(self):
        x, d = tensor.tensor3('x'), tensor.vector('d')
        brick = Tracker(2, name='mine')
        for error, message, call in (
                (ValueError, r'mine .*n_steps and batch_size',
                 lambda: brick.apply(decay=d)),
                (ValueError, 'mine .*batch_size',
                 lambda: brick.apply(decay=d, n_steps=3)),
                (TypeError, "mine .*'nonsense'",
                 lambda: brick.apply(x, decay=d, nonsense=1)),
                (TypeError, "lstm .*missing.*'inputs'; it takes inputs",
                 lambda: LSTM(2).apply(mask=x[0])),
                (TypeError, "mine .*omit 'n_steps'.*'inputs'",
                 lambda: brick.apply(x, decay=d, n_steps=3)),
                (TypeError, 'mine .*at most 6 .*got 7',
                 lambda: brick.apply(x, x, x, x, d, 1, 1)),
                (ValueError, "mine .*'inputs'.*iterate=False",
                 lambda: brick.apply(tensor.vector(), decay=d))):
            with self.subTest(message), self.assertRaisesRegex(error,
                                                               message):
                call()

    def test_state_without_initial_value(self):
        class Forgetful(Tracker):
            @application(outputs=['total'])
            def initial_states(self, batch_size, *args, **kwargs):
                return tensor.zeros((batch_size, 2))

        with self.assertRaisesRegex(KeyError, "forgetful .*'count'"):
            Forgetful(2).apply(tensor.tensor3(), decay=tensor.vector())

    def test_variable_that_is_not_a_context(self):
        with self.assertLogs('blocks', logging.WARNING) as logs:
            Tracker(2, name='mine').apply(
                tensor.tensor3(), decay=tensor.vector(),
                scale=tensor.scalar('factor'))
        self.assertRegex(logs.output[0], "mine .*'scale'.*contexts")

    def test_arrays_are_not_changed(self):
        mask = numpy.ones((2, 3))
        arguments = {'mask': mask, 'decay': numpy.ones(2)}
        before = dict(arguments)
        Tracker(2).apply(tensor.tensor3(), **arguments)
        self.assertEqual(list(arguments), list(before))
        assert_array_equal(arguments['mask'], mask)
