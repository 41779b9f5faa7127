"""The command line of the memory demo."""
import sys

from demos import common
from demos.memory import COMMAND, LAYERS, PROBLEMS, main
from demos.options import Number, positive


def parse(arguments=None):
    """The options, as keyword arguments of :func:`demos.memory.main`."""
    options = common.parser(
        COMMAND, 'Count the updates that LSTM, peephole LSTM, GRU and a '
        'simple recurrent network need to learn what takes a long memory. '
        'What is finished in the folder is not trained again.',
        'runs/memory', resume=False,
        quick='only the adding problem of 100 steps, LSTM and simple '
              'network, one learning rate')
    whole, real = positive(int), positive(float)
    for name, kind, default, text in [
            ('updates', whole, 6000, 'what each run may use; a multiple of '
             '100'),
            ('dim', whole, 32, "size of the layers' states"),
            ('batch-size', whole, 20, 'sequences of an update'),
            ('keep', Number(float), 1., 'bias of the forget gates at first; '
             'the update gates of the GRU have its negative')]:
        options.add_argument('--' + name, type=kind, default=default,
                             help=text)
    for name, kind, default, choices, text in [
            ('problems', str, list(PROBLEMS), list(PROBLEMS), 'to learn'),
            ('lengths', Number(int, least=10), [100, 400], None,
             'steps of the sequences'),
            ('layers', str, list(LAYERS), list(LAYERS), 'to compare'),
            ('rates', real, [0.01, 0.003], None,
             'learning rates of Adam, each tried by every layer')]:
        options.add_argument('--' + name, type=kind, default=default,
                             choices=choices, nargs='+', help=text)
    return options.parse_args(arguments)


if __name__ == '__main__':
    sys.exit(common.run(main, parse()))
