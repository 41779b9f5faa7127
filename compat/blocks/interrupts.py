"""Ctrl-C and SIGTERM as requests to stop after the current batch."""
import logging
import os
import signal
import threading

logger = logging.getLogger(__name__)

batch_interrupt_message = (
    'training will end after the current batch, and its extensions will be '
    'run. Press Ctrl-C to end now, without them.')


class Interrupts:
    """Context manager in which signals do not end the program immediately.

    The first SIGINT (Ctrl-C) or SIGTERM is recorded in :attr:`received`, for
    the program to check. The second Ctrl-C raises a
    :exc:`KeyboardInterrupt`. In threads other than the main thread, where
    Python allows no handlers, the block has no effect. Signals end a process
    that is forked within the block as usual.

    Attributes
    ----------
    received : bool
        Whether a signal was received.
    number : int or None
        The number of the first signal.
    active : bool
        Whether the block is active.

    """

    SIGNALS = signal.SIGINT, signal.SIGTERM
    number = None

    def __init__(self):
        self.received = self.active = False
        self._handlers = {}

    def __reduce__(self):
        # Handlers belong to the process, so they are not pickled.
        return Interrupts, ()

    def __enter__(self):
        self._owner = os.getpid()
        self.active = True
        if threading.current_thread() is threading.main_thread():
            for number in self.SIGNALS:
                self._handlers[number] = signal.signal(number, self._handle)
        return self

    def __exit__(self, *exc_info):
        self.active = False
        for number in self._handlers:
            self._restore(number)

    def _restore(self, number):
        handler = self._handlers[number]
        # None: a handler that was not installed in Python.
        signal.signal(number, signal.SIG_DFL if handler is None else handler)

    def _handle(self, number, frame):
        if os.getpid() != self._owner:  # a fork does not train
            self._restore(number)
            os.kill(os.getpid(), number)
            return
        if self.received and number == signal.SIGINT:
            raise KeyboardInterrupt
        if not self.received:
            self.number = int(number)
        self.received = True
        logger.warning('%s: %s', signal.Signals(number).name,
                       batch_interrupt_message)
