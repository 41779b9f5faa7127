"""Transformers of images.

An image is an array of shape (channel, height, width), a batch of images
of one size an array of shape (batch, channel, height, width). A batch of
images of different sizes is a list of such arrays, or an array of dtype
``object`` with such arrays as its elements.

"""
import math

import numpy
from fuel import config
from fuel.transformers.base import ExpectsAxisLabels, SourcewiseTransformer
from fuel.transformers.decoding import IMAGE_AXES, ImagesFromBytes
from fuel.transformers.wrapping import with_axis_labels
from fuel.utils.arrays import as_objects
from fuel.utils.pillow import apply_to_channels, resampling_filter
from PIL import Image

__all__ = ['ImagesFromBytes', 'MinimumImageDimensions', 'Random2DRotation',
           'RandomFixedSizeCrop']


class _ImageTransformer(SourcewiseTransformer, ExpectsAxisLabels):
    """Base class of the transformers from images to images."""

    def __init__(self, data_stream, **kwargs):
        produces_examples = kwargs.pop('produces_examples',
                                       data_stream.produces_examples)
        super().__init__(data_stream, produces_examples,
                         **with_axis_labels(kwargs, data_stream))

    def _verify(self, axes, source_name):
        labels = self.data_stream.axis_labels or {}
        self.verify_axis_labels(axes, labels.get(source_name), source_name)

    def _check_image(self, image, source_name):
        if not isinstance(image, numpy.ndarray) or image.ndim != 3:
            raise ValueError(
                f"{type(self).__name__} expects an image of source "
                f"{source_name!r} to be an array with the axes {IMAGE_AXES}, "
                f"got {_describe(image)}")

    def _check_batch(self, batch, source_name):
        """Return whether a batch is one array; check it if not."""
        if isinstance(batch, numpy.ndarray) and batch.dtype != object:
            if batch.ndim == 4:
                return True
            raise ValueError(
                f"{type(self).__name__} expects a batch of source "
                f"{source_name!r} to be an array with the axes "
                f"{('batch', *IMAGE_AXES)} or a list of images, got "
                f"{_describe(batch)}")
        for image in batch:
            self._check_image(image, source_name)
        return False


def _describe(data):
    if isinstance(data, numpy.ndarray):
        return f"an array of shape {data.shape}"
    return type(data).__name__


class MinimumImageDimensions(_ImageTransformer):
    """Enlarges small images, keeping their proportions.

    Parameters
    ----------
    data_stream : AbstractDataStream
        The stream to wrap, of images with or without the axis of
        channels. Batches become lists.
    minimum_shape : tuple of int
        The minimal height and width. Larger images are unchanged.
    resample : str, optional
        Pillow's filter: ``'nearest'``, the default, ``'bilinear'``,
        ``'bicubic'``, ``'lanczos'``, ``'box'`` or ``'hamming'``.
    which_sources : tuple of str, optional
        The sources to enlarge. All by default.

    Raises
    ------
    ValueError
        If `resample` is not a filter or `minimum_shape` is not two positive
        numbers.
    NotImplementedError
        While iterating, if an image does not have two or three axes.

    """

    def __init__(self, data_stream, minimum_shape, resample='nearest',
                 **kwargs):
        self.minimum_shape = _two_lengths(self, 'minimum_shape',
                                          minimum_shape)
        self.resample = resampling_filter(resample, type(self).__name__)
        super().__init__(data_stream, **kwargs)

    def transform_source_example(self, source_example, source_name):
        self._verify(IMAGE_AXES, source_name)
        return self._enlarge(source_example, source_name)

    def transform_source_batch(self, source_batch, source_name):
        self._verify(('batch', *IMAGE_AXES), source_name)
        return [self._enlarge(image, source_name) for image in source_batch]

    def _enlarge(self, image, source_name):
        if image.ndim not in (2, 3) or not image.size:
            raise NotImplementedError(
                f"{type(self).__name__} takes images of shape (height, "
                "width) or (channel, height, width), none of them empty; "
                f"source {source_name!r} gave {_describe(image)}")
        height, width = image.shape[-2:]
        factor = max(least / length for least, length in
                     zip(self.minimum_shape, (height, width)))
        if factor <= 1:
            return image
        size = math.ceil(width * factor), math.ceil(height * factor)
        return apply_to_channels(
            image, lambda channel: channel.resize(size, self.resample),
            self.resample, type(self).__name__)


class RandomFixedSizeCrop(_ImageTransformer):
    """Cuts a random window from each image.

    Parameters
    ----------
    data_stream : AbstractDataStream
        The stream to wrap.
    window_shape : tuple of int
        Height and width of the window.
    rng : numpy.random.RandomState, optional
        The generator; by default one with the seed
        ``fuel.config.default_seed``.
    which_sources : tuple of str, optional
        The sources to cut from. All by default. The windows of each source are
        drawn separately.

    Notes
    -----
    A batch in an array becomes an array, any other batch a list.

    Raises
    ------
    ValueError
        While iterating, if an image is smaller than the window.

    """

    def __init__(self, data_stream, window_shape, **kwargs):
        self.window_shape = _two_lengths(self, 'window_shape', window_shape)
        self.rng = _generator(kwargs)
        super().__init__(data_stream, **kwargs)

    def transform_source_example(self, source_example, source_name):
        self._verify(IMAGE_AXES, source_name)
        self._check_image(source_example, source_name)
        return self._window(source_example, source_name)

    def transform_source_batch(self, source_batch, source_name):
        self._verify(('batch', *IMAGE_AXES), source_name)
        if not self._check_batch(source_batch, source_name):
            return [self._window(image, source_name)
                    for image in source_batch]
        spare = self._spare(source_batch, source_name)
        # Fuel draws the horizontal offsets of a batch first, but the vertical
        # one of a single image. The same seed must draw the same windows.
        lefts, tops = (self.rng.randint(0, rest + 1, size=len(source_batch))
                       for rest in reversed(spare))
        windows = numpy.empty((*source_batch.shape[:2], *self.window_shape),
                              dtype=source_batch.dtype)
        for window, image, top, left in zip(windows, source_batch, tops,
                                            lefts):
            window[...] = self._cut(image, top, left)
        return windows

    def _window(self, image, source_name):
        top, left = (self.rng.randint(0, rest + 1) if rest else 0
                     for rest in self._spare(image, source_name))
        return self._cut(image, top, left)

    def _cut(self, image, top, left):
        height, width = self.window_shape
        return image[:, top:top + height, left:left + width]

    def _spare(self, images, source_name):
        """Return how far the window can move down and to the right."""
        spare = tuple(length - window for length, window in
                      zip(images.shape[-2:], self.window_shape))
        if min(spare) < 0:
            raise ValueError(
                f"{type(self).__name__} can't cut windows of shape "
                f"{self.window_shape} from images of shape "
                f"{images.shape[-2:]} of source {source_name!r}; "
                "MinimumImageDimensions enlarges images")
        return spare


class Random2DRotation(_ImageTransformer):
    """Rotates each image about its centre by a random angle.

    Parameters
    ----------
    data_stream : AbstractDataStream
        The stream to wrap.
    maximum_rotation : float, optional
        The largest angle, in radians, in both directions; at most pi, the
        default.
    resample : str, optional
        Pillow's filter: ``'nearest'``, the default, ``'bilinear'`` or
        ``'bicubic'``.
    rng : numpy.random.RandomState, optional
        The generator; by default one with the seed
        ``fuel.config.default_seed``.
    which_sources : tuple of str, optional
        The sources to rotate. All by default. Their angles are drawn
        separately.

    Notes
    -----
    Images keep their shape and dtype, batches their type. Corners from
    outside the image are zero.

    Raises
    ------
    ValueError
        If `maximum_rotation` is out of range or `resample` is not one of these
        filters; while iterating, if the data are not images.

    """

    FILTERS = (Image.Resampling.NEAREST, Image.Resampling.BILINEAR,
               Image.Resampling.BICUBIC)

    def __init__(self, data_stream, maximum_rotation=math.pi,
                 resample='nearest', **kwargs):
        if not 0 < maximum_rotation <= math.pi:
            raise ValueError(
                f"{type(self).__name__}: maximum_rotation must be an angle "
                f"in radians, greater than 0 and at most pi, got "
                f"{maximum_rotation!r}")
        self.maximum_rotation = numpy.rad2deg(maximum_rotation)
        self.resample = resampling_filter(resample, type(self).__name__,
                                          self.FILTERS)
        self.rng = _generator(kwargs)
        super().__init__(data_stream, **kwargs)

    def transform_source_example(self, source_example, source_name):
        self._verify(IMAGE_AXES, source_name)
        self._check_image(source_example, source_name)
        return self._rotate(source_example, self._angles())

    def transform_source_batch(self, source_batch, source_name):
        self._verify(('batch', *IMAGE_AXES), source_name)
        is_array = self._check_batch(source_batch, source_name)
        rotated = [self._rotate(image, angle) for image, angle in
                   zip(source_batch, self._angles(len(source_batch)))]
        if is_array:
            return numpy.array(rotated, dtype=source_batch.dtype).reshape(
                source_batch.shape)
        if isinstance(source_batch, numpy.ndarray):
            return as_objects(rotated)
        return rotated

    def _angles(self, size=None):
        return self.rng.uniform(-self.maximum_rotation,
                                self.maximum_rotation, size)

    def _rotate(self, image, angle):
        return apply_to_channels(
            image, lambda channel: channel.rotate(angle, self.resample),
            self.resample, type(self).__name__)


def _two_lengths(transformer, name, shape):
    lengths = tuple(shape)
    if len(lengths) != 2 or min(lengths) < 1:
        raise ValueError(
            f"{type(transformer).__name__}: {name} must be a height and a "
            f"width of at least one pixel, got {shape!r}")
    return lengths


def _generator(kwargs):
    """Pop the generator from the arguments of a constructor."""
    rng = kwargs.pop('rng', None)
    return (numpy.random.RandomState(config.default_seed) if rng is None
            else rng)
