"""N-grams of phonemes, and of letters with their phonemes."""
from functools import cache
from itertools import chain

import numpy

from demos._support.ngram import WittenBell
from demos.phonemes.alignment import Aligner
from demos.phonemes.data import Pronunciations, encode


class PhonemeNgram:
    """Log-probabilities of the next phoneme, for the prefix beam search.

    Parameters
    ----------
    n_phonemes : int
        The number after the last phoneme stands for the end of a word, as in
        the search, and also for its beginning.
    order : int
        The n: a phoneme depends on the last n - 1.

    """

    def __init__(self, n_phonemes, order):
        self.end = n_phonemes
        self.order = order
        self.ngram = WittenBell(n_phonemes + 1, order, start=n_phonemes)
        self._after = cache(self._after)

    def fit(self, pronunciations):
        """Count sequences of phonemes, and return the model.

        Parameters
        ----------
        pronunciations : iterable of sequences of int

        """
        self.ngram.fit([*phonemes, self.end] for phonemes in pronunciations)
        self._after.cache_clear()
        return self

    def __call__(self, prefix):
        """Return the log-probability of each phoneme, and of the end, last.

        Parameters
        ----------
        prefix : tuple of int

        Returns
        -------
        :class:`numpy.ndarray`
            (phonemes + 1,)

        """
        context = (self.end,) + prefix
        return self._after(context[max(len(context) - self.order + 1, 0):])

    def _after(self, context):
        return numpy.log(self.ngram.distribution(context))


class JointNgram:
    r"""An n-gram of letters with their phonemes: a joint-sequence model.

    Let :math:`g_1, \dots, g_T` be the letters of a word, each with the
    phonemes that it makes. The model gives the word and its pronunciation
    the probability

    .. math::

        \prod_{t=1}^{T+1} p(g_t \mid g_{t-n+1}, \dots, g_{t-1}),

    where :math:`g_{T+1}` is the end of the word.

    Parameters
    ----------
    n_letters, n_phonemes : int
    most : int
        The maximum number of phonemes that a letter makes.
    order : int
        The n.

    References
    ----------
    M. Bisani and H. Ney, *Joint-sequence models for grapheme-to-phoneme
    conversion*, Speech Communication 50 (2008).

    """

    def __init__(self, n_letters, n_phonemes, most, order):
        self.aligner = Aligner(n_letters, n_phonemes, most)
        self.order = order

    def fit(self, pairs):
        """Align and count, and return the model.

        Parameters
        ----------
        pairs : list of pairs of sequences of int
            The letters and phonemes of words.

        """
        aligned = self.aligner.fit(pairs).align(pairs)
        # 0 stands for the beginning and the end, 1 for all that is unknown.
        self._numbers = {unit: number for number, unit in enumerate(
            sorted(set(chain.from_iterable(aligned))), start=2)}
        self._ngram = WittenBell(
            len(self._numbers) + 2, self.order).fit(
                map(self._encode, aligned))
        return self

    def log_probabilities(self, pairs):
        """Return the log-probabilities of words with pronunciations.

        Parameters
        ----------
        pairs : list of pairs of sequences of int

        Returns
        -------
        :class:`numpy.ndarray`
            (pairs,), in nats.

        """
        return -numpy.log(2) * numpy.array([
            self._ngram.bits(self._encode(word)).sum()
            for word in self.aligner.align(pairs)])

    def _encode(self, word):
        return [*(self._numbers.get(unit, 1) for unit in word), 0]


def fit_ngram(dictionary, order):
    """Fit an n-gram to all training pronunciations of a dictionary.

    Parameters
    ----------
    dictionary : :class:`~demos.phonemes.data.Dictionary`
    order : int

    Returns
    -------
    :class:`PhonemeNgram`

    """
    return PhonemeNgram(len(dictionary.phonemes), order).fit(
        encode(phonemes, dictionary.phonemes)
        for known in dictionary.part('training').values()
        for phonemes in known)


def fit_joint_ngram(dictionary, order, most):
    """Fit a joint n-gram to the training words of a dictionary.

    Parameters
    ----------
    dictionary : :class:`~demos.phonemes.data.Dictionary`
    order : int
    most : int
        The maximum number of phonemes per letter. Pronunciations with more
        are omitted, as from the network's training.

    Returns
    -------
    :class:`JointNgram`

    """
    examples = Pronunciations(dictionary, 'training', most).indexables
    return JointNgram(len(dictionary.letters), len(dictionary.phonemes),
                      most, order).fit(list(zip(*examples)))
