"""Reading ahead in another process."""
import multiprocessing
import os
import pickle
import queue
import threading
import traceback
from collections import deque
from multiprocessing import util
from multiprocessing.connection import wait
from multiprocessing.reduction import ForkingPickler
from numbers import Integral

from fuel.transformers.base import Transformer
from fuel.transformers.wrapping import with_axis_labels
from fuel.utils.checks import refuse_request
from fuel.utils.processes import end_process, start_process

# The kinds of messages from the background process.
DATA, END_OF_EPOCH, SNAPSHOT, FAILURE = range(4)


class BackgroundProcess:
    """A process that reads a stream, and its pipes.

    A killed process leaves no lock that the other side waits for, since each
    end of a pipe has one user.

    Parameters
    ----------
    data_stream : AbstractDataStream
        The stream to read for all epochs.
    max_batches : int
        The number of batches that may wait.
    epoch_iterator : iterator, optional
        The epoch of the stream to continue; by default a new one.
    epoch : int, optional
        The number of that epoch.

    """

    def __init__(self, data_stream, max_batches, epoch_iterator=None,
                 epoch=0):
        self.data_stream = data_stream
        self.epoch_iterator = epoch_iterator
        self.epoch = epoch
        self._places = multiprocessing.Semaphore(max_batches)
        self._incoming, self._outgoing = multiprocessing.Pipe(duplex=False)
        self._orders, self._to_order = multiprocessing.Pipe(duplex=False)
        self._torn = False

    def start(self):
        """Start the process and return it."""
        self._process = start_process(self.main)
        self._owner = os.getpid()
        for end in self._outgoing, self._orders:
            end.close()
        return self._process

    def end(self):
        """End the process."""
        end_process(self._process)
        for end in self._incoming, self._to_order:
            end.close()

    # Methods called in the process.

    def main(self):
        """Read endlessly; runs in the background process."""
        for end in self._incoming, self._to_order:
            end.close()
        self._messages = queue.SimpleQueue()
        self._snapshot_wanted = threading.Event()
        self._first_wanted_epoch = 0
        sender = threading.Thread(target=self._send_messages)
        sender.start()
        threading.Thread(target=self._obey, daemon=True).start()
        try:
            while True:
                self._read_epoch()
        except BaseException as error:
            self._put(FAILURE, (_pickled_error(error),
                                traceback.format_exc()))
        self._messages.put(None)
        sender.join()

    def _read_epoch(self):
        if self.epoch_iterator is None:
            self.epoch_iterator = self.data_stream.get_epoch_iterator()
        for data in self.epoch_iterator:
            if self.epoch < self._first_wanted_epoch:
                break
            self._give(DATA, data)
        self.epoch_iterator = None
        self.epoch += 1
        self._give(END_OF_EPOCH, None)

    def _give(self, kind, value):
        self._put(kind, value)
        if self._snapshot_wanted.is_set():
            self._snapshot_wanted.clear()
            self._put(SNAPSHOT, self._snapshot())

    def _put(self, kind, value):
        # Pickled here, not in the sending thread: the stream may reuse its
        # arrays, and objects that can't be pickled raise an error here.
        message = bytes(ForkingPickler.dumps((kind, value),
                                             pickle.HIGHEST_PROTOCOL))
        self._places.acquire()
        self._messages.put(message)

    def _snapshot(self):
        try:
            return pickle.dumps((self.data_stream, self.epoch_iterator,
                                 self.epoch))
        except Exception as error:
            return repr(error)

    def _send_messages(self):
        while (message := self._messages.get()) is not None:
            self._outgoing.send_bytes(message)

    def _obey(self):
        while True:
            try:
                order, value = self._orders.recv()
            except (EOFError, OSError):
                return
            if order == SNAPSHOT:
                self._snapshot_wanted.set()
            else:
                self._first_wanted_epoch = value

    # Methods called on this side.

    def order_snapshot(self):
        """Request a snapshot of the process's position."""
        self._order(SNAPSHOT, None)

    def skip_to(self, epoch):
        """Let the process skip the rest of earlier epochs."""
        self._order(END_OF_EPOCH, epoch)

    def _order(self, order, value):
        self._check_owner()
        try:
            self._to_order.send((order, value))
        except BrokenPipeError:
            pass  # it has ended; its last message gives the reason

    def get_next_data(self):
        """Wait for the next message.

        Returns
        -------
        kind : int
        value : object

        Raises
        ------
        RuntimeError
            If the process ended without a message.

        """
        self._check_owner()
        if self._torn:
            raise RuntimeError(
                "MultiProcessing: reading ahead was interrupted in the middle "
                "of a batch, the rest of which can't be distinguished from "
                "the next one; call reset() to start again")
        if self._incoming not in wait([self._incoming,
                                       self._process.sentinel]):
            self._raise_end()
        try:
            message = self._incoming.recv_bytes()
        except (EOFError, OSError):
            self._raise_end()
        except BaseException:  # Ctrl-C
            self._torn = True
            raise
        self._places.release()
        return pickle.loads(message)

    def _raise_end(self):
        self._process.join(1)
        raise RuntimeError(
            "MultiProcessing: the process that reads the stream was killed "
            f"or ended itself, with exit code {self._process.exitcode}; a "
            "negative one is a signal, and -9 often means that memory ran "
            "out") from None

    def _check_owner(self):
        if self._owner != os.getpid():
            raise RuntimeError(
                "MultiProcessing: its process belongs to the process "
                f"{self._owner}, but is used in {os.getpid()}, which was "
                "forked from it; make the stream, or begin its first epoch, "
                "in the process that uses it, or pickle it")


def _pickled_error(error):
    """Return a pickled error, or None if it can't be restored."""
    try:
        pickled = pickle.dumps(error)
        pickle.loads(pickled)
    except Exception:
        return None
    return pickled


class MultiProcessing(Transformer):
    """Reads a stream ahead in another process.

    Parameters
    ----------
    data_stream : AbstractDataStream
        The stream to read.
    max_store : int, optional
        The number of batches that may wait. 100 by default.

    Raises
    ------
    RuntimeError
        On iterating, if reading the stream raised an error (the message
        contains the traceback of the other process) or if that process was
        killed.
    TypeError, ValueError
        If `max_store` is not an integer above 0.

    Notes
    -----
    The process starts with the first epoch, continues across the ends of
    epochs, and ends with :meth:`close`, with the transformer, or with this
    process. It ignores Ctrl-C, which this process handles. It is worthwhile if
    computing a batch takes longer than transferring it.

    Pickling requests the current state of the stream from the process. This
    state and the waiting batches are the state of the transformer. Pickling
    takes about as long as one more batch.

    """

    def __init__(self, data_stream, max_store=100, **kwargs):
        super().__init__(data_stream, data_stream.produces_examples,
                         **with_axis_labels(kwargs, data_stream))
        if not isinstance(max_store, Integral) or max_store < 1:
            raise (ValueError if isinstance(max_store, Integral)
                   else TypeError)(
                "MultiProcessing: max_store must be an integer above 0, got "
                f"{max_store!r}")
        self.max_store = max_store
        self.background = self.proc = None
        self._start_over()

    def _start_over(self):
        self._waiting = deque()    # messages already fetched
        self._ahead = None, 0      # where the process continues
        self._epoch = 0
        self._within_epoch = False

    def _start(self):
        epoch_iterator, epoch = self._ahead
        self.background = BackgroundProcess(self.data_stream, self.max_store,
                                            epoch_iterator, epoch)
        self.proc = self.background.start()
        # Unlike a weakref finalizer, it is certain to run before
        # multiprocessing joins the remaining processes at exit.
        self._stop = util.Finalize(self, self.background.end,
                                   exitpriority=10)

    def get_epoch_iterator(self, **kwargs):
        if self.proc is None:
            self._start()
        if self._within_epoch:
            self._abandon_epoch()
        self._within_epoch = True
        # The background process opens the epochs of the wrapped stream.
        return super(Transformer, self).get_epoch_iterator(**kwargs)

    def _abandon_epoch(self):
        self.background.skip_to(self._epoch + 1)
        while self._within_epoch:
            try:
                self.get_data()
            except StopIteration:
                pass

    def get_data(self, request=None):
        refuse_request(self, request)
        if not self._within_epoch:
            raise StopIteration
        if self.proc is None:
            self._start()
        kind, value = message = (self._waiting.popleft() if self._waiting
                                 else self.background.get_next_data())
        if kind == DATA:
            return value
        if kind == FAILURE:
            self._waiting.appendleft(message)
            error, details = value
            raise RuntimeError(
                "MultiProcessing: reading the stream failed in its process:\n"
                f"{details}") from (error and pickle.loads(error))
        self._within_epoch = False
        self._epoch += 1
        raise StopIteration

    def _fetch_snapshot(self):
        """Return the process's stream, its iterator and the epoch number.

        Earlier messages are kept.

        """
        self.background.order_snapshot()
        while True:
            message = kind, value = self.background.get_next_data()
            if kind == SNAPSHOT:
                if isinstance(value, str):
                    raise pickle.PicklingError(
                        "MultiProcessing: the wrapped stream can't be "
                        f"pickled: {value}")
                return pickle.loads(value)
            self._waiting.append(message)
            if kind == FAILURE:
                raise pickle.PicklingError(
                    "MultiProcessing can't be pickled any more: reading the "
                    f"stream failed:\n{value[1]}")

    def __getstate__(self):
        state = dict(self.__dict__)
        if self.proc is not None:
            # This fills self._waiting, which `state` shares.
            state['data_stream'], *ahead = self._fetch_snapshot()
            state['_ahead'] = tuple(ahead)
        state.update(background=None, proc=None)
        state.pop('_stop', None)
        return state

    def next_epoch(self):
        """Do nothing: the process continues with the next epoch by itself."""

    def reset(self):
        self._end()
        self.data_stream.reset()

    def close(self):
        self._end()
        self.data_stream.close()

    def _end(self):
        if self.proc is not None:
            self._stop()
            self.background = self.proc = None
        self._start_over()
