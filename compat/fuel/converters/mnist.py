"""MNIST: handwritten digits, published as compressed IDX files.

An IDX file begins with a magic number, whose last byte is the number of
axes, and the length of each axis, all big-endian 32-bit integers. The
values follow.

"""
import gzip
import os
from math import prod

import numpy
from fuel.converters.base import check_exists
from fuel.converters.output import IMAGE_AXES, LABEL_AXES, write_splits
from fuel.converters.raw import check_labels, reading, wrong_file

MNIST_IMAGE_MAGIC = 2051
MNIST_LABEL_MAGIC = 2049

TRAIN_IMAGES = 'train-images-idx3-ubyte.gz'
TRAIN_LABELS = 'train-labels-idx1-ubyte.gz'
TEST_IMAGES = 't10k-images-idx3-ubyte.gz'
TEST_LABELS = 't10k-labels-idx1-ubyte.gz'
ALL_FILES = [TRAIN_IMAGES, TRAIN_LABELS, TEST_IMAGES, TEST_LABELS]

DTYPES = ('float32', 'float64', 'bool')


@check_exists(required_files=ALL_FILES)
def convert_mnist(directory, output_directory, output_filename=None,
                  dtype=None):
    """Make the file that :class:`fuel.datasets.MNIST` reads.

    Parameters
    ----------
    directory : str
        The folder of the raw files, ``train-images-idx3-ubyte.gz``,
        ``train-labels-idx1-ubyte.gz``, ``t10k-images-idx3-ubyte.gz`` and
        ``t10k-labels-idx1-ubyte.gz``.
    output_directory : str
        The folder for the file.
    output_filename : str, optional
        Its name; by default ``mnist.hdf5`` or, with `dtype`, for example
        ``mnist_bool.hdf5``.
    dtype : {'float32', 'float64', 'bool'}, optional
        The dtype of the images, see :func:`read_mnist_images`; ``uint8`` by
        default.

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
    for split, images_file, labels_file in [
            ('train', TRAIN_IMAGES, TRAIN_LABELS),
            ('test', TEST_IMAGES, TEST_LABELS)]:
        images = read_mnist_images(os.path.join(directory, images_file),
                                   dtype)
        path = os.path.join(directory, labels_file)
        labels = check_labels(path, read_mnist_labels(path), len(images),
                              range(10))
        data += [(split, 'features', images), (split, 'targets', labels)]
    if not output_filename:
        output_filename = f'mnist_{dtype}.hdf5' if dtype else 'mnist.hdf5'
    return write_splits(output_directory, output_filename, data,
                        {'features': IMAGE_AXES, 'targets': LABEL_AXES})


def fill_subparser(subparser):
    """Add the options of ``fuel-convert mnist``; return the converter."""
    subparser.add_argument(
        '--dtype', choices=DTYPES,
        help="dtype of the images: bool is thresholded, the others are "
             "scaled to numbers from 0 to 1 (default: unchanged bytes)")
    return convert_mnist


def read_mnist_images(filename, dtype=None):
    """Read the images of an IDX file.

    Parameters
    ----------
    filename : str
        The file, compressed by gzip.
    dtype : {'float32', 'float64', 'bool'}, optional
        Floating point values are scaled to numbers from 0 to 1; booleans are
        True where a pixel is at least 128. ``uint8`` by default.

    Returns
    -------
    numpy.ndarray
        Of shape (number, 1, height, width).

    Raises
    ------
    ValueError
        If `dtype` is not supported, or the file is not a complete IDX file
        of images.

    """
    if dtype and numpy.dtype(dtype).name not in DTYPES:
        raise ValueError("read_mnist_images: dtype must be one of "
                         f"{', '.join(map(repr, DTYPES))}, got {dtype!r}")
    images = _read_idx(filename, MNIST_IMAGE_MAGIC)[:, numpy.newaxis]
    if not dtype:
        return images
    if numpy.dtype(dtype) == bool:
        return images >= 128
    images = images.astype(dtype)
    images /= 255
    return images


def read_mnist_labels(filename):
    """Read the labels of an IDX file.

    Parameters
    ----------
    filename : str
        The file, compressed by gzip.

    Returns
    -------
    numpy.ndarray
        Of shape (number, 1) and dtype ``uint8``.

    Raises
    ------
    ValueError
        If the file is not a complete IDX file of labels.

    """
    return _read_idx(filename, MNIST_LABEL_MAGIC)[:, numpy.newaxis]


def _read_idx(filename, magic):
    """Return the array of bytes in an IDX file."""
    num_axes = magic % 256
    size = 4 * (1 + num_axes)
    with reading(filename, "an IDX file compressed by gzip"):
        with gzip.open(filename) as file_:
            header, content = file_.read(size), file_.read()
    if len(header) < size:
        raise wrong_file(filename, f"a header of {size} bytes", len(header))
    found, *shape = numpy.frombuffer(header, '>i4').tolist()
    if found != magic:
        raise wrong_file(filename, f"the magic number {magic}", found)
    if len(content) != prod(shape):
        raise wrong_file(filename, f"{prod(shape)} bytes for an array of "
                         f"shape {tuple(shape)}", len(content))
    return numpy.frombuffer(content, 'uint8').reshape(shape)
