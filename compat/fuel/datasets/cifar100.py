"""CIFAR-100: small photographs of a hundred kinds of objects."""
from fuel.datasets.published import PublishedDataset
from fuel.transformers.defaults import uint8_pixels_to_floatX


class CIFAR100(PublishedDataset):
    """Small photographs of a hundred kinds of objects, in twenty groups.

    Sources ``coarse_labels``, of shape (1,), ``features``, of shape
    (3, 32, 32), and ``fine_labels``, of shape (1,).

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

    filename = 'cifar100.hdf5'
    conversion = 'cifar100'
    default_transformers = uint8_pixels_to_floatX(('features',))
