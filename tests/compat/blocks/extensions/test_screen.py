import contextlib
import io
import os
import pickle
import pty
import sys
import unittest
from unittest import mock

import numpy
from blocks.extensions import (
    FinishAfter,
    Printing,
    ProgressBar,
    TrainingExtension,
)
from blocks.extensions.printing import WIDTH, format_table, format_value
from fuel.datasets import IndexableDataset
from fuel.schemes import (
    BatchSizeScheme,
    ConstantScheme,
    SequentialExampleScheme,
    SequentialScheme,
    ShuffledScheme,
)
from fuel.streams import DataStream
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.compat.blocks.training import counting_loop, regression_loop


class Write(TrainingExtension):
    """Writes records before the following extensions print them."""

    def __init__(self, **records):
        super().__init__()
        self.records = records

    def after_epoch(self):
        epoch = self.main_loop.status['epochs_done']
        for name, value in self.records.items():
            self.main_loop.log.current_row[name] = (
                value / epoch if isinstance(value, float) else value)


def printed(*extensions, epochs=2, **kwargs):
    """Return the output of training."""
    main_loop = counting_loop(
        [*extensions, FinishAfter(after_n_epochs=epochs)], **kwargs)
    with contextlib.redirect_stdout(io.StringIO()) as screen:
        main_loop.run()
    return screen.getvalue()


class TestPrinting(unittest.TestCase):

    def test_table(self):
        text = printed(Write(cost=1., valid_cost=3., _hidden=1), Printing())
        for line in ('BEFORE FIRST EPOCH', 'AFTER EPOCH 1', 'AFTER EPOCH 2',
                     'TRAINING HAS BEEN FINISHED'):
            self.assertEqual(text.count(line), 1, line)
        self.assertRegex(text, r'AFTER EPOCH 2 +iteration 8\n')
        self.assertRegex(text, r'now    last printed\n'
                         r'  cost +0\.5 +1\n  valid_cost +1\.5 +3\n')
        for hidden in '_hidden', 'epoch_started', 'resumed_from', 'None':
            self.assertNotIn(hidden, text)
        self.assertLess(max(map(len, text.splitlines())), 80)

    def test_status(self):
        main_loop = counting_loop([Printing(), FinishAfter(
            after_n_epochs=1)])
        main_loop.status['best_cost'] = 0.125
        with contextlib.redirect_stdout(io.StringIO()) as screen:
            main_loop.run()
            main_loop.extensions[1].set_conditions(after_n_epochs=2)
            main_loop.run()
        self.assertRegex(screen.getvalue(), r'Status\n  best_cost +0\.125\n')
        self.assertRegex(screen.getvalue(), r'TRAINING HAS BEEN RESUMED')
        self.assertRegex(screen.getvalue(), r'  resumed_from +[0-9a-f]{32}\n')

    def test_interrupt_prints_one_table(self):
        class Interrupt(TrainingExtension):
            def after_batch(self, batch):
                self.main_loop.log.current_row['cost'] = 1.5
                self.main_loop.status['batch_interrupt_received'] = True

        text = printed(Interrupt(), Printing())
        self.assertIn('TRAINING HAS BEEN INTERRUPTED', text)
        self.assertEqual(text.count('cost'), 1)

    def test_values(self):
        for value, text in [
                (0.123456789, '0.123457'), (numpy.float32(0.5), '0.5'),
                (numpy.array(1e-10), '1e-10'), (12345678, '12345678'),
                (numpy.int64(3), '3'), (True, 'True'), (None, 'None'),
                (numpy.array([0.5, 1]), '[0.5 1. ]'),
                (float('nan'), 'nan'), ('text', 'text')]:
            self.assertEqual(format_value(value), text)

    def test_long_values_are_not_truncated(self):
        path = '/'.join(['folder'] * 30) + '/checkpoint.tar'
        name = 'name_' * 30
        text = '\n'.join(format_table({
            'saved_to': path, name: 0.5, 'error': 'Traceback\n  line\n\nend',
            'norms': numpy.arange(100.)}))
        joined = ''.join(text.split())
        for part in (path, name, '0.5', 'Traceback', 'end', '99.'):
            self.assertIn(part, joined)
        self.assertLess(max(map(len, text.splitlines())), 80)

    @settings(deadline=None, max_examples=50, derandomize=True)
    @given(st.dictionaries(
        st.text('abc_xyz', min_size=1, max_size=120),
        st.one_of(st.floats(), st.integers(), st.booleans(),
                  st.text('abc /\n', max_size=200))))
    def test_always_fits(self, records):
        for previous in None, dict.fromkeys(records, '0.123457'):
            for line in format_table(records, previous):
                self.assertLessEqual(len(line), WIDTH)


class TestProgressBar(unittest.TestCase):

    def drawn(self, *extensions, loop=counting_loop, **kwargs):
        """Return the output on a terminal."""
        terminal, its_end = pty.openpty()
        self.addCleanup(os.close, terminal)
        with open(its_end, 'w') as screen, \
                mock.patch.object(sys, 'stderr', screen):
            loop([ProgressBar(), *extensions], **kwargs).run()
            screen.flush()
            os.set_blocking(terminal, False)
            text = b''
            with contextlib.suppress(BlockingIOError):
                while True:
                    text += os.read(terminal, 4096)
            return text.decode()

    def test_draws_batches_rate_time_and_cost(self):
        text = self.drawn(FinishAfter(after_n_epochs=2),
                          loop=regression_loop)
        self.assertRegex(text, r'Epoch 1: 100%.* 5/5 \[\d\d:\d\d<\d\d:\d\d, '
                               r'.* batches/s, cost=\d')
        self.assertIn('Epoch 2:', text)
        self.assertNotIn('\x1b[3', text)  # colours

    def test_length_is_learned_in_the_first_epoch(self):
        text = self.drawn(FinishAfter(after_n_epochs=2))
        self.assertRegex(text, r'Epoch 1: 4 batches \[')
        self.assertRegex(text, r'Epoch 2: 100%.* 4/4 \[')

    def test_resumes_within_an_epoch(self):
        finish = FinishAfter(after_n_batches=6)

        def twice(extensions):
            main_loop = counting_loop([*extensions, finish])
            main_loop.run()
            finish.set_conditions(after_n_batches=7)
            return main_loop

        self.assertRegex(self.drawn(loop=twice),
                         r'Epoch 2:  75%.* 3/4 \[')

    def test_no_output_without_a_terminal(self):
        with contextlib.redirect_stderr(io.StringIO()) as screen:
            counting_loop([ProgressBar(),
                           FinishAfter(after_n_epochs=2)]).run()
        self.assertEqual(screen.getvalue(), '')

    def test_iterations_per_epoch(self):
        data = IndexableDataset({'data': numpy.arange(10)})
        bar = ProgressBar()
        bar.main_loop = mock.Mock()
        for scheme, expected in [
                (SequentialScheme(10, 5), 2), (ShuffledScheme(10, 4), 3),
                (SequentialExampleScheme(10), 10),
                (ConstantScheme(3, num_examples=10), 4),
                (ConstantScheme(3, times=7), 7), (ConstantScheme(3), None)]:
            with self.subTest(scheme=scheme):
                bar.main_loop.data_stream = DataStream(
                    data, iteration_scheme=scheme)
                self.assertEqual(bar.get_iter_per_epoch(), expected)
                if expected is not None and not isinstance(
                        scheme, BatchSizeScheme):
                    self.assertEqual(
                        len(list(bar.main_loop.data_stream
                                 .get_epoch_iterator())), expected)

    def test_pickle_without_the_bar(self):
        bar = ProgressBar()
        bar.bar = open(os.devnull)
        self.addCleanup(bar.bar.close)
        self.assertIsNone(pickle.loads(pickle.dumps(bar)).bar)
