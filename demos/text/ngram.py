"""The baseline: an n-gram of characters."""
import numpy
from blocks.extensions.base import TrainingExtension

from demos._support.ngram import WittenBell

#: The order of the n-gram that the network is compared with.
ORDER = 5
#: The share of the n-gram in a mixture with the network, chosen on the
#: validation part.
SHARE = 0.25


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
        topics.encoded(*learned))
    return [ngram.bits(text) for text in topics.encoded(held_out)]


def mixed(network, ngram, share=SHARE):
    r"""Return the cost of a mixture of two models' probabilities.

    The mixture has the probabilities :math:`(1 - s) \, p + s \, q`.

    Parameters
    ----------
    network, ngram : :class:`numpy.ndarray`
        (length,), bits of each character under :math:`p` and :math:`q`.
    share : float, optional
        :math:`s`, from 0 to 1.

    Returns
    -------
    :class:`numpy.ndarray`
        (length,), in bits.

    """
    return -numpy.log2((1 - share) * numpy.exp2(-network)
                       + share * numpy.exp2(-ngram))


class Baseline(TrainingExtension):
    """Writes the n-gram's bits on the validation part into the log.

    The value is the same in each epoch, for the plot.

    Parameters
    ----------
    record : str
    topics : :class:`~demos.text.data.Topics`

    """

    def __init__(self, record, topics, **kwargs):
        super().__init__(**kwargs)
        self.record = record
        self.bits = float(numpy.concatenate(
            bits_of_ngram(topics, ['training'], 'validation')).mean())

    def after_epoch(self):
        self.main_loop.log.current_row[self.record] = self.bits
