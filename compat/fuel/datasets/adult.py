"""Adult: census data of 1994."""
from fuel.datasets.published import PublishedDataset


class Adult(PublishedDataset):
    """Census data that predict whether a person earns over 50,000 dollars.

    Sources ``features``, of shape (104,), and ``targets``, of shape (1,).

    Parameters
    ----------
    which_sets : tuple of str
        ``'train'`` (30,162 examples), ``'test'`` (15,060 examples).
    **kwargs
        Passed on to :class:`~fuel.datasets.H5PYDataset`.

    """

    filename = 'adult.hdf5'
    conversion = 'adult'
