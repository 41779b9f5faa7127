"""ImageNet: the photographs of two competitions.

O. Russakovsky et al.: ImageNet Large Scale Visual Recognition Challenge.
IJCV, 2015.

"""
from fuel.datasets.published import PublishedDataset
from fuel.transformers.defaults import rgb_images_from_encoded_bytes


class _ILSVRC(PublishedDataset):
    """A competition: JPEG files that the default transformers decode."""

    fits_in_memory = False
    default_transformers = rgb_images_from_encoded_bytes(('encoded_images',))


class ILSVRC2010(_ILSVRC):
    """Photographs of a thousand kinds of objects, of different sizes.

    Sources ``encoded_images``, JPEG files that the default transformers
    decode to shape (3, height, width), ``filenames`` and ``targets``, both
    of shape (1,).

    Parameters
    ----------
    which_sets : tuple of str
        ``'train'`` (1,261,406 examples), ``'valid'`` (50,000), ``'test'``
        (150,000).
    **kwargs
        Passed on to :class:`~fuel.datasets.H5PYDataset`.

    """

    filename = 'ilsvrc2010.hdf5'
    conversion = 'ilsvrc2010'


class ILSVRC2012(_ILSVRC):
    """Photographs of a thousand kinds of objects, of different sizes.

    The sources are those of :class:`ILSVRC2010`, but the test examples have
    no ``targets``.

    Parameters
    ----------
    which_sets : tuple of str
        ``'train'`` (1,281,167 examples), ``'valid'`` (50,000), ``'test'``
        (100,000).
    **kwargs
        Passed on to :class:`~fuel.datasets.H5PYDataset`.

    """

    filename = 'ilsvrc2012.hdf5'
    conversion = 'ilsvrc2012'
