"""Padding of batches of sequences, with masks."""
from typing import Any, Optional, Sequence

import numpy
import theano
from fuel.streams import AbstractDataStream
from fuel.transformers import SourcewiseTransformer, Transformer

from blocks_rnn_bricks.streams.naming import check_stream, choose_sources


def mask_type(dtype: Optional[str] = None) -> str:
    """Return the dtype of masks.

    States are multiplied by masks, so the default is the floatX of the graph,
    not Fuel's setting of the same name. A float64 mask in a float32 graph
    would upcast all subsequent states to float64, so it is refused.

    Parameters
    ----------
    dtype : str, optional
        A floating-point dtype not wider than ``theano.config.floatX``, which
        is the default.

    Returns
    -------
    str

    Raises
    ------
    ValueError
        If `dtype` is not such a dtype.
    TypeError
        If it is not a dtype.

    """
    floatx = theano.config.floatX
    if dtype is None:
        return floatx
    try:
        dtype = numpy.dtype(dtype)
    except TypeError:
        raise TypeError('mask_dtype must be a floating-point dtype, got {!r};'
                        " omit it for floatX, '{}'".format(
                            dtype, floatx)) from None
    if dtype.kind != 'f':
        raise ValueError("masks must be floating point, since states are "
                         "multiplied by them, got mask_dtype='{}'; omit it "
                         "for floatX, '{}'".format(dtype, floatx))
    if dtype.itemsize > numpy.dtype(floatx).itemsize:
        raise ValueError("masks of dtype '{}' would upcast a graph of dtype "
                         "'{}' to '{}'; omit mask_dtype, or set "
                         "theano.config.floatX"
                         .format(dtype, floatx, dtype))
    return dtype.name


class MaskedPadding(Transformer):
    """Pads batches of sequences to equal length and adds masks.

    Differs from :class:`fuel.transformers.Padding` in three ways: the dtype
    can hold every sequence of the batch, not only the first; an array has at
    least one time step, even if all its sequences are empty; errors name the
    sources that do not match.

    Parameters
    ----------
    data_stream : :class:`fuel.streams.AbstractDataStream`
        Yields batches.
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
                    "MaskedPadding: the data already has a source '{0}_mask'; "
                    "rename it, or remove '{0}' from "
                    "mask_sources".format(source))
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
    """Swaps (batch, time, ...) to (time, batch, ...), or back.

    Parameters
    ----------
    data_stream : :class:`fuel.streams.AbstractDataStream`
        Yields batches of arrays.
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
                             "(batch, time, ...), got {} axes; pad it first, "
                             "or remove it from which_sources".format(
                                 source_name, numpy.ndim(source_batch)))
        return numpy.ascontiguousarray(numpy.swapaxes(source_batch, 0, 1))


def _check_gives_batches(transformer, data_stream):
    check_stream(transformer, data_stream)
    if data_stream.produces_examples:
        raise ValueError('{}: expected a stream of batches, got one of '
                         'examples ({}); insert SizedBatches'.format(
                             type(transformer).__name__,
                             type(data_stream).__name__))


def _sequence_arrays(source, items):
    """Return a batch of sequences as arrays of compatible shapes and types."""
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
    # Empty sequences determine dtype and features only if all are empty.
    telling = ([array for array in arrays if len(array)] or
               [item for item in items if isinstance(item, numpy.ndarray)])
    if not telling:
        raise ValueError("MaskedPadding: a batch of source '{}' contains only "
                         "empty lists, which have no dtype; use arrays such "
                         "as numpy.zeros((0, 12), 'float32')".format(source))
    steps = {array.shape[1:] for array in telling}
    if len(steps) > 1:
        raise ValueError("MaskedPadding: all axes except time must be equal "
                         "in a batch, got time steps of shape {} from source "
                         "'{}'"
                         .format(' and '.join(map(str, sorted(steps))),
                                 source))
    empty = numpy.zeros((0,) + steps.pop(), numpy.result_type(*telling))
    return [array if len(array) else empty for array in arrays]


def _pad(arrays):
    """Stack sequences (time, ...) to (batch, time, ...), padded with zeros."""
    longest = max(max(len(array) for array in arrays), 1)
    padded = numpy.zeros((len(arrays), longest) + arrays[0].shape[1:],
                         numpy.result_type(*arrays))
    for row, array in zip(padded, arrays):
        row[:len(array)] = array
    return padded


def _stack(source, items):
    """Return a batch of single values as an array."""
    shapes = {numpy.shape(item) for item in items}
    if len(shapes) > 1:
        raise ValueError("MaskedPadding: expected values of one shape from "
                         "source '{}', got {}; add it to sequences if it is a "
                         "sequence".format(source, ' and '.join(
                             map(str, sorted(shapes)))))
    return numpy.asarray(items)
