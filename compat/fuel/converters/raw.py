"""Reading raw files, with errors that name the file and what was expected.

Raw files come from the internet and may be truncated, wrong, or malicious.
The libraries that parse them raise many kinds of errors, which are converted
here to a `ValueError` with the name of the file.

"""
import contextlib
import io
import os
import re
import warnings

import numpy
from PIL import Image
from scipy.io import loadmat


class RawFileError(ValueError):
    """A raw file is not what its converter expects."""


def wrong_file(name, expected, found):
    """Return the error for a file with the wrong content.

    Parameters
    ----------
    name : str
        The file and the position in it.
    expected : str
        The expected value.
    found : object
        The actual value.

    Returns
    -------
    RawFileError

    """
    return RawFileError(f"{name}: expected {expected}, got {found}")


@contextlib.contextmanager
def reading(name, expected):
    """Convert any error in a ``with`` block to an error about a file.

    Parameters
    ----------
    name : str
        The file that the block parses.
    expected : str
        The expected value.

    Raises
    ------
    RawFileError
        If the block raises an error, unless it is already such an error or
        comes from the operating system, e.g. a lack of permission.

    """
    try:
        yield
    except RawFileError:
        raise
    except Exception as error:
        # Errors of the operating system have a number; those of Pillow,
        # gzip and h5py do not, although they are also instances of OSError.
        if isinstance(error, MemoryError) or getattr(error, 'errno', None):
            raise
        problem = f"{type(error).__name__}: {error}".rstrip(': ')
        raise wrong_file(name, expected, problem) from error


def check_labels(name, labels, number, classes):
    """Return labels as a column of bytes.

    Parameters
    ----------
    name : str
        The file and the position in it.
    labels : array_like
        Whole numbers, one per example.
    number : int
        Number of examples.
    classes : range
        The possible labels.

    Returns
    -------
    numpy.ndarray
        Of shape (number, 1) and dtype ``uint8``.

    """
    expected = (f"{number} labels, one per example, from {classes[0]} to "
                f"{classes[-1]}")
    labels = numpy.asarray(labels)
    if labels.size != number:
        raise wrong_file(name, expected, f"{labels.size} labels")
    strange = labels[~numpy.isin(labels, classes)]
    if strange.size:
        raise wrong_file(name, expected, strange[0])
    return labels.reshape(number, 1).astype('uint8')


def load_variables(path, shapes):
    """Read arrays from a MATLAB file.

    Parameters
    ----------
    path : str
        The file.
    shapes : dict of tuple
        The shape of each variable, with `None` for any length.

    Returns
    -------
    list of numpy.ndarray
        The variables, in the order of `shapes`.

    """
    with reading(path, "a MATLAB file"), open(path, 'rb') as file_:
        content = loadmat(file_, variable_names=list(shapes))
    for name, shape in shapes.items():
        expected = f"a variable {name!r} of shape {shape}"
        if name not in content:
            raise wrong_file(path, expected, "no such variable")
        found = content[name].shape
        if len(found) != len(shape) or any(
                length not in (None, actual)
                for length, actual in zip(shape, found)):
            raise wrong_file(path, expected, f"the shape {found}")
    return [content[name] for name in shapes]


def load_table(source, expected, dtype, **kwargs):
    """Read a text file of numbers.

    Parameters
    ----------
    source : str or file object
        The file.
    expected : str
        The expected value.
    dtype : str
        The dtype of the numbers.
    **kwargs
        Passed on to :func:`numpy.loadtxt`.

    Returns
    -------
    numpy.ndarray

    """
    with reading(name_of(source), expected), warnings.catch_warnings():
        # NumPy only warns about an empty file.
        warnings.simplefilter('error', UserWarning)
        return numpy.loadtxt(source, dtype=dtype, **kwargs)


def read_image(name, content, shape=(None, None)):
    """Decode an image of three colours.

    Parameters
    ----------
    name : str
        The archive and the position in it.
    content : bytes
        The image, e.g. a JPEG file.
    shape : tuple, optional
        Its height and width, with `None` for any.

    Returns
    -------
    PIL.Image.Image
        With the pixels loaded.

    """
    height, width = shape
    expected = "an image of three colours" + (
        f", {height} pixels high and {width} wide" if height else "")
    with reading(name, expected):
        image = Image.open(io.BytesIO(content))
        image.load()
    if image.mode != 'RGB' or height and image.size != (width, height):
        raise wrong_file(name, expected, f"mode {image.mode}, {image.height} "
                         f"pixels high and {image.width} wide")
    return image


def channels_first(image):
    """Return the pixels of an image as (channel, height, width)."""
    return numpy.asarray(image).transpose(2, 0, 1)


def number_in_name(name):
    """Return the last whole number in the name of a file, or `None`."""
    digits = re.findall(r'\d+', os.path.basename(name))
    return int(digits[-1]) if digits else None


def name_of(source):
    """Return the name of a path or a file object for messages."""
    return source if isinstance(source, str) else str(
        getattr(source, 'name', type(source).__name__))
