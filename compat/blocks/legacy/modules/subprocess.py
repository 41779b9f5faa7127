"""``subprocess`` whose pipes read and write strings."""
import subprocess

from . import stand_in


class Popen(subprocess.Popen):
    """A process; by default its pipes carry strings of bytes."""

    def __init__(self, args, bufsize=-1, *rest, **kwargs):
        if not (kwargs.keys() & {'encoding', 'errors', 'text'}):
            kwargs['encoding'] = 'latin-1'
        # Python 2 read output that was not flushed.
        super().__init__(args, -1 if bufsize in (0, 1) else bufsize, *rest,
                         **kwargs)


def _text(kwargs):
    if not (kwargs.keys() & {'encoding', 'errors', 'text'}):
        kwargs['encoding'] = 'latin-1'
    return kwargs


def call(*args, **kwargs):
    return subprocess.call(*args, **_text(kwargs))


def check_call(*args, **kwargs):
    return subprocess.check_call(*args, **_text(kwargs))


def check_output(*args, **kwargs):
    return subprocess.check_output(*args, **_text(kwargs))


stand_in(__name__, 'subprocess',
         ['Popen', 'call', 'check_call', 'check_output'])
