"""Compare the LSTM bricks with PyTorch, with a scan and with Blocks of 2016.

    python -m benchmarks lstm_speed [--quick] [--original PYTHON]

Every comparison runs its contenders in turn, step by step, in one process
with the same number of threads, and takes the median of the ratios of
neighbouring steps: what else the machine does meets both. Times are given
beside the ratios; on a machine that is not idle only the ratios tell.

Prints tables, writes them for the manual (``--table``) and draws the plot
beside them (``--plot``). ``--original`` names the Python 3.8 of the original
Theano, Fuel and Blocks; without it that comparison is left out.
"""
import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy

from benchmarks import _lstm_contenders as contenders
from benchmarks._lstm_contenders import Task

ROOT = Path(__file__).resolve().parent.parent
SHAPES = (100, 32, 64, 128), (100, 64, 128, 512), (29, 64, 12, 64), (
    400, 16, 40, 256)
QUICK = SHAPES[::2]
PAUSE = .01  # seconds, for threads that wait actively to fall asleep
#: The bound of a row of the tables, by its name and whether steps are few.
BOUNDS = {'dense': (.85, 1.), 'packed': (.25, .4), 'best': (.75, .75),
          'inference': (1., 1.), 'scan': (.2, .2),
          'original, dense': (.3, .3), 'original, lengths': (.17, .17)}


def spread(steps, batch):
    """Return lengths from a quarter of `steps` to all."""
    return tuple(int(length) for length in numpy.linspace(
        steps / 4, steps, batch).round())


#: What steps are timed by.
clock = time.perf_counter


def take_turns(functions, seconds, least=5):
    """Time functions in turn.

    Parameters
    ----------
    functions : list of callable
    seconds : float
        How long to go on, if there are `least` rounds by then.

    Returns
    -------
    numpy.ndarray, shape (rounds, len(functions))
        Seconds.

    """
    for function in functions:
        function()
        function()
    rounds = []
    end = time.perf_counter() + seconds
    while len(rounds) < least or (time.perf_counter() < end and
                                  len(rounds) < 200):
        rounds.append([])
        for function in functions:
            time.sleep(PAUSE)
            begin = clock()
            function()
            rounds[-1].append(clock() - begin)
    return numpy.array(rounds)


def ratio(times, one, other):
    """Return the median ratio of two columns of times."""
    return float(numpy.median(times[:, one] / times[:, other]))


def set_threads(number):
    """Give that many threads to the bricks, PyTorch and BLAS."""
    import torch
    from threadpoolctl import threadpool_limits

    os.environ['BLOCKS_RNN_THREADS'] = str(number)
    torch.set_num_threads(number)
    threadpool_limits(number, user_api='blas')


class Report:
    """Tables on the screen and, as a list, in a file for the manual."""

    def __init__(self, processor_time):
        self.processor_time = processor_time
        self.lines = []
        self.misses = []
        self.busy = os.getloadavg()[0]

    def table(self, title, header, rows):
        """Add a table; cells are strings."""
        print('\n{}\n{}'.format(title, '-' * len(title)))
        widths = [max(map(len, column)) for column in zip(header, *rows)]
        for row in [header] + rows:
            print('  '.join(cell.rjust(width)
                            for cell, width in zip(row, widths)))
        sys.stdout.flush()
        self.lines += ['.. list-table:: ' + title, '   :header-rows: 1', '']
        for row in [header] + rows:
            self.lines += ['   {} - {}'.format('-' if number else '*', cell)
                           .replace('   - -', '     -')
                           for number, cell in enumerate(row)]
        self.lines.append('')

    def judged(self, name, value, where, small=False):
        """Return a ratio as a cell, marked if it is above its bound."""
        bound = BOUNDS[name][small]
        if value <= bound:
            return '{:.2f}'.format(value)
        self.misses.append('{} at {}: {:.2f} > {}'.format(
            name, where, value, bound))
        return '{:.2f} (!)'.format(value)

    def write(self, path):
        """Write all tables as reStructuredText."""
        import torch

        about = (
            'Measured with PyTorch {}, NumPy {}, {} cores. Runnable processes '
            'when it began and ended: {:.1f} and {:.1f}.'.format(
                torch.__version__.partition('+')[0], numpy.__version__,
                os.cpu_count(), self.busy, os.getloadavg()[0]))
        if self.processor_time:
            about += (' Since these are more than there are cores, the times '
                      'are those of the processor, in one thread.')
        Path(path).write_text('\n'.join([about, ''] + self.lines))


def against_torch(report, shapes, threads, seconds):
    """Compare training and inference with PyTorch."""
    rows = []
    for number in threads:
        set_threads(number)
        for shape in shapes:
            for directions in 1, 2:
                rows.append(_row_against_torch(
                    report, Task(*shape, directions), number, seconds))
    report.table(
        'Time relative to PyTorch, training step',
        ['T, B, F, H', 'directions', 'threads', 'dense', 'kernel alone',
         'ms', 'lengths / packed', 'kernel alone', 'lengths / best', 'ms',
         'inference'], rows)


def _row_against_torch(report, task, threads, seconds):
    where = ', '.join(map(str, task[:4]))
    label = '{} ({} directions, {} threads)'.format(
        where, task.directions, threads)
    small = task.steps < 50
    pairs = [make(task) for make in (
        contenders.bricks, contenders.kernel, contenders.torch_dense)]
    dense = take_turns([pair[0] for pair in pairs], seconds)
    inference = take_turns([pairs[0][1], pairs[2][1]], seconds / 2)
    padded = task._replace(lengths=spread(*task[:2]))
    makers = [contenders.bricks, contenders.kernel, contenders.torch_packed,
              contenders.torch_flipped if task.directions == 2 else
              contenders.torch_dense]
    lengths = take_turns([make(padded)[0] for make in makers], seconds)
    best = 2 + int(numpy.median(lengths[:, 2]) > numpy.median(lengths[:, 3]))
    row = [
        where, str(task.directions), str(threads),
        report.judged('dense', ratio(dense, 0, 2), label, small),
        '{:.2f}'.format(ratio(dense, 1, 2)),
        '{:.1f}'.format(1e3 * numpy.median(dense[:, 0])),
        report.judged('packed', ratio(lengths, 0, 2), label, small),
        '{:.2f}'.format(ratio(lengths, 1, 2)),
        report.judged('best', ratio(lengths, 0, best), label, small),
        '{:.1f}'.format(1e3 * numpy.median(lengths[:, 0])),
        report.judged('inference', ratio(inference, 0, 1), label, small)]
    print(' | '.join(row), file=sys.stderr, flush=True)  # the run is long
    return row


def against_scan(report, shapes, seconds):
    """Compare the kernel with the scan of the same bricks."""
    rows = []
    for shape in shapes:
        task = Task(*shape)
        times = take_turns([contenders.bricks(task)[0],
                            contenders.scan(task)[0]], seconds, least=3)
        where = ', '.join(map(str, shape))
        rows.append([where, report.judged('scan', ratio(times, 0, 1), where),
                     '{:.0f}'.format(1e3 * numpy.median(times[:, 1]))])
    report.table('Time relative to the scan of the same bricks',
                 ['T, B, F, H', 'fused / scan', 'scan, ms'], rows)


def against_original(report, shapes, python, seconds):
    """Compare with the original Blocks on Theano 1.0.5.

    It has an interpreter and so a process of its own; ours is measured
    before and after.

    """
    rows = []
    for shape in shapes:
        for lengths in None, spread(*shape[:2]):
            task = Task(*shape, lengths=lengths)
            step = contenders.bricks(task)[0]
            before = numpy.median(take_turns([step], seconds))
            theirs = _process(
                python, 'original', *shape, 1,
                *([] if lengths is None else [json.dumps(lengths)]))
            after = numpy.median(take_turns([step], seconds))
            kind = 'dense' if lengths is None else 'lengths'
            where = ', '.join(map(str, shape))
            rows.append([where, kind, report.judged(
                'original, ' + kind, (before + after) / 2 / theirs, where),
                '{:.0f}'.format(1e3 * theirs)])
    report.table('Time relative to the original Blocks on Theano 1.0.5',
                 ['T, B, F, H', 'batch', 'ours / original', 'original, ms'],
                 rows)


def padding(report, seconds):
    """Measure the time per valid step of batches with more padding."""
    rng = numpy.random.RandomState(1)
    points = []
    full = None
    for mean in None, 60, 40, 25:
        lengths = (200,) * 64 if mean is None else tuple(
            int(length) for length in numpy.minimum(
                200, rng.geometric(1. / mean, 64)))
        steps = max(lengths)
        task = Task(steps, 64, 64, 128, 1, lengths)
        step = contenders.bricks(task)[0]
        if full is None:
            full = step
            full_steps = sum(lengths)
        times = take_turns([step, full], seconds)
        points.append((1 - sum(lengths) / (64. * steps),
                       ratio(times, 0, 1) * full_steps / sum(lengths)))
    report.table('Time per valid step, batch 64, geometric lengths',
                 ['padding', 'relative to no padding'],
                 [['{:.0%}'.format(share), '{:.2f}'.format(value)]
                  for share, value in points])
    return points


def long_sequences(report, seconds, longest=5000):
    """Measure the time per step of longer sequences."""
    points = []
    reference = contenders.bricks(Task(50, 16, 32, 64))[0]
    for steps in 50, 500, longest:
        step = contenders.bricks(Task(steps, 16, 32, 64))[0]
        times = take_turns([step, reference], seconds)
        points.append((steps, ratio(times, 0, 1) * 50 / steps))
    report.table('Time per step, batch 16, F=32, H=64',
                 ['T', 'relative to T=50'],
                 [[str(steps), '{:.2f}'.format(value)]
                  for steps, value in points])
    return points


def first_updates(report):
    """Time a script from its start to its first update."""
    rows = []
    with tempfile.TemporaryDirectory() as folder:
        caches = dict(
            NUMBA_CACHE_DIR=os.path.join(folder, 'numba'),
            THEANO_FLAGS='floatX=float32,base_compiledir=' + os.path.join(
                folder, 'theano'))
        for state in 'cold', 'warm':
            rows.append([state, '{:.1f}'.format(
                _process(sys.executable, 'first_update', **caches))])
    report.table('Two-layer bidirectional LSTM, seconds to the first update',
                 ['caches', 'seconds'], rows)


def memory(report, shapes):
    """Measure what a training step adds to the memory of the process."""
    rows = []
    for shape in shapes:
        ours, theirs = (
            _process(sys.executable, 'memory', contender, *shape) / 2 ** 20
            for contender in ('bricks', 'torch_dense'))
        rows.append([', '.join(map(str, shape)), '{:.0f}'.format(ours),
                     '{:.0f}'.format(theirs)])
    report.table('Memory that a training step adds, MB',
                 ['T, B, F, H', 'bricks', 'PyTorch'], rows)


def _process(python, *arguments, **environment):
    """Run :mod:`benchmarks._lstm_process` and return what it measured."""
    environment = dict(os.environ, **environment)
    if python != sys.executable:  # another stack: let it find its own
        environment.pop('PYTHONPATH', None)
        path = os.environ.get('ORIGINAL_PYTHONPATH')
        if path:
            environment['PYTHONPATH'] = path
        script = [str(ROOT / 'benchmarks' / '_lstm_process.py')]
        environment['THEANO_FLAGS'] = os.environ.get(
            'ORIGINAL_THEANO_FLAGS', 'floatX=float32')
    else:
        script = ['-m', 'benchmarks._lstm_process']
        environment['THEANO_FLAGS'] = ','.join(filter(None, [
            environment.get('THEANO_FLAGS'), 'floatX=float32']))
    output = subprocess.run(
        [python] + script + [str(argument) for argument in arguments],
        stdout=subprocess.PIPE, check=True, cwd=str(ROOT), env=environment,
        universal_newlines=True).stdout
    return json.loads(output.splitlines()[-1])


def draw(path, by_padding, by_length):
    """Draw time per step over padding and over length."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(8, 3), layout='constrained')
    left, right = figure.subplots(1, 2)
    left.plot(*zip(*sorted(by_padding)), 'o-')
    left.set(xlabel='share of padding', ylim=(0, None),
             ylabel='time per valid step,\nrelative to no padding')
    right.semilogx(*zip(*by_length), 'o-')
    right.set(xlabel='time steps T', ylim=(0, None),
              ylabel='time per step,\nrelative to T = 50')
    figure.savefig(path, dpi=120)


def main():
    global clock
    parser = argparse.ArgumentParser(
        description=__doc__.partition('\n')[0])
    parser.add_argument('--quick', action='store_true',
                        help='fewer shapes and repetitions')
    parser.add_argument('--seconds', type=float, default=4,
                        help='how long to repeat each comparison')
    parser.add_argument('--threads', type=int, nargs='+', default=[1, 2])
    parser.add_argument('--original', metavar='PYTHON',
                        help='Python 3.8 of the original stack; the '
                        'environment variables ORIGINAL_PYTHONPATH and '
                        'ORIGINAL_THEANO_FLAGS go to it')
    parser.add_argument('--only', nargs='+', choices=[
        'torch', 'scan', 'original', 'padding', 'memory', 'first'],
        help='the comparisons to make, all if not given')
    parser.add_argument('--table', help='file to write the tables to')
    parser.add_argument('--plot', help='file to draw the plot to')
    parser.add_argument('--processor-time', action='store_true',
                        help='count the time of the processor, all threads '
                        'together, for a machine that is not idle; fair '
                        'with one thread')
    options = parser.parse_args()
    if options.processor_time:
        clock = time.process_time
    shapes = QUICK if options.quick else SHAPES
    seconds = .5 if options.quick else options.seconds
    report = Report(options.processor_time)

    def wanted(name):
        return options.only is None or name in options.only

    import theano
    theano.config.floatX = 'float32'
    if wanted('torch'):
        against_torch(report, shapes, options.threads, seconds)
    set_threads(max(options.threads))
    if wanted('scan'):
        against_scan(report, shapes, seconds)
    if wanted('original') and options.original:
        against_original(report, shapes, options.original, seconds)
    if wanted('padding'):
        by_padding = padding(report, seconds)
        by_length = long_sequences(report, seconds)
        if options.plot:
            draw(options.plot, by_padding, by_length)
    if wanted('memory'):
        memory(report, shapes)
    if wanted('first'):
        first_updates(report)
    if report.misses:
        print('\nAbove the bound:\n  ' + '\n  '.join(report.misses))
    if options.table:
        report.write(options.table)


if __name__ == '__main__':
    main()
