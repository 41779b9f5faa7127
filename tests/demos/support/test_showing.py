"""Tests of the options --export and --tensorboard."""
import contextlib
import io
import os
import sys
import tempfile
from unittest import TestCase, mock

import numpy
from blocks.extensions.monitoring import TrainingDataMonitoring
from blocks.extensions.saveload import Checkpoint
from numpy.testing import assert_allclose
from theano import tensor

from demos._support import tensorboard
from demos._support.exits import UserError
from demos._support.exporting import check_export, export
from demos._support.extensions import FinishAfterEpochs, ResumeHint
from demos._support.files import CHECKPOINT, save_settings
from demos._support.resuming import resume
from tests.compat.blocks.extensions.test_tensorboard import events, scalars
from tests.compat.blocks.training import regression_loop
from tests.demos.commands import float32
from tests.demos.showing import assert_exported, assert_shown
from tests.demos.support.test_resuming import Small

COMMAND = 'python -m demos.small'


class Folder(TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = folder.name

    def path(self, *names):
        return os.path.join(self.folder, *names)


class TestExport(Folder):
    @float32()
    def test_writes_a_network_and_describes_it(self):
        x = tensor.matrix('x')
        doubled, index = (2 * x).copy('doubled'), x.argmax(axis=1)
        index.name = 'index'
        with contextlib.redirect_stdout(io.StringIO()) as printed:
            export(self.path('a.onnx'), [x], [doubled, index], what='It')
        self.assertEqual(
            printed.getvalue(), f'It is in {self.path("a.onnx")}\n'
            f'  takes x (float32, 2 axes)\n  gives doubled (float32, 2 axes), '
            f'index (int64, 1 axes)\n')
        found, places = assert_exported(
            self.path('a.onnx'), [x], [doubled, index],
            numpy.array([[1., 3], [5, 4]]))
        assert_allclose(found, [[2, 6], [10, 8]])
        self.assertEqual(places.tolist(), [1, 0])

    def test_does_nothing_without_a_path(self):
        check_export(None)
        export(None, [], [])
        self.assertEqual(os.listdir(self.folder), [])

    def test_invalid_paths_are_refused_before_training(self):
        for name in ['none/a.onnx', '']:
            with self.assertRaisesRegex(UserError, 'in an existing folder'):
                check_export(self.path(name))
        check_export(self.path('a.onnx'))
        for package in 'onnx', 'onnxruntime':
            with mock.patch('importlib.util.find_spec', lambda name,
                            package=package: None if name == package else 1):
                with self.assertRaisesRegex(
                        UserError, rf"needs the package {package}, .*"
                        r"pip install '\.\[onnx\]'"):
                    check_export(self.path('a.onnx'))


class TestTensorBoard(Folder):
    def train(self, **options):
        """Train for two epochs of five batches in the folder."""
        settings = Small(save_to=self.folder, epochs=2, **options)
        main_loop = regression_loop([
            FinishAfterEpochs(settings.epochs),
            *tensorboard.extension(settings, ['a.png']),
            Checkpoint(settings.path(CHECKPOINT), after_epoch=True,
                       after_training=False),
            ResumeHint(COMMAND, settings.path(CHECKPOINT))])
        main_loop.extensions.insert(0, TrainingDataMonitoring(
            [main_loop.algorithm.cost], after_epoch=True))
        save_settings(settings, COMMAND)
        main_loop.run()
        return main_loop

    def draw(self):
        """Draw a picture of size 2 x 1."""
        tensorboard.Image.new('RGB', (2, 1)).save(self.path('a.png'))

    def test_results_and_pictures_after_training(self):
        main_loop = self.train(tensorboard=self.path('board'))
        self.draw()
        tensorboard.show_results(main_loop, test_error=.25)
        assert_shown(self.path('board'), 'test_error', 'a', 'cost')
        self.assertEqual(scalars(self.path('board'), 'test_error'),
                         [(10, .25)])
        image = events(self.path('board'))['a'][0][1].image
        self.assertEqual((image.width, image.height), (2, 1))

    def test_results_are_logged_without_tensorboard(self):
        main_loop = self.train()
        tensorboard.show_results(main_loop, test_error=.25)
        self.assertEqual(main_loop.log[10]['test_error'], .25)
        self.assertNotIn('board', os.listdir(self.folder))

    def test_resumed_run_shows_its_whole_log(self):
        for first in None, 'before', 'board':
            with self.subTest(first):
                self.train(tensorboard=first and self.path(first))
                main_loop, _ = resume(Small, {
                    'resume': self.path(CHECKPOINT), 'epochs': 3,
                    'tensorboard': self.path('board')}, COMMAND, ['a.png'])
                main_loop.run()
                steps = [step for step, _ in scalars(self.path('board'),
                                                     'cost')]
                self.assertEqual(steps, [5, 10, 15])
                assert_shown(self.path('board'), 'cost')

    def test_missing_folder_or_package(self):
        with open(self.path('file'), 'w'):
            pass
        with self.assertRaisesRegex(UserError, 'cannot create the folder .*'
                                    '--tensorboard'):
            tensorboard.board(self.path('file'))
        message = r"tensorboardX, which is not .*pip install '\.\[tensorb"
        with mock.patch.dict(sys.modules, {'tensorboardX': None}):
            with self.assertRaisesRegex(UserError, message):
                tensorboard.board(self.path('board'))
            self.draw()
            with self.assertRaisesRegex(UserError, message):
                tensorboard.show_picture(self.path('board'),
                                         self.path('a.png'))
            self.assertEqual(tensorboard.board(None), [])

    def test_one_picture(self):
        self.draw()
        tensorboard.show_picture(None, self.path('a.png'))
        tensorboard.show_picture(self.path('board'), self.path('a.png'))
        self.assertEqual(list(events(self.path('board'))), ['a'])
