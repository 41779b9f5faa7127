"""The long memory demo: its problems, its log, and a little training."""
import contextlib
import dataclasses
import io
import os
import pickle
import re
import signal
import tempfile
from unittest import TestCase, mock

import numpy
import theano
from numpy.testing import assert_allclose, assert_array_equal
from theano import tensor

from demos import memory
from demos._support.exits import UserError
from demos.memory import (
    LAYERS,
    PROBLEMS,
    Recaller,
    main,
    make_main_loop,
    pictures,
)
from demos.memory.__main__ import parse
from demos.memory.data import (
    SYMBOLS,
    Adding,
    Copying,
    TemporalOrder,
    one_batch,
    sequences,
)
from demos.memory.problems import StopWhenSolved, answer_of
from demos.memory.results import Log, Result, Run, table
from demos.memory.settings import MemorySettings
from tests.demos import commands
from tests.demos.commands import output
from tests.demos.showing import assert_exported, assert_shown
from tests.rnn_kernels.plain import plain

RUN = Run('adding', 10, 'LSTM', 0.01, updates=3, dim=4, batch_size=5, seed=1,
          keep=1.)


def train(run):
    """The result of a run."""
    return memory.train(run)[0]


def draw(cls, length, count=400, seed=1):
    return cls(length, seed, 'float32').get_data(
        numpy.random.RandomState(seed), count)


class TestProblems(TestCase):
    def test_adding(self):
        for length in (10, 23, 100):
            inputs, targets = draw(Adding, length)
            self.assertEqual(inputs.shape, (length, 400, 2))
            self.assertEqual((inputs.dtype, targets.dtype),
                             ('float32', 'float32'))
            numbers, markers = inputs[..., 0], inputs[..., 1]
            self.assertLess(abs(numbers.mean() - .5), .02)
            self.assertTrue(((numbers >= 0) & (numbers <= 1)).all())
            # One marker in either half, and everywhere in it.
            for part in (markers[:length // 2], markers[length // 2:]):
                assert_array_equal(part.sum(axis=0), numpy.ones(400))
                self.assertGreater(part.any(axis=1).mean(), .9)
            expected = [numbers[markers[:, k] == 1, k].sum()
                        for k in range(400)]
            assert_allclose(targets[:, 0], expected, rtol=1e-6)

    def test_chance_of_adding(self):
        _, targets = draw(Adding, 10, count=20000)
        self.assertLess(abs(((targets - 1) ** 2).mean()
                            - PROBLEMS['adding'].chance), .005)

    def test_temporal_order(self):
        for length in (10, 29, 100):
            inputs, targets = draw(TemporalOrder, length)
            self.assertEqual(inputs.shape, (length, 400, 6))
            self.assertEqual((inputs.dtype, targets.dtype),
                             ('float32', 'int64'))
            assert_array_equal(inputs.sum(axis=2), numpy.ones((length, 400)))
            tenth = length // 10
            for k in range(400):
                word = [SYMBOLS[place] for place in
                        inputs[:, k].argmax(axis=1)]
                first, second = [time for time, symbol in enumerate(word)
                                 if symbol in 'XY']
                self.assertIn(first, range(tenth, 2 * tenth))
                self.assertIn(second, range(5 * tenth, 6 * tenth))
                self.assertEqual(['XX', 'XY', 'YX', 'YY'][targets[k]],
                                 word[first] + word[second])
            self.assertGreater(numpy.bincount(targets).min(), 70)
            # All of the symbols that say nothing occur evenly.
            shares = inputs.mean(axis=(0, 1))[:4] / (1 - 2 / length)
            assert_allclose(shares, .25, atol=.03)

    def test_copying(self):
        inputs, targets = draw(Copying, 25)
        self.assertEqual((inputs.shape, targets.shape),
                         ((25, 400, 10), (10, 400)))
        self.assertEqual((inputs.dtype, targets.dtype), ('float32', 'int64'))
        assert_array_equal(inputs.sum(axis=2), numpy.ones((25, 400)))
        symbols = inputs.argmax(axis=2)
        assert_array_equal(symbols[:10], targets)
        blank, signal = [8] * 4, [9]
        assert_array_equal(symbols[10:, 7], blank + signal + [8] * 10)
        assert_array_equal(symbols[10:], numpy.repeat(symbols[10:, :1], 400,
                                                      axis=1))
        assert_allclose(numpy.bincount(targets.ravel()) / 4000, 1 / 8,
                        atol=.03)

    def test_no_sequence_comes_twice_and_the_seed_decides(self):
        def batches(seed):
            stream = Adding(10, seed, 'float64').stream(3, 2)
            return [[data.tolist() for data, _ in
                     stream.get_epoch_iterator()] for _ in range(2)]
        epochs = batches([1, 0])
        self.assertEqual([len(epoch) for epoch in epochs], [2, 2])
        self.assertNotEqual(epochs[0], epochs[1])
        self.assertNotEqual(epochs[0][0], epochs[0][1])
        self.assertEqual(batches([1, 0]), epochs)
        self.assertNotEqual(batches([1, 1]), epochs)
        self.assertNotEqual(batches([2, 0]), epochs)

    def test_a_pickled_stream_goes_on(self):
        stream = TemporalOrder(10, 1, 'float32').stream(3, 4)
        iterator = stream.get_epoch_iterator()
        next(iterator)
        copy = pickle.loads(pickle.dumps(iterator))
        for _ in range(3):
            for ours, theirs in zip(next(iterator), next(copy)):
                assert_array_equal(ours, theirs)

    def test_sources_can_be_chosen(self):
        dataset = Adding(10, 1, 'float32', sources=('targets',))
        targets, = dataset.get_data(dataset.open(), 7)
        self.assertEqual(targets.shape, (7, 1))

    def test_refusals(self):
        with self.assertRaisesRegex(ValueError, 'Adding: length must be at '
                                    'least 10, got 9'):
            Adding(9, 1, 'float32')
        with self.assertRaisesRegex(ValueError, 'Copying: length must be at '
                                    'least 21, got 20'):
            Copying(20, 1, 'float32')
        dataset = Adding(10, 1, 'float32')
        for arguments in ((None, 3), (dataset.open(), None)):
            with self.assertRaisesRegex(ValueError, 'get_data needs'):
                dataset.get_data(*arguments)


class TestNetwork(TestCase):
    def network(self, layer, answers=1):
        network = Recaller(LAYERS[layer], 2, 3, 5, keep=1.5, length=50,
                           answers=answers, seed=1)
        network.initialize()
        return network

    @plain()
    def test_every_layer_sees_the_whole_sequence(self):
        x = tensor.tensor3('x')
        rng = numpy.random.RandomState(1)
        values = rng.uniform(size=(6, 4, 2)).astype(theano.config.floatX)
        for layer in LAYERS:
            apply = theano.function([x], self.network(layer).apply(x))
            answers = apply(values)
            self.assertEqual(answers.shape, (4, 5))
            for time in range(6):
                changed = values.copy()
                changed[time, 1] += 1
                moved = numpy.abs(apply(changed) - answers).max(axis=1)
                self.assertGreater(moved[1], 1e-6, (layer, time))
                assert_allclose(moved[[0, 2, 3]], 0, atol=1e-6)

    def test_answers_at_the_last_steps(self):
        x = tensor.tensor3('x')
        values = numpy.random.RandomState(1).uniform(size=(6, 4, 2)).astype(
            theano.config.floatX)
        last = self.network('LSTM').apply(x).eval({x: values})
        answers = self.network('LSTM', 3).apply(x).eval({x: values})
        self.assertEqual(answers.shape, (3, 4, 5))
        assert_allclose(answers[-1], last, rtol=1e-5)
        assert_allclose(answers[0], self.network('LSTM').apply(x).eval(
            {x: values[:4]}), rtol=1e-5)

    def test_gated_layers_remember_at_first(self):
        for layer in ('LSTM', 'peephole LSTM'):
            projection, = self.network(layer).projections
            assert_array_equal(projection.b.get_value(),
                               numpy.repeat([0, 0, 1.5, 0], 3))
        inputs, gates = self.network('GRU').projections
        assert_array_equal(inputs.b.get_value(), numpy.zeros(3))
        assert_array_equal(gates.b.get_value(), numpy.repeat([-1.5, 0], 3))
        projection, = self.network('minGRU').projections
        assert_array_equal(projection.b.get_value(),
                           numpy.repeat([-1.5, 0], 3))
        projection, = self.network('minLSTM').projections
        assert_array_equal(projection.b.get_value(),
                           numpy.repeat([0, 0, 1.5], 3))

    def test_scale_of_the_input_weights(self):
        for layer in ('LSTM', 'chrono GRU', 'simple RNN'):
            run = MemorySettings(layers=(layer,), input_scale=3.).runs()[0]
            _, network, _ = make_main_loop(run)
            for projection in network.projections:
                W = projection.W.get_value()
                assert_allclose(W @ W.T, 9 * numpy.eye(2), atol=1e-4)
        W = network.transition.W.get_value()
        assert_allclose(W @ W.T, numpy.eye(32), atol=1e-4)

    def test_chrono_layers_remember_for_whole_sequences(self):
        for layer, gates in [
                ('LSTM', 'ijfo'), ('peephole LSTM', 'ijfo'), ('GRU', 'ur'),
                ('minGRU', 'un'), ('minLSTM', 'ijf')]:
            *others, projection = self.network('chrono ' + layer).projections
            bias = dict(zip(gates, projection.b.get_value().reshape(-1, 3)))
            keep = -bias['u'] if 'u' in bias else bias['f']
            self.assertTrue((keep > 0).all() and
                            (keep < numpy.log(49)).all(), layer)
            self.assertGreater(keep.std(), .1)
            self.assertFalse(any(other.b.get_value().any()
                                 for other in others))


class TestTraining(TestCase):
    def test_learns_to_add(self):
        result = train(dataclasses.replace(
            RUN, updates=1500, rate=0.02, dim=16, batch_size=20))
        self.assertIsNotNone(result.solved)
        self.assertEqual(result.solved, result.curve[-1][0])
        self.assertEqual([updates for updates, _ in result.curve],
                         list(range(0, result.solved + 1, 100)))
        self.assertGreater(min(measure for _, measure
                               in result.curve[:-1]), .01)
        self.assertLess(result.fresh, .03)

    def test_chrono_learns_where_ordinary_layers_do_not(self):
        for layer in ('chrono LSTM', 'LSTM'):
            found = train(dataclasses.replace(
                RUN, problem='temporal order', length=100, layer=layer,
                updates=300, dim=16, batch_size=20))
            self.assertEqual(found.solved is not None,
                             layer == 'chrono LSTM', found.curve)
            if found.solved is None:
                self.assertGreater(found.fresh, .5)

    def test_copies(self):
        found = train(dataclasses.replace(
            RUN, problem='copying', length=21, layer='chrono GRU', rate=.02,
            updates=400, dim=32, batch_size=20))
        self.assertLess(found.fresh, .6)

    def test_the_seed_decides(self):
        run = dataclasses.replace(RUN, problem='temporal order')
        first, again = train(run), train(run)
        self.assertIsNone(first.solved)
        self.assertEqual([updates for updates, _ in first.curve], [0, 3])
        self.assertEqual(first.curve, again.curve)
        other = train(dataclasses.replace(run, seed=2))
        self.assertNotEqual(first.curve, other.curve)

    def test_the_learning_rate_decays(self):
        for decay, rate in [(True, 0), (False, .01)]:
            run, *_ = MemorySettings(
                smoke=True, lengths=(10,), dim=4, decay=decay).runs()
            main_loop, _, _ = make_main_loop(run)
            main_loop.run()
            adam = main_loop.algorithm.step_rule.components[1]
            assert_allclose(adam.learning_rate.get_value(), rate, rtol=1e-6)

    def test_layers_learn_from_the_same_sequences(self):
        batches = []
        for layer in ('LSTM', 'chrono GRU', 'minLSTM'):
            main_loop, _, _ = make_main_loop(
                dataclasses.replace(RUN, layer=layer))
            batches.append(next(main_loop.data_stream.get_epoch_iterator()))
        for inputs, targets in batches[1:]:
            assert_array_equal(inputs, batches[0][0])
            assert_array_equal(targets, batches[0][1])

    def test_held_out_sequences_stay_the_same_and_are_others(self):
        stream = one_batch(Adding, RUN, 1, 5)
        (first, _), = stream.get_epoch_iterator()
        (second, _), = stream.get_epoch_iterator()
        assert_array_equal(first, second)
        (other, _), = one_batch(Adding, RUN, 2, 5).get_epoch_iterator()
        learned, _ = next(sequences(Adding, RUN, 0).stream(
            5, 1).get_epoch_iterator())
        for unlike in (other, learned):
            self.assertFalse(numpy.allclose(first, unlike))

    def test_is_measured_on_the_same_sequences(self):
        standing = train(dataclasses.replace(RUN, updates=200, rate=1e-12))
        self.assertEqual([updates for updates, _ in standing.curve],
                         [0, 100, 200])
        assert_allclose([measure for _, measure in standing.curve],
                        standing.curve[0][1], rtol=1e-4)

    def test_ends_when_solved_or_lost(self):
        for measure, ends in [(.02, False), (.01, True), (0., True),
                              (float('nan'), True), (float('inf'), True)]:
            stop = StopWhenSolved('test', .01)
            stop.main_loop = mock.Mock()
            stop.main_loop.log.current_row = {'test': measure}
            stop.after_epoch()
            self.assertEqual('training_finish_requested'
                             in stop.main_loop.log.current_row, ends, measure)


def result(solved=None, low=.5, **changes):
    return Result(dataclasses.replace(RUN, **changes),
                  [(0, .9), (100, low), (200, .6)], solved, .3, 10, 1.5)


class TestLog(TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.path = os.path.join(folder.name, 'runs.jsonl')

    def test_what_is_added_is_read_again(self):
        results = [result(solved=300), result(rate=.1), result(seed=2)]
        log = Log(self.path)
        for one in results:
            self.assertNotIn(one.run, log)
            log.add(one)
        again = Log(self.path)
        self.assertEqual(again.of([one.run for one in results]), results)
        self.assertEqual(again.of([results[2].run, results[0].run]),
                         [results[2], results[0]])
        self.assertNotIn(dataclasses.replace(RUN, seed=3), again)

    def test_a_line_cut_off_counts_as_not_written(self):
        log = Log(self.path)
        log.add(result())
        log.add(result(seed=2))
        with open(self.path, 'r+b') as file:
            file.truncate(os.path.getsize(self.path) - 10)
        log = Log(self.path)
        self.assertEqual(list(log.results), [RUN])
        log.add(result(seed=3))
        self.assertEqual([run.seed for run in Log(self.path).results], [1, 3])

    def test_what_is_no_log_is_left_alone(self):
        for text in ('no log\n', '{}\n', '[1]\n', '{"run": {}}\n', '\x80\n'):
            with open(self.path, 'w', encoding='latin-1') as file:
                file.write(text)
            with self.assertRaisesRegex(UserError, 'runs.jsonl.*'
                                        '--save-to'):
                Log(self.path)
            with open(self.path, encoding='latin-1') as file:
                self.assertEqual(file.read(), text)

    def test_better_results_come_first(self):
        ordered = [result(solved=100), result(solved=200),
                   result(low=.02), result(low=.1)]
        self.assertEqual(
            sorted(ordered[::-1], key=lambda one: one.rank), ordered)

    def test_table(self):
        self.assertEqual(table([
            result(solved=1200, rate=.1), result(low=.0234, rate=.01),
            result(rate=.1, layer='GRU')]), '''\
problem  steps  layer  parameters  rate 0.1   rate 0.01
adding   10     LSTM   10          1200       - (0.023)
adding   10     GRU    10          - (0.500)''')

    def test_table_of_several_seeds(self):
        self.assertEqual(table([
            result(solved=solved, low=low, seed=seed, layer=layer)
            for layer, runs in [
                ('LSTM', [(300, .01), (None, .4), (500, .01)]),
                ('GRU', [(None, .3), (None, .2), (None, .4)])]
            for seed, (solved, low) in enumerate(runs)]), '''\
problem  steps  layer  parameters  rate 0.01
adding   10     LSTM   10          400 (300 to 500), 2 of 3
adding   10     GRU    10          - (0.200)''')


class TestPicture(TestCase):
    def panels(self, *results):
        with tempfile.TemporaryDirectory() as folder, mock.patch.object(
                pictures.Figure, 'savefig', autospec=True) as save:
            pictures.draw_curves(os.path.join(folder, 'p.png'), results)
        return save.mock_calls[0].args[0].axes

    def test_chrono_is_solid_and_the_layer_has_the_colour(self):
        axes, = self.panels(*(result(layer=layer) for layer in LAYERS))
        lines = {line.get_label(): line for line in axes.get_lines()
                 if line.get_label() in LAYERS}
        self.assertEqual(lines.keys(), LAYERS.keys())
        for layer, line in lines.items():
            ordinary = layer.replace('chrono ', '')
            self.assertEqual(line.get_linestyle(),
                             '--' if layer == ordinary else '-')
            self.assertEqual([layer for layer, other in lines.items()
                              if other.get_color() == line.get_color()
                              and layer in LAYERS
                              and 'chrono' not in layer], [ordinary])

    def test_a_grid_or_a_row(self):
        four = [result(problem=problem, length=length) for problem in
                ('adding', 'temporal order') for length in (10, 20)]
        for results, shape in [(four, (2, 2)), (four[:3], (1, 3)),
                               (four[::2], (1, 2)), (four[:2], (1, 2))]:
            panels = self.panels(*results)
            self.assertEqual(panels[0].get_gridspec().get_geometry(), shape)
            self.assertEqual(
                [axes.get_title() for axes in panels],
                [f'{each.run.problem}, {each.run.length} steps'
                 for each in results])


def run(*arguments):
    """The demo's command line: exit code, what it wrote."""
    return commands.run(main, parse, *arguments)


@mock.patch.multiple(memory, HELD_OUT=20, FRESH=20)
class TestCommandLine(TestCase):
    smoke = ('--smoke', '--lengths', '10', '--rates', '0.01', '--dim', '4')

    def test_finished_runs_are_not_done_again(self):
        with output(draw=True) as (folder, printed):
            arguments = (*self.smoke, '--save-to', folder)
            self.assertEqual(run(*arguments, '--layers', 'LSTM',
                                 '--problems', 'adding'), (0, ''))
            with open(os.path.join(folder, 'learning_curves.png'),
                      'rb') as file:
                self.assertEqual(file.read(4), b'\x89PNG')
            with mock.patch('demos.memory.train',
                            side_effect=memory.train) as done:
                for _ in range(2):
                    self.assertEqual(run(*arguments, '--layers', 'LSTM',
                                         'simple RNN'), (0, ''))
            self.assertEqual(
                [(call.args[0].problem, call.args[0].layer)
                 for call in done.mock_calls],
                [('adding', 'simple RNN'), ('temporal order', 'LSTM'),
                 ('temporal order', 'simple RNN')])
            self.assertEqual(2, printed.getvalue().count(
                '4/4  temporal order, 10 steps, simple RNN, '
                'learning rate 0.01, seed 1: not solved in 3 updates'))

    @commands.float32()
    def test_exports_the_best_network(self):
        for problem, sequences_of, layers in [
                ('adding', Adding, ['GRU', 'LSTM']),
                ('temporal order', TemporalOrder, ['LSTM'])]:
            with output() as (folder, printed):
                path, again, board = (
                    os.path.join(folder, name)
                    for name in ('network.onnx', 'again.onnx', 'board'))
                arguments = (*self.smoke, '--save-to', folder, '--problems',
                             problem, '--layers', *layers)
                self.assertEqual(run(*arguments, '--export', path,
                                     '--tensorboard', board), (0, ''))
                exported = [path]
                if problem == 'adding':
                    # Without the networks at hand it comes to the same one.
                    self.assertEqual(run(*arguments, '--export', again),
                                     (0, ''))
                    exported.append(again)
                best, = set(re.findall(
                    r'The best network \(.*, (\w+), learning rate 0.01, seed',
                    printed.getvalue()))
                _, network = memory.train(dataclasses.replace(
                    RUN, problem=problem, layer=best, batch_size=20))
                inputs, _ = draw(sequences_of, 10, 7)
                for file in exported:
                    assert_exported(file, *answer_of(problem, network),
                                    inputs)
                assert_shown(board, 'learning_curves')
                name = f'{problem.replace(" ", "-")}-10-{layers[0]}-0.01-1'
                assert_shown(os.path.join(board, name), 'test_measure')

    def test_several_seeds(self):
        with output() as (folder, printed):
            code = run(*self.smoke, '--save-to', folder, '--seeds', '2',
                       '--seed', '5', '--lengths', '21', '--problems',
                       'copying', '--layers', 'chrono minLSTM')
        self.assertEqual(code, (0, ''))
        for number, seed in [(1, 5), (2, 6)]:
            self.assertIn(f'{number}/2  copying, 21 steps, chrono minLSTM, '
                          f'learning rate 0.01, seed {seed}: ',
                          printed.getvalue())

    def test_beside_other_runs(self):
        with output() as (folder, printed):
            one, other = (os.path.join(folder, name) for name in 'ab')
            for arguments in [
                    (one, '--layers', 'LSTM', 'chrono LSTM'),
                    (other, '--layers', 'minGRU', '--beside', one)]:
                self.assertEqual(run(*self.smoke, '--quiet', '--problems',
                                     'adding', '--save-to', *arguments),
                                 (0, ''))
            first, second = printed.getvalue().split('problem ')[1:]
            for line in first.splitlines()[1:-1]:
                self.assertIn(line.split('  - ')[0], second)
            with mock.patch('demos.memory.pictures.draw_curves') as draw:
                run(*self.smoke, '--save-to', other, '--problems', 'adding',
                    '--layers', 'minGRU', '--beside', one)
            (_, shown), = (call.args for call in draw.mock_calls)
            self.assertEqual([each.run.layer for each in shown],
                             ['minGRU', 'LSTM', 'chrono LSTM'])
            code, errors = run(*self.smoke, '--save-to', other, '--beside',
                               os.path.join(folder, 'c'))
            self.assertEqual(code, 1)
            self.assertRegex(errors, r'^error: .*c has no finished runs .*'
                             r'--save-to\n$')

    def test_quiet_prints_the_table_only(self):
        with output() as (folder, printed):
            code = run(*self.smoke, '--save-to', folder, '--quiet',
                       '--layers', 'GRU', '--problems', 'adding')
        self.assertEqual(code, (0, ''))
        self.assertRegex(
            printed.getvalue(), r'^problem .*\nadding .*GRU.*\n'
            r'Learning curves and log are in .*\n$')

    def test_quick_is_two_runs(self):
        with output() as (folder, printed):
            code = run('--quick', '--smoke', '--dim', '2',
                       '--save-to', folder)
        self.assertEqual(code, (0, ''))
        self.assertIn('2/2  adding, 100 steps, simple RNN',
                      printed.getvalue())

    def test_errors_are_told_in_a_line(self):
        with output() as (folder, _):
            path = os.path.join(folder, 'runs.jsonl')
            with open(path, 'w') as file:
                file.write('no log\n')
            for pattern, arguments in [
                    ('runs.jsonl is not a log', ['--save-to', folder]),
                    ('cannot create the folder', ['--save-to', path]),
                    ('--updates must be a multiple of 100, got 150',
                     ['--updates', '150']),
                    ('--lengths must be at least 21 for copying, got 10',
                     ['--problems', 'copying', '--lengths', '10'])]:
                code, errors = run(*arguments)
                self.assertEqual(code, 1)
                self.assertRegex(errors, f'^error: [^\n]*{pattern}[^\n]*\n$')

    def test_wrong_options(self):
        for option, *values in [
                ('--lengths', '9'), ('--rates', '0'), ('--layers', 'CNN'),
                ('--problems', 'adding', 'copy'), ('--updates', '0')]:
            with contextlib.redirect_stderr(io.StringIO()) as errors:
                with self.assertRaises(SystemExit) as caught:
                    parse([option, *values])
            self.assertEqual(caught.exception.code, 2)
            self.assertIn(option, errors.getvalue())

    def test_interrupted_it_goes_on_with_the_same_command(self):
        def interrupt(extension, batch):
            if extension.main_loop.status['iterations_done'] == 1:
                signal.raise_signal(signal.SIGINT)

        with output() as (folder, printed):
            arguments = (*self.smoke, '--layers', 'LSTM', '--save-to', folder)
            with mock.patch.object(StopWhenSolved, 'before_batch', interrupt):
                code, errors = run(*arguments)
            self.assertEqual(code, 130, errors)
            self.assertNotIn('Traceback', errors)
            self.assertIn('1/2  adding, 10 steps, LSTM, learning rate 0.01, '
                          'seed 1: interrupted. The same command continues',
                          printed.getvalue())
            self.assertEqual(os.listdir(folder), [])
            self.assertEqual(run(*arguments), (0, ''))
            self.assertIn('2/2', printed.getvalue())
