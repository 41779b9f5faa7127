"""Tests of the examples in docstrings and in the manual."""
import contextlib
import doctest
import importlib
import os
import pathlib
import pkgutil
import re
import tempfile

import blocks
import blocks_extras
import fuel
import picklable_itertools
import theano

import blocks_rnn_bricks
import rnn_kernels

ROOT = pathlib.Path(__file__).parents[2]
OPTIONS = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE

#: The error of importing a part of the originals that is left out.
LEFT_OUT = r'^{} (is not provided|isn\'t offered)'


def test_docstrings():
    for package in (blocks_rnn_bricks, rnn_kernels, theano, fuel, blocks,
                    blocks_extras, picklable_itertools):
        yield run_module, package.__name__
        for module in pkgutil.walk_packages(package.__path__,
                                            f'{package.__name__}.'):
            yield run_module, module.name


def test_manual():
    for page in [ROOT / 'README.rst', *sorted((ROOT / 'docs').glob('*.rst'))]:
        yield run_page, page.relative_to(ROOT).as_posix()


def run_module(name):
    try:
        module = importlib.import_module(name)
    except ImportError as error:
        if not re.match(LEFT_OUT.format(re.escape(name)), str(error)):
            raise
    else:
        for examples in doctest.DocTestFinder().find(module):
            run(examples)


def run_page(path):
    run(doctest.DocTestParser().get_doctest(
        (ROOT / path).read_text('utf-8'), {'__name__': '__main__'}, path,
        path, 0))


def run(examples):
    runner = doctest.DocTestRunner(verbose=False, optionflags=OPTIONS)
    report = []
    with tempfile.TemporaryDirectory() as folder, working_in(folder):
        runner.run(examples, out=report.append)
    assert not runner.failures, ''.join(report)


@contextlib.contextmanager
def working_in(folder):
    """Change to a folder, for files that examples write, and back."""
    before = os.getcwd()
    os.chdir(folder)
    try:
        yield
    finally:
        os.chdir(before)
