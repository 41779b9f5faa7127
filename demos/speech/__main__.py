"""The command line of the speech demo."""
import sys

from demos import common, workers
from demos.speech import COMMAND, main
from demos.options import Number, positive, rate


def parse(arguments=None):
    """The options, as keyword arguments of :func:`demos.speech.main`."""
    options = common.parser(
        COMMAND, 'Train a stack of bidirectional LSTMs to tell nine speakers '
        'apart by two Japanese vowels, and draw what it learned.',
        'runs/speech')
    whole, real = positive(int), positive(float)
    for name, kind, default, text in [
            ('epochs', whole, 60, 'passes over the training utterances'),
            ('patience', whole, 20, 'epochs without a better cost on the '
             'validation part before training ends'),
            ('dim', whole, 64, 'LSTM cells of each layer and direction'),
            ('layers', whole, 2, 'bidirectional layers'),
            ('batch-size', whole, 32, 'utterances at once'),
            ('learning-rate', real, 0.002, 'of Adam'),
            ('noise', Number(float, least=0), 0.3, 'standard deviation of the '
             'noise on the standardised coefficients in training'),
            ('dropout', rate, 0.5, 'share of the inputs of upper '
             'layers and of the summary that is dropped in training'),
            ('validation', rate, 0.2, 'share of the training '
             'utterances for early stopping; 0 trains on all of them')]:
        options.add_argument('--' + name, type=kind, default=default,
                             help=text)
    workers.add_option(options)
    options.add_argument(
        '--summary', choices=['mean', 'last'], default='mean',
        help='what is made of the top layer: the mean over all frames, or '
             'the last state of either direction')
    if options.parse_args(arguments).resume:
        # Only who says so wants another number than was planned.
        options.set_defaults(epochs=None)
    return options.parse_args(arguments)


if __name__ == '__main__':
    sys.exit(common.run(main, parse()))
