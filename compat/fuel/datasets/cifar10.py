"""CIFAR-10: small photographs of ten kinds of objects."""
from fuel.datasets.published import PublishedDataset
from fuel.transformers.defaults import uint8_pixels_to_floatX


class CIFAR10(PublishedDataset):
    """Small photographs of ten kinds of objects.

    Sources ``features``, of shape (3, 32, 32), and ``targets``, of shape
    (1,).

    Parameters
    ----------
    which_sets : tuple of str
        ``'train'`` (50,000 examples), ``'test'`` (10,000 examples).
    **kwargs
        Passed on to :class:`~fuel.datasets.H5PYDataset`.

    References
    ----------
    A. Krizhevsky: Learning Multiple Layers of Features from Tiny Images.
    2009.

    """

    filename = 'cifar10.hdf5'
    conversion = 'cifar10'
    default_transformers = uint8_pixels_to_floatX(('features',))
