"""N-grams with Witten and Bell's smoothing, interpolated."""
from collections import Counter, defaultdict

import numpy


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
        counts = Counter(occurrence for sequence in sequences
                         for occurrence in self._in_context(sequence))
        for (context, symbol), count in counts.items():
            for suffix in _suffixes(context):
                self._followers[suffix][symbol] += count
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
        for followers in self._known(context):
            count, kinds = followers.total(), len(followers)
            probability = ((followers[symbol] + kinds * probability)
                           / (count + kinds))
        return probability

    def distribution(self, context):
        """Return the probabilities of all symbols, (n_symbols,)."""
        probabilities = numpy.full(self.n_symbols, 1 / self.n_symbols)
        for followers in self._known(context):
            kinds = len(followers)
            probabilities *= kinds
            probabilities[list(followers)] += list(followers.values())
            probabilities /= followers.total() + kinds
        return probabilities

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

    def _known(self, context):
        """Yield the counts after each known suffix, from the empty one on."""
        context = tuple(context)[max(len(context) - self.order + 1, 0):]
        for suffix in _suffixes(context):
            followers = self._followers.get(suffix)
            if followers is None:
                break
            yield followers

    def _in_context(self, sequence):
        """Yield pairs of a context of maximum length and a symbol."""
        symbols = (self.start, *map(int, sequence))
        for i in range(1, len(symbols)):
            yield symbols[max(i - self.order + 1, 0):i], symbols[i]


def _suffixes(context):
    """Return the suffixes of a context, from the empty one to the whole."""
    return [context[i:] for i in range(len(context), -1, -1)]
