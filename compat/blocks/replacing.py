"""Atomic replacement of files."""
import errno
import logging
import os
import re
import secrets
import stat
from contextlib import contextmanager, suppress

try:
    import fcntl
except ImportError:  # without such locks, nothing is swept
    fcntl = None

logger = logging.getLogger(__name__)

FLAGS = (os.O_RDWR | getattr(os, 'O_NOFOLLOW', 0)
         | getattr(os, 'O_CLOEXEC', 0))


@contextmanager
def replacing(path):
    """Yield a file that atomically replaces another when it is complete.

    Data are written to a temporary file in the same folder, which is flushed
    to disk and atomically replaces the old file, so if the process or the
    machine stops at any time, either the old or the new file exists. If
    writing fails, the old file is kept.

    The temporary file has a unique name, is newly created (links of that name
    are not followed) and is locked while it is written. Unlocked temporary
    files of this path were left by killed processes and are removed.

    Parameters
    ----------
    path : str or path-like
        The file; if it is a link, its target is replaced.

    Yields
    ------
    file
        Open for reading and writing in binary mode.

    Raises
    ------
    OSError
        If it cannot be written. The message states the contents of `path`.

    """
    target = os.path.realpath(os.fspath(path))
    folder, name = os.path.split(target)
    temporary = None
    try:
        sweep(folder, name)
        temporary, descriptor = _make_temporary(folder, name)
        with open(descriptor, 'wb+') as file_:
            yield file_
            file_.flush()
            _keep_private(descriptor, target)
            os.fsync(descriptor)
            # Still locked, so that it cannot be swept now.
            os.replace(temporary, target)
        temporary = None
    except OSError as error:
        raise _explained(error, target) from error
    finally:
        if temporary is not None:
            with suppress(FileNotFoundError):
                os.remove(temporary)
    _flush_folder(folder)
    logger.debug('saved to %s', target)


def sweep(folder, name):
    """Remove temporary files left by killed processes.

    Parameters
    ----------
    folder, name : str
        The folder and the name of the file that they were to replace.

    """
    if fcntl is None:
        return
    # Older names contain the number of the process.
    pattern = re.compile(rf'\.{re.escape(name)}\.[0-9a-f]+\.tmp')
    for other in os.listdir(folder):
        if pattern.fullmatch(other):
            with suppress(OSError):
                _remove_unless_locked(os.path.join(folder, other))


def _make_temporary(folder, name):
    """Create and lock a new file.

    Returns
    -------
    path : str
    descriptor : int

    """
    while True:
        path = os.path.join(folder, f'.{name}.{secrets.token_hex(8)}.tmp')
        descriptor = os.open(path, FLAGS | os.O_CREAT | os.O_EXCL, 0o666)
        if fcntl is not None:
            # Some network file systems do not support locks; nothing is swept
            # there.
            with suppress(OSError):
                fcntl.flock(descriptor, fcntl.LOCK_EX)
        if _is_at(path, descriptor):
            return path, descriptor
        os.close(descriptor)  # swept before it was locked


def _remove_unless_locked(path):
    descriptor = os.open(path, FLAGS | getattr(os, 'O_NONBLOCK', 0))
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        if (stat.S_ISREG(os.fstat(descriptor).st_mode)
                and _is_at(path, descriptor)):
            os.remove(path)
            logger.info('removed %s, left by a killed process', path)
    finally:
        os.close(descriptor)


def _is_at(path, descriptor):
    """Return whether an open file still has a path."""
    try:
        there = os.stat(path, follow_symlinks=False)
    except FileNotFoundError:
        return False
    return os.path.samestat(there, os.fstat(descriptor))


def _keep_private(descriptor, target):
    """Grant only permissions that the replaced file grants."""
    with suppress(FileNotFoundError):
        old = stat.S_IMODE(os.stat(target).st_mode)
        new = stat.S_IMODE(os.fstat(descriptor).st_mode)
        if new & ~old:
            os.fchmod(descriptor, new & old)


def _flush_folder(folder):
    """Flush the renaming of a file in a folder to disk."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    except OSError as error:
        if error.errno != errno.EINVAL:  # not supported by the file system
            raise
    finally:
        os.close(descriptor)


def _explained(error, target):
    """Return an error with the current contents of the path added."""
    left = ('the file saved there before is still intact'
            if os.path.exists(target) else 'the file does not exist now')
    message = (f'nothing was saved to {target}, since writing failed '
               f'({error.strerror or error}); {left}')
    if error.errno is None:
        return OSError(message)
    return OSError(error.errno, message, error.filename or target)
