"""Processes that end reliably."""
import multiprocessing
import os
import signal
import threading
from contextlib import contextmanager

SIGNALS = {signal.SIGINT, signal.SIGTERM}
PATIENCE = .5  # seconds


def start_process(target, *args, daemon=True):
    """Start a process that ends with this one, and not before.

    It leaves Ctrl-C, which a terminal sends to both, to this process, and
    SIGTERM ends it whatever this process does on SIGTERM. When this process
    ends for any reason, it ends within a second.

    Parameters
    ----------
    target : callable
        The function to call there.
    *args
        The arguments.
    daemon : bool, optional
        Whether it is also ended when this process exits normally.

    Returns
    -------
    multiprocessing.Process

    """
    process = multiprocessing.Process(target=_main, args=(target, *args),
                                      daemon=daemon)
    with _signals_held_back():
        process.start()
    return process


@contextmanager
def _signals_held_back():
    """Keep signals from a forked process while it has this one's handlers."""
    if multiprocessing.get_start_method() != 'fork':
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, SIGNALS)
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _main(target, *args):
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    if hasattr(signal, 'pthread_sigmask'):
        signal.pthread_sigmask(signal.SIG_UNBLOCK, SIGNALS)
    threading.Thread(target=_end_with_parent, daemon=True).start()
    target(*args)


def _end_with_parent():
    """Wait until the parent is gone, then end this process at once.

    The pipe that multiprocessing uses for this is not enough, since processes
    forked later also hold its other end. With a fork server, the system's
    parent process is not the relevant one.

    """
    parent = multiprocessing.parent_process()
    is_child = os.getppid() == parent.pid
    while parent.is_alive() and (not is_child
                                 or os.getppid() == parent.pid):
        parent.join(PATIENCE)
    os._exit(1)


def end_process(process):
    """End a process within a second.

    Parameters
    ----------
    process : multiprocessing.Process
        A process started by this one.

    """
    process.terminate()
    process.join(PATIENCE)
    if process.is_alive():
        process.kill()
        process.join()
