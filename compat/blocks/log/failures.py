"""SQLite's errors in terms of the log."""
import errno
import sqlite3

FIRST_BYTE = 0xff  # of SQLite's detailed codes: the kind of error
NUMBERS = {sqlite3.SQLITE_FULL: errno.ENOSPC,
           sqlite3.SQLITE_IOERR: errno.EIO,
           sqlite3.SQLITE_READONLY: errno.EROFS,
           sqlite3.SQLITE_CANTOPEN: errno.EACCES,
           sqlite3.SQLITE_PERM: errno.EACCES,
           sqlite3.SQLITE_BUSY: errno.EAGAIN,
           sqlite3.SQLITE_LOCKED: errno.EAGAIN}
DAMAGED = {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB}


def explained(error, database):
    """Make an error that names the database and the data that are intact.

    Parameters
    ----------
    error : sqlite3.DatabaseError
        The error of SQLite.
    database : str
        The path of the database.

    Returns
    -------
    Exception
        A :exc:`ValueError` if the database is damaged or not SQLite's, else
        an :exc:`OSError` with its path.

    """
    code = getattr(error, 'sqlite_errorcode', None)
    kind = None if code is None else code & FIRST_BYTE
    if kind in DAMAGED:
        return ValueError(
            f'{database} is damaged or not an SQLite database ({error}): '
            'use a different file for the log or a copy of this one; '
            'parameters can be read from a checkpoint with load_parameters')
    return OSError(
        NUMBERS.get(kind, errno.EIO),
        f"the log's database {database} cannot be read or written ({error}); "
        "earlier records and checkpoints are still intact",
        database)
