"""A reader of MusicXML scores: which notes sound when.

It reads only the necessary elements: parts, measures, divisions, notes with
chords, rests, backup and forward, transposing instruments. Notation, keys,
dynamics and lyrics are ignored. Repeats and endings are not followed: each
measure is played once, in written order. Grace notes have no duration and cue
notes are not played, so neither sounds. Ties can be ignored, since each tied
note has its own duration.

The format is defined at https://www.w3.org/2021/06/musicxml40/.

"""
import zipfile
from dataclasses import dataclass
from fractions import Fraction
from xml.etree import ElementTree

#: Semitones above C.
STEPS = {'C': 0, 'D': 2, 'E': 4, 'F': 5, 'G': 7, 'A': 9, 'B': 11}
#: The member of a compressed file that names the score.
CONTAINER = 'META-INF/container.xml'


@dataclass(frozen=True)
class Note:
    """A note that sounds.

    Attributes
    ----------
    pitch : int
        The MIDI number: 60 is middle C.
    onset, end : :class:`fractions.Fraction`
        Times from the beginning of the piece, in quarter notes.

    """

    pitch: int
    onset: Fraction
    end: Fraction


@dataclass(frozen=True)
class Score:
    """The contents of a score.

    Attributes
    ----------
    parts : list of (str, list of :class:`Note`)
        Name and notes of each part, from the top of the page.
    bars : list of :class:`fractions.Fraction`
        Where each measure begins, in quarter notes.
    length : :class:`fractions.Fraction`
        The length, in quarter notes.

    """

    parts: list
    bars: list
    length: Fraction


def read_score(path):
    """Read a score.

    Parameters
    ----------
    path : str
        A ``.mxl`` file, which is compressed, or a plain ``.xml``.

    Returns
    -------
    :class:`Score`

    Raises
    ------
    OSError
        If the file cannot be opened.
    ValueError
        If it is not a partwise MusicXML score, or is inconsistent.

    """
    root = _parse(path)
    if root.tag != 'score-partwise':
        raise ValueError(f'expected a score-partwise, got {root.tag}')
    names = {part.get('id'): (part.findtext('part-name') or '').strip()
             for part in root.iter('score-part')}
    parts = [(_PartReader(names.get(part.get('id'), '')),
              part.findall('measure')) for part in root.findall('part')]
    counts = sorted({len(measures) for _, measures in parts})
    if len(counts) != 1:
        raise ValueError(f'the parts have different numbers of measures: '
                         f'{counts}')
    bars, now = [], Fraction(0)
    for number in range(counts[0]):
        bars.append(now)
        try:
            now = max(reader.read_measure(measures[number], now)
                      for reader, measures in parts)
        except ValueError as error:
            raise ValueError(f'measure {number + 1}: {error}') from error
    return Score([(reader.name, reader.notes) for reader, _ in parts],
                 bars, now)


def _parse(path):
    """Return the root element of a plain or compressed file."""
    try:
        if not zipfile.is_zipfile(path):
            return ElementTree.parse(path).getroot()
        with zipfile.ZipFile(path) as archive:
            container = ElementTree.fromstring(archive.read(CONTAINER))
            member = container.find('.//{*}rootfile').get('full-path')
            return ElementTree.fromstring(archive.read(member))
    except (ElementTree.ParseError, zipfile.BadZipFile, KeyError,
            AttributeError) as error:
        raise ValueError(f'neither MusicXML nor a compressed one '
                         f'({error})') from error


class _PartReader:
    """Collects the notes of a part, measure by measure."""

    def __init__(self, name):
        self.name = name
        self.notes = []
        self._divisions = None
        self._transposition = 0

    def read_measure(self, measure, start):
        """Read a measure that begins at `start`; return its end."""
        now = end = onset = start
        for element in measure:
            if element.tag == 'attributes':
                self._read_attributes(element)
            elif element.tag == 'forward':
                now += self._duration(element)
            elif element.tag == 'backup':
                now -= self._duration(element)
                if now < start:
                    raise ValueError('it backs up before its beginning')
            elif element.tag == 'note' and element.find('grace') is None:
                if element.find('chord') is None:
                    onset = now
                    now += self._duration(element)
                self._add(element, onset)
            end = max(end, now)
        return end

    def _read_attributes(self, attributes):
        divisions = attributes.findtext('divisions')
        if divisions is not None:
            self._divisions = Fraction(divisions)
            if self._divisions <= 0:
                raise ValueError(f'divisions must be above 0, got '
                                 f'{divisions}')
        transpose = attributes.find('transpose')
        if transpose is not None:
            self._transposition = (
                int(transpose.findtext('chromatic', '0'))
                + 12 * int(transpose.findtext('octave-change', '0')))

    def _duration(self, element):
        duration = element.findtext('duration')
        if duration is None or self._divisions is None:
            missing = ('duration' if duration is None
                       else 'divisions before the first duration')
            raise ValueError(f'a {element.tag} lacks {missing}')
        return Fraction(duration) / self._divisions

    def _add(self, element, onset):
        """Add a note, unless it is a rest or has no pitch."""
        pitch = element.find('pitch')
        if pitch is None or element.find('cue') is not None:
            return
        step = pitch.findtext('step')
        if step not in STEPS:
            raise ValueError(f'there is no step {step}')
        number = (12 * (int(pitch.findtext('octave', '')) + 1) + STEPS[step]
                  + int(pitch.findtext('alter', '0')) + self._transposition)
        self.notes.append(Note(number, onset,
                               onset + self._duration(element)))
