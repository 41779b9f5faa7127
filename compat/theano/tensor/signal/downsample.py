"""Pooling under the names of Theano 0.7."""

from theano.tensor.signal.pool import Pool, max_pool_2d, max_pool_2d_same_size

__all__ = ['DownsampleFactorMax', 'max_pool_2d', 'max_pool_2d_same_size']


class DownsampleFactorMax:
    """Pools the last two dimensions of an array.

    Parameters
    ----------
    ds, ignore_border, st, padding, mode
        See :func:`max_pool_2d`.

    """

    out_shape = staticmethod(Pool.out_shape)

    def __init__(self, ds, ignore_border=False, st=None, padding=(0, 0),
                 mode='max'):
        self.ds, self.ignore_border, self.mode = ds, ignore_border, mode
        self.st, self.padding = (ds if st is None else st), padding

    def __call__(self, x):
        return max_pool_2d(x, self.ds, self.ignore_border, self.st,
                           self.padding, self.mode)
