"""MNIST: handwritten digits."""
from fuel.datasets.published import PublishedDataset
from fuel.transformers.defaults import uint8_pixels_to_floatX


class MNIST(PublishedDataset):
    """Handwritten digits in shades of grey.

    Sources ``features``, of shape (1, 28, 28), and ``targets``, of shape
    (1,).

    Parameters
    ----------
    which_sets : tuple of str
        ``'train'`` (60,000 examples), ``'test'`` (10,000 examples).
    **kwargs
        Passed on to :class:`~fuel.datasets.H5PYDataset`.

    References
    ----------
    Y. LeCun, L. Bottou, Y. Bengio, P. Haffner: Gradient-Based Learning
    Applied to Document Recognition. Proceedings of the IEEE 86(11), 1998.

    """

    filename = 'mnist.hdf5'
    conversion = 'mnist'
    default_transformers = uint8_pixels_to_floatX(('features',))
