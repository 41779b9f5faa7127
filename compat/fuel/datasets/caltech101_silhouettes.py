"""CalTech 101 Silhouettes: outlines of objects."""
from fuel.datasets.published import PublishedDataset
from fuel.utils import find_in_data_path


class CalTech101Silhouettes(PublishedDataset):
    """Silhouettes of 101 kinds of objects.

    Sources ``features``, of shape (1, size, size), and ``targets``, of
    shape (1,).

    Parameters
    ----------
    which_sets : tuple of str
        ``'train'``, ``'valid'``, ``'test'``: 4100, 2264 and 2307 examples,
        or 4082, 2257 and 2302 of size 16.
    size : {16, 28}, optional
        Height and width in pixels. 28 by default.
    **kwargs
        Passed on to :class:`~fuel.datasets.H5PYDataset`.

    """

    def __init__(self, which_sets, size=28, **kwargs):
        if size not in (16, 28):
            raise ValueError("CalTech101Silhouettes: size must be 16 or 28, "
                             f"got {size!r}")
        self.filename = f'caltech101_silhouettes{size}.hdf5'
        self.conversion = f'caltech101_silhouettes {size}'
        super().__init__(which_sets, **kwargs)

    @property
    def data_path(self):
        """The path of the file."""
        return find_in_data_path(self.filename)
