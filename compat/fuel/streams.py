"""Data streams: data in epochs, which can be iterated over and wrapped."""
import warnings
from abc import ABC, abstractmethod
from collections.abc import Mapping

import zmq
from fuel.config_parser import config
from fuel.exceptions import InvalidMessage
from fuel.iterator import DataIterator, EpochsIterator
from fuel.schemes import BatchSizeScheme
from fuel.server import recv_arrays
from fuel.utils.attributes import settable
from fuel.utils.checks import (
    as_source_names,
    check_number,
    check_positive,
    check_scheme,
    refuse_request,
)
from fuel.utils.sockets import Watch


class AbstractDataStream(ABC):
    """A stream of examples or batches, separated into epochs.

    Parameters
    ----------
    iteration_scheme : IterationScheme, optional
        The requests of each epoch. The dataset or the wrapped stream
        determines which schemes are suitable.
    axis_labels : dict, optional
        The names of the axes of each source, a tuple of strings, or `None` if
        they are unknown.

    Attributes
    ----------
    iteration_scheme : IterationScheme or None
        The scheme in use.
    axis_labels : dict or None
        The names of axes in use.
    sources : tuple of str
        The names of the items in the data.
    epoch_state : tuple of str
        Set by classes: the names of the attributes in which :meth:`get_data`
        keeps the position in an epoch, in addition to those of their base
        classes. Objects in them must be replaced, not emptied, when an epoch
        begins. A class that defines :meth:`get_data` but not this attribute
        supports only one epoch at a time: an iterator that continues after
        another epoch has begun raises a RuntimeError.

    """

    epoch_state = ()
    _epoch_names = ()
    _interleaves = False
    _reader = None

    def __init_subclass__(cls, **kwargs):
        super().__init_subclass__(**kwargs)
        if 'epoch_state' in vars(cls):
            cls._interleaves = True
            cls._epoch_names = tuple(
                name for base in cls.__mro__
                for name in vars(base).get('epoch_state', ()))
        elif 'get_data' in vars(cls):
            cls._interleaves = False

    def __init__(self, iteration_scheme=None, axis_labels=None):
        check_scheme(self, iteration_scheme)
        self.axis_labels = axis_labels
        self.iteration_scheme = iteration_scheme

    @property
    def produces_examples(self):
        """Whether the stream yields examples, not batches.

        The iteration scheme determines it. Without a scheme the attribute
        must be set.

        Raises
        ------
        ValueError
            When read without a scheme and unset, or set with a scheme.

        """
        if self.iteration_scheme:
            return self.iteration_scheme.requests_examples
        try:
            return self._produces_examples
        except AttributeError:
            raise ValueError(
                f"{type(self).__name__} does not know whether it produces "
                "examples or batches: it has no iteration scheme; set its "
                "attribute produces_examples to True or False") from None

    @produces_examples.setter
    def produces_examples(self, value):
        if self.iteration_scheme:
            raise ValueError(
                f"{type(self).__name__}: produces_examples can't be set, "
                "its iteration scheme "
                f"{type(self.iteration_scheme).__name__} determines it")
        self._produces_examples = value

    def get_data(self, request=None):
        """Return the next or the requested data, one item per source.

        Optional: a stream may define only :meth:`get_epoch_iterator`.

        Parameters
        ----------
        request : object, optional
            A request of the iteration scheme.

        Returns
        -------
        tuple

        Raises
        ------
        StopIteration
            At the end of the epoch.

        """
        raise NotImplementedError(
            f"{type(self).__name__} has no method get_data")

    def resume_epoch(self, kept, requests):
        """Continue an epoch after another one has been read.

        Parameters
        ----------
        kept : dict or None
            The attributes named by :attr:`epoch_state` as they were.
        requests : iterator or None
            The requests of the epoch.

        Raises
        ------
        RuntimeError
            If that would mix up the two epochs.

        """
        # Without epoch_state, streams that use requests have no state.
        if kept is None or not self._interleaves and requests is None:
            self._refuse_to_interleave()
        vars(self).update(kept)

    def _refuse_to_interleave(self):
        raise RuntimeError(
            f"{type(self).__name__}: an epoch of this stream continues after "
            "another one has begun, e.g. because the stream is used for "
            "training and monitoring; the two would take data from each "
            "other. Make a stream for each use, or name in the class "
            "attribute epoch_state what get_data keeps")

    def next_epoch(self):
        """Go on to the next epoch."""

    def reset(self):
        """Go back to the beginning."""

    def close(self):
        """Release resources, e.g. open files."""

    @abstractmethod
    def get_epoch_iterator(self, as_dict=False):
        """Begin an epoch.

        Parameters
        ----------
        as_dict : bool, optional
            Whether to yield dictionaries instead of tuples.

        Returns
        -------
        DataIterator

        """
        requests = (self.iteration_scheme.get_request_iterator()
                    if self.iteration_scheme else None)
        return DataIterator(self, requests, as_dict=as_dict)

    def iterate_epochs(self, as_dict=False):
        """Return an endless iterator over epoch iterators.

        An epoch begins when its iterator is requested.

        """
        return EpochsIterator(self, as_dict=as_dict)


class DataStream(AbstractDataStream):
    """A stream of data from a dataset.

    Parameters
    ----------
    dataset : Dataset
        The dataset that is asked for the data.
    iteration_scheme : IterationScheme, optional
        The requests. Without it, the dataset is asked for one example at a
        time.
    axis_labels : dict, optional
        By default those of the dataset. For a stream of examples, the axis
        ``'batch'`` is omitted.

    """

    epoch_state = ('data_state',)

    def __init__(self, dataset, **kwargs):
        if isinstance(dataset, type) or not hasattr(dataset, 'open'):
            raise TypeError(f"{type(self).__name__}: dataset must be a "
                            "Dataset such as IndexableDataset(arrays), got "
                            f"{dataset!r}")
        if dataset.axis_labels:
            kwargs.setdefault('axis_labels', dataset.axis_labels)
        super().__init__(**kwargs)
        if not self.iteration_scheme:
            self.produces_examples = True
        if self.axis_labels is not None and not isinstance(
                self.axis_labels, Mapping):
            raise TypeError(f"{type(self).__name__}: axis_labels must be a "
                            "dict from sources to labels of axes, got "
                            f"{self.axis_labels!r}")
        if self.axis_labels:
            self.axis_labels = dict(self.axis_labels)
            if self.produces_examples:
                self.axis_labels = {
                    source: _without_batch_axis(labels)
                    for source, labels in self.axis_labels.items()}
        self.dataset = dataset
        self.data_state = dataset.open()
        self._fresh_state = True

    sources = settable('_sources', lambda stream: stream.dataset.sources,
                       'By default the sources of the dataset.')

    def _exchange_state(self, method):
        """Replace the state by the result of a method of the dataset."""
        self.data_state = method(self.data_state)

    def next_epoch(self):
        self._exchange_state(self.dataset.next_epoch)

    def reset(self):
        self._exchange_state(self.dataset.reset)
        self._fresh_state = True

    def close(self):
        """Close the state of the dataset; the next epoch opens a new one."""
        self._exchange_state(self.dataset.close)
        self._fresh_state = False

    def get_data(self, request=None):
        return self.dataset.get_data(self.data_state, request)

    def get_epoch_iterator(self, **kwargs):
        if self._fresh_state:
            self._fresh_state = False
        elif self._is_being_read():
            self._exchange_state(getattr(self.dataset, 'epoch_beside',
                                         self.dataset.next_epoch))
        else:
            self.next_epoch()
        return super().get_epoch_iterator(**kwargs)

    def _is_being_read(self):
        """Return whether there is an unfinished iterator."""
        iterator = self._reader and self._reader.iterator
        return (iterator is not None and iterator.data_stream is self
                and not iterator.finished)

    def resume_epoch(self, kept, requests):
        state = kept and kept.get('data_state')
        says_what = requests is not None and not isinstance(
            self.iteration_scheme, BatchSizeScheme)
        if (state is not None and state is self.data_state
                and not says_what):
            # Both epochs move the position in the same state.
            self._refuse_to_interleave()
        super().resume_epoch(kept, requests)

    @classmethod
    def default_stream(cls, dataset, **kwargs):
        """Return a stream wrapped in the dataset's default transformers.

        Parameters
        ----------
        dataset : Dataset
            The dataset.
        **kwargs
            Passed on to the stream.

        """
        return dataset.apply_default_transformers(cls(dataset, **kwargs))


def _without_batch_axis(labels):
    if labels is None:
        return None
    if isinstance(labels, str):
        labels = (labels,)
    return tuple(label for label in labels if label != 'batch')


class ServerDataStream(AbstractDataStream):
    """A stream of data from a Fuel server.

    Parameters
    ----------
    sources : tuple of str
        Names for the items that the server sends.
    produces_examples : bool
        Whether the server sends examples, not batches.
    host : str, optional
        Where the server runs. ``'localhost'`` by default.
    port : int, optional
        Port of the server. 5557 by default.
    hwm : int, optional
        ZeroMQ's high-water mark of the receiving socket: roughly how many
        batches wait on this side. 10 by default.
    axis_labels : dict, optional
        For each source the names of its axes.
    timeout : float, optional
        Number of seconds to wait for each item; unlimited by default.
    max_message_size : int, optional
        Maximal number of bytes of a batch, including its headers. By default
        ``fuel.config.max_message_size``, which is 1 GiB if not set.

    Raises
    ------
    TimeoutError
        From ``next`` on its iterators, if nothing arrived within `timeout`.
    fuel.exceptions.InvalidMessage
        From ``next`` on its iterators, if the message is not a batch: see
        :func:`fuel.server.recv_arrays`. The stream is then closed, so later
        messages are dropped.

    Notes
    -----
    A pickled stream connects again when it is used. The position in the
    epoch is the server's, see :func:`fuel.server.start_server`.

    """

    def __init__(self, sources, produces_examples, host='localhost',
                 port=5557, hwm=10, axis_labels=None, timeout=None,
                 max_message_size=None):
        super().__init__(axis_labels=axis_labels)
        check_positive(self, timeout=timeout)
        check_positive(self, int, max_message_size=max_message_size)
        self.produces_examples = produces_examples
        self.sources = as_source_names(sources, self)
        if not self.sources:
            raise ValueError("ServerDataStream: sources must be one name or "
                             "more, got none")
        check_number(self, 'port', port, int, least=1, most=65535)
        check_number(self, 'hwm', hwm, int, least=0)
        if not isinstance(host, str):
            raise TypeError("ServerDataStream: host must be the name or "
                            f"address of a machine, got {host!r}")
        self.host, self.port = host, port
        self.hwm, self.timeout = hwm, timeout
        self.max_message_size = max_message_size
        self.connected = False

    def connect(self):
        """Connect to the server; called when the first data are needed."""
        self._limit = (config.max_message_size
                       if self.max_message_size is None
                       else self.max_message_size)
        self.context = zmq.Context()
        self.socket = self.context.socket(zmq.PULL)
        self.socket.set_hwm(self.hwm)
        # ZeroMQ refuses longer parts before it allocates memory for them.
        self.socket.setsockopt(zmq.MAXMSGSIZE, self._limit)
        self._watch = Watch(self.socket)
        self.socket.connect(f'tcp://{self.host}:{self.port}')
        self.connected = True

    def get_data(self, request=None):
        refuse_request(self, request)
        if not self.connected:
            self.connect()
        try:
            if not self._watch.wait(self.timeout):
                raise TimeoutError(
                    "nothing arrived from a server at "
                    f"{self.host}:{self.port} within {self.timeout} s: is "
                    "fuel.server.start_server running there, on that port?")
            return self._check(recv_arrays(self.socket, self._limit))
        except InvalidMessage as error:
            self.close()
            raise InvalidMessage(
                f"ServerDataStream: the message from {self.host}:{self.port} "
                f"is not a batch of a Fuel server: {error}. The stream was "
                "closed. Is fuel.server.start_server running there, on that "
                f"port, and max_message_size (now {self._limit} bytes) large "
                "enough?") from error

    def _check(self, arrays):
        if len(arrays) != len(self.sources):
            raise ValueError(
                f"the server at {self.host}:{self.port} sent {len(arrays)} "
                f"arrays, but the stream was given the {len(self.sources)} "
                f"sources {tuple(self.sources)}")
        return tuple(arrays)

    def get_epoch_iterator(self, **kwargs):
        return super().get_epoch_iterator(**kwargs)

    def close(self):
        """Disconnect; using the stream again connects again."""
        if self.connected:
            self._watch.close()
            self.context.destroy(linger=0)
            del self.socket, self.context, self._watch
            self.connected = False

    def __getstate__(self):
        state = dict(self.__dict__, connected=False)
        for name in 'socket', 'context', '_watch':
            state.pop(name, None)
        return state


#: The current locations of names from the first versions of Fuel.
_FORMER = {'DataStreamWrapper': 'Transformer', 'ForceFloatX': 'ForceFloatX'}


def __getattr__(name):
    if name not in _FORMER:
        raise AttributeError(f'module {__name__!r} has no attribute {name!r}')
    # Not at the top, since transformers import streams.
    from fuel import transformers
    warnings.warn(f'{__name__}.{name} is deprecated; use '
                  f'fuel.transformers.{_FORMER[name]}', DeprecationWarning,
                  stacklevel=2)
    return getattr(transformers, _FORMER[name])
