"""Tests of the files of a run and of resuming it."""
import contextlib
import io
import json
import os
import signal
import tempfile
from dataclasses import dataclass
from unittest import TestCase, mock

from blocks.extensions import TrainingExtension
from blocks.extensions.plot import Plot
from blocks.extensions.saveload import Checkpoint

from demos._support.exits import UserError, exit_code
from demos._support.extensions import FinishAfterEpochs, ResumeHint
from demos._support.files import (
    CHECKPOINT,
    PARAMETERS,
    SETTINGS,
    output_folder,
    read_settings,
    save_settings,
)
from demos._support.numbers import positive
from demos._support.resuming import is_finished, resume
from demos._support.settings import ResumableSettings, folder, option
from tests.compat.blocks.training import regression_loop
from tests.demos.commands import save_blank


@dataclass(frozen=True, kw_only=True)
class Small(ResumableSettings):
    """The settings of the smallest demo."""

    save_to: str = folder('runs/small')
    epochs: int = option(2, positive(int), 'passes', at_resume=True)
    dim: int = option(3, positive(int), 'size')
    batches: int = option(None, positive(int), 'where to end')


class TestFiles(TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = folder.name

    def test_output_folder(self):
        path = os.path.join(self.folder, 'a', 'b')
        for _ in range(2):
            self.assertEqual(output_folder(path), path)
            self.assertTrue(os.path.isdir(path))

    def test_output_folder_that_cannot_be_created(self):
        path = os.path.join(self.folder, 'file')
        with open(path, 'w'):
            pass
        for bad in (path, os.path.join(path, 'below')):
            with self.assertRaisesRegex(UserError,
                                        'cannot create the folder.*--save-to'):
                output_folder(bad)
        with mock.patch('os.access', return_value=False):
            with self.assertRaisesRegex(UserError,
                                        'cannot write into.*--save-to'):
                output_folder(self.folder)

    def test_settings_that_cannot_be_written(self):
        with self.assertRaisesRegex(UserError, 'cannot write'):
            save_settings(Small(save_to=os.path.join(self.folder, 'none')),
                          'the command')


class TestResuming(TestCase):
    """Tests with the smallest network, trained like the demos' networks."""

    command = 'python -m demos.tiny'

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.root = folder.name
        blank = mock.patch('matplotlib.figure.Figure.savefig', save_blank)
        blank.start()
        self.addCleanup(blank.stop)
        self.folder = os.path.join(self.root, 'run')
        self.path = os.path.join(self.folder, CHECKPOINT)
        os.makedirs(self.folder)

    def trained(self, epochs=2, batches=None, command=None, extensions=()):
        """Return a finished run, with its files in the folder."""
        command = command or self.command
        settings = Small(save_to=self.folder, epochs=epochs, batches=batches)
        main_loop = regression_loop([
            FinishAfterEpochs(epochs, batches),
            Plot(settings.path('curves.png'), [['cost']]),
            Checkpoint(settings.path(CHECKPOINT), after_epoch=True,
                       on_interrupt=True, after_training=False),
            ResumeHint(command, settings.path(CHECKPOINT)),
            Checkpoint(settings.path(PARAMETERS), save_main_loop=False),
            *extensions])
        save_settings(settings, command, extra='kept')
        with contextlib.redirect_stdout(io.StringIO()):
            main_loop.run()
        return main_loop

    def resumed(self, epochs=None, path=None, command=None, **options):
        main_loop, self.settings = resume(
            Small, {'resume': path or self.path, 'epochs': epochs, **options},
            command or self.command)
        main_loop.run()
        return main_loop

    def refused(self, pattern, *args, **kwargs):
        with open(self.path, 'rb') as file:
            before = file.read()
        with self.assertRaisesRegex(UserError, pattern):
            self.resumed(*args, **kwargs)
        with open(self.path, 'rb') as file:
            self.assertEqual(file.read(), before)

    def interrupted(self):
        main_loop = self.trained(epochs=3, extensions=[InterruptAt(7)])
        self.assertFalse(is_finished(main_loop))
        self.assertEqual(main_loop.status['iterations_done'], 7)

    def test_resumes_to_the_planned_end(self):
        self.interrupted()
        main_loop = self.resumed()
        self.assertEqual(main_loop.status['epochs_done'], 3)
        self.assertTrue(is_finished(main_loop))

    def test_more_epochs_than_planned(self):
        self.trained(epochs=2)
        self.assertEqual(self.resumed(4).status['epochs_done'], 4)
        # The done epochs count, not those planned at first.
        self.refused('has done 4 epochs, --epochs 3 asks for fewer', 3)
        self.assertEqual(self.resumed(5).status['epochs_done'], 5)

    def test_fewer_epochs_than_planned(self):
        self.interrupted()
        self.assertEqual(self.resumed(2).status['epochs_done'], 2)

    def test_as_many_epochs_as_are_done(self):
        self.trained(epochs=2)
        for epochs in None, 2:
            os.remove(os.path.join(self.folder, PARAMETERS))
            main_loop = self.resumed(epochs)
            self.assertEqual(main_loop.status['iterations_done'], 10)
            self.assertTrue(is_finished(main_loop))
            # What follows training was also done.
            self.assertIn(PARAMETERS, os.listdir(self.folder))

    def test_end_of_an_epoch_before_the_last(self):
        self.trained(epochs=3, extensions=[InterruptAt(10)])
        main_loop = self.resumed(2)
        self.assertEqual(main_loop.status['iterations_done'], 10)
        self.assertTrue(is_finished(main_loop))

    def test_settings_of_the_run_are_kept(self):
        self.trained(epochs=2)
        self.resumed(quiet=True)
        self.assertEqual(self.settings, Small(
            save_to=self.folder, epochs=2, resume=self.path, quiet=True))
        self.resumed(3)
        self.assertEqual(self.settings.epochs, 3)
        saved = read_settings(self.folder)
        self.assertEqual((saved['epochs'], saved['extra']), (3, 'kept'))
        # The next resumption also knows the new plan.
        self.resumed()
        self.assertEqual(self.settings.epochs, 3)

    def test_other_settings_cannot_change(self):
        self.trained(epochs=2)
        for options, named in [({'dim': 3}, '--dim'), ({'seed': 2}, '--seed'),
                               ({'save_to': 'a'}, '--save-to'),
                               ({'smoke': True, 'dim': 9},
                                '--smoke, --dim')]:
            with self.subTest(named):
                self.refused(f'takes no {named}; omit it', **options)

    def test_moved_run_in_another_working_folder(self):
        self.addCleanup(os.chdir, os.getcwd())
        os.chdir(self.root)
        self.folder = 'run'
        self.interrupted()
        os.rename('run', 'moved')
        os.makedirs('elsewhere')
        os.chdir('elsewhere')
        path = os.path.join(self.root, 'moved', CHECKPOINT)
        main_loop, settings = resume(Small, {'resume': path}, self.command)
        self.assertEqual(settings.save_to, os.path.join(self.root, 'moved'))
        main_loop.extensions.append(InterruptAt(8))
        with contextlib.redirect_stdout(io.StringIO()) as printed:
            main_loop.run()
        self.assertIn(f'--resume {path}', printed.getvalue())
        again, _ = resume(Small, {'resume': path}, self.command)
        self.assertEqual(again.status['iterations_done'], 8)
        os.chdir(os.path.dirname(path))
        again, settings = resume(Small, {'resume': CHECKPOINT}, self.command)
        self.assertEqual(settings.save_to, os.curdir)
        self.assertEqual(os.listdir(os.path.join(self.root, 'elsewhere')),
                         [])
        self.assertEqual(sorted(os.listdir(self.root)),
                         ['elsewhere', 'moved'])

    def test_damaged_checkpoint(self):
        self.trained()
        with open(self.path, 'r+b') as file:
            file.truncate(os.path.getsize(self.path) // 2)
        self.refused('damaged')

    def test_checkpoint_of_another_demo(self):
        self.trained()
        other = 'python -m demos.other'
        pattern = (f'not written by this demo, {other}; resume it with: '
                   f'{self.command} --resume')
        self.refused(pattern, command=other)
        # Settings without a command, as in older versions, and foreign ones.
        for settings in {}, {'command': other}:
            with open(os.path.join(self.folder, SETTINGS),
                      'w') as file:
                json.dump(settings, file)
            self.refused(pattern, command=other)
        with open(os.path.join(self.folder, SETTINGS), 'w') as file:
            file.write('[]')
        self.refused('not a checkpoint of this demo')

    def test_folder_of_another_demo(self):
        self.trained()
        with self.assertRaisesRegex(UserError, f'contains a run of '
                                    f'{self.command}.*--save-to'):
            save_settings(Small(save_to=self.folder), 'another')
        self.assertEqual(read_settings(self.folder)['epochs'], 2)

    def test_exit_code_of_an_interrupted_training(self):
        for number in signal.SIGINT, signal.SIGTERM:
            for form in (lambda loop: loop), (lambda loop: (loop, None)):
                code = exit_code(lambda: form(self.trained(
                    extensions=[InterruptAt(3, number)])))
                self.assertEqual(code, 128 + number)
        self.assertEqual(exit_code(self.trained), 0)


class InterruptAt(TrainingExtension):
    """Sends a signal while the algorithm trains on a batch."""

    def __init__(self, iteration, number=signal.SIGINT):
        super().__init__()
        self.iteration = iteration
        self.number = number

    def before_batch(self, batch):
        if self.main_loop.status['iterations_done'] == self.iteration - 1:
            signal.raise_signal(self.number)
