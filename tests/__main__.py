"""Run the tests in several processes: ``python -m tests [ARGUMENTS]``.

Takes the arguments of ``nosetests``: files, folders, ``module:Class.test``,
and options, written as ``--attr=slow``. Each process runs one test module
after the other. Failures are shown at the end, in one summary.

"""
import argparse
import compileall
import os
import pathlib
import sys
import time
import xml.etree.ElementTree

import nose

from tests.running import run_modules

#: Folders whose modules take longest: they start first, so that no process is
#: left with a long one at the end.
SLOW = ('parallel', 'demos', 'bricks', 'packaging', 'rnn_kernels')

#: Folders of the project's modules.
SOURCES = ('blocks_rnn_bricks', 'rnn_kernels', 'compat', 'demos', 'tests')

#: Variables that set the number of threads of libraries.
THREADS = ('OMP_NUM_THREADS', 'OPENBLAS_NUM_THREADS', 'MKL_NUM_THREADS')


def find_modules(arguments):
    """List the modules of folders, slow ones first, and other arguments."""
    modules = []
    for argument in arguments:
        path = pathlib.Path(argument)
        modules += ([str(module) for module in sorted(path.rglob('test_*.py'))]
                    if path.is_dir() else [argument])

    def rank(module):
        folders = pathlib.Path(module).parts
        return next((place for place, name in enumerate(SLOW)
                     if name in folders[:-1]), len(SLOW))

    return sorted(modules, key=rank)


def write_report(path, outcomes):
    """Write the cases of all outcomes as one file of the xunit format."""
    suite = xml.etree.ElementTree.Element('testsuite', name='nosetests')
    for outcome in outcomes:
        suite.extend(outcome.cases)
    xml.etree.ElementTree.ElementTree(suite).write(path, 'utf-8')


def parse(arguments):
    """Split the command line into options, tests and options of nose."""
    parser = argparse.ArgumentParser(
        prog='python -m tests', description=__doc__, allow_abbrev=False,
        formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument(
        '--jobs', type=int, default=len(os.sched_getaffinity(0)),
        metavar='N', help='number of processes (default: one per core)')
    parser.add_argument('--xunit-file', metavar='FILE',
                        help='write a report of all tests')
    own, others = parser.parse_known_args(arguments)
    if own.jobs < 1:
        parser.error(f'argument --jobs: must be at least 1, got {own.jobs}')
    named = [other for other in others if not other.startswith('-')]
    return own, named or ['tests'], [other for other in others
                                     if other.startswith('-')]


def main(arguments=None):
    """Run the tests and return the exit code: 0 if all passed."""
    own, named, options = parse(arguments)
    modules = find_modules(named)
    if not modules:
        sys.exit(f'python -m tests: no test module in {", ".join(named)}')
    if len(modules) == 1:
        # Like nosetests, so that its debugger and uncaptured output work.
        report = own.xunit_file and ['--with-xunit',
                                     f'--xunit-file={own.xunit_file}']
        nose.main(argv=['nosetests', *modules, *options, *(report or [])])
    # Even if PYTHONDONTWRITEBYTECODE is set: more than a hundred processes
    # import the project, and each would compile its modules anew.
    for folder in SOURCES:
        compileall.compile_dir(folder, quiet=2)
    jobs = min(own.jobs, len(modules))
    # Processes share the cores: one thread per core in each would be too many.
    for name in THREADS:
        os.environ.setdefault(
            name, str(max(1, len(os.sched_getaffinity(0)) // jobs)))
    start = time.monotonic()
    outcomes = []
    for outcome in run_modules(modules, options, jobs):
        outcomes.append(outcome)
        print(f'{outcome.seconds:6.1f} s  {len(outcome.cases):4} tests  '
              f'{outcome.module}{"" if outcome.successful else "  FAILED"}',
              flush=True)
    for outcome in outcomes:
        if not outcome.successful:
            print(f'\n{outcome.module}\n{outcome.output}', file=sys.stderr)
    if own.xunit_file:
        write_report(own.xunit_file, outcomes)
    total = sum(len(outcome.cases) for outcome in outcomes)
    failed = sum(outcome.count('failure', 'error') for outcome in outcomes)
    skipped = sum(outcome.count('skipped') for outcome in outcomes)
    print(f'\nRan {total} tests of {len(modules)} modules in '
          f'{time.monotonic() - start:.0f} s: {total - failed - skipped} '
          f'passed, {failed} failed, {skipped} skipped')
    return int(not all(outcome.successful for outcome in outcomes))


if __name__ == '__main__':
    sys.exit(main())
