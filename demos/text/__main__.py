"""The command line of the text demo."""
import os
import sys

from demos import common
from demos.text import COMMAND, main, write
from demos.options import decay, positive, rate, temperature

#: What --quick changes.
QUICK = {'epochs': 8, 'dim': 128, 'learning_rate': 0.006, 'decay': 0.7,
         'dropout': 0.1, 'weight_dropout': 0.}


def parse(arguments=None):
    """The options, as a namespace for :func:`dispatch`."""
    options = common.parser(
        COMMAND, "Train an LSTM to predict the next character of the text "
        "of Python's help, compare it with a 5-gram, and draw what "
        "surprises it; or let a trained one write (--generate).",
        'runs/text', quick='be done in a few minutes: ' + ', '.join(
            f'--{name.replace("_", "-")} {value}'
            for name, value in QUICK.items()))
    whole, real = positive(int), positive(float)
    for name, kind, default, text in [
            ('epochs', whole, 16, 'passes over the training topics'),
            ('patience', whole, 5, 'epochs without a better figure on the '
             'validation part before training ends'),
            ('dim', whole, 384, 'LSTM cells of each layer'),
            ('layers', whole, 1, 'layers'),
            ('embedding', whole, 32, "length of the characters' vectors"),
            ('dropout', rate, 0.4, 'share of what goes into upper '
             'layers and out of the last one that is dropped in training'),
            ('weight-dropout', rate, 0.25, 'share of the recurrent '
             'weights that is dropped in training'),
            ('rows', whole, 16, 'rows that the training text is cut into, '
             'read side by side'),
            ('window', whole, 64, 'characters of each row from one update '
             'to the next'),
            ('learning-rate', real, 0.004, 'of Adam'),
            ('decay', decay, 0.83, 'what the learning rate is multiplied by '
             'after each epoch'),
            ('every', whole, 5, 'epochs from one printed sample to the '
             'next')]:
        options.add_argument('--' + name, type=kind, default=default,
                             help=text)
    writing = options.add_argument_group('writing')
    writing.add_argument(
        '--generate', metavar='PROMPT',
        help='train nothing; let a trained network continue this text')
    writing.add_argument(
        '--from', dest='source', metavar='FILE',
        help='the parameters.tar of the run to write with, settings.json '
             'beside it; by default that in the folder of --save-to. Runs '
             'no code of the file')
    writing.add_argument('--temperature', type=temperature, default=0.7,
                         help='below 1 for what is more probable, 0 for '
                              'nothing but the most probable')
    writing.add_argument('--length', type=whole, default=400,
                         help='characters to write')
    parsed = options.parse_args(arguments)
    if parsed.quick:
        options.set_defaults(**QUICK)
    if parsed.resume:
        # Only who says so wants more epochs than there were to be.
        options.set_defaults(epochs=None)
    if parsed.quick or parsed.resume:
        parsed = options.parse_args(arguments)
    if parsed.generate is None and parsed.source is not None:
        options.error('--from goes with --generate; to go on with training '
                      'there is --resume')
    del parsed.quick
    return parsed


def dispatch(generate, source, length, **settings):
    """Train, or write."""
    if generate is None:
        return main(**settings)
    return write(generate,
                 source or os.path.join(settings['save_to'],
                                        common.PARAMETERS),
                 settings['temperature'], length, settings['seed'])


if __name__ == '__main__':
    sys.exit(common.run(dispatch, parse()))
