"""Bach's chorales, read from the installed music21 package.

music21's wheel includes scores of 409 chorales as MusicXML. They are read in
place; music21 itself is not imported. :func:`load_chorales` converts them to
piano rolls of the voices, without the instruments that double them or play
interludes. Each quarter note is a frame with the notes sounding at that
moment, whether struck or held.

"""
import math
import os
import re
import zlib
from collections import Counter, OrderedDict, defaultdict
from dataclasses import dataclass

import numpy
import theano
from fuel.datasets import IndexableDataset

from demos._support.exits import UserError
from demos._support.files import inside_package
from demos.music.musicxml import read_score

#: The number of keys of a piano, and the MIDI number of the lowest, A0.
N_NOTES = 88
LOWEST = 21

#: Prefixes of the names of the voices' parts.
VOICES = ('Soprano', 'Alto', 'Tenor', 'Bass')
#: Parts of the data, and their shares of every five pieces.
SHARES = OrderedDict([('test', 1), ('validation', 1), ('training', 3)])

INSTALL = "pip install --no-deps 'music21>=10.5,<11'"
REINSTALL = INSTALL.replace('install', 'install --force-reinstall', 1)


@dataclass(frozen=True)
class Chorale:
    """A piece.

    Attributes
    ----------
    name : str
        Its number in the catalogue of Bach's works, as in the file name.
    roll : :class:`numpy.ndarray` of uint8
        (quarters, 88), 1 where a note sounds. Each frame has at least one.
    bars : tuple of int
        The frames at which measures begin.

    """

    name: str
    roll: numpy.ndarray
    bars: tuple


@dataclass(frozen=True)
class Chorales:
    """The parts of the data.

    Attributes
    ----------
    training, validation, test : :class:`fuel.datasets.IndexableDataset`
        With the source ``notes``, arrays (time, 88) of floatX.
    pieces : dict of list of :class:`Chorale`
        The same pieces in the same order, by the name of the part.
    left_out : dict of str
        For each omitted duplicate, the name of the piece that it repeats.

    """

    training: IndexableDataset
    validation: IndexableDataset
    test: IndexableDataset
    pieces: dict
    left_out: dict


def load_chorales(folder=None):
    """Read the chorales, drop duplicates, and split them.

    The part of a piece depends only on its name.

    Parameters
    ----------
    folder : str, optional
        The folder of the files, by default that of the installed music21.

    Returns
    -------
    :class:`Chorales`

    Raises
    ------
    UserError
        If music21 is not installed, its files are invalid, or there are too
        few of them for three parts.

    """
    folder = folder or find_folder()
    chorales = split(*without_copies(read_chorales(folder)))
    if not all(chorales.pieces.values()):
        raise UserError(f'{folder} has too few chorales for three parts; '
                        f'run: {REINSTALL}')
    return chorales


def split(chorales, left_out=None):
    """Put each piece into the part that its name determines.

    Parameters
    ----------
    chorales : list of :class:`Chorale`
    left_out : dict of str, optional
        See :class:`Chorales`.

    Returns
    -------
    :class:`Chorales`

    """
    pieces = {part: [] for part in SHARES}
    for chorale in chorales:
        pieces[part_of(chorale.name)].append(chorale)
    return Chorales(pieces=pieces, left_out=left_out or {}, **{
        part: IndexableDataset(
            OrderedDict(notes=[chorale.roll.astype(theano.config.floatX)
                               for chorale in chosen]),
            axis_labels={'notes': ('batch', 'time', 'note')})
        for part, chosen in pieces.items()})


def find_folder():
    """Return the folder of Bach's works in the installed music21."""
    return inside_package('music21', 'corpus', 'bach',
                          what="Bach's chorales are read", install=INSTALL)


def read_chorales(folder):
    """Read all pieces for voices in a folder.

    Returns
    -------
    list of :class:`Chorale`
        In the order of their numbers.

    Raises
    ------
    UserError
        If the folder or a file cannot be read, or a file is damaged.

    """
    chorales = []
    try:
        files = [name for name in os.listdir(folder)
                 if name.endswith(('.mxl', '.xml'))]
    except OSError as error:
        raise UserError(f'cannot read {folder}: {error.strerror}; run: '
                        f'{REINSTALL}') from error
    for file in sorted(files, key=_by_number):
        path = os.path.join(folder, file)
        try:
            chorale = chorale_of(read_score(path), os.path.splitext(file)[0])
        except OSError as error:
            raise UserError(f'cannot read {path}: {error.strerror}; run: '
                            f'{REINSTALL}') from error
        except ValueError as error:
            raise UserError(f'{path} is damaged, {error}; run: '
                            f'{REINSTALL}') from error
        if chorale is not None:
            chorales.append(chorale)
    return chorales


def _by_number(name):
    """Return a key that sorts 'bwv9.7' before 'bwv10.7'."""
    return [int(piece) if piece.isdigit() else piece
            for piece in re.split(r'(\d+)', name)]


def chorale_of(score, name):
    """Make the piano roll of a score's voices.

    Frames without any voice, such as rests and instrumental interludes, are
    dropped.

    Parameters
    ----------
    score : :class:`~demos.music.musicxml.Score`
    name : str

    Returns
    -------
    :class:`Chorale` or None
        None if there are fewer than four voices.

    Raises
    ------
    ValueError
        If a note is not on the piano, or there are no notes.

    """
    voices = [notes for part, notes in score.parts if part.startswith(VOICES)]
    if len(voices) < len(VOICES):
        return None
    roll = numpy.zeros((math.ceil(score.length), N_NOTES), dtype='uint8')
    for note in sum(voices, []):
        key = note.pitch - LOWEST
        if not 0 <= key < N_NOTES:
            raise ValueError(f'a note of pitch {note.pitch} is not on the '
                             f'piano')
        roll[math.ceil(note.onset):math.ceil(note.end), key] = 1
    sounds = roll.any(axis=1)
    if not sounds.any():
        raise ValueError('it has no notes')
    before = numpy.concatenate([[0], sounds.cumsum()])
    bars = sorted({int(before[math.ceil(bar)]) for bar in score.bars})
    return Chorale(name, roll[sounds],
                   tuple(bar for bar in bars if bar < sounds.sum()))


def without_copies(chorales, run=4, share=0.5):
    """Drop pieces that repeat an earlier one, possibly in another key.

    Several chorales are in the collection twice: with and without
    instruments, in two works, or in two editions. A copy in the training part
    would leak the test part.

    Parameters
    ----------
    chorales : list of :class:`Chorale`
    run : int, optional
        The number of chords in a run.
    share : float, optional
        Two pieces count as the same if they share at least this fraction of
        runs, relative to the piece with fewer runs.

    Returns
    -------
    chorales : list of :class:`Chorale`
        The pieces without repetitions of earlier ones.
    left_out : dict of str
        The name of the earlier piece by the name of the dropped one.

    """
    kept, left_out = {}, {}
    sizes, pieces_with = {}, defaultdict(set)
    for chorale in chorales:
        runs = _runs(chorale.roll, run)
        common = Counter(name for one in runs for name in pieces_with[one])
        same = next((name for name, count in common.most_common()
                     if count >= share * min(len(runs), sizes[name])), None)
        if same is not None:
            left_out[chorale.name] = same
            continue
        kept[chorale.name] = chorale
        sizes[chorale.name] = len(runs)
        for one in runs:
            pieces_with[one].add(chorale.name)
    return list(kept.values()), left_out


def _runs(roll, length):
    """Return all runs of chords, relative to the first one's lowest note."""
    chords = [numpy.flatnonzero(frame) for frame in roll]
    return {tuple(tuple(chord - chords[start][0])
                  for chord in chords[start:start + length])
            for start in range(len(chords) - length + 1)}


def part_of(name):
    """Return the part of the data for a piece, given its name alone."""
    place = zlib.crc32(name.encode()) % sum(SHARES.values())
    for part, share in SHARES.items():
        if place < share:
            return part
        place -= share


class Transposer:
    """Moves each piece up or down by a random number of semitones.

    Parameters
    ----------
    most : int
        The maximum number of semitones in either direction.
    seed : int
        The seed of the random choice.

    """

    def __init__(self, most, seed):
        self.most = most
        self.rng = numpy.random.RandomState(seed)

    def __call__(self, example):
        """Transpose the notes of an example, a tuple (notes,)."""
        notes, = example
        return (transposed(
            notes, self.rng.randint(-self.most, self.most + 1)),)


def transposed(notes, semitones):
    """Transpose notes, as far as the keyboard allows.

    Parameters
    ----------
    notes : :class:`numpy.ndarray`
        (time, 88).
    semitones : int
        The shift upwards; negative values shift downwards.

    Returns
    -------
    :class:`numpy.ndarray`
        The same shape and dtype. No note is lost: if a shift would move a
        note beyond either end, all notes are shifted less.

    """
    used = numpy.flatnonzero(notes.any(axis=0))
    if not len(used):
        return notes
    return numpy.roll(notes, numpy.clip(
        semitones, -used[0], notes.shape[1] - 1 - used[-1]), axis=1)


def note_frequencies(dataset):
    """Return how often each note sounds, with add-one smoothing.

    Parameters
    ----------
    dataset : :class:`fuel.datasets.IndexableDataset`

    Returns
    -------
    :class:`numpy.ndarray`
        (88,), between 0 and 1.

    """
    frames = numpy.concatenate(list(dataset.notes))
    return (frames.sum(axis=0) + 1) / (len(frames) + 2)
