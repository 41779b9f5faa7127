"""Tests of the speech demo on a few batches."""
import contextlib
import io
import os
import signal
import subprocess
import sys
import tempfile
from unittest import SkipTest, TestCase

import numpy
import theano
from numpy.testing import assert_allclose, assert_array_equal
from theano import tensor

from demos._support.exits import UserError
from demos._support.files import CHECKPOINT
from demos._support.resuming import load_checkpoint, network_of
from demos.speech import main, make_main_loop
from demos.speech.__main__ import parse
from demos.speech.data import batches, find_folder, load_speech
from demos.speech.network import (
    SpeakerClassifier,
    costs_of,
    probabilities_of,
    variables,
)
from demos.speech.predictions import load_predictions, predict
from demos.speech.settings import SpeechSettings
from tests.demos import commands
from tests.demos.commands import output, rewound
from tests.demos.showing import assert_exported, assert_shown

PICTURES = ['confusion.png', 'learning_curves.png', 'mask.png', 'states.png']


def setup_module():
    try:
        find_folder()
    except UserError as error:
        raise SkipTest(str(error)) from error


def small(**changes):
    return dict({'epochs': 1, 'dim': 4, 'layers': 1, 'seed': 1}, **changes)


def untrained(data, folder, **changes):
    """Return the network of a demo that has not been trained."""
    return network_of(make_main_loop(data, SpeechSettings(
        save_to=folder, **small(quiet=True, **changes))), SpeakerClassifier)


class TestMain(TestCase):
    @commands.float32()
    def test_smoke(self):
        with output(draw=True) as (folder, printed):
            network, board = (os.path.join(folder, name)
                              for name in ('network.onnx', 'board'))
            main_loop, accuracy = main(save_to=folder, smoke=True,
                                       export=network, tensorboard=board,
                                       **small(layers=2))
            self.assertEqual(main_loop.status['iterations_done'], 3)
            self.assertTrue(0 <= accuracy <= 1)
            for picture in PICTURES:
                with open(os.path.join(folder, picture), 'rb') as file:
                    self.assertEqual(file.read(4), b'\x89PNG', picture)
            self.assertIn('Test accuracy: {:.2f} %'.format(100 * accuracy),
                          printed.getvalue())
            self.assertIn(os.path.abspath(folder), printed.getvalue())
            _, speakers, predicted = load_predictions([folder])
            self.assertEqual((predicted == speakers).mean(), accuracy)
            assert_shown(board, 'valid_cost', 'test_accuracy',
                         *(picture[:-4] for picture in PICTURES))
            self.assertIn(
                'takes utterances (float32, 3 axes), utterances_mask '
                '(float32, 2 axes)\n  gives probabilities (float32, 2 axes)',
                printed.getvalue())
            utterances, mask, _ = next(batches(
                load_speech().test, 30).get_epoch_iterator())
            probabilities, = assert_exported(
                network, *probabilities_of(network_of(
                    main_loop, SpeakerClassifier)), utterances, mask)
            assert_allclose(probabilities.sum(axis=1), 1, rtol=1e-5)

    def test_learns(self):
        with output() as (folder, _):
            _, accuracy = main(save_to=folder, quiet=True, **small(
                epochs=8, dim=16, learning_rate=0.01))
        # The most frequent speaker said 88 of the 370 test utterances.
        self.assertGreater(accuracy, 0.75)

    def test_resuming_with_the_same_seed_gives_the_same_result(self):
        with output() as (folder, _):
            with rewound(epochs=1):
                whole, expected_accuracy = main(
                    save_to=folder, quiet=True, **small(epochs=2))
            expected = whole.model.get_parameter_values()
            resumed, accuracy = main(
                resume=os.path.join(folder, CHECKPOINT))
        self.assertEqual(accuracy, expected_accuracy)
        self.assertEqual(resumed.status['epochs_done'], 2)
        for name, value in resumed.model.get_parameter_values().items():
            assert_array_equal(value, expected[name], name)


class TestPadding(TestCase):
    def test_doubled_padding_changes_nothing(self):
        data = load_speech()
        with output() as (folder, _):
            classifier = untrained(data, folder, layers=2)
        inputs = variables()
        evaluate = theano.function(
            list(inputs), [classifier.apply(*inputs[:2]),
                           costs_of(classifier, *inputs)[0]])
        utterances, mask, speakers = next(batches(
            data.test, 50, seed=1).get_epoch_iterator())
        garbage = numpy.full_like(utterances, 1e6)
        for summary in ('mean', 'last'):
            classifier.summary = summary
            energies, cost = evaluate(utterances, mask, speakers)
            padded, padded_cost = evaluate(
                numpy.concatenate([utterances, garbage]),
                numpy.concatenate([mask, numpy.zeros_like(mask)]), speakers)
            assert_array_equal(padded.argmax(axis=1), energies.argmax(axis=1))
            assert_allclose(padded_cost, cost, rtol=1e-5)

    def test_every_test_utterance_is_predicted_once(self):
        data = load_speech()
        with output() as (folder, _):
            classifier = untrained(data, folder)
        predicted, speakers = predict(classifier, data.test)
        self.assertEqual(len(predicted), 370)
        assert_array_equal(numpy.bincount(speakers),
                           [31, 35, 88, 44, 29, 24, 40, 50, 29])
        # Predictions have the order of the dataset.
        assert_array_equal(speakers, data.test.speakers)
        utterances, mask, _ = variables()
        alone = theano.function([utterances], classifier.apply(
            utterances, tensor.ones_like(utterances[:, :, 0])).argmax(axis=1))
        assert_array_equal(
            predicted[::30], [alone(utterance[:, None])[0] for utterance
                              in data.test.utterances[::30]])


def run(*arguments):
    """Run the demo's command line; return the exit code and the errors."""
    return commands.run(main, parse, *arguments)


class TestCommandLine(TestCase):
    def check(self, message, *arguments):
        code, errors = run('--quiet', *arguments)
        self.assertEqual(code, 1)
        self.assertRegex(errors, '^error: [^\n]*{}[^\n]*\n$'.format(message))

    def test_resume_from_an_invalid_checkpoint(self):
        with output() as (folder, _):
            path = os.path.join(folder, 'notes.txt')
            self.check('cannot read .*notes.txt', '--resume', path)
            with open(path, 'w') as file:
                file.write('no checkpoint')
            self.check('is not a checkpoint', '--resume', path)
            with open(path) as file:
                self.assertEqual(file.read(), 'no checkpoint')

    def test_folder_that_is_a_file(self):
        with tempfile.NamedTemporaryFile() as file:
            self.check('cannot create the folder.*--save-to',
                       '--save-to', file.name)

    def test_wrong_options(self):
        for arguments in (['--epochs', '0'], ['--dropout', '1'],
                          ['--summary', 'max'], ['--dim', 'many']):
            with contextlib.redirect_stderr(io.StringIO()) as errors:
                with self.assertRaises(SystemExit) as caught:
                    parse(arguments)
            self.assertEqual(caught.exception.code, 2)
            self.assertIn(arguments[0], errors.getvalue())

    def test_interrupt_saves_and_prints_how_to_resume(self):
        root = os.path.dirname(os.path.dirname(os.path.dirname(
            os.path.abspath(__file__))))
        with tempfile.TemporaryDirectory() as folder:
            process = subprocess.Popen(
                [sys.executable, '-u', '-m', 'demos.speech', '--epochs',
                 '10000', '--patience', '10000', '--dim', '4', '--layers',
                 '1', '--save-to', folder], cwd=root, stdout=subprocess.PIPE,
                stderr=subprocess.PIPE, text=True)
            lines = []
            for line in process.stdout:
                lines.append(line)
                if line.split()[:1] == ['2']:
                    process.send_signal(signal.SIGINT)
                    break
            rest, _ = process.communicate(timeout=120)
            self.assertEqual(process.returncode, 130)
            path = os.path.join(folder, CHECKPOINT)
            self.assertIn('python -m demos.speech --resume ' + path, rest)
            self.assertNotIn('Test accuracy', rest)
            main_loop, _ = load_checkpoint(path)
            self.assertGreaterEqual(main_loop.status['epochs_done'], 2)
