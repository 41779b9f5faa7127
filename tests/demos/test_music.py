"""The music demo, on a handful of tiny pieces."""
import contextlib
import io
import os
from unittest import TestCase, mock

import numpy
import theano
from blocks.model import Model
from blocks.serialization import dump
from numpy.testing import assert_allclose, assert_array_equal

from demos import music
from demos._support.files import CHECKPOINT, PARAMETERS, save_settings
from demos._support.resuming import network_of
from demos.music import Composer, batches
from demos.music.__main__ import parse, start
from demos.music.data import Chorale, note_frequencies, split
from demos.music.network import (
    cost_of,
    log_odds,
    note_probabilities_of,
    one_gram,
    variables,
)
from demos.music.settings import QUICK, MusicSettings
from demos.music.writing import compose
from tests.demos import commands
from tests.demos.commands import output
from tests.demos.showing import assert_exported, assert_shown
from tests.demos.test_music_midi import read_midi, roll_of
from tests.equations import sigmoid

PICTURES = ['learning_curves.png', 'piano_roll.png', 'predictions.png']
#: Chords that the tiny pieces go through again and again.
CYCLE = [(72, 67, 64, 48), (72, 69, 65, 53), (74, 71, 67, 55),
         (76, 67, 60, 48), (77, 69, 62, 57)]


def tiny_data():
    """Pieces of 5 to 16 chords, each its own way around the cycle."""
    chorales = []
    for number in range(40):
        stride, offset = number % 4 + 1, number % 5
        roll = roll_of(*(CYCLE[(offset + stride * step) % 5]
                         for step in range(5 + number % 12)))
        chorales.append(Chorale(f'bwv{number}', roll, (0, 4)))
    return split(chorales)


def small(**changes):
    return dict({'epochs': 1, 'dim': 6, 'batch_size': 8, 'frames': 5,
                 'quiet': True}, **changes)


class TinyTestCase(TestCase):
    """Reads the tiny pieces in place of Bach's."""

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
            # The beginning that was given: it starts with its chord.
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
        """It is the mean over all test frames."""
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

    def test_resumed_or_not_the_same_seed_gives_the_same_result(self):
        with output() as (folder, _):
            whole, cost = music.main(save_to=folder, **small(epochs=2))
            expected = whole.model.get_parameter_values()
        with output() as (folder, _):
            music.main(save_to=folder, **small())
            resumed, resumed_cost = music.main(
                resume=os.path.join(folder, CHECKPOINT),
                epochs=2, frames=5)
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

    def test_no_frame_is_told_of_itself_or_later_ones(self):
        composer = self.composer(layers=2)
        notes, mask = variables()
        run = theano.function([notes, mask], composer.apply(notes, mask))
        roll = roll_of(*CYCLE)[:, None].astype(notes.dtype)
        ones = numpy.ones((5, 1), notes.dtype)
        energies = run(roll, ones)
        changed = roll.copy()
        changed[2] = 1 - changed[2]
        changed = run(changed, ones)
        assert_array_equal(changed[:3], energies[:3])
        self.assertTrue((changed[3:] != energies[3:]).any(axis=2).all())

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

    def test_batches_of_an_epoch_hold_each_piece_once_in_some_key(self):
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
        # What comes out at no temperature are the four notes that the
        # network finds most probable, fed with what came out before.
        composer = self.composer(layers=2)
        notes, mask = variables()
        energies = composer.apply(notes, mask)
        rng = numpy.random.RandomState(1)
        for name, parameter in Model(energies).get_parameter_dict().items():
            value = parameter.get_value()
            if 'initial' in name:  # which start at zero
                value = rng.normal(0, 2, value.shape).astype(value.dtype)
            elif 'output' in name:  # so that the states decide
                value *= 9 if name.endswith('W') else 0
            parameter.set_value(value)
        run = theano.function([notes, mask], energies)
        given = roll_of(*CYCLE[:2])
        roll = compose(composer, 4, 0, given, seed=1)
        self.assertEqual(roll.shape, (6, 88))
        self.assertEqual(roll.dtype, given.dtype)
        assert_array_equal(roll[:2], given)
        energies = run(roll[:, None].astype(notes.dtype), numpy.ones(
            (6, 1), notes.dtype))[:, 0]

        def best(energies):
            return energies >= numpy.sort(energies)[..., -4:-3]
        assert_array_equal(roll[2:], best(energies[2:]))
        # Without anything given it starts from the silence of training.
        fresh = compose(composer, 1, 0, given[:0], seed=1)
        assert_array_equal(fresh[0], best(energies[0]))

    def test_draws_follow_their_seed(self):
        composer = self.composer()
        given = roll_of(*CYCLE)[:0]

        def tune(seed):
            return compose(composer, 12, 1., given, seed)
        assert_array_equal(tune(1), tune(1))
        self.assertTrue((tune(1) != tune(2)).any())


def run(*arguments):
    """The demo's command line: exit code, what it wrote."""
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
            # By default it looks where the chorale is to go.
            os.remove(paths[0])
            self.assertEqual(run('--generate', '--save-to', folder), (0, ''))
            self.assertTrue(os.path.exists(paths[0]))
            # The same network, the same seed.
            self.assertEqual(*contents)
            self.check('there is no chorale bwv999; bwv', '--primer',
                       'bwv999', '--save-to', folder)

    def test_generate_from_what_is_no_network(self):
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

    def test_checkpoint_and_folder_that_are_none(self):
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
