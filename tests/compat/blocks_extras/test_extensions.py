"""Tests of predictions and of a shell during training."""
import os
import signal
import sys
import tempfile
import types
import unittest

import numpy
from blocks.extensions import FinishAfter, SimpleExtension
from blocks_extras.extensions.embed_ipython import EmbedIPython
from blocks_extras.extensions.predict import PredictDataStream
from fuel.datasets import IndexableDataset
from fuel.schemes import SequentialScheme
from fuel.streams import DataStream
from numpy.testing import assert_array_equal
from theano import tensor

from tests.compat.blocks.training import counting_loop


class Hangup(SimpleExtension):
    """Sends SIGHUP in place of the user."""

    def do(self, which_callback, *args):
        os.kill(os.getpid(), signal.SIGHUP)


class TestPredictDataStream(unittest.TestCase):

    def setUp(self):
        self.data = numpy.arange(10.).reshape(5, 2)
        self.stream = DataStream(
            IndexableDataset({'x': self.data, 'unused': range(5)}),
            iteration_scheme=SequentialScheme(5, 2))
        self.x = tensor.dmatrix('x')
        self.double, self.sums = 2 * self.x, self.x.sum(axis=1)
        self.double.name, self.sums.name = 'double', 'sums'

    def test_values_of_an_epoch(self):
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, 'predicted.npz')
            predict = PredictDataStream(
                DataStream(IndexableDataset({'x': self.data}),
                           iteration_scheme=SequentialScheme(5, 2)),
                [self.double, self.sums], path=path)
            self.assertIsNone(predict.prediction)
            for _ in range(2):
                predict.do('after_training')
            with numpy.load(path) as saved:
                saved = dict(saved)
        for values in predict.prediction, saved:
            self.assertEqual(sorted(values), ['double', 'sums'])
            assert_array_equal(values['double'], 2 * self.data)
            assert_array_equal(values['sums'], self.data.sum(axis=1))

    def test_names(self):
        for variables in [self.x + 1], [self.double, self.double.copy(
                name='double')]:
            with self.assertRaisesRegex(ValueError, 'different names'):
                PredictDataStream(self.stream, variables)


class TestEmbedIPython(unittest.TestCase):

    def setUp(self):
        before = signal.getsignal(signal.SIGHUP)
        self.addCleanup(signal.signal, signal.SIGHUP, before)
        self.opened = []
        shell = types.ModuleType('IPython')
        shell.embed = lambda user_ns=None: self.opened.append(user_ns)
        before = sys.modules.get('IPython')
        sys.modules['IPython'] = shell
        self.addCleanup(sys.modules.pop, 'IPython')
        if before is not None:
            self.addCleanup(sys.modules.__setitem__, 'IPython', before)

    def run_training(self, *others, **kwargs):
        marker = 'a variable of the caller'  # noqa: F841
        loop = counting_loop([EmbedIPython(**kwargs), *others,
                              FinishAfter(after_n_epochs=1)])
        loop.run()
        return loop

    def test_opens_once_after_a_signal_and_training_continues(self):
        loop = self.run_training(Hangup(after_n_batches=2))
        self.assertEqual(self.opened, [None])
        self.assertEqual(loop.log.status['iterations_done'], 4)

    def test_does_not_open_without_a_signal(self):
        self.run_training()
        self.assertEqual(self.opened, [])

    def test_variables_of_the_caller(self):
        self.run_training(Hangup(after_n_batches=1),
                          use_main_loop_run_caller_env=True)
        self.assertEqual(self.opened[0]['marker'],
                         'a variable of the caller')
