import os
import re
import tempfile
import unittest
from functools import partial

import numpy
import theano
from blocks.algorithms import Adam, UpdatesAlgorithm
from blocks.extensions import FinishAfter, Timestamp, Timing, TrainingExtension
from blocks.extensions.monitoring import (
    DataStreamMonitoring,
    MonitoringExtension,
    TrainingDataMonitoring,
)
from blocks.extensions.plot import Plot
from blocks.extensions.saveload import Checkpoint
from blocks.extensions.stopping import (
    EarlyStopping,
    FinishIfNoImprovementAfter,
)
from blocks.extensions.training import (
    KeepBestParameters,
    SharedVariableModifier,
    TrackTheBest,
)
from blocks.monitoring.aggregation import MonitoredQuantity
from blocks.serialization import load_parameters
from blocks.utils import shared_floatx
from numpy.testing import assert_allclose

from tests.compat.blocks.training import (
    counting_loop,
    regression,
    regression_data,
    regression_loop,
    regression_stream,
)


class Script(TrainingExtension):
    """Writes a given value as a record of each epoch or batch."""

    def __init__(self, values, record='cost', callback='after_epoch'):
        super().__init__()
        self.values, self.record = list(values), record
        setattr(self, callback, self.write)

    def write(self, *args):
        self.main_loop.log.current_row[self.record] = self.values.pop(0)


def run_script(values, *extensions, callback='after_epoch', length=2):
    """Run a training with these values of the record 'cost'.

    Returns
    -------
    MainLoop

    """
    finish = FinishAfter(**{
        'after_n_epochs' if callback == 'after_epoch'
        else 'after_n_batches': len(values)})
    main_loop = counting_loop(
        [Script(values, callback=callback), *extensions, finish],
        length=length)
    main_loop.run()
    return main_loop


class TestMonitoring(unittest.TestCase):

    def test_names_of_records(self):
        for prefix, suffix, name in [
                (None, None, 'cost'), ('a', None, 'a_cost'),
                (None, 'b', 'cost_b'), ('a', 'b', 'a_cost_b')]:
            extension = MonitoringExtension(prefix=prefix, suffix=suffix)
            self.assertEqual(extension._record_name('cost'), name)
            variable = shared_floatx(1, name='cost')
            self.assertEqual(extension.record_name(variable), name)

    def test_training_data(self):
        algorithm, (W, b) = regression()
        seen = []

        class Watch(TrainingExtension):
            def before_batch(self, batch):
                error = batch['x'].dot(W.get_value()) + b.get_value() - (
                    batch['y'])
                seen.append((error ** 2).mean())

        from blocks.main_loop import MainLoop
        main_loop = MainLoop(
            algorithm, regression_stream(), extensions=[
                Watch(),
                TrainingDataMonitoring([algorithm.cost, b], prefix='each',
                                       after_batch=True),
                TrainingDataMonitoring([algorithm.cost], prefix='epoch',
                                       after_epoch=True),
                TrainingDataMonitoring([algorithm.cost], suffix='three',
                                       every_n_batches=3),
                FinishAfter(after_n_epochs=2)])
        main_loop.run()
        log = main_loop.log
        self.assertEqual(len(seen), 10)
        for index, value in enumerate(seen):
            assert_allclose(log[index + 1]['each_cost'], value, rtol=1e-5)
        assert_allclose(log[1]['each_b'], 0.25)  # before the update
        assert_allclose(log[5]['epoch_cost'], numpy.mean(seen[:5]),
                        rtol=1e-5)
        assert_allclose(log[10]['epoch_cost'], numpy.mean(seen[5:]),
                        rtol=1e-5)
        assert_allclose(log[6]['cost_three'], numpy.mean(seen[3:6]),
                        rtol=1e-5)
        self.assertNotIn('cost_three', log[5])

    def test_quantities_on_training_data(self):
        class Sum(MonitoredQuantity):
            def initialize(self):
                self.total = 0

            def aggregate(self, x):
                self.total += x.sum()

            def get_aggregated_value(self):
                return self.total

        algorithm, _ = regression()
        x, = [variable for variable in theano.gof.graph.inputs(
            [algorithm.cost]) if variable.name == 'x']
        main_loop = regression_loop()
        main_loop.algorithm = algorithm
        main_loop.extensions = [
            TrainingDataMonitoring([Sum([x], 'epoch_sum')],
                                   after_epoch=True),
            TrainingDataMonitoring([Sum([2 * x], 'batch_sum')],
                                   after_batch=True),
            FinishAfter(after_n_epochs=2)]
        main_loop.run()
        total = regression_data()['x'].sum()
        for epoch in 1, 2:
            assert_allclose(main_loop.log[5 * epoch]['epoch_sum'], total,
                            rtol=1e-4)
            assert_allclose(sum(
                main_loop.log[5 * epoch - back]['batch_sum']
                for back in range(5)), 2 * total, rtol=1e-4)

    def test_data_stream(self):
        main_loop = regression_loop()
        data = regression_data(9, seed=8)
        cost = main_loop.algorithm.cost
        main_loop.extensions = [
            DataStreamMonitoring([cost], regression_stream(9, 9, seed=8),
                                 prefix='valid'),
            FinishAfter(after_n_epochs=2)]
        main_loop.run()
        self.assertEqual([time for time, row in main_loop.log.items()
                          if 'valid_cost' in row], [0, 5, 10])
        W, b = main_loop.algorithm.parameters
        error = data['x'].dot(W.get_value()) + b.get_value() - data['y']
        assert_allclose(main_loop.log[10]['valid_cost'],
                        (error ** 2).mean(), rtol=1e-5)

    def test_mistakes(self):
        self.assertRaisesRegex(ValueError, "not 'cost'",
                               TrainingDataMonitoring, ['cost'])
        b = shared_floatx(1, name='b')
        self.assertRaisesRegex(
            ValueError, 'CountingAlgorithm; with others use DataStream',
            counting_loop([TrainingDataMonitoring([b])]).run)
        unnamed = MonitoringExtension()
        self.assertRaisesRegex(ValueError, 'needs a name',
                               unnamed.add_records, counting_loop().log,
                               [('', 1)])

    def test_updates_algorithm_is_accepted(self):
        main_loop = regression_loop([FinishAfter(after_n_batches=2)])
        cost = main_loop.algorithm.cost
        main_loop.algorithm = UpdatesAlgorithm()
        main_loop.extensions.insert(0, TrainingDataMonitoring(
            [cost], after_batch=True))
        main_loop.run()
        self.assertIn('cost', main_loop.log[2])


class TestStopping(unittest.TestCase):

    def test_track_the_best(self):
        nan = float('nan')
        values = [nan, 5, 6, 5, 4, nan, 4.5]
        for choose, notified, best in [(min, [2, 5], 4), (max, [2, 3], 6)]:
            main_loop = run_script(
                values, TrackTheBest('cost', choose_best=choose,
                                     after_batch=True, after_epoch=False),
                callback='after_batch')
            self.assertEqual(
                [time for time, row in main_loop.log.items()
                 if row.get('cost_best_so_far')], notified)
            self.assertEqual(main_loop.status['best_cost'], best)

    def test_absent_record(self):
        main_loop = run_script([1], TrackTheBest('valid_cost'))
        self.assertNotIn('best_valid_cost', main_loop.status)

    def test_finish_if_no_improvement(self):
        values = [5, 4, 4, 3, 4, 4, 4, 1, 1]
        for unit, callback, waited in [('epochs', 'after_epoch', 1),
                                       ('iterations', 'after_batch', 1),
                                       ('iterations', 'after_epoch', 2)]:
            triggers = {'after_epoch': callback == 'after_epoch',
                        'after_batch': callback == 'after_batch'}
            stopper = FinishIfNoImprovementAfter(
                'cost_best_so_far', **{unit: 3 * waited}, **triggers)
            main_loop = run_script(
                values, TrackTheBest('cost', **triggers), stopper,
                callback=callback)
            with self.subTest(unit, callback=callback):
                count = main_loop.status[
                    'epochs_done' if callback == 'after_epoch'
                    else 'iterations_done']
                self.assertEqual(count, 7)
                patience = [
                    row[f'cost_best_so_far_patience_{unit}']
                    for row in main_loop.log.values()
                    if f'cost_best_so_far_patience_{unit}' in row]
                self.assertEqual(patience, [
                    waited * left for left in (3, 3, 2, 3, 2, 1, 0)])

    def test_patience_between_two_checks(self):
        # Checked every second iteration, a patience of 3 ends after 4.
        main_loop = run_script(
            [1] * 20, TrackTheBest('cost'), FinishIfNoImprovementAfter(
                'cost_best_so_far', iterations=3,
                patience_log_record='patience'))
        self.assertEqual(main_loop.status['iterations_done'], 6)
        self.assertEqual(main_loop.log[6]['patience'], 0)

    def test_exactly_one_of_iterations_and_epochs_is_required(self):
        for kwargs in {}, {'iterations': 1, 'epochs': 2}:
            self.assertRaisesRegex(ValueError, 'either iterations or epochs',
                                   FinishIfNoImprovementAfter, 'x', **kwargs)

    def test_early_stopping_saves_the_best(self):
        for managed in (True, False):
            with tempfile.TemporaryDirectory() as folder:
                latest, best = (os.path.join(folder, name)
                                for name in ('latest.tar', 'best.tar'))
                main_loop = regression_loop(step_rule=Adam(0.1))
                checkpoint = Checkpoint(latest, save_main_loop=False,
                                        after_epoch=True)
                stopping = EarlyStopping('score', checkpoint, best, epochs=2)
                seen = []

                class Watch(TrainingExtension):
                    def after_epoch(self):
                        seen.append(
                            self.main_loop.model.parameters[0].get_value())

                main_loop.extensions = [
                    Script([3, 1, 2, 2, 2], 'score'), Watch(), stopping,
                    *([checkpoint] if managed else [])]
                main_loop.run()
                self.assertEqual(main_loop.status['epochs_done'], 4)
                self.assertEqual(main_loop.status['best_score'], 1)
                name = main_loop.model.parameters[0].name
                for path, epoch in [(best, 1), (latest, 3)]:
                    with open(path, 'rb') as file_:
                        assert_allclose(load_parameters(file_)[name],
                                        seen[epoch])

    def test_early_stopping_mistakes(self):
        checkpoint = Checkpoint('x.tar')
        self.assertRaisesRegex(ValueError, 'checkpoint_filename',
                               EarlyStopping, 'cost', checkpoint, epochs=1)
        stopping = EarlyStopping('cost', checkpoint, 'best.tar', epochs=1)
        main_loop = counting_loop([checkpoint, stopping])
        stopping.main_loop = main_loop
        with self.assertLogs('blocks.extensions') as logs:
            stopping.dispatch('before_training')
        self.assertIn('put it after', logs.output[0])

    def test_best_parameters_are_kept_and_set(self):
        for restore in (True, False):
            keep = KeepBestParameters('score_best_so_far', restore=restore)
            seen = []

            class Watch(TrainingExtension):
                def after_epoch(self):
                    seen.append([
                        parameter.get_value() for parameter
                        in self.main_loop.model.parameters])

            main_loop = regression_loop([
                Script([3, 1, 2, 2], 'score'), Watch(),
                EarlyStopping('score', epochs=2), keep])
            main_loop.run()
            self.assertEqual(keep.best_iteration, 10)
            expected = seen[1] if restore else seen[3]
            for parameter, value in zip(main_loop.model.parameters,
                                        expected):
                assert_allclose(parameter.get_value(), value)
            if not restore:
                keep.restore_best()
                assert_allclose(main_loop.model.parameters[0].get_value(),
                                seen[1][0])

    def test_no_best_parameters(self):
        main_loop = regression_loop([KeepBestParameters('never'),
                                     FinishAfter(after_n_batches=1)])
        with self.assertLogs('blocks.extensions', 'WARNING') as logs:
            main_loop.run()
        self.assertIn('never was never true', logs.output[0])


def halved(iterations, old):
    return old / 2


class TestSharedVariableModifier(unittest.TestCase):

    def run_modifier(self, function, **kwargs):
        variable = shared_floatx(8., name='rate')
        counting_loop([SharedVariableModifier(variable, function, **kwargs),
                       FinishAfter(after_n_batches=3)]).run()
        value = variable.get_value()
        self.assertEqual(value.dtype, theano.config.floatX)
        return value

    def test_arguments(self):
        self.assertEqual(self.run_modifier(lambda n: 10 * n), 30)
        self.assertEqual(self.run_modifier(halved), 1)
        self.assertEqual(self.run_modifier(
            lambda n, old: numpy.float64(old) / 2), 1)
        self.assertEqual(self.run_modifier(partial(max, 5), num_args=1), 5)

        class Schedule:
            def at(self, n):
                return n / 2

        self.assertEqual(self.run_modifier(Schedule().at), 1.5)

    def test_triggers(self):
        self.assertEqual(self.run_modifier(
            halved, after_batch=False, every_n_batches=2), 4)


class TestTimes(unittest.TestCase):

    def test_timing(self):
        main_loop = regression_loop()
        cost = main_loop.algorithm.cost
        main_loop.extensions = [
            DataStreamMonitoring([cost], regression_stream()),
            Timing(), Timing(prefix='each', after_batch=True),
            Timing(prefix='second', after_epoch=False, every_n_epochs=2),
            FinishAfter(after_n_epochs=2)]
        main_loop.run()
        log = main_loop.log
        self.assertGreater(log[0]['time_initialization'], 0)
        for action in 'read_data', 'train', 'monitoring':
            epochs = [log[n][f'time_{action}_this_epoch'] for n in (5, 10)]
            total = log[10][f'time_{action}_total']
            self.assertGreater(min(epochs), 0)
            if action == 'monitoring':
                # Time before the first epoch counts towards it.
                self.assertGreater(epochs[0], epochs[1])
            assert_allclose(sum(epochs), total)
            assert_allclose(
                log[10][f'second_time_{action}_this_epoch'], total / 2)
            batches = [log[n][f'each_time_{action}_this_batch']
                       for n in range(1, 11)]
            self.assertLessEqual(sum(batches), total * (1 + 1e-9))
        self.assertNotIn('second_time_train_total', log[5])

    def test_timing_refuses_other_triggers(self):
        timing = Timing(on_resumption=True)
        timing.main_loop = counting_loop([timing])
        self.assertRaisesRegex(ValueError, 'not on_resumption',
                               timing.dispatch, 'on_resumption')

    def test_timestamp(self):
        main_loop = counting_loop([
            Timestamp(), Timestamp('started', 'T'),
            FinishAfter(after_n_epochs=1)])
        main_loop.run()
        for time in 0, 4:
            self.assertRegex(main_loop.log[time]['timestamp'],
                             r'^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d')
            self.assertIn('T', main_loop.log[time]['started'])


class TestPlot(unittest.TestCase):

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = folder.name

    def test_writes_png(self):
        document = os.path.join(self.folder, 'curves')
        plot = Plot(document, [['cost', 'absent'], 'cost'],
                    titles=['Cost', 'Again'], log_scale=True)
        writes = []

        class Watch(TrainingExtension):
            def after_epoch(self):
                with open(document + '.png', 'rb') as file_:
                    writes.append(file_.read(8))

        run_script([3., 2., 1.], plot, Watch())
        self.assertEqual(writes, [b'\x89PNG\r\n\x1a\n'] * 3)
        self.assertEqual(os.listdir(self.folder), ['curves.png'])
        figure = plot.draw()
        first, second = figure.axes
        self.assertEqual(first.get_title(), 'Cost')
        self.assertEqual(second.get_yscale(), 'log')
        line = second.lines[0]
        self.assertEqual(list(line.get_xdata()), [2, 4, 6])
        self.assertEqual(list(line.get_ydata()), [3, 2, 1])
        self.assertEqual([text.get_text() for text
                          in first.get_legend().get_texts()],
                         ['cost', 'absent'])

    def test_mistakes(self):
        for channels in 'cost', [], None:
            self.assertRaisesRegex(ValueError, 'groups of names', Plot, 'x',
                                   channels)
        self.assertRaisesRegex(ValueError, 'as many titles', Plot, 'x',
                               [['a'], ['b']], titles=['A'])
        plot = Plot(os.path.join(self.folder, 'x.png'), [['cost']])
        with self.assertRaisesRegex(ValueError, re.escape(
                "'cost' has shape (2,)")):
            run_script([numpy.ones(2)], plot)
        self.assertEqual(os.listdir(self.folder), [])
