"""The phonemes demo, on a tiny language of its own."""
import contextlib
import io
import os
from unittest import TestCase

import numpy
import theano
from numpy.testing import assert_allclose, assert_array_equal
from scipy.special import softmax

from demos._support.exits import UserError
from demos._support.files import CHECKPOINT
from demos._support.ngram import WittenBell
from demos._support.resuming import network_of
from demos.phonemes import main
from demos.phonemes.__main__ import parse, start
from demos.phonemes.data import load_dictionary
from demos.phonemes.language import PhonemeNgram, fit_ngram
from demos.phonemes.network import (
    Transcriber,
    cost_of,
    labels_of,
    make_transcriber,
    variables,
)
from demos.phonemes.settings import QUICK, PhonemeSettings
from demos.phonemes.voice import Voice, load_voice
from tests.demos import commands
from tests.demos.commands import rewound
from tests.demos.showing import assert_exported, assert_shown

PICTURES = ['alignments.png', 'confusion.png', 'learning_curves.png']
#: How the letters of the tiny language are said; a letter twice is said once.
SOUNDS = {'a': 'AA1', 'b': 'B', 'e': 'EH0', 't': 'T', 'x': 'K S'}


def tiny_language(words=400, seed=1):
    """A dictionary's text."""
    rng = numpy.random.RandomState(seed)
    spelled = sorted({''.join(rng.choice(sorted(SOUNDS),
                                         size=rng.randint(2, 6)))
                      for _ in range(words)})
    lines = []
    for word in spelled:
        letters = [letter for place, letter in enumerate(word)
                   if word[place - 1:place] != letter]
        lines.append(word + ' ' + ' '.join(SOUNDS[letter]
                                           for letter in letters))
    return '\n'.join(lines) + '\n'


@contextlib.contextmanager
def output(**options):
    """A folder with the dictionary, and what is printed in the meantime."""
    with commands.output(**options) as (folder, printed):
        with open(os.path.join(folder, 'tiny.dict'), 'w') as file:
            file.write(tiny_language())
        yield folder, printed


def small(folder, **changes):
    return dict({'save_to': folder, 'epochs': 1, 'dim': 4, 'layers': 1,
                 'embedding': 4, 'batch_size': 32, 'quiet': True,
                 'dictionary': os.path.join(folder, 'tiny.dict')}, **changes)


class TestMain(TestCase):
    @commands.float32()
    def test_smoke(self):
        with output(draw=True) as (folder, printed):
            network, board = (os.path.join(folder, name)
                              for name in ('network.onnx', 'board'))
            main_loop, errors = main(**small(
                folder, smoke=True, layers=2, quiet=False, export=network,
                tensorboard=board))
            self.assertEqual(main_loop.status['iterations_done'], 3)
            self.assertTrue(0 <= errors.word_error <= 1)
            for picture in PICTURES:
                with open(os.path.join(folder, picture), 'rb') as file:
                    self.assertEqual(file.read(4), b'\x89PNG', picture)
            for text in ('Test: ', 'Wrong, for example:',
                         os.path.abspath(folder)):
                self.assertIn(text, printed.getvalue())
            assert_shown(board, 'test_word_error',
                         *(picture[:-4] for picture in PICTURES))
            transcriber = network_of(main_loop, Transcriber)
            scores, path = assert_exported(
                network, *labels_of(transcriber),
                numpy.array([[0, 4], [3, 1], [2, 0]]),
                numpy.array([[1, 1], [1, 1], [1, 0]]))
            assert_allclose(numpy.exp(scores).sum(axis=2), 1, rtol=1e-5)
            letters = load_dictionary(
                os.path.join(folder, 'tiny.dict')).letters
            voice = Voice(transcriber, letters, range(transcriber.phonemes))
            # The longer word's, read as CTC has it.
            said = tuple(label for label, before in zip(
                path[:, 0], [None, *path[:, 0]])
                if label not in (before, transcriber.phonemes))
            self.assertEqual(voice.say(
                [''.join(letters[number] for number in (0, 3, 2))]), [said])

    def test_learns_then_pronounces(self):
        with output() as (folder, printed):
            main_loop, errors = main(**small(
                folder, epochs=15, dim=24, learning_rate=.03, dropout=0,
                batch_size=16, lm_order=2, lm_weight=.7, lm_bonus=.3))
            self.assertLess(errors.word_error, .3)
            self.assertLess(errors.phoneme_error, .2)
            log = main_loop.log
            self.assertEqual(log.status['best_valid_word_error'],
                             min(row['valid_word_error']
                                 for row in log.values()
                                 if 'valid_word_error' in row))
            with open(os.path.join(folder, 'test.txt')) as file:
                rows = [line.rstrip('\n').split('\t') for line in file]
            self.assertEqual(len(rows), errors.words)
            for word, verdict, said, *known in rows:
                self.assertEqual(verdict == 'right', said in known, word)
            self.assertAlmostEqual(
                sum(row[1] == 'wrong' for row in rows) / len(rows),
                errors.word_error)
            printed.truncate(0)
            start(save_to=folder, pronounce=['XAB', 'tet'])
            lines = [line.split() for line in
                     printed.getvalue().strip('\0').splitlines()]
            for word, sounds in [('xab', 'K S AA B'), ('tet', 'T EH T')]:
                best = next(line for line in lines if line[0] == word)
                self.assertEqual(best[2:], sounds.split())
            shares = [float(line[1].rstrip('%')) for line in lines
                      if line[0] == 'xab']
            self.assertEqual(shares, sorted(shares, reverse=True))
            for word, pattern in [('box', "'box'.*among abetx, got o"),
                                  ('', "''.*got none")]:
                code, wrong = run('--quiet', '--save-to', folder,
                                  '--pronounce', 'bat', word)
                self.assertEqual(code, 1)
                self.assertRegex(wrong, f'^error: [^\n]*{pattern}[^\n]*\n$')
            self.check_decoding(folder)

    def check_decoding(self, folder):
        """The run's settings of decoding are used, unless changed."""
        ways = dict(load_voice(folder).search(['tab'])[0])
        self.assertEqual(ways, dict(load_voice(
            folder, lm_order=2, lm_weight=.7, lm_bonus=.3
        ).search(['tab'])[0]))
        for changes in ({'lm_weight': 0}, {'lm_bonus': 2}, {'lm_order': 1},
                        {'joint_weight': 0}, {'joint_order': 1}):
            other = dict(load_voice(folder, **changes).search(['tab'])[0])
            self.assertNotEqual(other, ways, changes)
        printed = []
        for arguments in [], ['--lm-weight', '0', '--lm-bonus', '4',
                              '--joint-weight', '0.1']:
            with contextlib.redirect_stdout(io.StringIO()) as text:
                self.assertEqual(run('--save-to', folder, '--pronounce',
                                     'tab', *arguments)[0], 0)
            printed.append(text.getvalue())
        self.assertNotEqual(*printed)
        path = os.path.join(folder, 'tiny.dict')
        with open(path, 'a') as file:
            file.write('ooo OW\n')
        with self.assertRaisesRegex(UserError, 'other letters or phonemes'):
            load_voice(folder)

    def test_resumed_or_not_the_same_seed_gives_the_same_result(self):
        with output() as (folder, _):
            with rewound(epochs=1):
                whole, errors = main(**small(folder, epochs=2, dropout=.3))
            expected = whole.model.get_parameter_values()
            resumed, again = main(
                resume=os.path.join(folder, CHECKPOINT), quiet=True)
        self.assertEqual(resumed.status['epochs_done'], 2)
        self.assertEqual(again, errors)
        for name, value in resumed.model.get_parameter_values().items():
            assert_array_equal(value, expected[name], name)


class TestNetwork(TestCase):
    def test_padding_changes_nothing(self):
        transcriber = make_transcriber('abc', 'XYZ', dim=4, layers=2,
                                       frames_per_letter=3)
        inputs = variables()
        evaluate = theano.function(
            inputs, [*transcriber.apply(*inputs[:2]),
                     cost_of(transcriber, *inputs)])
        floatX = theano.config.floatX
        x, m = numpy.array([[0, 2], [1, 0]]), numpy.ones((2, 2), floatX)
        y, ym = numpy.array([[1, 2], [1, 0]]), numpy.array([[1, 1], [1, 0]],
                                                           floatX)
        first, frames, cost = evaluate(x, m, y, ym)
        self.assertEqual(first.shape, (6, 2, 4))
        assert_array_equal(frames, numpy.ones((6, 2)))
        padded, frames, padded_cost = evaluate(
            numpy.concatenate([x, x]), numpy.concatenate([m, 0 * m]),
            numpy.concatenate([y, y]), numpy.concatenate([ym, 0 * ym]))
        assert_array_equal(frames[:, 0], [1] * 6 + [0] * 6)
        assert_allclose(padded[:6], first, rtol=1e-5)
        assert_allclose(padded_cost, cost, rtol=1e-5)

    def test_frames_belong_to_letters(self):
        """Frames 2 t and 2 t + 1 are made of the state of letter t."""
        transcriber = make_transcriber('abc', 'XY', dim=3, layers=1)
        voice = Voice(transcriber, 'abc', 'XY')
        (one, _, _), = voice.energies(['ab'])
        weights = transcriber.output.W
        value = weights.get_value()
        value[:, 3:] = 0
        weights.set_value(value)
        (other, _, _), = voice.energies(['ab'])
        assert_array_equal(other[::2], one[::2])
        assert_array_equal(other[1::2], 0)
        self.assertEqual(other.shape, (4, 1, 3))

    def test_words_come_back_in_their_order(self):
        voice = Voice(make_transcriber('abc', 'XY', dim=3, layers=1),
                      'abc', 'XY', batch_size=2)
        words = ['abcabc', 'a', 'cab', 'b', 'bb', 'cabcabcc', 'a']
        said, found = voice.say(words), voice.search(words, width=50)
        for word, phonemes, ways in zip(words, said, found):
            self.assertEqual(voice.say([word]), [phonemes])
            alone, = voice.search([word], width=50)
            self.assertEqual([way for way, _ in alone[:3]],
                             [way for way, _ in ways[:3]])
        # All pronunciations of a letter, in two frames.
        (energies, _, _), = voice.energies(['a'])
        p = softmax(energies[:, 0], axis=1)
        ways = dict(found[1])
        self.assertEqual(set(ways), {(), ('X',), ('Y',), ('X', 'Y'),
                                     ('Y', 'X')})
        assert_allclose(ways['X', 'Y'], p[0, 0] * p[1, 1], rtol=1e-5)
        assert_allclose(sum(ways.values()), 1, rtol=1e-5)

    def test_search_with_a_language_model(self):
        transcriber = make_transcriber('abc', 'XY', dim=3, layers=1)
        (energies, _, _), = Voice(transcriber, 'abc', 'XY').energies(['a'])
        p = softmax(energies[:, 0], axis=1)
        ngram = PhonemeNgram(2, order=2).fit([[0, 1], [1, 0], [0]])
        ways = dict(Voice(transcriber, 'abc', 'XY', language_model=ngram,
                          weight=.5, bonus=1).search(['a'], width=50)[0])
        self.assertEqual(len(ways), 5)
        assert_allclose(sum(ways.values()), 1)
        start, x = numpy.exp(ngram(())), numpy.exp(ngram((0,)))
        only_x = p[0, 0] * p[1, 0] + p[0, 0] * p[1, 2] + p[0, 2] * p[1, 0]
        # X begins and ends a word; X and Y, of which Y ends it.
        assert_allclose(
            ways['X', 'Y'] / ways['X',],
            p[0, 0] * p[1, 1] / only_x * numpy.e * numpy.sqrt(
                x[1] * numpy.exp(ngram((0, 1)))[2] / x[2]), rtol=1e-5)
        assert_allclose(
            ways['X',] / ways[()], only_x / (p[0, 2] * p[1, 2]) * numpy.e
            * numpy.sqrt(start[0] * x[2] / start[2]), rtol=1e-5)

    def test_ngram_of_the_training_words(self):
        with output() as (folder, _):
            dictionary = load_dictionary(os.path.join(folder, 'tiny.dict'))
            ngram = fit_ngram(dictionary, 3)
        phonemes = dictionary.phonemes
        known = [tuple(map(phonemes.index, way)) for ways
                 in dictionary.part('training').values() for way in ways]
        plain = WittenBell(len(phonemes) + 1, 3, start=len(phonemes)).fit(
            way + (len(phonemes),) for way in known)
        for way in known[:20]:
            for n in range(len(way) + 1):
                assert_allclose(ngram(way[:n]), numpy.log(
                    plain.distribution((len(phonemes), *way[:n]))))
                if n > 1:
                    self.assertIs(ngram(way[:n]), ngram((0, *way[:n])))

    def test_ngram_forgets_what_it_cached_when_fitted(self):
        ngram = PhonemeNgram(2, order=1).fit([[0]])
        assert_allclose(ngram(()), ngram((0, 1)))
        before = ngram(())
        self.assertGreater(ngram.fit([[1], [1]])(())[1], before[1])


def run(*arguments):
    """The demo's command line: exit code, what it wrote."""
    return commands.run(start, parse, *arguments)


class TestCommandLine(TestCase):
    def check(self, message, *arguments):
        code, errors = run('--quiet', *arguments)
        self.assertEqual(code, 1)
        self.assertRegex(errors, '^error: [^\n]*{}[^\n]*\n$'.format(message))

    def test_bad_input(self):
        with output() as (folder, _):
            path = os.path.join(folder, 'tiny.dict')
            self.check('cannot read .*none.dict', '--save-to', folder,
                       '--dictionary', os.path.join(folder, 'none.dict'))
            self.check('is not a checkpoint', '--resume', path)
            self.check('cannot create the folder', '--save-to', path)
            self.check('train first', '--save-to', folder,
                       '--pronounce', 'word')

    def test_options(self):
        for arguments in (['--epochs', '0'], ['--dropout', '1'],
                          ['--dim', 'many'], ['--pronounce'],
                          ['--lm-weight', '-1'], ['--lm-order', '0'],
                          ['--joint-weight', '-1'], ['--joint-order', '0'],
                          ['--frames-per-letter', '0']):
            with contextlib.redirect_stderr(io.StringIO()) as errors:
                with self.assertRaises(SystemExit) as caught:
                    parse(arguments)
            self.assertEqual(caught.exception.code, 2)
            self.assertIn(arguments[0], errors.getvalue())

    def test_quick(self):
        quick = vars(parse(['--quick', '--dim', '7']))
        self.assertEqual(quick['dim'], 7)
        self.assertEqual(quick['epochs'], QUICK['epochs'])
        self.assertNotIn('quick', quick)
        self.assertNotEqual(PhonemeSettings().epochs, QUICK['epochs'])
