"""Archives of JPEG files, as in ImageNet's competitions.

The training archive contains an archive of JPEG files for each class, named
after the class. The other two are archives of JPEG files, whose classes,
sorted by the name of the file, are in a text file. Another archive contains
patches, images that replace some of these.

"""
import gzip
import io
import os

import h5py
import numpy
from fuel import config
from fuel.converters.base import progress_bar
from fuel.converters.raw import RawFileError, name_of, reading, wrong_file
from fuel.datasets import H5PYDataset
from fuel.utils.formats import tar_open
from PIL import Image

#: Maximal length of a file name.
NAME_LENGTH = 32

GZIP_MAGIC = b'\x1f\x8b'


def add_shuffle_seed(subparser):
    """Add ``--shuffle-seed`` to the options of ``fuel-convert``."""
    subparser.add_argument(
        '--shuffle-seed', type=int, default=config.default_seed,
        help="seed for the order of the training examples (default: "
             "%(default)s)")


def create_datasets(hdf5_file, numbers, unlabelled=()):
    """Create the datasets of images, labels and names of files.

    Parameters
    ----------
    hdf5_file : h5py.File
        A file open for writing.
    numbers : dict of int
        The number of examples of each split, in the order of the file.
    unlabelled : tuple of str, optional
        The splits without targets; they must be the last ones.

    """
    splits, start, num_labelled = {}, 0, 0
    for split, number in numbers.items():
        stop = start + number
        splits[split] = {'encoded_images': (start, stop),
                         'filenames': (start, stop)}
        if split not in unlabelled:
            splits[split]['targets'] = (start, stop)
            num_labelled = stop
        start = stop
    hdf5_file.attrs['split'] = H5PYDataset.create_split_array(splits)
    hdf5_file.create_dataset('encoded_images', shape=(start,),
                             dtype=h5py.vlen_dtype('uint8'))
    hdf5_file.create_dataset('targets', shape=(num_labelled, 1),
                             dtype=numpy.dtype('int16'))
    hdf5_file.create_dataset('filenames', shape=(start, 1),
                             dtype=f'S{NAME_LENGTH}')


def training_images(archive, patches, classes):
    """Yield the training images, class by class.

    Parameters
    ----------
    archive : str or file object
        The archive of archives.
    patches : dict of bytes
        The replacements of files by name.
    classes : dict of int
        The numbers of classes by name.

    Yields
    ------
    tuple
        The name of the file, the number of its class, and its content.

    Raises
    ------
    ValueError
        If the archive contains anything unexpected, or a patch was not used.

    """
    name = name_of(archive)
    num_patched = 0
    with reading(name, "a tar archive of tar archives"):
        outer = tar_open(archive)
    with outer:
        for member in _files(name, outer):
            inner_name = f"{member.name} in {name}"
            wnid = os.path.basename(member.name).split('.')[0]
            if wnid not in classes:
                raise wrong_file(inner_name, "the name of a class that the "
                                 "development kit lists", wnid)
            with reading(inner_name, "a tar archive"):
                inner = tar_open(outer.extractfile(member))
            with inner:
                for file_, content, patched in _images(inner_name, inner,
                                                       patches):
                    num_patched += patched
                    yield file_, classes[wnid], content
    _check_patches(name, patches, num_patched)


def other_images(archive, patches, groundtruth):
    """Yield the validation or test images, sorted by name.

    Parameters
    ----------
    archive : str or file object
        The archive.
    patches : dict of bytes
        The replacements of files by name.
    groundtruth : sequence
        The number of the class of each image, or `None`.

    Yields
    ------
    tuple
        The name of the file, the number of its class, and its content.

    Raises
    ------
    ValueError
        If the archive contains anything unexpected, or a patch was not used.

    """
    name = name_of(archive)
    num_patched = 0
    with reading(name, "a tar archive"):
        tar = tar_open(archive)
    with tar:
        number = len(_files(name, tar))
        if number != len(groundtruth):
            raise wrong_file(name, f"{len(groundtruth)} images", number)
        for (file_, content, patched), label in zip(
                _images(name, tar, patches), groundtruth):
            num_patched += patched
            yield file_, label, content
    _check_patches(name, patches, num_patched)


def write_images(hdf5_file, images, num_expected, shuffle_seed=None,
                 offset=0, origin='a socket'):
    """Write images to the datasets of :func:`create_datasets`.

    Parameters
    ----------
    hdf5_file : h5py.File
        The file.
    images : iterable of tuple
        The name of each image's file, the number of its class or `None`,
        and its content.
    num_expected : int
        The expected number of images.
    shuffle_seed : int, optional
        The seed for shuffling; the order is kept by default.
    offset : int, optional
        The row of the first of them in the file.
    origin : str or file object, optional
        The source of the images, for messages.

    Raises
    ------
    ValueError
        If their number differs from `num_expected`.

    """
    indices = (range(num_expected) if shuffle_seed is None else
               numpy.random.RandomState(shuffle_seed)
               .permutation(num_expected))
    done = 0
    with progress_bar('images', num_expected) as bar:
        for done, (name, label, content) in enumerate(images, 1):
            if done > num_expected:
                raise wrong_file(name_of(origin), f"{num_expected} images",
                                 "more")
            encoded_name = name.encode('ascii')
            if len(encoded_name) > NAME_LENGTH:
                raise wrong_file(
                    name_of(origin),
                    f"names of at most {NAME_LENGTH} letters", name)
            index = offset + indices[done - 1]
            hdf5_file['filenames'][index] = encoded_name
            hdf5_file['encoded_images'][index] = numpy.frombuffer(
                content, dtype='uint8')
            if label is not None:
                hdf5_file['targets'][index] = label
            bar.update(done)
    if done < num_expected:
        raise wrong_file(name_of(origin), f"{num_expected} images", done)


def extract_patch_images(f, which_set):
    """Read the images that replace others.

    Parameters
    ----------
    f : str or file object
        The archive of patches.
    which_set : {'train', 'valid', 'test'}
        The split they belong to.

    Returns
    -------
    dict of bytes
        The replacements by name, without the folder.

    """
    if which_set not in ('train', 'valid', 'test'):
        raise ValueError("extract_patch_images: which_set must be 'train', "
                         f"'valid' or 'test', got {which_set!r}")
    folder = 'val' if which_set == 'valid' else which_set
    with reading(name_of(f), "a tar archive of JPEG files"):
        with tar_open(f) as tar:
            return {os.path.basename(member.name):
                    tar.extractfile(member).read() for member in tar
                    if member.name.endswith('.JPEG')
                    and member.name.split('/')[-2:-1] == [folder]}


def load_from_tar_or_patch(tar, image_filename, patch_images):
    """Read an image from an archive, or take its replacement.

    Parameters
    ----------
    tar : tarfile.TarFile
        The archive.
    image_filename : str
        The name of the file in the archive.
    patch_images : dict of bytes
        The replacements by name, without the folder.

    Returns
    -------
    content : bytes
        The image, a JPEG file; files in the archive that are also compressed
        by gzip are decompressed.
    patched : bool
        Whether it is a replacement.

    Raises
    ------
    ValueError
        If it is not an image.

    """
    patch = patch_images.get(os.path.basename(image_filename))
    if patch is not None:
        return patch, True
    with reading(image_filename, "an image, or one compressed by gzip"):
        content = tar.extractfile(image_filename).read()
        if content.startswith(GZIP_MAGIC):
            content = gzip.decompress(content)
        with Image.open(io.BytesIO(content)) as image:
            image.load()
    return content, False


def _files(name, tar):
    with reading(name, "a complete tar archive"):
        return [member for member in tar if member.isfile()]


def _images(name, tar, patches):
    """Yield name, content and whether it is patched, sorted by name."""
    for member in sorted(_files(name, tar), key=lambda file_: file_.name):
        try:
            content, patched = load_from_tar_or_patch(tar, member.name,
                                                      patches)
        except RawFileError as error:
            raise RawFileError(f"{name}: {error}") from error
        yield os.path.basename(member.name), content, patched


def _check_patches(name, patches, number):
    if number != len(patches):
        raise wrong_file(name, f"the {len(patches)} images for which there "
                         "are patches", number)
