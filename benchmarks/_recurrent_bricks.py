"""Networks of bricks as functions to be timed.

A contender takes a :class:`~_recurrent_tasks.Task` and returns functions by
name: `train` performs a step of ``GradientDescent.process_batch`` (forward,
backward, update), `predict` a forward pass. The cost is the sum of the
outputs times fixed numbers, which are zero at padding.

"""
import importlib
import os
from collections import OrderedDict
from unittest import mock

import numpy
import theano
from _recurrent_tasks import CELLS, RATE
from blocks.algorithms import Adam, GradientDescent, Scale
from blocks.bricks import Initializable, Linear, Tanh
from blocks.bricks.base import lazy
from blocks.bricks.recurrent import BaseRecurrent, recurrent
from blocks.graph import ComputationGraph
from blocks.initialization import Constant, Uniform
from blocks.roles import WEIGHT, add_role
from blocks.utils import shared_floatx_nans
from theano import tensor


class CoupledLSTM(BaseRecurrent, Initializable):
    """An LSTM with coupled input and forget gates, on Blocks alone."""

    @lazy(allocation=['dim'])
    def __init__(self, dim, **kwargs):
        super().__init__(**kwargs)
        self.dim = dim

    def get_dim(self, name):
        """Return the features of a sequence or state."""
        return {'inputs': 3 * self.dim, 'mask': 0}.get(name, self.dim)

    def _allocate(self):
        self.W_state = shared_floatx_nans((self.dim, 3 * self.dim),
                                          name='W_state')
        add_role(self.W_state, WEIGHT)
        self.parameters = [self.W_state]

    def _initialize(self):
        self.weights_init.initialize(self.W_state, self.rng)

    @recurrent(sequences=['inputs', 'mask'], states=['states', 'cells'],
               contexts=[], outputs=['states', 'cells'])
    def apply(self, inputs, states, cells, mask=None):
        """Compute one step."""
        net = inputs + tensor.dot(states, self.W_state)
        i, f, o = [net[:, k * self.dim:(k + 1) * self.dim] for k in range(3)]
        f = tensor.nnet.sigmoid(f)
        next_cells = f * cells + (1 - f) * tensor.tanh(i)
        next_states = tensor.tanh(next_cells) * tensor.nnet.sigmoid(o)
        if mask is not None:
            keep = mask[:, None]
            next_cells = keep * next_cells + (1 - keep) * cells
            next_states = keep * next_states + (1 - keep) * states
        return next_states, next_cells


def bricks(task):
    """Return functions that train by GradientDescent, and predict."""
    with mock.patch.dict(os.environ, {
            'RNN_KERNELS': '1' if task.kernels else '0',
            'BLOCKS_RNN_PRECISION': task.precision}):
        return _functions(task)


def _functions(task):
    x, factors = tensor.ftensor3('x'), tensor.ftensor3('factors')
    mask = None if task.lengths is None else tensor.fmatrix('mask')
    network = (_stacked if CELLS[task.cell].stacked else _alone)(task)
    outputs = network(x, mask, True)
    cost = (outputs * factors).sum()
    cost.name = 'cost'
    algorithm = GradientDescent(
        cost=cost, parameters=ComputationGraph(cost).parameters,
        step_rule=Scale(RATE))
    algorithm.initialize()
    batch = dict(zip(('x', 'factors'), task.data()))
    if mask is not None:
        batch['mask'] = task.mask
    predict = theano.function([x] + ([] if mask is None else [mask]),
                              network(x, mask, False))
    given = [batch[name] for name in ('x', 'mask') if name in batch]
    return {'train': lambda: algorithm.process_batch(batch),
            'predict': lambda: predict(*given)}


def _schemes(task):
    return dict(weights_init=Uniform(width=2 * task.dim ** -.5),
                biases_init=Constant(0.))


def _brick(task, **kwargs):
    cell = CELLS[task.cell]
    if task.cell == 'blocks_rnn':
        kwargs['activation'] = Tanh()
    return getattr(importlib.import_module(cell.module), cell.name)(
        **cell.sizes(task.dim), **kwargs)


def _stacked(task):
    """Apply the brick in a stack of this package."""
    from blocks_rnn_bricks import (
        BidirectionalStack,
        Regularized,
        UnidirectionalStack,
    )

    layer = _brick(task)
    if task.cell == 'zoneout':
        layer = Regularized(layer, zoneout=.1)
    kind = UnidirectionalStack if task.directions == 1 else BidirectionalStack
    stack = kind([layer], task.features, **_schemes(task))
    stack.initialize()
    return lambda x, mask, train: stack.apply(x, mask=mask, train=train)


def _alone(task):
    """Apply the brick as a script for Blocks does."""
    directions = []
    for number in range(task.directions):
        transition = _brick(task, name='transition{}'.format(number),
                            **_schemes(task))
        sequences = [name for name in transition.apply.sequences
                     if name != 'mask']
        projections = OrderedDict(
            (name, Linear(task.features, transition.get_dim(name),
                          name='{}{}'.format(name, number), **_schemes(task)))
            for name in sequences)
        for brick in [transition] + list(projections.values()):
            brick.initialize()
        directions.append((transition, projections))

    def apply(x, mask, train):
        outputs = []
        for number, (transition, projections) in enumerate(directions):
            inputs = {name: projection.apply(x)
                      for name, projection in projections.items()}
            states = transition.apply(mask=mask, reverse=bool(number),
                                      as_list=True, **inputs)[0]
            outputs.append(states[::-1] if number else states)
        return tensor.concatenate(outputs, axis=2)
    return apply


def transcriber(task):
    """Train the network of the phonemes demo."""
    from demos.phonemes.network import cost_of, make_transcriber, variables

    network = make_transcriber(range(28), range(39), dim=task.dim,
                               layers=task.layers, embedding=task.features)
    cost = cost_of(network, *variables(), train=True)
    algorithm = GradientDescent(
        cost=cost, parameters=ComputationGraph(cost).parameters,
        step_rule=Adam(1e-6))
    algorithm.initialize()
    letters, phonemes, lengths = task.words()
    labels_mask = numpy.arange(len(phonemes))[:, None] < lengths
    batch = {'letters': letters, 'letters_mask': task.mask,
             'phonemes': phonemes,
             'phonemes_mask': labels_mask.astype('float32')}
    return {'train': lambda: algorithm.process_batch(batch)}


def generator(task, symbols=96):
    """Generate symbols one at a time with a ``Sampler``."""
    from blocks.bricks.lookup import LookupTable

    from blocks_rnn_bricks import LSTM, Sampler, UnidirectionalStack

    schemes = _schemes(task)
    lookup = LookupTable(symbols, task.features, **schemes)
    stack = UnidirectionalStack([LSTM(task.dim) for _ in range(task.layers)],
                                task.features, **schemes)
    readout = Linear(task.dim, symbols, **schemes)
    for brick in lookup, stack, readout:
        brick.initialize()

    def step(inputs, states):
        outputs = stack.unroll(lookup.apply(inputs).dimshuffle('x', 0, 1),
                               **states)
        return readout.apply(outputs[0][0]), outputs[1:]
    sampler = Sampler(step, OrderedDict(
        (name, stack.get_dim(name)) for name in stack.state_names))
    prompt = [[0] * task.batch]
    return {'generate': lambda: sampler.sample(prompt, task.steps,
                                               temperature=0)}
