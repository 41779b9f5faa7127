"""The tar files of :mod:`blocks.serialization`: members and checksums.

Each member has its SHA-256 in its header, as the record ``BLOCKS.sha256`` of
the PAX format. Reading verifies it. Other readers, such as the original
Blocks, ignore it. Files without checksums load with a warning.

Files may be untrusted: sizes are checked before memory is allocated, and
nothing is unpickled.

"""
import hashlib
import logging
import math
import struct
import tarfile
import tempfile
import zipfile
import zlib
from contextlib import contextmanager

from numpy.lib import format as npy

from .config import config

logger = logging.getLogger(__name__)

CHECKSUM = 'BLOCKS.sha256'
IN_MEMORY = 2 ** 26  # size above which a member is built on disk
INFLATED = 2 ** 30  # maximal size of the compressed arrays of a file
#: The exceptions raised by reading a damaged zip file.
DAMAGED = (zipfile.BadZipFile, RuntimeError, EOFError, ValueError, zlib.error,
           struct.error)
READ_HEADER = {(1, 0): npy.read_array_header_1_0,
               (2, 0): npy.read_array_header_2_0}


@contextmanager
def new_member(archive, name):
    """Yield a file to write, then add it to the archive.

    Parameters
    ----------
    archive : :class:`tarfile.TarFile`
        The archive, open for writing.
    name : str
        The name of the member.

    """
    with tempfile.SpooledTemporaryFile(IN_MEMORY,
                                       dir=config.temp_dir) as member:
        try:
            yield member
        except OSError as error:
            error.add_note(f'This happened while the member {name!r} was '
                           f'being built in the folder config.temp_dir, '
                           f'{config.temp_dir}.')
            raise
        info = tarfile.TarInfo(name)
        info.size = member.tell()
        member.seek(0)
        digest = hashlib.sha256()
        while chunk := member.read(2 ** 20):
            digest.update(chunk)
        info.pax_headers = {CHECKSUM: digest.hexdigest()}
        member.seek(0)
        archive.addfile(info, member)


class Archive:
    """A tar file, open for reading. Use it in a ``with`` statement.

    Parameters
    ----------
    file_ : file
        The file, open for reading in binary mode.

    Raises
    ------
    tarfile.ReadError
        If it is not an uncompressed tar file.

    """

    def __init__(self, file_):
        name = getattr(file_, 'name', None)
        self.name = name if isinstance(name, str) else 'the file'
        file_.seek(0)
        try:
            # Not 'r', which would decompress a file without limit.
            self.tar = tarfile.open(fileobj=file_, mode='r:')
        except tarfile.ReadError as error:
            raise tarfile.ReadError(
                f'{self.name} is not a file of blocks.serialization.dump, '
                f'which is an uncompressed tar file ({error}); if it was '
                f'compressed later, decompress it first') from error
        self._warned = False

    def __enter__(self):
        return self

    def __exit__(self, *exc_info):
        self.tar.close()

    def __contains__(self, name):
        return name in self.names()

    def names(self):
        """The names of the members.

        Raises
        ------
        tarfile.ReadError
            If the file is truncated, or a header is damaged.

        """
        with self._damage_named():
            return self.tar.getnames()

    @contextmanager
    def _damage_named(self):
        """Add the file name to errors of :mod:`tarfile`."""
        try:
            yield
        except tarfile.ReadError as error:
            raise tarfile.ReadError(
                f'{self.name} is damaged or was cut off ({error}); load '
                f'another checkpoint or a copy of this one') from error

    def open(self, name):
        """Open a member as a file, after verifying its checksum.

        Parameters
        ----------
        name : str
            The name of the member.

        Raises
        ------
        KeyError
            If the member does not exist.
        ValueError
            If its checksum is wrong, or it is not a regular file.

        """
        if name not in self:
            raise KeyError(f'{self.name} has no member {name!r}, only '
                           f'{self.names()}; if there should be one, the '
                           f'file was cut off or is damaged')
        info = self.tar.getmember(name)
        if not info.isreg() or info.issparse():
            raise ValueError(f'{self.name}: the member {name!r} must be a '
                             f'plain file, not a link or a sparse file')
        member = self.tar.extractfile(info)
        expected = info.pax_headers.get(CHECKSUM)
        if expected is None:
            self._warn()
            return member
        with self._damage_named():
            digest = hashlib.file_digest(member, 'sha256').hexdigest()
        if digest != expected:
            raise ValueError(
                f'{self.name} is damaged: the SHA-256 of the member {name!r} '
                f'should be {expected}, but is {digest}; load another '
                f'checkpoint or a copy of this one')
        member.seek(0)
        return member

    def _warn(self):
        if not self._warned:
            self._warned = True
            logger.warning('%s has no checksums, as written by the original '
                           'Blocks or an older version: damage would go '
                           'unnoticed', self.name)


def read_arrays(file_, name='the file'):
    """Read all arrays of an ``.npz`` file.

    Parameters
    ----------
    file_ : file
        The file, open for reading in binary mode.
    name : str, optional
        Its name in messages.

    Returns
    -------
    dict of (str, :class:`~numpy.ndarray`)

    Raises
    ------
    ValueError
        If it is not such a file, contains anything but arrays of numbers, or
        would take too much memory after decompression.

    """
    try:
        length = file_.seek(0, 2)
        with zipfile.ZipFile(file_) as archive:
            _check_members(archive.infolist(), length, name)
            return {info.filename.removesuffix('.npy'):
                    _read_array(archive, info, name)
                    for info in archive.infolist()}
    except DAMAGED as error:
        if str(error).startswith(name):
            raise
        raise ValueError(f'{name} is not a complete .npz file '
                         f'({str(error) or "it ends too early"})') from error


def _check_members(members, length, name):
    """Refuse members larger than `length`, the size of the file."""
    names = [info.filename for info in members]
    strange = [other for other in names if not other.endswith('.npy')]
    if strange:
        raise ValueError(f'{name} is not an .npz file: expected only arrays '
                         f'(.npy) in it, got {strange[0]!r}')
    stored = sum(info.file_size for info in members
                 if info.compress_type == zipfile.ZIP_STORED)
    if len(set(names)) < len(names) or stored > length:
        raise ValueError(f'{name} has several arrays with one name or at one '
                         'place')
    methods = {info.compress_type for info in members}
    inflated = sum(info.file_size for info in members
                   if info.compress_type != zipfile.ZIP_STORED)
    if methods - {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED} or (
            inflated > INFLATED):
        raise ValueError(
            f'{name}: its compressed arrays would take {inflated} bytes, or '
            f'are compressed in a way that NumPy does not use; no more than '
            f'{INFLATED} are read. If you trust it, rewrite its arrays with '
            'numpy.savez')


def _read_array(archive, info, name):
    """Read an array after comparing its header with the actual size."""
    with archive.open(info) as member:
        version = npy.read_magic(member)
        if version not in READ_HEADER:
            raise ValueError(f'{name}: {info.filename} has the format '
                             f'{version}, known are {list(READ_HEADER)}')
        shape, _, dtype = READ_HEADER[version](member)
        there = info.file_size - member.tell()
    if math.prod(shape) * dtype.itemsize != there and not dtype.hasobject:
        raise ValueError(f'{name}: {info.filename} should have {shape} '
                         f'elements of {dtype}, but has {there} bytes')
    with archive.open(info) as member:
        array = npy.read_array(member, allow_pickle=False)
        member.read()  # to the end, where the CRC is checked
        return array
