"""The command line of the text demo."""
import sys

from demos._support import command
from demos.text import COMMAND, main
from demos.text.samples import write
from demos.text.settings import QUICK, TextSettings


def parse(arguments=None):
    """The settings that are given, as keyword arguments of :func:`start`."""
    return command.parse(
        TextSettings, COMMAND, "Train an LSTM to predict the next character "
        "of the text of Python's help, compare it with a 5-gram, and draw "
        "what surprises it; or let a trained one write (--generate).",
        arguments, quick=QUICK, quick_help='be done in a few minutes')


def start(**options):
    """Train, or write."""
    settings = TextSettings(**options)
    if settings.generate is None:
        return main(**options)
    return write(settings)


if __name__ == '__main__':
    sys.exit(command.run(start, parse()))
