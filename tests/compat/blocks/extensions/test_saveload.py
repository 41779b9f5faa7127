import os
import tarfile
import tempfile
import unittest
from unittest import mock

from blocks.algorithms import Momentum
from blocks.extensions import FinishAfter, TrainingExtension
from blocks.extensions.monitoring import TrainingDataMonitoring
from blocks.extensions.predicates import OnLogRecord
from blocks.extensions.saveload import LOADED_FROM, SAVED_TO, Checkpoint, Load
from blocks.serialization import load, load_parameters
from numpy.testing import assert_array_equal

from tests.compat.blocks.training import counting_loop, regression_loop


class Notify(TrainingExtension):
    """Marks the second batch as the best."""

    def after_batch(self, batch):
        self.main_loop.log.current_row['best'] = (
            self.main_loop.status['iterations_done'] == 2)


class TestSaveLoad(unittest.TestCase):

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = folder.name
        self.path = self.in_folder('checkpoint.tar')

    def in_folder(self, name):
        return os.path.join(self.folder, name)

    def loaded(self, path=None, *names):
        with open(path or self.path, 'rb') as file_:
            return load(file_, *names)

    def trained(self, batches=7, **kwargs):
        """Train the regression and save it at the end."""
        main_loop = regression_loop([
            FinishAfter(after_n_batches=batches),
            Checkpoint(self.path, **kwargs)])
        main_loop.run()
        return main_loop

    def test_saves_parameters_and_main_loop(self):
        main_loop = self.trained(save_separately=['log'])
        with open(self.path, 'rb') as file_:
            parameters = load_parameters(file_)
        self.assertEqual(set(parameters), {'W', 'b'})
        for variable in main_loop.model.parameters:
            assert_array_equal(parameters[variable.name],
                               variable.get_value())
        self.assertEqual(self.loaded().status['iterations_done'], 7)
        log = self.loaded(self.path, 'log')
        self.assertEqual(log, main_loop.log)
        self.assertEqual(log[7][SAVED_TO], (self.path,))

    def test_parameters_alone(self):
        main_loop = regression_loop()
        W = main_loop.algorithm.parameters[0]
        main_loop.extensions = [
            FinishAfter(after_n_batches=1),
            Checkpoint(self.path, parameters=[W], save_main_loop=False)]
        main_loop.run()
        with tarfile.open(self.path) as archive:
            self.assertEqual(archive.getnames(), ['_parameters'])
        with open(self.path, 'rb') as file_:
            self.assertEqual(list(load_parameters(file_)), ['W'])

    def test_without_a_model(self):
        counting_loop([FinishAfter(after_n_batches=3),
                       Checkpoint(self.path)]).run()
        self.assertEqual(self.loaded().status['iterations_done'], 3)

    def test_triggers_and_paths(self):
        best = self.in_folder('best.tar')

        main_loop = counting_loop([
            Notify(), FinishAfter(after_n_batches=4),
            Checkpoint(self.path, every_n_batches=2).add_condition(
                ['after_batch'], OnLogRecord('best'), (best,))])
        main_loop.run()
        self.assertEqual(
            {time: row[SAVED_TO] for time, row in main_loop.log.items()
             if SAVED_TO in row},
            {2: (self.path, best), 4: (self.path, self.path)})
        self.assertEqual(self.loaded(best).status['iterations_done'], 2)
        self.assertEqual(self.loaded(best).log[2][SAVED_TO],
                         (self.path, best))

    def test_on_error(self):
        """The error is not mistaken for the path of the condition."""
        loop = regression_loop([
            TrainingExtension(), Checkpoint(self.path, on_error=True)])
        with mock.patch.object(TrainingExtension, 'after_batch',
                               side_effect=ValueError('broken')), \
                self.assertLogs('blocks', 'ERROR'), \
                self.assertRaisesRegex(ValueError, 'broken'):
            loop.run()
        self.assertEqual(self.loaded().status['iterations_done'], 1)

    def test_failure(self):
        main_loop = self.trained()
        checkpoint = main_loop.extensions[1]
        checkpoint.save_separately = ['mood']
        with self.assertRaisesRegex(AttributeError, "names 'mood', but"):
            checkpoint.do(None)
        with mock.patch('blocks.serialization.numpy.savez',
                        side_effect=OSError):
            checkpoint.save_separately = None
            self.assertRaises(OSError, checkpoint.do, None)
        self.assertEqual(main_loop.log.current_row[SAVED_TO],
                         (self.path, None, None))
        self.assertEqual(self.loaded().status['iterations_done'], 7)
        self.assertEqual(os.listdir(self.folder), ['checkpoint.tar'])

    def test_loaded_training_continues(self):
        whole = regression_loop(
            [FinishAfter(after_n_batches=14)], step_rule=Momentum(0.05, 0.9))
        monitoring = TrainingDataMonitoring([whole.algorithm.cost],
                                            after_batch=True)
        whole.extensions += [monitoring,
                             Checkpoint(self.path, after_n_batches=7)]
        whole.run()
        self.trained()  # overwrites the file of the whole run
        whole_log = whole.log
        halves = regression_loop(
            [FinishAfter(after_n_batches=14)], step_rule=Momentum(0.05, 0.9))
        halves.extensions += [
            TrainingDataMonitoring([halves.algorithm.cost],
                                   after_batch=True),
            Checkpoint(self.path, after_n_batches=7, after_training=False)]
        halves.run()
        resumed = self.loaded()
        resumed.run()
        for time in range(1, 15):
            self.assertEqual(resumed.log[time]['cost'],
                             whole_log[time]['cost'])

    def test_load(self):
        saved = self.trained()
        rest = [batch['y'].tolist() for batch in self.loaded().epoch_iterator]
        for state in (False, True):
            for log in (False, True):
                main_loop = regression_loop([
                    Load(self.path, load_iteration_state=state,
                         load_log=log), FinishAfter(after_epoch=True)])
                seen = []

                class Watch(TrainingExtension):
                    def before_training(self):
                        for ours, theirs in zip(
                                self.main_loop.model.parameters,
                                saved.model.parameters):
                            assert_array_equal(ours.get_value(),
                                               theirs.get_value())

                    def before_batch(self, batch):
                        seen.append(batch['y'].tolist())

                main_loop.extensions.append(Watch())
                main_loop.run()
                with self.subTest(state=state, log=log):
                    self.assertEqual(seen == rest, state)
                    self.assertEqual(len(seen), 3 if state else 5)
                    self.assertEqual(main_loop.status['iterations_done'],
                                     len(seen) + 7 * log)
                    self.assertEqual(
                        main_loop.log[7 * log][LOADED_FROM], self.path)

    def test_load_missing_file(self):
        main_loop = regression_loop([Load(self.path),
                                     FinishAfter(after_n_batches=1)])
        with self.assertLogs('blocks.extensions', 'WARNING') as logs:
            main_loop.run()
        self.assertIn('from scratch', logs.output[0])
        self.assertNotIn(LOADED_FROM, main_loop.log[0])

    def test_load_foreign_file(self):
        with open(self.path, 'w') as file_:
            file_.write('no checkpoint')
        loader = Load(self.path)
        loader.main_loop = regression_loop()
        with self.assertRaises(tarfile.ReadError) as caught:
            loader.do('before_training')
        self.assertIn(self.path, caught.exception.__notes__[0])
