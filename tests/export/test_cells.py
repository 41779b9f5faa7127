"""Which operators cells become, and their numbers beside NumPy loops."""
import unittest
from functools import partial

import numpy
from blocks.bricks import Linear, Logistic, Rectifier, Tanh
from blocks.bricks.recurrent import LSTM as BlocksLSTM
from blocks.bricks.recurrent import (
    Bidirectional,
    RecurrentStack,
    SimpleRecurrent,
)
from blocks.bricks.recurrent import GatedRecurrent as BlocksGRU
from blocks.roles import WEIGHT, add_role
from blocks.utils import shared_floatx
from numpy.testing import assert_allclose
from theano import tensor

from blocks_rnn_bricks import (
    LSTM,
    GatedRecurrent,
    LayerNormLSTM,
    PeepholeLSTM,
    ProjectedLSTM,
    Transition,
    carry_over,
    recurrent,
)
from tests.bricks.cell_tests import values_of
from tests.equations import (
    blocks_gru_step,
    blocks_lstm_step,
    gru_step,
    initial_states_of,
    iterated_padded,
    layer_norm_lstm_step,
    lstm_step,
    projected_lstm_step,
    random_mask,
    relu,
    sigmoid,
    simple_step,
)
from tests.export.models import (
    CLOSE,
    SinglePrecision,
    at_random,
    exported,
    operators,
    run,
    variables,
)

T, B, DIM = 6, 4, 3


class _Own(Transition):
    """What the cells below have in common."""

    def __init__(self, dim, **kwargs):
        self.dim = dim
        super().__init__(**kwargs)

    def get_dim(self, name):
        return {'mask': 0, 'inputs': 4 * self.dim}.get(name, self.dim)

    def _allocate(self):
        self.W = shared_floatx(numpy.zeros((self.dim, 4 * self.dim)),
                               name='W_state')
        self.p = shared_floatx(numpy.zeros(self.dim), name='p')
        add_role(self.W, WEIGHT)
        self.parameters = [self.W, self.p]

    def _initialize(self):
        pass


_CELLS = dict(sequences=['inputs', 'mask'], states=['states', 'cells'],
              contexts=[], outputs=['states', 'cells'])


class OtherLSTM(_Own):
    """An LSTM whose equations are written the other way round."""

    @recurrent(**_CELLS)
    def apply(self, inputs, states, cells, mask=None):
        net = tensor.dot(states, self.W) + inputs
        o, i, f, j = (net[:, k * self.dim:(k + 1) * self.dim]
                      for k in range(4))
        after = (tensor.nnet.sigmoid(j) * tensor.tanh(i) +
                 cells * tensor.nnet.sigmoid(self.p * cells + f))
        return carry_over(mask, [tensor.nnet.sigmoid(o) * tensor.tanh(after),
                                 after], [states, cells])


def other_step(p, x, h, c):
    return lstm_step(dict(p, W_cell_to_forget=p['p']), x, h, c, gates='oifj')


class Shared(_Own):
    """One number is added to the forget gates of all cells."""

    def __init__(self, number, **kwargs):
        self.number = number
        super().__init__(DIM, **kwargs)

    @recurrent(**_CELLS)
    def apply(self, inputs, states, cells, mask=None):
        net = tensor.dot(states, self.W) + inputs
        i, j, f, o = (net[:, k * self.dim:(k + 1) * self.dim]
                      for k in range(4))
        number = {'weight': self.p[None, 1:2] * cells,
                  'bias': self.p[None, 1:2], 'input': inputs[:, 1:2],
                  'product': net[:, 1:2], 'cell': cells[:, 1:2]}[self.number]
        after = (tensor.nnet.sigmoid(f + number) * cells +
                 tensor.tanh(i) * tensor.nnet.sigmoid(j))
        return carry_over(mask, [tensor.tanh(after) * tensor.nnet.sigmoid(o),
                                 after], [states, cells])


def shared_step(number):
    def step(p, x, h, c):
        added = {'weight': p['p'][1] * c, 'bias': p['p'][1], 'input': x[1],
                 'product': (x + h.dot(p['W_state']))[1], 'cell': c[1]}
        x = x.copy()
        x[2 * len(h):3 * len(h)] += added[number]
        return lstm_step(p, x, h, c)
    return step


class Lagging(_Own):
    """Not an LSTM: its output gate looks at the cells before."""

    @recurrent(**_CELLS)
    def apply(self, inputs, states, cells, mask=None):
        net = tensor.dot(states, self.W) + inputs
        i, j, f, o = (net[:, k * self.dim:(k + 1) * self.dim]
                      for k in range(4))
        after = (tensor.nnet.sigmoid(f) * cells +
                 tensor.tanh(i) * tensor.nnet.sigmoid(j))
        shown = tensor.nnet.sigmoid(o + self.p * cells) * tensor.tanh(after)
        return carry_over(mask, [shown, after], [states, cells])


def lagging_step(p, x, h, c):
    x = x + numpy.concatenate([numpy.zeros(3 * len(c)), p['p'] * c])
    return lstm_step(p, x, h, c)


def of_blocks(operator):
    """What a brick of Blocks becomes; original Blocks iterates by scan."""
    return operator if hasattr(BlocksLSTM, 'explain') else 'Scan'


#: What is exported, its step in NumPy and the operator it becomes.
CELLS = [
    ('LSTM', lambda: LSTM(dim=DIM), lstm_step, 'LSTM'),
    ('PeepholeLSTM', lambda: PeepholeLSTM(dim=DIM), lstm_step, 'LSTM'),
    ('LSTM of rectifiers', lambda: LSTM(dim=DIM, activation=Rectifier()),
     partial(lstm_step, squash=relu), 'LSTM'),
    ('LSTM whose block input is a gate', lambda: LSTM(
        dim=DIM, activation=Logistic()), partial(lstm_step, squash=sigmoid),
     'LSTM'),
    ("Blocks' LSTM", lambda: BlocksLSTM(dim=DIM), blocks_lstm_step,
     of_blocks('LSTM')),
    ('an LSTM written otherwise', lambda: OtherLSTM(DIM), other_step,
     'LSTM'),
    ('GatedRecurrent', lambda: GatedRecurrent(dim=DIM), gru_step, 'GRU'),
    ("Blocks' GatedRecurrent", lambda: BlocksGRU(dim=DIM), blocks_gru_step,
     of_blocks('GRU')),
    ('tanh', lambda: SimpleRecurrent(dim=DIM, activation=Tanh()),
     simple_step, of_blocks('RNN')),
    ('relu', lambda: SimpleRecurrent(dim=DIM, activation=Rectifier()),
     partial(simple_step, squash=relu), of_blocks('RNN')),
    ('LayerNormLSTM', lambda: LayerNormLSTM(dim=DIM), layer_norm_lstm_step,
     'Scan'),
    ('ProjectedLSTM', lambda: ProjectedLSTM(dim=DIM, proj_dim=2),
     projected_lstm_step, 'Scan'),
    ('a gate that looks back', lambda: Lagging(DIM), lagging_step, 'Scan'),
    ('one cell', lambda: PeepholeLSTM(dim=1), lstm_step, 'LSTM')] + [
    ('one {} for all cells'.format(number), partial(Shared, number),
     shared_step(number), 'LSTM' if number == 'bias' else 'Scan')
    for number in ('weight', 'bias', 'input', 'product', 'cell')]


class TestCells(SinglePrecision):

    def graph(self, brick, masked, reverse=False):
        """Symbolic sequences and states, and what comes of them."""
        x, mask = variables()
        sequences = [name for name in brick.apply.sequences
                     if name != 'mask']
        widths = numpy.cumsum([0] + [brick.get_dim(name)
                                     for name in sequences])
        given = {name: x[:, :, first:last] for name, first, last in zip(
            sequences, widths, widths[1:])}
        states = [tensor.matrix(name + '_0')
                  for name in brick.apply.states]
        if masked:
            given['mask'] = mask
        given.update(zip(brick.apply.states, states))
        outputs = brick.apply(reverse=reverse, as_list=True, **given)
        if reverse:
            outputs = [output[::-1] for output in outputs]
        return ([x] + [mask] * masked + states, outputs, widths[-1])

    def arrays(self, brick, width, kind):
        states = {name + '_0': self.rng.normal(size=(B, brick.get_dim(name)))
                  for name in brick.apply.states}
        return (self.rng.normal(size=(T, B, width)),
                random_mask(self.rng, T, B, kind), states)

    def check(self, brick, step, kind, reverse, operator, **options):
        """Compare the first output with NumPy, at all steps."""
        inputs, outputs, width = self.graph(brick, kind != 'full', reverse)
        model = exported(inputs, {'states': outputs[0]}, **options)
        self.assertEqual(1, operators(model)[operator], operators(model))
        x, mask, states = self.arrays(brick, width, kind)
        fed = dict(states, x=x)
        if kind != 'full':
            fed['x_mask'] = mask
        got, = run(model, **fed)
        expected = iterated_padded(
            step, values_of(brick), x, mask, list(states.values()), reverse)
        assert_allclose(got, expected[0], **CLOSE)

    def test_numbers_and_operators(self):
        for label, make, step, operator in CELLS:
            for kind in ('full', 'lengths'):
                for reverse in (False, True):
                    with self.subTest(label, kind=kind, reverse=reverse):
                        self.check(at_random(make()), step, kind, reverse,
                                   operator)

    def test_any_mask_needs_loops(self):
        for label, make, step, _ in CELLS:
            with self.subTest(label):
                self.check(at_random(make()), step, 'holes', False, 'Scan',
                           masks='any')

    def test_mask_between_zero_and_one(self):
        brick = at_random(GatedRecurrent(dim=DIM))
        inputs, outputs, width = self.graph(brick, True)
        model = exported(inputs, {'states': outputs[0]}, masks='any')
        x, _, states = self.arrays(brick, width, 'full')
        h, = states.values()
        mask = self.rng.uniform(size=(T, B))
        got, = run(model, x=x, x_mask=mask, **states)
        for t in range(T):
            after, = gru_step(values_of(brick), x[t], h)
            h = mask[t][:, None] * after + (1 - mask[t][:, None]) * h
            assert_allclose(got[t], h, **CLOSE)

    def test_garbage_in_the_padding(self):
        brick = at_random(PeepholeLSTM(dim=DIM))
        inputs, outputs, width = self.graph(brick, True)
        x, mask, states = self.arrays(brick, width, 'lengths')
        x_ = numpy.where(mask[:, :, None] == 1, x, numpy.nan)
        for masks in ('prefix', 'any'):
            with self.subTest(masks):
                model = exported(inputs, {'states': outputs[0]}, masks=masks)
                assert_allclose(run(model, x=x_, x_mask=mask, **states)[0],
                                run(model, x=x, x_mask=mask, **states)[0])

    def test_hole_in_the_mask_is_an_error_that_says_so(self):
        brick = at_random(LSTM(dim=DIM, name='reader'))
        inputs, outputs, width = self.graph(brick, True)
        model = exported(inputs, {'states': outputs[0]})
        x, mask, states = self.arrays(brick, width, 'full')
        for label, wrong in [('hole', 0), ('half', .5), ('NaN', numpy.nan)]:
            mask[2, 1] = wrong
            with self.subTest(label), self.assertRaisesRegex(
                    Exception, '/reader: the mask must be ones followed by '
                    "zeros for each sequence; export with masks='any'"):
                run(model, x=x, x_mask=mask, **states)

    def test_cells_at_all_steps_need_a_loop(self):
        brick = at_random(LSTM(dim=DIM))
        for reverse in (False, True):
            inputs, outputs, width = self.graph(brick, True, reverse)
            end = 0 if reverse else -1
            x, mask, states = self.arrays(brick, width, 'lengths')
            expected = iterated_padded(
                lstm_step, values_of(brick), x, mask,
                list(states.values()), reverse)
            for label, cells, values, operator in [
                    ('all', outputs[1], expected[1], 'Scan'),
                    ('last', outputs[1][end], expected[1][end], 'LSTM'),
                    ('copy', outputs[1].copy()[end], expected[1][end],
                     'LSTM'),
                    ('other end', outputs[1][-1 - end],
                     expected[1][-1 - end], 'Scan')]:
                with self.subTest(label, reverse=reverse):
                    model = exported(inputs, {'states': outputs[0],
                                              'cells': cells})
                    self.assertEqual(1, operators(model)[operator])
                    got = run(model, x=x, x_mask=mask, **states)
                    assert_allclose(got[0], expected[0], **CLOSE)
                    assert_allclose(got[1], values, **CLOSE)

    def test_projection_is_part_of_the_operator(self):
        linear = at_random(Linear(2, 4 * DIM))
        lstm = at_random(LSTM(dim=DIM))
        x, mask = variables()
        model = exported([x, mask], {'states': lstm.apply(
            linear.apply(x), mask=mask)[0]})
        self.assertEqual(0, operators(model)['MatMul'])
        self.assertEqual([(1, 4 * DIM, 2)], [
            tuple(one.dims) for one in model.graph.initializer
            if one.name == '/lstm.W'])
        values = self.rng.normal(size=(T, B, 2))
        m = random_mask(self.rng, T, B, 'lengths')
        p = values_of(lstm)
        expected = iterated_padded(
            lstm_step, p, values.dot(values_of(linear)['W']) +
            values_of(linear)['b'], m,
            initial_states_of(p, B))
        assert_allclose(run(model, x=values, x_mask=m)[0], expected[0],
                        **CLOSE)

    def test_both_directions_are_one_operator(self):
        x, mask = variables()
        for step, make in [
                (simple_step, lambda: SimpleRecurrent(
                    dim=DIM, activation=Tanh())),
                (gru_step, lambda: GatedRecurrent(dim=DIM))]:
            with self.subTest(step.__name__):
                brick = at_random(Bidirectional(make()))
                outputs = brick.apply(x, mask=mask)
                model = exported([x, mask], {'y': outputs})
                directions = [
                    attribute.s for node in model.graph.node
                    for attribute in node.attribute
                    if attribute.name == 'direction']
                self.assertEqual([b'bidirectional'], directions)
                values = self.rng.normal(
                    size=(T, B, brick.children[0].get_dim('inputs')))
                m = random_mask(self.rng, T, B, 'lengths')
                expected = []
                for child, reverse in zip(brick.children, (False, True)):
                    p = values_of(child)
                    expected += iterated_padded(
                        step, p, values, m, initial_states_of(p, B), reverse)
                assert_allclose(run(model, x=values, x_mask=m)[0],
                                numpy.concatenate(expected, 2), **CLOSE)

    def test_stack_of_blocks(self):
        brick = at_random(RecurrentStack(
            [SimpleRecurrent(dim=DIM, activation=Tanh()) for _ in range(2)]))
        x, mask = variables()
        model = exported([x, mask], {
            'lower': brick.apply(inputs=x, mask=mask)[0],
            'upper': brick.apply(inputs=x, mask=mask)[1]})
        self.assertEqual({'RNN'}, set(operators(model)) & {'RNN', 'Scan'})


if __name__ == '__main__':
    unittest.main()
