"""Reading ahead in another process, batch by batch.

This process assigns examples to batches; the other one reads, pads and
transposes. So the state that a checkpoint must save is here: the batches that
have been requested but not yet delivered.

"""
import gc
import multiprocessing
import os
import signal
import threading
import time
from collections import deque
from concurrent.futures import BrokenExecutor, ProcessPoolExecutor

from fuel.transformers import Transformer

from blocks_rnn_bricks.streams.reading import ReadExamples

#: Seconds until the other process notices that this one has ended.
PATIENCE = .5
SIGNALS = signal.SIGINT, signal.SIGTERM


class ReadAhead(Transformer):
    """Prepares batches from a file before they are requested.

    Parameters
    ----------
    data_stream : :class:`fuel.transformers.Transformer`
        A :class:`~blocks_rnn_bricks.streams.reading.ReadExamples`, or
        transformers of batches on one.
    ahead : int
        The most batches that are ready or in preparation.

    Attributes
    ----------
    choose : callable or None
        Selects the part of a batch of numbers to read; None reads all of it.
    given : tuple or None
        The numbers of the last batch, including any that were not read.

    Raises
    ------
    RuntimeError
        In an epoch, if the other process is killed. Errors of the other
        process are raised in this one.

    """

    epoch_state = ('_numbers', '_waiting', '_exhausted', '_last')
    choose = None

    def __init__(self, data_stream, ahead, **kwargs):
        kwargs.setdefault('axis_labels', data_stream.axis_labels)
        super().__init__(data_stream, produces_examples=False, **kwargs)
        self.ahead = ahead
        self._process = None
        self._begin()

    def __getstate__(self):
        return dict(vars(self), _process=None)

    @property
    def given(self):
        return self._last and self._last.batch

    def get_epoch_iterator(self, **kwargs):
        self.child_epoch_iterator = self.data_stream.get_epoch_iterator()
        self._begin(self._steps()[0].child_epoch_iterator)
        return super(Transformer, self).get_epoch_iterator(**kwargs)

    def _begin(self, numbers=None):
        self._numbers = numbers
        self._waiting = deque()
        self._exhausted = False
        self._last = None

    def _steps(self):
        """Return the transformers, starting with the one that reads."""
        steps = [self.data_stream]
        while not isinstance(steps[0], ReadExamples):
            steps.insert(0, steps[0].data_stream)
        return steps

    def put_back(self):
        """Return the last batch to the stream."""
        self._waiting.appendleft(self._last)

    def get_data(self, request=None):
        if request is not None:
            raise ValueError('ReadAhead: it takes no requests, got {!r}'
                             .format(request))
        while len(self._waiting) <= self.ahead and not self._exhausted:
            try:
                self._waiting.append(_Reading(next(self._numbers)))
            except StopIteration:
                self._exhausted = True
        if not self._waiting:
            raise StopIteration
        try:
            for reading in self._waiting:
                reading.start(self._submit)
            data = self._waiting[0].future.result()
        except BrokenExecutor as error:
            self._give_up()
            raise RuntimeError(
                'ReadAhead: the process that reads ahead was killed, perhaps '
                'because memory ran out; a smaller ahead= takes less of it'
            ) from error
        self._last = self._waiting.popleft()
        return data

    def _give_up(self):
        """Have a new process prepare the pending batches."""
        self._process = None
        for reading in self._waiting:
            reading.future = None

    def _submit(self, batch):
        if self._process is None:
            self._process = ProcessPoolExecutor(
                1, initializer=_begin_process,
                initargs=(self._steps(), os.getpid()))
        if self.choose is not None:
            batch = self.choose(batch)
        with _signals_held_back():
            return self._process.submit(_make, batch)

    def reset(self):
        self._begin()
        super().reset()

    def close(self):
        process, self._process = self._process, None
        if process is not None:
            process.shutdown()
        super().close()


class _Reading:
    """A batch in preparation; a pickled one starts over.

    Parameters
    ----------
    batch : tuple
        The numbers of its examples.

    """

    def __init__(self, batch):
        self.batch = batch
        self.future = None

    def __getstate__(self):
        return {'batch': self.batch, 'future': None}

    def start(self, submit):
        """Submit the batch unless it has been submitted already."""
        if self.future is None:
            self.future = submit(self.batch)


class _signals_held_back:
    """Keeps this process's signal handlers from running in a fork."""

    def __enter__(self):
        self._before = signal.pthread_sigmask(signal.SIG_BLOCK, SIGNALS)

    def __exit__(self, *error):
        signal.pthread_sigmask(signal.SIG_SETMASK, self._before)


# The rest runs in the other process.

_process_steps = None


def _begin_process(steps, parent):
    global _process_steps
    _process_steps = steps
    gc.freeze()  # a collection would copy the pages shared with the parent
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent handles Ctrl-C
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, SIGNALS)
    threading.Thread(target=_end_with, args=(parent,), daemon=True).start()


def _end_with(parent):
    """End this process after the one that uses it has ended."""
    is_child = os.getppid() == parent  # False with a fork server
    known = multiprocessing.parent_process()
    while known.is_alive() and (not is_child or os.getppid() == parent):
        time.sleep(PATIENCE)
    os._exit(1)


def _make(batch):
    for step in _process_steps:
        batch = step.transform_batch(batch)
    return batch
