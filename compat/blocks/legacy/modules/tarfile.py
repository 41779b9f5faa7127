"""``tarfile`` whose members read and write strings."""
import tarfile

from ..python2.files import File, binary
from ..python2.text import to_path
from . import stand_in


class TarFile(tarfile.TarFile):
    """An archive."""

    def extractfile(self, member):
        file = super().extractfile(member)
        return file and File.over(file, file.name, 'rb')


def open(name=None, mode='r', fileobj=None, *args, **kwargs):
    """Open an archive."""
    return TarFile.open(to_path(name), mode, binary(fileobj), *args, **kwargs)


stand_in(__name__, 'tarfile', ['TarFile', 'open'])
