"""Comparing predicted and correct pronunciations."""
from dataclasses import dataclass

import numpy


@dataclass(frozen=True)
class Errors:
    """Error rates over some words.

    Attributes
    ----------
    words : int
        The number of words.
    word_error : float
        The share of words whose prediction matches none of their
        pronunciations.
    phoneme_error : float
        The number of phonemes to insert, delete or replace, divided by the
        number of phonemes in the correct pronunciations.

    """

    words: int
    word_error: float
    phoneme_error: float

    def __str__(self):
        return (f'{100 * self.word_error:.2f} % of {self.words} words and '
                f'{100 * self.phoneme_error:.2f} % of phonemes wrong')


def score(said, entries):
    """Compare the prediction for each word with the nearest pronunciation.

    Parameters
    ----------
    said : list of sequences of str
        The predicted phonemes of each word.
    entries : list of sequences of sequences of str
        The pronunciations of the same words.

    Returns
    -------
    :class:`Errors`

    Examples
    --------
    >>> said = ['L EH D'.split(), 'T IY'.split()]
    >>> entries = [['L IY D'.split(), 'L EH D'.split()], ['T OW'.split()]]
    >>> print(score(said, entries))
    50.00 % of 2 words and 20.00 % of phonemes wrong

    """
    wrong = edits = length = 0
    for one, known in zip(said, entries):
        alignment = align_nearest(one, known)
        distance = edit_distance(alignment)
        wrong += distance > 0
        edits += distance
        length += sum(b is not None for _, b in alignment)
    return Errors(len(entries), wrong / len(entries), edits / length)


def align_nearest(one, known):
    """Align a sequence with the nearest of several, the first of ties.

    Parameters
    ----------
    one : sequence
    known : sequence of sequences

    Returns
    -------
    list of pairs
        As returned by :func:`align`.

    """
    return min((align(one, other) for other in known), key=edit_distance)


def edit_distance(alignment):
    """Count insertions, deletions and replacements in an alignment."""
    return sum(a != b for a, b in alignment)


def align(one, other):
    """Align two sequences with the fewest edits.

    Parameters
    ----------
    one, other : sequence

    Returns
    -------
    list of pairs
        An element of each sequence; None where the other has an extra one.

    Examples
    --------
    >>> align('cart', 'coat')
    [('c', 'c'), ('a', 'o'), ('r', 'a'), ('t', 't')]
    >>> align('bat', 'boast')
    [('b', 'b'), (None, 'o'), ('a', 'a'), (None, 's'), ('t', 't')]
    >>> edit_distance(align('kitten', 'sitting'))
    3

    """
    if tuple(one) == tuple(other):
        return list(zip(one, other))
    # Fewest edits between the first i elements of one and j of the other.
    fewest = [list(range(len(other) + 1))]
    for i, a in enumerate(one, start=1):
        row = [i]
        for j, b in enumerate(other):
            row.append(min(fewest[-1][j] + (a != b), fewest[-1][j + 1] + 1,
                           row[j] + 1))
        fewest.append(row)
    alignment, i, j = [], len(one), len(other)
    while i or j:
        edits = fewest[i][j]
        if i and j and edits == fewest[i - 1][j - 1] + (
                one[i - 1] != other[j - 1]):
            i, j = i - 1, j - 1
            alignment.append((one[i], other[j]))
        elif i and edits == fewest[i - 1][j] + 1:
            i -= 1
            alignment.append((one[i], None))
        else:
            j -= 1
            alignment.append((None, other[j]))
    return alignment[::-1]


def print_examples(entries, said, number=8, seed=1):
    """Print a few words with correct and with wrong predictions."""
    rows = list(zip(entries, said, entries.values()))
    numpy.random.RandomState(seed).shuffle(rows)
    for title, chosen in [
            ('Right', [row for row in rows if row[1] in row[2]]),
            ('Wrong', [row for row in rows if row[1] not in row[2]])]:
        print(f'{title}, for example:')
        for word, phonemes, known in chosen[:number]:
            print(f'  {word:16} {" ".join(phonemes)}' + (
                '' if title == 'Right' else
                f'  (should be {" or ".join(map(" ".join, known))})'))


def save_transcripts(path, entries, said):
    """Write each word with its predicted and correct pronunciations."""
    with open(path, 'w', encoding='utf-8') as file:
        for phonemes, (word, known) in zip(said, entries.items()):
            ways = [' '.join(way) for way in (phonemes, *known)]
            print(word, 'right' if phonemes in known else 'wrong', *ways,
                  sep='\t', file=file)
