"""The command line of the memory demo."""
import functools
import sys

from demos._support import command
from demos.memory import COMMAND, main
from demos.memory.settings import QUICK, MemorySettings

parse = functools.partial(
    command.parse, MemorySettings, COMMAND,
    'Count the updates that LSTM, peephole LSTM, GRU and a simple recurrent '
    'network need to learn problems that require a long memory. Runs already '
    'finished in the folder are not repeated.', quick=QUICK,
    quick_help='finish in a minute')


if __name__ == '__main__':
    sys.exit(command.run(main, parse()))
