"""Settings: defaults, a YAML file, environment variables, assignment.

A setting is looked up each time it is read, in the first of these places that
has it:

1. an assignment in the running program, ``config.floatX = 'float32'``,
2. its environment variable, if it has one,
3. the YAML file named by ``FUEL_CONFIG``, by default ``~/.fuelrc``
   (read once, on import),
4. its default.

================== ======================== =============================
Setting            Environment variable     Meaning
================== ======================== =============================
data_path          FUEL_DATA_PATH           folders searched for data,
                                            separated as in ``PATH``;
                                            no default
local_data_path    FUEL_LOCAL_DATA_PATH     folder of local copies of
                                            data files; off when empty
default_seed       none                     seed of random generators that
                                            are not passed; 1
floatX             FUEL_FLOATX              dtype of floating point data
                                            and masks; Theano's
max_message_size   FUEL_MAX_MESSAGE_SIZE    largest size of a server's
                                            message, in bytes; 2 ** 30
extra_downloaders  FUEL_EXTRA_DOWNLOADERS   packages, separated by spaces
extra_converters   FUEL_EXTRA_CONVERTERS    packages, separated by spaces
================== ======================== =============================

``floatX`` is Fuel's own setting. Unless it is set, it equals the current
``theano.config.floatX`` if the program uses Theano, and ``float64`` if it does
not.

"""
import os
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import yaml
from fuel.exceptions import ConfigurationError

NOT_SET = object()


def extra_downloader_converter(value):
    """Split a string of package names at spaces; return other values as is."""
    return value.split(' ') if isinstance(value, str) else value


def multiple_paths_parser(value):
    """Split a string of folders like ``PATH``; return other values as is."""
    return value.split(os.pathsep) if isinstance(value, str) else value


def floatX_of_theano():
    """Return Theano's floatX if Theano has been imported, else float64."""
    settings = getattr(sys.modules.get('theano'), 'config', None)
    return getattr(settings, 'floatX', 'float64')


@dataclass
class Setting:
    """A setting and all places that its value may come from.

    A callable default is called whenever it is needed.

    """

    parse: Callable[[Any], Any]
    default: Any = NOT_SET
    env_var: str | None = None
    from_file: Any = field(default=NOT_SET, init=False)
    assigned: Any = field(default=NOT_SET, init=False)

    def raw(self):
        """Return the value of the first place that has one, or ``NOT_SET``."""
        candidates = (
            self.assigned,
            os.environ.get(self.env_var, NOT_SET) if self.env_var
            else NOT_SET,
            self.from_file)
        default = self.default() if callable(self.default) else self.default
        return next((value for value in candidates if value is not NOT_SET),
                    default)


class Configuration:
    """A set of named settings, which are attributes.

    Examples
    --------
    >>> settings = Configuration()
    >>> settings.add_config('depth', int, default='3')
    >>> settings.depth
    3
    >>> settings.depth = 5
    >>> settings.depth
    5

    """

    def __init__(self):
        self.config = {}

    def add_config(self, key, type_, default=NOT_SET, env_var=None):
        """Declare a setting.

        Parameters
        ----------
        key : str
            Name of the setting, a valid attribute name.
        type_ : callable
            Converts the value found. Environment variables contain strings,
            YAML files any parsed values.
        default : object, optional
            The value if the setting is found nowhere else; a callable is
            called each time.
        env_var : str, optional
            Environment variable that holds the setting.

        """
        self.config[key] = Setting(type_, default, env_var)

    def load_yaml(self):
        """Read the file that ``FUEL_CONFIG`` names, or ``~/.fuelrc``.

        Raises
        ------
        ValueError
            If the file is not a mapping of declared settings.

        """
        path = os.environ.get('FUEL_CONFIG', os.path.expanduser('~/.fuelrc'))
        if not os.path.isfile(path):
            return
        with open(path) as file_:
            content = yaml.safe_load(file_) or {}
        if not isinstance(content, dict):
            raise ValueError(f"{path}: expected lines of the form "
                             f"'setting: value', got {content!r}")
        for key, value in content.items():
            if key not in self.config:
                raise ValueError(f"{path}: there is no setting {key!r}; "
                                 "available: "
                                 f"{', '.join(sorted(self.config))}")
            self.config[key].from_file = value

    def __getattr__(self, key):
        settings = self.__dict__.get('config', {})
        if key not in settings:
            raise AttributeError(f"there is no setting {key!r}; available: "
                                 f"{', '.join(sorted(settings)) or 'none'}")
        setting = settings[key]
        value = setting.raw()
        if value is NOT_SET:
            places = f"fuel.config.{key} or '{key}:' in ~/.fuelrc"
            if setting.env_var:
                places += f" or the environment variable {setting.env_var}"
            raise ConfigurationError(
                f"setting {key!r} has no default and was not set: set "
                f"{places}")
        return setting.parse(value)

    def __setattr__(self, key, value):
        if key in self.__dict__.get('config', {}):
            self.config[key].assigned = value
        else:
            super().__setattr__(key, value)


config = Configuration()
config.add_config('data_path', multiple_paths_parser,
                  env_var='FUEL_DATA_PATH')
config.add_config('local_data_path', str, default='',
                  env_var='FUEL_LOCAL_DATA_PATH')
config.add_config('default_seed', int, default=1)
config.add_config('max_message_size', int, default=2 ** 30,
                  env_var='FUEL_MAX_MESSAGE_SIZE')
config.add_config('extra_downloaders', extra_downloader_converter,
                  default=[], env_var='FUEL_EXTRA_DOWNLOADERS')
config.add_config('extra_converters', extra_downloader_converter,
                  default=[], env_var='FUEL_EXTRA_CONVERTERS')
config.add_config('floatX', str, default=floatX_of_theano,
                  env_var='FUEL_FLOATX')
config.load_yaml()
