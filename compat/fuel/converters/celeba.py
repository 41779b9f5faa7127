"""CelebA: faces of celebrities, JPEG files in a ZIP archive."""
import os
import zipfile

import numpy
from fuel.converters.base import check_exists, progress_bar
from fuel.converters.output import IMAGE_AXES, hdf5_output, label_axes
from fuel.converters.raw import (
    channels_first,
    load_table,
    read_image,
    reading,
    wrong_file,
)
from fuel.datasets import H5PYDataset
from PIL import Image

IMAGE_FILE = 'img_align_celeba.zip'
ATTRIBUTES_FILE = 'list_attr_celeba.txt'
DATASET_FILES = [IMAGE_FILE, ATTRIBUTES_FILE]
NUM_EXAMPLES = 202599
TRAIN_STOP = 162770
VALID_STOP = 182637
NUM_ATTRIBUTES = 40

#: Height and width of the images in the archive.
SHAPE = (218, 178)


@check_exists(required_files=DATASET_FILES)
def convert_celeba_aligned_cropped(
        directory, output_directory,
        output_filename='celeba_aligned_cropped.hdf5'):
    """Make the file of CelebA with images of 218 by 178 pixels.

    Parameters
    ----------
    directory : str
        The folder of the raw files, ``img_align_celeba.zip`` and
        ``list_attr_celeba.txt``.
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
    return _convert(directory, output_directory, output_filename, SHAPE,
                    lambda image: image)


@check_exists(required_files=DATASET_FILES)
def convert_celeba_64(directory, output_directory,
                      output_filename='celeba_64.hdf5'):
    """Make the file of CelebA with images of 64 by 64 pixels.

    Images are reduced to a width of 64, and their middle part is kept.
    Arguments and errors are those of
    :func:`convert_celeba_aligned_cropped`.

    """
    return _convert(directory, output_directory, output_filename, (64, 64),
                    _reduce)


def convert_celeba(which_format, directory, output_directory,
                   output_filename=None):
    """Make the file that :class:`fuel.datasets.CelebA` reads.

    Parameters
    ----------
    which_format : {'aligned_cropped', '64'}
        Images of 218 by 178 pixels, or of 64 by 64.
    directory, output_directory, output_filename : str
        As for :func:`convert_celeba_aligned_cropped`.

    Returns
    -------
    tuple of str
        The path of the file.

    """
    if which_format not in ('aligned_cropped', '64'):
        raise ValueError("convert_celeba: which_format must be "
                         f"'aligned_cropped' or '64', got {which_format!r}")
    convert = (convert_celeba_64 if which_format == '64'
               else convert_celeba_aligned_cropped)
    return convert(directory, output_directory,
                   output_filename or f'celeba_{which_format}.hdf5')


def fill_subparser(subparser):
    """Add the argument of ``fuel-convert celeba``; return the converter."""
    subparser.add_argument('which_format', choices=('aligned_cropped', '64'),
                           help="the size of images")
    return convert_celeba


def _convert(directory, output_directory, output_filename, shape, change):
    """Make a file of transformed images of a given shape."""
    attributes = _read_attributes(os.path.join(directory, ATTRIBUTES_FILE))
    path = os.path.join(directory, IMAGE_FILE)
    with hdf5_output(output_directory, output_filename) as h5file:
        bounds = {'train': (0, TRAIN_STOP), 'valid': (TRAIN_STOP, VALID_STOP),
                  'test': (VALID_STOP, NUM_EXAMPLES)}
        h5file.attrs['split'] = H5PYDataset.create_split_array({
            split: {'features': interval, 'targets': interval}
            for split, interval in bounds.items()})
        targets = h5file.create_dataset('targets', data=attributes)
        label_axes(targets, ('batch', 'target'))
        features = h5file.create_dataset(
            'features', (NUM_EXAMPLES, 3, *shape), dtype='uint8')
        label_axes(features, IMAGE_AXES)
        with progress_bar('images', NUM_EXAMPLES) as bar:
            for i, image in enumerate(_images(path)):
                features[i] = channels_first(change(image))
                bar.update(i + 1)
    return (os.path.join(output_directory, output_filename),)


def _images(path):
    with reading(path, "a ZIP archive"):
        archive = zipfile.ZipFile(path)
    with archive:
        for number in range(1, NUM_EXAMPLES + 1):
            member = f'img_align_celeba/{number:06d}.jpg'
            with reading(path, f"a complete member {member}"):
                content = archive.read(member)
            yield read_image(f"{member} in {path}", content, SHAPE)


def _reduce(image):
    return image.resize((64, 78), Image.Resampling.LANCZOS).crop(
        (0, 7, 64, 71))


def _read_attributes(path):
    """Return zeros and ones of shape (NUM_EXAMPLES, NUM_ATTRIBUTES)."""
    shape = NUM_EXAMPLES, NUM_ATTRIBUTES
    expected = (f"two lines of heading, then {shape[0]} lines with a name "
                f"and {shape[1]} times 1 or -1")
    values = load_table(path, expected, 'int32', skiprows=2, ndmin=2,
                        usecols=range(1, NUM_ATTRIBUTES + 1))
    if values.shape != shape:
        raise wrong_file(path, expected, f"{len(values)} lines")
    if not (numpy.abs(values) == 1).all():
        raise wrong_file(path, expected, "other values")
    return (values > 0).astype('uint8')
