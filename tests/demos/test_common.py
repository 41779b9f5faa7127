"""What the demos have in common: options, exit codes, output, checkpoints."""
import argparse
import contextlib
import io
import json
import logging
import os
import pty
import signal
import subprocess
import sys
import tempfile
from unittest import TestCase, mock

import theano
from blocks.extensions import TrainingExtension

from demos import common
from tests.compat.blocks.training import regression_loop

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
        main = mock.Mock(side_effect=error, return_value=None)
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


class TestResuming(TestCase):
    """With the smallest network, trained as the demos train theirs."""

    command = 'python -m demos.tiny'

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.root = folder.name
        self.folder = os.path.join(self.root, 'run')
        self.path = os.path.join(self.folder, common.CHECKPOINT)
        os.makedirs(self.folder)

    def trained(self, epochs=2, batches=None, command=None, extensions=()):
        """A run that has ended, with its files in the folder."""
        command = command or self.command
        main_loop = regression_loop([*common.training_extensions(
            self.folder, command, [], {'cost': ['cost']}, epochs=epochs,
            batches=batches, quiet=True), *extensions])
        common.save_settings(self.folder, {
            'command': command, 'folder': self.folder, 'epochs': epochs})
        with contextlib.redirect_stdout(io.StringIO()):
            main_loop.run()
        return main_loop

    def resumed(self, epochs=None, path=None, command=None):
        main_loop, settings = common.resume(path or self.path,
                                            command or self.command, epochs)
        main_loop.run()
        return main_loop

    def refused(self, pattern, *args, **kwargs):
        with open(self.path, 'rb') as file:
            before = file.read()
        with self.assertRaisesRegex(common.UserError, pattern):
            self.resumed(*args, **kwargs)
        with open(self.path, 'rb') as file:
            self.assertEqual(file.read(), before)

    def interrupted(self):
        main_loop = self.trained(epochs=3, extensions=[InterruptAt(7)])
        self.assertFalse(common.is_finished(main_loop))
        self.assertEqual(main_loop.status['iterations_done'], 7)

    def test_to_the_end_that_was_planned(self):
        self.interrupted()
        main_loop = self.resumed()
        self.assertEqual(main_loop.status['epochs_done'], 3)
        self.assertTrue(common.is_finished(main_loop))

    def test_more_epochs_than_planned(self):
        self.trained(epochs=2)
        self.assertEqual(self.resumed(4).status['epochs_done'], 4)
        # Again: what counts is what is done, not what was planned first.
        self.refused('has done 4 epochs, --epochs 3 asks for fewer', 3)
        self.assertEqual(self.resumed(5).status['epochs_done'], 5)

    def test_fewer_epochs_than_planned(self):
        self.interrupted()
        self.assertEqual(self.resumed(2).status['epochs_done'], 2)

    def test_as_many_epochs_as_are_done(self):
        self.trained(epochs=2)
        for epochs in None, 2:
            os.remove(os.path.join(self.folder, common.PARAMETERS))
            main_loop = self.resumed(epochs)
            self.assertEqual(main_loop.status['iterations_done'], 10)
            self.assertTrue(common.is_finished(main_loop))
            # What comes after training was done.
            self.assertIn(common.PARAMETERS, os.listdir(self.folder))

    def test_at_the_end_of_an_epoch_before_the_last(self):
        self.trained(epochs=3, extensions=[InterruptAt(10)])
        main_loop = self.resumed(2)
        self.assertEqual(main_loop.status['iterations_done'], 10)
        self.assertTrue(common.is_finished(main_loop))

    def test_moved_and_in_another_working_folder(self):
        self.addCleanup(os.chdir, os.getcwd())
        os.chdir(self.root)
        self.folder = 'run'
        self.interrupted()
        os.rename('run', 'moved')
        os.makedirs('elsewhere')
        os.chdir('elsewhere')
        path = os.path.join(self.root, 'moved', common.CHECKPOINT)
        main_loop, settings = common.resume(path, self.command)
        self.assertEqual(settings['folder'], os.path.join(self.root,
                                                          'moved'))
        main_loop.extensions.append(InterruptAt(8))
        with contextlib.redirect_stdout(io.StringIO()) as printed:
            main_loop.run()
        self.assertIn(f'--resume {path}', printed.getvalue())
        again, _ = common.resume(path, self.command)
        self.assertEqual(again.status['iterations_done'], 8)
        os.chdir(os.path.dirname(path))
        again, settings = common.resume(common.CHECKPOINT, self.command)
        self.assertEqual(settings['folder'], os.curdir)
        self.assertEqual(os.listdir(os.path.join(self.root, 'elsewhere')),
                         [])
        self.assertEqual(sorted(os.listdir(self.root)),
                         ['elsewhere', 'moved'])

    def test_checkpoint_of_another_demo(self):
        self.trained()
        other = 'python -m demos.other'
        pattern = (f'not written by this demo, {other}; go on with: '
                   f'{self.command} --resume')
        self.refused(pattern, command=other)
        # Settings of before the command was among them, and foreign ones.
        for settings in {}, {'command': other}:
            with open(os.path.join(self.folder, common.SETTINGS),
                      'w') as file:
                json.dump(settings, file)
            self.refused(pattern, command=other)
        with open(os.path.join(self.folder, common.SETTINGS), 'w') as file:
            file.write('[]')
        self.refused('no checkpoint of this demo')

    def test_folder_of_another_demo(self):
        self.trained()
        with self.assertRaisesRegex(common.UserError, f'holds a run of '
                                    f'{self.command}.*--save-to'):
            common.save_settings(self.folder, {'command': 'another'})
        self.assertEqual(common.read_settings(self.folder)['epochs'], 2)

    def test_exit_code_of_an_interrupted_training(self):
        for number in signal.SIGINT, signal.SIGTERM:
            for form in (lambda loop: loop), (lambda loop: (loop, None)):
                code = common.exit_code(lambda: form(self.trained(
                    extensions=[InterruptAt(3, number)])))
                self.assertEqual(code, 128 + number)
        self.assertEqual(common.exit_code(self.trained), 0)


class InterruptAt(TrainingExtension):
    """Sends a signal while a batch is trained on."""

    def __init__(self, iteration, number=signal.SIGINT):
        super().__init__()
        self.iteration = iteration
        self.number = number

    def before_batch(self, batch):
        if self.main_loop.status['iterations_done'] == self.iteration - 1:
            signal.raise_signal(self.number)


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
