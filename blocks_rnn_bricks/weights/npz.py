"""Reading ``.npz`` files that may come from a stranger."""
import zipfile

import numpy
from numpy.lib import format as npy

#: Bytes that the compressed arrays of a file may take.
INFLATED = 2 ** 30

_READ_HEADER = {(1, 0): npy.read_array_header_1_0,
                (2, 0): npy.read_array_header_2_0}


def read_npz(who, path):
    """Read all arrays of a file; nothing is unpickled.

    Sizes are checked before memory is allocated.

    Parameters
    ----------
    who : str
        The function that reads, for messages.
    path : str
        A file that :func:`numpy.savez` or :func:`numpy.savez_compressed`
        wrote.

    Returns
    -------
    dict of str to numpy.ndarray

    Raises
    ------
    ValueError
        If it is none, an array is one of objects, or compressed ones would
        take more than 1 GiB.

    """
    try:
        with zipfile.ZipFile(path) as archive:
            for member in archive.infolist():
                if not member.filename.endswith('.npy'):
                    raise ValueError("there is nothing but arrays (.npy) in "
                                     "an .npz file, but '{}' is in it".format(
                                         member.filename))
            _check_sizes(archive)
            for member in archive.infolist():
                _check_header(archive, member)
        with numpy.load(path, allow_pickle=False) as arrays:
            return {name: arrays[name] for name in arrays.files}
    except (ValueError, zipfile.BadZipFile) as error:
        raise ValueError("{}: '{}' is not an .npz file that can be read: {}"
                         .format(who, path, error)) from error


def _check_sizes(archive):
    members = archive.infolist()
    if len({member.filename for member in members}) < len(members):
        raise ValueError('several arrays have one name')
    archive.fp.seek(0, 2)
    stored = sum(member.file_size for member in members
                 if member.compress_type == zipfile.ZIP_STORED)
    if stored > archive.fp.tell():
        raise ValueError('several arrays share one place')
    inflated = sum(member.file_size for member in members) - stored
    others = {member.compress_type for member in members} - {
        zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}
    if inflated > INFLATED or others:
        raise ValueError(
            'its compressed arrays would take {} bytes, or are compressed '
            'in a way that NumPy does not use; no more than {} are read. If '
            'you trust it, write its arrays anew with numpy.savez'.format(
                inflated, INFLATED))


def _check_header(archive, member):
    """Raise if an array claims to be larger than what is there."""
    with archive.open(member) as file_:
        version = npy.read_magic(file_)
        if version not in _READ_HEADER:
            raise ValueError('{} has the unknown format {}'.format(
                member.filename, version))
        shape, _, dtype = _READ_HEADER[version](file_)
        there = member.file_size - file_.tell()
    claimed = dtype.itemsize
    for length in shape:
        claimed *= length
    if claimed != there and not dtype.hasobject:
        raise ValueError('{} should have {} bytes, but has {}'.format(
            member.filename, claimed, there))
