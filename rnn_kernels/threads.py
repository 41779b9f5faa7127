"""Threads for the kernels."""
import os
from threading import Lock, Thread

#: Environment variable with the default number of threads.
VARIABLE = 'BLOCKS_RNN_THREADS'


def number_of_threads(threads=None):
    """Return the number of threads to use.

    Parameters
    ----------
    threads : int, optional
        The requested number. If not given, that of the environment variable
        ``BLOCKS_RNN_THREADS``, or else the number of cores available to this
        process.

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
    except AttributeError:  # not every system can limit the cores of a process
        return os.cpu_count() or 1


class _Call:
    """A function that a worker calls, and its result."""

    def __init__(self, function):
        self._function = function
        self._ended = Lock()
        self._ended.acquire()
        self.started = False
        self.end = None  # finally: the result, and the exception or None

    def do(self):
        try:
            self.end = self._function(), None
        except BaseException as error:
            self.end = None, error

    def done(self):
        self._ended.release()

    def wait(self):
        """Wait for the end even if interrupted; return the interruption.

        The attribute `end` determines the end, not the lock: Ctrl-C may come
        between the acquisition of the lock and the next instruction.

        """
        interruption = None
        while self.end is None:
            try:
                self._ended.acquire()
            except BaseException as error:  # Ctrl-C, in the main thread
                interruption = error
        return interruption


class _Worker:
    """A thread that waits for calls and makes them.

    It returns to the idle workers by itself, so that it is not lost whatever
    happens to the calling thread.

    """

    def __init__(self):
        self._called = Lock()
        self._called.acquire()
        Thread(target=self._work, name='blocks_rnn_bricks',
               daemon=True).start()

    def _work(self):
        while True:
            self._called.acquire()
            call, self._call = self._call, None
            call.do()
            _idle.append(self)
            call.done()

    def start(self, call):
        """Begin a call."""
        self._call = call
        self._called.release()
        call.started = True


#: Idle workers; the total is the largest number ever busy at once.
_idle = []
# A forked child has none of its parent's threads.
if hasattr(os, 'register_at_fork'):
    os.register_at_fork(after_in_child=_idle.clear)


def _worker():
    try:
        return _idle.pop()
    except IndexError:
        return _Worker()


def run(tasks, threads):
    """Call functions at the same time.

    The calling thread is one of the threads. If there are more functions than
    threads, some are called one after another.

    Parameters
    ----------
    tasks : list of callable
        Functions without arguments.
    threads : int
        The maximal number of threads.

    Returns
    -------
    list
        Their results. An exception of any function, or Ctrl-C, is raised after
        all have ended, since they write to arrays of the caller.

    """
    def one_after_another(part):
        return lambda: [task() for task in part]

    threads = max(1, min(threads, len(tasks)))
    mine, *others = map(_Call, [one_after_another(tasks[first::threads])
                                for first in range(threads)])
    interruption = None
    try:
        for call in others:
            _worker().start(call)
        mine.do()  # stores any exception, including Ctrl-C
    except BaseException as error:
        interruption = error
    for call in others:
        if call.started:
            interruption = call.wait() or interruption
    if interruption is not None:
        raise interruption
    parts = []
    for call in [mine, *others]:
        part, error = call.end
        if error is not None:
            raise error
        parts.append(part)
    results = [None] * len(tasks)
    for first, part in enumerate(parts):
        results[first::threads] = part
    return results
