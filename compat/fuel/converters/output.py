"""Writing the output files of converters."""
import contextlib
import os

import h5py
from fuel.converters.base import fill_hdf5_file
from fuel.utils.disk import complete_file

IMAGE_AXES = ('batch', 'channel', 'height', 'width')
LABEL_AXES = ('batch', 'index')


@contextlib.contextmanager
def hdf5_output(directory, filename):
    """Create an HDF5 file that appears only when it is complete.

    Parameters
    ----------
    directory : str
        The folder.
    filename : str
        The name of the file.

    Yields
    ------
    h5py.File
        A file open for writing. If the block raises an exception, no new
        file is left, and an existing file of this name is kept.

    """
    with complete_file(os.path.join(directory, filename)) as path:
        with h5py.File(path, mode='w') as h5file:
            yield h5file


def write_splits(directory, filename, data, axis_labels):
    """Create an HDF5 file of arrays.

    Parameters
    ----------
    directory : str
        The folder.
    filename : str
        The name of the file.
    data : sequence of tuple
        As for :func:`~fuel.converters.base.fill_hdf5_file`.
    axis_labels : dict of tuple of str
        The names of the axes of each source.

    Returns
    -------
    tuple of str
        The path of the file, as converters return it.

    """
    with hdf5_output(directory, filename) as h5file:
        fill_hdf5_file(h5file, data)
        for source, labels in axis_labels.items():
            label_axes(h5file[source], labels)
    return (os.path.join(directory, filename),)


def label_axes(dataset, labels):
    """Name the axes of a dataset.

    Parameters
    ----------
    dataset : h5py.Dataset
        The dataset.
    labels : sequence of str
        The names.

    """
    for dimension, label in zip(dataset.dims, labels, strict=True):
        dimension.label = label


class VariableLengthSource:
    """A source of arrays of different shapes in the form of `H5PYDataset`.

    Parameters
    ----------
    h5file : h5py.File
        The file, open for writing.
    name : str
        The name of the source; that of its shapes ends with ``_shapes``.
    number : int
        Number of examples.
    axes : tuple of str
        The names of the axes of an example.
    dtype : str, optional
        The dtype of the examples.
    shapes_dtype : str, optional
        The dtype of their shapes.
    axes_suffix : str, optional
        The suffix of the name of the dataset with the names of axes.

    """

    def __init__(self, h5file, name, number, axes, dtype='uint8',
                 shapes_dtype='int32', axes_suffix='_shapes_labels'):
        self.examples = h5file.create_dataset(
            name, (number,), dtype=h5py.vlen_dtype(dtype))
        self.shapes = h5file.create_dataset(
            f'{name}_shapes', (number, len(axes)), dtype=shapes_dtype)
        self.shapes.make_scale('shapes')
        names = h5file.create_dataset(
            f'{name}{axes_suffix}', (len(axes),),
            dtype=f'S{max(map(len, axes))}')
        names[...] = [axis.encode('utf8') for axis in axes]
        names.make_scale('shape_labels')
        for scale in (self.shapes, names):
            self.examples.dims[0].attach_scale(scale)
        self.examples.dims[0].label = 'batch'

    def __setitem__(self, index, example):
        self.examples[index] = example.ravel()
        self.shapes[index] = example.shape
