"""The command line of the music demo."""
import argparse
import inspect
import os
import sys

from demos import common, music
from demos.music import COMMAND, DEFAULTS, QUICK
from demos.options import Number, decay, positive, rate, temperature


#: Settings of the training: name, type, what it is.
SETTINGS = [
    ('epochs', positive(int), 'passes over the training pieces'),
    ('patience', positive(int), 'epochs without a better cost on the '
     'validation part before training ends'),
    ('dim', positive(int), 'LSTM cells of each layer'),
    ('layers', positive(int), 'number of LSTM layers'),
    ('batch_size', positive(int), 'pieces at once'),
    ('learning_rate', positive(float), 'of Adam'),
    ('decay', decay, 'what the learning rate is multiplied '
     'by after each epoch'),
    ('dropout', rate, 'share of the features that upper layers and '
     'output read that is dropped in training'),
    ('transpose', Number(int, least=0, most=88), 'semitones that each '
     'training piece is moved by at most, up or down, each time anew')]


def parse(arguments=None):
    """The options, as keyword arguments of :func:`start`."""
    options = common.parser(
        COMMAND, "Train an LSTM to tell the next notes of Bach's chorales, "
        'let it write one, as MIDI, and draw what it learned; or let a '
        'trained one write (--generate).', 'runs/music',
        quick='be done in about a minute: ' + ', '.join(
            f'--{name.replace("_", "-")} {value}'
            for name, value in QUICK.items()))
    for name, kind, text in SETTINGS:
        options.add_argument('--' + name.replace('_', '-'), type=kind,
                             default=argparse.SUPPRESS,
                             help=f'{text} (default: {DEFAULTS[name]})')
    writing = options.add_argument_group('writing a chorale')
    writing.add_argument(
        '--generate', action='store_true',
        help='train nothing; let a trained network write')
    writing.add_argument(
        '--from', dest='source', metavar='FILE',
        help='the parameters.tar of the run to write with, settings.json '
             'beside it; by default that in the folder of --save-to. Runs '
             'no code of the file')
    writing.add_argument('--frames', type=positive(int), default=64,
                         help='quarter notes to write')
    writing.add_argument(
        '--temperature', type=temperature, default=0.7,
        help='below 1 for what is more probable, 0 for nothing but the most '
             'probable')
    writing.add_argument(
        '--primer', metavar='PIECE',
        help='a chorale to go on from, for example bwv6.6')
    writing.add_argument(
        '--primer-frames', type=positive(int), default=8,
        help='how much of it is given, in quarter notes')
    parsed = options.parse_args(arguments)
    if not parsed.generate and parsed.source is not None:
        options.error('--from goes with --generate; to go on with training '
                      'there is --resume')
    if parsed.quick:
        vars(parsed).update({**QUICK, **vars(parsed)})
    del parsed.quick
    return parsed


def start(generate, source, **options):
    """Train and write, or only write."""
    if not generate:
        return music.main(**options)
    return music.generate(
        source or os.path.join(options['save_to'], common.PARAMETERS), **{
            name: options[name] for name in inspect.signature(
                music.generate).parameters if name in options})


if __name__ == '__main__':
    sys.exit(common.run(start, parse()))
