"""Shapes of pooled images; pooling itself is left out."""

__all__ = ['Pool', 'max_pool_2d', 'pool_2d', 'pool_3d']


def _left_out(*args, **kwargs):
    """Say that there is no pooling."""
    raise NotImplementedError('pooling is outside of this package')


max_pool_2d = pool_2d = pool_3d = _left_out


class Pool:
    """Pooling of images."""

    __init__ = _left_out

    @staticmethod
    def out_shape(imgshape, ws=None, ignore_border=False, stride=None,
                  pad=None, ndim=2):
        """Return the shape of a pooled image.

        Parameters
        ----------
        imgshape : sequence of int
            Shape of the images; the last `ndim` lengths are pooled.
        ws : sequence of int
            Lengths of the window.
        ignore_border : bool
            Leave out windows that reach beyond the image.
        stride : sequence of int, optional
            Steps; by default the lengths of the window.
        pad : sequence of int, optional
            Padding on both sides.
        ndim : int
            Number of pooled dimensions.

        Returns
        -------
        list of int

        Raises
        ------
        ValueError
            If the window is missing.
        TypeError
            If the image has too few dimensions.

        """
        if ws is None:
            raise ValueError('Pool.out_shape: ws, the lengths of the window, '
                             'is missing')
        if len(imgshape) < ndim:
            raise TypeError(f'Pool.out_shape: imgshape must have at least '
                            f'{ndim} dimensions, got {len(imgshape)}')
        stride = ws if stride is None else stride
        pad = (0,) * ndim if pad is None else pad
        lengths = [
            _pooled_length(length + 2 * padding, window, step, ignore_border)
            for length, window, step, padding
            in zip(imgshape[-ndim:], ws, stride, pad)]
        return list(imgshape[:-ndim]) + lengths


def _pooled_length(length, window, step, ignore_border):
    """Count the windows along one dimension."""
    if ignore_border:
        return max(0, (length - window) // step + 1)
    if step >= window:
        return (length - 1) // step + 1
    return max(0, (length - 1 - window + step) // step) + 1
