"""``scipy.misc``: images by Pillow, and functions that have moved."""
import numpy
from scipy.special import comb, factorial, factorial2, logsumexp

from ...python2.files import binary
from ...python2.text import to_path

__all__ = ['bytescale', 'comb', 'factorial', 'factorial2', 'fromimage',
           'imread', 'imresize', 'imrotate', 'imsave', 'imshow', 'logsumexp',
           'toimage']

INTERPOLATION = {'nearest': 0, 'lanczos': 1, 'bilinear': 2, 'bicubic': 3,
                 'cubic': 3}


def _image():
    try:
        from PIL import Image
    except ImportError:
        raise ImportError('the functions of scipy.misc for images need '
                          'Pillow; pip install pillow') from None
    return Image


def bytescale(data, cmin=None, cmax=None, high=255, low=0):
    """Return an array scaled to bytes, from its least to its largest value.

    Parameters
    ----------
    data : :class:`~numpy.ndarray`
        Bytes are returned as they are.
    cmin, cmax : number, optional
        The values mapped to `low` and `high`; by default the extremes of
        `data`.
    high, low : int, optional
        From 0 to 255.

    """
    data = numpy.asarray(data)
    if data.dtype == numpy.uint8:
        return data
    if not 0 <= low <= high <= 255:
        raise ValueError('bytescale: low and high must be from 0 to 255, low '
                         f'not above high; got {low} and {high}')
    cmin = data.min() if cmin is None else cmin
    cmax = data.max() if cmax is None else cmax
    if cmax < cmin:
        raise ValueError(f'bytescale: cmax {cmax} is less than cmin {cmin}')
    scaled = (data * 1.0 - cmin) * (high - low) / ((cmax - cmin) or 1) + low
    return (scaled.clip(low, high) + 0.5).astype(numpy.uint8)


def fromimage(image, flatten=False, mode=None):
    """Return the array of an image; `flatten` makes it grey, in floats."""
    if mode is not None and mode != image.mode:
        image = image.convert(mode)
    elif image.mode == 'P':
        image = image.convert('RGBA' if 'transparency' in image.info
                              else 'RGB')
    if flatten:
        return numpy.array(image.convert('F'))
    if image.mode == '1':
        image = image.convert('L')
    return numpy.array(image)


def toimage(arr, high=255, low=0, cmin=None, cmax=None, pal=None, mode=None,
            channel_axis=None):
    """Return an image of an array, scaled to bytes."""
    if pal is not None:
        raise ValueError('toimage: pal is not supported; use Pillow')
    arr = numpy.asarray(arr)
    if mode == 'F' and arr.ndim == 2:
        return _image().fromarray(arr.astype(numpy.float32))
    if arr.ndim == 3:
        if channel_axis is None:
            channel_axis = next((axis for axis in (2, 0, 1)
                                 if arr.shape[axis] in (3, 4)), None)
        if channel_axis is None:
            raise ValueError('toimage: an array of three dimensions needs 3 '
                             f'or 4 channels, got shape {arr.shape}')
        arr = numpy.moveaxis(arr, channel_axis, 2)
    elif arr.ndim != 2:
        raise ValueError('toimage: an image has two or three dimensions, got '
                         f'{arr.ndim}')
    image = _image().fromarray(
        numpy.ascontiguousarray(bytescale(arr, cmin, cmax, high, low)))
    return image.convert(mode) if mode else image


def imread(name, flatten=False, mode=None):
    """Return the array of an image file."""
    file = binary(name)
    with _image().open(to_path(file)) as image:
        return fromimage(image, flatten, mode)


def imsave(name, arr, format=None):
    """Write an array as an image file."""
    toimage(arr, channel_axis=2 if numpy.ndim(arr) == 3 else None).save(
        to_path(binary(name)), format)


def imresize(arr, size, interp='bilinear', mode=None):
    """Return an array of bytes, resized.

    Parameters
    ----------
    arr : :class:`~numpy.ndarray`
        An image.
    size : int, float or tuple of int
        Percent, a fraction, or rows and columns.
    interp : str, optional
        'nearest', 'lanczos', 'bilinear', 'bicubic' or 'cubic'.
    mode : str, optional
        Pillow's mode for the image.

    """
    image = toimage(arr, mode=mode)
    if isinstance(size, (int, numpy.integer)):
        size = tuple(int(length * size / 100.) for length in image.size)
    elif isinstance(size, (float, numpy.floating)):
        size = tuple(int(length * size) for length in image.size)
    else:
        size = (int(size[1]), int(size[0]))
    return fromimage(image.resize(size, resample=INTERPOLATION[interp]))


def imrotate(arr, angle, interp='bilinear'):
    """Return an image turned by `angle` degrees counter-clockwise."""
    return fromimage(toimage(arr).rotate(
        angle, resample=INTERPOLATION[interp]))


def imshow(arr):
    """Show an image in a window."""
    toimage(arr).show()
