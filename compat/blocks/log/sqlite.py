"""The log in an SQLite database.

Two tables hold all logs of a database: ``entries`` with the columns uuid,
time, key and value, and ``status`` with uuid, key and value. SQLite stores
numbers, text and None as they are; all other values are stored as pickles,
including NaN, true and false, which SQLite does not distinguish from None, 1
and 0. So reading a database from an untrusted source can run code.

"""
import os
import pickle
import sqlite3
import threading
import warnings
from collections.abc import Mapping, MutableMapping

import numpy

from ..config import config
from .failures import explained
from .log import TrainingLogBase

TABLES = (
    'CREATE TABLE IF NOT EXISTS entries (uuid TEXT NOT NULL, '
    'time INT NOT NULL, "key" TEXT NOT NULL, value, '
    'PRIMARY KEY(uuid, time, "key"))',
    'CREATE TABLE IF NOT EXISTS status (uuid TEXT NOT NULL, '
    '"key" TEXT NOT NULL, value, PRIMARY KEY(uuid, "key"))',
)

# The log of resumed training is a branch: it reads its own rows and those of
# all logs that it descends from, the youngest first.
LINEAGE = (
    'WITH RECURSIVE lineage (uuid, age) AS (VALUES (?, 0) UNION '
    'SELECT status.value, lineage.age + 1 FROM status '
    'JOIN lineage ON status.uuid = lineage.uuid '
    "WHERE status.key = 'resumed_from' AND status.value IS NOT NULL) "
)
MEMORY = ':memory:'
#: One access at a time: a thread must not commit another thread's writes.
ACCESS = threading.RLock()
SQLITE_INTEGERS = range(-2 ** 63, 2 ** 63)


def encode(value):
    """Return the stored form of a value."""
    if isinstance(value, (numpy.ndarray, numpy.generic)) and not value.ndim:
        value = value.item()  # exact, and legible in the database
    kind = type(value)  # not isinstance: subclasses would change their type
    if (value is None or kind is str or kind is float and value == value
            or kind is int and value in SQLITE_INTEGERS):
        return value
    blob = pickle.dumps(value)
    if len(blob) > config.max_blob_size:
        warnings.warn(
            f'stored an object of {type(value)} in the SQLite log as a '
            f'pickle of {len(blob)} bytes, more than config.max_blob_size = '
            f'{config.max_blob_size}: large objects slow the database down; '
            f'log a summary instead', stacklevel=3)
    return sqlite3.Binary(blob)


def decode(value):
    """Return the value that was stored."""
    return pickle.loads(value) if isinstance(value, bytes) else value


class SQLiteLog(TrainingLogBase, Mapping):
    """A training log in an SQLite database.

    Pickling a log, as a checkpoint does, assigns a new identity to the log
    in memory: later records do not belong to the pickled log, which resumed
    training may continue differently.

    Each write waits for the disk, some milliseconds. On a local disk (not on
    a network disk) ``log.conn.execute('PRAGMA journal_mode = WAL')`` and
    ``log.conn.execute('PRAGMA synchronous = NORMAL')`` avoid this.

    Any thread may read and write a log. If that is not possible, as on a
    full disk, reading and writing raise :exc:`OSError` with the path of the
    database, and :exc:`ValueError` if the database is damaged.

    Parameters
    ----------
    database : str, optional
        The file; ``:memory:`` for a database in memory. By default
        ``config.sqlite_database``.
    **kwargs
        Passed to :class:`.TrainingLogBase`.

    """

    def __init__(self, database=None, **kwargs):
        self.database = database or config.sqlite_database
        if self.database != MEMORY:
            # Also for training that is resumed in another folder.
            self.database = os.path.abspath(self.database)
        self._connection = None
        for statement in TABLES:
            self.execute(statement)
        self.status = SQLiteStatus(self)
        super().__init__(**kwargs)

    @property
    def conn(self):
        """The connection, which is opened on first use."""
        if self._connection is None:
            if hasattr(self, 'status') and not os.path.exists(self.database):
                # SQLite would create an empty one.
                raise FileNotFoundError(
                    f'the database of the log, {self.database}, does not '
                    'exist (any more). If it is a file, restore it, or set '
                    'the attribute database of the log to its new path; a '
                    'database in memory is not pickled: use a file')
            try:
                self._connection = sqlite3.connect(self.database,
                                                   check_same_thread=False)
            except sqlite3.Error as error:
                raise explained(error, self.database) from error
        return self._connection

    def execute(self, statement, parameters=()):
        """Execute an SQL statement, and commit it.

        Parameters
        ----------
        statement : str
            The statement.
        parameters : sequence, optional
            The values of its placeholders.

        Returns
        -------
        rows : list of tuple
            The rows of the result.
        count : int
            The number of rows deleted or written.

        Raises
        ------
        OSError
            If the database cannot be read or written.
        ValueError
            If it is damaged.

        """
        with ACCESS:
            connection = self.conn
            try:
                with connection:
                    cursor = connection.execute(statement, parameters)
                    return cursor.fetchall(), cursor.rowcount
            except sqlite3.DatabaseError as error:
                raise explained(error, self.database) from error

    def __getitem__(self, time):
        self._check_time(time)
        return SQLiteEntry(self, time)

    def __iter__(self):
        times, _ = self.execute(
            f'{LINEAGE} SELECT DISTINCT time FROM entries '
            'JOIN lineage USING (uuid) ORDER BY time', (self.h_uuid,))
        return (time for time, in times)

    def __len__(self):
        return sum(1 for _ in self)

    def __getstate__(self):
        state = dict(self.__dict__, _connection=None)
        self.resume()
        return state


class _Records(MutableMapping):
    """The records of a log that a table stores under one address.

    Parameters
    ----------
    log : :class:`SQLiteLog`
        The log.

    Attributes
    ----------
    table : str
        The name of the table. Its last columns are key and value.
    columns : tuple of str
        The columns before these, which form the address.
    address : tuple
        The values in those columns.
    visible : str
        An SQL query, with the address as its parameters, for the visible
        keys and values, and their ages. Of several values of a key, the
        youngest is used.

    """

    def __init__(self, log):
        self.log = log

    def __iter__(self):
        keys, _ = self.log.execute(self.visible, self.address)
        return iter(dict.fromkeys(key for key, _, _ in keys))

    def __len__(self):
        return sum(1 for _ in self)

    def __getitem__(self, key):
        if not isinstance(key, str):
            raise KeyError(key)  # SQLite would look up its text
        rows, _ = self.log.execute(
            f'SELECT value FROM ({self.visible}) WHERE key = ? '
            'ORDER BY age LIMIT 1', (*self.address, key))
        if not rows:
            raise KeyError(key)
        (value,), = rows
        return decode(value)

    def __setitem__(self, key, value):
        if not isinstance(key, str):
            raise TypeError(f'an SQLite log stores records under names, '
                            f'which must be strings, got {key!r}')
        record = *self.address, key, encode(value)
        places = ', '.join('?' * len(record))
        self.log.execute(f'REPLACE INTO {self.table} VALUES ({places})',
                         record)

    def __delitem__(self, key):
        here = ' AND '.join(f'{column} = ?'
                            for column in (*self.columns, 'key'))
        _, deleted = self.log.execute(
            f'DELETE FROM {self.table} WHERE {here}', (*self.address, key))
        if not deleted:
            raise KeyError(key)


class SQLiteStatus(_Records):
    """The status of one log, in the table of that name."""

    table = 'status'
    columns = 'uuid',
    visible = 'SELECT key, value, 0 AS age FROM status WHERE uuid = ?'

    @property
    def address(self):
        return self.log.h_uuid,


class SQLiteEntry(_Records):
    """One row of a log: the records of one time.

    It also reads from the logs that its log continues. It writes to and
    deletes from only its own log.

    """

    table = 'entries'
    columns = 'uuid', 'time'
    visible = (f'{LINEAGE} SELECT key, value, age FROM entries '
               'JOIN lineage USING (uuid) WHERE time = ?')

    def __init__(self, log, time):
        super().__init__(log)
        self.time = int(time)

    @property
    def address(self):
        return self.log.h_uuid, self.time
