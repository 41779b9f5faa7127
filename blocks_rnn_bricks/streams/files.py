"""Sequences of different length to HDF5 files that need not fit in memory."""
import copy
import os
import tempfile
from collections import OrderedDict
from typing import Dict, Iterable, Optional, Union

import h5py
import numpy
from fuel.datasets import H5PYDataset
from tqdm import tqdm

from blocks_rnn_bricks.settings import check_count

#: How many examples are held and written at once.
AT_ONCE = 256


def to_hdf5(examples: Union[Iterable[dict], Dict[str, Iterable]], path: str,
            axis_labels: Optional[dict] = None, at_once: int = AT_ONCE,
            progress: bool = True) -> str:
    """Write examples of different length to a file for ``H5PYDataset``.

    No more than `at_once` of them are in memory. The file takes its name
    when it is whole; until then what had the name before stays.

    Parameters
    ----------
    examples : iterable of dict, or dict of such iterables
        An example has an array or a number for each source. A source whose
        first example is an array holds sequences: their first axis may be
        of any length, the others and the dtype are those of the first
        example. Of a dictionary the keys are names of sets
        (``which_sets``); a single iterable is the set 'train'.
    path : str
        Where to write.
    axis_labels : dict, optional
        The names of the axes of sequences by source, ('time', 'feature')
        and the like by default.
    at_once : int, optional
    progress : bool, optional
        Whether to show a bar.

    Returns
    -------
    str
        The path.

    Raises
    ------
    ValueError
        If there is no example, or one does not go with the first.
    TypeError
        If an example is not a dictionary.

    Examples
    --------
    >>> import os, tempfile
    >>> folder = tempfile.TemporaryDirectory()
    >>> path = os.path.join(folder.name, 'words.hdf5')
    >>> words = ({'letters': numpy.arange(n), 'count': n} for n in (3, 1, 2))
    >>> dataset = H5PYDataset(to_hdf5(words, path, progress=False),
    ...                       which_sets=('train',))
    >>> dataset.num_examples, dataset.axis_labels['letters']
    (3, ('batch', 'time'))
    >>> folder.cleanup()

    """
    check_count('to_hdf5', 'at_once', at_once)
    sets = examples if isinstance(examples, dict) else {'train': examples}
    path = os.fspath(path)
    descriptor, temporary = tempfile.mkstemp(
        dir=os.path.dirname(path) or '.',
        prefix='.{}.'.format(os.path.basename(path)), suffix='.part')
    os.close(descriptor)
    try:
        with h5py.File(temporary, 'w') as file:
            writer = _Writer(file, axis_labels or {})
            splits, begin = OrderedDict(), 0
            for name, iterable in sets.items():
                for chunk in _chunks(iterable, at_once, name, progress):
                    writer.write(chunk)
                if writer.count == begin:
                    raise ValueError(
                        'to_hdf5: there is no example in the set {!r}; leave '
                        'the set out'.format(name))
                splits[name] = OrderedDict(
                    (source, (begin, writer.count))
                    for source in writer.sources)
                begin = writer.count
            if not splits:
                raise ValueError('to_hdf5: there is no set of examples')
            file.attrs['split'] = H5PYDataset.create_split_array(splits)
        umask = os.umask(0)
        os.umask(umask)
        os.chmod(temporary, 0o666 & ~umask)
        os.replace(temporary, path)
    except BaseException:
        os.unlink(temporary)
        raise
    return path


def _chunks(iterable, size, name, progress):
    """Yield lists of up to `size` examples."""
    if progress:
        iterable = tqdm(iterable, desc=name, unit=' examples')
    chunk = []
    for example in iterable:
        # A generator may use the arrays of one example for the next.
        chunk.append(copy.deepcopy(example))
        if len(chunk) == size:
            yield chunk
            chunk = []
    if chunk:
        yield chunk


class _Writer:
    """Appends examples to the datasets of a file.

    Parameters
    ----------
    file : :class:`h5py.File`
    axis_labels : dict

    Attributes
    ----------
    count : int
        How many examples have been written.
    sources : dict
        Dtype and number of axes of the first example by source.

    """

    def __init__(self, file, axis_labels):
        self.file = file
        self.axis_labels = axis_labels
        self.count = 0
        self.sources = OrderedDict()
        self._tails = {}

    def write(self, chunk):
        """Append examples to all datasets."""
        if not self.sources:
            self._create(self._arrays(chunk[0]))
        columns = OrderedDict((source, []) for source in self.sources)
        for number, example in enumerate(chunk, self.count):
            for source, array in self._arrays(example).items():
                columns[source].append(self._checked(number, source, array))
        end = self.count + len(chunk)
        for source, arrays in columns.items():
            dataset = self.file[source]
            dataset.resize(end, axis=0)
            if source not in self._tails:
                dataset[self.count:end] = numpy.stack(arrays)
                continue
            flat = numpy.empty(len(arrays), dtype=dataset.dtype)
            for number, array in enumerate(arrays):
                flat[number] = array.ravel()
            # To assign them would make one array of rows of equal length.
            dataset.write_direct(flat, dest_sel=slice(self.count, end))
            shapes = self.file[source + '_shapes']
            shapes.resize(end, axis=0)
            shapes[self.count:end] = [array.shape for array in arrays]
        self.count = end

    def _arrays(self, example):
        if not isinstance(example, dict):
            raise TypeError(
                'to_hdf5: an example must be a dictionary of arrays by '
                'source, got {} at number {}'.format(
                    type(example).__name__, self.count))
        if self.sources and set(example) != set(self.sources):
            raise ValueError(
                'to_hdf5: all examples must have the sources of the first, '
                '{}, got {} after number {}'.format(
                    ', '.join(self.sources), ', '.join(example),
                    self.count))
        return OrderedDict((source, numpy.asarray(value))
                           for source, value in example.items())

    def _create(self, arrays):
        """Create the datasets for examples like these."""
        if not arrays:
            raise ValueError('to_hdf5: the first example has no sources')
        for source, array in arrays.items():
            if array.dtype.kind not in 'biuf':
                raise ValueError(
                    'to_hdf5: {} must be numbers, got dtype {}; give symbols '
                    'numbers'.format(source, array.dtype))
            self.sources[source] = array.dtype
            if not array.ndim:
                dataset = self.file.create_dataset(
                    source, (0,), maxshape=(None,), dtype=array.dtype,
                    chunks=(4096,))
                dataset.dims[0].label = 'batch'
                continue
            self._tails[source] = array.shape[1:]
            dataset = self.file.create_dataset(
                source, (0,), maxshape=(None,), chunks=(64,),
                dtype=h5py.special_dtype(vlen=array.dtype))
            dataset.dims[0].label = 'batch'
            labels = self.axis_labels.get(source, (
                ('time',) + ('feature', 'feature_2', 'feature_3')[
                    :array.ndim - 1]))
            if len(labels) != array.ndim:
                raise ValueError(
                    'to_hdf5: axis_labels must name the {} axes of {}, got '
                    '{!r}'.format(array.ndim, source, labels))
            scales = ((source + '_shapes', 'shapes', self.file.create_dataset(
                source + '_shapes', (0, array.ndim),
                maxshape=(None, array.ndim), dtype='int32',
                chunks=(4096, array.ndim))),
                (source + '_shape_labels', 'shape_labels',
                 self.file.create_dataset(
                     source + '_shape_labels', data=numpy.array(
                         [label.encode('utf8') for label in labels]))))
            for _, name, scale in scales:
                scale.make_scale(name)
                dataset.dims[0].attach_scale(scale)

    def _checked(self, number, source, array):
        """Return an array as the file takes it."""
        dtype = self.sources[source]
        if source in self._tails:
            tail = self._tails[source]
            if not array.ndim or array.shape[1:] != tail:
                raise ValueError(
                    'to_hdf5: {} of the first example has the shape {}, of '
                    'number {} {}; only the first axis may differ'.format(
                        source, ('any',) + tail, number, array.shape))
        elif array.ndim:
            raise ValueError(
                'to_hdf5: {} of the first example is a number, of number {} '
                'an array of shape {}'.format(source, number, array.shape))
        if array.dtype != dtype and not (
                array.size == 0 or numpy.can_cast(array.dtype, dtype)):
            raise ValueError(
                'to_hdf5: {} of the first example is {}, which cannot hold '
                'the {} of number {}; convert all to one dtype'.format(
                    source, dtype, array.dtype, number))
        return array.astype(dtype, copy=False)
