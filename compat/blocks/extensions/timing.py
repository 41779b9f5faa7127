"""Times in the log."""
import datetime
import logging

from .simple import SimpleExtension

logger = logging.getLogger(__name__)

LEVELS = {'after_batch': ('batch', 'iterations_done'),
          'after_epoch': ('epoch', 'epochs_done')}


class Timing(SimpleExtension):
    """Logs the times of reading data, training and monitoring.

    All times are in seconds. Before the first epoch it writes
    ``time_initialization``, the time to initialize the algorithm. After an
    epoch it writes for each action (``read_data``, ``train`` and
    ``monitoring``)

    * ``time_<action>_this_epoch``, the time of the epoch (the mean of the
      epochs since it was run last),
    * ``time_<action>_total``, the time since training began,

    and the same after a batch, ``time_<action>_this_batch``. Monitoring is
    the time of all :class:`.MonitoringExtension` in the main loop.

    Put it after the monitoring extensions and before :class:`.Printing`. The
    setting ``profile`` measures parts of the main loop; see
    :mod:`blocks.config`.

    Parameters
    ----------
    prefix : str, optional
        A prefix for the names of records, joined by an underscore (but not
        for ``time_initialization``).
    **kwargs
        Triggers, see :class:`.SimpleExtension`; by default before the
        first epoch and after each epoch. It can also run after batches.

    """

    def __init__(self, prefix="", **kwargs):
        kwargs.setdefault('before_first_epoch', True)
        kwargs.setdefault('after_epoch', True)
        super().__init__(**kwargs)
        self.prefix = f'{prefix}_' if prefix else ''
        self._seen = {}  # per level, the count and the times then

    def totals(self):
        """Return the seconds spent in each action since training began."""
        spent = self.main_loop.profile.total
        monitors = {type(extension).__name__
                    for extension in self.main_loop.extensions
                    if getattr(extension, 'is_monitoring', False)}
        return {
            'read_data': spent['training', 'epoch', 'read_data'],
            'train': spent['training', 'epoch', 'train'],
            'monitoring': sum(seconds for path, seconds in spent.items()
                              if path[0] == 'training'
                              and path[-1] in monitors)}

    def do(self, which_callback, *args):
        """Write the times into the log."""
        row = self.main_loop.log.current_row
        callback = str(which_callback)
        if callback == 'before_epoch':
            row['time_initialization'] = self.main_loop.profile.total[
                'initialization',]
            return
        if callback not in LEVELS:
            raise ValueError(f'Timing runs before_first_epoch, after_batch '
                             f'and after_epoch, not {callback}')
        level, counter = LEVELS[callback]
        count, totals = self.main_loop.log.status[counter], self.totals()
        last_count, last_totals = self._seen.get(
            level, (0, dict.fromkeys(totals, 0)))
        if count == last_count:
            logger.debug('Timing ran twice in one %s: nothing to add', level)
            return
        self._seen[level] = count, totals
        for action, seconds in totals.items():
            row[f'{self.prefix}time_{action}_this_{level}'] = (
                (seconds - last_totals[action]) / (count - last_count))
            row[f'{self.prefix}time_{action}_total'] = seconds


class Timestamp(SimpleExtension):
    """Logs the date and the local time in ISO 8601 format.

    By default before and after training, after each epoch, and when
    training is resumed, interrupted, or ended by an error.

    Parameters
    ----------
    log_record : str, optional
        The name of the record, ``timestamp`` by default.
    separator : str, optional
        The separator of date and time: a space by default; ``'T'`` is that of
        the standard.
    **kwargs
        Triggers, see :class:`.SimpleExtension`.

    """

    DEFAULT_LOG_RECORD = 'timestamp'

    def __init__(self, log_record=DEFAULT_LOG_RECORD, separator=' ',
                 **kwargs):
        for trigger in ('before_training', 'after_epoch', 'on_error',
                        'on_interrupt', 'on_resumption', 'after_training'):
            kwargs.setdefault(trigger, True)
        super().__init__(**kwargs)
        self.log_record = log_record
        self.separator = separator

    def do(self, which_callback, *args):
        """Write the time into the log."""
        self.main_loop.log.current_row[self.log_record] = self.get_timestamp()

    def get_timestamp(self):
        """Return the current time, e.g. ``2018-09-06 12:02:54.123456``."""
        return datetime.datetime.now().isoformat(self.separator)
