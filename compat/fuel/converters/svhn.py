"""SVHN: house numbers from photographs of streets, in two formats."""
import os

from fuel.converters.base import check_exists
from fuel.converters.house_numbers import write_house_numbers
from fuel.converters.output import (
    IMAGE_AXES,
    LABEL_AXES,
    hdf5_output,
    write_splits,
)
from fuel.converters.raw import check_labels, load_variables, wrong_file

SPLITS = ('train', 'test', 'extra')
FORMAT_1_FILES = [f'{split}.tar.gz' for split in SPLITS]
FORMAT_2_FILES = [f'{split}_32x32.mat' for split in SPLITS]


@check_exists(required_files=FORMAT_1_FILES)
def convert_svhn_format_1(directory, output_directory,
                          output_filename='svhn_format_1.hdf5'):
    """Make the file of whole house numbers.

    Parameters
    ----------
    directory : str
        The folder of the raw files, ``train.tar.gz``, ``test.tar.gz`` and
        ``extra.tar.gz``.
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
    with hdf5_output(output_directory, output_filename) as h5file:
        write_house_numbers(h5file, {
            split: os.path.join(directory, name)
            for split, name in zip(SPLITS, FORMAT_1_FILES)})
    return (os.path.join(output_directory, output_filename),)


@check_exists(required_files=FORMAT_2_FILES)
def convert_svhn_format_2(directory, output_directory,
                          output_filename='svhn_format_2.hdf5'):
    """Make the file of single digits.

    Parameters
    ----------
    directory : str
        The folder of the raw files, ``train_32x32.mat``,
        ``test_32x32.mat`` and ``extra_32x32.mat``.
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
    data = []
    for split, name in zip(SPLITS, FORMAT_2_FILES):
        path = os.path.join(directory, name)
        images, labels = load_variables(
            path, {'X': (32, 32, 3, None), 'y': (None, 1)})
        if images.dtype != 'uint8':
            raise wrong_file(path, "images of dtype uint8", images.dtype)
        # Ten represents the digit 0.
        labels = check_labels(path, labels, images.shape[3],
                              range(1, 11)) % 10
        data += [(split, 'features', images.transpose(3, 2, 0, 1)),
                 (split, 'targets', labels)]
    return write_splits(output_directory, output_filename, data,
                        {'features': IMAGE_AXES, 'targets': LABEL_AXES})


def convert_svhn(which_format, directory, output_directory,
                 output_filename=None):
    """Make the file that :class:`fuel.datasets.SVHN` reads.

    Parameters
    ----------
    which_format : {1, 2}
        Whole numbers or single digits.
    directory, output_directory, output_filename : str
        As for :func:`convert_svhn_format_1` and
        :func:`convert_svhn_format_2`.

    Returns
    -------
    tuple of str
        The path of the file.

    """
    if which_format not in (1, 2):
        raise ValueError("convert_svhn: which_format must be 1 or 2, got "
                         f"{which_format!r}")
    convert = (convert_svhn_format_1 if which_format == 1
               else convert_svhn_format_2)
    return convert(directory, output_directory,
                   output_filename or f'svhn_format_{which_format}.hdf5')


def fill_subparser(subparser):
    """Add the argument of ``fuel-convert svhn``; return the converter."""
    subparser.add_argument('which_format', type=int, choices=(1, 2),
                           help="1: whole numbers, 2: single digits")
    return convert_svhn
