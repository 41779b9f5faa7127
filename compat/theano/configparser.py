"""``theano.config``: Theano's settings over those of PyTensor.

PyTensor stores options that both libraries have. Options that only Theano has
(devices, test values, ...) are stored here and have no effect. Sections are
written with dots (``config.scan.allow_gc``) or with double underscores
(``config.scan__allow_gc``).

"""

import contextlib
import logging

from theano import _flags

#: Libraries that log internal messages.
TALKATIVE = 'pytensor', 'numba', 'filelock'

for _name in TALKATIVE:
    if logging.getLogger(_name).level == logging.NOTSET:
        logging.getLogger(_name).setLevel(logging.WARNING)

SETTINGS = _flags.read_settings()
with _flags.handed_to_pytensor(SETTINGS):
    import pytensor

theano_logger = logging.getLogger('theano')

#: Options without a counterpart, with the value that a CPU-only Theano has.
INERT = {
    'assert_no_cpu_op': 'ignore', 'cache_optimizations': False,
    'compute_test_value': 'off', 'compute_test_value_opt': 'off',
    'conv__assert_shape': False, 'contexts': '', 'cuda__enabled': False,
    'deterministic': 'default', 'device': 'cpu', 'dnn__enabled': 'False',
    'enable_initial_driver_test': False, 'experimental__local_alloc_elemwise':
    False, 'experimental__unpickle_gpu_on_cpu': False, 'force_device': False,
    'gpuarray__preallocate': -1, 'gpuarray__sched': 'default',
    'init_gpu_device': '', 'int_division': 'int', 'magma__enabled': False,
    'numpy__seterr_all': 'ignore', 'pickle_test_value': True,
    'print_active_device': True, 'print_test_value': False,
    'reoptimize_unpickled_function': False, 'unittests__rseed': 666,
    'warn__ignore_bug_before': '0.9'}


class _Section:
    """The options below a common prefix, as attributes."""

    def __init__(self, root, prefix):
        vars(self).update(_root=root, _prefix=prefix)

    def __getattr__(self, name):
        return getattr(self._root, f'{self._prefix}__{name}')

    def __setattr__(self, name, value):
        setattr(self._root, f'{self._prefix}__{name}', value)


class TheanoConfigParser:
    """All settings as attributes.

    Parameters
    ----------
    backend : pytensor.configparser.PyTensorConfigParser
        The options that PyTensor has.
    inert : dict
        Names and values of the options that only Theano has.

    """

    def __init__(self, backend, inert):
        vars(self).update(_backend=backend, _inert=dict(inert))

    def _names(self):
        return self._backend._config_var_dict.keys() | self._inert.keys()

    def __getattr__(self, name):
        if name in self._inert:
            return self._inert[name]
        if name in self._backend._config_var_dict:
            return getattr(self._backend, name)
        if any(key.startswith(f'{name}__') for key in self._names()):
            return _Section(self, name)
        raise AttributeError(f'theano.config has no option {name!r}')

    def __setattr__(self, name, value):
        if name not in self._inert and \
                name in self._backend._config_var_dict:
            setattr(self._backend, name, value)
        else:
            self._inert[name] = value

    def __dir__(self):
        return sorted(self._names())

    @contextlib.contextmanager
    def change_flags(self, args=(), /, **changes):
        """Set options for the duration of a ``with`` block or a call.

        Parameters
        ----------
        args : dict or list of (str, object), optional
            Options and their values, for names with dots.
        **changes
            More of them.

        Examples
        --------
        >>> with config.change_flags({'scan.allow_gc': True},
        ...                          floatX='float32'):
        ...     config.floatX, config.scan.allow_gc
        ('float32', True)

        """
        changes = {name.replace('.', '__'): value
                   for name, value in {**dict(args), **changes}.items()}
        before = {name: getattr(self, name) for name in changes}
        try:
            for name, value in changes.items():
                setattr(self, name, value)
            yield
        finally:
            for name, value in before.items():
                setattr(self, name, value)


def _apply(settings):
    """Set the external options that were not needed before."""
    known = config._backend._config_var_dict
    for name, value in settings.items():
        if name in _flags.NEEDED_AT_IMPORT:
            continue
        if name in config._inert or name not in known:
            config._inert[name] = value
        else:
            setattr(config, name, value)


config = TheanoConfigParser(pytensor.config, INERT)
change_flags = config.change_flags
_apply(SETTINGS)


class ConfigParam:
    """An option to be declared by :func:`AddConfigVar`.

    Parameters
    ----------
    default : object or callable
        Its value, or a function that returns it.
    filter : callable, optional
        Converts an external value, a string.
    allow_override : bool
        Without effect.

    """

    def __init__(self, default, filter=None, allow_override=True):
        self.default, self.filter = default, filter

    def convert(self, value):
        """Return the converted value."""
        return value if self.filter is None else self.filter(value)


class StrParam(ConfigParam):
    """A string; ``is_valid`` checks it."""

    def __init__(self, default, is_valid=None, allow_override=True):
        super().__init__(default, str)
        self.is_valid = is_valid

    def convert(self, value):
        value = super().convert(value)
        if self.is_valid is not None and not self.is_valid(value):
            raise ValueError(f'the value {value!r} is not valid')
        return value


class IntParam(StrParam):
    """An integer, see :class:`StrParam`."""

    def __init__(self, default, is_valid=None, allow_override=True):
        super().__init__(default, is_valid)
        self.filter = int


class FloatParam(StrParam):
    """A floating point number, see :class:`StrParam`."""

    def __init__(self, default, is_valid=None, allow_override=True):
        super().__init__(default, is_valid)
        self.filter = float


class BoolParam(StrParam):
    """True or false, also given as 1 or 0; see :class:`StrParam`."""

    WORDS = {'true': True, '1': True, 'false': False, '0': False}

    def __init__(self, default, is_valid=None, allow_override=True):
        super().__init__(default, is_valid)
        self.filter = self._truth

    def _truth(self, value):
        try:
            return self.WORDS[str(value).lower()]
        except KeyError:
            raise ValueError(f'the value must be True or False, got '
                             f'{value!r}') from None


class EnumStr(StrParam):
    """One of some strings, the first of which is the default."""

    def __init__(self, default, *options, **kwargs):
        self.all = [default, *options]
        super().__init__(default, self.all.__contains__)


def AddConfigVar(name, doc, configparam, root=config, in_c_key=True):
    """Declare an option of ``theano.config``.

    Parameters
    ----------
    name : str
        With dots between sections.
    doc : str
        Its meaning.
    configparam : ConfigParam
        Its kind and default.
    root : TheanoConfigParser
        The object on which to declare it.
    in_c_key : bool
        Without effect.

    Raises
    ------
    AttributeError
        If an option of that name exists.
    ValueError
        If ``THEANO_FLAGS`` or ``.theanorc`` contain an invalid value.

    Examples
    --------
    >>> AddConfigVar('my_network.depth', 'number of layers', IntParam(3))
    >>> config.my_network.depth
    3

    """
    key = name.replace('.', '__')
    if key in root._names() and key not in SETTINGS:
        raise AttributeError(f'theano.config already has an option {name!r}')
    default = configparam.default
    value = SETTINGS.get(key, default() if callable(default) else default)
    try:
        root._inert[key] = configparam.convert(value)
    except ValueError as error:
        raise ValueError(f'theano.config.{name}: {error}') from error
