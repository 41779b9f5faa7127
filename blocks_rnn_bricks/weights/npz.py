"""Reading of untrusted ``.npz`` files."""
import zipfile

import numpy
from numpy.lib import format as npy

#: Maximal size of the compressed arrays of a file, in bytes.
INFLATED = 2 ** 30

_READ_HEADER = {(1, 0): npy.read_array_header_1_0,
                (2, 0): npy.read_array_header_2_0}


def read_npz(who, path):
    """Read all arrays of a file without unpickling anything.

    Sizes are checked before memory is allocated.

    Parameters
    ----------
    who : str
        The calling function, for messages.
    path : str
        A file that :func:`numpy.savez` or :func:`numpy.savez_compressed`
        wrote.

    Returns
    -------
    dict of str to numpy.ndarray

    Raises
    ------
    ValueError
        If it is not such a file, contains an object array, or its compressed
        arrays would take more than 1 GiB.

    """
    try:
        with zipfile.ZipFile(path) as archive:
            for member in archive.infolist():
                if not member.filename.endswith('.npy'):
                    raise ValueError("an .npz file contains only arrays "
                                     "(.npy), but this one contains "
                                     "'{}'".format(
                                         member.filename))
            _check_sizes(archive)
            for member in archive.infolist():
                _check_header(archive, member)
        with numpy.load(path, allow_pickle=False) as arrays:
            return {name: arrays[name] for name in arrays.files}
    except (ValueError, zipfile.BadZipFile) as error:
        raise ValueError("{}: cannot read '{}' as an .npz file: {}"
                         .format(who, path, error)) from error


def _check_sizes(archive):
    members = archive.infolist()
    if len({member.filename for member in members}) < len(members):
        raise ValueError('several arrays have the same name')
    archive.fp.seek(0, 2)
    stored = sum(member.file_size for member in members
                 if member.compress_type == zipfile.ZIP_STORED)
    if stored > archive.fp.tell():
        raise ValueError('several arrays overlap')
    inflated = sum(member.file_size for member in members) - stored
    others = {member.compress_type for member in members} - {
        zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}
    if inflated > INFLATED or others:
        raise ValueError(
            'its compressed arrays would take {} bytes, more than the limit '
            'of {}, or use a compression that NumPy does not. If you trust '
            'it, rewrite its arrays with numpy.savez'.format(
                inflated, INFLATED))


def _check_header(archive, member):
    """Raise if the size in an array's header differs from the actual size."""
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
