"""Iris: measurements of flowers, as text."""
import os

import numpy
from fuel.converters.base import check_exists
from fuel.converters.output import LABEL_AXES, write_splits
from fuel.converters.raw import wrong_file

INPUT_FILE = 'iris.data'
CLASSES = ('Iris-setosa', 'Iris-versicolor', 'Iris-virginica')


@check_exists(required_files=[INPUT_FILE])
def convert_iris(directory, output_directory, output_filename='iris.hdf5'):
    """Make the file that :class:`fuel.datasets.Iris` reads.

    Parameters
    ----------
    directory : str
        The folder of the raw file, ``iris.data``.
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
    path = os.path.join(directory, INPUT_FILE)
    features, targets = [], []
    with open(path, encoding='utf8', errors='replace') as file_:
        for number, line in enumerate(file_, 1):
            if line.strip():
                *values, name = line.strip().split(',')
                try:
                    features.append([float(value) for value in values])
                    targets.append([CLASSES.index(name)])
                except ValueError:
                    values = ()
                if len(values) != 4:
                    raise wrong_file(
                        f"line {number} of {path}", "four numbers and one "
                        f"of {', '.join(CLASSES)}, with commas between "
                        "them", repr(line[:80]))
    if not features:
        raise wrong_file(path, "a line per flower", "an empty file")
    return write_splits(
        output_directory, output_filename,
        [('all', 'features', numpy.array(features, dtype='float32')),
         ('all', 'targets', numpy.array(targets, dtype='uint8'))],
        {'features': ('batch', 'feature'), 'targets': LABEL_AXES})


def fill_subparser(subparser):
    """Return the converter of ``fuel-convert iris``."""
    return convert_iris
