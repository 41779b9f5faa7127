"""Reading pickles of arrays from untrusted sources.

A pickle can make the reader call any function. Only the functions that create
NumPy's arrays and dtypes are allowed here, so malicious pickles are refused.

"""
import importlib
import pickle

from fuel.converters.raw import reading, wrong_file

#: The globals in pickles of arrays of all releases of NumPy and protocols.
_ALLOWED = {
    *((f'numpy.{core}.multiarray', name) for core in ('core', '_core')
      for name in ('_reconstruct', 'scalar')),
    ('numpy.core.numeric', '_frombuffer'),
    ('numpy._core.numeric', '_frombuffer'),
    ('numpy', 'ndarray'), ('numpy', 'dtype'),
    ('_codecs', 'encode')}


class _ArrayUnpickler(pickle.Unpickler):
    def find_class(self, module, name):
        if (module, name) not in _ALLOWED:
            raise pickle.UnpicklingError(
                f"the pickle asks for {module}.{name}, which isn't part of "
                "an array")
        module = module.replace('numpy.core', 'numpy._core')
        return getattr(importlib.import_module(module), name)


def load_batch(name, file_, keys):
    """Read a dictionary of arrays and lists from a pickle.

    Parameters
    ----------
    name : str
        The file and the position in it, for messages.
    file_ : file object
        The file with the pickle, of Python 2 or 3.
    keys : tuple of str
        The required keys of the dictionary.

    Returns
    -------
    list
        The values of these keys.

    Raises
    ------
    ValueError
        If the file does not contain such a pickle.

    """
    expected = f"a pickled dictionary with {', '.join(map(repr, keys))}"
    with reading(name, expected):
        content = _ArrayUnpickler(file_, encoding='latin1').load()
    if not isinstance(content, dict):
        raise wrong_file(name, expected, type(content).__name__)
    missing = [key for key in keys if key not in content]
    if missing:
        raise wrong_file(name, expected, f"no {missing[0]!r}")
    return [content[key] for key in keys]
