"""What the manual shows is there, and is what it says."""
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

ROOT = pathlib.Path(__file__).parents[2]
DOCS = ROOT / 'docs'
PICTURE = re.compile(r'\.\. (?:image|figure):: (\S+)')


class TestPictures(TestCase):
    def test_all_are_there_small_and_described(self):
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


class TestOldScript(TestCase):
    """The script of 2016, beside its results on the original stack.

    Those are from Python 3.8 with Theano 1.0.5, Fuel 0.2.0 and Blocks 0.2.0.

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

    def test_same_numbers(self):
        for epoch, expected in self.ORIGINAL.items():
            row = self.log[100 * epoch]
            found = [row[record] for record in self.RECORDS if record in row]
            assert_allclose(found, expected, rtol=1e-9)

    def test_the_manual_quotes_them(self):
        text = (DOCS / 'moving.rst').read_text('utf-8')
        for epoch, (cost, error_rate, *norm) in self.ORIGINAL.items():
            row = [str(epoch), f'{cost:.12f}', f'{error_rate:.3f}',
                   *(f'{value:.12f}' for value in norm)]
            self.assertRegex(text, ' +'.join(map(re.escape, row)))
        for line in self.printed.splitlines()[-3:]:
            self.assertIn(line, text)
