"""Tests of the common parts of the demos' command lines."""
import argparse
import contextlib
import io
import logging
import os
import pty
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from unittest import TestCase, mock

import theano

from demos._support import command
from demos._support.exits import UserError
from demos._support.numbers import positive
from demos._support.settings import ResumableSettings, Settings, folder, option

ROOT = os.path.abspath(os.path.join(os.path.dirname(__file__), *3 * ['..']))

# The smallest possible demo: five batches of a mean.
TINY = '''
import sys
import numpy
from blocks.algorithms import GradientDescent, Scale
from blocks.extensions.monitoring import TrainingDataMonitoring
from blocks.main_loop import MainLoop
from fuel.datasets import IterableDataset
from theano import tensor
import theano
from dataclasses import dataclass
from blocks.extensions import ProgressBar
from blocks.extensions.plot import Plot
from blocks.extensions.saveload import Checkpoint
from demos._support import command
from demos._support.extensions import EpochTable, FinishAfterEpochs
from demos._support.settings import Settings, folder

@dataclass(frozen=True, kw_only=True)
class TinySettings(Settings):
    save_to: str = folder(sys.argv.pop(1))

def main(**options):
    settings = TinySettings(**options)
    rows = numpy.ones((5, 2), theano.config.floatX)
    mean = theano.shared(rows[0] * settings.seed, name='mean')
    cost = ((tensor.vector('data') - mean) ** 2).sum()
    cost.name = 'cost'
    MainLoop(
        GradientDescent(cost=cost, parameters=[mean], step_rule=Scale(.1)),
        IterableDataset(rows).get_example_stream(),
        extensions=[
            TrainingDataMonitoring([cost], after_epoch=True),
            FinishAfterEpochs(1),
            *([] if settings.quiet else [
                ProgressBar(), EpochTable([('cost', 'cost', '.3f')])]),
            # Importing and drawing take longer than all else.
            *([Plot(settings.path('curves.png'), [['cost']])]
              if '--verbose' in sys.argv else []),
            Checkpoint(settings.path('parameters.tar'),
                       save_main_loop=False)]
    ).run()
    print('done')

sys.exit(command.run(main, command.parse(TinySettings, 'tiny', 'a mean')))
'''


class Tiny(TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = folder.name

    def start(self, *arguments, **kwargs):
        path = [ROOT, os.path.join(ROOT, 'compat')]
        path += filter(None, [os.environ.get('PYTHONPATH')])
        return subprocess.Popen(
            [sys.executable, '-c', TINY, self.folder, *arguments], cwd=ROOT,
            env=dict(os.environ, PYTHONPATH=os.pathsep.join(path),
                     NO_COLOR='1'), **kwargs)


class TestOutput(Tiny):
    def test_log_file_contains_whole_lines_only(self):
        process = self.start(stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                             text=True)
        output, errors = process.communicate(timeout=120)
        self.assertEqual((process.returncode, errors), (0, ''))
        self.assertEqual(output, 'epoch     cost\n    1    0.000\ndone\n')

    def test_terminal_shows_a_bar_without_colours(self):
        ours, theirs = pty.openpty()
        self.addCleanup(os.close, ours)
        process = self.start(stdout=subprocess.DEVNULL, stderr=theirs)
        os.close(theirs)
        shown = b''
        with contextlib.suppress(OSError):  # raised by Linux at the end
            while chunk := os.read(ours, 4096):
                shown += chunk
        self.assertEqual(process.wait(timeout=120), 0)
        self.assertIn(b'Epoch 1', shown)
        self.assertIn(b'5 batches', shown)
        self.assertNotIn(b'\x1b[3', shown)

    def test_quiet_and_verbose(self):
        for flag, output, errors in [
                ('--quiet', r'^done\n$', r'^$'),
                ('--verbose', r'^epoch .*\n', r'(?m)^\w+:blocks\.\w+.*$')]:
            process = self.start(flag, stdout=subprocess.PIPE,
                                 stderr=subprocess.PIPE, text=True)
            written = process.communicate(timeout=120)
            self.assertEqual(process.returncode, 0)
            self.assertRegex(written[0], output)
            self.assertRegex(written[1], errors)
            for package in ('matplotlib', 'pytensor', 'numba'):
                self.assertNotIn(package, written[1])

    def test_closed_pipe_is_not_an_error(self):
        read, write = os.pipe()
        process = self.start(stdout=write, stderr=subprocess.PIPE)
        os.close(write)
        os.close(read)
        _, errors = process.communicate(timeout=120)
        self.assertEqual(process.returncode, 141)
        self.assertNotIn(b'Traceback', errors)


class TestRun(TestCase):
    def setUp(self):
        self.addCleanup(setattr, theano.config, 'floatX',
                        theano.config.floatX)
        levels = {name: logging.getLogger(name).level
                  for name in command.TALKATIVE}
        self.addCleanup(lambda: [logging.getLogger(name).setLevel(level)
                                 for name, level in levels.items()])

    def run_raising(self, error):
        arguments = argparse.Namespace(quiet=True, verbose=False, depth=3)
        main = mock.Mock(side_effect=error, return_value=None)
        with contextlib.redirect_stderr(io.StringIO()) as errors:
            code = command.run(main, arguments)
        main.assert_called_once_with(quiet=True, depth=3)
        return code, errors.getvalue()

    def test_exit_codes(self):
        for error, expected in [
                (None, (0, '')),
                (UserError('no such town'),
                 (1, 'error: no such town\n')),
                (KeyboardInterrupt(), (130, 'interrupted\n'))]:
            self.assertEqual(self.run_raising(error), expected)

    def test_defects_show_a_traceback(self):
        with self.assertRaisesRegex(RuntimeError, 'a defect'):
            self.run_raising(RuntimeError('a defect'))

    def test_everything_is_float32(self):
        theano.config.floatX = 'float64'
        self.run_raising(None)
        self.assertEqual(theano.config.floatX, 'float32')


@dataclass(frozen=True, kw_only=True)
class Some(ResumableSettings):
    """The settings of a demo."""

    save_to: str = folder('runs/some')
    epochs: int = option(9, positive(int), 'passes', at_resume=True)
    sizes: tuple = option((1, 2), positive(int), 'of layers', nargs='+')
    source: str = option(None, str, 'a file', flag='--from',
                         goes_with='write')
    write: bool = option(False, None, 'train nothing')


class TestParse(TestCase):
    def parse(self, *arguments, **options):
        given = command.parse(Some, 'demo', 'shows', list(arguments),
                              **options)
        return vars(given)

    def refused(self, *arguments, **options):
        with contextlib.redirect_stderr(io.StringIO()) as errors:
            with self.assertRaises(SystemExit) as caught:
                self.parse(*arguments, **options)
        self.assertEqual(caught.exception.code, 2)
        return errors.getvalue()

    def test_omitted_options_are_left_to_the_settings(self):
        self.assertEqual(self.parse(), {'verbose': False})
        self.assertEqual(
            self.parse('--epochs', '9', '--sizes', '3', '4', '--write',
                       '--from', 'a', '--quiet'),
            {'epochs': 9, 'sizes': [3, 4], 'write': True, 'source': 'a',
             'quiet': True, 'verbose': False})
        self.assertEqual(Some().epochs, 9)

    def test_given_options_override_quick(self):
        for arguments, epochs in [((), 2), (('--epochs', '9'), 9)]:
            given = self.parse('--quick', *arguments, quick={'epochs': 2})
            self.assertEqual(given, {'epochs': epochs, 'verbose': False})

    def test_contradictory_options(self):
        for arguments, message in [
                (['--quiet', '--verbose'], 'not allowed with'),
                (['--from', 'a'], '--from: goes with --write'),
                (['--quick', '--resume', 'a'], '--quick: not allowed with '
                 'argument --resume')]:
            with self.subTest(arguments):
                self.assertIn(message, self.refused(
                    *arguments, quick={'epochs': 2}))
        self.assertIn('--quick', self.refused('--quick'))

    def test_help_shows_defaults_and_what_quick_sets(self):
        with contextlib.redirect_stdout(io.StringIO()) as printed:
            with self.assertRaises(SystemExit):
                self.parse('--help', quick={'sizes': (5, 6)},
                           quick_help='hurry')
        shown = ' '.join(printed.getvalue().split())
        for text in ['(default: runs/some)', '(default: 9)',
                     '(default: 1 2)', 'hurry: --sizes 5 6']:
            self.assertIn(text, shown)
        self.assertNotIn('None', shown)

    def test_options_of_all_demos(self):
        self.assertEqual(
            vars(Settings(save_to='a')),
            {'save_to': 'a', 'seed': 1, 'smoke': False, 'quiet': False,
             'export': None, 'tensorboard': None})
