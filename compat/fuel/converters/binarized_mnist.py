"""Binarized MNIST: handwritten digits in black and white, as text."""
import os

from fuel.converters.base import check_exists
from fuel.converters.output import IMAGE_AXES, write_splits
from fuel.converters.raw import load_table, wrong_file

TRAIN_FILE = 'binarized_mnist_train.amat'
VALID_FILE = 'binarized_mnist_valid.amat'
TEST_FILE = 'binarized_mnist_test.amat'
ALL_FILES = [TRAIN_FILE, VALID_FILE, TEST_FILE]


@check_exists(required_files=ALL_FILES)
def convert_binarized_mnist(directory, output_directory,
                            output_filename='binarized_mnist.hdf5'):
    """Make the file that :class:`fuel.datasets.BinarizedMNIST` reads.

    Parameters
    ----------
    directory : str
        The folder of the raw files, ``binarized_mnist_train.amat``,
        ``binarized_mnist_valid.amat`` and ``binarized_mnist_test.amat``,
        with an image of 784 zeros and ones in each line.
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
        If a raw file is missing.
    ValueError
        If a raw file is invalid.

    """
    data = [(split, 'features', _read(os.path.join(directory, name)))
            for split, name in zip(('train', 'valid', 'test'), ALL_FILES)]
    return write_splits(output_directory, output_filename, data,
                        {'features': IMAGE_AXES})


def fill_subparser(subparser):
    """Return the converter of ``fuel-convert binarized_mnist``."""
    return convert_binarized_mnist


def _read(path):
    expected = "lines of 784 zeros and ones"
    values = load_table(path, expected, 'float32', ndmin=2)
    if values.shape[1] != 784:
        raise wrong_file(path, expected, f"{values.shape[1]} values")
    pixels = values.astype('uint8')
    if not ((pixels == values) & (pixels < 2)).all():
        raise wrong_file(path, expected, "other values")
    return pixels.reshape(-1, 1, 28, 28)
