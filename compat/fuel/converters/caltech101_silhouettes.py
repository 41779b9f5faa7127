"""CalTech 101 Silhouettes: outlines of objects, in a MATLAB file."""
import os

from fuel.converters.base import require_files
from fuel.converters.output import IMAGE_AXES, LABEL_AXES, write_splits
from fuel.converters.raw import check_labels, load_variables

INPUT_FILE = 'caltech101_silhouettes_{}_split1.mat'

#: The names of the splits in the MATLAB file.
SPLITS = {'train': 'train', 'valid': 'val', 'test': 'test'}


def convert_silhouettes(size, directory, output_directory,
                        output_filename=None):
    """Make the file `fuel.datasets.CalTech101Silhouettes` reads.

    Parameters
    ----------
    size : {16, 28}
        Height and width of the images.
    directory : str
        The folder of the raw file, for example
        ``caltech101_silhouettes_28_split1.mat``.
    output_directory : str
        The folder for the file.
    output_filename : str, optional
        Its name, by default for example ``caltech101_silhouettes28.hdf5``.

    Returns
    -------
    tuple of str
        The path of the file.

    Raises
    ------
    MissingInputFiles
        If the raw file is missing.
    ValueError
        If the size is not available, or the raw file is invalid.

    """
    if size not in (16, 28):
        raise ValueError("convert_silhouettes: size must be 16 or 28, got "
                         f"{size!r}")
    name = INPUT_FILE.format(size)
    images, labels = _read(directory, name, size)
    data = []
    for split, features, targets in zip(SPLITS, images, labels):
        data += [(split, 'features', features), (split, 'targets', targets)]
    return write_splits(
        output_directory,
        output_filename or f'caltech101_silhouettes{size}.hdf5', data,
        {'features': IMAGE_AXES, 'targets': LABEL_AXES})


def fill_subparser(subparser):
    """Add the arguments of the command; return the converter."""
    subparser.add_argument('size', type=int, choices=(16, 28),
                           help="height and width of the images")
    return convert_silhouettes


def _read(directory, name, size):
    """Return the images and the labels of each split."""
    require_files(directory, [name])
    path = os.path.join(directory, name)
    arrays = load_variables(path, {
        **{f'{key}_data': (None, size * size) for key in SPLITS.values()},
        **{f'{key}_labels': (None, 1) for key in SPLITS.values()}})
    images = [array.reshape(-1, 1, size, size) for array in arrays[:3]]
    return images, [
        check_labels(f"{key}_labels in {path}", array, len(features),
                     range(102))
        for key, array, features in zip(SPLITS.values(), arrays[3:],
                                        images)]
