"""Tests of Blocks 0.0.1's dumps, the folders that main loops save to."""
import os
import tempfile
import unittest

import numpy
from blocks.algorithms import GradientDescent, Scale
from blocks.bricks import Linear
from blocks.dump import (
    Dump,
    LoadFromDump,
    MainLoopDumpManager,
    save_parameter_values,
)
from blocks.extensions import FinishAfter
from blocks.graph import ComputationGraph
from blocks.initialization import IsotropicGaussian
from blocks.main_loop import MainLoop
from blocks.model import Model
from blocks.serialization import dump, load_parameter_values
from fuel.datasets import IndexableDataset
from fuel.schemes import SequentialScheme
from fuel.streams import DataStream
from numpy.testing import assert_array_equal
from theano import tensor


def main_loop(seed, epochs, *extensions):
    data = numpy.random.RandomState(0).normal(size=(6, 2))
    stream = DataStream(
        IndexableDataset({'x': data.astype(tensor.matrix().dtype)}),
        iteration_scheme=SequentialScheme(6, 2))
    linear = Linear(2, 3, weights_init=IsotropicGaussian(.1),
                    biases_init=IsotropicGaussian(.1), seed=seed)
    linear.initialize()
    cost = (linear.apply(tensor.matrix('x')) ** 2).mean()
    return MainLoop(
        GradientDescent(cost=cost, step_rule=Scale(.1), parameters=(
            ComputationGraph(cost).parameters)),
        stream, model=Model(cost),
        extensions=[FinishAfter(after_n_epochs=epochs), *extensions])


class TestDump(unittest.TestCase):

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = os.path.join(folder.name, 'dumped')

    def values(self, loop):
        return loop.model.get_parameter_values()

    def assert_same(self, first, second):
        self.assertEqual(first.keys(), second.keys())
        for name in first:
            assert_array_equal(first[name], second[name])

    def test_training_continues_from_a_dump(self):
        first = main_loop(1, 2, Dump(self.folder))
        first.run()
        self.assertEqual(sorted(os.listdir(self.folder)),
                         ['iterations_state.pkl', 'log', 'params.npz'])
        self.assertEqual(first.log.current_row['saved_to'], self.folder)
        second = main_loop(2, 3, LoadFromDump(self.folder))
        second.run()
        self.assertEqual(second.log.status['epochs_done'], 3)
        self.assertEqual(second.log[6]['loaded_from'], self.folder)
        whole = main_loop(1, 3)
        whole.run()
        self.assert_same(self.values(second), self.values(whole))

    def test_training_continues_in_the_middle_of_an_epoch(self):
        first = main_loop(1, 3, Dump(self.folder, after_training=False,
                                     after_n_batches=4))
        first.run()
        second = main_loop(2, 3, LoadFromDump(self.folder))
        second.run()
        self.assertEqual(second.log.status['iterations_done'], 9)
        self.assert_same(self.values(second), self.values(first))

    def test_without_a_dump_training_starts_from_scratch(self):
        loop = main_loop(1, 1, LoadFromDump(self.folder))
        with self.assertLogs('blocks.dump', 'WARNING'):
            loop.run()
        self.assertEqual(loop.log.status['epochs_done'], 1)

    def test_parameters_alone(self):
        loop = main_loop(1, 1)
        manager = MainLoopDumpManager(self.folder)
        os.mkdir(self.folder)
        manager.dump_parameters(loop)
        with numpy.load(manager.path_to_parameters) as arrays:
            self.assertEqual(sorted(arrays.files), ['-linear.W', '-linear.b'])
        self.assert_same(manager.load_parameters(), self.values(loop))


class TestParameterValues(unittest.TestCase):

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.path = os.path.join(folder.name, 'saved')

    def test_of_an_npz_file(self):
        values = {'/mlp/linear.W': numpy.arange(6.).reshape(2, 3),
                  'b': numpy.zeros(3)}
        save_parameter_values(values, self.path + '.npz')
        with self.assertWarnsRegex(DeprecationWarning, 'load_parameters'):
            loaded = load_parameter_values(self.path + '.npz')
        self.assertEqual(sorted(loaded), sorted(values))
        for name, value in values.items():
            assert_array_equal(loaded[name], value)

    def test_of_a_file_written_by_dump(self):
        model = main_loop(1, 1).model
        with open(self.path, 'wb') as file:
            dump(None, file, parameters=model.parameters)
        with self.assertWarns(DeprecationWarning):
            loaded = load_parameter_values(self.path)
        assert_array_equal(loaded['/linear.W'],
                           model.get_parameter_values()['/linear.W'])

    def test_names_that_do_not_round_trip(self):
        with self.assertRaisesRegex(ValueError, "must not have '-'"):
            save_parameter_values({'/a-b.W': numpy.ones(1)}, self.path)
        self.assertFalse(os.path.exists(self.path + '.npz'))
