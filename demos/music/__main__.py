"""The command line of the music demo."""
import functools
import sys

from demos._support import command
from demos.music import COMMAND, main
from demos.music.settings import QUICK, MusicSettings
from demos.music.writing import generate

parse = functools.partial(
    command.parse, MusicSettings, COMMAND,
    "Train an LSTM to predict the next notes of Bach's chorales, let it write "
    "one as MIDI, and draw what it learned; or let a trained network write "
    "(--generate).", quick=QUICK, quick_help='finish in about a minute')


def start(**options):
    """Train and write a chorale, or only write one."""
    settings = MusicSettings(**options)
    return generate(settings) if settings.generate else main(**options)


if __name__ == '__main__':
    sys.exit(command.run(start, parse()))
