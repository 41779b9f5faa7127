"""Helpers that run a demo's command line in the tests' process."""
import contextlib
import io
import signal
import tempfile
from unittest import mock

import theano
from PIL import Image

from demos._support import command
from demos._support.extensions import ResumeHint


def save_blank(figure, file, **options):
    """Write a blank picture in place of a figure."""
    Image.new('L', (2, 1)).save(file, format='png')


@contextlib.contextmanager
def output(draw=False):
    """Yield a temporary folder and the output of the ``with`` block.

    Figures are blank unless `draw` is true, since drawing takes longer than
    training a small network.

    """
    printed = io.StringIO()
    with contextlib.ExitStack() as stack:
        if not draw:
            stack.enter_context(mock.patch('matplotlib.figure.Figure.savefig',
                                           save_blank))
        stack.enter_context(contextlib.redirect_stdout(printed))
        yield stack.enter_context(tempfile.TemporaryDirectory()), printed


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


@contextlib.contextmanager
def rewound(epochs):
    """Leave the checkpoint of an earlier batch behind.

    It is that of the first batch after a number of epochs, as if training had
    been interrupted there; but it runs to its end.

    """
    saved = []

    def save(hint, batch):
        if hint.main_loop.status['epochs_done'] == epochs and not saved:
            checkpoint, = (
                extension for extension in hint.main_loop.extensions
                if getattr(extension, 'path', None) == hint.checkpoint)
            checkpoint.do('on_interrupt')
            with open(hint.checkpoint, 'rb') as file:
                saved.append((hint.checkpoint, file.read()))
    with mock.patch.object(ResumeHint, 'after_batch', save):
        yield
    (path, content), = saved
    with open(path, 'r+b') as file:
        assert file.read() != content, f'training ended in epoch {epochs + 1}'
        file.seek(0)
        file.truncate()
        file.write(content)


def run(main, parse, *arguments):
    """Run a command; return its exit code and its standard error."""
    errors = io.StringIO()
    with float32(), contextlib.redirect_stderr(errors):
        code = command.run(main, parse(list(arguments)))
    return code, errors.getvalue()
