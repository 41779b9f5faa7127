"""Parameters in ``.safetensors`` files, which other libraries can also read.

A file contains arrays by name, and no code. PyTorch, JAX and others can read
it. This module needs the package safetensors.

"""
import os

import numpy

from .replacing import replacing

INSTALL = "pip install 'blocks-rnn-bricks[safetensors]'"
DTYPES = frozenset(numpy.dtype(name) for name in (
    'bool', 'int8', 'int16', 'int32', 'int64', 'uint8', 'uint16', 'uint32',
    'uint64', 'float16', 'float32', 'float64'))


def save_safetensors(path, model):
    """Save the parameters of a model by their full names.

    The file is replaced atomically: see :func:`.replacing`.

    Parameters
    ----------
    path : str or path-like
    model : :class:`~blocks.model.Model`

    Raises
    ------
    ValueError
        If two parameters have one name, or one has none.

    """
    values = model.get_parameter_values()
    if None in values or len(values) < len(model.parameters):
        raise ValueError(
            f'save_safetensors: each of the {len(model.parameters)} '
            f'parameters needs a unique name, got '
            f'{[parameter.name for parameter in model.parameters]}; name '
            f'those that belong to no brick')
    write_arrays(path, values)


def load_safetensors(path, model):
    """Load a file of :func:`save_safetensors` into a model.

    Parameters
    ----------
    path : str or path-like
    model : :class:`~blocks.model.Model`

    Raises
    ------
    ValueError
        If the file cannot be read, or its names, shapes or dtypes do not match
        the model. Nothing is then set.

    """
    values = read_arrays(path)
    known = model.get_parameter_dict()
    if set(values) != set(known):
        raise ValueError(
            f'load_safetensors: {os.fspath(path)} does not fit the model: '
            f'it lacks {sorted(set(known) - set(values))} and has unknown '
            f'{sorted(set(values) - set(known))}; create the bricks with the '
            'same names and hierarchy as when they were saved')
    try:
        model.set_parameter_values(values)
    except (TypeError, ValueError) as error:
        raise ValueError(f'load_safetensors: {os.fspath(path)} does not fit '
                         f'the model: {error}') from error


def write_arrays(path, arrays, metadata=None):
    """Write arrays by name.

    Parameters
    ----------
    path : str or path-like
    arrays : dict of (str, :class:`~numpy.ndarray`)
    metadata : dict of (str, str), optional

    Raises
    ------
    ValueError
        If the format does not support the dtype of an array.

    """
    save = _numpy_module().save
    ready = {}
    for name, array in arrays.items():
        array = numpy.asarray(array)
        if array.dtype.newbyteorder('=') not in DTYPES:
            raise ValueError(f'{os.fspath(path)}: {name!r} is of type '
                             f'{array.dtype}, which .safetensors files do not '
                             'support; convert it to float32')
        # The library writes the memory of arrays without conversion.
        ready[name] = array.astype(array.dtype.newbyteorder('='), order='C')
    content = save(ready, metadata=metadata)
    with replacing(path) as file_:
        file_.write(content)


def read_arrays(path):
    """Read all arrays of a file by name.

    Parameters
    ----------
    path : str or path-like

    Returns
    -------
    dict of (str, :class:`~numpy.ndarray`)

    Raises
    ------
    ValueError
        If it is not a complete ``.safetensors`` file, or has dtypes that NumPy
        does not support, such as bfloat16.

    """
    load = _numpy_module().load
    with open(path, 'rb') as file_:
        content = file_.read()
    try:
        return {name: array.copy() for name, array in load(content).items()}
    except Exception as error:  # the library raises many kinds
        raise ValueError(f'{os.fspath(path)} is not a .safetensors file that '
                         f'can be read: {error!r}') from error


def _numpy_module():
    try:
        import safetensors.numpy
    except ImportError as error:
        raise ImportError(f'.safetensors files need the package safetensors; '
                          f'run: {INSTALL}') from error
    return safetensors.numpy
