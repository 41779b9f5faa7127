"""The baseline: an n-gram of characters."""
from blocks.extensions.base import TrainingExtension

from demos._support.ngram import WittenBell

#: The order of the n-gram that the network is compared with.
ORDER = 5


def bits_of_ngram(topics, learned, held_out):
    """Return the n-gram's cost of each character of a part.

    Parameters
    ----------
    topics : :class:`~demos.text.data.Topics`
    learned : list of str
        Names of the parts whose n-grams are counted.
    held_out : str
        Name of the part to predict.

    Returns
    -------
    list of :class:`numpy.ndarray`
        (length,) for each topic, in bits.

    """
    ngram = WittenBell(len(topics.alphabet), ORDER).fit(
        text for part in learned for text in topics.encoded(part))
    return [ngram.bits(text) for text in topics.encoded(held_out)]


class Baseline(TrainingExtension):
    """Writes a baseline's value into each epoch's row of the log.

    Parameters
    ----------
    record : str
    value : float

    """

    def __init__(self, record, value, **kwargs):
        super().__init__(**kwargs)
        self.record = record
        self.value = value

    def after_epoch(self):
        self.main_loop.log.current_row[self.record] = self.value
