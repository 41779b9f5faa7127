"""The interface of training logs, and the log in memory."""
from abc import ABC
from numbers import Integral
from uuid import uuid4

NEW_STATUS = {'iterations_done': 0, 'epochs_done': 0, 'resumed_from': None}


class TrainingLogBase(ABC):
    """Base class of the training logs.

    A log maps a time, the number of iterations done, to a row, and a row
    maps names of records to values. A row that does not exist yet is created
    on access: ``log[time][name] = value`` always works, whereas ``log[time] =
    row`` does not work with every backend; use ``log[time].update(row)``.
    Facts without a time, such as the number of epochs done, are in the
    dictionary :attr:`status`.

    A backend may store copies: assign a new object instead of changing
    a stored one, ``log.status['names'] = names + ['new']``.

    Parameters
    ----------
    uuid : :class:`uuid.UUID`, optional
        The identity of the log. Pass it to open an old log of a backend
        that persists; a new log generates its own.

    Attributes
    ----------
    uuid : :class:`uuid.UUID`
        The identity.
    status : dict
        Has at least ``iterations_done``, ``epochs_done``, ``_epoch_ends``
        (the times at which the epochs ended) and ``resumed_from`` (the
        identity of the log that this one continues, or None).

    """

    def __init__(self, uuid=None):
        self.uuid = uuid or uuid4()
        if uuid is None:
            self.status.update(NEW_STATUS, _epoch_ends=[])

    @property
    def h_uuid(self):
        """The identity as a string of 32 hexadecimal digits."""
        return self.uuid.hex

    def resume(self):
        """Continue under a new identity, and record the old one."""
        status = dict(self.status, resumed_from=self.h_uuid)
        self.uuid = uuid4()
        self.status.update(status)

    @staticmethod
    def _check_time(time):
        if not isinstance(time, Integral) or not 0 <= time < 2 ** 63:
            raise ValueError(f'the time of a log row is the number of '
                             f'iterations done, a non-negative integer; got '
                             f'{time!r} (it must be below 2 ** 63, too)')

    def _row_of_late(self, steps):
        """Return the row from some iterations ago."""
        return self[self.status['iterations_done'] - steps]

    @property
    def current_row(self):
        """The row of the current iteration."""
        return self._row_of_late(0)

    @property
    def previous_row(self):
        """The row of the iteration before."""
        return self._row_of_late(1)

    @property
    def last_epoch_row(self):
        """The row of the iteration that ended the latest epoch.

        Raises
        ------
        IndexError
            If no epoch has ended yet.

        """
        ends = self.status['_epoch_ends']
        return self[ends[-1]]


class TrainingLog(TrainingLogBase, dict):
    """A training log in memory: a dictionary of dictionaries.

    Examples
    --------
    >>> log = TrainingLog()
    >>> log.current_row['cost'] = 0.5
    >>> log.status['iterations_done'] += 1
    >>> log.current_row['cost'] = 0.25
    >>> log
    {0: {'cost': 0.5}, 1: {'cost': 0.25}}

    ``pandas.DataFrame.from_dict(log, orient='index')`` makes it a data
    frame.

    """

    def __init__(self):
        self.status = {}
        super().__init__()

    def __missing__(self, time):
        self[time] = row = {}
        return row

    def __setitem__(self, time, row):
        self._check_time(time)
        super().__setitem__(time, row)
