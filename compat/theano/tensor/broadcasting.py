"""Declarations of dimensions of length one."""

from pytensor.tensor import as_tensor_variable
from pytensor.tensor.shape import specify_broadcastable
from theano.compile.ops import Rebroadcast

__all__ = ['Rebroadcast', 'addbroadcast', 'patternbroadcast', 'unbroadcast']


def addbroadcast(x, *axes):
    """Declare that dimensions have length one.

    Parameters
    ----------
    x : TensorVariable
    *axes : int
        Dimensions that become broadcastable; the lengths are checked when
        the values are computed.

    Returns
    -------
    TensorVariable

    """
    return specify_broadcastable(x, *axes)


def unbroadcast(x, *axes):
    """Forget that dimensions have length one.

    Parameters
    ----------
    x : TensorVariable
    *axes : int
        Dimensions that are no longer broadcastable.

    Returns
    -------
    TensorVariable
        `x` itself if none of them was broadcastable.

    """
    x = as_tensor_variable(x)
    known = [axis for axis in axes if x.broadcastable[axis]]
    return Rebroadcast(*((axis, False) for axis in known))(x) if known else x


def patternbroadcast(x, broadcastable):
    """Declare for every dimension whether it broadcasts.

    Parameters
    ----------
    x : TensorVariable
    broadcastable : sequence of bool
        One for each dimension.

    Returns
    -------
    TensorVariable

    """
    x = as_tensor_variable(x)
    ones = [axis for axis, one in enumerate(broadcastable) if one]
    others = [axis for axis, one in enumerate(broadcastable) if not one]
    return unbroadcast(addbroadcast(x, *ones) if ones else x, *others)
