"""Appending sequences of different lengths to the datasets of an HDF5 file.

The layout is that of Fuel's ``H5PYDataset``: a source of sequences is a flat
variable-length dataset with the scales ``shapes`` and ``shape_labels``.

"""
from collections import OrderedDict
from collections.abc import Mapping

import h5py
import numpy

#: Suffixes of the names of a source's scales.
SHAPES, SHAPE_LABELS = '_shapes', '_shape_labels'


class Source:
    """The dtype and shape that all examples of a source share.

    Attributes
    ----------
    dtype : :class:`numpy.dtype`
    tail : tuple of int or None
        The shape of a step; None if the examples are numbers.

    """

    def __init__(self, dtype, tail):
        self.dtype, self.tail = dtype, tail


class Writer:
    """Appends examples to the datasets of a file.

    Parameters
    ----------
    file : :class:`h5py.File`
    axis_labels : tuple of dict
        Two dictionaries of axis names by source: the names in the first are
        used if they match, those in the second must match.
    examples, size : int
        The most examples, and the most bytes of them, to buffer.

    Attributes
    ----------
    count : int
        The number of examples appended so far.
    sources : dict of :class:`Source`
        By name, in the order of the first example.

    """

    def __init__(self, file, axis_labels, examples, size):
        self.file = file
        self.count = 0
        self.sources = OrderedDict()
        self._axis_labels = axis_labels
        self._limits = examples, size
        self._held, self._size = [], 0
        self._created = set()

    def append(self, example):
        """Append a copy of an example.

        Parameters
        ----------
        example : dict

        """
        self._check_sources(example)
        arrays = OrderedDict()
        for source in self.sources:
            array = self._array(source, example[source])
            arrays[source] = array
            self._size += 0 if array is None else array.nbytes
        self._held.append(arrays)
        self.count += 1
        if len(self._held) >= self._limits[0] or self._size >= self._limits[1]:
            self.flush()

    def flush(self):
        """Write the buffered examples."""
        if not self._held:
            return
        begin = self.count - len(self._held)
        for name, source in self.sources.items():
            if source is None:
                raise ValueError(
                    'to_hdf5: {} of the first {} examples contains only '
                    'empty lists, which have no dtype; give arrays such as '
                    "numpy.zeros((0, 12), 'float32')".format(
                        name, len(self._held)))
            if name not in self._created:
                self._create(name, source)
            dataset = self.file[name]
            dataset.resize(self.count, axis=0)
            column = [arrays[name] for arrays in self._held]
            if source.tail is None:
                dataset[begin:] = numpy.stack(column)
            else:
                self._write_sequences(name, source, begin, column)
        self._held, self._size = [], 0

    def _write_sequences(self, name, source, begin, column):
        empty = numpy.zeros((0,) + source.tail, source.dtype)
        column = [empty if array is None else array for array in column]
        flat = numpy.empty(len(column), dtype=self.file[name].dtype)
        for number, array in enumerate(column):
            flat[number] = array.ravel()
        # Assigning them would make one 2-D array of rows of equal length.
        self.file[name].write_direct(
            flat, dest_sel=slice(begin, self.count))
        shapes = self.file[name + SHAPES]
        shapes.resize(self.count, axis=0)
        shapes[begin:] = [array.shape for array in column]

    def _check_sources(self, example):
        if not isinstance(example, Mapping):
            raise TypeError(
                'to_hdf5: an example must be a dictionary of arrays by '
                'source, got {} at number {}; yield dictionaries, or give a '
                'Fuel stream'.format(type(example).__name__, self.count))
        if not self.sources:
            self._check_names(example)
            self.sources.update((source, None) for source in example)
        elif set(example) != set(self.sources):
            raise ValueError(
                'to_hdf5: all examples must have the sources of the first, '
                '{}, got {} at number {}; give an empty array for a missing '
                'source'.format(', '.join(self.sources),
                                 ', '.join(map(str, example)) or 'none',
                                 self.count))

    def _check_names(self, example):
        if not example:
            raise ValueError('to_hdf5: the first example has no sources; '
                             "give dictionaries such as {'x': array}")
        for name in self._axis_labels[1]:
            if name not in example:
                raise ValueError(
                    'to_hdf5: axis_labels must be for the sources {}, got '
                    '{!r}'.format(', '.join(map(str, example)), name))
        for name in example:
            if (not isinstance(name, str) or not name.strip('.')
                    or '/' in name or '\0' in name):
                raise ValueError(
                    'to_hdf5: the name of a source must be valid in HDF5, '
                    'without /, got {!r}; rename it'.format(name))
            for suffix in SHAPES, SHAPE_LABELS:
                if name.endswith(suffix) and name[:-len(suffix)] in example:
                    raise ValueError(
                        'to_hdf5: the name of the source {!r} is reserved '
                        'for the shapes of {!r}; rename it'.format(
                            name, name[:-len(suffix)]))

    def _array(self, name, value):
        """Return a copy of a value as stored in the file; None if empty."""
        array = self._numbers(name, value)
        if not array.size and not hasattr(value, 'dtype'):
            if array.ndim != 1:
                raise ValueError(
                    'to_hdf5: {} of number {} is empty, of shape {}; give '
                    'an array'.format(name, self.count, array.shape))
            if self.sources[name] and self.sources[name].tail is None:
                self._refuse_shape(name, array)
            return None  # an empty list has neither dtype nor features
        if self.sources[name] is None:
            self.sources[name] = Source(
                array.dtype, array.shape[1:] if array.ndim else None)
            if not array.ndim and self._held:
                raise ValueError(
                    'to_hdf5: {} of the first example is a list, but that '
                    'of number {} is a scalar; give lists or arrays for '
                    'all'.format(
                        name, self.count))
        source = self.sources[name]
        if (array.shape[1:] if array.ndim else None) != source.tail:
            self._refuse_shape(name, array)
        return self._converted(name, source.dtype, array)

    def _numbers(self, name, value):
        try:
            # A generator may reuse its arrays for the next example.
            array = numpy.array(value)
        except ValueError:  # ragged
            array = numpy.array(None)
        if array.dtype == object:
            raise ValueError(
                'to_hdf5: {} must be numbers, and all steps of a sequence '
                'must have the same shape, got {} at number {}; only the '
                'length of the first axis may vary'.format(
                    name, _shortened(value), self.count))
        if array.dtype.kind not in 'biuf':
            raise ValueError(
                'to_hdf5: {} must be numbers, got dtype {} at number {}; '
                'encode symbols as numbers'.format(name, array.dtype,
                                                   self.count))
        return array

    def _refuse_shape(self, name, array):
        tail = self.sources[name].tail
        if tail is None:
            raise ValueError(
                'to_hdf5: {} of other examples is a scalar, but that of '
                'number {} is an array of shape {}; give arrays of one '
                'element for all'
                .format(name, self.count, array.shape))
        raise ValueError(
            'to_hdf5: {} of the first example has the shape {}, but that of '
            'number {} has {}; only the first axis may differ'.format(
                name, ('any',) + tail, self.count, array.shape))

    def _converted(self, name, dtype, array):
        converted = array.astype(dtype, copy=False)
        if not array.size or array.dtype == dtype:
            return converted
        # NumPy considers casting int64 to float64 safe.
        if numpy.can_cast(array.dtype, dtype) and (
                array.dtype.kind == dtype.kind
                or numpy.array_equal(converted.astype(array.dtype), array)):
            return converted
        raise ValueError(
            'to_hdf5: {} of the first example is {}, which cannot hold the '
            '{} of number {}; convert all to one dtype'.format(
                name, dtype, array.dtype, self.count))

    def _create(self, name, source):
        """Create the dataset of a source."""
        self._created.add(name)
        if source.tail is None:
            self._labels(name, 0)
            dataset = self.file.create_dataset(
                name, (0,), maxshape=(None,), dtype=source.dtype,
                chunks=(4096,))
            dataset.dims[0].label = 'batch'
            return
        dataset = self.file.create_dataset(
            name, (0,), maxshape=(None,), chunks=(64,),
            dtype=h5py.special_dtype(vlen=source.dtype))
        dataset.dims[0].label = 'batch'
        axes = 1 + len(source.tail)
        shapes = self.file.create_dataset(
            name + SHAPES, (0, axes), maxshape=(None, axes), dtype='int32',
            chunks=(4096, axes))
        labels = self.file.create_dataset(
            name + SHAPE_LABELS, data=numpy.array(
                [label.encode('utf8')
                 for label in self._labels(name, axes)]))
        for scale, kind in (shapes, 'shapes'), (labels, 'shape_labels'):
            scale.make_scale(kind)
            dataset.dims[0].attach_scale(scale)

    def _labels(self, name, axes):
        """Return the names of the axes of a source of sequences."""
        likely, given = self._axis_labels
        if name in given:
            labels = given[name]
            if (isinstance(labels, str) or len(labels) != axes
                    or not all(isinstance(label, str) for label in labels)):
                raise ValueError(
                    'to_hdf5: axis_labels must name the {} axes of an '
                    'example of {}, got {!r}; write a tuple of names '
                    "without 'batch'".format(axes, name, labels))
            return labels
        labels = likely.get(name, ())
        if len(labels) == axes:
            return labels
        return ['time', 'feature'][:axes] + [
            'feature_{}'.format(number) for number in range(2, axes)]


def _shortened(value):
    text = repr(value)
    return text if len(text) <= 60 else text[:57] + '...'
