"""Tests of the text demo's network, command line and training."""
import contextlib
import io
import os
import pickle
from pydoc_data.topics import topics as texts
from unittest import TestCase, mock

import numpy
import theano
from blocks.graph import ComputationGraph
from blocks.initialization import IsotropicGaussian
from numpy.testing import assert_allclose, assert_array_equal

from demos import text
from demos._support.exits import exit_code
from demos._support.files import CHECKPOINT, PARAMETERS, SETTINGS
from demos._support.resuming import network_of
from demos.text import main, make_main_loop, pictures
from demos.text.__main__ import parse, start
from demos.text.data import Alphabet, Windows, load_topics
from demos.text.network import (
    CharacterModel,
    bits_per_character,
    cells_over,
    costs_of,
    next_character_of,
)
from demos.text.samples import Writer, write
from demos.text.saving import load_network
from demos.text.settings import TextSettings
from tests.demos import commands
from tests.demos.commands import interrupted
from tests.demos.showing import Exported, assert_shown

PICTURES = ['cells.png', 'learning_curves.png', 'surprise.png']
WORDS = ('the (old) "cat" saw a', 'small dog run to', 'one tree and "hid"')


def tiny_topics():
    """Return topics in a language that is learned at once."""
    rng = numpy.random.RandomState(7)
    return load_topics({
        f'topic {number}': '\n'.join(
            ' '.join(WORDS[i] for i in rng.randint(0, 3, 2))
            for _ in range(15)) for number in range(10)})


@contextlib.contextmanager
def output(topics=None):
    """Yield a temporary folder and the output of the ``with`` block.

    By default the topics are tiny and no pictures are drawn.

    """
    with contextlib.ExitStack() as stack:
        opened = commands.output(draw=topics is not None)
        if topics is None:
            stack.enter_context(mock.patch.object(pictures, 'draw_all'))
            topics = tiny_topics()
        stack.enter_context(mock.patch.object(
            text, 'load_topics', lambda: topics))
        yield stack.enter_context(opened)


def small(**changes):
    return dict({'epochs': 1, 'dim': 8, 'embedding': 4, 'rows': 4,
                 'window': 20, 'learning_rate': 0.02}, **changes)


def network(n_symbols=6, dim=5, layers=2, dropout=0., cell='LSTM'):
    model = CharacterModel(n_symbols, 3, dim, layers, dropout, cell,
                           weights_init=IsotropicGaussian(0.5), seed=1,
                           theano_seed=1)
    model.initialize()
    rng = numpy.random.RandomState(2)
    for parameter in ComputationGraph(costs_of(model, 1)[0]).parameters:
        if 'initial' in parameter.name:
            parameter.set_value(rng.normal(
                size=dim).astype(theano.config.floatX))
    return model


class TestNetwork(TestCase):
    texts = [numpy.random.RandomState(n).randint(2, 6, n)
             for n in (23, 1, 40, 7)]
    tolerance = {'float32': 2e-5, 'float64': 1e-10}[theano.config.floatX]

    def test_cost_does_not_depend_on_windows(self):
        model = network()
        expected = numpy.concatenate(bits_per_character(model, self.texts))
        for n_rows, length in (None, 5), (None, 50), (1, 7):
            stream = Windows(self.texts, length, n_rows).stream()
            _, bits, updates = costs_of(model, n_rows or len(self.texts))
            inputs = ComputationGraph(
                [bits, *(new for _, new in updates)]).inputs
            run = theano.function(inputs, bits, updates=updates)
            total = count = 0
            for window in stream.get_epoch_iterator(as_dict=True):
                valid = window['characters_mask'].sum()
                total += valid * run(*(window[variable.name]
                                       for variable in inputs))
                count += valid
            assert_allclose(total / count, expected.mean(),
                            rtol=self.tolerance * 10)

    def test_texts_are_independent(self):
        model = network()
        together = bits_per_character(model, self.texts)
        for bits, one in zip(together, self.texts):
            alone, = bits_per_character(model, [one])
            assert_allclose(bits, alone, atol=self.tolerance * 10)

    def test_bits_depend_on_the_past_only(self):
        model = network()
        bits, = bits_per_character(model, [self.texts[2]])
        start, = bits_per_character(model, [self.texts[2][:15]])
        assert_allclose(bits[:15], start, atol=self.tolerance * 10)

    def test_untrained_softmax_sums_to_one(self):
        model = network()
        bits = bits_per_character(
            model, [numpy.array([2, 3, last]) for last in range(6)])
        assert_allclose(sum(2. ** -one[2] for one in bits), 1,
                        rtol=self.tolerance * 10)

    def test_cells(self):
        model = network()
        cells = cells_over(model, self.texts[0])
        self.assertEqual(cells.shape, (23, 5))
        self.assertTrue((numpy.abs(cells) < 1).all() and cells.std() > 0)
        # They have read the character at their own position.
        changed = self.texts[0].copy()
        changed[10] = 2 if changed[10] != 2 else 3
        same = numpy.isclose(cells_over(model, changed), cells).all(axis=1)
        assert_array_equal(same, numpy.arange(23) < 10)

    def test_dropout_in_training_only(self):
        window = next(Windows(self.texts, 50).stream()
                      .get_epoch_iterator(as_dict=True))
        for dropout, weight_dropout, train in [
                (0.5, 0., True), (0., 0.5, True), (0.5, 0., False)]:
            model = network(dropout=dropout)
            cost, bits, updates = costs_of(
                model, len(self.texts), train, weight_dropout, seed=1)
            outputs = [cost, bits, updates[0][1]]
            inputs = ComputationGraph(outputs).inputs
            run = theano.function(inputs, outputs)
            arguments = [window[variable.name] for variable in inputs]
            values = [run(*arguments) for _ in range(4)]
            for cost_value, bits_value, _ in values:
                assert_allclose(cost_value, bits_value * numpy.log(2),
                                rtol=self.tolerance)
            self.assertEqual(len({float(each[0]) for each in values}) > 1,
                             train)
            # Dropped weights also change the lowest states.
            self.assertEqual(len({each[2].tobytes() for each in values}) > 1,
                             weight_dropout > 0)

    def test_dropped_weights_are_trained(self):
        model = network()
        plain, dropped = (
            set(ComputationGraph(costs_of(
                model, 1, True, rate)[0]).parameters) for rate in (0., 0.3))
        self.assertEqual(plain, dropped)
        self.assertIn(model.stack.layers[1][0].transition.W_state, dropped)

    def test_cells_without_recurrent_weights(self):
        window = next(Windows(self.texts, 50).stream()
                      .get_epoch_iterator(as_dict=True))
        for cell in ('minGRU', 'minLSTM'):
            model = network(cell=cell)
            self.assertEqual(cells_over(model, self.texts[0]).shape, (23, 5))
            costs = []
            for rate in (0., .5):  # there are no weights to drop
                cost, _, updates = costs_of(model, len(self.texts), True, rate)
                inputs = ComputationGraph(cost).inputs
                costs.append(theano.function(inputs, cost)(
                    *[window[variable.name] for variable in inputs]))
                self.assertEqual(len(updates), 2)
            self.assertEqual(costs[0], costs[1])
            writer = Writer(model, Alphabet('abcd'))
            self.assertEqual(len(writer.write('ab', 50, 1., seed=3)), 50)

    def test_writer(self):
        alphabet = Alphabet('abcd')
        writer = Writer(network(), alphabet)
        written = writer.write('ab', 50, temperature=1., seed=3)
        self.assertEqual(len(written), 50)
        self.assertLessEqual(set(written), set('abcd'))
        self.assertEqual(writer.write('ab', 50, 1., seed=3), written)
        self.assertNotEqual(writer.write('ab', 50, 1., seed=4), written)
        self.assertEqual(pickle.loads(pickle.dumps(writer)).write(
            'ab', 50, 1., seed=3), written)

    def test_zero_temperature_writes_the_most_probable(self):
        alphabet = Alphabet('abcd')
        model = network()
        written = Writer(model, alphabet).write('dab', 4, temperature=0)
        for i in range(4):
            costs = bits_per_character(model, [alphabet.encode(
                'dab' + written[:i] + last) for last in 'abcd'])
            best = numpy.argmin([bits[-1] for bits in costs])
            self.assertEqual('abcd'[best], written[i])


class TestMain(TestCase):
    @commands.float32()
    def test_smoke(self):
        topics = load_topics(dict(sorted(texts.items())[::4]))
        with output(topics) as (folder, printed):
            network, board = (os.path.join(folder, name)
                              for name in ('network.onnx', 'board'))
            main_loop, bits, baseline = main(
                save_to=folder, smoke=True, dim=8, layers=2, every=1,
                export=network, tensorboard=board)
            self.assertEqual(main_loop.status['iterations_done'], 3)
            for picture in PICTURES:
                with open(os.path.join(folder, picture), 'rb') as file:
                    self.assertEqual(file.read(4), b'\x89PNG', picture)
            assert_shown(board, 'test_bits', 'test_ngram',
                         *(picture[:-4] for picture in PICTURES))
            self.check_exported(network, network_of(
                main_loop, CharacterModel), topics.encoded('test')[0])
        self.assertTrue(2 < baseline < 3.5, baseline)
        self.assertIn(f'Test: {bits:.3f} bits per character, 5-gram '
                      f'{baseline:.3f}, mixed ', printed.getvalue())

    def check_exported(self, path, model, characters):
        """Compare the whole text with single steps that pass states on."""
        characters = characters[:6, None]
        characters = numpy.concatenate([characters, characters[::-1]], axis=1)
        empty = [numpy.zeros((2, dim)) for dim in model.state_dims.values()]
        exported = Exported(path, *next_character_of(model))
        whole, *ends = exported(characters, numpy.ones(2), *empty)
        assert_allclose(whole.sum(axis=2), 1, rtol=1e-5)
        states, begins = empty, numpy.ones(2)
        for row, expected in zip(characters, whole):
            (probabilities,), *states = exported(row[None], begins, *states)
            assert_allclose(probabilities, expected, atol=1e-5)
            begins = numpy.zeros(2)
        for state, end in zip(states, ends):
            assert_allclose(state, end, atol=1e-5)

    def test_learns(self):
        with output() as (folder, printed):
            board = os.path.join(folder, 'board')
            main_loop, bits, baseline = main(
                save_to=folder, tensorboard=board, **small(
                    epochs=8, dim=32, dropout=0., weight_dropout=0.,
                    every=4))
            # Log2 of the size of the alphabet is above 4. Which of three
            # phrases comes next is unpredictable; the rest is predictable.
            self.assertLess(bits, 0.4)
            self.assertGreater(bits, 1.5 / 25)
            self.assertGreater(baseline, 1.5 / 25)
            # The demo prints a sample after the fourth and the eighth epoch.
            lines = printed.getvalue().split('\n')
            samples = '\n'.join(line[6:] for line in lines
                                if line.startswith('    | '))
            self.assertGreater(len(samples), 600)
            self.assertIn('small dog run to', samples)
            assert_shown(board, 'sample', 'train_bits', 'valid_ngram')
            rates = [main_loop.log[i].get('valid_ngram') for i in
                     main_loop.status['_epoch_ends']]
            self.assertEqual(len(set(rates)), 1)
            adam = main_loop.algorithm.step_rule.components[1]
            self.assertEqual(adam.learning_rate.get_value(), 0)
            # The saved network is the tested one; loading unpickles nothing.
            path = os.path.join(folder, PARAMETERS)
            with mock.patch('pickle.Unpickler', side_effect=AssertionError):
                model, alphabet = load_network(path)
            again = bits_per_character(
                model, [alphabet.encode(topic) for topic in
                        tiny_topics().test.values()])
            assert_allclose(numpy.concatenate(again).mean(), bits, rtol=1e-6)
            written = write(TextSettings(
                generate='small dog', source=path, temperature=0., length=7))
            self.assertEqual(written, ' run to')
            self.assertIn('small dog run to\n', printed.getvalue())

    def test_resuming_with_the_same_seed_gives_the_same_result(self):
        with output() as (folder, _):
            whole, expected_bits, _ = main(save_to=folder, quiet=True,
                                           **small(epochs=2))
            expected = whole.model.get_parameter_values()

        with output() as (folder, printed):
            with interrupted(epochs=1):
                result = start(save_to=folder, quiet=True, **small(epochs=2))
            self.assertEqual(exit_code(lambda: result), 130)
            first, *none = result
            self.assertEqual(none, [None, None])
            self.assertLess(first.status['epochs_done'], 2)
            checkpoint = os.path.join(folder, CHECKPOINT)
            self.assertIn('python -m demos.text --resume ' + checkpoint,
                          printed.getvalue())
            self.assertNotIn('Test:', printed.getvalue())
            resumed, bits, _ = main(resume=checkpoint)
        self.assertEqual(resumed.status['epochs_done'], 2)
        for name, value in resumed.model.get_parameter_values().items():
            assert_array_equal(value, expected[name], name)
        self.assertEqual(bits, expected_bits)

    def test_no_validation(self):
        topics = tiny_topics()
        with output() as (folder, _):
            settings = TextSettings(save_to=folder, **small(
                no_validation=True, quiet=True))
            main_loop = make_main_loop(topics, settings)
        characters = sum(
            batch['characters_mask'].sum() for batch in
            main_loop.data_stream.get_epoch_iterator(as_dict=True))
        self.assertEqual(characters, sum(
            map(len, topics.encoded('training', 'validation'))))
        with output() as (folder, _):
            main_loop, bits, _ = main(save_to=folder, **small(
                no_validation=True, quiet=True, smoke=True))
        self.assertGreater(bits, 0)
        self.assertFalse(any('valid' in record for row in main_loop.log
                             for record in main_loop.log[row]))


class TestPictures(TestCase):
    def test_features(self):
        features = pictures.features_of('a "b" (c)\n   d\n"e\n\nf')
        for name, expected in [
                ('within quotation marks', '00110000000000' '01110' '0'),
                ('within parentheses', '00000011000000' '00000' '0'),
                ('on an indented line', '00000000000011' '00000' '0')]:
            assert_array_equal(features[name],
                               [float(digit) for digit in expected], name)
        assert_array_equal(
            features['distance from the beginning of the line'],
            [*range(1, 10), 0, 1, 2, 3, 4, 0, 1, 2, 0, 0, 1])

    def test_most_correlated(self):
        rng = numpy.random.RandomState(1)
        cells = rng.normal(size=(50, 4))
        cells[:, 0] = 0
        feature = -3 * cells[:, 2] + 1
        cell, correlation = pictures.most_correlated(cells, feature)
        self.assertEqual(cell, 2)
        assert_allclose(correlation, -1)
        self.assertEqual(pictures.most_correlated(
            cells, numpy.ones(50))[1], 0)

    def test_passage_consists_of_lines(self):
        passage = 'x\n"y" (z)\n   w\nv\n'
        first, last = pictures.find_passage(
            passage, pictures.features_of(passage), 2)
        self.assertEqual(passage[first:last], '"y" (z)\n   w\n')


def run(*arguments):
    """Run the demo's command line; return the exit code and the errors."""
    return commands.run(start, parse, *arguments)


class TestCommandLine(TestCase):
    def check(self, message, *arguments):
        code, errors = run('--quiet', *arguments)
        self.assertEqual(code, 1)
        self.assertRegex(errors, '^error: [^\n]*{}[^\n]*\n$'.format(message))

    def test_writing_from_an_invalid_file(self):
        with output() as (folder, _):
            path = os.path.join(folder, 'notes.txt')
            self.check('cannot read .*settings.json.*--from', '--generate',
                       'The', '--from', path)
            with open(os.path.join(folder, SETTINGS), 'w') as file:
                file.write('{"characters": "ab"}')
            self.check('cannot read .*notes.txt.*--from', '--generate',
                       'The', '--from', path)
            with open(path, 'w') as file:
                file.write('no network')
            self.check('it contains no parameters', '--generate', 'The',
                       '--from', path)

    def test_checkpoint_and_parameters_of_a_run(self):
        with output() as (folder, _):
            main_loop, _, _ = main(save_to=folder, quiet=True, **small())
            # The states are carried from window to window, and saved.
            again = pickle.loads(pickle.dumps(main_loop))
            for loop in main_loop, again:
                states = [variable.get_value() for variable, _ in
                          loop.algorithm.updates
                          if variable.name == 'forward_0_states']
                self.assertEqual([state.shape for state in states], [(4, 8)])
                self.assertTrue((states[0] != 0).all())
            self.assertIsNotNone(network_of(again, CharacterModel))
            other = load_topics({str(n): n * 'ab \n' for n in range(9, 19)})
            with mock.patch.object(text, 'load_topics', lambda: other):
                self.check('trained on the text of Python', '--resume',
                           os.path.join(folder, CHECKPOINT))
            path = os.path.join(folder, SETTINGS)
            with open(path) as file:
                settings = file.read()
            for old, new in [('"dim": 8', '"dim": 9'),
                             ('"layers": 1', '"layers": 2')]:
                with open(path, 'w') as file:
                    file.write(settings.replace(old, new))
                self.check('another network', '--generate', '', '--save-to',
                           folder)

    def test_wrong_options(self):
        for arguments in (['--epochs', '0'], ['--dropout', '1'],
                          ['--temperature', '-1'], ['--from', 'file']):
            with contextlib.redirect_stderr(io.StringIO()) as errors:
                with self.assertRaises(SystemExit) as caught:
                    parse(arguments)
            self.assertEqual(caught.exception.code, 2)
            self.assertIn(arguments[0], errors.getvalue())

    def test_quick_changes_defaults_only(self):
        quick = parse(['--quick', '--dim', '99'])
        self.assertLess(quick.epochs, TextSettings().epochs)
        self.assertEqual(quick.dim, 99)
