"""The settings of Blocks.

The value of a setting comes from the first of these places that defines it:

1. an assignment, ``blocks.config.config.profile = True``;
2. its environment variable, if it has one;
3. the YAML file that ``BLOCKS_CONFIG`` names, ``~/.blocksrc`` otherwise,
   read once on import;
4. its default.

=============== ===================== =======================================
Setting         Variable              Meaning
=============== ===================== =======================================
default_seed                          Seed of every random number generator
                                      without one (int, 1).
recursion_limit                       Python's recursion limit while a main
                                      loop runs or is pickled (int, 10000).
profile         BLOCKS_PROFILE        Whether a main loop reports the time
                                      spent in its parts (bool, False).
log_backend                           ``python`` keeps logs in memory,
                                      ``sqlite`` in a database.
sqlite_database BLOCKS_SQLITEDB       The file of that database
                                      (``~/blocks_log.sqlite``).
max_blob_size                         Bytes above which an object in the
                                      database causes a warning (int, 4096).
temp_dir        BLOCKS_TEMPDIR        The folder of temporary files; if None,
                                      Python's default.
fuse_recurrent  BLOCKS_FUSE_RECURRENT Whether recurrent bricks run in kernels
                                      made from their steps where possible,
                                      or always in a scan (bool, True).
rnn_precision   BLOCKS_RNN_PRECISION  ``bfloat16`` rounds the operands of
                                      products in these kernels (``float32``).
=============== ===================== =======================================

Examples
--------
>>> from blocks.config import config
>>> config.recursion_limit
10000

"""
import os
import sys
from collections.abc import Callable
from types import ModuleType
from typing import Any, NamedTuple

from ._former import warn

NOT_SET = object()
FALSE_WORDS = frozenset({'false', 'no', 'off', '0', ''})


class ConfigurationError(Exception):
    """A setting without a default was read before it was set."""


class Declaration(NamedTuple):
    """The declaration of a setting, without its value."""

    convert: Callable[[Any], Any]
    default: Any
    variable: str | None


class Configuration:
    """Settings that are read and assigned as attributes.

    Attributes that are not declared as settings are ordinary attributes.

    Examples
    --------
    >>> settings = Configuration()
    >>> settings.add_config('beam_size', int, default='5')
    >>> settings.beam_size
    5
    >>> settings.beam_size = 10
    >>> settings.beam_size
    10

    """

    def __init__(self):
        # Set in __dict__, since __setattr__ requires that they exist.
        self.__dict__.update(_declared={}, _assigned={}, _from_file={})

    def add_config(self, key, type_, default=NOT_SET, env_var=None):
        """Declare or redeclare a setting.

        Parameters
        ----------
        key : str
            The name, a valid attribute name.
        type_ : callable
            Converts the raw value, a string from an environment variable or a
            parsed object from YAML.
        default : object, optional
            The value if none is set. Without it, reading an unset setting
            raises a :class:`ConfigurationError`.
        env_var : str, optional
            The name of the environment variable.

        """
        self._declared[key] = Declaration(type_, default, env_var)
        for values in self._assigned, self._from_file:
            values.pop(key, None)

    def load_yaml(self):
        """Read the file named by ``BLOCKS_CONFIG``, or ``~/.blocksrc``.

        A file that does not exist, or is empty, sets nothing.

        Raises
        ------
        ValueError
            If the file contains anything except declared settings.

        """
        path = os.path.expanduser(
            os.environ.get('BLOCKS_CONFIG', '~/.blocksrc'))
        if not os.path.isfile(path) or not os.path.getsize(path):
            return
        import yaml  # imported here, since few users have a file
        with open(path) as file_:
            found = yaml.safe_load(file_) or {}
        if not isinstance(found, dict):
            raise ValueError(f"{path}: expected lines 'setting: value', got "
                             f"{found!r}")
        unknown = sorted(map(str, found.keys() - self._declared.keys()))
        if unknown:
            raise ValueError(
                f"{path}: Blocks has no setting {', '.join(unknown)}; it has "
                f"{', '.join(sorted(self._declared))}")
        self._from_file.update(found)

    def _lookup(self, key):
        """Return the raw value of a setting and its source."""
        declared = self._declared[key]
        if key in self._assigned:
            return self._assigned[key], f'the assignment to config.{key}'
        if declared.variable and declared.variable in os.environ:
            return (os.environ[declared.variable],
                    f'the environment variable {declared.variable}')
        if key in self._from_file:
            return self._from_file[key], 'the configuration file'
        if declared.default is not NOT_SET:
            return declared.default, 'the default'
        places = [f'config.{key}', f"'{key}:' in ~/.blocksrc"]
        if declared.variable:
            places.append(f'the environment variable {declared.variable}')
        raise ConfigurationError(f'setting {key!r} has no default: set '
                                 + ' or '.join(places))

    def __getattr__(self, key):
        if key not in self.__dict__.get('_declared', ()):
            raise AttributeError(f'Blocks has no setting {key!r}')
        raw, place = self._lookup(key)
        try:
            return self._declared[key].convert(raw)
        except (TypeError, ValueError) as error:
            raise type(error)(f'setting {key!r}: {place} is {raw!r}, which '
                              f'does not convert: {error}') from error

    def __setattr__(self, key, value):
        target = self._assigned if key in self._declared else self.__dict__
        target[key] = value


def bool_(val):
    """Return the truth of `val`; words such as ``no`` and ``off`` are false.

    Examples
    --------
    >>> [bool_(val) for val in ('False', 'no', '0', '1', 'yes', True, None)]
    [False, False, False, True, True, True, False]

    """
    if isinstance(val, str):
        return val.strip().lower() not in FALSE_WORDS
    return bool(val)


def str_or_none(val):
    """Return a string; None stays None."""
    return None if val is None else str(val)


config = Configuration()
config.add_config('default_seed', int, default=1)
config.add_config('recursion_limit', int, default=10000)
config.add_config('profile', bool_, default=False, env_var='BLOCKS_PROFILE')
config.add_config('log_backend', str, default='python')
config.add_config('sqlite_database', str, env_var='BLOCKS_SQLITEDB',
                  default=os.path.expanduser('~/blocks_log.sqlite'))
config.add_config('max_blob_size', int, default=4096)
config.add_config('temp_dir', str_or_none, default=None,
                  env_var='BLOCKS_TEMPDIR')
config.add_config('fuse_recurrent', bool_, default=True,
                  env_var='BLOCKS_FUSE_RECURRENT')
config.add_config('rnn_precision', str_or_none, default=None,
                  env_var='BLOCKS_RNN_PRECISION')
config.load_yaml()


class _Module(ModuleType):
    """The type of this module, whose attributes were settings in 0.0.1."""

    def __getattr__(self, name):
        if not _is_setting(name):
            raise AttributeError(
                f'module {__name__!r} has no attribute {name!r}')
        warn(f'{__name__}.{name}', f'{__name__}.config.{name}')
        return getattr(config, name)

    def __setattr__(self, name, value):
        if not _is_setting(name):
            super().__setattr__(name, value)
            return
        warn(f'{__name__}.{name}', f'{__name__}.config.{name}')
        setattr(config, name, value)


def _is_setting(name):
    return name in config._declared or name in ('add_config', 'load_yaml')


sys.modules[__name__].__class__ = _Module
