"""The settings of the memory demo and their defaults."""
import itertools
from dataclasses import dataclass

from demos._support.exits import UserError
from demos._support.numbers import Number, positive
from demos._support.settings import Settings, folder, option
from demos.memory.network import LAYERS
from demos.memory.problems import PROBLEMS
from demos.memory.results import Run

#: Updates between two evaluations of the held-out sequences.
EVERY = 100


@dataclass(frozen=True, kw_only=True)
class MemorySettings(Settings):
    """All problems, lengths, layers and rates are combined."""

    save_to: str = folder('runs/memory')
    updates: int = option(
        6000, positive(int), f'maximum for each run; a multiple of {EVERY}')
    dim: int = option(32, positive(int), "size of the layers' states")
    batch_size: int = option(20, positive(int), 'sequences per update')
    keep: float = option(
        1., Number(float), 'bias of the forget gates at first; the update '
        'gates of the GRU have its negative')
    input_scale: float = option(
        1., positive(float), 'factor of the input weights at first')
    decay: bool = option(
        False, None, 'let the learning rates decrease linearly to zero, which '
        'they reach after --updates')
    problems: tuple = option(
        ('adding', 'temporal order'), str, 'to learn', nargs='+',
        choices=list(PROBLEMS))
    lengths: tuple = option(
        (100, 400), Number(int, least=10), 'steps of the sequences',
        nargs='+')
    layers: tuple = option(
        ('LSTM', 'peephole LSTM', 'GRU', 'simple RNN'), str, 'to compare; '
        'those called chrono remember up to a whole sequence from the '
        'start', nargs='+', choices=list(LAYERS))
    rates: tuple = option(
        (0.01, 0.003), positive(float), 'learning rates of Adam, each tried '
        'by every layer', nargs='+')
    beside: tuple = option(
        (), str, 'folders of other runs, for the same table and picture',
        nargs='+')
    seeds: int = option(
        1, positive(int), 'number of seeds, starting from --seed, to train '
        'each combination with')

    def runs(self):
        """Return the runs for all combinations.

        Returns
        -------
        list of :class:`~demos.memory.results.Run`

        Raises
        ------
        UserError
            If the last evaluation of the held-out sequences would not be at
            the end.

        """
        updates, rates = ((3, self.rates[:1]) if self.smoke
                          else (self.updates, self.rates))
        if updates > EVERY and updates % EVERY:
            raise UserError(f'--updates must be a multiple of {EVERY}, got '
                            f'{updates}')
        for problem in self.problems:
            least = PROBLEMS[problem].sequences.shortest
            if min(self.lengths) < least:
                raise UserError(f'--lengths must be at least {least} for '
                                f'{problem}, got {min(self.lengths)}')
        seeds = range(self.seed, self.seed + self.seeds)
        combinations = itertools.product(self.problems, self.lengths,
                                         self.layers, rates, seeds)
        return [Run(*which, updates, self.dim, self.batch_size, seed,
                    self.keep, self.input_scale, self.decay)
                for *which, seed in combinations]


#: What --quick changes.
QUICK = {'problems': ('adding',), 'lengths': (100,),
         'layers': ('LSTM', 'simple RNN'), 'rates': (0.01,)}
