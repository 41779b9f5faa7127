"""Ctrl-C and SIGTERM for several workers: all end after the same batch."""
import logging
import os
import signal
import threading
import time

from blocks.extensions import TrainingExtension

from blocks_rnn_bricks.parallel import workers

SIGNALS = signal.SIGINT, signal.SIGTERM


class Interrupts(TrainingExtension):
    """Takes signals in the main loop's place, and passes them on later.

    A signal reaches workers at different times, perhaps one of them only.
    So each only notes it; before the next batch they agree on it, and then
    the main loop of each gets it.

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
        # The main loop has put its own handlers in by now.
        if not self._handlers and (
                threading.current_thread() is threading.main_thread()):
            self._owner = os.getpid()
            for number in SIGNALS:
                self._handlers[number] = signal.signal(number, self._note)
        super().dispatch(callback_name, *args)

    def after_epoch(self):
        """See to it that the parameters are still the same on all."""
        self.main_loop.algorithm.check_equal()

    def after_training(self):
        """See to it that nobody goes on alone, before anything is saved."""
        workers.team().leave()

    def _note(self, number, frame):
        if os.getpid() != self._owner:  # there is no training in a fork
            signal.signal(number, signal.SIG_DFL)
            os.kill(os.getpid(), number)
            return
        # A terminal and mpiexec may send the same Ctrl-C one after another.
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
        self._handlers[number] = None  # told once
