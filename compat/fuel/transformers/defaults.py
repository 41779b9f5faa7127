"""Pipelines of datasets' default transformers."""
from fuel.transformers import Cast, ScaleAndShift, SourcewiseTransformer
from fuel.transformers.image import ImagesFromBytes
from fuel.utils.checks import as_source_names


def uint8_pixels_to_floatX(which_sources):
    """Return the pipeline that converts bytes to numbers from 0 to 1.

    Parameters
    ----------
    which_sources : tuple of str
        The sources to change.

    Returns
    -------
    tuple
        The value of :attr:`fuel.datasets.Dataset.default_transformers`.

    """
    steps = (ScaleAndShift, [1 / 255., 0]), (Cast, ['floatX'])
    return tuple((transformer, args, {'which_sources': which_sources})
                 for transformer, args in steps)


class ToBytes(SourcewiseTransformer):
    """Converts arrays of ``uint8`` to byte strings.

    Parameters
    ----------
    stream : AbstractDataStream
        The stream to wrap. Batches of such arrays become lists.
    which_sources : tuple of str, optional
        The sources to change. All by default.

    """

    def __init__(self, stream, **kwargs):
        axis_labels = dict(stream.axis_labels or {})
        for source in as_source_names(kwargs.get('which_sources')
                                      or stream.sources):
            before = axis_labels.get(source) or ()
            axis_labels[source] = (
                *(label for label in before if label == 'batch'), 'bytes')
        super().__init__(stream, **{
            'produces_examples': stream.produces_examples,
            'axis_labels': axis_labels, **kwargs})

    def transform_source_example(self, source_example, source_name):
        return source_example.tobytes()

    def transform_source_batch(self, source_batch, source_name):
        return [example.tobytes() for example in source_batch]


def rgb_images_from_encoded_bytes(which_sources):
    """Return the pipeline that decodes images stored as bytes of files.

    Parameters
    ----------
    which_sources : tuple of str
        The sources to change, e.g. JPEG files as arrays of ``uint8``.

    Returns
    -------
    tuple
        The value of :attr:`fuel.datasets.Dataset.default_transformers`.

    """
    return tuple((transformer, [], {'which_sources': which_sources})
                 for transformer in (ToBytes, ImagesFromBytes))
