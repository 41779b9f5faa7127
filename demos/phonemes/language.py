"""An n-gram of phonemes, the language model of the search."""
from functools import cache

import numpy

from demos._support.ngram import WittenBell
from demos.phonemes.data import encode


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
