r"""The random number generator MRG31k3p, on arrays of streams.

Two recurrences run side by side, modulo :math:`m_1 = 2^{31} - 1` and
:math:`m_2 = 2^{31} - 21069`:

.. math::

    x_n &= (2^{22} x_{n-2} + (2^7 + 1) x_{n-3}) \bmod m_1 \\
    y_n &= (2^{15} y_{n-1} + (2^{15} + 1) y_{n-3}) \bmod m_2

and :math:`(x_n - y_n) \bmod m_1`, with zero replaced by :math:`m_1`, is
the number drawn.  A stream's state is the row :math:`(x_n, x_{n-1},
x_{n-2}, y_n, y_{n-1}, y_{n-2})`.

References
----------
P. L'Ecuyer and R. Touzin, "Fast combined multiple recursive generators
with multipliers of the form a = +/-2^q +/-2^r", Winter Simulation
Conference 2000, section 5.

"""

import numpy

M1 = 2 ** 31 - 1
M2 = 2 ** 31 - 21069

_STEP1 = numpy.array([[0, 2 ** 22, 2 ** 7 + 1], [1, 0, 0], [0, 1, 0]],
                     dtype=object)
_STEP2 = numpy.array([[2 ** 15, 0, 2 ** 15 + 1], [1, 0, 0], [0, 1, 0]],
                     dtype=object)

#: Factors from integers to numbers in (0, 1).
_SCALE = {'float16': numpy.float16(3.0458e-05),
          'float32': numpy.float32(4.6566126e-10),
          'float64': numpy.float64(2.0 ** -31)}


def _power(matrix, exponent, modulus):
    """Raise a matrix of Python integers to a power."""
    result = numpy.identity(3, dtype=object)
    while exponent:
        if exponent & 1:
            result = result.dot(matrix) % modulus
        matrix = matrix.dot(matrix) % modulus
        exponent >>= 1
    return result


class Jump:
    """A move of whole states by a fixed number of draws.

    Parameters
    ----------
    steps : int
        Number of draws to pass over.

    """

    def __init__(self, steps):
        self._matrices = (_power(_STEP1, steps, M1), _power(_STEP2, steps, M2))

    def doubled(self):
        """Return the jump over twice as many draws."""
        jump = object.__new__(Jump)
        first, second = self._matrices
        jump._matrices = first.dot(first) % M1, second.dot(second) % M2
        return jump

    def __call__(self, states):
        """Move states.

        Parameters
        ----------
        states : ndarray of int, shape (..., 6)

        Returns
        -------
        ndarray of int32, shape (..., 6)

        """
        states = numpy.asarray(states, dtype=numpy.int64)
        halves = []
        for matrix, modulus, half in zip(
                self._matrices, (M1, M2), (states[..., :3], states[..., 3:])):
            terms = (half[..., None, :] * matrix.astype(numpy.int64)) % modulus
            halves.append(terms.sum(axis=-1) % modulus)
        return numpy.concatenate(halves, axis=-1).astype(numpy.int32)


#: Distance between the streams of one variable, and between variables.
NEXT_STREAM = Jump(2 ** 72)
NEXT_VARIABLE = Jump(2 ** 134)


def streams(first, number):
    """Return the states of streams that are 2**72 draws apart.

    Parameters
    ----------
    first : ndarray of int32, shape (6,)
        State of the first stream.
    number : int
        Number of streams.

    Returns
    -------
    ndarray of int32, shape (number, 6)

    """
    states = numpy.asarray(first, dtype=numpy.int32)[None]
    jump = NEXT_STREAM
    while len(states) < number:
        states = numpy.concatenate([states, jump(states)])
        jump = jump.doubled()
    return states[:number].copy()


def draw(states, number, dtype):
    """Draw numbers from all streams in turn.

    Parameters
    ----------
    states : ndarray of int32, shape (streams, 6)
        Overwritten by the states after the draw.
    number : int
        Number of draws.
    dtype : {'float16', 'float32', 'float64'}
        Their data type.

    Returns
    -------
    ndarray, shape (number,)
        Numbers between 0 and 1.

    """
    sample = numpy.empty(number, dtype=dtype)
    used = states[:number]
    columns = list(used.T.astype(numpy.uint32))
    for start in range(0, number, len(states)):
        part = sample[start:start + len(states)]
        moved, integers = _advance([column[:len(part)]
                                    for column in columns])
        _scaled(integers, _SCALE[dtype], part)
        if len(part) < len(used):
            used[len(part):] = numpy.stack(columns, axis=1)[len(part):]
            used = used[:len(part)]
        columns = moved
    used[...] = numpy.stack(columns, axis=1)
    return sample


def _scaled(integers, scale, out):
    """Bring integers into (0, 1)."""
    if scale.dtype == numpy.float16:
        integers = (integers & 0x7fff) + 1
    numpy.multiply(integers.astype(scale.dtype), scale, out=out)


def _advance(columns):
    """Make one draw from every stream.

    All intermediate values stay below 2**32; differences wrap around.

    """
    x1, x2, x3, y1, y2, y3 = columns
    x = _reduced(((x2 & 0x1ff) << 22) + (x2 >> 9)
                 + ((x3 & 0xffffff) << 7) + (x3 >> 24), M1)
    x = _reduced(x + x3, M1)
    y = _reduced(_times_two_to_15(y3) + y3, M2)
    y = _reduced(y + _times_two_to_15(y1), M2)
    below = x - y - 1
    integers = numpy.minimum(below, below + M1) + 1
    return (x, x1, x2, y, y1, y2), integers


def _times_two_to_15(y):
    return _reduced(((y & 0xffff) << 15) + 21069 * (y >> 16), M2)


def _reduced(values, modulus):
    """Subtract the modulus where it is reached.

    A difference below zero wraps around to a number above the values.

    """
    return numpy.minimum(values, values - modulus)
