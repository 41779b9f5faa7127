"""The baseline: n-grams with Witten and Bell's smoothing, interpolated."""
from collections import Counter, defaultdict

import numpy
from blocks.extensions.base import TrainingExtension

#: The order of the n-gram that the network is compared with.
ORDER = 5
#: The share of the n-gram in a mixture with the network, chosen on the
#: validation part.
SHARE = 0.25


class WittenBell:
    r"""An n-gram model of sequences of symbols.

    Let :math:`c(h, w)` be the number of times that the symbol :math:`w`
    followed the context :math:`h`, :math:`c(h)` its sum over :math:`w`, and
    :math:`t(h)` the number of different symbols that followed. Then

    .. math::

        p(w \mid h) = \frac{c(h, w) + t(h) \, p(w \mid h')}{c(h) + t(h)},

    where :math:`h'` is the context without its oldest symbol. Below the
    empty context, all symbols of the alphabet are equally probable. A
    context that never occurred backs off:
    :math:`p(w \mid h) = p(w \mid h')`.

    The context of a sequence's first symbols begins with a start symbol, so
    that the model also predicts beginnings.

    Parameters
    ----------
    n_symbols : int
        Size of the alphabet.
    order : int, optional
        The n; a context has at most n - 1 symbols, including the start.
    start : int, optional
        The symbol before each sequence.

    References
    ----------
    I. H. Witten and T. C. Bell, *The zero-frequency problem: estimating the
    probabilities of novel events in adaptive text compression*, IEEE
    Transactions on Information Theory 37 (1991), method C.

    S. F. Chen and J. Goodman, *An empirical study of smoothing techniques
    for language modeling*, Computer Speech and Language 13 (1999),
    equations 14 to 16.

    Examples
    --------
    >>> model = WittenBell(n_symbols=3, order=2).fit([[1, 2, 1]])
    >>> [round(float(p), 4) for p in model.distribution([1])]
    [0.0833, 0.2917, 0.625]

    """

    def __init__(self, n_symbols, order=5, start=0):
        if n_symbols < 1 or order < 1:
            raise ValueError(f'WittenBell: n_symbols and order must be '
                             f'positive, got {n_symbols} and {order}')
        self.n_symbols = n_symbols
        self.order = order
        self.start = start
        self._followers = defaultdict(Counter)

    def fit(self, sequences):
        """Count the symbols of sequences, and return the model."""
        for sequence in sequences:
            for context, symbol in self._in_context(sequence):
                for suffix in _suffixes(context):
                    self._followers[suffix][symbol] += 1
        return self

    def probability(self, symbol, context):
        """Return the probability of a symbol.

        Parameters
        ----------
        symbol : int
        context : sequence of int
            The symbols before it; only the last ones are used.

        """
        probability = 1 / self.n_symbols
        context = tuple(context)[max(len(context) - self.order + 1, 0):]
        for suffix in _suffixes(context):
            followers = self._followers.get(suffix)
            if followers is None:
                break
            count, kinds = followers.total(), len(followers)
            probability = ((followers[symbol] + kinds * probability)
                           / (count + kinds))
        return probability

    def distribution(self, context):
        """Return the probabilities of all symbols, (n_symbols,)."""
        return numpy.array([self.probability(symbol, context)
                            for symbol in range(self.n_symbols)])

    def bits(self, sequence):
        """Return the cost of each symbol of a sequence in bits.

        Parameters
        ----------
        sequence : sequence of int

        Returns
        -------
        :class:`numpy.ndarray`
            (length,), minus the logarithm to base 2 of the probabilities.

        """
        return -numpy.log2([self.probability(symbol, context) for
                            context, symbol in self._in_context(sequence)])

    def _in_context(self, sequence):
        """Yield pairs of a context of maximum length and a symbol."""
        symbols = (self.start, *map(int, sequence))
        for i in range(1, len(symbols)):
            yield symbols[max(i - self.order + 1, 0):i], symbols[i]


def _suffixes(context):
    """Yield the contexts from the empty one to the whole one."""
    return [context[i:] for i in range(len(context), -1, -1)]


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
