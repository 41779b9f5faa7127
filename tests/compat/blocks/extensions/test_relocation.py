"""Tests of resuming in another folder and of loading other parameters."""
import os
import pickle
import shutil
import signal
import tempfile
import unittest

import numpy
import theano
from blocks.extensions import (
    CompositeExtension,
    FinishAfter,
    TrainingExtension,
)
from blocks.extensions.plot import Plot
from blocks.extensions.saveload import LOADED_FROM, Checkpoint, Load
from blocks.main_loop import MainLoop
from blocks.model import Model
from blocks.roles import PARAMETER, add_role
from blocks.scripts import continue_training as command
from blocks.serialization import continue_training, dump, load
from blocks.utils import shared_floatx
from fuel.utils import do_not_pickle_attributes
from numpy.testing import assert_array_equal

from tests.compat.blocks.training import (
    counting_loop,
    regression,
    regression_loop,
    regression_stream,
)


class Raises(TrainingExtension):
    """Sends a signal to the process after the next batch."""

    def __init__(self, number):
        super().__init__()
        self.number = number

    def after_batch(self, batch):
        os.kill(os.getpid(), self.number)


class InFolders(unittest.TestCase):

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.root = os.path.realpath(folder.name)
        self.addCleanup(os.chdir, os.getcwd())
        self.go('A')

    def go(self, name):
        os.makedirs(self.path(name), exist_ok=True)
        os.chdir(self.path(name))

    def path(self, *names):
        return os.path.join(self.root, *names)

    def files(self, name):
        return sorted(os.listdir(self.path(name)))

    def done(self, *names):
        with open(self.path(*names), 'rb') as file:
            return load(file).status['iterations_done']

    def save(self, *extensions):
        """Run a loop that trains one batch each time it is run."""
        loop = counting_loop([FinishAfter(every_n_batches=1), *extensions],
                             length=1000)
        for extension in extensions:
            extension.add_condition(['on_interrupt'])
        loop.run()
        return loop


class TestAnotherFolder(InFolders):

    def test_relative_path(self):
        self.save(Checkpoint('ck.tar'))
        self.go('B')
        continue_training(self.path('A', 'ck.tar'))
        self.assertEqual(self.done('A', 'ck.tar'), 2)
        self.assertEqual(self.files('B'), [])
        self.go('.')
        continue_training(os.path.join('A', 'ck.tar'))
        self.assertEqual(self.files('.'), ['A', 'B'])

    def test_same_folder_keeps_the_path(self):
        loop = self.save(Checkpoint('ck.tar'))
        self.assertEqual(loop.log[1]['saved_to'], ('ck.tar',))
        loop = continue_training('ck.tar')
        self.assertEqual(loop.log[2]['saved_to'], ('ck.tar',))

    def test_moved_folder(self):
        for label, path in [('relative', 'ck.tar'),
                            ('absolute', self.path('A', 'ck.tar')),
                            ('below', os.path.join('..', 'A', 'ck.tar'))]:
            with self.subTest(label):
                self.go('A')
                self.save(Checkpoint(path))
                os.chdir(self.root)
                os.rename('A', 'C')
                for done in 2, 3:
                    continue_training(self.path('C', 'ck.tar'))
                    self.assertEqual(self.done('C', 'ck.tar'), done)
                self.assertFalse(os.path.exists('A'))
                shutil.rmtree('C')

    def test_copy_does_not_change_the_original(self):
        self.save(Checkpoint('ck.tar'))
        shutil.copytree(self.path('A'), self.path('D'))
        continue_training(self.path('D', 'ck.tar'))
        self.assertEqual(self.done('A', 'ck.tar'), 1)
        self.assertEqual(self.done('D', 'ck.tar'), 2)

    def test_neighbouring_files_move_along(self):
        os.makedirs('best')
        os.makedirs(self.path('elsewhere'))
        checkpoint = Checkpoint('ck.tar')
        checkpoint.add_condition(['after_training'],
                                 arguments=['best/ck.tar'])
        inner = Checkpoint('inner.tar')
        self.save(Plot('curves', ['cost'], after_epoch=False),
                  CompositeExtension([inner]),
                  Checkpoint(self.path('elsewhere', 'copy.tar')), checkpoint)
        os.chdir(self.root)
        os.rename('A', 'C')
        for path in (('C', 'curves.png'), ('C', 'inner.tar'),
                     ('elsewhere', 'copy.tar')):
            os.remove(self.path(*path))
        continue_training(self.path('C', 'ck.tar'))
        for path in (('C', 'ck.tar'), ('C', 'best', 'ck.tar'),
                     ('C', 'inner.tar'), ('elsewhere', 'copy.tar')):
            self.assertEqual(self.done(*path), 2, path)
        self.assertEqual(self.files('C'), ['best', 'ck.tar', 'curves.png',
                                           'inner.tar'])
        self.assertEqual(self.files('.'), ['C', 'elsewhere'])

    def test_file_that_is_not_a_checkpoint(self):
        with open('object.tar', 'wb') as file:
            dump({'a': 1}, file)
        with self.assertRaisesRegex(TypeError, "object.tar holds an object "
                                    "of <class 'dict'>, not a main loop"):
            continue_training('object.tar')


class TestEnds(InFolders):

    def test_exit_code_of_an_interrupt(self):
        self.save(Checkpoint('ck.tar'))
        self.assertEqual(command(['ck.tar']), 0)
        for number in signal.SIGINT, signal.SIGTERM:
            loop = self.save(Checkpoint('ck.tar'))
            self.assertIsNone(loop.interrupted_by)
            loop.extensions.append(Raises(number))
            loop.find_extension('Checkpoint').do('after_training')
            self.assertEqual(command(['ck.tar']), 128 + number)
            self.assertEqual(self.done('A', 'ck.tar'), 2)
            with open('ck.tar', 'rb') as file:
                self.assertIsNone(load(file).interrupted_by)

    def test_limits_already_passed(self):
        loop = counting_loop([FinishAfter(after_n_batches=2)], length=9)
        loop.run()
        limit, = loop.extensions
        for more, warns in [(None, True), (5, False)]:
            loop.extensions = [limit, FinishAfter(after_n_batches=4)]
            if more:
                loop.extensions[1].set_conditions(after_n_batches=6)
                limit.add_condition(['after_batch'], lambda log: False)
            if warns:
                with self.assertLogs('blocks.extensions.simple',
                                     'WARNING') as logs:
                    loop.run()
                self.assertRegex(logs.output[0], 'FinishAfter was to end '
                                 'training after_n_batches=2.*without limit')
            else:
                with self.assertNoLogs('blocks.extensions.simple'):
                    loop.run()
        self.assertEqual(loop.status['iterations_done'], 6)

    def test_finish_on_resumption(self):
        loop = counting_loop([FinishAfter(after_n_batches=2)])
        loop.run()
        loop.extensions[0].set_conditions(on_resumption=True)
        loop.run()
        self.assertEqual(loop.status['iterations_done'], 2)
        self.assertTrue(loop.log.current_row['training_finished'])


class TestLoadOtherParameters(InFolders):

    def loop(self, names=('W', 'b')):
        algorithm, parameters = regression()
        for parameter, name in zip(parameters, names):
            parameter.name = name
        return MainLoop(algorithm, regression_stream(),
                        model=Model(algorithm.cost),
                        extensions=[FinishAfter(after_n_batches=1)])

    def load_into(self, loop):
        loop.extensions.insert(0, Load('ck.tar'))
        loop.run()

    def saved(self, **values):
        with open('ck.tar', 'wb') as file:
            dump(None, file, parameters=[
                shared(value, name) for name, value in values.items()])

    def test_no_name_in_common(self):
        self.saved(V=numpy.ones(3), c=1.)
        loop = self.loop()
        before = loop.model.get_parameter_values()
        with self.assertRaisesRegex(
                ValueError, r'the file has the parameters V, c, the model '
                r'W, b; .*same names') as caught:
            self.load_into(loop)
        self.assertIn('ck.tar', caught.exception.__notes__[0])
        self.assertNotIn(LOADED_FROM, loop.log[0])
        for name, value in loop.model.get_parameter_values().items():
            assert_array_equal(value, before[name])

    def test_some_names_in_common(self):
        self.saved(W=numpy.full(3, 7.))
        loop = self.loop()
        with self.assertLogs('blocks.model', 'ERROR') as logs:
            self.load_into(loop)
        self.assertIn('missing values for parameters: b', logs.output[0])
        self.assertEqual(loop.log[0][LOADED_FROM], 'ck.tar')

    def test_shape(self):
        self.saved(W=numpy.ones((3, 2)), b=1.)
        with self.assertRaisesRegex(ValueError, r'W: shape mismatch, '
                                    r'expected \(3,\), got \(3, 2\)'):
            self.load_into(self.loop())

    def test_types(self):
        def set_(dtype, value):
            parameter = theano.shared(numpy.zeros((2, 1), dtype), name='V')
            add_role(parameter, PARAMETER)
            Model(2 * parameter).set_parameter_values({'V': value})
            return parameter.get_value()

        third = numpy.full((2, 1), 1 / 3)
        with self.assertLogs('blocks.model', 'WARNING') as logs:
            value = set_('float32', third)
        self.assertIn('converted to the type of their parameters: V',
                      logs.output[0])
        self.assertEqual(value.dtype, 'float32')
        assert_array_equal(value, third.astype('float32'))
        self.assertEqual(set_('float64', third)[0, 0], 1 / 3)
        assert_array_equal(set_('float32', numpy.array([[1], [2]])),
                           [[1], [2]])
        with self.assertRaisesRegex(ValueError, 'V: a value is too large '
                                    'for the type float32'):
            set_('float32', third * 1e300)
        with self.assertRaisesRegex(ValueError, 'too large'):
            set_('int8', numpy.array([[1], [300]]))
        with self.assertRaisesRegex(TypeError, 'V: expected a value of '
                                    'type int64, got float64'):
            set_('int64', third)


def shared(value, name):
    return shared_floatx(numpy.asarray(value, float), name=name)


@do_not_pickle_attributes('bulky')
class LazyLoop(MainLoop):
    """A main loop with an attribute that is loaded on demand."""

    def load(self):
        self.bulky = list(range(1000))


class TestPickles(unittest.TestCase):

    def test_main_loop_that_hides_attributes(self):
        algorithm, _ = regression()
        loop = LazyLoop(algorithm, regression_stream(),
                        extensions=[FinishAfter(after_n_batches=1)])
        self.assertEqual(len(loop.bulky), 1000)
        loop.run()
        self.assertNotIn('_bulky', loop.__getstate__())
        again = pickle.loads(pickle.dumps(loop))
        self.assertNotIn('_bulky', vars(again))
        self.assertEqual(again.bulky, loop.bulky)

    def test_interrupts_of_a_main_loop(self):
        loop = regression_loop([FinishAfter(after_n_batches=1)])
        loop.run()
        again = pickle.loads(pickle.dumps(loop))
        self.assertIsNone(again.interrupted_by)
        self.assertIsNone(again.saved_as)
