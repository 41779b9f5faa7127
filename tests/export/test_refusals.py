"""Tests that graphs without a counterpart raise and name the brick."""
from unittest import mock

import numpy
import theano
from blocks.bricks import BatchNormalization, Linear
from blocks.bricks.sequence_generators import (
    LookupFeedback,
    Readout,
    SequenceGenerator,
    SoftmaxEmitter,
)
from blocks.graph import batch_normalization
from theano import tensor
from theano.tensor.shared_randomstreams import RandomStreams

import rnn_kernels
from blocks_rnn_bricks import (
    LSTM,
    Regularized,
    UnidirectionalStack,
    dropout_mask,
)
from rnn_kernels import precisions
from tests.export.models import SinglePrecision, at_random, exported, variables


class TestRefusals(SinglePrecision):

    def refused(self, inputs, outputs, message, error=ValueError):
        with self.assertRaisesRegex(error, message):
            exported(inputs, outputs)

    def test_training(self):
        x, mask = variables()
        stack = at_random(UnidirectionalStack(
            [LSTM(dim=2), LSTM(dim=2)], input_dim=2, dropout=.5,
            theano_seed=1, name='stack'))
        self.refused([x, mask], {'y': stack.apply(x, mask=mask, train=True)},
                     'to_onnx: /stack/.* draws random numbers; build the '
                     'graph without train=True, dropout or noise')
        noisy = at_random(Regularized(LSTM(dim=2), zoneout={'states': .1},
                                      theano_seed=1, name='noisy'))
        self.refused([x], {'y': noisy.apply(x, train=True)[0]},
                     r'/noisy \(Regularized\)\S*: \w+ draws random numbers')

    def test_random_draws(self):
        v = tensor.matrix('v')
        streams = RandomStreams(1)
        self.refused([v], {'y': v + streams.normal(v.shape)},
                     'draws random numbers; build the graph without')
        linear = at_random(Linear(2, 3, name='top'))
        from theano.sandbox.rng_mrg import MRG_RandomStreams
        dropped = linear.apply(v * dropout_mask(
            MRG_RandomStreams(1), v.shape, .5, 'float32'))
        self.refused([v], {'y': dropped}, '/top .*draws random numbers')

    def test_random_draw_in_a_loop(self):
        v = tensor.matrix('v')
        streams = RandomStreams(1)
        rows, updates = theano.scan(
            lambda row: row + streams.normal(row.shape), sequences=[v])
        self.refused([v], {'y': rows}, 'Scan draws random numbers; build the '
                     'graph without')
        generator = at_random(SequenceGenerator(
            Readout(readout_dim=5, source_names=['states'],
                    emitter=SoftmaxEmitter(theano_seed=1),
                    feedback_brick=LookupFeedback(5, 4)),
            LSTM(dim=3), name='writer'))
        *_, symbols, _ = generator.generate(n_steps=6, batch_size=3)
        self.refused([], {'y': symbols}, '/writer.* draws random numbers')

    def test_statistics_of_the_batch(self):
        v = tensor.matrix('v')
        brick = at_random(BatchNormalization(2, name='norm'))
        with batch_normalization(brick):
            y = brick.apply(v)
        self.refused([v], {'y': y}, r'/norm \(BatchNormalization\).apply: .*'
                     'normalizes by the statistics of the batch; build the '
                     'graph outside of batch_normalization')

    def test_loops_that_onnx_cannot_express(self):
        v = tensor.matrix('v')
        until = theano.scan(
            lambda row, total: (total + row, theano.scan_module.until(
                tensor.gt(total.sum(), 3))), sequences=[v],
            outputs_info=[v[0]])[0]
        self.refused([v], {'y': until}, 'Scan ends on a condition; iterate a '
                     'fixed number of steps')
        two = theano.scan(
            lambda before, last: before + last, n_steps=3, outputs_info=[
                {'initial': v, 'taps': [-2, -1]}])[0]
        self.refused([v], {'y': two}, 'Scan reads several previous steps')

    def test_operations_without_a_counterpart(self):
        v = tensor.matrix('v')
        linear = at_random(Linear(2, 3, name='top'))
        for label, make, message in [
                ('gamma', lambda: linear.apply(tensor.gammaln(v)),
                 r'/top \(Linear\).apply: GammaLn is not translated'),
                ('diag', lambda: tensor.diag(v), 'is not translated'),
                ('bits', lambda: tensor.and_(tensor.cast(v, 'int32'), 1),
                 'AND works on the bits of integers'),
                ('part', lambda: tensor.set_subtensor(v[:, 0], 1),
                 'IncSubtensor changes a part of an array; use switch'),
                ('mask', lambda: v[tensor.gt(v, 0).nonzero()],
                 'is not translated|picks elements')]:
            with self.subTest(label):
                self.refused([v], {'y': make()}, message)

    def test_updates(self):
        v = tensor.matrix('v')
        count = theano.shared(numpy.float32(0), name='count')
        count.default_update = count + 1
        self.refused([v], {'y': v + count}, "updates 'count', and an ONNX "
                     'model keeps nothing')

    def test_bfloat16(self):
        x, _ = variables()
        with rnn_kernels.precision('bfloat16'), \
                mock.patch.object(precisions, 'supported', lambda: True):
            y = at_random(LSTM(dim=2, name='reader')).apply(x)[0]
        self.refused([x], {'y': y}, r'/reader .*rounded to bfloat16; set the '
                     "brick's attribute precision to 'float32'")

    def test_invalid_inputs_and_outputs(self):
        v, w = tensor.matrix('v'), tensor.matrix('w')
        unnamed = tensor.matrix()
        for label, inputs, outputs, message in [
                ('missing', [v], {'y': v + w},
                 "depend on 'w', which is not among the inputs; add it"),
                ('no name', [unnamed], {'y': unnamed + 1},
                 'inputs must have names'),
                ('no name of an output', [v], [v + 1],
                 'outputs must have names'),
                ('twice', [v, tensor.matrix('v')], {'y': v + 1},
                 "two inputs are called 'v'"),
                ('both', [v], {'v': v + 1},
                 "an input and an output are called 'v'"),
                ('nothing', [v], [], 'outputs is empty'),
                ('one variable', {'a': v, 'b': v}, {'y': v + 1},
                 'a variable is given as two inputs')]:
            with self.subTest(label):
                self.refused(inputs, outputs, message)
        self.refused([3], {'y': v}, 'inputs must', (TypeError, ValueError))
        self.refused({'v': 3}, {'y': v}, 'inputs must be tensors', TypeError)
        with self.assertRaisesRegex(ValueError, 'masks must be one of'):
            exported([v], {'y': v + 1}, masks='holes')
        with self.assertRaisesRegex(ValueError, 'dtype must be one of'):
            exported([v], {'y': v + 1}, dtype='float16')
