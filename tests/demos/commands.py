"""A demo's command line, in the process of the tests."""
import contextlib
import io
import tempfile
from unittest import mock

import theano
from PIL import Image

from demos._support import command


def save_blank(figure, file, **options):
    """Write a blank picture in place of a figure."""
    Image.new('L', (2, 1)).save(file, format='png')


@contextlib.contextmanager
def output(draw=False):
    """A folder for a while, and what is printed in the meantime.

    Figures are drawn only if `draw` is true: it takes longer than to train a
    small network.

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
    """Compute in float32 for a while, as the demos' commands do."""
    before = theano.config.floatX
    theano.config.floatX = 'float32'
    try:
        yield
    finally:
        theano.config.floatX = before


def run(main, parse, *arguments):
    """Run a command: its exit code, and what it wrote to standard error."""
    errors = io.StringIO()
    with float32(), contextlib.redirect_stderr(errors):
        code = command.run(main, parse(list(arguments)))
    return code, errors.getvalue()
