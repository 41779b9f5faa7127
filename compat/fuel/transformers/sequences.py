"""Windows over sequences."""
from fuel.transformers.base import Transformer
from fuel.transformers.wrapping import check_kind
from fuel.utils.checks import check_number, refuse_request


class Window(Transformer):
    """Yields pairs of windows that slide over each sequence.

    With equal windows, ``overlapping=True`` and an offset of 1, the pairs
    are the inputs and targets of a recurrent network that predicts the next
    element. With a target window of 1, ``overlapping=False`` and no offset,
    the target follows the source.

    Parameters
    ----------
    offset : int
        The start of the target window, counted from the start of the source
        window if `overlapping`, else from its end.
    source_window : int
        Length of the source window.
    target_window : int
        Length of the target window.
    overlapping : bool
        See `offset`.
    data_stream : AbstractDataStream
        A stream of examples with one source of sequences that can be
        sliced. Sequences too short for both windows are skipped.
    target_source : str, optional
        Name of the new source. ``'targets'`` by default.

    Raises
    ------
    ValueError
        If the stream yields batches or has more than one source.

    Examples
    --------
    >>> from fuel.datasets import IterableDataset
    >>> from fuel.streams import DataStream
    >>> stream = Window(1, 3, 3, True, DataStream(IterableDataset(['abcde'])))
    >>> list(stream.get_epoch_iterator())
    [('abc', 'bcd'), ('bcd', 'cde')]

    """

    epoch_state = ('sentence', 'index')

    def __init__(self, offset, source_window, target_window, overlapping,
                 data_stream, target_source='targets', **kwargs):
        check_kind(self, data_stream, examples=True)
        if len(data_stream.sources) != 1:
            raise ValueError(f"{type(self).__name__} needs a stream with one "
                             f"source, got {tuple(data_stream.sources)}")
        super().__init__(data_stream, produces_examples=True, **kwargs)
        self.sources = (*self.sources, target_source)
        check_number(self, 'offset', offset, int)
        for name, length in [('source_window', source_window),
                             ('target_window', target_window)]:
            check_number(self, name, length, int, least=1)
        self.source_window, self.target_window = source_window, target_window
        self.offset, self.overlapping = offset, overlapping
        self.begin_epoch()

    @property
    def target_shift(self):
        """Start of the target window minus start of the source window."""
        return self.offset + (0 if self.overlapping else self.source_window)

    def begin_epoch(self):
        self.sentence = ()
        self.index = 0

    def get_data(self, request=None):
        refuse_request(self, request)
        shift = self.target_shift
        reach = max(self.source_window, shift + self.target_window)
        while self.index + reach > len(self.sentence):
            self.sentence, = next(self.child_epoch_iterator)
            # A target window before the source window must fit, too.
            self.index = max(0, -shift)
        start, self.index = self.index, self.index + 1
        return (self.sentence[start:start + self.source_window],
                self.sentence[start + shift:
                              start + shift + self.target_window])


class NGrams(Window):
    """Yields n-grams and the element after each.

    Parameters
    ----------
    ngram_order : int
        Length of the n-grams.
    data_stream : AbstractDataStream
        A stream of examples with one source of sequences.
    target_source : str, optional
        Name of the new source. ``'targets'`` by default.

    """

    epoch_state = ()

    def __init__(self, ngram_order, *args, **kwargs):
        super().__init__(0, ngram_order, 1, False, *args, **kwargs)

    def get_data(self, request=None):
        ngram, (target,) = super().get_data(request)
        return ngram, target
