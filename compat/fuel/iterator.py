"""Iterators over one epoch of a stream, and over its epochs.

Their state is stored in attributes. An iterator that is pickled in mid-epoch
together with its stream, and loaded elsewhere, continues exactly where it
stopped.

Several epochs of one stream can be in progress at once, for example if a
stream is used for training and monitoring. Each iterator keeps the state of
its epoch (the attributes that the stream names in ``epoch_state``) and
restores it in the stream before it continues.

"""
import weakref


class Reader:
    """A weak reference to the iterator that last read a stream.

    Pickles and copies refer to no iterator.

    Parameters
    ----------
    iterator : DataIterator, optional
        The iterator.

    """

    def __init__(self, iterator=None):
        self._reference = None if iterator is None else weakref.ref(iterator)

    @property
    def iterator(self):
        """The iterator, or `None` if there was none or it was deleted."""
        return None if self._reference is None else self._reference()

    def __reduce__(self):
        return Reader, ()


class DataIterator:
    """Iterates over one epoch of a stream.

    Parameters
    ----------
    data_stream : AbstractDataStream
        The stream to read.
    request_iterator : iterator, optional
        Yields the request of each step. By default there are no requests.
    as_dict : bool, optional
        Yield dictionaries with the names of the sources as keys, instead
        of tuples in the order of ``data_stream.sources``.

    Raises
    ------
    ValueError
        From ``next``, if ``as_dict`` is set and the number of items differs
        from that of the sources.
    RuntimeError
        From ``next``, if another epoch of the stream has begun since and the
        stream supports only one at a time: see
        :attr:`~fuel.streams.AbstractDataStream.epoch_state`.

    Attributes
    ----------
    finished : bool
        Whether the epoch has ended.

    """

    # Defaults for older pickles without these attributes.
    finished = False
    _kept = None

    def __init__(self, data_stream, request_iterator=None, as_dict=False):
        self.as_dict = as_dict
        self.data_stream = data_stream
        self.request_iterator = request_iterator
        self._become_reader()
        self._keep()

    def __next__(self):
        self._take_turn()
        try:
            request = (() if self.request_iterator is None
                       else (next(self.request_iterator),))
            data = self.data_stream.get_data(*request)
        except StopIteration:
            self.finished = True
            raise
        finally:
            self._keep()
        self.finished = False
        return self._name(data) if self.as_dict else data

    def _become_reader(self):
        if self.data_stream is not None:
            self.data_stream._reader = Reader(self)

    def _keep(self):
        names = getattr(self.data_stream, '_epoch_names', ())
        attributes = vars(self.data_stream) if names else ()
        self._kept = {name: attributes[name] for name in names
                      if name in attributes}

    def _take_turn(self):
        """Restore the state of this epoch if another one has been read."""
        stream = self.data_stream
        reader = getattr(stream, '_reader', None)
        last = None if reader is None else reader.iterator
        if last is self:
            return
        if reader is not None and reader._reference is not None:
            if self.finished:
                raise StopIteration
            if hasattr(stream, 'resume_epoch'):  # else not a stream
                stream.resume_epoch(self._kept, self.request_iterator)
        self._become_reader()

    def __iter__(self):
        return self

    def _name(self, data):
        sources = self.data_stream.sources
        if len(sources) != len(data):
            raise ValueError(
                f"{type(self.data_stream).__name__} has the "
                f"{len(sources)} sources {tuple(sources)}, but returned "
                f"{len(data)} items: its `sources` and the data that it "
                "returns must match")
        return dict(zip(sources, data))


class EpochsIterator:
    """Iterates over the epochs of a stream without end.

    Parameters
    ----------
    data_stream : AbstractDataStream
        The stream; each step returns a new epoch iterator.
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
