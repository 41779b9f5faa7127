"""Published datasets, read from HDF5 files in Fuel's data path.

The files are those that Fuel's converters made; neither the files nor the
converters are part of this package.

"""
from fuel.datasets.hdf5 import H5PYDataset
from fuel.transformers import ScaleAndShift
from fuel.transformers.defaults import uint8_pixels_to_floatX
from fuel.utils import find_in_data_path


class _PublishedDataset(H5PYDataset):
    """A dataset whose file is known by its name.

    Parameters
    ----------
    which_sets : tuple of str
        The splits to use.
    **kwargs
        Passed on to :class:`~fuel.datasets.H5PYDataset`.

    """
    filename = None
    fits_in_memory = True

    def __init__(self, which_sets, **kwargs):
        kwargs.setdefault('load_in_memory', self.fits_in_memory)
        super().__init__(find_in_data_path(self.filename), which_sets,
                         **kwargs)


class Adult(_PublishedDataset):
    """Census data: does a person earn more than 50,000 dollars a year?"""
    filename = 'adult.hdf5'


class BinarizedMNIST(_PublishedDataset):
    """Handwritten digits in black and white, as drawn by Larochelle."""
    filename = 'binarized_mnist.hdf5'


class CIFAR10(_PublishedDataset):
    """Small photographs of ten kinds of things."""
    filename = 'cifar10.hdf5'
    default_transformers = uint8_pixels_to_floatX(('features',))


class CIFAR100(_PublishedDataset):
    """Small photographs of a hundred kinds of things."""
    filename = 'cifar100.hdf5'
    default_transformers = uint8_pixels_to_floatX(('features',))


class DogsVsCats(_PublishedDataset):
    """Photographs of dogs and cats, of different sizes."""
    filename = 'dogs_vs_cats.hdf5'
    fits_in_memory = False
    default_transformers = (
        (ScaleAndShift, [1 / 255., 0],
         {'which_sources': ('image_features',)}),)


class Iris(_PublishedDataset):
    """Fisher's measurements of three species of iris."""
    filename = 'iris.hdf5'


class MNIST(_PublishedDataset):
    """Handwritten digits in shades of grey."""
    filename = 'mnist.hdf5'
    default_transformers = uint8_pixels_to_floatX(('features',))


class CalTech101Silhouettes(_PublishedDataset):
    """Silhouettes of 101 kinds of things.

    Parameters
    ----------
    which_sets : tuple of str
        The splits to use.
    size : {16, 28}, optional
        Height and width in pixels. 28 by default.

    """
    def __init__(self, which_sets, size=28, **kwargs):
        if size not in (16, 28):
            raise ValueError("CalTech101Silhouettes: size must be 16 or 28, "
                             f"got {size!r}")
        self.filename = f'caltech101_silhouettes{size}.hdf5'
        super().__init__(which_sets, **kwargs)


class _DatasetWithFormats(_PublishedDataset):
    """A published dataset with several files.

    Parameters
    ----------
    which_format : object
        Which of the files to use.
    which_sets : tuple of str
        The splits to use.

    """
    fits_in_memory = False
    default_transformers = uint8_pixels_to_floatX(('features',))

    def __init__(self, which_format, which_sets, **kwargs):
        self.which_format = which_format
        super().__init__(which_sets, **kwargs)


class CelebA(_DatasetWithFormats):
    """Faces of celebrities; formats ``'aligned_cropped'`` and ``'64'``."""

    @property
    def filename(self):
        return f'celeba_{self.which_format}.hdf5'


class SVHN(_DatasetWithFormats):
    """House numbers from street photographs; formats 1 and 2."""

    @property
    def filename(self):
        return f'svhn_format_{self.which_format}.hdf5'
