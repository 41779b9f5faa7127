"""What the demos have in common: options, exit codes, output, checkpoints."""
import argparse
import contextlib
import io
import logging
import os
import pty
import subprocess
import sys
import tempfile
from unittest import TestCase, mock

import theano

from demos import common

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(
    os.path.abspath(__file__))))

# A demo as small as can be: five batches of a mean.
TINY = '''
import sys
import numpy
from blocks.algorithms import GradientDescent, Scale
from blocks.extensions.monitoring import TrainingDataMonitoring
from blocks.main_loop import MainLoop
from fuel.datasets import IterableDataset
from theano import tensor
import theano
from demos import common

def main(quiet, save_to, seed, smoke, resume):
    rows = numpy.ones((5, 2), theano.config.floatX)
    mean = theano.shared(rows[0] * seed, name='mean')
    cost = ((tensor.vector('data') - mean) ** 2).sum()
    cost.name = 'cost'
    MainLoop(
        GradientDescent(cost=cost, parameters=[mean], step_rule=Scale(.1)),
        IterableDataset(rows).get_example_stream(),
        extensions=common.training_extensions(
            save_to, 'the command', [('cost', 'cost', '.3f')],
            {'cost': ['cost']}, epochs=1, quiet=quiet,
            before_table=[TrainingDataMonitoring([cost], after_epoch=True)])
    ).run()
    print('done')

parser = common.parser('tiny', 'a mean', sys.argv.pop(1))
sys.exit(common.run(main, parser.parse_args()))
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
    def test_a_log_file_gets_whole_lines_only(self):
        process = self.start(stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                             text=True)
        output, errors = process.communicate(timeout=120)
        self.assertEqual((process.returncode, errors), (0, ''))
        self.assertEqual(output, 'epoch     cost\n    1    0.000\ndone\n')

    def test_a_terminal_gets_a_bar_without_colours(self):
        ours, theirs = pty.openpty()
        self.addCleanup(os.close, ours)
        process = self.start(stdout=subprocess.DEVNULL, stderr=theirs)
        os.close(theirs)
        shown = b''
        with contextlib.suppress(OSError):  # what Linux says at the end
            while chunk := os.read(ours, 4096):
                shown += chunk
        self.assertEqual(process.wait(timeout=120), 0)
        self.assertIn(b'Epoch 1', shown)
        self.assertIn(b'5 batches', shown)
        self.assertNotIn(b'\x1b[3', shown)

    def test_quiet_and_verbose(self):
        for option, output, errors in [
                ('--quiet', r'^done\n$', r'^$'),
                ('--verbose', r'^epoch .*\n', r'(?m)^\w+:blocks\.\w+.*$')]:
            process = self.start(option, stdout=subprocess.PIPE,
                                 stderr=subprocess.PIPE, text=True)
            written = process.communicate(timeout=120)
            self.assertEqual(process.returncode, 0)
            self.assertRegex(written[0], output)
            self.assertRegex(written[1], errors)
            for package in ('matplotlib', 'pytensor', 'numba'):
                self.assertNotIn(package, written[1])

    def test_a_reader_that_goes_is_no_error(self):
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
                  for name in common.TALKATIVE}
        self.addCleanup(lambda: [logging.getLogger(name).setLevel(level)
                                 for name, level in levels.items()])

    def run_raising(self, error):
        arguments = argparse.Namespace(quiet=True, verbose=False, depth=3)
        main = mock.Mock(side_effect=error)
        with contextlib.redirect_stderr(io.StringIO()) as errors:
            code = common.run(main, arguments)
        main.assert_called_once_with(quiet=True, depth=3)
        return code, errors.getvalue()

    def test_exit_codes(self):
        for error, expected in [
                (None, (0, '')),
                (common.UserError('no such town'),
                 (1, 'error: no such town\n')),
                (KeyboardInterrupt(), (130, 'interrupted\n'))]:
            self.assertEqual(self.run_raising(error), expected)

    def test_a_defect_is_shown_in_full(self):
        with self.assertRaisesRegex(RuntimeError, 'a defect'):
            self.run_raising(RuntimeError('a defect'))

    def test_everything_is_float32(self):
        theano.config.floatX = 'float64'
        self.run_raising(None)
        self.assertEqual(theano.config.floatX, 'float32')


class TestParser(TestCase):
    def parse(self, *arguments, **kwargs):
        return common.parser('demo', 'shows', 'there', **kwargs).parse_args(
            arguments)

    def refused(self, *arguments, **kwargs):
        with contextlib.redirect_stderr(io.StringIO()) as errors:
            with self.assertRaises(SystemExit) as caught:
                self.parse(*arguments, **kwargs)
        self.assertEqual(caught.exception.code, 2)
        return errors.getvalue()

    def test_options_that_all_have(self):
        self.assertEqual(vars(self.parse()), {
            'save_to': 'there', 'resume': None, 'seed': 1, 'smoke': False,
            'quiet': False, 'verbose': False})

    def test_options_that_some_have(self):
        self.assertTrue(self.parse('--quick', quick='less').quick)
        self.assertNotIn('resume', self.parse(resume=False))
        self.assertIn('--quick', self.refused('--quick'))
        self.assertIn('--resume', self.refused('--resume', 'a',
                                               resume=False))

    def test_quiet_or_verbose(self):
        self.assertIn('not allowed with',
                      self.refused('--quiet', '--verbose'))


class TestFiles(TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = folder.name

    def test_output_folder(self):
        path = os.path.join(self.folder, 'a', 'b')
        for _ in range(2):
            self.assertEqual(common.output_folder(path), path)
            self.assertTrue(os.path.isdir(path))

    def test_output_folder_that_cannot_be(self):
        path = os.path.join(self.folder, 'file')
        with open(path, 'w'):
            pass
        for bad in (path, os.path.join(path, 'below')):
            with self.assertRaisesRegex(common.UserError,
                                        'cannot make the folder.*--save-to'):
                common.output_folder(bad)
        with mock.patch('os.access', return_value=False):
            with self.assertRaisesRegex(common.UserError,
                                        'cannot write into.*--save-to'):
                common.output_folder(self.folder)

    def test_settings_that_cannot_be_written(self):
        with self.assertRaisesRegex(common.UserError, 'cannot write'):
            common.save_settings(os.path.join(self.folder, 'none'), {})


class TestTable(TestCase):
    def table(self, *rows):
        table = common.EpochTable([('cost', 'a', '.2f'), ('a long title',
                                                          'b', 'd'),
                                   ('best', 'c', '')])
        table.main_loop = mock.Mock()
        with contextlib.redirect_stdout(io.StringIO()) as printed:
            table.before_training()
            for epoch, row in enumerate(rows, start=1):
                table.main_loop.log.current_row = row
                table.main_loop.status = {'epochs_done': epoch}
                table.after_epoch()
        return printed.getvalue()

    def test_columns_are_aligned(self):
        self.assertEqual(
            self.table({'a': .123, 'b': 1}, {'a': 10., 'b': 20, 'c': True},
                       {'b': 3}),
            'epoch     cost  a long title     best\n'
            '    1     0.12             1\n'
            '    2    10.00            20        *\n'
            '    3                      3\n')
