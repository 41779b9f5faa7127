"""Resizing and rotating arrays of any dtype with Pillow."""
import numpy
from PIL import Image

#: Former names of Pillow's filters.
_FORMER_NAMES = {'ANTIALIAS': 'LANCZOS', 'CUBIC': 'BICUBIC',
                 'LINEAR': 'BILINEAR'}


def resampling_filter(name, who, allowed=tuple(Image.Resampling)):
    """Return Pillow's filter of the given name.

    Parameters
    ----------
    name : str
        The name, in upper or lower case.
    who : str
        The caller, for the message.
    allowed : iterable of PIL.Image.Resampling, optional
        The filters to choose from. All by default.

    Returns
    -------
    PIL.Image.Resampling

    Raises
    ------
    ValueError
        If none of the allowed filters has this name.

    """
    filters = {method.name: method for method in allowed}
    key = str(name).upper()
    key = _FORMER_NAMES.get(key, key)
    if key not in filters:
        raise ValueError(
            f"{who}: resample must be one of "
            f"{', '.join(repr(known.lower()) for known in filters)}, got "
            f"{name!r}")
    return filters[key]


def apply_to_channels(image, operation, resample, who):
    """Resize or rotate an image, each channel separately.

    Parameters
    ----------
    image : numpy.ndarray
        Of shape (height, width) or (channel, height, width).
    operation : callable
        Takes and returns a :class:`PIL.Image.Image` of one channel; pixels
        from outside must be filled with zero.
    resample : PIL.Image.Resampling
        The filter that `operation` applies.
    who : str
        The caller, for the message.

    Returns
    -------
    numpy.ndarray
        The result, with the dtype and the number of axes of `image`.

    Raises
    ------
    ValueError
        If `resample` interpolates and Pillow cannot represent the dtype.

    Notes
    -----
    The nearest pixel is looked up by its position, so values of any dtype are
    unchanged. Filters that interpolate compute in ``uint8``, ``int32`` or
    ``float32``; floating point values are rounded to the last of these.

    """
    if resample == Image.Resampling.NEAREST:
        return _look_up(image, operation)
    dtype = _pillow_dtype(image.dtype, who)
    channels = image.reshape(-1, *image.shape[-2:])
    changed = numpy.stack([
        numpy.asarray(operation(Image.fromarray(
            numpy.ascontiguousarray(channel, dtype=dtype))))
        for channel in channels])
    if image.dtype.kind in 'iu':
        # A cubic filter overshoots, and a cast would wrap around.
        bounds = numpy.iinfo(image.dtype)
        changed = changed.clip(bounds.min, bounds.max)
    return changed.astype(image.dtype).reshape(
        *image.shape[:-2], *changed.shape[1:])


def _look_up(image, operation):
    """Apply the operation to positions, and fetch pixels from there."""
    height, width = image.shape[-2:]
    positions = 1 + numpy.arange(height * width, dtype='int32')
    positions = numpy.asarray(operation(Image.fromarray(
        positions.reshape(height, width))))
    pixels = image.reshape(*image.shape[:-2], height * width)
    # Position 0 represents pixels outside.
    outside = numpy.zeros((*image.shape[:-2], 1), dtype=image.dtype)
    return numpy.concatenate([outside, pixels], axis=-1)[..., positions]


def _pillow_dtype(dtype, who):
    """Return the dtype of Pillow that holds all numbers of a dtype."""
    if dtype.kind == 'f':
        return 'float32'
    if dtype == 'uint8':
        return 'uint8'
    if dtype.kind in 'iu' and numpy.can_cast(dtype, 'int32'):
        return 'int32'
    raise ValueError(
        f"{who}: only the filter 'nearest' supports images of dtype {dtype}; "
        "the others support floating point numbers and integers that fit "
        "into int32: put fuel.transformers.Cast before it")
