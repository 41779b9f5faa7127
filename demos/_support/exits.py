"""Exit codes of commands; only bugs in the program show a traceback."""
import errno
import os
import sys

from blocks.utils.screen import silence

#: System errors that the user can fix.
FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EROFS, errno.EACCES,
        errno.EPERM, errno.EIO, errno.ENOTDIR, errno.EISDIR, errno.ENOENT}


class UserError(Exception):
    """An error that the user at the command line can fix."""


def exit_code(main, *args, **kwargs):
    """Call a function for the command line, reporting user errors in a line.

    Parameters
    ----------
    main : callable
        Returns a main loop that was run, or another object with the
        attribute `interrupted_by`, alone or first in a tuple.
    *args, **kwargs
        Its arguments.

    Returns
    -------
    int
        The exit code: 0 on success; 1 after a :class:`UserError`, a file
        that cannot be written or too little memory, each reported in one
        line; 130 after Ctrl-C, in training or outside of it; 143 after
        SIGTERM in training; 141 when the reader of the output, such as
        ``head``, has exited.

    """
    keep_descriptors()
    try:
        result = main(*args, **kwargs)
        if sys.stdout is not None:  # None after >&-
            sys.stdout.flush()
    except UserError as error:
        return complain(f'error: {error}', 1)
    except KeyboardInterrupt:
        return complain('interrupted', 130)
    except BrokenPipeError:
        silence(sys.stdout)
        return 141
    except MemoryError as error:
        return complain('error: not enough memory'
                        + (f' ({error})' if str(error) else '')
                        + '; try a smaller network or smaller batches', 1)
    except Exception as error:
        cause = of_the_system(error)
        if cause is None:
            raise
        silence(sys.stdout)
        what = cause.strerror
        if not cause.filename or cause.filename not in what:
            what = f'cannot write {cause.filename or "output"}: {what}'
        return complain(f'error: {what}; free some space or choose another '
                        f'folder with --save-to', 1)
    first = result[0] if isinstance(result, tuple) else result
    number = getattr(first, 'interrupted_by', None)
    return 0 if number is None else 128 + number


def of_the_system(error):
    """Return the system error that caused another error.

    Libraries that clean up after a failed write may raise another error.

    Returns
    -------
    :class:`OSError` or None
        None if there is no error of the kinds in :data:`FULL`.

    """
    while error is not None:
        if isinstance(error, OSError) and error.errno in FULL:
            return error
        error = error.__cause__ or error.__context__
    return None


def complain(line, code):
    """Write a line to standard error, if there is one, and return `code`."""
    if sys.stderr is not None:
        try:
            print(line, file=sys.stderr, flush=True)
        except (OSError, ValueError):
            silence(sys.stderr)
    return code


def keep_descriptors():
    """Open the null device for each standard stream that is closed.

    Otherwise the next file opened, perhaps a checkpoint, would get its
    number, and output that libraries write there would end up in the file.

    """
    for number in range(3):
        try:
            os.fstat(number)
        except OSError:
            os.open(os.devnull, os.O_RDWR)
