r"""The activations of the gates, in forms that use vector instructions.

The C library processes one number per call: with it, the gates would take
longer than the products of a small LSTM. The forms here consist only of sums,
products and selections, which the compiler vectorises (measured for one
number: 0.4 instead of 10 to 20 ns in float32, 1 instead of 10 to 15 ns in
float64).

Both come from :math:`e^x - 1`. With :math:`n` the integer nearest to
:math:`x / \ln 2` and :math:`r = x - n \ln 2`, so that
:math:`|r| \le \tfrac12 \ln 2`,

.. math::

   e^x - 1 = 2^n (e^r - 1) + (2^n - 1), \qquad
   e^r - 1 \approx \sum_{k=1}^{K} \frac{r^k}{k!}

where :math:`K = 7` in float32 and :math:`K = 13` in float64 give an error
below that of rounding. There is no cancellation near zero, so :math:`\tanh x
\approx x` keeps all its digits there. NaN propagates.

"""
from math import factorial, log

import numpy
from llvmlite import ir
from numba import types
from numba.extending import intrinsic, overload

from .compiled import OPTIONS, inlined

#: The largest argument of exp, by type.
_LIMITS = {types.float32: 87, types.float64: 708}


def _limit(x):
    """Return the largest argument of exp for the type of x."""


@overload(_limit, jit_options=OPTIONS)
def _implement_limit(x):
    limit = (numpy.float64 if x == types.float64 else numpy.float32)(
        _LIMITS[x])
    return lambda x: limit


def _split_exp(x):
    """Return 2 ** n and e ** r - 1, from which exp(x) is computed.

    Far from zero, x is clipped to keep 2 ** n finite.

    """


@overload(_split_exp, jit_options=OPTIONS)
def _implement_split_exp(x):
    double = x == types.float64
    dtype = numpy.float64 if double else numpy.float32
    limit = dtype(_LIMITS[x])
    per_ln2 = dtype(1 / log(2))
    # The leading part of ln 2 is short enough for an exact product with n.
    head = dtype(float.fromhex('0x1.62e42fep-1' if double else '0x1.62ep-1'))
    tail = dtype(log(2) - float(head))
    shift = dtype(1.5 * 2. ** (52 if double else 23))
    c1, c2, c3, c4, c5, c6, c7, c8, c9, c10, c11, c12, c13 = (
        dtype(1 / factorial(k)) for k in range(1, 14))

    def split_exp(x):
        x = limit if x > limit else -limit if x < -limit else x
        shifted = x * per_ln2 + shift  # rounds to an integer
        n = shifted - shift
        r = x - n * head - n * tail
        high = c7
        if double:
            high += r * (c8 + r * (c9 + r * (c10 + r * (
                c11 + r * (c12 + r * c13)))))
        series = r * (c1 + r * (c2 + r * (c3 + r * (c4 + r * (c5 + r * (
            c6 + r * high))))))
        return _power_of_two(shifted), series

    return split_exp


@intrinsic
def _power_of_two(typing_context, shifted):
    """Return 2 ** n, given the sum of n and 1.5 * 2 ** (mantissa bits).

    The lowest bits of the sum are n. They are shifted to the position of the
    exponent of a floating-point number.

    """
    mantissa, bias = (52, 1023) if shifted == types.float64 else (23, 127)

    def generate(context, builder, signature, arguments):
        bits = ir.IntType(signature.return_type.bitwidth)
        n = builder.bitcast(arguments[0], bits)
        exponent = builder.shl(builder.add(n, ir.Constant(bits, bias)),
                               ir.Constant(bits, mantissa))
        return builder.bitcast(
            exponent, context.get_value_type(signature.return_type))

    return shifted(shifted), generate


@inlined
def exp(x):
    """Return the exponential of a scalar.

    It becomes infinite or zero slightly before it overflows or underflows: at
    708 in float64, at 87 in float32.

    """
    limit = _limit(x)
    power, series = _split_exp(x)
    y = power * series + power
    y = type(x)(numpy.inf) if x > limit else y
    return type(x)(0) if x < -limit else y


@inlined
def expm1(x):
    """Return exp(x) - 1 of a scalar, clipped at 708 (87)."""
    power, series = _split_exp(x)
    return power * series + (power - type(x)(1))


@inlined
def tanh(x):
    """Return the hyperbolic tangent of a scalar."""
    e = expm1(x + x)
    return e / (e + type(x)(2))


@inlined
def sigmoid(x):
    """Return the logistic function 1 / (1 + exp(-x)) of a scalar."""
    return type(x)(1) / (expm1(-x) + type(x)(2))
