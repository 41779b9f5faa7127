"""The base class of the converters' tests."""
import contextlib
import io
import pathlib
import shutil
import tempfile
from unittest import TestCase

import h5py
from fuel import config
from fuel.datasets import H5PYDataset
from numpy.testing import assert_array_equal


class ConverterCase(TestCase):
    """Provides a folder for raw files and one for converted files."""

    def setUp(self):
        # Hide progress bars.
        self.enterContext(contextlib.redirect_stdout(io.StringIO()))
        self.raw, self.made = (
            pathlib.Path(tempfile.mkdtemp()) for _ in range(2))
        for folder in (self.raw, self.made):
            self.addCleanup(shutil.rmtree, folder)
        assigned = config.config['data_path'].assigned
        config.data_path = str(self.made)
        self.addCleanup(setattr, config.config['data_path'], 'assigned',
                        assigned)

    def check_splits(self, path, expected, axes):
        """Check values, dtypes, splits and axis names of a file.

        Parameters
        ----------
        path : str
            The path of the file.
        expected : dict of dict of numpy.ndarray
            The values of each source by split.
        axes : dict of tuple of str
            The names of the axes by source.

        """
        with h5py.File(path, 'r') as h5file:
            self.assertEqual(H5PYDataset.get_axis_labels(h5file), axes)
            self.assertEqual(set(H5PYDataset.get_all_splits(h5file)),
                             set(expected))
        for split, sources in expected.items():
            dataset = H5PYDataset(path, (split,), load_in_memory=True)
            self.assertEqual(dataset.sources, tuple(sorted(sources)))
            data = dataset.get_data(request=slice(None))
            for name, values in zip(dataset.sources, data):
                assert_array_equal(values, sources[name])
                self.assertEqual(values.dtype, sources[name].dtype)

    def check_refused(self, message, convert, *args, **kwargs):
        """Check that a converter refuses a raw file and leaves no file behind.

        Parameters
        ----------
        message : str
            A regular expression for the message.
        convert : callable
            The converter, called with the folders and the other arguments.

        """
        with self.subTest(message=message):
            before = sorted(self.made.iterdir())
            with self.assertRaisesRegex(ValueError, message) as caught:
                convert(*args, str(self.raw), str(self.made), **kwargs)
            self.assertIn(str(self.raw), str(caught.exception))
            self.assertEqual(sorted(self.made.iterdir()), before)

    def damage(self, name, change):
        """Change the bytes of a raw file within a ``with`` block."""
        return _Damaged(self.raw / name, change)


class _Damaged:
    def __init__(self, path, change):
        self.path, self.change = path, change

    def __enter__(self):
        self.content = self.path.read_bytes()
        self.path.write_bytes(self.change(self.content))

    def __exit__(self, *error):
        self.path.write_bytes(self.content)


def cut(content):
    """Return the first two thirds of a file."""
    return content[:2 * len(content) // 3]


def html(content):
    """Return an error page that a server may send instead of a file."""
    return b'<!DOCTYPE html><title>Not found</title>' * 40
