"""Tests of the chorales' reader on tiny scores, and on music21's."""
import importlib.util
import os
import tempfile
import unittest
import zipfile
from fractions import Fraction
from unittest import mock

import numpy
import theano
from numpy.testing import assert_allclose, assert_array_equal

from blocks_rnn_bricks.streams import padded_batches
from demos._support.exits import UserError
from demos.music import data
from demos.music.musicxml import Note, read_score

#: Pitches as MIDI counts, with the letters of the scores below.
STEPS = {48: 'C3', 52: 'E3', 53: 'F3', 55: 'G3', 57: 'A3', 59: 'B3',
         60: 'C4', 62: 'D4', 64: 'E4', 65: 'F4', 67: 'G4', 69: 'A4',
         71: 'B4', 72: 'C5', 74: 'D5', 76: 'E5', 77: 'F5'}
VOICES = ('Soprano', 'Alto', 'Tenor', 'Bass')


def note_xml(pitch, duration=1, more=''):
    """Return a note, or a rest if the pitch is None."""
    if pitch is None:
        sound = '<rest/>'
    else:
        step, octave = STEPS[pitch]
        sound = (f'<pitch><step>{step}</step><octave>{octave}</octave>'
                 f'</pitch>')
    return f'<note>{more}{sound}<duration>{duration}</duration></note>'


def score_xml(parts, attributes='<divisions>1</divisions>'):
    """Return a score of parts: (name, the inner XML of each measure)."""
    names = ''.join(
        f'<score-part id="P{number}"><part-name>{name}</part-name>'
        f'</score-part>' for number, (name, _) in enumerate(parts))
    bodies = ''.join(
        f'<part id="P{number}">' + ''.join(
            '<measure>' + (not index) * f'<attributes>{attributes}'
            '</attributes>' + measure + '</measure>'
            for index, measure in enumerate(measures)) + '</part>'
        for number, (_, measures) in enumerate(parts))
    return (f'<?xml version="1.0"?><score-partwise><part-list>{names}'
            f'</part-list>{bodies}</score-partwise>')


def chorale_xml(chords):
    """Return a chorale of chords, each from the top, in measures of four."""
    return score_xml([
        (name, [''.join(note_xml(chord[voice])
                        for chord in chords[start:start + 4])
                for start in range(0, len(chords), 4)])
        for voice, name in enumerate(VOICES)])


class FilesTestCase(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = folder.name

    def write(self, text, name='piece.xml'):
        path = os.path.join(self.folder, name)
        with open(path, 'w', encoding='utf-8') as file:
            file.write(text)
        return path


class TestReadScore(FilesTestCase):
    def notes(self, *measures, attributes='<divisions>2</divisions>'):
        score = read_score(self.write(score_xml([('Solo', measures)],
                                                attributes)))
        (name, notes), = score.parts
        self.assertEqual(name, 'Solo')
        return [(note.pitch, float(note.onset), float(note.end))
                for note in notes]

    def test_notes_follow_each_other(self):
        self.assertEqual(
            self.notes(note_xml(60, 2) + note_xml(None, 1) + note_xml(62, 3),
                       note_xml(64, 4)),
            [(60, 0, 1), (62, 1.5, 3), (64, 3, 5)])

    def test_chords_sound_together(self):
        self.assertEqual(
            self.notes(note_xml(60, 2) + note_xml(64, 2, '<chord/>')
                       + note_xml(67, 1, '<chord/>') + note_xml(72, 2)),
            [(60, 0, 1), (64, 0, 1), (67, 0, .5), (72, 1, 2)])

    def test_backup_and_forward(self):
        move = '<{0}><duration>{1}</duration></{0}>'
        self.assertEqual(
            self.notes(note_xml(60, 4) + move.format('backup', 4)
                       + move.format('forward', 1) + note_xml(48, 1)
                       + move.format('backup', 1) + note_xml(52, 2),
                       note_xml(62, 2)),
            [(60, 0, 2), (48, .5, 1), (52, .5, 1.5), (62, 2, 3)])

    def test_grace_and_cue_notes_do_not_sound(self):
        grace = ('<note><grace/><pitch><step>D</step><octave>4</octave>'
                 '</pitch></note>')
        self.assertEqual(
            self.notes(note_xml(60, 2) + grace + note_xml(64, 2, '<cue/>')
                       + note_xml(62, 2)), [(60, 0, 1), (62, 2, 3)])

    def test_accidentals_and_transposition(self):
        flat = ('<note><pitch><step>B</step><alter>-1</alter><octave>3'
                '</octave></pitch><duration>2</duration></note>')
        self.assertEqual(self.notes(flat), [(58, 0, 1)])
        horn = ('<divisions>2</divisions><transpose><chromatic>-7'
                '</chromatic><octave-change>1</octave-change></transpose>')
        self.assertEqual(self.notes(flat, flat, attributes=horn),
                         [(63, 0, 1), (63, 1, 2)])

    def test_divisions_may_change(self):
        change = '<attributes><divisions>3</divisions></attributes>'
        self.assertEqual(
            self.notes(note_xml(60, 2), change + note_xml(62, 2)),
            [(60, 0, 1), (62, 1, 5 / 3)])

    def test_measures_begin_together(self):
        score = read_score(self.write(score_xml([
            ('Soprano', [note_xml(72), note_xml(74, 2), note_xml(76, 4)]),
            ('Bass', [note_xml(48), note_xml(52, 4), note_xml(53, 2)])])))
        self.assertEqual(score.bars, [0, 1, 5])
        self.assertEqual(score.length, 9)
        self.assertEqual([part for part, _ in score.parts],
                         ['Soprano', 'Bass'])
        self.assertEqual(score.parts[0][1][2],
                         Note(76, Fraction(5), Fraction(9)))

    def test_compressed(self):
        path = os.path.join(self.folder, 'piece.mxl')
        with zipfile.ZipFile(path, 'w') as archive:
            archive.writestr('cover.xml', '<cover/>')
            archive.writestr('META-INF/container.xml', (
                '<container xmlns="urn:x"><rootfiles><rootfile '
                'full-path="in/piece.xml"/></rootfiles></container>'))
            archive.writestr('in/piece.xml', score_xml(
                [('Bass', [note_xml(48, 3)])]))
        self.assertEqual(read_score(path).parts,
                         [('Bass', [Note(48, Fraction(0), Fraction(3))])])

    def test_refusals(self):
        one = '<note><rest/>{}</note>'
        for pattern, text in [
                ('neither MusicXML nor', ''),
                ('neither MusicXML nor', '<score-partwise>'),
                ('expected a score-partwise, got opus', '<opus/>'),
                (r'different numbers of measures: \[\]',
                 '<score-partwise/>'),
                (r'different numbers of measures: \[1, 2\]',
                 score_xml([('A', ['']), ('B', ['', ''])])),
                ('measure 2: a note lacks duration',
                 score_xml([('A', ['', one.format('')])])),
                ('measure 1: a note lacks divisions',
                 score_xml([('A', [note_xml(60)])], '')),
                ('measure 1: divisions must be above 0, got 0',
                 score_xml([('A', [''])], '<divisions>0</divisions>')),
                ('measure 1: it backs up before its beginning',
                 score_xml([('A', ['<backup><duration>1</duration>'
                                   '</backup>'])])),
                ('measure 1: there is no step H',
                 score_xml([('A', [note_xml(60).replace('C', 'H')])])),
                ('measure 1: .*invalid literal',
                 score_xml([('A', [note_xml(60).replace(
                     '>4<', '>four<')])]))]:
            with self.assertRaisesRegex(ValueError, pattern):
                read_score(self.write(text))

    def test_zip_without_a_score(self):
        path = os.path.join(self.folder, 'piece.mxl')
        with zipfile.ZipFile(path, 'w') as archive:
            archive.writestr('notes.txt', 'nothing')
        with self.assertRaisesRegex(ValueError, 'neither MusicXML nor'):
            read_score(path)


class TestChoraleOf(FilesTestCase):
    def chorale(self, *parts):
        return data.chorale_of(
            read_score(self.write(score_xml(parts))), 'tiny')

    def test_frames_hold_the_notes_at_each_quarter(self):
        divided = '<attributes><divisions>2</divisions></attributes>'
        chorale = self.chorale(
            ('Soprano', [note_xml(72, 2), note_xml(74, 2)]),
            # An eighth between two quarters, and a syncopation.
            ('Alto 1', [divided + note_xml(65, 1) + note_xml(67, 1)
                        + note_xml(64, 1) + note_xml(65, 1), note_xml(67, 4)]
             ),
            ('Tenor Viola', [note_xml(60, 2), note_xml(None, 2)]),
            ('Trumpet', [note_xml(76, 2), note_xml(76, 2)]),
            ('Bass', [note_xml(48, 1) + note_xml(48, 1), note_xml(55, 2)]))
        self.assertEqual(chorale.name, 'tiny')
        self.assertEqual(
            [list(numpy.flatnonzero(frame) + data.LOWEST)
             for frame in chorale.roll],
            [[48, 60, 65, 72], [48, 60, 64, 72], [55, 67, 74], [55, 67, 74]])
        self.assertEqual(chorale.bars, (0, 2))
        self.assertEqual(chorale.roll.dtype, 'uint8')

    def test_silence_is_removed_and_bars_move(self):
        pause = note_xml(None, 3)
        chorale = self.chorale(*[
            (voice, [note_xml(None) + note_xml(pitch), pause,
                     note_xml(pitch, 2), pause])
            for voice, pitch in zip(VOICES, (72, 67, 64, 48))])
        self.assertEqual(len(chorale.roll), 3)
        self.assertTrue((chorale.roll.sum(axis=1) == 4).all())
        self.assertEqual(chorale.bars, (0, 1))

    def test_unison_is_one_note(self):
        chorale = self.chorale(*[
            (voice, [note_xml(pitch)])
            for voice, pitch in zip(VOICES, (67, 67, 60, 48))])
        self.assertEqual(chorale.roll.sum(), 3)

    def test_scores_without_four_voices_are_skipped(self):
        self.assertIsNone(self.chorale(
            ('Soprano', [note_xml(72)]), ('Piano', [note_xml(60)])))

    def test_refusals(self):
        low = note_xml(48).replace('3', '0')
        for pattern, measure in [('no notes', note_xml(None)),
                                 ('pitch 12 is not on the piano', low)]:
            with self.assertRaisesRegex(ValueError, pattern):
                self.chorale(*[(voice, [measure]) for voice in VOICES])


def random_piece(seed, name, length=12):
    """Return a chorale of random chords."""
    rng = numpy.random.RandomState(seed)
    roll = numpy.zeros((length, data.N_NOTES), 'uint8')
    for frame in roll:
        frame[rng.choice(numpy.arange(30, 60), 4, replace=False)] = 1
    return data.Chorale(name, roll, (0,))


class TestWithoutCopies(unittest.TestCase):
    def test_copies_are_found(self):
        first, other, third = (random_piece(seed, str(seed))
                               for seed in (1, 2, 3))
        shifted = data.Chorale('shifted', data.transposed(first.roll, 5),
                               (0,))
        longer = data.Chorale(
            'longer', numpy.concatenate([third.roll[:3], first.roll]), (0,))
        # Two of nine runs are in common, then six.
        part = data.Chorale('part', numpy.concatenate(
            [other.roll[:5], third.roll[:7]]), (0,))
        kept, left_out = data.without_copies(
            [first, other, shifted, longer, part, third])
        self.assertEqual(kept, [first, other, part, third])
        self.assertEqual(left_out, {'shifted': '1', 'longer': '1'})
        kept, left_out = data.without_copies([other, third, part], share=.4)
        self.assertEqual(left_out, {'part': '3'})

    def test_short_pieces(self):
        shorts = [random_piece(seed, str(seed), 3) for seed in (1, 2)]
        self.assertEqual(data.without_copies(shorts), (shorts, {}))


class TestTransposed(unittest.TestCase):
    def test_all_notes_move(self):
        roll = random_piece(1, 'x').roll
        for semitones in (-30, -3, 0, 4, 28):
            moved = data.transposed(roll, semitones)
            assert_array_equal(numpy.argwhere(moved),
                               numpy.argwhere(roll) + [0, semitones])

    def test_notes_stay_on_the_piano(self):
        roll = numpy.zeros((2, 88))
        roll[0, 3] = roll[1, 80] = 1
        assert_array_equal(numpy.argwhere(data.transposed(roll, -9)),
                           [[0, 0], [1, 77]])
        assert_array_equal(numpy.argwhere(data.transposed(roll, 9)),
                           [[0, 10], [1, 87]])
        assert_array_equal(data.transposed(roll[:0], 3), roll[:0])

    def test_transposer_uses_all_keys_and_its_seed(self):
        roll = numpy.zeros((1, 88))
        roll[0, 40] = 1

        def keys(seed):
            move = data.Transposer(2, seed)
            return [int(move((roll,))[0].argmax()) for _ in range(60)]
        self.assertEqual(set(keys(1)), {38, 39, 40, 41, 42})
        self.assertEqual(keys(1), keys(1))
        self.assertNotEqual(keys(1), keys(2))
        self.assertEqual(data.Transposer(0, 1)((roll,))[0].argmax(), 40)


class TestLoadChorales(FilesTestCase):
    def setUp(self):
        super().setUp()
        rng = numpy.random.RandomState(1)
        pitches = sorted(STEPS, reverse=True)
        for number in range(30):
            chords = [sorted(rng.choice(pitches, 4, replace=False))[::-1]
                      for _ in range(5 + number)]
            self.write(chorale_xml(chords), f'bwv{number}.xml')
        self.write(chorale_xml(chords), 'bwv40.xml')
        self.write(score_xml([('Piano', [note_xml(60)])]), 'bwv846.xml')
        self.write('no score', 'notes.txt')

    def test_parts(self):
        chorales = data.load_chorales(self.folder)
        self.assertEqual(chorales.left_out, {'bwv40': 'bwv29'})
        names = []
        for part in ('training', 'validation', 'test'):
            dataset = getattr(chorales, part)
            pieces = chorales.pieces[part]
            self.assertEqual(dataset.num_examples, len(pieces))
            self.assertEqual(dataset.sources, ('notes',))
            for index, piece in enumerate(pieces):
                notes, = dataset.get_data(request=index)
                self.assertEqual(notes.dtype, theano.config.floatX)
                assert_array_equal(notes, piece.roll)
                self.assertEqual(data.part_of(piece.name), part)
                self.assertEqual(len(notes), 5 + int(piece.name[3:]))
            names += [piece.name for piece in pieces]
        self.assertEqual(sorted(names),
                         sorted(f'bwv{number}' for number in range(30)))

    def test_split_is_by_name(self):
        counts = {part: 0 for part in data.SHARES}
        for number in range(2000):
            counts[data.part_of(f'bwv{number}')] += 1
        for part, share in data.SHARES.items():
            self.assertTrue(abs(counts[part] - 400 * share) < 100, counts)

    def test_stream(self):
        chorales = data.load_chorales(self.folder)
        stream = padded_batches(chorales.training, 4)
        self.assertEqual(stream.sources, ('notes', 'notes_mask'))
        notes, mask = next(stream.get_epoch_iterator())
        self.assertEqual(notes.shape, (*mask.shape, 88))
        assert_array_equal(notes.any(axis=2), mask)

    def test_frequencies(self):
        training = data.load_chorales(self.folder).training
        frequencies = data.note_frequencies(training)
        frames = numpy.concatenate(list(training.notes))
        self.assertEqual(frequencies.shape, (88,))
        self.assertAlmostEqual(
            float(frequencies[60 - data.LOWEST]),
            (frames[:, 60 - data.LOWEST].sum() + 1) / (len(frames) + 2),
            places=5)
        self.assertAlmostEqual(float(frequencies[0]), 1 / (len(frames) + 2),
                               places=6)

    def test_refusals(self):
        self.write(chorale_xml([(72, 67, 60, 48)]).replace('<duration>1',
                                                           '<duration>x'))
        with self.assertRaisesRegex(
                UserError, 'piece.xml is damaged, measure 1: .*; run: pip '
                           'install --force-reinstall'):
            data.load_chorales(self.folder)
        with self.assertRaisesRegex(UserError, 'cannot read .*gone.*run: '):
            data.load_chorales(os.path.join(self.folder, 'gone'))
        with tempfile.TemporaryDirectory() as empty:
            with self.assertRaisesRegex(UserError, 'too few chorales'):
                data.load_chorales(empty)

    def test_not_installed(self):
        with mock.patch.object(importlib.util, 'find_spec',
                               return_value=None):
            with self.assertRaisesRegex(
                    UserError, 'music21, which is not installed; run: pip'):
                data.load_chorales()


class TestInstalled(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        try:
            data.find_folder()
        except UserError as error:
            raise unittest.SkipTest(str(error)) from error
        cls.chorales = data.load_chorales()

    def test_counts(self):
        pieces = sum(self.chorales.pieces.values(), [])
        self.assertEqual(len(pieces) + len(self.chorales.left_out), 409)
        self.assertEqual(
            {part: len(chosen) for part, chosen
             in self.chorales.pieces.items()},
            {'test': 75, 'validation': 72, 'training': 241})
        # Stored twice: with and without instruments.
        self.assertEqual(self.chorales.left_out['bwv112.5'], 'bwv112.5-sc')
        for piece in pieces:
            self.assertTrue(piece.roll.any(axis=1).all(), piece.name)
            self.assertEqual(piece.bars[0], 0, piece.name)
        sizes = numpy.concatenate([piece.roll.sum(axis=1)
                                   for piece in pieces])
        self.assertGreater((sizes == 4).mean(), .89)
        self.assertLessEqual(sizes.max(), 5)

    def test_beginning_of_a_chorale(self):
        # 'Ach bleib bei uns, Herr Jesu Christ': in G minor, with an upbeat.
        piece = next(piece for piece in sum(self.chorales.pieces.values(), [])
                     if piece.name == 'bwv6.6')
        self.assertEqual(piece.bars[:3], (0, 1, 5))
        self.assertEqual(
            list(numpy.flatnonzero(piece.roll[0]) + data.LOWEST),
            [43, 58, 62, 67])

    def test_one_gram(self):
        p = data.note_frequencies(self.chorales.training)
        frames = numpy.concatenate(list(self.chorales.test.notes))
        nats = -(frames * numpy.log(p)
                 + (1 - frames) * numpy.log1p(-p)).sum(axis=1).mean()
        assert_allclose(nats, 11.54, atol=.01)
