"""The command line of the phonemes demo."""
import functools
import sys

from demos._support import command
from demos.phonemes import COMMAND, main
from demos.phonemes.settings import QUICK, PhonemeSettings
from demos.phonemes.voice import pronounce

parse = functools.partial(
    command.parse, PhonemeSettings, COMMAND,
    'Train a stack of bidirectional LSTMs with CTC to pronounce English words '
    'letter by letter, and count errors on words that it has not seen; or '
    'let a trained network pronounce words (--pronounce).', quick=QUICK,
    quick_help='take a few minutes', parallel=True)


def start(**options):
    """Train, or pronounce words."""
    return (pronounce if options.get('pronounce') else main)(**options)


if __name__ == '__main__':
    sys.exit(command.run(start, parse(), __package__))
