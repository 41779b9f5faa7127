"""Iterators over one epoch of a stream, and over its epochs.

Their state is spelled out in attributes, so that pickling one in the
middle of an epoch, together with its stream, and loading it elsewhere
goes on exactly where it stood.

"""


class DataIterator:
    """Iterates over one epoch of a stream.

    Parameters
    ----------
    data_stream : AbstractDataStream
        The stream to ask for data.
    request_iterator : iterator, optional
        Gives the request for each step. By default the stream is asked
        without one.
    as_dict : bool, optional
        Yield dictionaries with the names of the sources as keys, instead
        of tuples in the order of ``data_stream.sources``.

    Raises
    ------
    ValueError
        From ``next``, if ``as_dict`` is set and the stream gives more or
        fewer items than it has sources.

    """
    def __init__(self, data_stream, request_iterator=None, as_dict=False):
        self.as_dict = as_dict
        self.data_stream = data_stream
        self.request_iterator = request_iterator

    def __next__(self):
        request = (() if self.request_iterator is None
                   else (next(self.request_iterator),))
        data = self.data_stream.get_data(*request)
        return self._name(data) if self.as_dict else data

    def __iter__(self):
        return self

    def _name(self, data):
        sources = self.data_stream.sources
        if len(sources) != len(data):
            raise ValueError(
                f"{type(self.data_stream).__name__} has the "
                f"{len(sources)} sources {tuple(sources)}, but gave "
                f"{len(data)} items: its `sources` and the data that it "
                "returns must match")
        return dict(zip(sources, data))


class EpochsIterator:
    """Iterates over the epochs of a stream, without end.

    Parameters
    ----------
    data_stream : AbstractDataStream
        The stream; each step asks it for a new epoch iterator.
    as_dict : bool, optional
        Passed on to the epoch iterators.

    """
    def __init__(self, data_stream, as_dict=False):
        self.data_stream = data_stream
        self.as_dict = as_dict

    def __iter__(self):
        return self

    def __next__(self):
        return self.data_stream.get_epoch_iterator(as_dict=self.as_dict)
