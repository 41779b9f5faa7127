"""Tests of MIDI files and notes of piano rolls."""
import io
import os
import tempfile
import unittest

import numpy

from demos.music.data import LOWEST, N_NOTES
from demos.music.midi import TICKS, held_notes, write_midi
from demos.music.pictures import pitch_name


def roll_of(*frames):
    """Return a piano roll with these pitches in each frame."""
    roll = numpy.zeros((len(frames), N_NOTES), 'uint8')
    for frame, pitches in zip(roll, frames):
        frame[[pitch - LOWEST for pitch in pitches]] = 1
    return roll


def written(roll, **options):
    """Return the bytes of the file."""
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, 'tune.mid')
        write_midi(path, roll, **options)
        with open(path, 'rb') as file:
            return file.read()


def read_midi(content):
    """Return the events of a file of one track: (ticks, message)."""
    file = io.BytesIO(content)

    def number(size):
        return int.from_bytes(file.read(size), 'big')

    def variable():
        value, more = 0, True
        while more:
            byte = number(1)
            value, more = value << 7 | byte & 0x7f, byte & 0x80
        return value
    assert file.read(4) == b'MThd' and number(4) == 6
    header = number(2), number(2), number(2)
    assert file.read(4) == b'MTrk'
    end = number(4) + file.tell()
    events, now = [], 0
    while file.tell() < end:
        now += variable()
        status = number(1)
        if status == 0xff:
            kind = number(1)
            events.append((now, 'meta', kind, file.read(variable())))
        else:
            size = 1 if status >> 4 == 0xc else 2
            events.append((now, status, *file.read(size)))
    assert file.tell() == end and not file.read()
    return header, events


class TestHeldNotes(unittest.TestCase):
    def test_notes_last_as_long_as_they_sound(self):
        roll = roll_of([60, 64], [60, 65], [60], [], [60, 108], [21, 108])
        self.assertEqual(held_notes(roll), [
            (0, 5, 6), (39, 0, 3), (39, 4, 5), (43, 0, 1), (44, 1, 2),
            (87, 4, 6)])

    def test_nothing(self):
        for frames in (0, 3):
            self.assertEqual(held_notes(numpy.zeros((frames, 88))), [])


class TestWriteMidi(unittest.TestCase):
    def test_bytes(self):
        content = written(roll_of([60], [60, 64]), tempo=120, program=52)
        self.assertEqual(content, bytes.fromhex(
            '4d546864 00000006 0000 0001 01e0'  # format 0, a track, ticks
            '4d54726b 00000028'  # 40 bytes
            '00 ff5103 07a120'  # half a million microseconds a quarter
            '00 ff5804 04021808'  # 4/4
            '00 c034'
            '00 903c50'  # C4 on
            '8360 904050'  # E4 on, 480 ticks later
            '8360 803c00'
            '00 804000'
            '00 ff2f00'))

    def test_read_back(self):
        rng = numpy.random.RandomState(1)
        roll = (rng.uniform(size=(40, N_NOTES)) < .3).astype('uint8')
        roll[5:30, 12] = 1  # a long note
        header, events = read_midi(written(roll))
        self.assertEqual(header, (0, 1, TICKS))
        self.assertEqual(events[-1][1:], ('meta', 0x2f, b''))
        heard, sounding = numpy.zeros_like(roll), {}
        for now, status, pitch, velocity in events[3:-1]:
            if status == 0x90:
                self.assertGreater(velocity, 0)
                self.assertNotIn(pitch, sounding)
                sounding[pitch] = now
            else:
                self.assertEqual(status, 0x80)
                start = sounding.pop(pitch)
                self.assertEqual((start % TICKS, now % TICKS), (0, 0))
                heard[start // TICKS:now // TICKS, pitch - LOWEST] = 1
        self.assertEqual(sounding, {})
        numpy.testing.assert_array_equal(heard, roll)

    def test_silence(self):
        _, events = read_midi(written(numpy.zeros((4, N_NOTES))))
        self.assertEqual(len(events), 4)

    def test_refusals(self):
        roll = roll_of([60])
        for pattern, arguments in [
                (r'\(frames, 88\), got shape \(1, 87\)',
                 {'roll': roll[:, 1:]}),
                (r'got shape \(88,\)', {'roll': roll[0]}),
                ('tempo must be from 4 to 1000.*, got 0', {'tempo': 0}),
                ('tempo must be', {'tempo': 1001}),
                ('program must be from 0 to 127, got 128', {'program': 128}),
                ('program must be', {'program': -1})]:
            with self.assertRaisesRegex(ValueError, pattern):
                written(**{'roll': roll, **arguments})


class TestPitchName(unittest.TestCase):
    def test_names(self):
        for key, name in [(0, 'A0'), (1, 'B♭0'), (2, 'B0'), (3, 'C1'),
                          (39, 'C4'), (45, 'F♯4'), (87, 'C8')]:
            self.assertEqual(pitch_name(key), name)
