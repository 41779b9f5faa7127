"""The tables of ``recurrent_speed`` and the bounds of their figures."""
import os
import sys
from pathlib import Path

#: The bounds of our figures, and those for few steps, by the name of a column.
#: GRU and simple networks may have other bounds.
BOUNDS = {'dense': (.85, 1.), 'packed': (.25, .4), 'best': (.75, .75),
          'inference': (1., 1.), 'scan': (.35, .35),
          'original, dense': (.25, .25), 'original, lengths': (.18, .18),
          'peephole': (1.05, 1.05), 'minimal': (.35, .35),
          'generation': (.9, .9), 'phonemes': (.9, .9),
          'packed, GRU': (.3, .4), 'packed, RNN': (.3, .4),
          'autocast': (.85, .85), 'autocast, packed': (.3, .3),
          'autocast, inference': (.85, .85), 'float32': (.65, .65)}


class Report:
    """Prints tables, and writes them to a file for the manual.

    Parameters
    ----------
    path : str, optional
        The file, which is complete after each table.
    processor_time : bool, optional
        Whether processor time is measured.

    """

    def __init__(self, path=None, processor_time=False):
        self.path = path
        self.versions = 'unknown versions'
        self.processor_time = processor_time
        self.lines = []
        self.misses = []
        self.busy = os.getloadavg()[0]

    def table(self, title, header, rows):
        """Add a table; cells are strings."""
        print('\n{}\n{}'.format(title, '-' * len(title)))
        widths = [max(map(len, column)) for column in zip(header, *rows)]
        for row in [header] + rows:
            print('  '.join(cell.rjust(width)
                            for cell, width in zip(row, widths)))
        sys.stdout.flush()
        self.lines += ['.. list-table:: ' + title, '   :header-rows: 1', '']
        for row in [header] + rows:
            for number, cell in enumerate(row):
                self.lines.append(
                    '   {} - {}'.format(' ' if number else '*', cell))
        self.lines.append('')
        self.write()

    def judged(self, name, value, where, small=False):
        """Return a ratio as a cell, marked if it is above its bound."""
        bound = BOUNDS[name][small]
        if round(value, 2) <= bound:
            return '{:.2f}'.format(value)
        self.misses.append('{} at {}: {:.2f} > {}'.format(
            name, where, value, bound))
        return '{:.2f} (!)'.format(value)

    def progress(self, row):
        """Show a row before its table is complete."""
        print(' | '.join(row), file=sys.stderr, flush=True)

    def write(self):
        """Write all tables as reStructuredText."""
        if self.path is None:
            return
        about = (
            'Measured with {}, {} cores. Load average at the start and at the '
            'end: {:.1f} and {:.1f}.'.format(
                self.versions, os.cpu_count(), self.busy, os.getloadavg()[0]))
        if self.processor_time:
            about += ' Times are processor time in one thread.'
        Path(self.path).write_text('\n'.join([about, ''] + self.lines))


def draw(path, by_padding, by_length):
    """Draw the time per step against padding and against length."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(8, 3), layout='constrained')
    left, right = figure.subplots(1, 2)
    left.plot(*zip(*sorted(by_padding)), 'o-')
    left.set(xlabel='share of padding', ylim=(0, None),
             ylabel='time per valid step,\nrelative to no padding')
    right.semilogx(*zip(*by_length), 'o-')
    right.set(xlabel='time steps T', ylim=(0, None),
              ylabel='time per step,\nrelative to T = 50')
    figure.savefig(path, dpi=120)
