"""Adult: census data of 1994, as text."""
import os

import numpy
from fuel.converters.base import check_exists
from fuel.converters.output import LABEL_AXES, write_splits
from fuel.converters.raw import wrong_file

TRAIN_FILE = 'adult.data'
TEST_FILE = 'adult.test'

#: The columns, and whether they hold numbers.
COLUMNS = {
    'age': True, 'workclass': False, 'fnlwgt': True, 'education': False,
    'education-num': True, 'marital-status': False, 'occupation': False,
    'relationship': False, 'race': False, 'sex': False,
    'capital-gain': True, 'capital-loss': True, 'hours-per-week': True,
    'native-country': False}


@check_exists(required_files=[TRAIN_FILE, TEST_FILE])
def convert_adult(directory, output_directory, output_filename='adult.hdf5'):
    """Make the file that :class:`fuel.datasets.Adult` reads.

    Parameters
    ----------
    directory : str
        The folder of the raw files, ``adult.data`` and ``adult.test``.
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

    Notes
    -----
    People with unknown values are omitted. A column of words becomes one
    column of zeros and ones per word, in alphabetical order, the same for
    both splits.

    """
    tables = {split: _read(os.path.join(directory, name))
              for split, name in [('train', TRAIN_FILE), ('test', TEST_FILE)]}
    vocabularies = [
        None if is_number else numpy.unique(
            [row[column] for rows in tables.values() for row in rows])
        for column, is_number in enumerate(COLUMNS.values())]
    data = []
    for split, rows in tables.items():
        *columns, targets = zip(*rows)
        data += [
            (split, 'features', numpy.column_stack([
                _encode(*pair) for pair in zip(columns, vocabularies)])),
            (split, 'targets', numpy.array(targets)[:, numpy.newaxis])]
    return write_splits(output_directory, output_filename, data,
                        {'features': ('batch', 'feature'),
                         'targets': LABEL_AXES})


def fill_subparser(subparser):
    """Return the converter of ``fuel-convert adult``."""
    return convert_adult


def _read(path):
    """Return rows of numbers and words, ending with whether income is high."""
    rows = []
    with open(path, encoding='utf8', errors='replace') as file_:
        for number, line in enumerate(file_, 1):
            # The test file begins with a comment after a bar.
            fields = [field.strip() for field in line.split(',')]
            if line.strip() and line[0] != '|' and '?' not in fields:
                rows.append(_parse(f"line {number} of {path}", fields))
    if not rows:
        raise wrong_file(path, "a line per person", "none")
    return rows


def _parse(name, fields):
    *fields, income = fields
    # Lines of the test file end with a dot.
    classes = {'<=50K': False, '>50K': True}
    try:
        row = [float(field) if is_number else field for field, is_number in
               zip(fields, COLUMNS.values(), strict=True)]
        return row + [classes[income.rstrip('.')]]
    except (KeyError, ValueError):
        raise wrong_file(
            name, f"{len(COLUMNS)} fields and '<=50K' or '>50K', with commas "
            "between them", repr(', '.join([*fields, income])[:80])) from None


def _encode(column, vocabulary):
    if vocabulary is None:
        return numpy.array(column, dtype='float64')
    return (numpy.array(column)[:, numpy.newaxis]
            == vocabulary).astype('float64')
