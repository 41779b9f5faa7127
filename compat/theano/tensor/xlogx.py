"""``x log(y)``, which is 0 where `x` is 0."""

from theano import tensor

__all__ = ['xlogx', 'xlogy0']


def xlogy0(x, y):
    """Return ``x * log(y)``, and 0 where `x` is 0 for any `y`.

    Parameters
    ----------
    x, y : TensorVariable

    Returns
    -------
    TensorVariable

    Notes
    -----
    Where `x` is 0 and `y` does not have a finite logarithm, gradients are
    0; those of Theano are infinite or not a number.

    """
    x, y = tensor.as_tensor_variable(x), tensor.as_tensor_variable(y)
    has_logarithm = tensor.and_(tensor.gt(y, 0), tensor.lt(y, float('inf')))
    one = tensor.constant(1, dtype=y.dtype)
    return x * tensor.log(tensor.switch(
        tensor.or_(tensor.neq(x, 0), has_logarithm), y, one))


def xlogx(x):
    """Return ``x * log(x)``, and 0 where `x` is 0; see :func:`xlogy0`."""
    return xlogy0(x, x)
