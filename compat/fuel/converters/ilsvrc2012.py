"""ImageNet's competition of 2012."""
import os

from fuel import config
from fuel.converters.base import check_exists
from fuel.converters.ilsvrc_devkit import (
    number_classes,
    read_groundtruth,
    read_member,
    read_synsets,
)
from fuel.converters.ilsvrc_images import (
    add_shuffle_seed,
    create_datasets,
    other_images,
    training_images,
    write_images,
)
from fuel.converters.output import hdf5_output
from fuel.converters.raw import name_of, reading
from fuel.utils.formats import tar_open

DEVKIT_ARCHIVE = 'ILSVRC2012_devkit_t12.tar.gz'
DEVKIT_META_PATH = 'ILSVRC2012_devkit_t12/data/meta.mat'
DEVKIT_VALID_GROUNDTRUTH_PATH = (
    'ILSVRC2012_devkit_t12/data/ILSVRC2012_validation_ground_truth.txt')
TRAIN_IMAGES_TAR = 'ILSVRC2012_img_train.tar'
VALID_IMAGES_TAR = 'ILSVRC2012_img_val.tar'
TEST_IMAGES_TAR = 'ILSVRC2012_img_test.tar'
IMAGE_TARS = (TRAIN_IMAGES_TAR, VALID_IMAGES_TAR, TEST_IMAGES_TAR)
ALL_FILES = (DEVKIT_ARCHIVE,) + IMAGE_TARS

ID_FIELD = 'ILSVRC2012_ID'


@check_exists(required_files=ALL_FILES)
def convert_ilsvrc2012(directory, output_directory,
                       output_filename='ilsvrc2012.hdf5',
                       shuffle_seed=config.default_seed):
    """Make the file that :class:`fuel.datasets.ILSVRC2012` reads.

    Parameters
    ----------
    directory : str
        The folder of the raw files, see `ALL_FILES`.
    output_directory : str
        The folder for the file.
    output_filename : str, optional
        Its name.
    shuffle_seed : int, optional
        The seed for shuffling the training examples, which are stored class by
        class; ``fuel.config.default_seed`` by default.

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
    train, valid, test = (os.path.join(directory, name)
                          for name in IMAGE_TARS)
    num_train, valid_labels, num_test, classes = prepare_metadata(
        os.path.join(directory, DEVKIT_ARCHIVE), test)
    with hdf5_output(output_directory, output_filename) as h5file:
        prepare_hdf5_file(h5file, num_train, len(valid_labels), num_test)
        write_images(h5file, training_images(train, {}, classes), num_train,
                     shuffle_seed, origin=train)
        write_images(h5file, other_images(valid, {}, valid_labels),
                     len(valid_labels), offset=num_train, origin=valid)
        write_images(h5file, other_images(test, {}, [None] * num_test),
                     num_test, offset=num_train + len(valid_labels),
                     origin=test)
    return (os.path.join(output_directory, output_filename),)


def fill_subparser(subparser):
    """Add the option of ``fuel-convert ilsvrc2012``; return the converter."""
    add_shuffle_seed(subparser)
    return convert_ilsvrc2012


def prepare_metadata(devkit_archive, test_archive=None):
    """Read the numbers of examples and their classes.

    Parameters
    ----------
    devkit_archive : str
        The development kit.
    test_archive : str, optional
        The test images, which are counted. By default the archive
        `TEST_IMAGES_TAR` in the folder of the development kit.

    Returns
    -------
    num_train : int
        Number of training examples.
    valid_labels : list of int
        The classes of the validation examples, counted from zero.
    num_test : int
        Number of test examples.
    classes : dict of int
        The number of each class by name, counted from zero.

    """
    synsets, valid = read_devkit(devkit_archive)
    classes, valid = number_classes(
        synsets, ID_FIELD, [(name_of(devkit_archive), valid)])
    if test_archive is None:
        test_archive = os.path.join(os.path.dirname(devkit_archive),
                                    TEST_IMAGES_TAR)
    with reading(test_archive, "a tar archive"):
        with tar_open(test_archive) as tar:
            num_test = sum(member.isfile() for member in tar)
    return int(synsets['num_train_images'].sum()), valid, num_test, classes


def prepare_hdf5_file(hdf5_file, n_train, n_valid, n_test):
    """Create the datasets ``encoded_images``, ``targets``, ``filenames``.

    Parameters
    ----------
    hdf5_file : h5py.File
        A file open for writing.
    n_train, n_valid, n_test : int
        Number of examples in each split; the test examples have no target.

    """
    create_datasets(hdf5_file, {'train': n_train, 'valid': n_valid,
                                'test': n_test}, unlabelled=('test',))


def read_devkit(f):
    """Read the development kit.

    Parameters
    ----------
    f : str or file object
        The archive.

    Returns
    -------
    synsets : numpy.ndarray
        See :func:`read_metadata_mat_file`.
    valid_groundtruth : numpy.ndarray
        The number of the class of each validation image, of dtype
        ``int16``.

    """
    with reading(name_of(f), "a tar archive"):
        with tar_open(f) as tar:
            return read_metadata_mat_file(
                read_member(tar, DEVKIT_META_PATH)), read_groundtruth(
                    read_member(tar, DEVKIT_VALID_GROUNDTRUTH_PATH))


def read_metadata_mat_file(meta_mat):
    """Read the table of classes.

    Parameters
    ----------
    meta_mat : str or file object
        The file ``meta.mat``.

    Returns
    -------
    numpy.ndarray
        See :func:`fuel.converters.ilsvrc_devkit.read_synsets`.

    """
    return read_synsets(meta_mat, ID_FIELD)[0]
