"""``StringIO``: a file in memory, of text or bytes."""
import io

from ..python2.files import File, _in_script
from ..python2.text import to_bytes

__all__ = ['InputType', 'OutputType', 'StringIO']


class StringIO(File):
    """A file whose content is a string.

    Parameters
    ----------
    buf : str or bytes, optional
        The initial contents.

    """

    def __init__(self, buf=''):
        self._over(io.BytesIO(to_bytes(buf)), '<StringIO>', 'r+b')

    def getvalue(self):
        return self._give(self.raw_file.getvalue(), _in_script())


InputType = OutputType = StringIO
