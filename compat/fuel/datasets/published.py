"""Base class of the published datasets: a file with a known name.

Each has its own module, as in Fuel, and reads the file that ``fuel-convert``
creates from the published files.

"""
from fuel.datasets.hdf5 import H5PYDataset
from fuel.exceptions import ConfigurationError
from fuel.utils import find_in_data_path


class PublishedDataset(H5PYDataset):
    """A dataset in a file with a fixed name.

    Parameters
    ----------
    which_sets : tuple of str
        The splits to use.
    **kwargs
        Passed on to :class:`~fuel.datasets.H5PYDataset`.

    Attributes
    ----------
    filename : str
        The file to search for in ``fuel.config.data_path``.
    conversion : str
        The arguments of ``fuel-convert`` that create the file.

    Raises
    ------
    OSError
        If no folder of the data path contains the file.
    fuel.exceptions.ConfigurationError
        If no data path is set.

    """

    filename = None
    conversion = None
    fits_in_memory = True

    def __init__(self, which_sets, **kwargs):
        kwargs.setdefault('load_in_memory', self.fits_in_memory)
        super().__init__(self._find(), which_sets, **kwargs)

    def _find(self):
        try:
            return find_in_data_path(self.filename)
        except (OSError, ConfigurationError) as error:
            raise type(error)(
                f"{type(self).__name__} reads {self.filename}: {error}; "
                f"`fuel-convert {self.conversion}` creates the file from the "
                "published data") from None


class DatasetWithFormats(PublishedDataset):
    """A published dataset with several files.

    Parameters
    ----------
    which_format : object
        The format of the file to use.
    which_sets : tuple of str
        The splits to use.
    **kwargs
        Passed on to :class:`~fuel.datasets.H5PYDataset`.

    Attributes
    ----------
    formats : tuple
        The available formats.

    Raises
    ------
    ValueError
        If the format is unknown.

    """

    formats = ()
    fits_in_memory = False

    def __init__(self, which_format, which_sets, **kwargs):
        if str(which_format) not in map(str, self.formats):
            raise ValueError(
                f"{type(self).__name__}: which_format must be one of "
                f"{', '.join(map(repr, self.formats))}, got "
                f"{which_format!r}")
        self.which_format = which_format
        super().__init__(which_sets, **kwargs)
