"""Sigmoid functions and approximations of them."""

from pytensor.scalar.math import Sigmoid as ScalarSigmoid
from pytensor.scalar.math import Softplus as ScalarSoftplus
from pytensor.scalar.math import sigmoid as scalar_sigmoid
from pytensor.scalar.math import softplus as scalar_softplus
from pytensor.tensor.math import sigmoid, softplus
from theano import tensor

__all__ = ['ScalarSigmoid', 'ScalarSoftplus', 'hard_sigmoid',
           'scalar_sigmoid', 'scalar_softplus', 'sigmoid', 'softplus',
           'ultra_fast_sigmoid']


def hard_sigmoid(x):
    """Approximate the sigmoid by three straight lines.

    Parameters
    ----------
    x : TensorVariable

    Returns
    -------
    TensorVariable
        ``0.2 * x + 0.5``, clipped to the range from 0 to 1.

    """
    x = tensor.as_tensor_variable(x)
    dtype = sigmoid(x).dtype
    slope = tensor.constant(0.2, dtype=dtype)
    shift = tensor.constant(0.5, dtype=dtype)
    return tensor.clip(x * slope + shift, tensor.constant(0., dtype=dtype),
                       tensor.constant(1., dtype=dtype))


def ultra_fast_sigmoid(x):
    """Approximate the sigmoid by hyperbolas and lines, within 0.03.

    Parameters
    ----------
    x : TensorVariable

    Returns
    -------
    TensorVariable

    """
    x = tensor.as_tensor_variable(x)
    dtype = sigmoid(x).dtype

    def number(value):
        return tensor.constant(value, dtype=dtype)

    half = number(0.5) * tensor.cast(x, dtype)
    size = abs(half)
    near = number(1.5) * size / (number(1.) + size)
    middle = number(0.935409070603099) + number(0.0458812946797165) * (
        size - number(1.7))
    height = tensor.switch(size < number(1.7), near, tensor.switch(
        size < number(3.), middle, number(0.99505475368673)))
    return number(0.5) * (tensor.switch(half >= 0, height, -height)
                          + number(1.))
