"""Transformers of numbers: shape, scale and dtype."""
from math import prod

import numpy
from fuel import config
from fuel.transformers.base import (
    AgnosticSourcewiseTransformer,
    SourcewiseTransformer,
)
from fuel.transformers.wrapping import with_axis_labels
from fuel.utils.arrays import as_batch, as_objects, is_ragged, map_regular
from fuel.utils.checks import as_source_names, check_dtype, check_number


class Flatten(SourcewiseTransformer):
    """Flattens each example of some sources to a vector.

    Parameters
    ----------
    data_stream : AbstractDataStream
        The stream to wrap. Batches keep their first axis.
    which_sources : tuple of str, optional
        The sources to flatten. All by default.

    """

    def __init__(self, data_stream, **kwargs):
        flattened = as_source_names(
            kwargs.get('which_sources') or data_stream.sources, self,
            'which_sources')
        super().__init__(
            data_stream, data_stream.produces_examples,
            **with_axis_labels(kwargs, data_stream, lambda axis_labels: {
                source: (self._flat_labels(data_stream, labels)
                         if source in flattened else labels)
                for source, labels in axis_labels.items()}))

    @staticmethod
    def _flat_labels(data_stream, labels):
        if not labels:
            return None
        if data_stream.produces_examples:
            return ('feature',)
        return (labels[0], 'feature')

    def transform_source_example(self, source_example, source_name):
        return numpy.asarray(source_example).flatten()

    def transform_source_batch(self, source_batch, source_name):
        batch = as_batch(source_batch)
        if is_ragged(batch):
            return as_objects([numpy.asarray(example).ravel()
                               for example in batch])
        return batch.reshape(len(batch), prod(batch.shape[1:]))


class _KeepsAxes(AgnosticSourcewiseTransformer):
    """Base class of transformers that keep the axes of all sources."""

    def __init__(self, data_stream, **kwargs):
        super().__init__(data_stream, data_stream.produces_examples,
                         **with_axis_labels(kwargs, data_stream))


class ScaleAndShift(_KeepsAxes):
    """Multiplies some sources by a number, then adds another.

    Parameters
    ----------
    data_stream : AbstractDataStream
        The stream to wrap.
    scale : float
        The factor.
    shift : float
        The term to add.
    which_sources : tuple of str, optional
        The sources to change. All by default.

    Notes
    -----
    The numbers do not widen floating point data: ``float32`` remains
    ``float32``, even if `scale` is a NumPy ``float64``. They widen integers
    only if they do not fit: ``uint8`` minus one is ``int16``.

    """

    def __init__(self, data_stream, scale, shift, **kwargs):
        super().__init__(data_stream, **kwargs)
        self.scale = check_number(self, 'scale', scale)
        self.shift = check_number(self, 'shift', shift)

    def transform_any_source(self, source_data, source_name):
        return map_regular(self._transform_array, source_data)

    def _transform_array(self, array):
        array, scale = _adapt(array, self.scale)
        array, shift = _adapt(array * scale, self.shift)
        return array + shift


def _adapt(array, number):
    """Return an array and a number that together have the array's dtype.

    If both are integers and the number needs a larger dtype, they have that.

    """
    if isinstance(number, numpy.generic):
        number = number.item()
    if isinstance(number, int) and array.dtype.kind in 'iu':
        dtype = numpy.result_type(array.dtype, numpy.min_scalar_type(number))
        array = array.astype(dtype, copy=False)
    return array, number


class Cast(_KeepsAxes):
    """Casts some sources to a dtype.

    Parameters
    ----------
    data_stream : AbstractDataStream
        The stream to wrap.
    dtype : dtype or str
        The dtype, or ``'floatX'`` for that of ``fuel.config.floatX``.
    which_sources : tuple of str, optional
        The sources to change. All by default. If their sequences have
        different lengths, each is cast separately.

    """

    def __init__(self, data_stream, dtype, **kwargs):
        self.dtype = (config.floatX
                      if isinstance(dtype, str) and dtype == 'floatX'
                      else check_dtype(self, 'dtype', dtype))
        super().__init__(data_stream, **kwargs)

    def transform_any_source(self, source_data, source_name):
        return map_regular(
            lambda array: numpy.asarray(array, dtype=self.dtype), source_data)


class ForceFloatX(_KeepsAxes):
    """Casts floating point arrays to ``fuel.config.floatX``.

    Only arrays of floating point numbers change, also those inside arrays of
    sequences of different lengths.

    Parameters
    ----------
    data_stream : AbstractDataStream
        The stream to wrap.
    which_sources : tuple of str, optional
        The sources to change. All by default.

    """

    def transform_any_source(self, source_data, source_name):
        if not isinstance(source_data, numpy.ndarray):
            return source_data
        if is_ragged(source_data):
            return as_objects([self.transform_any_source(element, source_name)
                               for element in source_data])
        if source_data.dtype.kind != 'f':
            return source_data
        return source_data.astype(config.floatX, copy=False)
