"""Dogs vs. Cats: photographs of dogs and cats."""
from fuel.datasets.published import PublishedDataset
from fuel.transformers import ScaleAndShift


class DogsVsCats(PublishedDataset):
    """Photographs of dogs and cats, of different sizes.

    Sources ``image_features``, of shape (3, height, width), and
    ``targets``, of shape (1,), 0 for a cat and 1 for a dog; the test
    examples have none.

    Parameters
    ----------
    which_sets : tuple of str
        ``'train'`` (25,000 examples), ``'test'`` (12,500 examples).
    **kwargs
        Passed on to :class:`~fuel.datasets.H5PYDataset`.

    """

    filename = 'dogs_vs_cats.hdf5'
    conversion = 'dogs_vs_cats'
    fits_in_memory = False
    default_transformers = (
        (ScaleAndShift, [1 / 255., 0],
         {'which_sources': ('image_features',)}),)
