"""The functions that generated code calls, besides Python's own.

They map scalars to a scalar of the same type. All except the last few consist
of sums, products and selections, which the compiler vectorises; NaN
propagates.

"""
import math

import numpy
from numba import types
from numba.extending import intrinsic

from .activations import exp, expm1, sigmoid, tanh
from .compiled import inlined

__all__ = ('cos', 'cosh', 'erf', 'exp', 'expm1', 'log', 'log1p', 'maximum',
           'minimum', 'sigmoid', 'sign', 'sin', 'sinh', 'softplus', 'sqrt',
           'square', 'sum_of', 'tanh')


@inlined
def square(x):
    return x * x


@inlined
def maximum(a, b):
    return a if (a >= b) | (a != a) else b


@inlined
def minimum(a, b):
    return a if (a <= b) | (a != a) else b


@inlined
def sign(x):
    one = type(x)(1)
    return (one if x > 0 else x * 0) - (one if x < 0 else x * 0)


@intrinsic
def sum_of(typing_context, total, term):
    """Return a partial sum plus a term of a sum over many.

    The order of the terms is arbitrary, so that the sum can be vectorised.

    """
    def generate(context, builder, signature, arguments):
        return builder.fadd(*arguments, flags=['reassoc', 'nsz'])

    if total != term or total not in (types.float32, types.float64):
        return None
    return total(total, term), generate


@inlined
def sqrt(x):
    return numpy.sqrt(x)


@inlined
def softplus(x):
    return maximum(x, x * 0) + type(x)(math.log1p(exp(-abs(x))))


@inlined
def log(x):
    return type(x)(numpy.log(x))


@inlined
def log1p(x):
    return type(x)(numpy.log1p(x))


@inlined
def sin(x):
    return type(x)(math.sin(x))


@inlined
def cos(x):
    return type(x)(math.cos(x))


@inlined
def sinh(x):
    return type(x)(math.sinh(x))


@inlined
def cosh(x):
    return type(x)(math.cosh(x))


@inlined
def erf(x):
    return type(x)(math.erf(x))
