"""Measure the time per batch that the main loop adds to the bare function.

Trains a small regression for an epoch, once by calling the compiled training
function in a bare loop, and once in a MainLoop with TrainingDataMonitoring,
FinishAfter, Printing, ProgressBar and Checkpoint, on the same batches. The
difference per batch is the overhead; each time is the best of several runs.
Standard error is a pseudo-terminal, so that progress bars are drawn.

    python -m benchmarks main_loop_overhead --original /path/to/python3.8

also measures the original Blocks with an interpreter that can import it (see
``--original-path``); ``--original-flags`` sets its THEANO_FLAGS. Both
interpreters run this file, so it is written in the Python of both.

"""
import argparse
import json
import os
import subprocess
import sys
import tempfile
import threading
import time

BATCHES, REPEATS = 2000, 7
STACK = [os.path.dirname(os.path.dirname(os.path.abspath(__file__)))]
STACK.append(os.path.join(STACK[0], 'compat'))


def measure():
    """Measure in this process.

    Returns
    -------
    dict of (str, float)
        Microseconds per batch: ``bare``, ``loop`` and ``overhead``, which
        includes the checkpoint; and seconds of the checkpoint.

    """
    import numpy
    import theano
    from blocks.algorithms import Adam, GradientDescent
    from blocks.extensions import FinishAfter, Printing, ProgressBar
    from blocks.extensions.monitoring import TrainingDataMonitoring
    from blocks.extensions.saveload import Checkpoint
    from blocks.main_loop import MainLoop
    from blocks.utils import shared_floatx
    from fuel.datasets import IterableDataset
    from theano import tensor

    rng = numpy.random.RandomState(1)
    features = list(rng.normal(size=(BATCHES, 20, 10)).astype(
        theano.config.floatX))

    def algorithm():
        x = tensor.matrix('x')
        weights = shared_floatx(rng.normal(size=(10, 10)), name='weights')
        cost = tensor.sqr(tensor.dot(x, weights) - x).mean()
        cost.name = 'cost'
        return GradientDescent(cost=cost, parameters=[weights],
                               step_rule=Adam())

    def bare():
        trainer = algorithm()
        trainer.initialize()
        function = trainer._function
        start = time.perf_counter()
        for batch in features:
            function(batch)
        return time.perf_counter() - start

    def loop(path):
        trainer = algorithm()
        checkpoint = Checkpoint(path, parameters=trainer.parameters,
                                after_epoch=True, after_training=False)
        main_loop = MainLoop(
            trainer, IterableDataset({'x': features}).get_example_stream(),
            extensions=[
                TrainingDataMonitoring(
                    [trainer.cost, trainer.total_gradient_norm],
                    prefix='train', after_epoch=True),
                FinishAfter(after_n_epochs=1), ProgressBar(), Printing(),
                checkpoint])
        main_loop.run()
        spent = main_loop.profile.total
        saving = sum(seconds for path, seconds in spent.items()
                     if path[-1] == 'Checkpoint' and 'after_epoch' in path)
        return spent['training',], saving

    bare_times, loop_times, savings = [], [], []
    with tempfile.TemporaryDirectory() as folder:
        for _ in range(REPEATS):
            bare_times.append(bare())
            seconds, saving = loop(os.path.join(folder, 'checkpoint.tar'))
            loop_times.append(seconds)
            savings.append(saving)
    bare_time, loop_time = (min(times) * 1e6 / BATCHES
                            for times in (bare_times, loop_times))
    return {'bare': bare_time, 'loop': loop_time,
            'overhead': loop_time - bare_time,
            'checkpoint_s': min(savings)}


def run(python, environment):
    """Measure with an interpreter on a pseudo-terminal."""
    import fcntl
    import pty
    import struct
    import termios
    terminal, its_end = pty.openpty()
    fcntl.ioctl(its_end, termios.TIOCSWINSZ, struct.pack('4H', 24, 80, 0, 0))
    with subprocess.Popen(
            [python, os.path.abspath(__file__), '--worker'],
            stdout=subprocess.PIPE, stderr=its_end,
            env=dict(os.environ, **environment), cwd='/') as process:
        os.close(its_end)
        threading.Thread(target=drain, args=(terminal,), daemon=True).start()
        output = process.stdout.read().decode()
    if process.returncode:
        sys.exit('{} failed; try it on its own: {} {} --worker'.format(
            python, python, os.path.abspath(__file__)))
    return json.loads(output.splitlines()[-1])


def drain(terminal):
    """Read the output, so that drawing does not block."""
    try:
        while os.read(terminal, 65536):
            pass
    except OSError:  # the other end is closed
        pass


def main():
    """Measure according to the command line and print a table."""
    parser = argparse.ArgumentParser(
        description=__doc__.partition('\n')[0])
    parser.add_argument('--original', metavar='PYTHON',
                        help='interpreter that has the original stack')
    parser.add_argument('--original-path', default='', metavar='PATHS',
                        help='PYTHONPATH for it')
    parser.add_argument('--original-flags', default='', metavar='FLAGS',
                        help='THEANO_FLAGS for it')
    parser.add_argument('--worker', action='store_true',
                        help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.worker:
        print(json.dumps(measure()))
        return
    rows = {'compat/blocks': run(
        sys.executable, {'PYTHONPATH': os.pathsep.join(
            STACK + [os.environ.get('PYTHONPATH', '')])})}
    if options.original:
        rows['original'] = run(options.original, {
            'PYTHONPATH': options.original_path,
            'THEANO_FLAGS': options.original_flags})
    print('{:15}{:>10}{:>10}{:>12}{:>14}'.format(
        'us per batch', 'bare', 'loop', 'overhead', 's/checkpoint'))
    for name, row in rows.items():
        print('{:15}{bare:10.1f}{loop:10.1f}{overhead:12.1f}'
              '{checkpoint_s:14.3f}'.format(name, **row))


if __name__ == '__main__':
    main()
