import os
import pickle
import signal
import threading
import unittest
from concurrent.futures import ThreadPoolExecutor
from unittest import mock

from blocks.config import config
from blocks.extensions import FinishAfter, TrainingExtension
from blocks.extensions.base import CALLBACK_NAMES
from blocks.main_loop import MainLoop
from fuel.datasets import IterableDataset

from tests.compat.blocks.training import CountingAlgorithm, counting_loop


class Trace(TrainingExtension):
    """Records each callback with the number of iterations done."""

    def __init__(self):
        super().__init__()
        self.trace = []

    def dispatch(self, callback_name, *args):
        self.trace.append((str(callback_name),
                           self.main_loop.status['iterations_done']))


class AfterBatch(TrainingExtension):
    """Performs an action after a certain batch."""

    def __init__(self, number, action):
        super().__init__()
        self.number, self.action = number, action

    def after_batch(self, batch):
        if self.main_loop.status['iterations_done'] == self.number:
            self.action()


def send(number):
    return lambda: os.kill(os.getpid(), number)


class TestRun(unittest.TestCase):

    def test_callbacks_in_order(self):
        trace = Trace()
        main_loop = counting_loop(
            [trace, FinishAfter(after_n_batches=3)], length=2)
        main_loop.run()
        self.assertEqual(trace.trace, [
            ('before_training', 0), ('before_epoch', 0),
            ('before_batch', 0), ('after_batch', 1),
            ('before_batch', 1), ('after_batch', 2), ('after_epoch', 2),
            ('before_epoch', 2), ('before_batch', 2), ('after_batch', 3),
            ('after_training', 3)])
        self.assertEqual(main_loop.algorithm.calls, ['initialize', 0, 1, 0])
        self.assertEqual(main_loop.status['_epoch_ends'], [2])
        self.assertTrue(main_loop.log[3]['training_finished'])

    def test_resumes_where_it_stopped(self):
        for pickled in (False, True):
            main_loop = counting_loop([FinishAfter(after_n_batches=3)])
            main_loop.run()
            if pickled:
                main_loop = pickle.loads(pickle.dumps(main_loop))
            main_loop.extensions[0].set_conditions(after_n_batches=9)
            trace = Trace()
            main_loop.extensions.append(trace)
            old = main_loop.log.h_uuid
            main_loop.run()
            self.assertEqual(
                main_loop.algorithm.calls,
                ['initialize', 0, 1, 2, 'resume', 3, 0, 1, 2, 3, 0])
            self.assertEqual(trace.trace[:3], [
                ('on_resumption', 3), ('before_batch', 3),
                ('after_batch', 4)])
            self.assertEqual(main_loop.status['resumed_from'], old)
            # As if it had never stopped.
            self.assertNotIn('training_finished', main_loop.log[3])
            self.assertEqual(main_loop.status['_epoch_ends'], [4, 8])

    def test_finished_at_the_last_batch_of_an_epoch(self):
        main_loop = counting_loop([FinishAfter(after_n_batches=4)])
        main_loop.run()
        self.assertEqual(main_loop.status['epochs_done'], 0)
        main_loop.extensions[0].set_conditions(after_n_batches=6)
        main_loop.run()
        self.assertEqual(main_loop.status['epochs_done'], 1)
        self.assertEqual(main_loop.status['iterations_done'], 6)

    def test_empty_epoch(self):
        main_loop = counting_loop(length=0)
        self.assertRaisesRegex(ValueError, 'had no batch', main_loop.run)

    def test_stream_that_ends(self):
        class Once:
            def __init__(self):
                self.epochs = iter([iter([{'data': 1}, {'data': 2}])])

            def get_epoch_iterator(self, as_dict):
                return next(self.epochs)

        trace = Trace()
        main_loop = MainLoop(CountingAlgorithm(), Once(),
                             extensions=[trace])
        main_loop.run()
        self.assertEqual(trace.trace[-1], ('after_training', 2))

    def test_errors(self):
        for fails_again in (False, True):
            def fail():
                raise KeyError('of the batch')

            trace = Trace()
            bad = TrainingExtension()
            if fails_again:
                bad.on_error = mock.Mock(side_effect=RuntimeError)
            main_loop = counting_loop([AfterBatch(2, fail), bad, trace])
            with self.assertRaisesRegex(KeyError, 'of the batch'), \
                    self.assertLogs('blocks.main_loop', 'ERROR') as logs:
                main_loop.run()
            self.assertIn('of the batch', main_loop.log[2]['got_exception'])
            callbacks = [name for name, _ in trace.trace]
            self.assertEqual('on_error' in callbacks, not fails_again)
            self.assertNotIn('after_training', callbacks)
            self.assertEqual(len(logs.output), 1 + fails_again)

    def test_one_run_at_a_time(self):
        seen = []

        class Again(TrainingExtension):
            def after_batch(self, batch):
                run = self.main_loop.run
                with ThreadPoolExecutor(1) as pool:
                    for call in run, lambda: pool.submit(run).result(60):
                        try:
                            call()
                        except RuntimeError as error:
                            seen.append(str(error))
                # A copy that is saved now can run later.
                seen.append(pickle.loads(pickle.dumps(
                    self.main_loop._interrupts)).active)

        loop = counting_loop([FinishAfter(every_n_batches=1), Again()])
        loop.run()
        self.assertEqual(len(seen), 3)
        self.assertRegex(seen[0], 'already running')
        self.assertEqual(seen[1:], [seen[0], False])
        loop.extensions.pop()
        loop.run()
        self.assertEqual(loop.status['iterations_done'], 2)

    def test_model_and_names(self):
        main_loop = counting_loop([FinishAfter(name='a'),
                                   FinishAfter(name='b'),
                                   FinishAfter(name='b')])
        self.assertRaisesRegex(AttributeError, 'no model.*model=Model',
                               getattr, main_loop, 'model')
        self.assertFalse(hasattr(main_loop, 'model'))
        self.assertIs(main_loop.find_extension('a'), main_loop.extensions[0])
        for name, count in [('b', 2), ('c', 0)]:
            self.assertRaisesRegex(ValueError,
                                   f'{count} extensions.*are: a, b, b',
                                   main_loop.find_extension, name)
        self.assertRaisesRegex(ValueError, 'python, sqlite.*csv', MainLoop,
                               None, None, log_backend='csv')

    def test_profile(self):
        self.addCleanup(setattr, config, 'profile', False)
        config.profile = True
        main_loop = counting_loop([FinishAfter(after_n_epochs=1)])
        with mock.patch('sys.stderr') as screen:
            main_loop.run()
        text = ''.join(call.args[0] for call in screen.write.call_args_list)
        for section in ('Initialization', 'Training', '  Epoch',
                        '    Read data', '    Train ', '      FinishAfter',
                        '    Other'):
            self.assertIn('\n' + section, text)
        total = main_loop.profile.total
        self.assertGreaterEqual(
            total['training',], total['training', 'epoch'])
        self.assertGreaterEqual(
            total['training', 'epoch'],
            total['training', 'epoch', 'train']
            + total['training', 'epoch', 'read_data'])

    def test_empty_profile(self):
        from io import StringIO

        from blocks.utils.profile import Profile
        report = StringIO()
        Profile().report(report)
        self.assertIn('Nothing was timed', report.getvalue())


class TestInterrupts(unittest.TestCase):

    def setUp(self):
        self.handlers = [signal.getsignal(number) for number
                         in (signal.SIGINT, signal.SIGTERM)]

    def tearDown(self):
        self.assertEqual(self.handlers, [
            signal.getsignal(number) for number
            in (signal.SIGINT, signal.SIGTERM)])

    def test_first_signal_ends_after_the_batch(self):
        for number in signal.SIGINT, signal.SIGTERM:
            trace = Trace()
            main_loop = counting_loop([AfterBatch(2, send(number)), trace,
                                       FinishAfter(after_n_epochs=2)])
            with self.assertLogs('blocks.interrupts') as logs:
                main_loop.run()
            self.assertIn(signal.Signals(number).name, logs.output[0])
            self.assertEqual(trace.trace[-3:], [
                ('after_batch', 2), ('on_interrupt', 2),
                ('after_training', 2)])
            self.assertTrue(main_loop.log[2]['batch_interrupt_received'])
            main_loop.run()
            self.assertEqual(main_loop.status['iterations_done'], 8)
            self.assertFalse(main_loop.status['batch_interrupt_received'])

    def test_during_a_batch(self):
        main_loop = counting_loop()
        main_loop.algorithm.process_batch = (
            lambda batch: send(signal.SIGINT)())
        main_loop.run()
        self.assertEqual(main_loop.status['iterations_done'], 1)

    def test_second_interrupt_ends_at_once(self):
        for first in signal.SIGINT, signal.SIGTERM:
            trace = Trace()
            main_loop = counting_loop([
                AfterBatch(2, send(first)),
                AfterBatch(2, send(signal.SIGINT)), trace])
            self.assertRaises(KeyboardInterrupt, main_loop.run)
            self.assertEqual(trace.trace[-1], ('before_batch', 1))

    def test_second_sigterm_changes_nothing(self):
        main_loop = counting_loop([AfterBatch(2, send(signal.SIGTERM)),
                                   AfterBatch(2, send(signal.SIGTERM))])
        main_loop.run()
        self.assertEqual(main_loop.status['iterations_done'], 2)

    def test_signal_while_saving(self):
        class Save(TrainingExtension):
            def after_training(self):
                send(signal.SIGTERM)()
                self.saved = True

        save = Save()
        counting_loop([save, FinishAfter(after_n_batches=1)]).run()
        self.assertTrue(save.saved)

    def test_at_the_end_of_the_epoch(self):
        main_loop = counting_loop()
        main_loop.extensions.append(AfterBatch(2, lambda: (
            main_loop.status.update(epoch_interrupt_received=True))))
        main_loop.run()
        self.assertEqual(main_loop.status['iterations_done'], 4)

    def test_in_a_thread(self):
        main_loop = counting_loop([FinishAfter(after_n_epochs=1)])
        thread = threading.Thread(target=main_loop.run)
        thread.start()
        thread.join()
        self.assertEqual(main_loop.status['iterations_done'], 4)


def test_every_callback_is_called_by_some_training():
    trace = Trace()
    main_loop = counting_loop([
        AfterBatch(1, send(signal.SIGINT)), AfterBatch(7, lambda: 1 / 0),
        trace])
    main_loop.run()
    try:
        main_loop.run()
    except ZeroDivisionError:
        pass
    assert {name for name, _ in trace.trace} == CALLBACK_NAMES


def test_original_names_are_there():
    main_loop = counting_loop()
    assert main_loop.iteration_state == (main_loop.data_stream, None)
    stream = IterableDataset(range(2)).get_example_stream()
    main_loop.iteration_state = stream, iter([])
    assert main_loop.data_stream is stream
