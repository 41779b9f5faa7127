"""``pickle`` that reads Python 2's pickles, strings as Latin-1."""
import io
import pickle

from ..python2.files import binary
from ..python2.text import to_bytes
from . import stand_in

#: Modules named in pickles that later releases have moved.
MOVED = {'numpy.core': 'numpy._core', 'sklearn.externals.joblib': 'joblib'}


class Unpickler(pickle.Unpickler):
    """Reads pickles of Python 2, with arrays of any NumPy."""

    def __init__(self, file, **kwargs):
        super().__init__(binary(file), **{'encoding': 'latin1', **kwargs})

    def find_class(self, module, name):
        for old, new in MOVED.items():
            if module == old or module.startswith(old + '.'):
                module = new + module[len(old):]
        return super().find_class(module, name)


class Pickler(pickle.Pickler):
    """Writes to files of either kind."""

    def __init__(self, file, protocol=None, **kwargs):
        super().__init__(binary(file), protocol, **kwargs)


def load(file, **kwargs):
    """Return the object in a pickle file."""
    return Unpickler(file, **kwargs).load()


def loads(data, **kwargs):
    """Return the object in a pickle string."""
    return Unpickler(io.BytesIO(to_bytes(data)), **kwargs).load()


def dump(obj, file, protocol=None):
    """Write to a file in any mode."""
    Pickler(file, protocol).dump(obj)


def dumps(obj, protocol=None):
    """Return a pickle."""
    file = io.BytesIO()
    Pickler(file, protocol).dump(obj)
    return file.getvalue()


stand_in(__name__, 'pickle',
         ['Pickler', 'Unpickler', 'dump', 'dumps', 'load', 'loads'])
