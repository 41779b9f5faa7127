"""A process that executes commands of ``recurrent_speed``.

Run it as a script. It reads commands as lines of JSON and answers each with a
line of JSON: a result and an error. It has its own interpreter and PYTHONPATH,
for example those of the original stack or of another checkout.

"""
import time

BEGIN = time.time()  # before the imports, which count towards the first update

import importlib  # noqa: E402
import json  # noqa: E402
import os  # noqa: E402
import sys  # noqa: E402
import traceback  # noqa: E402

from _recurrent_tasks import Task  # noqa: E402

#: Contenders by the names that the caller chose.
_made = {}


def make(name, contender, task):
    """Create the functions of a contender, 'module.function'."""
    module, function = contender.split('.')
    task = Task(**task)
    if task.lengths is not None:
        task = task._replace(lengths=tuple(task.lengths))
    if module == '_recurrent_torch':
        import torch
        torch.set_num_threads(int(os.environ['BLOCKS_RNN_THREADS']))
    _made[name] = getattr(importlib.import_module(module), function)(task)


def run(name, function, clock='perf_counter'):
    """Call a function and return its duration in seconds."""
    function, clock = _made[name][function], getattr(time, clock)
    begin = clock()
    function()
    return clock() - begin


def forget(name):
    """Delete a contender."""
    del _made[name]


def versions():
    """Return the versions of the imported libraries by name."""
    names = {'torch': 'PyTorch', 'numba': 'numba'}
    return {title: sys.modules[name].__version__.partition('+')[0]
            for name, title in names.items() if name in sys.modules}


def first_update():
    """Return the seconds to the first update of a bidirectional LSTM."""
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
    """Return the bytes that a training step adds at its peak.

    A step on a small batch comes first, so that all code is loaded.

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
    """Answer commands until the input ends."""
    answers = os.fdopen(os.dup(1), 'w')
    os.dup2(2, 1)  # other output must not mix with the answers
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
