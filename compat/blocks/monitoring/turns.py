"""Evaluations that separate the values of different threads."""
import threading
from contextlib import contextmanager

MIXED_UP = (
    'this evaluation was started by thread {begun}, but {here} continues it, '
    'which would mix the values of both threads: use a separate evaluator for '
    'each thread, or call evaluate(), for which threads wait')


class Turns:
    """The order in which threads use an evaluator.

    A pickle or a copy has no owner: the first caller continues with it.

    """

    def __init__(self):
        self._lock = threading.RLock()
        self._owner = None

    def __reduce__(self):
        return Turns, ()

    @contextmanager
    def begin(self):
        """Begin an evaluation, which belongs to this thread, in a block."""
        with self._lock:
            self._owner = threading.current_thread()
            yield

    @contextmanager
    def go_on(self):
        """Continue the evaluation, without other threads, in a block.

        Raises
        ------
        RuntimeError
            If another thread has begun an evaluation since.

        """
        with self._lock:
            here = threading.current_thread()
            if self._owner not in (None, here):
                raise RuntimeError(MIXED_UP.format(
                    begun=self._owner.name, here=here.name))
            yield

    def whole(self):
        """Do a whole evaluation, while other threads wait, in a block."""
        return self._lock
