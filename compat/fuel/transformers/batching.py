"""Transformers between examples and batches: Batch, Unpack, Cache."""
from fuel.schemes import BatchScheme, BatchSizeScheme
from fuel.transformers.base import Transformer
from fuel.transformers.wrapping import check_kind, with_axis_labels
from fuel.utils.arrays import as_batch
from fuel.utils.checks import refuse_request, require_request


class Batch(Transformer):
    """Makes batches from a stream of examples.

    Parameters
    ----------
    data_stream : AbstractDataStream
        A stream of examples.
    iteration_scheme : BatchSizeScheme
        The number of examples of each batch.
    strictness : {0, 1, 2}, optional
        The handling of a last, incomplete batch: return it (0, the default),
        drop it (1), or raise an error (2).

    Raises
    ------
    ValueError
        If the stream yields batches or the scheme requests examples. With a
        `strictness` of 2, during iteration, if a batch cannot be filled.

    Notes
    -----
    Examples of one shape become an array of shape ``(batch, ...)``, examples
    of different shapes an array of dtype ``object`` with one element per
    example, as :class:`~fuel.transformers.Padding` expects it.

    """

    epoch_state = ()

    def __init__(self, data_stream, iteration_scheme, strictness=0, **kwargs):
        check_kind(self, data_stream, examples=True)
        if not hasattr(iteration_scheme, 'requests_examples') or isinstance(
                iteration_scheme, type):
            raise TypeError(
                "Batch: iteration_scheme must be a BatchSizeScheme such as "
                f"ConstantScheme(batch_size), got {iteration_scheme!r}")
        if strictness not in (0, 1, 2):
            raise ValueError("Batch: strictness must be 0, 1 or 2, got "
                             f"{strictness!r}")
        if iteration_scheme.requests_examples:
            raise ValueError(
                "Batch needs a scheme that requests batches, but "
                f"{type(iteration_scheme).__name__} requests examples")
        if isinstance(iteration_scheme, BatchScheme):
            raise TypeError(
                "Batch: iteration_scheme must be a BatchSizeScheme such as "
                "ConstantScheme(batch_size), got "
                f"{type(iteration_scheme).__name__}, which requests indices")
        self.strictness = strictness
        super().__init__(
            data_stream, iteration_scheme=iteration_scheme,
            **with_axis_labels(kwargs, data_stream, self._batch_labels))

    @staticmethod
    def _batch_labels(axis_labels):
        return {source: ('batch', *labels) if labels else None
                for source, labels in axis_labels.items()}

    def get_data(self, request=None):
        require_request(self, request)
        examples = []
        for _ in range(request):
            try:
                examples.append(next(self.child_epoch_iterator))
            except StopIteration:
                if not examples or self.strictness == 1:
                    raise
                if self.strictness > 1:
                    raise ValueError(
                        f"Batch: only {len(examples)} examples were left "
                        f"for a batch of {request}; a strictness of 0 returns "
                        "a smaller batch, 1 drops it") from None
                break
        return tuple(as_batch(items) for items in zip(*examples, strict=True))


class Unpack(Transformer):
    """Makes a stream of examples from batches.

    Parameters
    ----------
    data_stream : AbstractDataStream
        A stream of batches.

    Raises
    ------
    ValueError
        If the stream yields examples; on iterating, if the sources of a
        batch have different lengths.

    Notes
    -----
    A new epoch begins with a new batch, even if the previous epoch was not
    finished.

    """

    epoch_state = ('data',)

    def __init__(self, data_stream, **kwargs):
        check_kind(self, data_stream, examples=False)
        super().__init__(
            data_stream, produces_examples=True,
            **with_axis_labels(kwargs, data_stream, self._example_labels))
        self.begin_epoch()

    @staticmethod
    def _example_labels(axis_labels):
        return {source: labels[1:] if labels else None
                for source, labels in axis_labels.items()}

    def begin_epoch(self):
        self.data = iter(())

    def get_data(self, request=None):
        refuse_request(self, request)
        while True:
            try:
                return next(self.data)
            except StopIteration:
                self.data = self._unpack(next(self.child_epoch_iterator))

    def _unpack(self, batch):
        lengths = {source: len(items)
                   for source, items in zip(self.sources, batch)}
        if len(set(lengths.values())) > 1:
            raise ValueError("Unpack: all sources of a batch must have the "
                             f"same number of examples, got {lengths}")
        return zip(*batch)


class Cache(Transformer):
    """Makes small batches from a stream of large ones.

    Parameters
    ----------
    data_stream : AbstractDataStream
        A stream of batches.
    iteration_scheme : BatchSizeScheme
        The number of examples of each batch.

    Attributes
    ----------
    cache : list of list
        The examples of each source that were read, but not returned yet.
        Empty at the beginning of an epoch.

    Raises
    ------
    ValueError
        If the scheme is not a scheme of batch sizes.

    """

    epoch_state = ('cache',)

    def __init__(self, data_stream, iteration_scheme, **kwargs):
        if not isinstance(iteration_scheme, BatchSizeScheme):
            raise ValueError(
                "Cache needs a BatchSizeScheme such as ConstantScheme, got "
                f"{type(iteration_scheme).__name__}")
        super().__init__(data_stream, iteration_scheme=iteration_scheme,
                         **with_axis_labels(kwargs, data_stream))
        self.begin_epoch()

    def begin_epoch(self):
        self.cache = [[] for _ in self.sources]

    def get_data(self, request=None):
        require_request(self, request)
        self._fill(request)
        given = [examples[:request] for examples in self.cache]
        self.cache = [examples[request:] for examples in self.cache]
        return tuple(as_batch(examples) for examples in given)

    def _fill(self, request):
        """Read until the cache has `request` examples or the epoch ends."""
        while len(self.cache[0]) < request:
            try:
                batch = next(self.child_epoch_iterator)
            except StopIteration:
                if not self.cache[0]:
                    raise
                return
            for examples, items in zip(self.cache, batch, strict=True):
                examples.extend(items)
