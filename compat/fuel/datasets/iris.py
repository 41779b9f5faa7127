"""Iris: measurements of flowers."""
from fuel.datasets.published import PublishedDataset


class Iris(PublishedDataset):
    """Fisher's measurements of three species of iris.

    Sources ``features``, of shape (4,), in centimetres, and ``targets``,
    of shape (1,).

    Parameters
    ----------
    which_sets : tuple of str
        ``'all'`` (150 examples).
    **kwargs
        Passed on to :class:`~fuel.datasets.H5PYDataset`.

    References
    ----------
    R. A. Fisher: The Use of Multiple Measurements in Taxonomic Problems.
    Annals of Eugenics 7, 1936.

    """

    filename = 'iris.hdf5'
    conversion = 'iris'
