"""Tests of the music demo on a handful of tiny pieces."""
import contextlib
import io
import itertools
import os
from unittest import TestCase, mock

import numpy
import theano
from blocks.initialization import Constant
from blocks.select import Selector
from blocks.serialization import dump
from numpy.testing import assert_allclose, assert_array_equal
from theano import tensor

from demos import music
from demos._support.files import CHECKPOINT, PARAMETERS, save_settings
from demos._support.resuming import network_of
from demos.music import Composer, batches
from demos.music.__main__ import parse, start
from demos.music.data import Chorale, note_frequencies, split
from demos.music.network import (
    ChordOutput,
    cost_of,
    log_odds,
    note_probabilities_of,
    one_gram,
    variables,
)
from demos.music.settings import QUICK, MusicSettings
from demos.music.writing import compose
from tests.demos import commands
from tests.demos.commands import output, rewound
from tests.demos.showing import assert_exported, assert_shown
from tests.demos.test_music_midi import read_midi, roll_of
from tests.equations import sigmoid

PICTURES = ['learning_curves.png', 'piano_roll.png', 'predictions.png']
#: The chords that the tiny pieces repeat in this order.
CYCLE = [(72, 67, 64, 48), (72, 69, 65, 53), (74, 71, 67, 55),
         (76, 67, 60, 48), (77, 69, 62, 57)]


def tiny_data():
    """Return pieces of 5 to 16 chords at different places in the cycle."""
    chorales = []
    for number in range(40):
        stride, offset = number % 4 + 1, number % 5
        roll = roll_of(*(CYCLE[(offset + stride * step) % 5]
                         for step in range(5 + number % 12)))
        chorales.append(Chorale(f'bwv{number}', roll, (0, 4)))
    return split(chorales)


def small(**changes):
    return dict({'epochs': 1, 'dim': 6, 'hidden': 9, 'batch_size': 8,
                 'frames': 5, 'quiet': True}, **changes)


class TinyTestCase(TestCase):
    """Replaces Bach's chorales by the tiny pieces."""

    def setUp(self):
        patch = mock.patch.object(music, 'load_chorales', tiny_data)
        patch.start()
        self.addCleanup(patch.stop)


class TestMain(TinyTestCase):
    @commands.float32()
    def test_smoke(self):
        with output(draw=True) as (folder, printed):
            network, board = (os.path.join(folder, name)
                              for name in ('network.onnx', 'board'))
            main_loop, cost = music.main(
                save_to=folder, smoke=True, primer='bwv3', primer_frames=4,
                export=network, tensorboard=board,
                **small(quiet=False, layers=2))
            self.assertEqual(main_loop.status['iterations_done'], 3)
            for picture in PICTURES:
                with open(os.path.join(folder, picture), 'rb') as file:
                    self.assertEqual(file.read(4), b'\x89PNG', picture)
            with open(os.path.join(folder, 'chorale.mid'), 'rb') as file:
                _, events = read_midi(file.read())
            # The chorale starts with the first chord of the primer.
            self.assertEqual(
                {event[2] for event in events
                 if event[0] == 0 and event[1] == 0x90}, set(CYCLE[3]))
            self.assertIn(f'Test part: {cost:.3f} nats per frame',
                          printed.getvalue())
            self.assertIn('A chorale of 9 quarter notes', printed.getvalue())
            self.assertIn(os.path.abspath(folder), printed.getvalue())
            assert_shown(board, 'test_cost', 'test_1gram',
                         *(picture[:-4] for picture in PICTURES))
            notes, mask = next(batches(
                tiny_data().test, 8).get_epoch_iterator())
            self.assertLess(mask.min(), mask.max())
            assert_exported(network, *note_probabilities_of(
                network_of(main_loop, Composer)), notes, mask)
            self.check_cost(network_of(main_loop, Composer), cost)

    def check_cost(self, composer, cost):
        """Check that it is the mean over all test frames."""
        data = tiny_data()
        notes, mask = variables()
        run = theano.function([notes, mask], composer.apply(notes, mask))
        nats = []
        for roll, in (data.test.get_data(request=index)
                      for index in range(data.test.num_examples)):
            roll = roll.astype(notes.dtype)
            energies = run(roll[:, None], numpy.ones(
                (len(roll), 1), roll.dtype))[:, 0]
            p = sigmoid(energies.astype('float64'))
            nats += list(-numpy.log(numpy.where(roll, p, 1 - p)).sum(axis=1))
        self.assertEqual(len(nats), sum(map(len, data.test.notes)))
        assert_allclose(cost, numpy.mean(nats), rtol=1e-5)

    def test_learns(self):
        with output() as (folder, _):
            main_loop, cost = music.main(save_to=folder, **small(
                epochs=20, dim=32, learning_rate=0.04, dropout=0.,
                transpose=0))
        log = main_loop.log
        baseline = float(log[log.status['iterations_done']]['valid_1gram'])
        self.assertLess(cost, 0.5 * baseline)

    def test_resuming_with_the_same_seed_gives_the_same_result(self):
        with output() as (folder, _):
            with rewound(epochs=1):
                whole, cost = music.main(save_to=folder, **small(epochs=2))
            expected = whole.model.get_parameter_values()
            resumed, resumed_cost = music.main(
                resume=os.path.join(folder, CHECKPOINT), frames=5)
        self.assertEqual(resumed.status['epochs_done'], 2)
        self.assertEqual(resumed_cost, cost)
        for name, value in resumed.model.get_parameter_values().items():
            assert_array_equal(value, expected[name], name)


class TestNetwork(TinyTestCase):
    def composer(self, **changes):
        with output() as (folder, _):
            return network_of(music.make_main_loop(
                tiny_data(), MusicSettings(save_to=folder, **small(
                    **changes))), Composer)

    def test_each_note_depends_on_the_past_and_lower_notes(self):
        composer = self.composer(layers=2)
        self.randomise(composer)
        notes, mask = variables()
        run = theano.function([notes, mask], composer.apply(notes, mask))
        roll = roll_of(*CYCLE)[:, None].astype(notes.dtype)
        ones = numpy.ones((5, 1), notes.dtype)
        energies = run(roll, ones)
        for key in (0, 40, 87):
            changed = roll.copy()
            changed[2, 0, key] = 1 - changed[2, 0, key]
            changed = run(changed, ones)
            assert_array_equal(changed[:2], energies[:2])
            assert_array_equal(changed[2, 0, :key + 1],
                               energies[2, 0, :key + 1])
            self.assertTrue((changed[2, 0, key + 1:]
                             != energies[2, 0, key + 1:]).all())
            self.assertTrue((changed[3:] != energies[3:]).any(axis=2).all())

    def test_notes_without_hidden_units_are_independent(self):
        composer = self.composer(hidden=0)
        notes, mask = variables()
        run = theano.function([notes, mask], composer.apply(notes, mask))
        roll = roll_of(*CYCLE)[:, None].astype(notes.dtype)
        ones = numpy.ones((5, 1), notes.dtype)
        changed = roll.copy()
        changed[2] = 1 - changed[2]
        assert_array_equal(run(changed, ones)[:3], run(roll, ones)[:3])

    @staticmethod
    def randomise(brick, scale=1.):
        rng = numpy.random.RandomState(1)
        for parameter in Selector(brick).get_parameters().values():
            value = parameter.get_value()
            parameter.set_value(rng.normal(
                0, scale, value.shape).astype(value.dtype))

    def chords(self, hidden):
        """A small ChordOutput with random weights, features, all chords."""
        output = ChordOutput(2, hidden, 0., [.3, .5, .6, .2],
                             weights_init=Constant(0), name='chords')
        output.initialize()
        self.randomise(output)
        features = numpy.random.RandomState(2).normal(size=(1, 2))
        chords = list(itertools.product([0, 1], repeat=4))
        return output, features, numpy.array(chords, theano.config.floatX)

    def test_probabilities_of_all_chords_sum_to_one(self):
        for hidden in (0, 5):
            output, features, chords = self.chords(hidden)
            p = self.probabilities(output, features, chords)
            assert_allclose(p.sum(), 1, rtol=1e-5)
            self.assertLess(p.max(), .9)

    def probabilities(self, output, features, chords):
        """The probability of each chord at temperature 1."""
        f, v = tensor.matrix(), tensor.matrix()
        energies = theano.function(
            [f, v], output.apply(f[:, None], v[:, None])[:, 0],
            on_unused_input='ignore')(
                numpy.repeat(features, len(chords), 0).astype(f.dtype),
                chords)
        p = 1 / (1 + numpy.exp(-energies))
        return numpy.where(chords, p, 1 - p).prod(axis=1)

    def test_draws_follow_the_probabilities(self):
        output, features, chords = self.chords(hidden=5)
        expected = self.probabilities(output, features, chords)
        drawn = output.drawing()(
            numpy.repeat(features, 20000, 0).astype(chords.dtype), 1.,
            numpy.random.RandomState(3))
        found = (drawn[:, None] == chords).all(axis=2).mean(axis=0)
        assert_allclose(found, expected, atol=.015)

    def test_padding_changes_nothing(self):
        composer = self.composer()
        notes, mask = variables()
        run = theano.function([notes, mask], cost_of(
            notes, composer.apply(notes, mask), mask))
        roll, valid = next(batches(
            tiny_data().training, 8).get_epoch_iterator())
        self.assertLess(valid.min(), valid.max())
        assert_allclose(
            run(numpy.concatenate([roll, numpy.full_like(roll, 7)]),
                numpy.concatenate([valid, 0 * valid])),
            run(roll, valid), rtol=1e-5)

    def test_one_gram(self):
        data = tiny_data()
        p = note_frequencies(data.training)
        notes, mask = variables()
        run = theano.function([notes, mask], cost_of(
            notes, one_gram(notes, p), mask))
        roll = data.test.notes[0]
        expected = -numpy.log(numpy.where(roll, p, 1 - p)).sum(axis=1).mean()
        assert_allclose(run(roll[:, None], numpy.ones(
            (len(roll), 1), roll.dtype)), expected, rtol=1e-5)
        assert_allclose(log_odds([.5, .75]), [0, numpy.log(3)])

    def test_an_epoch_holds_each_piece_once_in_some_key(self):
        data = tiny_data()
        stream = batches(data.training, 8, transpose=3, seed=1)
        epochs = []
        for _ in range(2):
            pieces = [notes[mask[:, column] > 0, column]
                      for notes, mask in stream.get_epoch_iterator()
                      for column in range(mask.shape[1])]
            self.assertEqual(sorted(map(len, pieces)),
                             sorted(map(len, data.training.notes)))
            epochs.append([int(piece[0].argmax()) for piece in pieces])
        self.assertNotEqual(*epochs)

    def test_sampler_and_network_agree(self):
        # At temperature 0, each note takes its more probable value given the
        # notes that were written before.
        composer = self.composer(layers=2)
        self.randomise(composer)
        notes, mask = variables()
        run = theano.function([notes, mask], composer.apply(notes, mask))
        given = roll_of(*CYCLE[:2])
        roll = compose(composer, 4, 0, given, seed=1)
        self.assertEqual(roll.shape, (6, 88))
        self.assertEqual(roll.dtype, given.dtype)
        assert_array_equal(roll[:2], given)
        energies = run(roll[:, None].astype(notes.dtype), numpy.ones(
            (6, 1), notes.dtype))[:, 0]
        assert_array_equal(roll[2:], energies[2:] > 0)
        # Without anything given it starts from the silence of training.
        fresh = compose(composer, 1, 0, given[:0], seed=1)
        energies = run(fresh[:, None].astype(notes.dtype), numpy.ones(
            (1, 1), notes.dtype))[:, 0]
        assert_array_equal(fresh, energies > 0)

    def test_samples_follow_their_seed(self):
        composer = self.composer()
        given = roll_of(*CYCLE)[:0]

        def tune(seed):
            return compose(composer, 12, 1., given, seed)
        assert_array_equal(tune(1), tune(1))
        self.assertTrue((tune(1) != tune(2)).any())


def run(*arguments):
    """Run the demo's command line; return the exit code and the errors."""
    return commands.run(start, parse, *arguments)


class TestCommandLine(TinyTestCase):
    def check(self, message, *arguments):
        code, errors = run('--quiet', *arguments)
        self.assertEqual(code, 1)
        self.assertRegex(errors, '^error: [^\n]*{}[^\n]*\n$'.format(message))

    def test_train_then_generate(self):
        with output() as (folder, printed):
            self.assertEqual(run('--dim', '4', '--smoke', '--quiet',
                                 '--save-to', folder), (0, ''))
            paths = [os.path.join(folder, name) for name in
                     ('chorale.mid', 'again/chorale.mid')]
            self.assertEqual(run(
                '--generate', '--from',
                os.path.join(folder, PARAMETERS), '--save-to',
                os.path.dirname(paths[1])), (0, ''))
            self.assertIn('again', printed.getvalue())
            contents = []
            for path in paths:
                with open(path, 'rb') as file:
                    contents.append(file.read())
            # The default is the folder that the chorale is written to.
            os.remove(paths[0])
            self.assertEqual(run('--generate', '--save-to', folder), (0, ''))
            self.assertTrue(os.path.exists(paths[0]))
            # The network and the seed are the same.
            self.assertEqual(*contents)
            self.check('there is no chorale bwv999; bwv', '--primer',
                       'bwv999', '--save-to', folder)

    def test_generate_from_an_invalid_file(self):
        with output() as (folder, _):
            path = os.path.join(folder, PARAMETERS)
            self.check('cannot read .*: No such file',
                       '--generate', '--from', path)
            save_settings(MusicSettings(save_to=folder, dim=3), 'a command')
            with open(path, 'w') as file:
                file.write('no parameters')
            self.check('cannot load a network .*it contains no parameters',
                       '--generate', '--from', path)
            with open(path, 'wb') as file:
                dump(None, file, parameters=[theano.shared(
                    numpy.zeros(3), name='other')])
            self.check('parameters of another network',
                       '--generate', '--from', path)

    def test_invalid_checkpoint_and_folder(self):
        with output() as (folder, _):
            path = os.path.join(folder, 'notes.txt')
            self.check('cannot read .*notes.txt', '--resume', path)
            with open(path, 'w') as file:
                file.write('no checkpoint')
            self.check('is not a checkpoint', '--resume', path)
            self.check('cannot create the folder.*--save-to', '--save-to',
                       path)

    def test_wrong_options(self):
        for arguments in (['--epochs', '0'], ['--dropout', '1'],
                          ['--temperature', '-1'], ['--frames', 'many'],
                          ['--transpose', '-1'], ['--from', 'x.tar']):
            with contextlib.redirect_stderr(io.StringIO()) as errors:
                with self.assertRaises(SystemExit) as caught:
                    parse(arguments)
            self.assertEqual(caught.exception.code, 2)
            self.assertIn(arguments[0], errors.getvalue())

    def test_quick_means_fewer_epochs(self):
        self.assertEqual(parse(['--quick']).epochs, QUICK['epochs'])
        self.assertLess(QUICK['epochs'], MusicSettings().epochs)
        self.assertEqual(parse(['--quick', '--epochs', '3']).epochs, 3)
