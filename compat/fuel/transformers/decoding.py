"""Conversion of the bytes of image files to arrays."""
from io import BytesIO

import numpy
from fuel.transformers.base import SourcewiseTransformer
from fuel.utils.checks import as_source_names
from PIL import Image

IMAGE_AXES = ('channel', 'height', 'width')


class ImagesFromBytes(SourcewiseTransformer):
    """Decodes images, e.g. PNG or JPEG files, from bytes.

    Parameters
    ----------
    data_stream : AbstractDataStream
        The stream to wrap.
    color_mode : str, optional
        Pillow's mode to convert images to, ``'RGB'`` by default, or e.g.
        ``'L'`` for shades of grey. `None` keeps their own mode.
    which_sources : tuple of str, optional
        The sources to decode. All by default.

    Notes
    -----
    Images have shape (channel, height, width), even with one channel. A
    batch becomes a list.

    Raises
    ------
    TypeError
        While iterating, if an example is not of type `bytes`.
    ValueError
        While iterating, if Pillow cannot read the image.

    """

    def __init__(self, data_stream, color_mode='RGB', **kwargs):
        self.color_mode = color_mode
        produces_examples = kwargs.pop('produces_examples',
                                       data_stream.produces_examples)
        if 'axis_labels' not in kwargs:
            decoded = as_source_names(
                kwargs.get('which_sources') or data_stream.sources)
            axes = IMAGE_AXES if produces_examples else ('batch', *IMAGE_AXES)
            before = data_stream.axis_labels or {}
            kwargs['axis_labels'] = {
                source: axes if source in decoded else before.get(source)
                for source in data_stream.sources}
        super().__init__(data_stream, produces_examples, **kwargs)

    def transform_source_example(self, source_example, source_name):
        if not isinstance(source_example, bytes):
            raise TypeError(
                f"ImagesFromBytes expects source {source_name!r} to give "
                f"bytes, got {type(source_example).__name__}; "
                "fuel.transformers.defaults.ToBytes converts arrays to bytes")
        try:
            image = Image.open(BytesIO(source_example))
            if self.color_mode is not None:
                image = image.convert(self.color_mode)
            pixels = numpy.array(image)
        except (OSError, SyntaxError) as error:
            # Pillow raises SyntaxError for some broken PNG files.
            raise ValueError(
                f"ImagesFromBytes: source {source_name!r} gave "
                f"{len(source_example)} bytes that Pillow can't read as an "
                f"image: {error}") from error
        return pixels[numpy.newaxis] if pixels.ndim == 2 else (
            pixels.transpose(2, 0, 1))

    def transform_source_batch(self, source_batch, source_name):
        return [self.transform_source_example(example, source_name)
                for example in source_batch]
