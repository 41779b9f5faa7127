"""ImageNet's competition of 2010."""
import os

import zmq
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
    extract_patch_images,
    load_from_tar_or_patch,
    other_images,
    training_images,
    write_images,
)
from fuel.converters.output import hdf5_output
from fuel.converters.raw import name_of, reading, wrong_file
from fuel.utils.formats import tar_open

__all__ = ['convert_ilsvrc2010', 'extract_patch_images', 'fill_subparser',
           'image_consumer', 'load_from_tar_or_patch', 'other_set_producer',
           'prepare_hdf5_file', 'prepare_metadata', 'process_other_set',
           'process_train_set', 'read_devkit', 'read_metadata_mat_file',
           'train_set_producer']

DEVKIT_ARCHIVE = 'ILSVRC2010_devkit-1.0.tar.gz'
DEVKIT_META_PATH = 'devkit-1.0/data/meta.mat'
DEVKIT_VALID_GROUNDTRUTH_PATH = (
    'devkit-1.0/data/ILSVRC2010_validation_ground_truth.txt')
PATCH_IMAGES_TAR = 'patch_images.tar'
TEST_GROUNDTRUTH = 'ILSVRC2010_test_ground_truth.txt'
TRAIN_IMAGES_TAR = 'ILSVRC2010_images_train.tar'
VALID_IMAGES_TAR = 'ILSVRC2010_images_val.tar'
TEST_IMAGES_TAR = 'ILSVRC2010_images_test.tar'
IMAGE_TARS = (TRAIN_IMAGES_TAR, VALID_IMAGES_TAR, TEST_IMAGES_TAR,
              PATCH_IMAGES_TAR)
PUBLIC_FILES = (TEST_GROUNDTRUTH, DEVKIT_ARCHIVE)
ALL_FILES = PUBLIC_FILES + IMAGE_TARS

ID_FIELD = 'ILSVRC2010_ID'


@check_exists(required_files=ALL_FILES)
def convert_ilsvrc2010(directory, output_directory,
                       output_filename='ilsvrc2010.hdf5',
                       shuffle_seed=config.default_seed):
    """Make the file that :class:`fuel.datasets.ILSVRC2010` reads.

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
    train, valid, test, patches = (os.path.join(directory, name)
                                   for name in IMAGE_TARS)
    num_train, valid_labels, test_labels, classes = prepare_metadata(
        os.path.join(directory, DEVKIT_ARCHIVE),
        os.path.join(directory, TEST_GROUNDTRUTH))
    with hdf5_output(output_directory, output_filename) as h5file:
        prepare_hdf5_file(h5file, num_train, len(valid_labels),
                          len(test_labels))
        process_train_set(h5file, train, patches, num_train, classes,
                          shuffle_seed)
        process_other_set(h5file, 'valid', valid, patches, valid_labels,
                          num_train)
        process_other_set(h5file, 'test', test, patches, test_labels,
                          num_train + len(valid_labels))
    return (os.path.join(output_directory, output_filename),)


def fill_subparser(subparser):
    """Add the option of ``fuel-convert ilsvrc2010``; return the converter."""
    add_shuffle_seed(subparser)
    return convert_ilsvrc2010


def prepare_metadata(devkit_archive, test_groundtruth_path):
    """Read the numbers of examples and their classes.

    Parameters
    ----------
    devkit_archive, test_groundtruth_path : str or file object
        The development kit, and the numbers of the test classes.

    Returns
    -------
    num_train : int
        Number of training examples.
    valid_labels, test_labels : list of int
        The classes of the other examples, counted from zero.
    classes : dict of int
        The number of each class by name, counted from zero.

    """
    synsets, _, valid = read_devkit(devkit_archive)
    classes, valid, test = number_classes(synsets, ID_FIELD, [
        (name_of(devkit_archive), valid),
        (name_of(test_groundtruth_path),
         read_groundtruth(test_groundtruth_path))])
    return int(synsets['num_train_images'].sum()), valid, test, classes


def prepare_hdf5_file(hdf5_file, n_train, n_valid, n_test):
    """Create the datasets ``encoded_images``, ``targets``, ``filenames``.

    Parameters
    ----------
    hdf5_file : h5py.File
        A file open for writing.
    n_train, n_valid, n_test : int
        Number of examples in each split.

    """
    create_datasets(hdf5_file, {'train': n_train, 'valid': n_valid,
                                'test': n_test})


def process_train_set(hdf5_file, train_archive, patch_archive, n_train,
                      wnid_map, shuffle_seed=None):
    """Write the training examples.

    Parameters
    ----------
    hdf5_file : h5py.File
        The file with the datasets.
    train_archive, patch_archive : str or file object
        The archives of the images and of the patches.
    n_train : int
        Number of examples.
    wnid_map : dict of int
        The number of each class by name.
    shuffle_seed : int, optional
        The seed for shuffling; by default the order of the archive is kept.

    """
    images = training_images(
        train_archive, extract_patch_images(patch_archive, 'train'), wnid_map)
    write_images(hdf5_file, images, n_train, shuffle_seed,
                 origin=train_archive)


def process_other_set(hdf5_file, which_set, image_archive, patch_archive,
                      groundtruth, offset):
    """Write the validation or test examples.

    Parameters
    ----------
    hdf5_file : h5py.File
        The file with the datasets.
    which_set : {'valid', 'test'}
        The split to write.
    image_archive, patch_archive : str or file object
        The archives of the images and of the patches.
    groundtruth : sequence of int
        The number of the class of each image, sorted by its name.
    offset : int
        The row of the first of them in the file.

    """
    images = other_images(
        image_archive, extract_patch_images(patch_archive, which_set),
        groundtruth)
    write_images(hdf5_file, images, len(groundtruth), offset=offset,
                 origin=image_archive)


def train_set_producer(socket, train_archive, patch_archive, wnid_map):
    """Send the training examples through a socket.

    Parameters
    ----------
    socket : zmq.Socket
        A PUSH socket; :func:`image_consumer` serves the other end.
    train_archive, patch_archive, wnid_map
        As for :func:`process_train_set`.

    """
    _send(socket, training_images(
        train_archive, extract_patch_images(patch_archive, 'train'),
        wnid_map))


def other_set_producer(socket, which_set, image_archive, patch_archive,
                       groundtruth):
    """Send the validation or test examples through a socket.

    Parameters
    ----------
    socket : zmq.Socket
        A PUSH socket; :func:`image_consumer` serves the other end.
    which_set, image_archive, patch_archive, groundtruth
        As for :func:`process_other_set`.

    """
    _send(socket, other_images(
        image_archive, extract_patch_images(patch_archive, which_set),
        groundtruth))


def image_consumer(socket, hdf5_file, num_expected, shuffle_seed=None,
                   offset=0):
    """Write the examples received through a socket.

    Parameters
    ----------
    socket : zmq.Socket
        A PULL socket. Messages are unpickled, so accept only trusted
        connections.
    hdf5_file : h5py.File
        The file with the datasets.
    num_expected : int
        The number of examples to wait for.
    shuffle_seed : int, optional
        The seed for shuffling; in order of arrival by default.
    offset : int, optional
        The row of the first of them in the file.

    """
    def received():
        for _ in range(num_expected):
            yield *socket.recv_pyobj(zmq.SNDMORE), socket.recv()
    write_images(hdf5_file, received(), num_expected, shuffle_seed, offset)


def _send(socket, images):
    for name, label, content in images:
        socket.send_pyobj((name, label), zmq.SNDMORE)
        socket.send(content)


def read_devkit(f):
    """Read the development kit.

    Parameters
    ----------
    f : str or file object
        The archive.

    Returns
    -------
    synsets, cost_matrix : numpy.ndarray
        See :func:`read_metadata_mat_file`.
    valid_groundtruth : numpy.ndarray
        The number of the class of each validation image, of dtype
        ``int16``.

    """
    with reading(name_of(f), "a tar archive"):
        with tar_open(f) as tar:
            return (*read_metadata_mat_file(
                read_member(tar, DEVKIT_META_PATH)), read_groundtruth(
                    read_member(tar, DEVKIT_VALID_GROUNDTRUTH_PATH)))


def read_metadata_mat_file(meta_mat):
    """Read the table of classes and the costs of confusing them.

    Parameters
    ----------
    meta_mat : str or file object
        The file ``meta.mat``.

    Returns
    -------
    synsets : numpy.ndarray
        See :func:`fuel.converters.ilsvrc_devkit.read_synsets`.
    cost_matrix : numpy.ndarray
        Of shape (classes, classes) and dtype ``uint8``.

    """
    synsets, content = read_synsets(meta_mat, ID_FIELD)
    if 'cost_matrix' not in content:
        raise wrong_file(name_of(meta_mat), "a variable 'cost_matrix'",
                         "no such variable")
    return synsets, content['cost_matrix']
