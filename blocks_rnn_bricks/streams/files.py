"""Writing sequences of different lengths, larger than memory, to HDF5."""
import contextlib
import os
import tempfile
from collections import OrderedDict
from collections.abc import Mapping
from typing import Dict, Iterable, Optional, Union

import h5py
from fuel.datasets import Dataset, H5PYDataset
from fuel.streams import AbstractDataStream
from tqdm import tqdm

from blocks_rnn_bricks.settings import check_count
from blocks_rnn_bricks.streams.writing import Writer

#: The most examples, and the most bytes of them, to buffer before writing.
AT_ONCE, BYTES_AT_ONCE = 256, 2 ** 25
Examples = Union[Iterable[dict], AbstractDataStream, Dataset]


def to_hdf5(examples: Union[Examples, Dict[str, Examples]],
            path: Union[str, os.PathLike],
            axis_labels: Optional[dict] = None, at_once: int = AT_ONCE,
            progress: bool = True) -> str:
    """Write examples of different lengths to a file for ``H5PYDataset``.

    At most `at_once` examples, and 32 MiB plus one example, are in memory.
    The file appears under its name once it is complete and on disk; until
    then, an older file with that name remains.

    Parameters
    ----------
    examples : iterable of dict, Fuel stream or dataset, or dict of such
        An example has an array or a number for each source. A source whose
        examples are arrays holds sequences: their first axis may have any
        length; the other axes and the dtype must match the first example. A
        stream yields examples, or batches, which are split into examples.
        The keys of a dictionary are names of sets (``which_sets``); anything
        else is the set 'train'.
    path : str or :class:`os.PathLike`
        The file to write.
    axis_labels : dict, optional
        The names of the axes of sequences by source. Defaults to those of
        the stream or dataset, or else to ('time', 'feature', 'feature_2')
        and so on.
    at_once : int, optional
        The most examples to keep in memory.
    progress : bool, optional
        Whether to show a progress bar.

    Returns
    -------
    str
        The path.

    Raises
    ------
    ValueError
        If there are no examples, if one does not match the first, or if the
        name of a source cannot be used.
    TypeError
        If `examples` is not iterable, or an example is not a dictionary.
    FileNotFoundError, IsADirectoryError
        If the folder of the path does not exist, or the path is a folder.

    Examples
    --------
    >>> import os, tempfile
    >>> import numpy
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
    sets = _sets(examples)
    labels = _axis_labels(sets, axis_labels)
    with _new_file(_checked_path(path)) as file:
        writer = Writer(file, labels, at_once, BYTES_AT_ONCE)
        splits, begin = OrderedDict(), 0
        for name, iterable in sets.items():
            for example in tqdm(
                    _dictionaries(iterable), desc=name, unit=' examples',
                    total=getattr(iterable, 'num_examples', None),
                    disable=not progress):
                writer.append(example)
            writer.flush()
            if writer.count == begin:
                raise ValueError(
                    'to_hdf5: there is no example in the set {!r}; leave '
                    'the set out, or pass a fresh generator: each can be '
                    'read only once'.format(name))
            splits[name] = OrderedDict((source, (begin, writer.count))
                                       for source in writer.sources)
            begin = writer.count
        file.attrs['split'] = H5PYDataset.create_split_array(splits)
    return os.fsdecode(path)


def _sets(examples):
    """Return the examples by the name of the set."""
    if not isinstance(examples, Mapping):
        examples = {'train': examples}
    if not examples:
        raise ValueError(
            'to_hdf5: there is no set of examples, got an empty dictionary; '
            "give an iterable of examples, or {'train': iterable}")
    for name, iterable in examples.items():
        if not isinstance(name, str) or not name:
            raise ValueError(
                'to_hdf5: the keys of examples must be names of sets such as '
                "'train', got {!r}; put a single example into a list".format(
                    name))
        if isinstance(iterable, (AbstractDataStream, Dataset)):
            continue
        try:
            if isinstance(iterable, (str, bytes, Mapping)):
                raise TypeError
            iter(iterable)
        except TypeError:
            raise TypeError(
                'to_hdf5: examples must be an iterable of dictionaries, a '
                'Fuel stream or dataset, or a dictionary of these by the name '
                'of the set, got {} for the set {!r}; put a single example '
                'into a list'.format(type(iterable).__name__, name)
            ) from None
    return examples


def _dictionaries(examples):
    """Iterate over the examples of an iterable, stream or dataset."""
    if isinstance(examples, Dataset):
        examples = examples.get_example_stream()
    if not isinstance(examples, AbstractDataStream):
        return examples
    epoch = examples.get_epoch_iterator()
    if not examples.produces_examples:
        epoch = (example for batch in epoch
                 for example in _taken_apart(examples.sources, batch))
    return (OrderedDict(zip(examples.sources, example)) for example in epoch)


def _taken_apart(sources, batch):
    if len({len(column) for column in batch}) > 1:
        raise ValueError(
            'to_hdf5: the first axis of all sources of a batch must be the '
            'batch, got {}; write the stream before its batches are '
            'transposed'.format(', '.join(
                '{} of {}'.format(len(column), source)
                for source, column in zip(sources, batch))))
    return zip(*batch)


def _axis_labels(sets, given):
    """Return the names of axes, without the batch, by source."""
    if given is not None and not isinstance(given, Mapping):
        raise TypeError(
            'to_hdf5: axis_labels must be a dictionary from sources to '
            "tuples of names, got {!r}; write "
            "{{'x': ('time', 'feature')}}"
            .format(given))
    labels = {}
    for data in sets.values():
        labels.update(
            (source, tuple(axis for axis in axes if axis != 'batch'))
            for source, axes in (getattr(data, 'axis_labels', None)
                                 or {}).items() if axes)
    return labels, dict(given or {})


def _checked_path(path):
    """Return a path as a string, after checking that a file can be there."""
    try:
        path = os.fsdecode(path)
    except TypeError:
        raise TypeError(
            'to_hdf5: path must be the name of the file to write, got '
            '{!r}'
            .format(path)) from None
    if os.path.isdir(path) or not os.path.basename(path):
        raise IsADirectoryError(
            'to_hdf5: path must be the name of the file to write, got the '
            'folder {!r}; add a name such as data.hdf5'.format(path))
    folder = os.path.dirname(path) or '.'
    if not os.path.isdir(folder):
        raise FileNotFoundError(
            'to_hdf5: there is no folder {!r} to write {!r} to; create it '
            'with os.makedirs first'.format(folder, os.path.basename(path)))
    return path


@contextlib.contextmanager
def _new_file(path):
    """Open an HDF5 file that receives its name if nothing fails."""
    folder = os.path.dirname(path) or '.'
    descriptor, temporary = tempfile.mkstemp(
        dir=folder, prefix='.{}.'.format(os.path.basename(path)),
        suffix='.part')
    try:
        with h5py.File(temporary, 'w') as file:
            yield file
        umask = os.umask(0)
        os.umask(umask)
        os.chmod(temporary, 0o666 & ~umask)
        os.fsync(descriptor)
        os.replace(temporary, path)
    except BaseException:
        os.unlink(temporary)
        raise
    finally:
        os.close(descriptor)
    with contextlib.suppress(OSError):  # not every system supports it
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)  # flush the name, too
        finally:
            os.close(descriptor)
