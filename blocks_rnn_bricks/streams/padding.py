"""Batches of sequences to padded arrays and their masks."""
from typing import Any, Optional, Sequence

import numpy
import theano
from fuel.streams import AbstractDataStream
from fuel.transformers import SourcewiseTransformer, Transformer

from blocks_rnn_bricks.streams.naming import check_stream, choose_sources


def mask_type(dtype: Optional[str] = None) -> str:
    """The dtype of masks: the one place where it is settled.

    Masks multiply states, so it is the graph's floatX that counts, and
    Fuel's setting of the same name is not asked. A float64 mask in a float32
    graph would turn every state after it into float64, so it is refused.

    Parameters
    ----------
    dtype : str, optional
        A floating-point type not wider than ``theano.config.floatX``,
        which is the default.

    Returns
    -------
    str

    Raises
    ------
    ValueError
        If `dtype` is not such a type.
    TypeError
        If it is no type.

    """
    floatx = theano.config.floatX
    if dtype is None:
        return floatx
    try:
        dtype = numpy.dtype(dtype)
    except TypeError:
        raise TypeError('mask_dtype must name a floating-point type, got {!r};'
                        " leave it out for floatX, '{}'".format(
                            dtype, floatx)) from None
    if dtype.kind != 'f':
        raise ValueError("masks must be floating point, for they multiply; "
                         "got mask_dtype='{}'; leave it out for floatX, "
                         "'{}'".format(dtype, floatx))
    if dtype.itemsize > numpy.dtype(floatx).itemsize:
        raise ValueError("masks of '{}' would turn a graph of '{}' into '{}'; "
                         'leave mask_dtype out, or set theano.config.floatX'
                         .format(dtype, floatx, dtype))
    return dtype.name


class MaskedPadding(Transformer):
    """Batches of sequences to arrays of equal length and their masks.

    Like :class:`fuel.transformers.Padding`, with more care: the dtype is
    one that holds every sequence of the batch, not that of the first; an
    array has at least one time step, even if all its sequences are empty;
    what does not fit together is named.

    Parameters
    ----------
    data_stream : :class:`fuel.streams.AbstractDataStream`
        Gives batches.
    sequences : tuple of str, optional
        The sources to pad, all by default. Others become plain arrays.
    mask_sources : tuple of str, optional
        The sources that get a mask, all of `sequences` by default.
    mask_dtype : str, optional
        See :func:`mask_type`.

    """
    def __init__(self, data_stream: AbstractDataStream,
                 sequences: Optional[Sequence[str]] = None,
                 mask_sources: Optional[Sequence[str]] = None,
                 mask_dtype: Optional[str] = None, **kwargs: Any) -> None:
        _check_gives_batches(self, data_stream)
        self.sequences = choose_sources(
            self, 'sequences', data_stream.sources, sequences)
        self.mask_sources = choose_sources(
            self, 'mask_sources', self.sequences, mask_sources)
        self.mask_dtype = mask_type(mask_dtype)
        for source in self.mask_sources:
            if source + '_mask' in data_stream.sources:
                raise ValueError(
                    "MaskedPadding: the data already has a source "
                    "'{0}_mask'; rename it, or leave '{0}' out of "
                    'mask_sources'.format(source))
        if data_stream.axis_labels:
            labels = dict(data_stream.axis_labels)
            labels.update((source + '_mask', ('batch', 'time'))
                          for source in self.mask_sources)
            kwargs.setdefault('axis_labels', labels)
        super().__init__(data_stream, produces_examples=False, **kwargs)

    @property
    def sources(self):
        return tuple(name for source in self.data_stream.sources
                     for name in ((source, source + '_mask')
                                  if source in self.mask_sources
                                  else (source,)))

    def transform_batch(self, batch):
        padded = []
        for source, items in zip(self.data_stream.sources, batch):
            if len(items) == 0:
                raise ValueError("MaskedPadding: expected at least one "
                                 "example in a batch, got none from source "
                                 "'{}'".format(source))
            if source not in self.sequences:
                padded.append(_stack(source, items))
                continue
            arrays = _sequence_arrays(source, items)
            padded.append(_pad(arrays))
            if source in self.mask_sources:
                padded.append(_pad([numpy.ones(len(array), self.mask_dtype)
                                    for array in arrays]))
        return tuple(padded)


class TimeMajor(SourcewiseTransformer):
    """(batch, time, ...) to (time, batch, ...), and back.

    Parameters
    ----------
    data_stream : :class:`fuel.streams.AbstractDataStream`
        Gives batches of arrays.
    which_sources : tuple of str, optional
        The sources whose first two axes are swapped, all by default.

    """
    def __init__(self, data_stream: AbstractDataStream,
                 which_sources: Optional[Sequence[str]] = None,
                 **kwargs: Any) -> None:
        _check_gives_batches(self, data_stream)
        which_sources = choose_sources(
            self, 'which_sources', data_stream.sources, which_sources)
        if data_stream.axis_labels:
            kwargs.setdefault('axis_labels', {
                source: tuple(labels[1::-1]) + tuple(labels[2:])
                if source in which_sources and labels else labels
                for source, labels in data_stream.axis_labels.items()})
        super().__init__(data_stream, False, which_sources=which_sources,
                         **kwargs)

    def transform_source_batch(self, source_batch, source_name):
        if numpy.ndim(source_batch) < 2:
            raise ValueError("TimeMajor: source '{}' must be an array of "
                             '(batch, time, ...), got {} axes; pad it first, '
                             'or leave it out of which_sources'.format(
                                 source_name, numpy.ndim(source_batch)))
        return numpy.ascontiguousarray(numpy.swapaxes(source_batch, 0, 1))


def _check_gives_batches(transformer, data_stream):
    check_stream(transformer, data_stream)
    if data_stream.produces_examples:
        raise ValueError('{}: expected a stream of batches, got one of '
                         'examples ({}); put SizedBatches between'.format(
                             type(transformer).__name__,
                             type(data_stream).__name__))


def _sequence_arrays(source, items):
    """A batch of sequences as arrays that fit together."""
    arrays = []
    for item in items:
        try:
            array = numpy.asarray(item)
        except ValueError:  # ragged
            array = numpy.asarray(None)
        if array.dtype == object or array.ndim == 0:
            raise ValueError(
                "MaskedPadding: expected sequences of numbers from source "
                "'{}', whose steps all have the same shape, got {!r}".format(
                    source, item))
        arrays.append(array)
    # What is empty has no say in dtype and features, unless all of it is.
    telling = ([array for array in arrays if len(array)] or
               [item for item in items if isinstance(item, numpy.ndarray)])
    if not telling:
        raise ValueError("MaskedPadding: a batch of source '{}' has nothing "
                         'but empty lists, which have no dtype; give arrays '
                         "like numpy.zeros((0, 12), 'float32')".format(source))
    steps = {array.shape[1:] for array in telling}
    if len(steps) > 1:
        raise ValueError("MaskedPadding: all axes but time must be equal in "
                         "a batch, got steps of shape {} from source '{}'"
                         .format(' and '.join(map(str, sorted(steps))),
                                 source))
    empty = numpy.zeros((0,) + steps.pop(), numpy.result_type(*telling))
    return [array if len(array) else empty for array in arrays]


def _pad(arrays):
    """Stack sequences (time, ...) to (batch, time, ...), zeros after them."""
    longest = max(max(len(array) for array in arrays), 1)
    padded = numpy.zeros((len(arrays), longest) + arrays[0].shape[1:],
                         numpy.result_type(*arrays))
    for row, array in zip(padded, arrays):
        row[:len(array)] = array
    return padded


def _stack(source, items):
    """A batch of single values as an array."""
    shapes = {numpy.shape(item) for item in items}
    if len(shapes) > 1:
        raise ValueError("MaskedPadding: expected values of one shape from "
                         "source '{}', got {}; name it in sequences if it is "
                         'one'.format(source, ' and '.join(
                             map(str, sorted(shapes)))))
    return numpy.asarray(items)
