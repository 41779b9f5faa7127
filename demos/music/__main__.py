"""The command line of the music demo."""
import argparse
import inspect
import sys

from demos import common, music
from demos.music import COMMAND, DEFAULTS, QUICK_EPOCHS


def not_negative(text):
    """A type for argparse: a whole number, 0 or above."""
    value = int(text)
    if value < 0:
        raise argparse.ArgumentTypeError(f'must be 0 or above, got {text}')
    return value


#: Settings of the training: name, type, what it is.
SETTINGS = [
    ('epochs', common.positive(int), 'passes over the training pieces'),
    ('patience', common.positive(int), 'epochs without a better cost on the '
     'validation part before training ends'),
    ('dim', common.positive(int), 'LSTM cells of each layer'),
    ('layers', common.positive(int), 'number of LSTM layers'),
    ('batch_size', common.positive(int), 'pieces at once'),
    ('learning_rate', common.positive(float), 'of Adam'),
    ('dropout', common.rate, 'share of the features that upper layers and '
     'output read that is dropped in training'),
    ('transpose', not_negative, 'semitones that each training piece is moved '
     'by at most, up or down, each time anew')]


def parse(arguments=None):
    """The options, as keyword arguments of :func:`start`."""
    options = common.parser(
        COMMAND, "Train an LSTM to tell the next notes of Bach's chorales, "
        'let it write one, as MIDI, and draw what it learned.',
        'runs/music')
    for name, kind, text in SETTINGS:
        options.add_argument('--' + name.replace('_', '-'), type=kind,
                             default=argparse.SUPPRESS,
                             help=f'{text} (default: {DEFAULTS[name]})')
    options.add_argument(
        '--quick', dest='epochs', action='store_const', const=QUICK_EPOCHS,
        default=argparse.SUPPRESS,
        help=f'the same as --epochs {QUICK_EPOCHS}: less than a minute')
    writing = options.add_argument_group('the chorale of the network')
    writing.add_argument(
        '--generate', metavar='FILE',
        help='do not train, but read the parameters.tar of an earlier run; '
             'that runs no code')
    writing.add_argument('--frames', type=common.positive(int), default=64,
                         help='quarter notes to write')
    writing.add_argument(
        '--temperature', type=common.positive(float), default=0.7,
        help='below 1 what is probable becomes more probable')
    writing.add_argument(
        '--primer', metavar='PIECE',
        help='a chorale to go on from, for example bwv6.6')
    writing.add_argument(
        '--primer-frames', type=common.positive(int), default=8,
        help='how much of it is given, in quarter notes')
    return options.parse_args(arguments)


def start(generate=None, **options):
    """Train and write, or only write."""
    if generate is None:
        music.main(**options)
    else:
        music.generate(generate, **{
            name: options[name] for name in inspect.signature(
                music.generate).parameters if name in options})


if __name__ == '__main__':
    sys.exit(common.run(start, parse()))
