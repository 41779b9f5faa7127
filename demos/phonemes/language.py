"""Which phonemes follow each other: an n-gram for the beam search."""
from functools import lru_cache

import numpy

from demos._support.ngram import WittenBell
from demos.phonemes.data import encode


class PhonemeModel:
    """Log-probabilities of the next phoneme, or of the end of the word.

    It is the language model of
    :func:`~blocks_rnn_bricks.prefix_beam_search`.

    Parameters
    ----------
    pronunciations : iterable of tuple of str
        Each counts once.
    phonemes : tuple of str
        The names of the phonemes, in the order of their labels.
    order : int, optional
        The n of the n-gram.
    weight : float, optional
        Factor of the log-probabilities in the search.
    bonus : float, optional
        Score of each phoneme, in nats, which balances the weight's preference
        for short words.

    """

    def __init__(self, pronunciations, phonemes, order=5, weight=1.,
                 bonus=0.):
        self.weight = weight
        self.bonus = bonus
        # The end of a word takes the place of the blank, the last label.
        end, self.start = len(phonemes), len(phonemes) + 1
        self.classes, self.order = end + 1, order
        self._ngram = WittenBell(self.start + 1, order, self.start).fit(
            numpy.append(encode(pronunciation, phonemes), end)
            for pronunciation in pronunciations)
        self._log_probabilities = lru_cache(maxsize=100000)(
            self._log_probabilities)

    def __call__(self, prefix):
        """Return the log-probabilities after a prefix, (phonemes + 1,)."""
        context = self.start, *map(int, prefix)
        return self._log_probabilities(
            context[max(len(context) - self.order + 1, 0):])

    def _log_probabilities(self, context):
        return numpy.log(self._ngram.distribution(context)[:self.classes])


def model_of(dictionary, settings):
    """Return the model of the training pronunciations.

    Parameters
    ----------
    dictionary : :class:`~demos.phonemes.data.Dictionary`
    settings : :class:`~demos.phonemes.settings.PhonemeSettings`

    Returns
    -------
    :class:`PhonemeModel` or None
        None if neither its weight nor its bonus counts.

    """
    if not (settings.lm_weight or settings.lm_bonus):
        return None
    return PhonemeModel(
        (one for known in dictionary.part('training').values()
         for one in known), dictionary.phonemes, settings.lm_order,
        settings.lm_weight, settings.lm_bonus)
