"""The text: the topics of Python's help()."""
import hashlib
from collections import Counter
from dataclasses import dataclass

import numpy
import theano
from fuel.datasets import Dataset
from fuel.streams import DataStream

from demos._support.exits import UserError

#: The symbol before the first character of a topic.
START = 0
#: The symbol for characters that are not in the alphabet.
UNKNOWN = 1
#: Time steps of a window when not training.
LONG = 500
#: Paragraphs shorter than this, such as headings, may be repeated.
SHORT = 40


class Alphabet:
    """Numbers for characters; 0 and 1 are :data:`START` and :data:`UNKNOWN`.

    Parameters
    ----------
    characters : str
        The characters in the order of their numbers.

    """

    def __init__(self, characters):
        self.characters = characters
        self._numbers = {character: number for number, character
                         in enumerate(characters, start=UNKNOWN + 1)}

    @classmethod
    def of(cls, texts, least=3):
        """Return the alphabet of characters that occur often enough.

        Parameters
        ----------
        texts : iterable of str
        least : int, optional
            Minimum number of occurrences of a character in all texts. Rarer
            ones teach the model the probability of an unknown character.

        """
        counts = Counter()
        for text in texts:
            counts.update(text)
        return cls(''.join(sorted(character for character, count
                                  in counts.items() if count >= least)))

    def __len__(self):
        return len(self.characters) + UNKNOWN + 1

    def encode(self, text):
        """Return the numbers of the characters, (length,) of int64."""
        return numpy.array([self._numbers.get(character, UNKNOWN)
                            for character in text], dtype='int64')

    def decode(self, numbers):
        """Return the text; unknown becomes U+FFFD, the start is dropped."""
        return ''.join(('', '\N{REPLACEMENT CHARACTER}', *self.characters)[n]
                       for n in numbers)


@dataclass(frozen=True)
class Topics:
    """The parts of the text.

    Attributes
    ----------
    training, validation, test : dict of str
        Text of each topic by its name.
    alphabet : :class:`Alphabet`
        The alphabet of the training part.

    """

    training: dict[str, str]
    validation: dict[str, str]
    test: dict[str, str]
    alphabet: Alphabet

    def encoded(self, *parts) -> list[numpy.ndarray]:
        """Return the topics of some parts, encoded in the alphabet."""
        return [self.alphabet.encode(text) for part in parts
                for text in getattr(self, part).values()]


def load_topics(topics=None):
    """Read the topics, drop repetitions, split the rest.

    Parameters
    ----------
    topics : dict of str, optional
        Text by name; by default the topics of the running Python, which
        differ between versions.

    Returns
    -------
    :class:`Topics`

    Raises
    ------
    UserError
        If this Python has no topics, or too few to split.

    """
    if topics is None:
        try:
            from pydoc_data.topics import topics
        except ImportError as error:
            raise UserError(
                'this Python lacks pydoc_data.topics, the text that this '
                'demo learns from; install the whole of its standard '
                'library') from error
    texts = without_repeats(topics)
    training, validation, test = split(texts)
    if not test:
        raise UserError(f'too few topics to split: {len(texts)} that are '
                        f'not part of others, at least 5 are needed')
    return Topics(training, validation, test,
                  Alphabet.of(training.values()))


def without_repeats(topics):
    """Keep only one copy of a paragraph that occurs in several topics.

    Whole topics are part of others: ``if``, for example, is in ``compound``.
    If one of the two were in the training part and the other held out, a
    model would be tested on text that it has memorized.

    Parameters
    ----------
    topics : dict of str
        Text by name.

    Returns
    -------
    dict of str
        From the longest topic to the shortest. A paragraph of at least
        :data:`SHORT` characters stays only in the first topic that has it,
        and a topic that would lose more than half of its text is dropped.

    """
    seen, kept = set(), {}
    for name in sorted(topics, key=lambda name: (-len(topics[name]), name)):
        paragraphs = topics[name].split('\n\n')
        text = '\n\n'.join(paragraph for paragraph in paragraphs
                           if paragraph.strip() not in seen)
        if 2 * len(text) > len(topics[name]):
            kept[name] = text
        seen.update(paragraph.strip() for paragraph in paragraphs
                    if len(paragraph.strip()) >= SHORT)
    return kept


def split(texts):
    """Hold out a tenth of the topics for the test, and one for validation.

    Of every ten topics of consecutive lengths (and of the rest, if there are
    at least five), the two whose names have the lowest hashes are held out.
    So all parts have both long and short topics, and the choice is the same
    on every machine.

    Parameters
    ----------
    texts : dict of str
        The texts by name, from the longest to the shortest.

    Returns
    -------
    training, validation, test : dict of str

    """
    names = list(texts)
    tens = [sorted(names[first:first + 10], key=_hash)
            for first in range(0, len(names), 10)]
    test, validation = ({ten[place] for ten in tens if len(ten) >= 5}
                        for place in range(2))
    parts = set(names) - validation - test, validation, test
    return tuple({name: texts[name] for name in names if name in part}
                 for part in parts)


def _hash(name):
    return hashlib.sha256(name.encode('utf-8')).hexdigest()


class Windows(Dataset):
    """Texts in parallel rows, read a window at a time.

    A window has the sources

    ``characters``
        (time, rows), int64: the character before each target, and at the
        beginning of a text :data:`START`;
    ``characters_mask``
        (time, rows), floatX: 0 after the end of a text;
    ``targets``
        (time, rows), int64: the characters to predict;
    ``begins``
        (rows,), floatX: 1 if the row does not continue from the previous
        window.

    Each character of the texts is a target once per epoch. A text always
    begins a new window.

    Parameters
    ----------
    texts : list of :class:`numpy.ndarray` of int
        (length,) each.
    length : int
        Time steps of a window.
    n_rows : int, optional
        The number of rows of equal length to cut the concatenated texts
        into; by default each text has its own row, and none is cut.
    seed : int, optional
        Seed for shuffling the texts in each epoch; by default they keep
        their order.

    Raises
    ------
    ValueError
        If there is no text, a text is empty, or a number is not positive.

    """

    provides_sources = ('characters', 'characters_mask', 'targets', 'begins')

    def __init__(self, texts, length, n_rows=None, seed=None):
        if not texts or not all(len(text) for text in texts):
            raise ValueError('Windows: expected texts with a character at '
                             'least')
        if length < 1 or (n_rows is not None and n_rows < 1):
            raise ValueError(f'Windows: length and n_rows must be positive, '
                             f'got {length} and {n_rows}')
        super().__init__(axis_labels=dict(zip(
            self.provides_sources, 3 * [('time', 'batch')] + [('batch',)])))
        self.texts = texts
        self.length = length
        self.n_rows = n_rows
        self._rng = (None if seed is None
                     else numpy.random.RandomState(seed))

    @property
    def characters(self):
        """The number of characters in an epoch."""
        return sum(map(len, self.texts))

    def open(self):
        """Return an iterator over the windows of an epoch."""
        texts = self.texts
        if self._rng is not None:
            texts = [texts[i] for i in self._rng.permutation(len(texts))]
        rows = [[text] for text in texts]
        pairs = [[(numpy.append(START, text[:-1]), text)] for text, in rows]
        if self.n_rows is not None:
            pairs = _cut_into_rows([pair for pair, in pairs], self.n_rows)
        return iter(_windows(pairs, self.length))

    def get_data(self, state=None, request=None):
        """Return the next window."""
        if state is None or request is not None:
            raise ValueError('Windows.get_data needs the state that open() '
                             'returns and takes no request')
        return next(state)

    def stream(self):
        """Return a stream of the windows."""
        return DataStream(self)


def _cut_into_rows(pairs, n_rows):
    """Distribute pairs of inputs and targets to rows of equal length.

    Returns
    -------
    list of list of pairs
        For each row, the parts of texts in it.

    """
    lengths = [len(targets) for _, targets in pairs]
    starts = numpy.cumsum([0] + lengths)
    bounds = numpy.linspace(0, starts[-1], n_rows + 1).astype(int)
    rows = []
    for first, last in zip(bounds[:-1], bounds[1:]):
        inside = [(max(first - start, 0), min(last - start, size), pair)
                  for start, size, pair in zip(starts, lengths, pairs)]
        rows.append([(inputs[low:high], targets[low:high])
                     for low, high, (inputs, targets) in inside
                     if low < high])
    return rows


def _windows(rows, length):
    """Yield windows of all rows, with the sources of :class:`Windows`."""
    rows = [[(first == 0, inputs[first:first + length],
              targets[first:first + length])
             for inputs, targets in pieces
             for first in range(0, len(targets), length)]
            for pieces in rows]
    windows = []
    for step in range(max(map(len, rows))):
        characters = numpy.zeros((length, len(rows)), dtype='int64')
        targets = numpy.zeros_like(characters)
        mask = numpy.zeros(characters.shape, dtype=theano.config.floatX)
        begins = numpy.zeros(len(rows), dtype=theano.config.floatX)
        for number, row in enumerate(rows):
            if step < len(row):
                begins[number], inputs, wanted = row[step]
                characters[:len(inputs), number] = inputs
                targets[:len(wanted), number] = wanted
                mask[:len(wanted), number] = 1
        windows.append((characters, mask, targets, begins))
    return windows
