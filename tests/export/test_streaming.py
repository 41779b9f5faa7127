"""Tests that chunks with states passed on equal the whole sequence."""
import numpy
import theano
from blocks.bricks import Linear
from numpy.testing import assert_allclose
from theano import tensor

from blocks_rnn_bricks import (
    LSTM,
    GatedRecurrent,
    PeepholeLSTM,
    UnidirectionalStack,
)
from tests.export.models import (
    CLOSE,
    SinglePrecision,
    at_random,
    exported,
    session_of,
)

T, B = 11, 2


class TestStreaming(SinglePrecision):

    def setUp(self):
        super().setUp()
        self.stack = at_random(UnidirectionalStack(
            [LSTM(dim=3), GatedRecurrent(dim=2), PeepholeLSTM(dim=3)],
            input_dim=2, skip_connections=True, name='stack'))
        self.output = at_random(Linear(3, 4, name='output'))
        self.values = self.rng.normal(size=(T, B, 2)).astype('float32')
        self.mask = (numpy.arange(T)[:, None] < [T, 6]).astype('float32')

    def graph(self):
        """Return inputs by name, and outputs followed by the final states."""
        x, mask = tensor.tensor3('x'), tensor.matrix('mask')
        states = {name: tensor.matrix(name)
                  for name in self.stack.state_names}
        outputs, *ends = self.stack.unroll(x, mask=mask, **states)
        return (dict(states, x=x, mask=mask),
                [self.output.apply(outputs)] + ends)

    def whole(self):
        """Compute the outputs of the whole sequence at once."""
        x, mask = tensor.tensor3('x'), tensor.matrix('mask')
        return theano.function([x, mask], self.output.apply(
            self.stack.apply(x, mask=mask)))(self.values, self.mask)

    def initial(self):
        return theano.function([], self.stack.initial_states(
            B, as_list=True))()

    def stream(self, step, sizes):
        """Feed chunks to a function of x, mask and a list of states."""
        states, outputs, start = self.initial(), [], 0
        for size in sizes:
            chunk = slice(start, start + size)
            output, *states = step(self.values[chunk], self.mask[chunk],
                                   states)
            outputs.append(output)
            start += size
        self.assertEqual(T, start)
        return numpy.concatenate(outputs)

    def test_chunks_in_theano(self):
        inputs, outputs = self.graph()
        names = ['x', 'mask'] + self.stack.state_names
        function = theano.function([inputs[name] for name in names], outputs)
        for sizes in ([4, 4, 3], [1] * T, [T]):
            with self.subTest(sizes):
                assert_allclose(self.stream(
                    lambda x, mask, states: function(x, mask, *states),
                    sizes), self.whole(), **CLOSE)

    def test_chunks_in_the_exported_model(self):
        inputs, outputs = self.graph()
        names = ['y'] + ['next_' + name for name in self.stack.state_names]
        session = session_of(exported(inputs, dict(zip(names, outputs))))

        def step(x, mask, states):
            return session.run(None, dict(
                zip(self.stack.state_names, states), x=x, mask=mask))

        for sizes in ([4, 4, 3], [1] * T, [T]):
            with self.subTest(sizes):
                assert_allclose(self.stream(step, sizes), self.whole(),
                                **CLOSE)

    def test_states_matter(self):
        # If they did not, the tests above could not fail.
        inputs, outputs = self.graph()
        names = ['x', 'mask'] + self.stack.state_names
        function = theano.function([inputs[name] for name in names], outputs)
        forgetting = self.stream(
            lambda x, mask, states: function(x, mask, *self.initial()),
            [4, 4, 3])
        self.assertGreater(abs(forgetting - self.whole()).max(), 1e-2)
