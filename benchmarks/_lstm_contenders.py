"""The LSTMs that ``lstm_speed`` compares, as functions to be timed.

A :class:`Task` says what to compute. Every contender takes one and returns
a pair of functions without arguments: one training step (forward, backward,
update by gradient descent at the same rate) and one forward pass. The cost
is the sum of the outputs times fixed numbers, zero at padding.

"""
from typing import NamedTuple, Optional

import numpy

RATE = 1e-6


class Task(NamedTuple):
    """A batch and a layer.

    Attributes
    ----------
    steps, batch, features, dim : int
    directions : int
        1, or 2 for forward and backward.
    lengths : tuple of int, optional
        The lengths of the sequences; all have `steps` if not given.

    """

    steps: int
    batch: int
    features: int
    dim: int
    directions: int = 1
    lengths: Optional[tuple] = None

    @property
    def mask(self):
        """The mask, shape (steps, batch), or None."""
        if self.lengths is None:
            return None
        return (numpy.arange(self.steps)[:, None] <
                numpy.array(self.lengths)).astype('float32')

    def data(self):
        """Return inputs and the numbers by which outputs are multiplied."""
        rng = numpy.random.RandomState(1)
        x = rng.randn(self.steps, self.batch, self.features)
        factors = rng.randn(self.steps, self.batch,
                            self.dim * self.directions)
        if self.lengths is not None:
            factors *= self.mask[:, :, None]
        return x.astype('float32'), factors.astype('float32')


def bricks(task, fused=True):
    """Train a stack of bricks by GradientDescent.process_batch."""
    import theano
    from blocks.algorithms import GradientDescent, Scale
    from blocks.graph import ComputationGraph
    from blocks.initialization import Constant, Uniform
    from theano import tensor

    from blocks_rnn_bricks import (
        LSTM, BidirectionalStack, UnidirectionalStack)

    kind = UnidirectionalStack if task.directions == 1 else BidirectionalStack
    stack = kind([LSTM(task.dim, fused=fused)], task.features,
                 weights_init=Uniform(width=2 * task.dim ** -.5),
                 biases_init=Constant(0.))
    stack.initialize()
    x, factors = tensor.ftensor3('x'), tensor.ftensor3('factors')
    mask = None if task.lengths is None else tensor.fmatrix('mask')
    outputs = stack.apply(x, mask=mask)
    cost = (outputs * factors).sum().copy(name='cost')
    algorithm = GradientDescent(
        cost=cost, parameters=ComputationGraph(cost).parameters,
        step_rule=Scale(RATE))
    algorithm.initialize()
    batch = dict(zip(('x', 'factors'), task.data()))
    if mask is not None:
        batch['mask'] = task.mask
    predict = theano.function([x] + ([] if mask is None else [mask]), outputs)
    given = [batch[name] for name in ('x', 'mask') if name in batch]
    return (lambda: algorithm.process_batch(batch)), lambda: predict(*given)


def scan(task):
    """Train the same bricks without the kernel."""
    return bricks(task, fused=False)


def kernel(task):
    """Call the kernel with plain arrays and update them."""
    from blocks_rnn_bricks.kernels import layer
    from blocks_rnn_bricks.kernels.lstm import tape_size
    from blocks_rnn_bricks.kernels.plan import make_plan
    from blocks_rnn_bricks.kernels.threads import number_of_threads

    rng = numpy.random.RandomState(1)

    def draw(*shape):
        return rng.uniform(-1, 1, shape).astype('float32') / task.dim ** .5

    x, factors = task.data()
    shape = task.steps, task.batch
    sizes = 4 * task.dim
    rest = numpy.zeros((task.batch, task.dim), dtype='float32')
    directions = [
        layer.Direction(draw(task.dim, sizes), rest, rest, rest[:0],
                        draw(task.features, sizes), draw(sizes))
        for _ in range(task.directions)]
    gradients = [numpy.ascontiguousarray(part) for part in
                 numpy.split(factors, task.directions, axis=2)]
    threads = number_of_threads()
    shares = max(1, threads // task.directions)
    mask = task.mask

    def forward(training):
        plans = [make_plan(shape, mask, reverse, shares=shares)
                 for reverse in (False, True)[:task.directions]]
        states, cells = (
            [numpy.empty(shape + (task.dim,), dtype='float32')
             for _ in directions] for _ in range(2))
        tapes = [numpy.empty(tape_size(plan.size, task.dim, task.features),
                             dtype='float32') if training else None
                 for plan in plans]
        layer.forward(x, directions, plans, states, cells, tapes, threads)
        return plans, tapes

    def train():
        plans, tapes = forward(True)
        for direction, gradient in zip(directions, layer.backward(
                shape, directions, plans, tapes, gradients,
                [None] * len(directions), threads,
                [False] * len(directions))):
            for name in 'W_state', 'W_input', 'bias':
                parameter = getattr(direction, name)
                parameter -= numpy.float32(RATE) * getattr(gradient, name)

    return train, lambda: forward(False)


def torch_dense(task):
    """Train PyTorch's LSTM on all steps, padding included.

    With lengths, this is right only in one direction.

    """
    import torch

    net, x, factors, train = _torch(task)

    def predict():
        with torch.no_grad():
            net(x)
    return train(lambda: net(x)[0]), predict


def torch_packed(task):
    """Train PyTorch's LSTM on packed sequences."""
    import torch
    from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

    net, x, factors, train = _torch(task)

    def forward():
        packed = pack_padded_sequence(x, task.lengths, enforce_sorted=False)
        return pad_packed_sequence(net(packed)[0],
                                   total_length=task.steps)[0]

    def predict():
        with torch.no_grad():
            forward()
    return train(forward), predict


def torch_flipped(task):
    """Train two LSTMs of PyTorch, one on sequences flipped in their length.

    The fastest right way in two directions with padding: both compute all
    steps by PyTorch's fast path, and what they give at padding is ignored.

    """
    import torch

    one = task._replace(directions=1)
    ahead, x, factors, _ = _torch(one)
    back = _torch(one)[0]
    _, _, factors, train = _torch(task, [ahead, back])
    steps = torch.arange(task.steps)[:, None]
    lengths = torch.tensor(task.lengths)[None]
    flip = torch.where(steps < lengths, lengths - 1 - steps, steps)[..., None]

    def forward():
        flipped = back(x.gather(0, flip.expand_as(x)))[0]
        return torch.cat([ahead(x)[0], flipped.gather(
            0, flip.expand_as(flipped))], dim=2)

    def predict():
        with torch.no_grad():
            forward()
    return train(forward), predict


def _torch(task, nets=None):
    """Make a network and data, and a function that makes a training step."""
    import torch

    torch.manual_seed(1)
    if nets is None:
        nets = [torch.nn.LSTM(task.features, task.dim,
                              bidirectional=task.directions == 2)]
    x, factors = map(torch.tensor, task.data())
    optimizer = torch.optim.SGD(
        [parameter for net in nets for parameter in net.parameters()],
        lr=RATE)

    def train(forward):
        def step():
            optimizer.zero_grad()
            (forward() * factors).sum().backward()
            optimizer.step()
        return step
    return nets[0], x, factors, train
