"""Which letter makes which phonemes? Alignment of pronunciations."""
from collections import defaultdict

import numpy


class Aligner:
    r"""Aligns words with their pronunciations, in order.

    Each letter :math:`x` of a word makes a group of phonemes
    :math:`q_1, \dots, q_k`, which may be empty, independently of the other
    letters. With :math:`q_0` and :math:`q_{k+1}` for the limits of the group,

    .. math::

        p(q_1, \dots, q_k \mid x) =
        \prod_{i=1}^{k+1} p(q_i \mid q_{i-1}, x).

    Viterbi training estimates these probabilities from the most probable
    alignments, then the alignments from the probabilities, and so on. It
    starts from alignments that spread the phonemes evenly over the letters.

    Parameters
    ----------
    n_letters, n_phonemes : int
    most : int
        The maximum size of a group.

    Examples
    --------
    >>> aligner = Aligner(n_letters=2, n_phonemes=3, most=2)
    >>> pairs = [([0, 0], [2, 2]), ([1, 0], [0, 1, 2]), ([0, 1], [2, 0, 1])]
    >>> aligner.fit(pairs).align(pairs[1:])
    [[(1, 0, 1), (0, 2)], [(0, 2), (1, 0, 1)]]

    """

    def __init__(self, n_letters, n_phonemes, most):
        self.n_letters = n_letters
        self.n_phonemes = n_phonemes
        self.most = most

    def fit(self, pairs, iterations=5):
        """Estimate the probabilities, and return the aligner.

        Parameters
        ----------
        pairs : list of pairs of sequences of int
            The letters of each word, and its phonemes.
        iterations : int, optional

        Raises
        ------
        ValueError
            If a word has more than `most` phonemes per letter.

        """
        groups = list(self._by_lengths(pairs))
        sizes = [numpy.tile(_spread(letters.shape[1], phonemes.shape[1]),
                            (len(letters), 1))
                 for _, letters, phonemes in groups]
        self._estimate(groups, sizes)
        for _ in range(iterations - 1):
            self._estimate(groups, [self._sizes(letters, phonemes)
                                    for _, letters, phonemes in groups])
        return self

    def align(self, pairs):
        """Return the most probable alignments.

        Parameters
        ----------
        pairs : list of pairs of sequences of int

        Returns
        -------
        list of list of tuple of int
            For each word, its letters, each followed by its phonemes.

        Raises
        ------
        ValueError
            If a word has more than `most` phonemes per letter.

        """
        aligned = [None] * len(pairs)
        for places, letters, phonemes in self._by_lengths(pairs):
            ends = self._sizes(letters, phonemes).cumsum(axis=1)
            for place, word, said, stops in zip(
                    places, letters.tolist(), phonemes.tolist(),
                    ends.tolist()):
                aligned[place] = [
                    (letter, *said[start:stop])
                    for letter, start, stop in zip(word, [0, *stops], stops)]
        return aligned

    def _estimate(self, groups, sizes):
        """Estimate the probabilities from alignments."""
        limit = self.n_phonemes
        # Small counts to begin with keep all probabilities positive.
        counts = numpy.full((self.n_letters, limit + 1, limit + 1), .01)
        for (_, letters, phonemes), made in zip(groups, sizes):
            makers = numpy.repeat(letters.ravel(), made.ravel()).reshape(
                phonemes.shape)
            ends = numpy.zeros((len(letters), phonemes.shape[1] + 1), bool)
            numpy.put_along_axis(ends, made.cumsum(axis=1), True, axis=1)
            ends[:, 0] = True
            starts, ends = ends[:, :-1], ends[:, 1:]
            before = numpy.where(starts, limit, numpy.roll(phonemes, 1, 1))
            numpy.add.at(counts, (makers, before, phonemes), 1)
            numpy.add.at(counts, (makers[ends], phonemes[ends], limit), 1)
            numpy.add.at(counts, (letters[made == 0], limit, limit), 1)
        self._log_next = numpy.log(counts / counts.sum(axis=2, keepdims=True))

    def _sizes(self, letters, phonemes):
        """Return the sizes of the most probable groups.

        Parameters
        ----------
        letters : :class:`numpy.ndarray`
            (words, letters of a word).
        phonemes : :class:`numpy.ndarray`
            (words, phonemes of a word).

        Returns
        -------
        :class:`numpy.ndarray`
            (words, letters of a word).

        """
        words = numpy.arange(len(letters))
        limit = self.n_phonemes
        made = phonemes.T
        n_phonemes = len(made)
        # Of each word, for each number of phonemes made by the letters so
        # far: the log-probability of the best alignment.
        best = numpy.full((n_phonemes + 1, len(words)), -numpy.inf)
        best[0] = 0
        choices = []
        for letter in letters.T:
            ways = numpy.full((self.most + 1, *best.shape), -numpy.inf)
            ways[0] = best + self._log_next[letter, limit, limit]
            group = self._log_next[letter, limit, made]
            last = self._log_next[letter, made, limit]
            inner = self._log_next[letter, made[:-1], made[1:]]
            for size in range(1, min(self.most, n_phonemes) + 1):
                ways[size, size:] = best[:-size] + group + last[size - 1:]
                group = group[:-1] + inner[size - 1:]
            choices.append(ways.argmax(axis=0))
            best = ways.max(axis=0)
        sizes = numpy.empty_like(letters)
        end = numpy.full(len(words), n_phonemes)
        for place in reversed(range(letters.shape[1])):
            sizes[:, place] = choices[place][end, words]
            end -= sizes[:, place]
        return sizes

    def _by_lengths(self, pairs):
        """Yield places, letters and phonemes of words with equal lengths."""
        places = defaultdict(list)
        for place, (letters, phonemes) in enumerate(pairs):
            places[len(letters), len(phonemes)].append(place)
            if len(phonemes) > self.most * len(letters):
                raise ValueError(
                    f'Aligner: expected at most {self.most} phonemes per '
                    f'letter, got {len(phonemes)} phonemes for '
                    f'{len(letters)} letters; omit the pair, or increase most')
        for each in places.values():
            yield each, *(numpy.array([pairs[place][side] for place in each],
                                      dtype='int64') for side in (0, 1))


def _spread(n_letters, n_phonemes):
    """Return sizes of groups that differ by at most one."""
    return numpy.diff(numpy.arange(n_letters + 1) * n_phonemes // n_letters)
