"""Ctrl-C and SIGTERM for several workers: all stop after the same batch."""
import logging
import os
import signal
import threading
import time

from blocks.extensions import TrainingExtension

from blocks_rnn_bricks.parallel import workers

SIGNALS = signal.SIGINT, signal.SIGTERM


class Interrupts(TrainingExtension):
    """Catches signals for the main loop and forwards them later.

    A signal may reach the workers at different times, or only one of them.
    So each worker only records it. Before the next batch the workers agree
    on it, and each forwards it to its main loop.

    Attributes
    ----------
    number : int or None
        The signal that this worker has received.

    """

    def __init__(self):
        super().__init__()
        self._forget()

    def _forget(self):
        self.number = None
        self._time = 0.
        self._handlers = {}

    def __getstate__(self):
        return {'name': self.name}

    def __setstate__(self, state):
        self.__dict__.update(state)
        self._forget()

    def dispatch(self, callback_name, *args):
        # The main loop has installed its own handlers by now.
        if not self._handlers and (
                threading.current_thread() is threading.main_thread()):
            self._owner = os.getpid()
            for number in SIGNALS:
                self._handlers[number] = signal.signal(number, self._note)
        super().dispatch(callback_name, *args)

    def after_epoch(self):
        """Check that the parameters are still the same on all workers."""
        self.main_loop.algorithm.check_equal()

    def after_training(self):
        """Make sure that no worker continues alone before saving."""
        workers.team().leave()

    def _note(self, number, frame):
        if os.getpid() != self._owner:  # a forked process does not train
            signal.signal(number, signal.SIG_DFL)
            os.kill(os.getpid(), number)
            return
        # The terminal and mpiexec may both send the same Ctrl-C.
        again = time.monotonic() - self._time > 1
        if self.number is not None and again and number == signal.SIGINT:
            raise KeyboardInterrupt
        if self.number is None:
            self.number, self._time = int(number), time.monotonic()

    def end_training(self, number):
        """Pass the signal to the main loop's handler, on all workers."""
        self.number = number
        if self._time == 0:
            self._time = time.monotonic()
        handler = self._handlers.get(number)
        if not callable(handler):
            self.main_loop.log.current_row['training_finish_requested'] = True
            return
        before = logging.root.manager.disable
        if not workers.is_first():
            logging.disable(logging.WARNING)  # once is enough
        try:
            handler(number, None)
        finally:
            logging.disable(before)
        self._handlers[number] = None  # forward it only once
