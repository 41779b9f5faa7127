"""Writing to a screen that may be closed."""
import logging
import os

logger = logging.getLogger(__name__)


def silence(stream):
    """Drop the buffered data of a stream, and all data written later.

    Otherwise Python would try to write them at exit.

    Parameters
    ----------
    stream : file or None
        A standard stream.

    """
    try:
        null = os.open(os.devnull, os.O_WRONLY)
        try:
            os.dup2(null, stream.fileno())
        finally:
            os.close(null)
    except (AttributeError, OSError, ValueError):
        pass  # it is None, closed or none of the system's


def give_up(stream, who, error):
    """Report, in the log, that nothing more is written to a stream.

    Errors with other causes are raised again.

    Parameters
    ----------
    stream : file or None
        The stream, which is silenced.
    who : object
        The extension that has written to it.
    error : Exception
        The error.

    """
    if not isinstance(error, OSError) and not getattr(stream, 'closed', 0):
        raise error
    silence(stream)
    logger.warning('%s cannot write any more, training continues: %s',
                   type(who).__name__, error)
