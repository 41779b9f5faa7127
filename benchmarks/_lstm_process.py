"""One measurement of ``lstm_speed`` that needs a process of its own.

Run as ``python -m benchmarks._lstm_process WHAT ...``; prints a number or
a line of JSON. With ``original`` it runs on Theano 1.0.5 and the original
Blocks, hence in the Python of both.

"""
import time

BEGIN = time.time()  # before the imports, which are part of a first update

import json  # noqa: E402
import sys  # noqa: E402


def first_update():
    """Seconds until a two-layer bidirectional LSTM has its first update."""
    import numpy
    from blocks.algorithms import Adam, GradientDescent
    from blocks.bricks import MLP, Logistic
    from blocks.bricks.cost import BinaryCrossEntropy
    from blocks.graph import ComputationGraph
    from blocks.initialization import Constant, Orthogonal
    from theano import tensor

    from blocks_rnn_bricks import LSTM, BidirectionalStack

    init = dict(weights_init=Orthogonal(), biases_init=Constant(0.))
    x, mask, y = (tensor.ftensor3('x'), tensor.fmatrix('mask'),
                  tensor.fmatrix('y'))
    stack = BidirectionalStack([LSTM(64), LSTM(64)], 12, **init)
    output = MLP([Logistic()], [stack.get_dim('outputs'), 1], **init)
    for brick in stack, output:
        brick.initialize()
    last = stack.apply(x, mask=mask).mean(axis=0)
    cost = BinaryCrossEntropy().apply(y, output.apply(last))
    algorithm = GradientDescent(
        cost=cost, parameters=ComputationGraph(cost).parameters,
        step_rule=Adam())
    algorithm.initialize()
    ones = numpy.ones((29, 16), dtype='float32')
    algorithm.process_batch(dict(
        x=numpy.ones((29, 16, 12), dtype='float32'), mask=ones,
        y=ones[0, :, None]))
    return time.time() - BEGIN


def memory(contender, *sizes):
    """Bytes that the largest moment of a training step needs more.

    Measured after a step of a small batch, so that code is loaded.

    """
    from benchmarks import _lstm_contenders

    make = getattr(_lstm_contenders, contender)
    task = _lstm_contenders.Task(*map(int, sizes))
    make(task._replace(steps=2, batch=2))[0]()
    step, _ = make(task)
    with open('/proc/self/clear_refs', 'w') as reset:
        reset.write('5')
    before = _status('VmRSS')
    step()
    return _status('VmHWM') - before


def _status(field):
    with open('/proc/self/status') as status:
        for line in status:
            if line.startswith(field):
                return 1024 * int(line.split()[1])


def original(steps, batch, features, dim, directions, lengths=''):
    """Seconds of a training step of the original Blocks, median."""
    import numpy
    from blocks.algorithms import GradientDescent, Scale
    from blocks.bricks import Linear
    from blocks.bricks.recurrent import LSTM
    from blocks.graph import ComputationGraph
    from blocks.initialization import Constant, Uniform
    from theano import tensor

    steps, batch, features, dim, directions = map(
        int, (steps, batch, features, dim, directions))
    x, factors = tensor.ftensor3('x'), tensor.ftensor3('factors')
    mask = tensor.fmatrix('mask') if lengths else None
    init = dict(weights_init=Uniform(width=2 * dim ** -.5),
                biases_init=Constant(0.))
    outputs = []
    for number in range(directions):
        project = Linear(features, 4 * dim, name='p%d' % number, **init)
        lstm = LSTM(dim, name='lstm%d' % number, **init)
        project.initialize()
        lstm.initialize()
        states, _ = lstm.apply(project.apply(x), mask=mask,
                               reverse=bool(number))
        outputs.append(states[::-1] if number else states)
    cost = (tensor.concatenate(outputs, axis=2) * factors).sum()
    cost.name = 'cost'
    algorithm = GradientDescent(
        cost=cost, parameters=ComputationGraph(cost).parameters,
        step_rule=Scale(1e-6))
    algorithm.initialize()
    rng = numpy.random.RandomState(1)
    data = dict(
        x=rng.randn(steps, batch, features).astype('float32'),
        factors=rng.randn(steps, batch, dim * directions).astype('float32'))
    if lengths:
        data['mask'] = (numpy.arange(steps)[:, None] < numpy.array(
            json.loads(lengths))).astype('float32')
        data['factors'] *= data['mask'][:, :, None]
    times = []
    for _ in range(7):
        begin = time.time()
        algorithm.process_batch(data)
        times.append(time.time() - begin)
    return float(numpy.median(times[2:]))


if __name__ == '__main__':
    print(json.dumps(globals()[sys.argv[1]](*sys.argv[2:])))
