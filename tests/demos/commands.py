"""A demo's command line, in the process of the tests."""
import contextlib
import io
import tempfile

import theano

from demos._support import command


@contextlib.contextmanager
def output():
    """A folder for a while, and what is printed in the meantime."""
    printed = io.StringIO()
    with tempfile.TemporaryDirectory() as folder:
        with contextlib.redirect_stdout(printed):
            yield folder, printed


def run(main, parse, *arguments):
    """Run a command: its exit code, and what it wrote to standard error."""
    errors = io.StringIO()
    float_x = theano.config.floatX
    try:
        with contextlib.redirect_stderr(errors):
            code = command.run(main, parse(list(arguments)))
    finally:
        theano.config.floatX = float_x
    return code, errors.getvalue()
