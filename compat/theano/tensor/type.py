"""Types of tensors."""

from pytensor.tensor.type import TensorType as _BackendTensorType
from pytensor.tensor.type import values_eq_approx_always_true

__all__ = ['TensorType', 'static_shape', 'values_eq_approx_always_true']


def static_shape(broadcastable):
    """Return PyTensor's static shape for a broadcasting pattern.

    Parameters
    ----------
    broadcastable : iterable of bool

    Returns
    -------
    tuple of (1 or None)

    """
    return tuple(1 if known else None for known in broadcastable)


class _TensorTypeMeta(type(_BackendTensorType)):
    """Builds PyTensor's types from Theano's arguments."""

    def __call__(cls, dtype, broadcastable=None, name=None,
                 sparse_grad=False, shape=None):
        if shape is None:
            if broadcastable is None:
                raise TypeError('TensorType: broadcastable is missing; pass '
                                'one Boolean for each dimension')
            shape = static_shape(broadcastable)
        return _BackendTensorType(dtype, shape=shape, name=name)

    def __instancecheck__(cls, instance):
        return _BackendTensorType in type(instance).__mro__

    def __subclasscheck__(cls, subclass):
        return _BackendTensorType in subclass.__mro__


class TensorType(_BackendTensorType, metaclass=_TensorTypeMeta):
    """The type of tensors of one data type and number of dimensions.

    Parameters
    ----------
    dtype : str
        The dtype; ``'floatX'`` means ``theano.config.floatX``.
    broadcastable : sequence of bool
        For each dimension, whether its length is known to be one.
    name : str, optional
        Name of the type.

    """
