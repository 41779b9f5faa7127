"""The command line of the text demo."""
import functools
import sys

from demos._support import command
from demos.text import COMMAND, main
from demos.text.samples import write
from demos.text.settings import QUICK, TextSettings

parse = functools.partial(
    command.parse, TextSettings, COMMAND,
    "Train an LSTM to predict the next character of the text of Python's "
    "help, compare it with a 5-gram, and draw what surprises it; or let a "
    "trained network write (--generate).", quick=QUICK,
    quick_help='finish in a few minutes')


def start(**options):
    """Train, or write text."""
    settings = TextSettings(**options)
    return main(**options) if settings.generate is None else write(settings)


if __name__ == '__main__':
    sys.exit(command.run(start, parse()))
