"""Pickles that refer to separately saved arrays of parameters."""
import pickle
import warnings
from types import FunctionType

MAIN_MODULE_WARNING = (
    "The object being saved uses {} {!r} of the script that runs (the module "
    "'__main__'). It can be loaded only by a script that has it as well; "
    "blocks-continue cannot. Move it to a module to import it from.")
LOCAL_OBJECT_ERROR = (
    "{!r} cannot be saved: Python pickles functions and classes by the name "
    "under which they can be imported, and it has none. Define it at the top "
    "level of a module; instead of a lambda with variables use "
    "functools.partial.")


class ByReference:
    """Pickles the arrays of parameters as references to their names.

    Parameters
    ----------
    file : file
        The file to write to.
    names : dict of (:class:`~tensor.TensorSharedVariable`, str)
        The names under which they are saved.
    **kwargs
        Passed to the base pickler.

    """

    def __init__(self, file, names, **kwargs):
        self.references = {
            id(parameter.container.storage[0]):
            f'#1numpy_ndarray.None.{name}'
            for parameter, name in names.items()}
        super().__init__(file, **kwargs)

    def persistent_id(self, obj):
        return self.references.get(id(obj))


class QuietPickler(ByReference, pickle.Pickler):
    """The pickler in C."""


class TellingPickler(QuietPickler):
    """The pickler in C, which reports functions that are hard to load."""

    def reducer_override(self, obj):
        if isinstance(obj, (FunctionType, type)):
            if '<' in obj.__qualname__:  # <lambda>, <locals>
                raise pickle.PicklingError(LOCAL_OBJECT_ERROR.format(obj))
            if obj.__module__ == '__main__':
                kind = 'the class' if isinstance(obj, type) else (
                    'the function')
                warnings.warn(MAIN_MODULE_WARNING.format(
                    kind, obj.__qualname__), stacklevel=2)
        return NotImplemented


class DeepPickler(ByReference, pickle._Pickler):
    """The pickler in Python: slow, but without overflow of the C stack."""


class Unpickler(pickle.Unpickler):
    """Unpickles, with references resolved to arrays of parameters.

    Parameters
    ----------
    file : file
        The pickle.
    arrays : dict of (str, :class:`~numpy.ndarray`)
        The arrays by name. All references to one return the same object, as
        variables may share it.
    **kwargs
        See :class:`pickle.Unpickler`.

    """

    def __init__(self, file, arrays, **kwargs):
        self.arrays = arrays
        super().__init__(file, **kwargs)

    def persistent_load(self, pid):
        if isinstance(pid, bytes):  # protocol 0
            pid = pid.decode()
        # '#1<array type>.<context>.<name>', formerly '#<array type>.<name>'
        return self.arrays[pid.split('.', 2 if pid.startswith('#1') else 1)
                           [-1]]
