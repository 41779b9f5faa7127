"""Threads for the kernels, and the one thread that BLAS gets inside them."""
import os
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from threading import Lock

from threadpoolctl import ThreadpoolController

#: Environment variable with the default number of threads.
VARIABLE = 'BLOCKS_RNN_THREADS'


def number_of_threads(threads=None):
    """Settle how many threads to use.

    Parameters
    ----------
    threads : int, optional
        The number asked for. If not given, the environment variable
        ``BLOCKS_RNN_THREADS``, or else the number of cores that this
        process may use.

    Returns
    -------
    int
        At least 1.

    Raises
    ------
    ValueError
        If the number is not an integer of at least 1.

    Examples
    --------
    >>> number_of_threads(3)
    3

    """
    source = 'threads'
    if threads is None:
        source, threads = VARIABLE, os.environ.get(VARIABLE) or _cores()
    try:
        number = int(threads)
        if number != float(threads) or number < 1:
            raise ValueError
    except (TypeError, ValueError):
        raise ValueError(
            "{} must be an integer of at least 1, got {!r}; leave it unset "
            "to use every core".format(source, threads)) from None
    return number


def _cores():
    try:
        return len(os.sched_getaffinity(0))
    except AttributeError:  # not every system can restrict a process
        return os.cpu_count() or 1


class SingleThreadedBlas:
    """Keeps BLAS to one thread as long as any kernel runs.

    Call it for a context manager. The limit belongs to the whole process,
    so the first kernel in sets it and the last one out lifts it again.

    """

    def __init__(self):
        self._lock = Lock()
        self._users = 0
        self._controller = None
        self._limit = None

    @contextmanager
    def __call__(self):
        with self._lock:
            if not self._users:
                if self._controller is None:
                    self._controller = ThreadpoolController()
                self._limit = self._controller.limit(
                    limits=1, user_api='blas')
            self._users += 1
        try:
            yield
        finally:
            with self._lock:
                self._users -= 1
                if not self._users:
                    self._limit.restore_original_limits()


class _Workers:
    """Threads that wait for work, as many as were ever asked for."""

    def __init__(self):
        self.forget()

    def forget(self):
        self._lock = Lock()
        self._executor = None
        self._size = 0

    def submit(self, tasks):
        with self._lock:
            if len(tasks) > self._size:
                if self._executor is not None:
                    self._executor.shutdown(wait=False)
                self._size = len(tasks)
                self._executor = ThreadPoolExecutor(
                    self._size, thread_name_prefix='blocks_rnn_bricks')
            return [self._executor.submit(task) for task in tasks]


single_threaded_blas = SingleThreadedBlas()
_workers = _Workers()
if hasattr(os, 'register_at_fork'):  # a child has none of its parent's threads
    os.register_at_fork(after_in_child=_workers.forget)


def run(tasks):
    """Call functions at the same time, one thread for each.

    BLAS uses one thread inside them. The calling thread takes the first
    function itself.

    Parameters
    ----------
    tasks : list of callable
        Functions without arguments, one or more.

    Returns
    -------
    list
        What each of them returned. An exception of any is raised after
        all have ended.

    """
    mine, others = tasks[0], tasks[1:]
    with single_threaded_blas():
        futures = _workers.submit(others) if others else []
        try:
            first = mine()
        finally:
            for future in futures:
                future.exception()  # wait, whatever happened
        return [first] + [future.result() for future in futures]
