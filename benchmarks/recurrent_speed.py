"""Compare recurrent bricks with PyTorch, a scan and the Blocks of 2016.

    python -m benchmarks recurrent_speed [--quick] [--original PYTHON]
        [--against FOLDER]

Every contender has its own process, with the same number of threads.
Contenders alternate step by step; figures are medians of the ratios of
adjacent steps, so that other load of the machine affects both. Times are
printed beside the ratios; on a busy machine only the ratios are meaningful.

Prints tables, writes them for the manual (``--table``) and draws the plot
beside them (``--plot``). ``--original`` sets the Python 3.8 of the original
Theano, Fuel and Blocks, ``--against`` another checkout of this project (for
example, a git worktree); without them these comparisons are skipped.

"""
import argparse
import sys

from benchmarks import _recurrent_comparisons as comparisons
from benchmarks._recurrent_processes import Bench
from benchmarks._recurrent_report import Report, draw
from benchmarks._recurrent_tasks import CELLS

SHAPES = (100, 32, 64, 128), (100, 64, 128, 512), (29, 64, 12, 64), (
    400, 16, 40, 256)
QUICK = SHAPES[::2]
#: Shapes whose time is mostly spent in products.
LARGE = SHAPES[:2] + SHAPES[3:] + ((200, 32, 300, 650),)
COMPARISONS = ('torch', 'rounded', 'scan', 'peephole', 'minimal', 'generation',
               'phonemes', 'original', 'against', 'padding', 'memory', 'first')


def parse(arguments):
    """Return the options of a command line."""
    parser = argparse.ArgumentParser(
        prog='python -m benchmarks recurrent_speed',
        description=__doc__.partition('\n')[0])
    parser.add_argument('--quick', action='store_true',
                        help='fewer shapes and repetitions')
    parser.add_argument('--seconds', type=float, default=4,
                        help='how long to repeat each comparison')
    parser.add_argument('--threads', type=int, nargs='+', default=[1, 2],
                        help='threads of the LSTM against PyTorch; the other '
                        'comparisons use the first number')
    parser.add_argument('--cells', nargs='+', choices=CELLS,
                        default=list(CELLS), help='default: all')
    parser.add_argument('--only', nargs='+', choices=COMPARISONS,
                        default=list(COMPARISONS),
                        help='the comparisons to make (default: all)')
    parser.add_argument('--torch', metavar='PYTHON', default=sys.executable,
                        help='a Python that has PyTorch (default: this one)')
    parser.add_argument('--original', metavar='PYTHON',
                        help='Python 3.8 of the original stack; set its '
                        'variables by ORIGINAL_PYTHONPATH and '
                        'ORIGINAL_THEANO_FLAGS')
    parser.add_argument('--against', metavar='FOLDER',
                        help='another checkout of this project')
    parser.add_argument('--table', help='file to write the tables to')
    parser.add_argument('--plot', help='file to draw the plot to')
    parser.add_argument('--processor-time', action='store_true',
                        help='count the processor time of all threads, for a '
                        'busy machine; fair with one thread')
    options = parser.parse_args(arguments)
    if options.quick:
        options.seconds = min(options.seconds, .5)
    options.shapes = QUICK if options.quick else SHAPES
    for name in 'original', 'against':
        if getattr(options, name) is None and name in options.only:
            options.only.remove(name)
    return options


def compare(bench, report, options):
    """Make the requested comparisons."""
    cells, shapes = options.cells, options.shapes
    threads = options.threads[0]

    def wanted(name):
        return name in options.only

    if wanted('torch'):
        for cell in cells:
            comparisons.against_torch(
                bench, report, cell, shapes,
                options.threads if cell == 'lstm' else [threads])
    if wanted('rounded'):
        comparisons.rounded(
            bench, report, [cell for cell in ('lstm', 'gru')
                            if cell in cells],
            LARGE[:1] if options.quick else LARGE, options.threads)
    if wanted('peephole'):
        comparisons.blocks_against_peephole(bench, report, shapes, threads)
    if wanted('minimal'):
        comparisons.minimal(bench, report, threads)
    if wanted('generation'):
        comparisons.generation(bench, report, threads)
    if wanted('phonemes'):
        comparisons.phonemes(bench, report, options.threads)
    if wanted('scan'):
        comparisons.against_scan(bench, report, cells, QUICK, threads)
    if wanted('original'):
        comparisons.against_original(bench, report, [
            cell for cell in comparisons.BLOCKS if cell in cells], QUICK)
    if wanted('against'):
        comparisons.against_checkout(bench, report, cells, shapes, threads)
    if wanted('padding'):
        by_padding = comparisons.padding(bench, report, threads)
        by_length = comparisons.long_sequences(bench, report, threads)
        if options.plot:
            draw(options.plot, by_padding, by_length)
    if wanted('memory'):
        comparisons.memory(bench, report, [
            cell for cell in comparisons.MAIN if cell in cells], shapes)
    if wanted('first'):
        comparisons.first_updates(bench, report, threads)


def main(arguments=None):
    """Run the benchmark.

    Parameters
    ----------
    arguments : list of str, optional
        The command line; by default that of the process.

    """
    options = parse(arguments)
    report = Report(options.table, options.processor_time)
    pythons = {'torch': options.torch, 'original': options.original}
    with Bench(options.seconds, pythons, options.against,
               'process_time' if options.processor_time
               else 'perf_counter') as bench:
        compare(bench, report, options)
        report.versions = bench.versions()
    if report.misses:
        print('\nAbove the bound:\n  ' + '\n  '.join(report.misses))
    report.write()


if __name__ == '__main__':
    main()
