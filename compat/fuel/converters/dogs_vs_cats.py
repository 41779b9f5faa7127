"""Dogs vs. Cats: photographs, JPEG files in ZIP archives."""
import os
import zipfile

import numpy
from fuel.converters.base import check_exists, progress_bar
from fuel.converters.output import (
    LABEL_AXES,
    VariableLengthSource,
    hdf5_output,
    label_axes,
)
from fuel.converters.raw import (
    channels_first,
    number_in_name,
    read_image,
    reading,
    wrong_file,
)
from fuel.datasets import H5PYDataset

TRAIN = 'dogs_vs_cats.train.zip'
TEST = 'dogs_vs_cats.test1.zip'
NUM_TRAIN = 25000
NUM_TEST = 12500

#: The seed for shuffling the training examples, as in Fuel.
SEED = 123522


@check_exists(required_files=[TRAIN, TEST])
def convert_dogs_vs_cats(directory, output_directory,
                         output_filename='dogs_vs_cats.hdf5'):
    """Make the file that :class:`fuel.datasets.DogsVsCats` reads.

    Parameters
    ----------
    directory : str
        The folder of the raw files, ``dogs_vs_cats.train.zip`` and
        ``dogs_vs_cats.test1.zip``, which Kaggle calls ``train.zip`` and
        ``test1.zip``.
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
    The training examples are shuffled, always in the same way; the test
    examples are in the order of their numbers. Cats are 0, dogs 1.

    """
    total = NUM_TRAIN + NUM_TEST
    with hdf5_output(output_directory, output_filename) as h5file, \
            progress_bar('images', total) as bar:
        images = VariableLengthSource(
            h5file, 'image_features', total, ('channel', 'height', 'width'))
        targets = h5file.create_dataset('targets', (NUM_TRAIN, 1),
                                        dtype='uint8')
        label_axes(targets, LABEL_AXES)
        path = os.path.join(directory, TRAIN)
        for i, (member, image) in enumerate(
                _images(path, NUM_TRAIN, _shuffled)):
            images[i] = channels_first(image)
            targets[i] = _label(f"{member} in {path}", member)
            bar.update(i + 1)
        path = os.path.join(directory, TEST)
        for i, (_, image) in enumerate(
                _images(path, NUM_TEST, _by_number), NUM_TRAIN):
            images[i] = channels_first(image)
            bar.update(i + 1)
        h5file.attrs['split'] = H5PYDataset.create_split_array({
            'train': {'image_features': (0, NUM_TRAIN),
                      'targets': (0, NUM_TRAIN)},
            'test': {'image_features': (NUM_TRAIN, total)}})
    return (os.path.join(output_directory, output_filename),)


def fill_subparser(subparser):
    """Return the converter of ``fuel-convert dogs_vs_cats``."""
    return convert_dogs_vs_cats


def _images(path, number, in_order):
    """Yield the names and the images in an archive."""
    with reading(path, "a ZIP archive"):
        archive = zipfile.ZipFile(path)
    with archive:
        members = [name for name in archive.namelist()
                   if not name.endswith('/')]
        if len(members) != number:
            raise wrong_file(path, f"{number} images", len(members))
        for member in in_order(members):
            with reading(path, f"a complete member {member}"):
                content = archive.read(member)
            yield member, read_image(f"{member} in {path}", content)


def _shuffled(members):
    numpy.random.RandomState(SEED).shuffle(members)
    return members


def _by_number(members):
    return sorted(members, key=lambda name: number_in_name(name) or 0)


def _label(name, member):
    for label, animal in enumerate(('cat', 'dog')):
        if os.path.basename(member).startswith(animal):
            return label
    raise wrong_file(name, "a name that begins with cat or dog",
                     os.path.basename(member))
