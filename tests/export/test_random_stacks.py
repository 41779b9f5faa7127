"""Tests of random stacks of random cells against NumPy loops."""
import numpy
from blocks.select import Selector
from hypothesis import HealthCheck, given, settings, strategies
from numpy.testing import assert_allclose
from theano import tensor

from blocks_rnn_bricks import (
    LSTM,
    BidirectionalStack,
    GatedRecurrent,
    LayerNormLSTM,
    PeepholeLSTM,
    ProjectedLSTM,
    UnidirectionalStack,
)
from tests.bricks.cell_tests import values_of
from tests.equations import (
    gru_step,
    iterated_padded,
    layer_norm_lstm_step,
    lstm_step,
    projected_lstm_step,
    random_mask,
)
from tests.export.models import (
    CLOSE,
    SinglePrecision,
    at_random,
    exported,
    run,
    variables,
)

CELLS = {
    'lstm': (LSTM, lstm_step), 'peepholes': (PeepholeLSTM, lstm_step),
    'gru': (GatedRecurrent, gru_step),
    'layer norm': (LayerNormLSTM, layer_norm_lstm_step),
    'projected': (lambda dim: ProjectedLSTM(dim=dim + 1, proj_dim=dim),
                  projected_lstm_step)}

LAYERS = strategies.lists(
    strategies.tuples(strategies.sampled_from(sorted(CELLS)),
                      strategies.integers(1, 4)), min_size=1, max_size=3)
SHAPES = strategies.tuples(strategies.integers(1, 7),
                           strategies.integers(1, 4))


def in_numpy(stack, cells, x, mask, given_states, skip, summary):
    """Run a stack layer by layer.

    Returns
    -------
    output : numpy.ndarray
        The output of the stack, or its summary.
    ends : list of numpy.ndarray
        The final value of each state.

    """
    features, ends = x, []
    for level, (layer, cell) in enumerate(zip(stack.layers, cells)):
        if level and skip:
            features = numpy.concatenate([x, features], axis=2)
        outputs, last = [], []
        for direction in layer:
            projection, = direction.projection.children
            p = values_of(projection)
            brick = direction.transition
            names = brick.apply.states
            starts = [given_states.get('{}_{}'.format(direction.name, name))
                      for name in names]
            learned = [parameter for parameter in brick.parameters
                       if parameter.name.startswith('initial_')]
            starts = [numpy.tile(parameter.get_value(), (x.shape[1], 1))
                      if start is None else start
                      for parameter, start in zip(learned, starts)]
            states = iterated_padded(
                CELLS[cell][1], values_of(brick),
                features.dot(p['W']) + p['b'], mask, starts,
                direction.reverse)
            outputs.append(states[0])
            ends += [state[0 if direction.reverse else -1]
                     for state in states]
            last.append(ends[-len(states)])
        features = numpy.concatenate(outputs, axis=2)
    if summary == 'last':
        return numpy.concatenate(last, axis=1), ends
    if summary == 'mean':
        lengths = mask.sum(axis=0)[:, None]
        return ((mask[:, :, None] * features).sum(axis=0) /
                numpy.maximum(lengths, 1)), ends
    return features, ends


class TestRandomStacks(SinglePrecision):

    @settings(max_examples=30, deadline=None, derandomize=True,
              suppress_health_check=[HealthCheck.too_slow])
    @given(layers=LAYERS, shape=SHAPES, both=strategies.booleans(),
           skip=strategies.booleans(),
           kind=strategies.sampled_from(['none', 'full', 'lengths',
                                         'holes']),
           summary=strategies.sampled_from(['apply', 'last', 'mean',
                                            'unroll']),
           begin=strategies.booleans(), seed=strategies.integers(0, 99))
    def test_outputs_equal_numpy(self, layers, shape, both, skip, kind,
                                 summary, begin, seed):
        rng = numpy.random.RandomState(seed)
        cls = BidirectionalStack if both else UnidirectionalStack
        stack = at_random(cls(
            [CELLS[cell][0](dim=dim) for cell, dim in layers], input_dim=2,
            skip_connections=skip, name='stack'))
        x, mask = variables()
        arrays = dict(x=rng.normal(size=shape + (2,)))
        symbolic = {'mask': None if kind == 'none' else mask}
        states = {name: rng.normal(size=(shape[1], stack.get_dim(name)))
                  for name in stack.state_names} if begin else {}
        symbolic.update({name: tensor.matrix(name) for name in states})
        m = random_mask(rng, shape[0], shape[1],
                        'full' if kind == 'none' else kind)
        if summary in ('last', 'mean'):
            outputs = [stack.summary(x, kind=summary, **symbolic)]
        else:
            outputs = stack.unroll(x, **symbolic)
            outputs = outputs[:1] if summary == 'apply' else outputs
        inputs = [x] + [one for one in symbolic.values() if one is not None]
        model = exported(inputs, {
            'y{}'.format(place): output
            for place, output in enumerate(outputs)},
            masks='any' if kind == 'holes' else 'prefix')
        if kind != 'none':
            arrays['x_mask'] = m
        got = run(model, **dict(arrays, **states))
        output, ends = in_numpy(stack, [cell for cell, _ in layers],
                                arrays['x'], m, states, skip, summary)
        for one, other in zip(got, [output] + ends):
            assert_allclose(one, other, **CLOSE)

    def test_all_parameters_are_random(self):
        # Otherwise swapped gates would go unnoticed.
        stack = at_random(BidirectionalStack([PeepholeLSTM(dim=3)],
                                             input_dim=2))
        for name, one in Selector(stack).get_parameters().items():
            self.assertGreater(one.get_value().std(), 0, name)
