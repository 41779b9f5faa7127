"""Opening and reading files."""
import gzip
import os
import tarfile
import weakref


def open_(filename, mode='r', encoding=None):
    """Open a file; if its name ends in ``.gz``, also decompress it.

    Parameters
    ----------
    filename : str
        The file.
    mode : str, optional
        The mode, as for `open`; by default text, also for compressed files.
    encoding : str, optional
        Encoding of text.

    Returns
    -------
    file object

    """
    if not filename.endswith('.gz'):
        return open(filename, mode, encoding=encoding)
    if not set(mode) & set('bt'):
        mode += 't'
    return gzip.open(filename, mode, encoding=encoding)


def tar_open(f):
    """Open a tar archive, compressed or not.

    Parameters
    ----------
    f : str or file object
        The archive.

    Returns
    -------
    tarfile.TarFile

    """
    if isinstance(f, str):
        return tarfile.open(name=f)
    return tarfile.open(fileobj=f)


class LineReader:
    """Iterates over the lines of several text files in sequence.

    It can be pickled at any line, and continues with the next one. Only one
    file is open at a time. After a fork each process continues separately.

    Parameters
    ----------
    filenames : iterable of str
        The files, compressed if the name ends in ``.gz``.
    encoding : str, optional
        Their encoding.

    """

    def __init__(self, filenames, encoding=None):
        self.filenames = list(filenames)
        self.encoding = encoding
        self.current = 0
        self.position = 0
        self.file = None

    opened = weakref.WeakSet()

    def __iter__(self):
        return self

    def __next__(self):
        while self.current < len(self.filenames):
            if self.file is None:
                self.file = open_(self.filenames[self.current],
                                  encoding=self.encoding)
                self.file.seek(self.position)
                self.opened.add(self)
            # Iterating over the file would make its position unknown.
            line = self.file.readline()
            if line:
                return line
            self.close()
            self.current += 1
            self.position = 0
        raise StopIteration

    def close(self):
        """Close the open file; reading continues at the same position."""
        if self.file is not None:
            self.position = self.file.tell()
            self.file.close()
            self.file = None
            self.opened.discard(self)

    @classmethod
    def close_all(cls):
        """Close the files of all readers; reading continues as before."""
        for reader in list(cls.opened):
            reader.close()

    def __getstate__(self):
        position = self.position if self.file is None else self.file.tell()
        return dict(self.__dict__, position=position, file=None)


# Processes that share an open file share its position, so each would miss the
# lines that another one has read.
if hasattr(os, 'register_at_fork'):
    os.register_at_fork(before=LineReader.close_all)
