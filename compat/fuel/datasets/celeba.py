"""CelebA: faces of celebrities."""
from fuel.datasets.published import DatasetWithFormats
from fuel.transformers.defaults import uint8_pixels_to_floatX


class CelebA(DatasetWithFormats):
    """Faces of celebrities, with 40 attributes each.

    Sources ``features``, of shape (3, height, width), and ``targets``, of
    shape (40,), zeros and ones.

    Parameters
    ----------
    which_format : {'aligned_cropped', '64'}
        Images of 218 by 178 pixels, or of 64 by 64.
    which_sets : tuple of str
        ``'train'`` (162,770 examples), ``'valid'`` (19,867), ``'test'``
        (19,962).
    **kwargs
        Passed on to :class:`~fuel.datasets.H5PYDataset`.

    """

    formats = ('aligned_cropped', '64')
    default_transformers = uint8_pixels_to_floatX(('features',))

    @property
    def filename(self):
        return f'celeba_{self.which_format}.hdf5'

    @property
    def conversion(self):
        return f'celeba {self.which_format}'
