"""Padding of sequences of different lengths to arrays and masks."""
import numpy
from fuel import config
from fuel.transformers.base import Transformer
from fuel.transformers.wrapping import check_kind, with_axis_labels
from fuel.utils.checks import as_source_names, check_dtype


class Padding(Transformer):
    """Pads the sequences of each batch with zeros to one length.

    Each source with a mask is followed by a new source, whose name ends with
    ``_mask``, with ones for data and zeros for padding.

    Parameters
    ----------
    data_stream : AbstractDataStream
        A stream of batches.
    mask_sources : tuple of str, optional
        The sources to pad and to mask. By default all except the
        `unmasked_sources`. Sources in neither are unchanged.
    mask_dtype : dtype or str, optional
        The dtype of masks, by default ``fuel.config.floatX``.
    unmasked_sources : tuple of str, optional
        The sources to pad without a mask, e.g. because they have the lengths
        of another source. None by default.

    Raises
    ------
    ValueError
        If the stream yields examples, lacks one of the sources, or one is to
        be padded both with and without a mask. On iterating, if a batch is
        empty or its sequences have different shapes, apart from their lengths.

    Notes
    -----
    With a batch of `B` sequences, the longest of `T` steps, and steps of
    shape `S`, the data have shape ``(B, T, *S)`` and the mask ``(B, T)``.
    The dtype can hold the data of all sequences. An empty list has neither a
    dtype nor a shape `S`: it takes those of the others.

    Examples
    --------
    >>> from fuel.datasets import IndexableDataset
    >>> from fuel.schemes import SequentialScheme
    >>> from fuel.streams import DataStream
    >>> dataset = IndexableDataset(
    ...     {'x': [[1, 2, 3], [4]], 'y': [[7, 8, 9], [6]]})
    >>> stream = Padding(DataStream(dataset, iteration_scheme=
    ...                             SequentialScheme(2, 2)),
    ...                  mask_dtype='int8', unmasked_sources=('y',))
    >>> stream.sources
    ('x', 'x_mask', 'y')
    >>> for x, x_mask, y in stream.get_epoch_iterator():
    ...     print(x_mask.tolist(), y.tolist())
    [[1, 1, 1], [1, 0, 0]] [[7, 8, 9], [6, 0, 0]]

    """

    def __init__(self, data_stream, mask_sources=None, mask_dtype=None,
                 *, unmasked_sources=(), **kwargs):
        check_kind(self, data_stream, examples=False)
        self.unmasked_sources = as_source_names(
            unmasked_sources, self, 'unmasked_sources')
        if mask_sources is None:
            mask_sources = [source for source in data_stream.sources
                            if source not in self.unmasked_sources]
        self.mask_sources = as_source_names(mask_sources, self,
                                            'mask_sources')
        self._check_sources(data_stream.sources)
        self.mask_dtype = (
            config.floatX if mask_dtype is None
            else check_dtype(self, 'mask_dtype', mask_dtype))
        super().__init__(
            data_stream, produces_examples=False,
            **with_axis_labels(kwargs, data_stream, self._padded_labels))

    def _check_sources(self, available):
        for source in self.mask_sources + self.unmasked_sources:
            if source not in available:
                raise ValueError(f"Padding: there is no source {source!r} "
                                 "to pad, the stream has "
                                 f"{tuple(available)}")
        both = set(self.mask_sources) & set(self.unmasked_sources)
        if both:
            raise ValueError("Padding: mask_sources and unmasked_sources "
                             f"must differ, both have {sorted(both)}")

    def _padded_labels(self, axis_labels):
        labels = dict(axis_labels)
        for source in self.mask_sources:
            if labels.get(source):
                labels[source + '_mask'] = labels[source][:2]
        return labels

    @property
    def sources(self):
        masks = {source: f'{source}_mask' for source in self.mask_sources}
        return tuple(name for source in self.data_stream.sources
                     for name in (source, masks.get(source))
                     if name is not None)

    def transform_batch(self, batch):
        padded = []
        for source, sequences in zip(self.data_stream.sources, batch,
                                     strict=True):
            masked = source in self.mask_sources
            if not masked and source not in self.unmasked_sources:
                padded.append(sequences)
                continue
            data, lengths = self._pad(sequences, source)
            padded.append(data)
            if masked:
                padded.append(length_mask(lengths, data.shape[1],
                                          self.mask_dtype))
        return tuple(padded)

    @staticmethod
    def _pad(sequences, source):
        """Return the padded data of a source, and the lengths."""
        try:
            return pad_sequences(sequences)
        except ValueError as error:
            raise ValueError(f"Padding: source {source!r}: {error}") from None


def pad_sequences(sequences):
    """Pad sequences with zeros to the length of the longest.

    Parameters
    ----------
    sequences : sequence of array_like
        Sequences of shapes ``(length, *S)`` with any lengths, including zero,
        and the same `S`.

    Returns
    -------
    data : numpy.ndarray
        Of shape ``(len(sequences), max(lengths), *S)``.
    lengths : list of int
        The lengths.

    Raises
    ------
    ValueError
        If there are no sequences, or the shapes `S` differ.

    """
    if len(sequences) == 0:
        raise ValueError("expected one sequence or more, got an empty batch")
    arrays = [numpy.asarray(sequence) for sequence in sequences]
    shapes = [array.shape for array in arrays]
    step_shapes = {shape[1:] for shape in shapes}
    dtypes = {array.dtype for array in arrays}
    if len(step_shapes) > 1 or len(dtypes) > 1 or () in shapes:
        step_shape, dtype = _common_form(sequences, arrays)
    else:
        (step_shape,), (dtype,) = step_shapes, dtypes
    lengths = [shape[0] for shape in shapes]
    data = numpy.zeros((len(arrays), max(lengths), *step_shape), dtype)
    for position, length in enumerate(lengths):
        if length:
            data[position, :length] = arrays[position]
    return data, lengths


def _common_form(sequences, arrays):
    """Return the shape of a step and the dtype that fit all sequences.

    NumPy can only guess the dtype of an empty list: such arrays are ignored,
    unless all are empty.

    """
    telling = [(position, array) for position, (sequence, array)
               in enumerate(zip(sequences, arrays))
               if array.size or sequence is array] or [(0, arrays[0])]
    step_shape = telling[0][1].shape[1:]
    for position, array in telling:
        if not array.ndim:
            raise ValueError("expected sequences, but example "
                             f"{position} is the single value {array[()]!r}")
        if array.shape[1:] != step_shape:
            raise ValueError(
                "expected sequences that differ in their length only, but "
                f"example {telling[0][0]} has shape "
                f"{telling[0][1].shape} and example {position} has shape "
                f"{array.shape}")
    return step_shape, numpy.result_type(*(array.dtype
                                           for _, array in telling))


def length_mask(lengths, max_length, dtype):
    """Return a mask with the given number of ones in each row.

    Parameters
    ----------
    lengths : sequence of int
        The number of ones of each row.
    max_length : int
        The number of columns.
    dtype : dtype or str
        The dtype of the mask.

    Returns
    -------
    numpy.ndarray
        Of shape ``(len(lengths), max_length)``.

    Examples
    --------
    >>> length_mask([2, 0, 3], 3, 'int8')
    array([[1, 1, 0],
           [0, 0, 0],
           [1, 1, 1]], dtype=int8)

    """
    mask = numpy.empty((len(lengths), max_length), dtype)
    numpy.less(numpy.arange(max_length), numpy.array(lengths)[:, None],
               out=mask)
    return mask
