"""Reading ahead in another process."""
import multiprocessing
import pickle
import queue
import traceback
import weakref
from collections import deque

from fuel.transformers.base import Transformer
from fuel.transformers.wrapping import with_axis_labels
from fuel.utils.checks import refuse_request

# What a message from the background process means.
DATA, END_OF_EPOCH, SNAPSHOT, FAILURE = range(4)


class BackgroundProcess:
    """The side of :class:`MultiProcessing` that reads the stream.

    Parameters
    ----------
    data_stream : AbstractDataStream
        The stream to read, epoch after epoch.
    max_batches : int
        How many batches may wait to be fetched.
    epoch_iterator : iterator, optional
        The epoch of the stream to go on with; by default a new one.
    epoch : int, optional
        The number of that epoch.

    Attributes
    ----------
    batches : multiprocessing.Queue
        Messages, pairs of a kind and a value.

    """
    def __init__(self, data_stream, max_batches, epoch_iterator=None,
                 epoch=0):
        self.data_stream = data_stream
        self.epoch_iterator = epoch_iterator
        self.epoch = epoch
        self.batches = multiprocessing.Queue(max_batches)
        self.snapshot_wanted = multiprocessing.Event()
        self.first_wanted_epoch = multiprocessing.Value('q', 0)

    def main(self):
        """Read without end; runs in the background process."""
        try:
            while True:
                self._read_epoch()
        except Exception as error:
            self.batches.put((FAILURE, (error, traceback.format_exc())))

    def _read_epoch(self):
        if self.epoch_iterator is None:
            self.epoch_iterator = self.data_stream.get_epoch_iterator()
        for data in self.epoch_iterator:
            if self.epoch < self.first_wanted_epoch.value:
                break
            self._send(DATA, data)
        self.epoch_iterator = None
        self.epoch += 1
        self._send(END_OF_EPOCH, None)

    def _send(self, kind, value):
        self.batches.put((kind, value))
        if self.snapshot_wanted.is_set():
            self.snapshot_wanted.clear()
            self.batches.put((SNAPSHOT, self._snapshot()))

    def _snapshot(self):
        try:
            return pickle.dumps((self.data_stream, self.epoch_iterator,
                                 self.epoch))
        except Exception as error:
            return repr(error)

    def get_next_data(self):
        """Return the next message, a pair of its kind and its value."""
        return self.batches.get()


class MultiProcessing(Transformer):
    """Reads a stream ahead, in another process.

    Parameters
    ----------
    data_stream : AbstractDataStream
        The stream to read.
    max_store : int, optional
        How many batches may wait. 100 by default.

    Raises
    ------
    RuntimeError
        On iterating, if reading the stream raised an error (the message
        has the traceback of the other process) or that process was killed.

    Notes
    -----
    The process starts with the first epoch, reads on across the ends of
    epochs, and ends with :meth:`close` or with the transformer. It pays
    if computing a batch takes longer than passing it on.

    Pickling asks the process for the stream as it stands there; together
    with the batches that wait, that is the state of the transformer. It
    takes about as long as the process needs for one more batch.

    """
    def __init__(self, data_stream, max_store=100, **kwargs):
        super().__init__(data_stream, data_stream.produces_examples,
                         **with_axis_labels(kwargs, data_stream))
        self.max_store = max_store
        self.background = self.proc = None
        self._start_over()

    def _start_over(self):
        self._waiting = deque()    # messages already fetched
        self._ahead = None, 0      # where the process shall go on
        self._epoch = 0
        self._within_epoch = False

    def _start(self):
        epoch_iterator, epoch = self._ahead
        self.background = BackgroundProcess(self.data_stream, self.max_store,
                                            epoch_iterator, epoch)
        self.proc = multiprocessing.Process(target=self.background.main,
                                            daemon=True)
        self.proc.start()
        self._stop = weakref.finalize(self, _end_process, self.proc,
                                      self.background.batches)

    def get_epoch_iterator(self, **kwargs):
        if self.proc is None:
            self._start()
        if self._within_epoch:
            self._abandon_epoch()
        self._within_epoch = True
        # The process opens the epochs of the wrapped stream.
        return super(Transformer, self).get_epoch_iterator(**kwargs)

    def _abandon_epoch(self):
        self.background.first_wanted_epoch.value = self._epoch + 1
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
                                 else self._receive())
        if kind == DATA:
            return value
        if kind == FAILURE:
            self._waiting.appendleft(message)
            error, details = value
            raise RuntimeError("MultiProcessing: reading the stream failed "
                               f"in its process:\n{details}") from error
        self._within_epoch = False
        self._epoch += 1
        raise StopIteration

    def _receive(self):
        """Wait for a message; notice if the process is gone."""
        was_alive = True
        while True:
            try:
                return self.background.batches.get(timeout=1)
            except queue.Empty:
                if not was_alive:
                    raise RuntimeError(
                        "MultiProcessing: the process that reads the stream "
                        "was killed, with exit code "
                        f"{self.proc.exitcode}") from None
                was_alive = self.proc.is_alive()

    def _fetch_snapshot(self):
        """Return the stream where the process stands, its epoch iterator
        and the number of the epoch; keep the messages before that."""
        self.background.snapshot_wanted.set()
        while True:
            message = kind, value = self._receive()
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
        """Do nothing: the process goes on to the next epoch by itself."""

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


def _end_process(process, messages):
    process.terminate()
    process.join()
    messages.close()
