"""Saving and loading: a tar file with a pickle and NumPy arrays.

:func:`dump` writes an object into a tar file as the member ``_pkl``. The
parameters passed to it are stored, under names that state their place in the
hierarchy of bricks, in the member ``_parameters``, an ``.npz`` file; the
pickle only refers to them. So :func:`load_parameters`, or NumPy alone, can
read the parameters long after the pickle can no longer be read.
:func:`add_to_dump` adds further pickles. The format is that of the
original Blocks, whose parameters can be loaded.

.. warning::

   :func:`load` and :func:`continue_training` unpickle, and a pickle can run
   arbitrary code. Use them only on files that you trust. For others, use
   :func:`load_parameters`, which never unpickles.

Examples
--------
>>> import tempfile
>>> from theano import tensor
>>> from blocks.bricks import MLP, Tanh
>>> from blocks.initialization import Constant
>>> from blocks.model import Model
>>> mlp = MLP([Tanh(), None], [784, 10, 10], weights_init=Constant(0.01),
...           biases_init=Constant(0))
>>> mlp.initialize()
>>> model = Model(mlp.apply(tensor.matrix('features')))
>>> file_ = tempfile.TemporaryFile()
>>> dump(mlp, file_, parameters=model.parameters)
>>> parameters = load_parameters(file_)
>>> sorted(parameters)
['/mlp/linear_0.W', '/mlp/linear_0.b', '/mlp/linear_1.W', '/mlp/linear_1.b']
>>> parameters['/mlp/linear_1.W'].shape
(10, 10)
>>> model.set_parameter_values(parameters)
>>> load(file_).name
'mlp'
>>> file_.close()

"""
import logging
import tarfile
from pickle import DEFAULT_PROTOCOL

import numpy

from ._former import former_names, warn
from .archives import Archive, new_member, read_arrays
from .bricks.base import BRICK_DELIMITER
from .config import config
from .filter import get_brick
from .pickling import DeepPickler, QuietPickler, TellingPickler, Unpickler
from .relocation import relocate
from .replacing import replacing
from .utils import change_recursion_limit

logger = logging.getLogger(__name__)

PICKLE, PARAMETERS = '_pkl', '_parameters'
# Slashes in the names of zip members would create folders.
SERIALIZATION_BRICK_DELIMITER = '|'
# The recursion depth of the pickler in Python, in multiples of
# config.recursion_limit. A graph takes some 12 calls per operation; the
# default of 10000 allows more than 2000 consecutive operations, and fits into
# a stack of 8 MB.
DEEPER = 4


def dump(object_, file_, parameters=None, use_cpickle=False,
         protocol=DEFAULT_PROTOCOL, **kwargs):
    """Save an object, and the values of parameters separately.

    Parameters
    ----------
    object_ : object
        The object to pickle; None to save only the parameters.
    file_ : file
        The file, open for writing in binary mode.
    parameters : list of :class:`~tensor.TensorSharedVariable`, optional
        The parameters to save as NumPy arrays.
    use_cpickle : bool, optional
        If true, do not warn about objects from ``__main__``.
    protocol : int, optional
        The version of the pickle format.
    **kwargs
        Passed to :class:`pickle.Pickler`.

    """
    with tarfile.TarFile(fileobj=file_, mode='w') as archive:
        names = {}
        if parameters:
            names = name_parameters(parameters)
            with new_member(archive, PARAMETERS) as member:
                numpy.savez(member, **{name: parameter.get_value()
                                       for parameter, name in names.items()})
        if object_ is not None:
            _add_pickle(archive, PICKLE, object_, names, use_cpickle,
                        protocol, **kwargs)


def add_to_dump(object_, file_, name, parameters=None, use_cpickle=False,
                protocol=DEFAULT_PROTOCOL, **kwargs):
    """Add a pickled object to a file written by :func:`dump`.

    Parameters
    ----------
    object_ : object
        The object to pickle.
    file_ : file
        The file, open for reading and writing in binary mode (``'rb+'``).
    name : str
        The name of the member to add.
    parameters : list of :class:`~tensor.TensorSharedVariable`, optional
        Parameters that :func:`dump` has already saved in the file.
    use_cpickle, protocol, **kwargs
        See :func:`dump`.

    Raises
    ------
    ValueError
        If the name is one of :func:`dump`'s own, or a parameter is not in
        the file.

    """
    if name in (PICKLE, PARAMETERS):
        raise ValueError(f'{name!r} is reserved for dump(): choose another '
                         f'name for {type(object_).__name__}')
    names = {} if parameters is None else name_parameters(parameters)
    if names:
        missing = set(names.values()) - set(_read_parameters(file_))
        if missing:
            raise ValueError(f'these parameters are not in the file: '
                             f'{", ".join(sorted(missing))}; pass only '
                             f'parameters that dump() has saved there')
    file_.seek(0)
    with tarfile.TarFile(fileobj=file_, mode='a') as archive:
        _add_pickle(archive, name, object_, names, use_cpickle, protocol,
                    **kwargs)


def dump_and_add_to_dump(object_, file_, parameters=None, to_add=None,
                         use_cpickle=False, protocol=DEFAULT_PROTOCOL,
                         **kwargs):
    """Save an object and further objects, for :func:`secure_dump`.

    Parameters
    ----------
    object_, file_, parameters, use_cpickle, protocol, **kwargs
        See :func:`dump`. The file must be readable, too.
    to_add : dict of (str, object), optional
        The further objects by name, see :func:`add_to_dump`.

    """
    options = dict(kwargs, parameters=parameters, use_cpickle=use_cpickle,
                   protocol=protocol)
    dump(object_, file_, **options)
    for name, further in (to_add or {}).items():
        add_to_dump(further, file_, name, **options)


def secure_dump(object_, path, dump_function=dump, **kwargs):
    """Save an object so that the file at `path` is always complete.

    If the process or the machine stops at any time, either the old or the new
    file exists. If writing fails, the old file is kept. Any number of
    processes may save to one path: the last one wins. See
    :func:`.replacing`.

    Parameters
    ----------
    object_ : object
        The object to save.
    path : str
        The path.
    dump_function : callable, optional
        Takes the object and a file; by default :func:`dump`.
    **kwargs
        Passed to `dump_function`.

    Raises
    ------
    OSError
        If it cannot be written, e.g. because the disk is full.

    """
    with replacing(path) as file_:
        dump_function(object_, file_, **kwargs)


def load(file_, name=PICKLE, use_cpickle=False, **kwargs):
    """Load a pickled object, which can run code: see the module's warning.

    Parameters
    ----------
    file_ : file
        The file, open for reading in binary mode.
    name : str, optional
        The name of the object, by default the one passed to :func:`dump`.
    use_cpickle : bool, optional
        Has no effect; there is only one unpickler.
    **kwargs
        Passed to :class:`pickle.Unpickler`, e.g. ``encoding='latin1'`` for
        pickles of Python 2.

    Raises
    ------
    KeyError
        If the file does not contain the object.
    ValueError
        If the file is damaged.

    """
    with Archive(file_) as archive:
        return Unpickler(archive.open(name), _arrays_of(archive),
                         **kwargs).load()


def load_parameters(file_):
    """Load the values of parameters without unpickling anything.

    Parameters
    ----------
    file_ : file
        The file, open for reading in binary mode.

    Returns
    -------
    dict of (str, :class:`~numpy.ndarray`)
        The values by name, for :meth:`.Model.set_parameter_values`.

    Raises
    ------
    KeyError
        If no parameters were saved in the file.
    tarfile.ReadError
        If the file was not written by :func:`dump`.
    ValueError
        If the file is damaged, or the arrays are compressed and would take
        more than 1 GiB.

    """
    arrays = _read_parameters(file_)
    if not arrays:
        raise KeyError('there are no parameters in the file: pass them when '
                       'writing it, dump(..., parameters=...)')
    return {name.replace(SERIALIZATION_BRICK_DELIMITER, BRICK_DELIMITER):
            array for name, array in arrays.items()}


def load_parameter_values(path):
    """Load the values of parameters from a file of Blocks 0.0.1 or later.

    Parameters
    ----------
    path : str
        A file written by :func:`dump`, or an ``.npz`` file of older versions,
        in which names have ``-`` for ``/``.

    Returns
    -------
    dict of (str, :class:`~numpy.ndarray`)
        See :func:`load_parameters`.

    """
    warn('load_parameter_values(path)', 'load_parameters(file)')
    return values_of_any_version(path)


def values_of_any_version(path):
    """Load values as :func:`load_parameter_values` does, without warning."""
    if tarfile.is_tarfile(path):
        with open(path, 'rb') as file_:
            return load_parameters(file_)
    with numpy.load(path, allow_pickle=False) as arrays:
        return {name.replace('-', BRICK_DELIMITER): array
                for name, array in arrays.items()}


def continue_training(path):
    """Load a main loop and run it: see the module's warning.

    Functions and classes that the main loop uses must have the same import
    paths as when it was saved. If they were defined in the script that made
    the main loop, import them, or call this in that script.

    Files that the main loop writes into the folder of its checkpoint are
    written to that of `path`: see :func:`.relocate`.

    Parameters
    ----------
    path : str
        A file that :class:`.Checkpoint` has written.

    Returns
    -------
    :class:`.MainLoop`
        The finished main loop.

    Raises
    ------
    TypeError
        If the file contains another object.

    """
    main_loop = load_main_loop(path)
    main_loop.run()
    return main_loop


def load_main_loop(path):
    """Load a main loop for :func:`continue_training`."""
    with change_recursion_limit(config.recursion_limit):
        with open(path, 'rb') as file_:
            main_loop = load(file_)
    if not hasattr(main_loop, 'run'):
        raise TypeError(f'{path} holds an object of {type(main_loop)}, not a '
                        'main loop; continue_training requires a file written '
                        'by Checkpoint')
    relocate(main_loop, path)
    return main_loop


class ParameterNamer:
    """Assigns a unique name to each parameter.

    A brick's parameter is named after its place in the hierarchy, any
    other after ``tag.name`` or ``name``. The second parameter of a name gets
    the suffix ``_2``, and so on.

    """

    def __init__(self):
        self.used_names = set()

    def __call__(self, parameter):
        brick = get_brick(parameter)
        if brick is not None:
            wanted = brick.get_hierarchical_name(
                parameter, SERIALIZATION_BRICK_DELIMITER)
        else:
            wanted = getattr(parameter.tag, 'name', parameter.name)
            wanted = 'parameter' if wanted is None else wanted
        name, count = wanted, 1
        while name in self.used_names:
            count += 1
            name = f'{wanted}_{count}'
        self.used_names.add(name)
        return name


_Renamer = ParameterNamer  # the former name


def name_parameters(parameters):
    """Return the names under which to save parameters.

    Parameters
    ----------
    parameters : iterable of :class:`~tensor.TensorSharedVariable`
        The parameters.

    Returns
    -------
    dict of (:class:`~tensor.TensorSharedVariable`, str)

    """
    namer = ParameterNamer()
    return {parameter: namer(parameter) for parameter in parameters}


def _add_pickle(archive, member_name, object_, names, use_cpickle, protocol,
                **kwargs):
    """Add a pickle that refers to the arrays of parameters by name."""
    def write(pickler_class):
        with new_member(archive, member_name) as member:
            pickler_class(member, names, protocol=protocol,
                          **kwargs).dump(object_)

    limit = config.recursion_limit
    try:
        with change_recursion_limit(limit):
            write(QuietPickler if use_cpickle else TellingPickler)
    except RecursionError:
        with change_recursion_limit(DEEPER * limit):
            write(DeepPickler)


def _arrays_of(archive):
    """Return the parameters in an archive by name."""
    if PARAMETERS not in archive:
        return {}
    return read_arrays(archive.open(PARAMETERS),
                       f'{archive.name}, {PARAMETERS}')


def _read_parameters(file_):
    """Return the arrays in a file by name."""
    with Archive(file_) as archive:
        return _arrays_of(archive)


__getattr__ = former_names(__name__, {
    'secure_pickle_dump': 'blocks.serialization.secure_dump',
    'pickle_dump': ('pickle.dump', 'blocks.serialization.dump')})
