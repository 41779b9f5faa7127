"""Piano rolls as notes, and as MIDI files to listen to.

A standard MIDI file is a header and tracks of events; each event is preceded
by the time since the previous one, in ticks. The format is defined by
"Standard MIDI Files 1.0", MIDI Manufacturers Association, 1996.

"""
import struct

import numpy

from demos.music.data import LOWEST, N_NOTES

#: Ticks in a quarter note.
TICKS = 480
#: General MIDI program: church organ, which sustains notes like a choir.
ORGAN = 19
VELOCITY = 80


def held_notes(roll):
    """Return the notes of a piano roll, merging frames of held notes.

    Parameters
    ----------
    roll : array_like
        (frames, 88), above 0 where a note sounds.

    Returns
    -------
    list of (int, int, int)
        Key from 0, first frame, and first frame after, by key and time.

    """
    edges = numpy.diff((numpy.asarray(roll).T > 0).astype(int), axis=1,
                       prepend=0, append=0)
    keys, starts = numpy.nonzero(edges == 1)
    _, ends = numpy.nonzero(edges == -1)
    return list(zip(keys.tolist(), starts.tolist(), ends.tolist()))


def write_midi(path, roll, tempo=72, program=ORGAN):
    """Write a piano roll as a MIDI file of one track.

    Parameters
    ----------
    path : str
    roll : array_like
        (frames, 88), with one frame per quarter note.
    tempo : float, optional
        Quarter notes per minute.
    program : int, optional
        The General MIDI instrument, counted from 0.

    Raises
    ------
    ValueError
        If the roll is not (frames, 88), or the tempo or program is out of
        range.

    """
    if numpy.ndim(roll) != 2 or numpy.shape(roll)[1] != N_NOTES:
        raise ValueError(f'write_midi: a roll must be (frames, 88), got '
                         f'shape {numpy.shape(roll)}')
    if not 0 <= program <= 127:
        raise ValueError(f'write_midi: program must be from 0 to 127, got '
                         f'{program}')
    if not 4 <= tempo <= 1000:
        raise ValueError(f'write_midi: tempo must be from 4 to 1000 quarter '
                         f'notes per minute, got {tempo}')
    track = b''.join([
        _event(0, b'\xff\x51\x03'
               + round(60e6 / tempo).to_bytes(3, 'big')),  # microseconds
        _event(0, b'\xff\x58\x04\x04\x02\x18\x08'),  # 4/4
        _event(0, bytes([0xc0, program])),
        *_note_events(roll),
        _event(0, b'\xff\x2f\x00')])  # end of track
    with open(path, 'wb') as file:
        file.write(_chunk(b'MThd', struct.pack('>3H', 0, 1, TICKS))
                   + _chunk(b'MTrk', track))


def _chunk(kind, content):
    return kind + struct.pack('>I', len(content)) + content


def _event(ticks, message):
    return _variable_length(ticks) + message


def _note_events(roll):
    """Return note-on and note-off events by time, note-offs first."""
    edges = sorted(edge for key, start, end in held_notes(roll)
                   for edge in [(start, 1, key), (end, 0, key)])
    before = 0
    for frame, is_on, key in edges:
        yield _event((frame - before) * TICKS, bytes(
            [0x90 if is_on else 0x80, key + LOWEST, VELOCITY * is_on]))
        before = frame


def _variable_length(number):
    """Encode seven bits per byte, with the eighth bit set in all but the last.

    """
    groups = [number & 0x7f]
    while number := number >> 7:
        groups.append(number & 0x7f | 0x80)
    return bytes(reversed(groups))
