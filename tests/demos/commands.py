"""Helpers that run a demo's command line in the tests' process."""
import contextlib
import io
import signal
import tempfile
from unittest import mock

import theano

from demos._support import command
from demos._support.extensions import ResumeHint


@contextlib.contextmanager
def output():
    """Yield a temporary folder and the output of the ``with`` block."""
    printed = io.StringIO()
    with tempfile.TemporaryDirectory() as folder:
        with contextlib.redirect_stdout(printed):
            yield folder, printed


@contextlib.contextmanager
def float32():
    """Compute in float32 in a ``with`` block, as the demos' commands do."""
    before = theano.config.floatX
    theano.config.floatX = 'float32'
    try:
        yield
    finally:
        theano.config.floatX = before


@contextlib.contextmanager
def interrupted(epochs):
    """Interrupt training in the first batch after a number of epochs."""
    raised = []

    def interrupt(extension):
        if extension.main_loop.status['epochs_done'] == epochs:
            raised.append(signal.raise_signal(signal.SIGINT))
    with mock.patch.object(ResumeHint, 'before_epoch', interrupt):
        yield
    assert raised, f'training did not reach epoch {epochs + 1}'


def run(main, parse, *arguments):
    """Run a command; return its exit code and its standard error."""
    errors = io.StringIO()
    with float32(), contextlib.redirect_stderr(errors):
        code = command.run(main, parse(list(arguments)))
    return code, errors.getvalue()
