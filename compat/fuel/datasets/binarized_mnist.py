"""Binarized MNIST: handwritten digits in black and white."""
from fuel.datasets.published import PublishedDataset


class BinarizedMNIST(PublishedDataset):
    """Handwritten digits in black and white, without labels.

    Source ``features``, of shape (1, 28, 28), zeros and ones.

    Parameters
    ----------
    which_sets : tuple of str
        ``'train'`` (50,000 examples), ``'valid'`` (10,000), ``'test'``
        (10,000).
    **kwargs
        Passed on to :class:`~fuel.datasets.H5PYDataset`.

    References
    ----------
    R. Salakhutdinov, I. Murray: On the Quantitative Analysis of Deep
    Belief Networks. ICML 2008.

    """

    filename = 'binarized_mnist.hdf5'
    conversion = 'binarized_mnist'
