"""The command line of the speech demo."""
import functools
import sys

from demos._support import command
from demos.speech import COMMAND, main
from demos.speech.settings import SpeechSettings

parse = functools.partial(
    command.parse, SpeechSettings, COMMAND,
    'Train a stack of bidirectional LSTMs to identify nine speakers by two '
    'Japanese vowels, and draw what it learned.', parallel=True)


if __name__ == '__main__':
    sys.exit(command.run(main, parse()))
