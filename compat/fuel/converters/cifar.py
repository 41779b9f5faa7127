"""Archives of pickled batches, as in CIFAR-10 and CIFAR-100."""
import os
import tarfile

import numpy
from fuel.converters.output import IMAGE_AXES, LABEL_AXES, write_splits
from fuel.converters.pickles import load_batch
from fuel.converters.raw import check_labels, reading, wrong_file

SHAPE = (3, 32, 32)


def convert_batches(archive, output_directory, output_filename, batches,
                    labels):
    """Make an HDF5 file of the batches in an archive.

    Parameters
    ----------
    archive : str
        The archive.
    output_directory, output_filename : str
        The folder and the name of the file.
    batches : dict of list of str
        The members of the archive that make up each split.
    labels : dict of tuple
        The key in a batch and the number of classes of each source of
        labels.

    Returns
    -------
    tuple of str
        The path of the file.

    """
    data = []
    with reading(archive, "a tar archive compressed by gzip"):
        with tarfile.open(archive, 'r:gz') as tar:
            for split, members in batches.items():
                parts = [_read_batch(archive, tar, member, labels)
                         for member in members]
                data += [(split, source, numpy.concatenate(arrays))
                         for source, arrays in zip(
                             ('features', *labels), zip(*parts))]
    return write_splits(output_directory, output_filename, data, {
        'features': IMAGE_AXES, **dict.fromkeys(labels, LABEL_AXES)})


def _read_batch(archive, tar, member, labels):
    """Return the images of a batch and each kind of labels."""
    name = f"{os.path.basename(member)} in {archive}"
    try:
        file_ = tar.extractfile(member)
    except KeyError:
        raise wrong_file(archive, f"a member {member}",
                         "none of this name") from None
    images, *columns = load_batch(
        name, file_, ('data', *(key for key, _ in labels.values())))
    if (not isinstance(images, numpy.ndarray) or images.dtype != 'uint8'
            or images.shape not in [(len(images), 3 * 32 * 32),
                                    (len(images), *SHAPE)]):
        found = (f"shape {images.shape} and dtype {images.dtype}"
                 if isinstance(images, numpy.ndarray)
                 else type(images).__name__)
        raise wrong_file(name, "images of shape (3072,) and dtype uint8 as "
                         "'data'", found)
    return images.reshape(-1, *SHAPE), *(
        check_labels(f"{key!r} of {name}", column, len(images),
                     range(classes))
        for column, (key, classes) in zip(columns, labels.values()))
