"""CIFAR-10: small photographs of ten kinds of objects."""
import os

from fuel.converters.base import check_exists
from fuel.converters.cifar import convert_batches

DISTRIBUTION_FILE = 'cifar-10-python.tar.gz'


@check_exists(required_files=[DISTRIBUTION_FILE])
def convert_cifar10(directory, output_directory,
                    output_filename='cifar10.hdf5'):
    """Make the file that :class:`fuel.datasets.CIFAR10` reads.

    Parameters
    ----------
    directory : str
        The folder of the raw file, ``cifar-10-python.tar.gz``.
    output_directory : str
        The folder for the file.
    output_filename : str, optional
        Its name.

    Returns
    -------
    tuple of str
        The path of the file.

    Raises
    ------
    MissingInputFiles
        If the raw file is missing.
    ValueError
        If the raw file is invalid.

    """
    folder = 'cifar-10-batches-py'
    return convert_batches(
        os.path.join(directory, DISTRIBUTION_FILE), output_directory,
        output_filename,
        {'train': [f'{folder}/data_batch_{i}' for i in range(1, 6)],
         'test': [f'{folder}/test_batch']},
        {'targets': ('labels', 10)})


def fill_subparser(subparser):
    """Return the converter of ``fuel-convert cifar10``."""
    return convert_cifar10
