import pickle
import unittest
from unittest import mock

from blocks.extensions import (
    CallbackName,
    CompositeExtension,
    FinishAfter,
    SimpleExtension,
    TrainingExtension,
)
from blocks.extensions.base import CALLBACK_NAMES
from blocks.extensions.predicates import OnLogRecord

from tests.compat.blocks.training import counting_loop


class Recorder(SimpleExtension):
    """Records when it runs and with which arguments."""

    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.runs = []

    def do(self, which_callback, *args):
        status = self.main_loop.status
        self.runs.append((str(which_callback), status['epochs_done'],
                          status['iterations_done'], *args))


def runs(**triggers):
    """Return when an extension runs in three epochs of four batches."""
    recorder = Recorder(**triggers)
    counting_loop([recorder, FinishAfter(after_n_epochs=3)]).run()
    return [(callback, epochs, iterations)
            for callback, epochs, iterations, *_ in recorder.runs]


class TestTriggers(unittest.TestCase):

    def test_each_trigger(self):
        per_epoch = [(1, 4), (2, 8), (3, 12)]
        cases = {
            'before_training': [('before_training', 0, 0)],
            'before_first_epoch': [('before_epoch', 0, 0)],
            'before_epoch': [('before_epoch', 0, 0), ('before_epoch', 1, 4),
                             ('before_epoch', 2, 8)],
            'before_batch': [('before_batch', n // 4, n) for n in range(12)],
            'after_batch': [('after_batch', (n - 1) // 4, n)
                            for n in range(1, 13)],
            'after_epoch': [('after_epoch', *when) for when in per_epoch],
            'after_training': [('after_training', 3, 12)],
            'on_resumption': [], 'on_interrupt': [], 'on_error': []}
        self.assertEqual(set(cases), SimpleExtension.BOOLEAN_TRIGGERS)
        for trigger, expected in cases.items():
            with self.subTest(trigger):
                self.assertEqual(runs(**{trigger: True}), expected)
                self.assertEqual(runs(**{trigger: False}), [])

    def test_counting_triggers(self):
        for trigger, number, expected in [
                ('after_n_epochs', 2, [('after_epoch', 2, 8)]),
                ('every_n_epochs', 2, [('after_epoch', 2, 8)]),
                ('every_n_epochs', 1, [('after_epoch', 1, 4),
                                       ('after_epoch', 2, 8),
                                       ('after_epoch', 3, 12)]),
                ('after_n_batches', 5, [('after_batch', 1, 5)]),
                ('every_n_batches', 5, [('after_batch', 1, 5),
                                        ('after_batch', 2, 10)]),
                ('every_n_batches', 1e1, [('after_batch', 2, 10)]),
                ('every_n_batches', None, [])]:
            with self.subTest(trigger, n=number):
                self.assertEqual(runs(**{trigger: number}), expected)
        for number in (-1, 0.5, 'often'):
            self.assertRaisesRegex(
                ValueError, 'every_n_epochs takes a positive integer',
                Recorder, every_n_epochs=number)

    def test_several_conditions_are_several_runs(self):
        self.assertEqual(runs(after_n_batches=4, every_n_batches=4)[:2],
                         [('after_batch', 0, 4)] * 2)

    def test_conditions_with_predicates_and_arguments(self):
        recorder = Recorder()
        self.assertIs(recorder.add_condition(
            ['before_first_epoch', 'after_epoch'],
            OnLogRecord('training_finish_requested'), ['path', 2]), recorder)
        finish = FinishAfter(after_n_epochs=2)
        counting_loop([finish, recorder]).run()
        self.assertEqual(recorder.runs, [('after_epoch', 2, 8, 'path', 2)])

    def test_conditions_replaced(self):
        recorder = Recorder(after_batch=True)
        self.assertIs(recorder.set_conditions(after_training=True), recorder)
        counting_loop([recorder, FinishAfter(after_n_epochs=1)]).run()
        self.assertEqual(len(recorder.runs), 1)

    def test_typos(self):
        recorder = Recorder()
        self.assertRaisesRegex(KeyError, "'after_bacth' is not a trigger",
                               recorder.set_conditions, after_bacth=True)
        self.assertRaises(TypeError, Recorder, after_bacth=True)
        self.assertRaisesRegex(ValueError, "'after_bacth' is not a callback",
                               recorder.add_condition, ['after_bacth'])
        self.assertRaisesRegex(ValueError, r"write \['after_batch'\]",
                               recorder.add_condition, 'after_batch')
        name = CallbackName('after_batch')
        self.assertTrue(name == 'after_batch')
        self.assertTrue(name != 'after_epoch')
        self.assertEqual({name: 1}, {'after_batch': 1})
        for compare in (name.__eq__, name.__ne__):
            self.assertRaisesRegex(TypeError, 'after_bacth', compare,
                                   'after_bacth')

    def test_parse_args(self):
        for callback in CALLBACK_NAMES:
            from_loop = int('batch' in callback or callback == 'on_error')
            args = 'batch', 'user', 'more'
            self.assertEqual(SimpleExtension.parse_args(callback, args),
                             (args[:from_loop], args[from_loop:]))

    def test_no_main_loop(self):
        self.assertRaisesRegex(ValueError, 'Recorder belongs to no main loop',
                               lambda: Recorder().main_loop)

    def test_pickle(self):
        recorder = Recorder(every_n_epochs=2, before_first_epoch=True)
        recorder.add_condition(['after_batch'], OnLogRecord('best'), ['p'])
        again = pickle.loads(pickle.dumps(recorder))
        self.assertEqual(len(again._conditions), 3)
        self.assertEqual(again._conditions[-1], recorder._conditions[-1])


class TestTrainingExtension(unittest.TestCase):

    def test_dispatch(self):
        extension = TrainingExtension()
        self.assertEqual(extension.name, 'TrainingExtension')
        self.assertEqual(TrainingExtension('mine').name, 'mine')
        for name in CALLBACK_NAMES:
            args = [1] if 'batch' in name or name == 'on_error' else []
            with mock.patch.object(extension, name) as method:
                extension.dispatch(CallbackName(name), *args)
            method.assert_called_once_with(*args)
            extension.dispatch(name, *args)


class TestCompositeExtension(unittest.TestCase):

    def test_order(self):
        for before in (True, False):
            trace = []

            class Part(SimpleExtension):
                def do(self, which_callback, *args):
                    trace.append(self.name)

            class Whole(CompositeExtension):
                def do(self, which_callback, *args):
                    trace.append('whole')

            parts = [Part(name='a', after_epoch=True),
                     Part(name='b', after_epoch=True, before_training=True)]
            whole = Whole(parts, run_before_children=before,
                          after_epoch=True)
            counting_loop([whole, FinishAfter(after_n_epochs=1)]).run()
            self.assertEqual(trace, ['b', 'whole', 'a', 'b'] if before
                             else ['b', 'a', 'b', 'whole'])
            self.assertIs(parts[0].main_loop, whole.main_loop)

    def test_does_nothing_by_itself(self):
        main_loop = counting_loop([
            CompositeExtension([], after_batch=True),
            FinishAfter(after_n_epochs=1)])
        main_loop.run()
        self.assertEqual(main_loop.status['iterations_done'], 4)
