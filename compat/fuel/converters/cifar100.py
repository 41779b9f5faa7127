"""CIFAR-100: small photographs of a hundred kinds of objects."""
import os

from fuel.converters.base import check_exists
from fuel.converters.cifar import convert_batches

DISTRIBUTION_FILE = 'cifar-100-python.tar.gz'


@check_exists(required_files=[DISTRIBUTION_FILE])
def convert_cifar100(directory, output_directory,
                     output_filename='cifar100.hdf5'):
    """Make the file that :class:`fuel.datasets.CIFAR100` reads.

    Parameters
    ----------
    directory : str
        The folder of the raw file, ``cifar-100-python.tar.gz``.
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
    folder = 'cifar-100-python'
    return convert_batches(
        os.path.join(directory, DISTRIBUTION_FILE), output_directory,
        output_filename,
        {'train': [f'{folder}/train'], 'test': [f'{folder}/test']},
        {'coarse_labels': ('coarse_labels', 20),
         'fine_labels': ('fine_labels', 100)})


def fill_subparser(subparser):
    """Return the converter of ``fuel-convert cifar100``."""
    return convert_cifar100
