"""Tests of the errors that every public name raises on wrong input.

A row holds the name, the mistake, a function that makes it, the type of the
error, and words that its message must contain.

"""
import unittest

import numpy
import theano
from blocks.bricks import MLP, Linear, Tanh
from blocks.bricks.recurrent import GatedRecurrent as BlocksGatedRecurrent
from blocks.bricks.recurrent import SimpleRecurrent
from blocks.initialization import Constant, IsotropicGaussian, Orthogonal
from fuel.datasets import IndexableDataset
from fuel.schemes import SequentialExampleScheme
from fuel.streams import DataStream
from theano import tensor
from theano.sandbox.rng_mrg import MRG_RandomStreams

import blocks_rnn_bricks
from blocks_rnn_bricks import (
    CTC,
    LSTM,
    BidirectionalStack,
    ChronoBias,
    ForgetGateBias,
    GatedRecurrent,
    LayerNormLSTM,
    MinGRU,
    MinLSTM,
    PeepholeLSTM,
    PerGate,
    ProjectedLSTM,
    Regularized,
    Sampler,
    SequenceBinaryCrossEntropy,
    SequenceCategoricalCrossEntropy,
    SequenceMisclassificationRate,
    SequenceSquaredError,
    SimpleRNN,
    TimeMajor,
    Transition,
    UnidirectionalStack,
    best_path,
    bucketed_batches,
    carry_over,
    draw_notes,
    draw_symbols,
    dropout_mask,
    explain,
    from_blocks,
    from_keras,
    from_lasagne,
    from_pytorch,
    get_direction,
    get_network,
    load_blocks_parameters,
    mean_over_time,
    padded_batches,
    prefix_beam_search,
    recurrent,
    restore_order,
    set_direction,
    set_network,
    to_blocks,
    to_hdf5,
    to_keras,
    to_lasagne,
    to_pytorch,
    variational_dropout,
    zero_padding,
)
from blocks_rnn_bricks.streams import (
    BucketedBatches,
    MaskedPadding,
    SizedBatches,
    mask_type,
)

FLOATX = theano.config.floatX
NAN = float('nan')
X3, Y3, M = tensor.tensor3('x'), tensor.tensor3('y'), tensor.matrix('mask')
Y2 = tensor.lmatrix('y')
INITS = dict(weights_init=IsotropicGaussian(.1), biases_init=Constant(0))


def ones(*shape):
    return numpy.ones(shape, FLOATX)


def zeros(*shape):
    return numpy.zeros(shape, 'int64')


def full(value, *shape):
    return numpy.full(shape, value, FLOATX)


def run(output, *pairs):
    """Compile a brick's output and call it on wrong data."""
    outputs = output if isinstance(output, list) else [output]
    return theano.function([variable for variable, _ in pairs], outputs,
                           on_unused_input='ignore')(
                               *[value for _, value in pairs])


def ready(brick):
    brick.initialize()
    return brick


def dimensions():
    """Return rows for every dimension of every brick."""
    makers = [
        ('LSTM', 'dim', LSTM, {}),
        ('PeepholeLSTM', 'dim', PeepholeLSTM, {}),
        ('LayerNormLSTM', 'dim', LayerNormLSTM, {}),
        ('GatedRecurrent', 'dim', GatedRecurrent, {}),
        ('MinGRU', 'dim', MinGRU, {}),
        ('MinLSTM', 'dim', MinLSTM, {}),
        ('ProjectedLSTM', 'dim', ProjectedLSTM, {'proj_dim': 2}),
        ('ProjectedLSTM', 'proj_dim', ProjectedLSTM, {'dim': 2}),
        ('SimpleRNN', 'input_dim', SimpleRNN, {'dim': 2, 'output_dim': 2}),
        ('SimpleRNN', 'dim', SimpleRNN, {'input_dim': 2, 'output_dim': 2}),
        ('SimpleRNN', 'output_dim', SimpleRNN, {'input_dim': 2, 'dim': 2}),
        ('UnidirectionalStack', 'input_dim', UnidirectionalStack, None),
        ('BidirectionalStack', 'input_dim', BidirectionalStack, None)]

    def make(kind, name, others, value):
        others = ({'prototypes': [LSTM(dim=2)]} if others is None else others)
        return kind(name='b', **dict(others, **{name: value}))

    for public, name, kind, others in makers:
        for value, error, words in [
                (0, ValueError, 'must be a positive integer, got 0'),
                (-3, ValueError, 'must be a positive integer, got -3'),
                (2.5, TypeError, 'got 2.5 of type float; divide with //'),
                (True, TypeError, 'got True of type bool'),
                ('3', TypeError, "got '3' of type str"),
                ([3], TypeError, 'got [3] of type list')]:
            yield (public, '{}={!r}'.format(name, value),
                   lambda k=kind, n=name, o=others, v=value: make(k, n, o, v),
                   error, [public + " 'b'", name, words])
        yield (public, name + '=None when it is allocated',
               lambda k=kind, n=name, o=others: make(k, n, o, None).allocate(),
               ValueError, [public, name, 'not set'])


def children():
    """Return rows for the argument `children` of each brick."""
    makers = [('LSTM', LSTM, {'dim': 2}),
              ('GatedRecurrent', GatedRecurrent, {'dim': 2}),
              ('SimpleRNN', SimpleRNN,
               {'input_dim': 2, 'dim': 2, 'output_dim': 2}),
              ('Regularized', Regularized, {'transition': LSTM(dim=2)}),
              ('UnidirectionalStack', UnidirectionalStack,
               {'prototypes': [LSTM(dim=2)], 'input_dim': 2})]
    for public, kind, others in makers:
        for value in (3, 'a', Tanh(), [3], [Tanh], {'a': 1}):
            yield (public, 'children={!r}'.format(value),
                   lambda k=kind, o=others, v=value: k(children=v, **o),
                   TypeError, [public, 'children must be a list of bricks'])


def switches():
    for public, name, make in [
            ('LSTM', 'fused', lambda v: LSTM(dim=2, fused=v)),
            ('LSTM', 'mask_outputs', lambda v: LSTM(dim=2, mask_outputs=v)),
            ('GatedRecurrent', 'fused',
             lambda v: GatedRecurrent(dim=2, fused=v)),
            ('MinGRU', 'mask_outputs',
             lambda v: MinGRU(dim=2, mask_outputs=v)),
            ('LSTM', 'reverse', lambda v: LSTM(dim=2).apply(X3, reverse=v)),
            ('LSTM', 'iterate', lambda v: LSTM(dim=2).apply(X3, iterate=v)),
            ('SimpleRNN', 'reverse',
             lambda v: SimpleRNN(2, 2, 2).apply(X3, reverse=v)),
            ('UnidirectionalStack', 'skip_connections',
             lambda v: UnidirectionalStack([LSTM(dim=2)], 2,
                                           skip_connections=v)),
            ('BidirectionalStack', 'train',
             lambda v: BidirectionalStack([LSTM(dim=2)], 2).apply(
                 X3, train=v)),
            ('SequenceCategoricalCrossEntropy', 'from_logits',
             lambda v: SequenceCategoricalCrossEntropy(from_logits=v)),
            ('SequenceBinaryCrossEntropy', 'from_logits',
             lambda v: SequenceBinaryCrossEntropy(from_logits=v)),
            ('padded_batches', 'shuffle',
             lambda v: padded_batches(DATA, 2, shuffle=v)),
            ('padded_batches', 'time_major',
             lambda v: padded_batches(DATA, 2, time_major=v)),
            ('to_keras', 'use_bias', lambda v: to_keras({}, use_bias=v)),
            ('to_pytorch', 'bias', lambda v: to_pytorch([], bias=v))]:
        for value in ('no', 2):
            yield (public, '{}={!r}'.format(name, value),
                   lambda m=make, v=value: m(v), TypeError,
                   [public, name + ' must be True or False', repr(value)])


def bricks():
    lstm = LSTM(dim=2, name='l', **INITS)
    stack = UnidirectionalStack([LSTM(dim=2)], input_dim=3, name='s', **INITS)
    simple = SimpleRNN(3, 2, 2, name='r', **INITS)
    for public, kind in [('LSTM', LSTM), ('GatedRecurrent', GatedRecurrent),
                         ('MinGRU', MinGRU), ('MinLSTM', MinLSTM)]:
        for value in (tensor.tanh, Tanh, 'tanh'):
            for name in ('activation', 'gate_activation'):
                yield (public, '{}={!r}'.format(name, value),
                       lambda k=kind, n=name, v=value: k(dim=2, **{n: v}),
                       TypeError, [public, name + ' must be a brick such as'])
    yield from [
        ('SimpleRNN', 'activation is a class',
         lambda: SimpleRNN(2, 2, 2, activation=Tanh), TypeError,
         ['activation must be a brick', 'write Tanh(...), an instance']),
        ('SimpleRNN', 'output_activation is a function',
         lambda: SimpleRNN(2, 2, 2, output_activation=tensor.tanh), TypeError,
         ['output_activation must be a brick such as Softmax()']),
        ('PeepholeLSTM', 'peephole_init is a number',
         lambda: PeepholeLSTM(dim=2, peephole_init=0.), TypeError,
         ['peephole_init must be an initialization scheme']),
        ('LayerNormLSTM', 'epsilon=0',
         lambda: LayerNormLSTM(dim=2, epsilon=0), ValueError,
         ['epsilon must be above 0']),
        ('LayerNormLSTM', 'epsilon=NaN',
         lambda: LayerNormLSTM(dim=2, epsilon=NAN), ValueError,
         ['epsilon must be', 'got nan']),
        ('LSTM', 'no inputs', lambda: lstm.apply(mask=M), TypeError,
         ["LSTM 'l': inputs is missing", '8 features']),
        ('LSTM', 'inputs=None', lambda: lstm.apply(None), TypeError,
         ["LSTM 'l': inputs is missing"]),
        ('LSTM', 'inputs are an object', lambda: lstm.apply(object()),
         TypeError, ["LSTM 'l'", 'must be a symbolic variable']),
        ('LSTM', 'inputs of two axes', lambda: lstm.apply(M), ValueError,
         ['must have 3 axes', 'got 2', 'iterate=False']),
        ('LSTM', 'a mask of three axes', lambda: lstm.apply(X3, mask=Y3),
         ValueError, ['mask must have 2 axes']),
        ('LSTM', 'a state of three axes',
         lambda: lstm.apply(X3, states=X3), ValueError,
         ['the initial states must have 2 axes', 'states[-1]']),
        ('LSTM', 'one step without states',
         lambda: lstm.apply(M, iterate=False), TypeError,
         ['states is missing', 'iterate=False']),
        ('LSTM', 'weights_init is missing',
         lambda: LSTM(dim=2, name='l', weights_init=None).initialize(),
         (TypeError, ValueError), ['l', 'initialization']),
        ('LSTM', 'a state of another size',
         lambda: run(ready(LSTM(dim=2, **INITS)).apply(X3, states=M),
                     (X3, ones(4, 3, 8)), (M, ones(3, 5))), ValueError,
         ['the initial states must have the shape', '(3, 2), got (3, 5)']),
        ('LSTM', 'a state of another size, in a scan',
         lambda: run(ready(LSTM(dim=2, fused=False, **INITS)).apply(
             X3, states=M), (X3, ones(4, 3, 8)), (M, ones(2, 2))), ValueError,
         ['the initial states must have the shape', '(3, 2), got (2, 2)']),
        ('LSTM', 'inputs of 7 features',
         lambda: run(ready(LSTM(dim=2, **INITS)).apply(X3),
                     (X3, ones(4, 3, 7))), ValueError,
         ['must have 8 features, got 7', 'Linear(output_dim=8)']),
        ('LSTM', 'a mask above 1',
         lambda: run(ready(LSTM(dim=2, **INITS)).apply(X3, mask=M),
                     (X3, ones(4, 3, 8)), (M, full(255, 4, 3))), ValueError,
         ['the mask must lie between 0 and 1, got 255']),
        ('LSTM', 'a mask of NaN',
         lambda: run(ready(LSTM(dim=2, **INITS)).apply(X3, mask=M),
                     (X3, ones(4, 3, 8)), (M, full(NAN, 4, 3))), ValueError,
         ['the mask must lie between 0 and 1, got nan at (0, 0)']),
        ('SimpleRNN', 'one step without states',
         lambda: simple.apply(M, iterate=False), TypeError,
         ["SimpleRNN 'r': states is missing"]),
        ('SimpleRNN', 'inputs are a string', lambda: simple.apply('x'),
         TypeError, ["SimpleRNN 'r'", 'must be a symbolic variable']),
        ('Transition', 'no inputs',
         lambda: GatedRecurrent(dim=2).apply(mask=M), TypeError,
         ['inputs of 6 features']),
        ('UnidirectionalStack', 'a class among the prototypes',
         lambda: UnidirectionalStack([LSTM], 2), TypeError,
         ['prototypes[0] must be a recurrent brick', 'write LSTM(...)']),
        ('BidirectionalStack', 'one brick for a list',
         lambda: BidirectionalStack(LSTM(dim=2), 2), TypeError,
         ['prototypes must be a list', '[LSTM(dim=64)]']),
        ('BidirectionalStack', 'no prototypes',
         lambda: BidirectionalStack([], 2), ValueError,
         ['prototypes must be a list', 'got []']),
        ('BidirectionalStack', 'None among the prototypes',
         lambda: BidirectionalStack([LSTM(dim=2), None], 2), TypeError,
         ['prototypes[1] must be a recurrent brick', 'got None']),
        ('BidirectionalStack', 'a Linear among the prototypes',
         lambda: BidirectionalStack([Linear(2, 2)], 2), TypeError,
         ['prototypes[0] must be a recurrent brick']),
        ('UnidirectionalStack', 'a prototype without dim',
         lambda: UnidirectionalStack([LSTM()], 2).allocate(), ValueError,
         ["LSTM 'lstm'", 'dim', 'not set']),
        ('UnidirectionalStack', "Blocks' prototype without dim",
         lambda: UnidirectionalStack([BlocksGatedRecurrent()], 2).allocate(),
         ValueError, ["GatedRecurrent '", 'dim', 'not set']),
        ('UnidirectionalStack', 'projection is a class',
         lambda: UnidirectionalStack([LSTM(dim=2)], 2, projection=Linear),
         TypeError, ['projection must be a brick', 'write Linear(...)']),
        ('UnidirectionalStack', 'another kind',
         lambda: stack.summary(X3, kind='max'), ValueError,
         ["kind must be one of last, mean, got 'max'"]),
        ('UnidirectionalStack', 'kind is None',
         lambda: stack.summary(X3, kind=None), ValueError,
         ['kind must be one of', 'got None']),
        ('UnidirectionalStack', 'a state that is not there',
         lambda: stack.apply(X3, cells=M), TypeError,
         ['unknown states cells', 'forward_0_states']),
        ('UnidirectionalStack', 'a state of three axes',
         lambda: stack.apply(X3, forward_0_cells=X3), ValueError,
         ['the initial cells must have 2 axes']),
        ('UnidirectionalStack', 'a batch-major mask',
         lambda: run(ready(UnidirectionalStack(
             [LSTM(dim=2)], input_dim=3, **INITS)).apply(X3, mask=M),
             (X3, ones(4, 2, 3)), (M, ones(2, 4))), ValueError,
         ['looks batch-major']),
        ('BidirectionalStack', 'merge=[]',
         lambda: BidirectionalStack([LSTM(dim=2)], 2, merge=[]), ValueError,
         ['merge must be one of concat, sum, got []'])]
    for rate, error in [(1, ValueError), (-.1, ValueError),
                        (NAN, ValueError), (float('inf'), ValueError),
                        (None, TypeError), ('.5', TypeError),
                        (True, TypeError)]:
        for public, make in [
                ('BidirectionalStack', lambda r: BidirectionalStack(
                    [LSTM(dim=2)], 2, dropout=r)),
                ('dropout_mask', lambda r: dropout_mask(
                    MRG_RandomStreams(1), (2, 3), r, FLOATX)),
                ('variational_dropout', lambda r: variational_dropout(
                    X3, r, MRG_RandomStreams(1))),
                ('Regularized', lambda r: Regularized(
                    LSTM(dim=2), zoneout={'cells': r})),
                ('Regularized', lambda r: Regularized(
                    LSTM(dim=2), dropout=r))]:
            yield (public, 'rate {!r}'.format(rate),
                   lambda m=make, r=rate: m(r), error,
                   [public, 'must be at least 0 and below 1', repr(rate)])
    yield from [
        ('Regularized', 'a class', lambda: Regularized(LSTM), TypeError,
         ['transition must be a recurrent brick', 'write LSTM(...)']),
        ('Regularized', 'a state that is not there',
         lambda: Regularized(LSTM(dim=2), dropout={'h': .5}), ValueError,
         ["unknown state 'h'", 'states, cells']),
        ('dropout_mask', 'no random streams',
         lambda: dropout_mask(None, (2,), .5, FLOATX), TypeError,
         ['theano_rng must be random streams']),
        ('dropout_mask', 'an integer dtype',
         lambda: dropout_mask(MRG_RandomStreams(1), (2,), .5, 'int32'),
         TypeError, ['dtype must be floating point', "'int32'"]),
        ('variational_dropout', 'two axes',
         lambda: variational_dropout(M, .5, MRG_RandomStreams(1)),
         ValueError, ['must have 3 axes', 'got 2']),
        ('mean_over_time', 'two axes', lambda: mean_over_time(M), ValueError,
         ['mean_over_time: sequence must have 3 axes']),
        ('mean_over_time', 'a mask of three axes',
         lambda: mean_over_time(X3, Y3), ValueError,
         ['mean_over_time: the mask must have 2 axes']),
        ('mean_over_time', 'a batch-major mask',
         lambda: run(mean_over_time(X3, M), (X3, ones(4, 2, 3)),
                     (M, ones(2, 4))), ValueError, ['looks batch-major']),
        ('mean_over_time', 'a negative mask',
         lambda: run(mean_over_time(X3, M), (X3, ones(4, 2, 3)),
                     (M, -ones(4, 2))), ValueError, ['between 0 and 1']),
        ('zero_padding', 'the order swapped', lambda: zero_padding(M, X3),
         ValueError,
         ['the order is zero_padding(sequence, mask)']),
        ('zero_padding', 'None', lambda: zero_padding(None, M), TypeError,
         ['sequence must be a symbolic variable']),
        ('carry_over', 'a variable for a list',
         lambda: carry_over(M[0], M, [M]), TypeError,
         ['after must be a list of states']),
        ('carry_over', 'lists that differ',
         lambda: carry_over(M[0], [M, M], [M]), ValueError,
         ['same number of states', '2 and 1']),
        ('carry_over', 'a whole mask', lambda: carry_over(M, [M], [M]),
         ValueError, ['must have one axis', 'mask[t]']),
        ('explain', 'a class', lambda: explain(LSTM), TypeError,
         ['brick must be a recurrent brick']),
        ('explain', 'an application that is not recurrent',
         lambda: explain(LSTM(dim=2), 'apply'), TypeError,
         ['must be a recurrent application', "'apply'"]),
        ('recurrent', 'a string for a list',
         lambda: recurrent(sequences='inputs'), TypeError,
         ["sequences must be a list of names", "write ['inputs']"]),
        ('recurrent', 'a keyword that is not there',
         lambda: recurrent(state=['states']), TypeError,
         ['expected the keywords', "'state'"]),
        ('recurrent', 'a list without a keyword',
         lambda: recurrent(['inputs']), TypeError, ['names by keyword']),
        ('recurrent', 'a name that the method does not take',
         lambda: recurrent(sequences=['x'], states=['h'], contexts=[],
                           outputs=['h'])(lambda self, x: x), TypeError,
         ["has no argument 'h'", 'its arguments are x']),
        ('PerGate', 'a number', lambda: PerGate(0.), TypeError,
         ['scheme must be an initialization scheme']),
        ('PerGate', 'a class', lambda: PerGate(Orthogonal), TypeError,
         ['write Orthogonal(...)']),
        ('PerGate', 'gates is a string',
         lambda: PerGate(Orthogonal(), 'ijfo'), TypeError,
         ['gates must be a list']),
        ('PerGate', 'no gates', lambda: PerGate(Orthogonal(), []), ValueError,
         ['at least one gate']),
        ('ForgetGateBias', 'NaN', lambda: ForgetGateBias(NAN), ValueError,
         ['forget must be a finite number, got nan']),
        ('ForgetGateBias', 'infinity', lambda: ForgetGateBias(float('inf')),
         ValueError, ['forget must be a finite number, got inf']),
        ('ForgetGateBias', 'None', lambda: ForgetGateBias(None), TypeError,
         ['forget must be a finite number, got None']),
        ('ChronoBias', 'one step', lambda: ChronoBias(1), ValueError,
         ['T_max must be at least 2, got 1', 'longest time']),
        ('ChronoBias', 'infinity', lambda: ChronoBias(float('inf')),
         ValueError, ['T_max must be a finite number, got inf']),
        ('ChronoBias', 'a string', lambda: ChronoBias('400'), TypeError,
         ["T_max must be a finite number, got '400'"]),
        ('ChronoBias', 'no gate that keeps',
         lambda: ChronoBias(9, ['r', 'n']), ValueError,
         ['at least one of f, j, u, z', "['r', 'n']"]),
        ('ForgetGateBias', 'a shape of seven',
         lambda: ForgetGateBias().generate(None, (7,)), ValueError,
         ['4*dim'])]


COSTS = [('SequenceCategoricalCrossEntropy', SequenceCategoricalCrossEntropy,
          Y2, zeros), ('SequenceMisclassificationRate',
                       SequenceMisclassificationRate, Y2, zeros),
         ('SequenceSquaredError', SequenceSquaredError, Y3, ones),
         ('SequenceBinaryCrossEntropy', SequenceBinaryCrossEntropy, Y3, ones)]


def costs():
    for public, kind, y, make in COSTS:
        tail = (3,) if y is Y3 else ()
        cost = kind(name='c').apply(y, X3, M)
        for what, shapes, words in [
                ('targets batch-major', ((4, 2), (2, 4), (2, 4)),
                 ['the targets must have the time and batch axes',
                  'batch-major']),
                ('a mask batch-major', ((2, 4), (2, 4), (4, 2)),
                 ['the mask must have the time and batch axes',
                  'batch-major']),
                ('one step of a mask', ((2, 4), (2, 4), (1, 4)),
                 ['the mask must have the time and batch axes'])]:
            yield (public, what,
                   lambda c=cost, t=y, m=make, s=shapes, e=tail: run(
                       c, (t, m(*(s[0] + e))), (X3, ones(*(s[1] + (3,)))),
                       (M, ones(*s[2]))), ValueError,
                   [public + " 'c'"] + words)
        for value in (.5, NAN, -1):
            yield (public, 'a mask of {}'.format(value),
                   lambda c=cost, t=y, m=make, v=value, e=tail: run(
                       c, (t, m(*((2, 4) + e))), (X3, ones(2, 4, 3)),
                       (M, full(v, 2, 4))), ValueError,
                   ['only 1 for data and 0 for padding',
                    'at step 0 of sequence 0'])
        for name in ('mean', None, ['sum']):
            yield (public, 'aggregation={!r}'.format(name),
                   lambda k=kind, n=name: k(aggregation=n), ValueError,
                   [public, 'aggregation must be one of per_step'])
        yield (public, 'targets of None',
               lambda k=kind: k().apply(None, X3), TypeError,
               [public, 'y must be a symbolic variable'])
        yield (public, 'predictions of None',
               lambda k=kind, t=y: k().apply(t, None), TypeError,
               [public, 'y_hat must be a symbolic variable'])
        yield (public, 'predictions of two axes',
               lambda k=kind, t=y: k().apply(t, M), ValueError,
               ['predictions must have 3 axes'])
        yield (public, 'predictions without a feature',
               lambda c=cost, t=y, m=make, e=tail: run(
                   c, (t, m(*((2, 4) + e))), (X3, ones(2, 4, 0)),
                   (M, ones(2, 4))), ValueError, ['at least one feature'])
        yield (public, 'monitoring a sum',
               lambda k=kind, t=y: k(aggregation='sum').monitor(t, X3),
               ValueError, ['mean_per_step or mean_per_sequence'])
        if y is Y3:
            yield (public, 'targets of four features',
                   lambda c=cost: run(c, (Y3, ones(2, 4, 4)),
                                      (X3, ones(2, 4, 3)), (M, ones(2, 4))),
                   ValueError, ['must have the shape of the predictions',
                                'output_dim=4'])
        else:
            for value in (-1, 3):
                yield (public, 'class {}'.format(value),
                       lambda c=cost, v=value: run(
                           c, (Y2, zeros(2, 4) + v), (X3, ones(2, 4, 3)),
                           (M, ones(2, 4))), ValueError,
                       ['not a class index',
                        'got {} at step 0'.format(value)])
            yield (public, 'floating targets',
                   lambda k=kind: k().apply(M, X3), TypeError,
                   ['integer dtype'])
    bits, classes = SequenceBinaryCrossEntropy(), COSTS[0][1]()
    logits = SequenceBinaryCrossEntropy(from_logits=True)
    for value in (2, -.5, NAN):
        for cost in (bits, logits):
            yield ('SequenceBinaryCrossEntropy', 'a target of {}, from_logits='
                   '{}'.format(value, cost.from_logits),
                   lambda c=cost, v=value: run(
                       c.apply(Y3, X3), (Y3, full(v, 2, 1, 3)),
                       (X3, full(.5, 2, 1, 3))), ValueError,
                   ['the targets must lie between 0 and 1',
                    'at step 0 of sequence 0, feature 0'])
    for value in (1.5, -.5):
        yield ('SequenceBinaryCrossEntropy', 'a probability of {}'.format(
            value), lambda v=value: run(
                bits.apply(Y3, X3), (Y3, ones(2, 1, 3)),
                (X3, full(v, 2, 1, 3))), ValueError,
            ['must be probabilities', 'from_logits=True'])
        yield ('SequenceCategoricalCrossEntropy', 'a probability of {}'.format(
            value), lambda v=value: run(
                classes.apply(Y2, X3), (Y2, zeros(2, 1)),
                (X3, full(v, 2, 1, 3))), ValueError,
            ['must be probabilities', 'from_logits=True'])
    hidden = full(.3, 1, 1, 3)
    hidden[0, 0, 2] = NAN
    yield ('SequenceCategoricalCrossEntropy', 'NaN for another class',
           lambda: run(classes.apply(Y2, X3), (Y2, zeros(1, 1)),
                       (X3, hidden)), ValueError,
           ['must be probabilities', 'got nan', 'feature 2'])
    yield ('SequenceMisclassificationRate', 'predictions of NaN',
           lambda: run(SequenceMisclassificationRate().apply(Y2, X3),
                       (Y2, zeros(1, 1)), (X3, full(NAN, 1, 1, 3))),
           ValueError, ['predictions must not be NaN', 'got nan', 'diverged'])


def labels():
    energies = numpy.zeros((3, 1, 4))
    for blank in (True, 1.5, None, '0', [0]):
        for public, make in [
                ('CTC', lambda b: CTC(blank=b)),
                ('best_path', lambda b: best_path(energies, blank=b)),
                ('prefix_beam_search',
                 lambda b: prefix_beam_search(energies, blank=b))]:
            yield (public, 'blank={!r}'.format(blank),
                   lambda m=make, b=blank: m(b), TypeError,
                   [public, 'blank must be a class index',
                    repr(blank)])
    for width, error in [(0, ValueError), (2.5, TypeError),
                         (True, TypeError), (None, TypeError)]:
        yield ('prefix_beam_search', 'width={!r}'.format(width),
               lambda w=width: prefix_beam_search(energies, width=w), error,
               ['width must be a positive integer'])
    for public, decode in [('best_path', best_path),
                           ('prefix_beam_search', prefix_beam_search)]:
        yield (public, 'two axes', lambda d=decode: d(energies[0]),
               ValueError, ['must have 3 axes', 'energies[:, None]'])
        yield (public, 'words', lambda d=decode: d([[['a']]]), TypeError,
               ['must be real numbers'])
        yield (public, 'NaN', lambda d=decode: d(energies * NAN), ValueError,
               ['got NaN'])
        yield (public, 'no such blank', lambda d=decode: d(energies, blank=4),
               ValueError, ['blank must be one of the classes, got 4'])
        yield (public, 'a batch-major mask',
               lambda d=decode: d(energies, numpy.ones((1, 3))), ValueError,
               ['batch-major'])
    yield ('CTC', 'labels=None', lambda: CTC(name='c').apply(None, X3),
           TypeError, ["CTC 'c': labels must be a symbolic variable"])
    yield ('CTC', 'energies are a string',
           lambda: CTC().apply(Y2, 'x'), TypeError,
           ['energies must be a symbolic variable'])
    yield ('CTC', 'the blank as a label',
           lambda: run(CTC().apply(Y2, X3), (Y2, zeros(1, 1) + 3),
                       (X3, ones(3, 1, 4))), ValueError, ['not the blank, 3'])


def generation():
    rng = numpy.random.RandomState(1)
    table = theano.shared(numpy.eye(5).astype(FLOATX))
    sampler = Sampler(lambda i, s: (table[i] + s['h'], [s['h']]), {'h': 5})
    for value, error in [(-1, ValueError), (NAN, ValueError),
                         (float('inf'), ValueError), (None, TypeError),
                         ('1', TypeError)]:
        for public, draw in [
                ('draw_symbols', lambda t: draw_symbols(ones(2, 3), t, rng)),
                ('draw_notes', lambda t: draw_notes(ones(2, 3), t, rng)),
                ('Sampler', lambda t: sampler.sample(
                    [[1]], 2, temperature=t))]:
            yield (public, 'temperature={!r}'.format(value),
                   lambda d=draw, v=value: d(v), error,
                   [public, 'temperature must be at least 0', repr(value)])
    for public, draw in [('draw_symbols', draw_symbols),
                         ('draw_notes', draw_notes)]:
        yield (public, 'NaN', lambda d=draw: d(full(NAN, 2, 3), 1, rng),
               ValueError, ['got NaN in row 0'])
        yield (public, 'three axes', lambda d=draw: d(ones(2, 3, 4), 1, rng),
               ValueError, ['(batch, K)', '(2, 3, 4)'])
        yield (public, 'no symbols', lambda d=draw: d(ones(2, 0), 1, rng),
               ValueError, ['at least one symbol'])
        yield (public, 'no generator', lambda d=draw: d(ones(2, 3), 1, 5),
               TypeError, ['rng must be a numpy.random.RandomState, got 5'])
    yield from [
        ('draw_symbols', 'no possible symbol',
         lambda: draw_symbols(full(-numpy.inf, 2, 3), 1, rng), ValueError,
         ['row 0 are -infinity']),
        ('Sampler', 'half a symbol', lambda: sampler.sample([[1.7]], 2),
         ValueError, ['integers of at least 0', 'got 1.7 at (0, 0)']),
        ('Sampler', 'a negative symbol', lambda: sampler.sample([[-1]], 2),
         ValueError, ['integers of at least 0', 'got -1']),
        ('Sampler', 'a symbol that is NaN', lambda: sampler.sample([[NAN]], 2),
         ValueError, ['integers of at least 0', 'got nan']),
        ('Sampler', 'a symbol that is a word',
         lambda: sampler.sample([['a']], 2), TypeError, ['must hold numbers']),
        ('Sampler', 'a symbol that the table lacks',
         lambda: sampler.sample([[7]], 2), ValueError,
         ['cannot look up the symbols [7]']),
        ('Sampler', 'a prompt of one axis', lambda: sampler.sample([1], 2),
         ValueError, ['2 axes', 'shape (1,)']),
        ('Sampler', 'an empty prompt',
         lambda: sampler.sample(zeros(0, 2), 2), ValueError,
         ['at least one time step']),
        ('Sampler', 'n_steps=-1', lambda: sampler.sample([[1]], -1),
         ValueError, ['n_steps must be an integer of at least 0']),
        ('Sampler', 'n_steps=1.5', lambda: sampler.sample([[1]], 1.5),
         TypeError, ['n_steps must be an integer of at least 0']),
        ('Sampler', 'a state that is not there',
         lambda: sampler.sample([[1]], 2, states={'c': ones(1, 5)}),
         ValueError, ['unknown states c; the states are h']),
        ('Sampler', 'a state of another size',
         lambda: sampler.sample([[1]], 2, states={'h': ones(1, 4)}),
         ValueError, ["'h' must have the shape", '(1, 5), got (1, 4)']),
        ('Sampler', 'states are a list',
         lambda: sampler.sample([[1]], 2, states=[ones(1, 5)]), TypeError,
         ['states must be a dictionary']),
        ('Sampler', 'step is None', lambda: Sampler(None, {'h': 5}),
         TypeError, ['step must be a function']),
        ('Sampler', 'draw is a string',
         lambda: Sampler(lambda i, s: None, {'h': 5}, draw='symbols'),
         TypeError, ['draw must be a function']),
        ('Sampler', 'state_dims is a list',
         lambda: Sampler(lambda i, s: None, ['h']), TypeError,
         ['state_dims must be a dictionary']),
        ('Sampler', 'a state of size 0',
         lambda: Sampler(lambda i, s: None, {'h': 0}), ValueError,
         ["the size of the state 'h' must be a positive integer"]),
        ('Sampler', 'step returns None',
         lambda: Sampler(lambda i, s: None, {'h': 5}), TypeError,
         ['must return the energies and a list']),
        ('Sampler', 'step returns too few states',
         lambda: Sampler(lambda i, s: (table[i], []), {'h': 5}), ValueError,
         ['a next state for each of h, got 0']),
        ('Sampler', 'step returns energies of three axes',
         lambda: Sampler(lambda i, s: (
             table[i].dimshuffle('x', 0, 1), [s['h']]), {'h': 5}),
         ValueError, ['energies of one step', '3 axes']),
        ('Sampler', 'inputs of three axes',
         lambda: Sampler(lambda i, s: None, {'h': 5}, inputs=X3), TypeError,
         ['inputs must be a vector of symbols'])]


DATA = IndexableDataset([[1, 2], [3], [4, 5, 6]])


def streams():
    examples = DataStream(DATA, iteration_scheme=SequentialExampleScheme(3))
    for value, error in [(0, ValueError), (-1, ValueError), (1.5, TypeError),
                         (True, TypeError), (None, TypeError),
                         ('2', TypeError)]:
        for public, name, make in [
                ('padded_batches', 'batch_size',
                 lambda v: padded_batches(DATA, v)),
                ('padded_batches', 'sort_window',
                 lambda v: padded_batches(DATA, 2, sort_window=v)),
                ('bucketed_batches', 'max_steps',
                 lambda v: bucketed_batches(DATA, v)),
                ('bucketed_batches', 'window',
                 lambda v: bucketed_batches(DATA, 9, window=v))]:
            yield (public, '{}={!r}'.format(name, value),
                   lambda m=make, v=value: m(v), error,
                   [name + ' must be a positive integer'])
    for public, make in [
            ('TimeMajor', TimeMajor), ('MaskedPadding', MaskedPadding),
            ('SizedBatches', lambda d: SizedBatches(d, 2)),
            ('BucketedBatches', lambda d: BucketedBatches(d, 9))]:
        for value in (None, [1, 2], DATA):
            yield (public, 'data_stream is a {}'.format(type(value).__name__),
                   lambda m=make, v=value: m(v), TypeError,
                   [public, 'data_stream must be a '])
    yield from [
        ('padded_batches', 'a list for a dataset',
         lambda: padded_batches([[1], [2]], 2), TypeError,
         ['expected a Fuel dataset or stream, got list']),
        ('padded_batches', 'sequences is a string',
         lambda: padded_batches(DATA, 2, sequences='data'), ValueError,
         ['must be a tuple of names', "('data',)"]),
        ('padded_batches', 'sequences is a number',
         lambda: padded_batches(DATA, 2, sequences=5), TypeError,
         ['sequences must be a tuple of names, got 5']),
        ('padded_batches', 'a mask source that is not there',
         lambda: padded_batches(DATA, 2, mask_sources=('x',)), ValueError,
         ['mask_sources must be among', "'x'"]),
        ('padded_batches', 'a source that is a number',
         lambda: padded_batches(DATA, 2, sequences=(1,)), ValueError,
         ['sequences must be among', "'1'"]),
        ('padded_batches', 'an integer mask',
         lambda: padded_batches(DATA, 2, mask_dtype='int32'), ValueError,
         ['masks must be floating point']),
        ('padded_batches', 'a dtype that is not there',
         lambda: padded_batches(DATA, 2, mask_dtype='flaot'), TypeError,
         ["mask_dtype must be a", "'flaot'"]),
        ('mask_type', 'a dtype that is not there', lambda: mask_type('half1'),
         TypeError, ['mask_dtype must be a']),
        ('padded_batches', 'index_source is a number',
         lambda: padded_batches(DATA, 2, index_source=3), TypeError,
         ['index_source', 'a string, got 3']),
        ('padded_batches', 'index_source is taken',
         lambda: padded_batches(DATA, 2, index_source='data'),
         ValueError, ["already has a source 'data'"]),
        ('padded_batches', 'a negative seed',
         lambda: padded_batches(DATA, 2, shuffle=True, seed=-1), ValueError,
         ['seed must be an integer of at least 0']),
        ('padded_batches', 'seed is a word',
         lambda: padded_batches(DATA, 2, shuffle=True, seed='x'), TypeError,
         ['seed must be an integer of at least 0']),
        ('SizedBatches', 'rng is a number',
         lambda: SizedBatches(examples, 2, rng=5), TypeError,
         ['rng must be a numpy.random.RandomState']),
        ('TimeMajor', 'a stream of examples', lambda: TimeMajor(examples),
         ValueError, ['expected a stream of batches']),
        ('to_hdf5', 'none at once',
         lambda: to_hdf5([{'x': [1]}], 'data.hdf5', at_once=0), ValueError,
         'to_hdf5: at_once must be a positive integer, got 0'),
        ('to_hdf5', 'a half at once',
         lambda: to_hdf5([{'x': [1]}], 'data.hdf5', at_once=.5), TypeError,
         'to_hdf5: at_once must be a positive integer, got 0.5'),
        ('restore_order', 'half an index',
         lambda: restore_order([[1, 2]], [[.5, 1.5]]), TypeError,
         ['an index must be an integer, got']),
        ('restore_order', 'an index twice',
         lambda: restore_order([[1, 2]], [[0, 0]]), ValueError,
         ['occurs twice']),
        ('restore_order', 'too few indices',
         lambda: restore_order([[1, 2]], []), ValueError,
         ['same number of batches'])]


def weights():
    inputs, transition = numpy.ones((3, 8)), numpy.ones((2, 8))
    good = {'W_input': inputs, 'W_state': transition}
    network = [{'forward': good}]

    def stack(prototype=None, **kwargs):
        made = UnidirectionalStack([prototype or LSTM(dim=2)], input_dim=3,
                                   name='s', **dict(INITS, **kwargs))
        made.allocate()
        return made

    linear = Linear(3, 8, **INITS)
    mlp = MLP([Tanh()], [None, None])
    for public, call in [
            ('get_network', get_network),
            ('set_network', lambda s: set_network(s, network))]:
        for what, make, words in [
                ('a projection that is an MLP',
                 lambda: stack(projection=mlp),
                 ['projected by a Linear, got MLP']),
                ('a LayerNormLSTM', lambda: stack(LayerNormLSTM(dim=2)),
                 ['LayerNormLSTM', 'do not include the parameter',
                  'gain_inputs']),
                ("Blocks' brick",
                 lambda: stack(SimpleRecurrent(dim=2, activation=Tanh())),
                 ['expected an LSTM', 'SimpleRecurrent']),
                ('an LSTM', lambda: LSTM(dim=2),
                 ['stack must be a BidirectionalStack', 'get_direction']),
                ('a class', lambda: BidirectionalStack,
                 ['stack must be a BidirectionalStack', 'an instance'])]:
            yield (public, what, lambda c=call, m=make: c(m()), TypeError,
                   words)
    for public, call in [
            ('get_direction', get_direction),
            ('set_direction', lambda t, p: set_direction(
                t, p, good))]:
        yield (public, 'a projection that is an MLP',
               lambda c=call: c(LSTM(dim=2), mlp), TypeError,
               ['projected by a Linear, got MLP'])
        yield (public, 'a transition that is a class',
               lambda c=call: c(LSTM, linear), TypeError,
               ['expected an LSTM, PeepholeLSTM', 'write LSTM(...)'])
        yield (public, 'a LayerNormLSTM',
               lambda c=call: c(LayerNormLSTM(dim=2), linear), TypeError,
               ['do not include the parameter', 'gain_inputs'])
    for public, convert in [
            ('set_network', lambda n: set_network(stack(), n)),
            ('to_pytorch', to_pytorch)]:
        yield (public, 'a layer for a list',
               lambda c=convert: c(network[0]), TypeError,
               ['expected a list of layers', '[layer]'])
        yield (public, 'no layers', lambda c=convert: c([]), ValueError,
               ['at least one layer'])
        yield (public, 'a run for a layer', lambda c=convert: c([good]),
               ValueError, ["'forward'", "'W_input'"])
        yield (public, 'a number for a layer', lambda c=convert: c([3]),
               TypeError, ['a layer must be a dictionary', 'got int'])
        yield (public, 'a number for a run',
               lambda c=convert: c([{'forward': 3}]), TypeError,
               ['must be a dictionary', 'got int'])
    for public, convert in [
            ('set_direction', lambda r: set_direction(LSTM(dim=2), linear, r)),
            ('to_lasagne', to_lasagne),
            ('to_blocks', lambda r: to_blocks(r, '/a', '/b'))]:
        yield (public, 'run is None', lambda c=convert: c(None), TypeError,
               ['must be a dictionary', 'NoneType'])
        yield (public, 'a key is missing',
               lambda c=convert: c({'W_input': inputs}), ValueError,
               ["'W_state' is missing"])
        yield (public, 'a key that is not there',
               lambda c=convert: c(dict(good, W=inputs)), ValueError,
               ["no key 'W'"])
        yield (public, 'words for weights',
               lambda c=convert: c(dict(good, b=['a'] * 8)), TypeError,
               ['b must be an array of real numbers'])
        yield (public, 'complex weights',
               lambda c=convert: c(dict(good, W_state=transition * 1j)),
               TypeError, ['W_state must be an array of real numbers'])
        yield (public, 'a wrong shape',
               lambda c=convert: c(dict(good, b=numpy.ones(7))), ValueError,
               ['b must have shape (8,)', 'got (7,)'])
    huge = numpy.finfo('longdouble').max
    if huge > numpy.finfo(FLOATX).max:
        yield ('set_direction', 'a number that floatX cannot hold',
               lambda: set_direction(LSTM(dim=2), linear, dict(
                   good, W_state=numpy.full((2, 8), huge, 'longdouble'))),
               ValueError, ['W_state has values too large'])
    for public, convert, what in [
            ('from_pytorch', from_pytorch, 'state_dict'),
            ('from_lasagne', from_lasagne, 'parameters'),
            ('from_blocks', lambda p: from_blocks(p, '/a', '/b'),
             'parameters')]:
        for value in (None, [inputs]):
            yield (public, 'a {}'.format(type(value).__name__),
                   lambda c=convert, v=value: c(v), TypeError,
                   [public, what + ' must be a dictionary'])
    yield from [
        ('from_keras', 'a dictionary', lambda: from_keras(good), TypeError,
         ['weights must be a list of arrays, the result of get_weights()']),
        ('from_keras', 'one array', lambda: from_keras([inputs]), ValueError,
         ['expected the 2 or 3 arrays', 'got 1']),
        ('from_keras', 'words', lambda: from_keras(['a', 'b']), TypeError,
         ['array 0 must be an array of real numbers']),
        ('from_pytorch', 'prefix is a number',
         lambda: from_pytorch({}, prefix=1), TypeError,
         ['prefix must be a string']),
        ('from_lasagne', 'prefix is None',
         lambda: from_lasagne({}, prefix=None), TypeError,
         ['prefix must be a string']),
        ('to_blocks', 'paths of None', lambda: to_blocks(good, None, None),
         TypeError, ['transition must be a string, the path of the LSTM']),
        ('from_blocks', 'a brick for a path',
         lambda: from_blocks({}, LSTM(dim=2), '/b'), TypeError,
         ['transition must be a string, the path of the LSTM']),
        ('load_blocks_parameters', 'path is None',
         lambda: load_blocks_parameters(None), TypeError,
         ['path must be the path of a file, got None']),
        ('load_blocks_parameters', 'path is a number',
         lambda: load_blocks_parameters(3), TypeError,
         ['path must be the path of a file, got 3'])]


class TestMessages(unittest.TestCase):
    def check(self, rows):
        for public, wrong, act, error, words in rows:
            with self.subTest(name=public, wrong=wrong):
                with self.assertRaises(error) as caught:
                    act()
                message = str(caught.exception)
                for part in words:
                    self.assertIn(part, message)

    def test_dimensions(self):
        self.check(dimensions())

    def test_switches(self):
        self.check(switches())

    def test_children(self):
        self.check(children())

    def test_the_callers_list_of_children_is_unchanged(self):
        mine = [Tanh()]
        lstm = LSTM(dim=2, children=mine)
        self.assertEqual(len(mine), 1)
        self.assertIs(lstm.children[0], mine[0])

    def test_bricks(self):
        self.check(bricks())

    def test_costs(self):
        self.check(costs())

    def test_labels(self):
        self.check(labels())

    def test_generation(self):
        self.check(generation())

    def test_streams(self):
        self.check(streams())

    def test_weights(self):
        self.check(weights())

    def test_every_public_name_has_a_row(self):
        """Each row expects a ValueError or a TypeError."""
        rows = [row for table in (
            dimensions, children, switches, bricks, costs, labels, generation,
            streams, weights) for row in table()]
        constants = {'BLOCKS_GRU_GATES', 'GATES', 'GRU_GATES',
                     'MIN_GRU_GATES', 'MIN_LSTM_GATES'}
        self.assertEqual(
            set(blocks_rnn_bricks.__all__) - constants -
            {row[0] for row in rows}, set())
        self.assertTrue(issubclass(GatedRecurrent, Transition))
        for row in rows:
            self.assertIn(row[3], (ValueError, TypeError,
                                   (TypeError, ValueError)))
