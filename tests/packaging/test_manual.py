"""Tests that pictures, names and results in the manual are correct."""
import importlib
import inspect
import os
import pathlib
import re
import runpy
import subprocess
import sys
import tempfile
from importlib.util import find_spec
from unittest import SkipTest, TestCase

from blocks.serialization import load
from numpy.testing import assert_allclose
from theano.configparser import change_flags

import blocks_rnn_bricks
from blocks_rnn_bricks.costs import SequenceCost

ROOT = pathlib.Path(__file__).parents[2]
DOCS = ROOT / 'docs'
PICTURE = re.compile(r'\.\. (?:image|figure):: (\S+)')


class TestPictures(TestCase):
    def test_all_exist_are_small_and_have_alternative_texts(self):
        shown = set()
        for page in [ROOT / 'README.rst', *DOCS.glob('*.rst'),
                     *ROOT.glob('demos/*/README.rst')]:
            text = page.read_text('utf-8')
            pictures = PICTURE.findall(text)
            self.assertEqual(len(pictures), text.count(':alt:'), page)
            shown.update((page.parent / name).resolve() for name in pictures)
        for picture in shown:
            self.assertTrue(picture.is_file(), picture)
            self.assertLess(picture.stat().st_size, 80000, picture)
        self.assertEqual(set((DOCS / 'pictures').glob('*.png')) - shown,
                         set(), 'pictures that no page shows')

    def test_drawn_by_the_script(self):
        if find_spec('sktime') is None:
            raise SkipTest('draws lengths of the data of the extra "speech"')
        with change_flags(floatX='float64'), \
                tempfile.TemporaryDirectory() as folder:
            runpy.run_path(str(DOCS / 'pictures' / 'draw.py'))['main'](folder)
            self.assertEqual(names_in(folder), names_in(DOCS / 'pictures'))


def names_in(folder):
    return sorted(path.name for path in pathlib.Path(folder).glob('*.png'))


class TestNames(TestCase):
    """Names of modules and their members on any page exist."""

    NAME = re.compile(r'(?:``|:\w+:`)~?((?:theano|fuel|blocks'
                      r'|blocks_rnn_bricks|blocks_extras'
                      r'|picklable_itertools)\.[\w.]*\w)')
    #: Names that docs/theano.rst and docs/fuel.rst list as not provided.
    LEFT_OUT = {
        'fuel.utils.lock', 'theano.breakpoint', 'theano.tensor.fft',
        'theano.tensor.inplace', 'theano.tensor.topk', 'theano.typed_list'}

    def test_exist(self):
        missing = set()
        for page in [ROOT / 'README.rst', ROOT / 'CONTRIBUTING.rst',
                     *DOCS.glob('*.rst')]:
            missing.update(name for name in
                           self.NAME.findall(page.read_text('utf-8'))
                           if not exists(name))
        self.assertEqual(missing, self.LEFT_OUT)


def exists(name):
    """Return whether a dotted name can be imported or found in a module."""
    module, *rest = name.split('.')
    found = importlib.import_module(module)
    for part in rest:
        module = f'{module}.{part}'
        try:
            found = importlib.import_module(module)
        except ImportError:
            if not hasattr(found, part):
                return False
            found = getattr(found, part)
    return True


class TestReference(TestCase):
    """The pages api*.rst describe the package completely."""

    METHOD = re.compile(r'\.\. automethod:: (\w+)\((.*)\)')

    @classmethod
    def setUpClass(cls):
        cls.pages = {path.name: path.read_text('utf-8')
                     for path in DOCS.glob('api*.rst')}

    def test_has_all_public_names(self):
        text = '\n'.join(self.pages.values())
        for name in blocks_rnn_bricks.__all__:
            self.assertRegex(self.pages['api.rst'], fr'[`.]{name}`')
            self.assertRegex(text, fr'auto\w+:: (\w+\.)*{name}\n')

    def test_signatures_of_applications(self):
        # Sphinx cannot determine these; they are written by hand.
        found = 0
        for text in self.pages.values():
            for name, block in re.findall(
                    r'autoclass:: ([\w.]+)\n(.*?)(?=\n\S|\Z)', text, re.S):
                brick = getattr(blocks_rnn_bricks, name.split('.')[-1],
                                None) or SequenceCost
                for method, arguments in self.METHOD.findall(block):
                    found += 1
                    self.check(getattr(brick, method), arguments)
        self.assertGreater(found, 10)

    def check(self, application, arguments):
        signature = inspect.signature(application.application_function)
        known = set(signature.parameters) - {'self'}
        if hasattr(application, 'sequences'):
            known |= {'iterate', 'reverse', 'return_initial_states'}
        for argument in arguments.split(', '):
            name = argument.lstrip('*').partition('=')[0]
            if name != 'train' or 'kwargs' not in known:
                self.assertIn(name, known, application)


class TestOldScript(TestCase):
    """The script of 2016 reproduces its results on the original stack.

    Those come from Python 3.8 with Theano 1.0.5, Fuel 0.2.0 and Blocks 0.2.0.

    """

    #: By epoch: test cost, error rate, norm of the last batch's gradient.
    ORIGINAL = {0: (0.6931954317281118, 0.524),
                1: (0.5649772667535435, 0.278, 0.3016936511546777),
                2: (0.0006156516477504259, 0., 0.38912895348118753)}
    RECORDS = ('test_cost', 'test_error_rate', 'train_total_gradient_norm')

    @classmethod
    def setUpClass(cls):
        flags = os.environ.get('THEANO_FLAGS', '')
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, 'harmony.tar')
            cls.printed = subprocess.run(
                [sys.executable, DOCS / 'examples' / 'harmony.py', path],
                check=True, stdout=subprocess.PIPE, text=True, env=dict(
                    os.environ, PYTHONPATH=os.pathsep.join(sys.path),
                    THEANO_FLAGS=f'{flags},floatX=float64'.lstrip(',')),
            ).stdout
            with open(path, 'rb') as file:
                cls.log = load(file, 'log')

    def test_results_equal_the_originals(self):
        for epoch, expected in self.ORIGINAL.items():
            row = self.log[100 * epoch]
            found = [row[record] for record in self.RECORDS if record in row]
            assert_allclose(found, expected, rtol=1e-9)

    def test_manual_quotes_the_results(self):
        text = (DOCS / 'moving.rst').read_text('utf-8')
        for epoch, (cost, error_rate, *norm) in self.ORIGINAL.items():
            row = [str(epoch), f'{cost:.12f}', f'{error_rate:.3f}',
                   *(f'{value:.12f}' for value in norm)]
            self.assertRegex(text, ' +'.join(map(re.escape, row)))
        for line in self.printed.splitlines()[-3:]:
            self.assertIn(line, text)
