"""Exceptions that carry a meaning of their own."""


class AxisLabelsMismatchError(ValueError):
    """The axes of a source are not the ones that were expected."""


class ConfigurationError(Exception):
    """A setting was read that nobody set and that has no default."""


class InvalidMessage(ValueError):
    """A message received from a socket is not one of a Fuel server."""


class MissingInputFiles(FileNotFoundError):
    """A converter didn't find files that it needs.

    Parameters
    ----------
    message : str
        The message for the user.
    filenames : list of str
        The files that are missing.

    """

    def __init__(self, message, filenames=()):
        super().__init__(message)
        self.filenames = list(filenames)


class NeedURLPrefix(Exception):
    """A file can only be fetched from an address that the user knows."""
