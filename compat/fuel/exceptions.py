"""Fuel's exceptions."""


class AxisLabelsMismatchError(ValueError):
    """The axes of a source differ from the expected ones."""


class ConfigurationError(Exception):
    """A setting without a default was read before it was set."""


class InvalidMessage(ValueError):
    """A message received from a socket is not a Fuel server's."""


class MissingInputFiles(FileNotFoundError):
    """A converter did not find required files.

    Parameters
    ----------
    message : str
        The message for the user.
    filenames : list of str
        The missing files.

    """

    def __init__(self, message, filenames=()):
        super().__init__(message)
        self.filenames = list(filenames)


class NeedURLPrefix(Exception):
    """A file can only be downloaded from an address that the user knows."""
