"""A process that carries out what ``recurrent_speed`` asks for.

Run as a script; it reads commands as lines of JSON and answers each by a line
of JSON, a result and an error. It has an interpreter and a PYTHONPATH of its
own, those of the original stack or of another checkout, say.

"""
import time

BEGIN = time.time()  # before the imports, which are part of a first update

import importlib  # noqa: E402
import json  # noqa: E402
import os  # noqa: E402
import sys  # noqa: E402
import traceback  # noqa: E402

from _recurrent_tasks import Task  # noqa: E402

#: What was made, by a name that the asking process has given.
_made = {}


def make(name, contender, task):
    """Make the functions of a contender, 'module.function'."""
    module, function = contender.split('.')
    task = Task(**task)
    if task.lengths is not None:
        task = task._replace(lengths=tuple(task.lengths))
    if module == '_recurrent_torch':
        import torch
        torch.set_num_threads(int(os.environ['BLOCKS_RNN_THREADS']))
    _made[name] = getattr(importlib.import_module(module), function)(task)


def run(name, function, clock='perf_counter'):
    """Call a function and return the seconds it took."""
    function, clock = _made[name][function], getattr(time, clock)
    begin = clock()
    function()
    return clock() - begin


def forget(name):
    """Let go of what was made."""
    del _made[name]


def versions():
    """Return the versions of the libraries that compute, by name."""
    names = {'torch': 'PyTorch', 'numba': 'numba'}
    return {title: sys.modules[name].__version__.partition('+')[0]
            for name, title in names.items() if name in sys.modules}


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


def memory(contender, task):
    """Bytes that the largest moment of a training step needs more.

    Measured after a step of a small batch, so that code is loaded.

    """
    make('small', contender, dict(task, steps=2, batch=2))
    run('small', 'train')
    make('task', contender, task)
    with open('/proc/self/clear_refs', 'w') as reset:
        reset.write('5')
    before = _status('VmRSS')
    run('task', 'train')
    return _status('VmHWM') - before


def _status(field):
    with open('/proc/self/status') as status:
        for line in status:
            if line.startswith(field):
                return 1024 * int(line.split()[1])


def main():
    """Answer until there is no more input."""
    answers = os.fdopen(os.dup(1), 'w')
    os.dup2(2, 1)  # what else is printed is no answer
    for line in sys.stdin:
        command, arguments = json.loads(line)
        try:
            answer = globals()[command](**arguments), None
        except Exception:
            answer = None, traceback.format_exc()
        answers.write(json.dumps(answer) + '\n')
        answers.flush()


if __name__ == '__main__':
    main()
