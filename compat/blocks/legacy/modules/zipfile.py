"""``zipfile`` whose members read and write strings."""
import zipfile

from ..python2.files import File, binary
from ..python2.text import to_bytes, to_str
from . import stand_in


class ZipFile(zipfile.ZipFile):
    """An archive."""

    def __init__(self, file, *args, **kwargs):
        super().__init__(binary(file), *args, **kwargs)

    def open(self, name, mode='r', *args, **kwargs):
        file = super().open(name, mode.replace('U', '') or 'r', *args,
                            **kwargs)
        return File.over(file, str(name), mode.replace('U', '') + 'b')

    def read(self, name, *args):
        return to_str(super().read(name, *args))

    def writestr(self, zinfo, data, *args):
        super().writestr(zinfo, to_bytes(data), *args)


stand_in(__name__, 'zipfile', ['ZipFile'])
