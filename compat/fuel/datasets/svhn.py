"""SVHN: house numbers."""
from fuel.datasets.published import DatasetWithFormats
from fuel.transformers.defaults import uint8_pixels_to_floatX


class SVHN(DatasetWithFormats):
    """House numbers from street photographs.

    Format 1 has whole numbers: images of different sizes as ``features``,
    and the boxes of their digits as ``bbox_labels``, ``bbox_heights``,
    ``bbox_widths``, ``bbox_lefts`` and ``bbox_tops``. Format 2 has single
    digits: ``features``, of shape (3, 32, 32), and ``targets``, of shape
    (1,).

    Parameters
    ----------
    which_format : {1, 2}
        Whole numbers or single digits.
    which_sets : tuple of str
        ``'train'``, ``'test'``, ``'extra'``: 73,257, 26,032 and 531,131
        digits, in 33,402, 13,068 and 202,353 numbers.
    **kwargs
        Passed on to :class:`~fuel.datasets.H5PYDataset`.

    References
    ----------
    Y. Netzer, T. Wang, A. Coates, A. Bissacco, B. Wu, A. Y. Ng: Reading
    Digits in Natural Images with Unsupervised Feature Learning. 2011.

    """

    formats = (1, 2)
    default_transformers = uint8_pixels_to_floatX(('features',))

    @property
    def filename(self):
        return f'svhn_format_{self.which_format}.hdf5'

    @property
    def conversion(self):
        return f'svhn {self.which_format}'
