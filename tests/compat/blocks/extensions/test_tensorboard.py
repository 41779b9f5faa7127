"""Tests of the event files that TensorBoard reads."""
import os
import pickle
import struct
import sys
import tempfile
import unittest
from unittest import mock

import numpy
import theano
from blocks.algorithms import GradientDescent, Scale
from blocks.extensions import FinishAfter
from blocks.extensions.monitoring import TrainingDataMonitoring
from blocks.extensions.tensorboard import TensorBoard
from blocks.main_loop import MainLoop
from blocks.model import Model
from blocks.roles import PARAMETER, add_role
from fuel.datasets import IterableDataset
from numpy.testing import assert_allclose
from tensorboardX.proto.event_pb2 import Event, SessionLog
from theano import tensor


def events(folder):
    """Return what TensorBoard shows, [(step, value), ...] by tag.

    A session that starts at a step replaces earlier events from there on.

    """
    shown = {}
    for name in sorted(os.listdir(folder)):
        if os.path.isdir(os.path.join(folder, name)):  # another run's
            continue
        with open(os.path.join(folder, name), 'rb') as file_:
            content = file_.read()
        at = 0
        while at < len(content):
            length, = struct.unpack('<Q', content[at:at + 8])
            event = Event.FromString(content[at + 12:at + 12 + length])
            at += 12 + length + 4
            if event.session_log.status == SessionLog.START:
                shown = {tag: [point for point in points
                               if point[0] < event.step]
                         for tag, points in shown.items()}
            for value in event.summary.value:
                shown.setdefault(value.tag, []).append((event.step, value))
    return shown


def scalars(folder, tag):
    return [(step, round(value.simple_value, 5))
            for step, value in events(folder).get(tag, [])]


def make_loop(extension, epochs=2):
    x = tensor.vector('x')
    w = theano.shared(numpy.array([1., 2.], theano.config.floatX), name='w')
    add_role(w, PARAMETER)
    cost = (w * x).sum().copy('cost')
    algorithm = GradientDescent(cost=cost, parameters=[w],
                                step_rule=Scale(0.5))
    stream = IterableDataset({'x': numpy.array(
        [[1, 2], [3, 4]], theano.config.floatX)}).get_example_stream()
    return MainLoop(algorithm, stream, model=Model(cost), extensions=[
        TrainingDataMonitoring([cost], after_batch=True), extension,
        FinishAfter(after_n_epochs=epochs)])


class TestTensorBoard(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = folder.name

    # By hand: w is (1, 2), (.5, 1), (-1, -1), (-1.5, -2).
    COSTS = [(1, 5.), (2, 5.5), (3, -3.), (4, -12.5)]

    def test_scalars_at_their_iterations(self):
        make_loop(TensorBoard(self.folder)).run()
        self.assertEqual(scalars(self.folder, 'cost'), self.COSTS)

    def test_histograms(self):
        make_loop(TensorBoard(self.folder, parameters=True,
                              gradients=True)).run()
        shown = events(self.folder)
        tags = {tag.split('/')[0].rstrip('w'): tag for tag in shown
                if shown[tag][0][1].HasField('histo')}
        at_4 = {kind: dict(shown[tag])[4].histo
                for kind, tag in tags.items()}
        assert_allclose((at_4['parameters'].min, at_4['parameters'].max),
                        (-4, -3))
        assert_allclose((at_4['gradients'].min, at_4['gradients'].max),
                        (3, 4))

    def test_resumed_without_duplicates(self):
        extension = TensorBoard(self.folder, after_training=False)
        loop = make_loop(extension, epochs=1)
        loop.run()
        state = pickle.dumps((extension.__getstate__(), loop.log))
        # Events written after the checkpoint, before the process was killed:
        loop.log[3]['cost'] = 99.
        loop.log.status['iterations_done'] = 3
        extension.do('after_epoch')
        self.assertIn((3, 99.), scalars(self.folder, 'cost'))
        again = TensorBoard.__new__(TensorBoard)
        old, log = pickle.loads(state)
        again.__setstate__(old)
        loop.log = log
        again.main_loop = loop
        for time, cost in self.COSTS[2:]:
            log[time]['cost'] = cost
            log.status['iterations_done'] = time
            again.do('after_batch')
        again.do('after_training')
        self.assertEqual(scalars(self.folder, 'cost'), self.COSTS)

    def test_results_after_training(self):
        extension = TensorBoard(self.folder)
        loop = make_loop(extension)
        loop.run()
        loop.log.current_row['test_cost'] = 7.
        extension.do('after_training')
        self.assertEqual(scalars(self.folder, 'test_cost'), [(4, 7.)])
        # No earlier record is hidden or repeated.
        self.assertEqual(scalars(self.folder, 'cost'), self.COSTS)

    def test_other_records_are_text_and_histograms(self):
        extension = TensorBoard(self.folder)
        loop = make_loop(extension)
        extension.main_loop = loop
        loop.log[0].update(saved_to=('a.tar',), norms=numpy.arange(3.),
                           done=True)
        extension.do('after_training')
        shown = events(self.folder)
        self.assertEqual(scalars(self.folder, 'done'), [(0, 1.)])
        self.assertEqual(shown['norms'][0][1].histo.max, 2)
        text, = [points for tag, points in shown.items()
                 if tag.startswith('saved_to')]
        self.assertIn(b'a.tar', text[0][1].tensor.string_val[0])

    def test_missing_package(self):
        with mock.patch.dict(sys.modules, {'tensorboardX': None}):
            with self.assertRaisesRegex(ImportError, 'pip install'):
                TensorBoard(self.folder)
