"""Transformers that apply a function: map, sort, filter."""
from collections.abc import Sized

import numpy
from fuel.transformers.base import Transformer
from fuel.transformers.wrapping import with_axis_labels
from fuel.utils.checks import as_source_names, check_callable, refuse_request


class Mapping(Transformer):
    """Applies a function to the data of a stream.

    Parameters
    ----------
    data_stream : AbstractDataStream
        The stream to wrap.
    mapping : callable
        Takes the data and returns new data. To be picklable with the stream,
        it must be defined at the top level of a module.
    add_sources : tuple of str, optional
        Names of new sources: the result of `mapping` is then added to the
        data instead of replacing them.
    mapping_accepts : {list, dict}, optional
        Whether `mapping` takes and returns tuples (``list``, by default)
        or dictionaries with the names of the sources as keys.

    Raises
    ------
    ValueError
        On iterating, if the number of items that `mapping` returns differs
        from the number of sources.
    KeyError
        On iterating, if the returned dictionary lacks a source.

    """

    epoch_state = ()

    def __init__(self, data_stream, mapping, add_sources=None,
                 mapping_accepts=list, **kwargs):
        if mapping_accepts not in (list, dict):
            raise ValueError("Mapping: mapping_accepts must be list or dict, "
                             f"got {mapping_accepts!r}")
        check_callable(self, 'mapping', mapping)
        super().__init__(data_stream, data_stream.produces_examples,
                         **kwargs)
        self.mapping = mapping
        self.mapping_accepts = mapping_accepts
        self.add_sources = (None if add_sources is None
                            else as_source_names(
                                add_sources, self, 'add_sources'))

    @property
    def sources(self):
        return tuple(self.data_stream.sources) + (self.add_sources or ())

    def get_data(self, request=None):
        refuse_request(self, request)
        data = next(self.child_epoch_iterator)
        if self.mapping_accepts is dict:
            image = self.mapping(dict(zip(self.data_stream.sources, data,
                                          strict=True)))
        else:
            image = self.mapping(data)
        image = self._in_order(image, self.add_sources or self.sources)
        return tuple(data) + tuple(image) if self.add_sources else image

    def _in_order(self, image, sources):
        """Check the result of `mapping` and put it into the right order."""
        wanted = dict if self.mapping_accepts is dict else Sized
        if not isinstance(image, wanted):
            raise TypeError(
                "Mapping: the function must return a "
                f"{'dict' if wanted is dict else 'tuple'} with the sources "
                f"{tuple(sources)}, got {image!r}")
        if self.mapping_accepts is dict:
            missing = [source for source in sources if source not in image]
            if missing:
                raise KeyError(
                    "Mapping: the function must return the sources "
                    f"{tuple(sources)}, but {missing} are missing in the "
                    f"dictionary with keys {list(image)}")
            return tuple(image[source] for source in sources)
        if len(image) != len(sources):
            raise ValueError(
                "Mapping: the function must return one item for each of the "
                f"sources {tuple(sources)}, got {len(image)}; pass "
                "add_sources to add new ones, or wrap in FilterSources to "
                "leave some out")
        return image


class SortMapping:
    """A function for :class:`Mapping` that sorts the examples of a batch.

    Parameters
    ----------
    key : callable
        Takes an example, a tuple with an item per source, and returns the
        value to sort by. Ties keep their order.
    reverse : bool, optional
        Whether to sort in descending order.

    Raises
    ------
    ValueError
        On sorting, if the sources of the batch have different lengths.

    Notes
    -----
    Arrays remain arrays of their dtype and shape; anything else becomes a
    list.

    Examples
    --------
    >>> SortMapping(lambda example: len(example[0]))((['ccc', 'a'], [3, 1]))
    (['a', 'ccc'], [1, 3])

    """

    def __init__(self, key, reverse=False):
        if key is not None:
            check_callable(self, 'key', key)
        self.key = key
        self.reverse = reverse

    def __call__(self, batch):
        lengths = [len(items) for items in batch]
        if len(set(lengths)) > 1:
            raise ValueError("SortMapping: all sources of a batch must have "
                             f"the same number of examples, got {lengths}")
        examples = list(zip(*batch))
        keys = examples if self.key is None else list(map(self.key, examples))
        order = sorted(range(len(keys)), key=keys.__getitem__,
                       reverse=self.reverse)
        return tuple(items[order] if isinstance(items, numpy.ndarray)
                     else [items[position] for position in order]
                     for items in batch)


class Filter(Transformer):
    """Keeps some examples or batches and drops the others.

    Parameters
    ----------
    data_stream : AbstractDataStream
        The stream to wrap.
    predicate : callable
        Takes the data, a tuple with an item per source, and returns whether
        to keep them.

    """

    epoch_state = ()

    def __init__(self, data_stream, predicate, **kwargs):
        check_callable(self, 'predicate', predicate)
        self.predicate = predicate
        super().__init__(data_stream, data_stream.produces_examples,
                         **with_axis_labels(kwargs, data_stream))

    def get_data(self, request=None):
        refuse_request(self, request)
        while True:
            data = next(self.child_epoch_iterator)
            if self.predicate(data):
                return data
