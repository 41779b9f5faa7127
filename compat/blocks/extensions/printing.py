"""The log as a table on the screen."""
import sys
import textwrap
from numbers import Number

import numpy

from ..utils.screen import give_up
from .simple import SimpleExtension

WIDTH = 79
VALUE_WIDTH = 16
# The main loop's own records: the title of the table shows the first two, and
# the others are not interesting to the reader.
BOOKKEEPING = frozenset({
    'epochs_done', 'iterations_done', 'training_started', 'epoch_started',
    'received_first_batch', 'epoch_interrupt_received',
    'batch_interrupt_received'})


def is_scalar(value):
    """Return whether a record is a single number."""
    return (isinstance(value, Number)
            or isinstance(value, numpy.ndarray) and value.ndim == 0)


def format_value(value):
    """Format a value in one or a few lines.

    Examples
    --------
    >>> for value in 0.1234567, 12, numpy.float32(3), True, ('a.tar',):
    ...     print(format_value(value))
    0.123457
    12
    3
    True
    ('a.tar',)

    """
    if isinstance(value, (bool, numpy.bool_)):
        return str(value)
    if is_scalar(value):
        return str(value) if isinstance(value, int) else f'{value:.6g}'
    if isinstance(value, numpy.ndarray):
        return numpy.array2string(value, precision=4, threshold=20,
                                  max_line_width=WIDTH - 6)
    return str(value)


def format_table(records, previous=None, width=WIDTH):
    r"""Format records as lines of at most `width` columns.

    A record that fits is one line. One that does not has its value below
    the name, indented and wrapped.

    Parameters
    ----------
    records : dict
        The values by name, in any order.
    previous : dict of (str, str), optional
        The values shown the last time, for a separate column.
    width : int, optional
        The number of columns.

    Returns
    -------
    list of str

    Examples
    --------
    >>> print('\n'.join(format_table({'cost': 0.25, 'best': True}, width=40)))
      best                              True
      cost                              0.25
    >>> print('\n'.join(format_table({'cost': 0.25}, {'cost': '0.5'}, 50)))
      cost                      0.25             0.5

    """
    lines = []
    columns = 1 if previous is None else 2
    name_width = width - 2 - columns * VALUE_WIDTH
    for name, value in sorted(records.items()):
        text = format_value(value)
        if len(name) <= name_width and len(text) < VALUE_WIDTH:
            before = (previous or {}).get(name, '')
            cells = f'  {name:{name_width}}{text:>{VALUE_WIDTH}}'
            if columns == 2:
                cells += f'{before:>{VALUE_WIDTH}}'
            lines.append(cells.rstrip())
        elif '\n' not in text and len(name) + len(text) + 4 <= width:
            lines.append(f'  {name}  {text:>{width - len(name) - 4}}')
        else:
            lines += textwrap.wrap(name, width, initial_indent='  ',
                                   subsequent_indent='  ')
            for line in text.splitlines():
                lines += textwrap.wrap(line, width, initial_indent=6 * ' ',
                                       subsequent_indent=6 * ' ') or ['']
    return lines


class Printing(SimpleExtension):
    """Prints the current row of the log, and the status, as a table.

    By default before the first epoch, after each epoch, after training,
    and when training is resumed or interrupted. Numbers are shown next to
    their last values. Records whose name starts with an underscore are
    omitted. If standard output cannot be written, for example because the
    reader of a pipe has exited, a warning is issued and training continues.

    Parameters
    ----------
    **kwargs
        Triggers, see :class:`.SimpleExtension`.

    """

    def __init__(self, **kwargs):
        for trigger in ('before_first_epoch', 'on_resumption', 'after_epoch',
                        'on_interrupt', 'after_training'):
            kwargs.setdefault(trigger, True)
        super().__init__(**kwargs)
        self.last_printed = {}

    def title(self, which_callback):
        """Return the title of the table, which names the event."""
        done = self.main_loop.log.status['epochs_done']
        return {
            'before_epoch': (f'BEFORE EPOCH {done + 1}' if done
                             else 'BEFORE FIRST EPOCH'),
            'after_epoch': f'AFTER EPOCH {done}',
            'after_batch': f'IN EPOCH {done + 1}',
            'on_resumption': 'TRAINING HAS BEEN RESUMED',
            'on_interrupt': 'TRAINING HAS BEEN INTERRUPTED',
            'after_training': 'TRAINING HAS BEEN FINISHED',
            'on_error': 'TRAINING HAS FAILED',
        }.get(str(which_callback), str(which_callback).upper())

    def do(self, which_callback, *args):
        """Print the table, or only its title on an interrupt.

        The table follows at the end of training.

        """
        log = self.main_loop.log
        row, status = ({name: value for name, value in records.items()
                        if not name.startswith('_')
                        and name not in BOOKKEEPING}
                       for records in (log.current_row, log.status))
        if status.get('resumed_from') is None:
            status.pop('resumed_from', None)
        title = self.title(which_callback)
        count = f"iteration {log.status['iterations_done']}"
        lines = ['', '-' * WIDTH, f'{title}{count:>{WIDTH - len(title)}}',
                 '-' * WIDTH]
        if which_callback == 'on_interrupt':
            row = status = {}
        if row:
            if self.last_printed.keys() & row.keys():
                lines.append(f"{'now':>{WIDTH - VALUE_WIDTH}}"
                             f"{'last printed':>{VALUE_WIDTH}}")
            lines += format_table(row, self.last_printed)
        if status:
            lines += ['Status'] + format_table(status)
        try:
            print('\n'.join(lines), flush=True)
        except (OSError, ValueError) as error:
            give_up(sys.stdout, self, error)
        self.last_printed.update((name, format_value(value))
                                 for name, value in row.items()
                                 if is_scalar(value))
