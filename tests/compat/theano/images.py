"""Convolution in loops over all elements, and checks of gradients."""

import itertools

import numpy
import theano
from numpy.testing import assert_allclose
from theano import tensor


def pads_of(border_mode, kernel, dilation):
    """Return the zeros before and after each axis of the images."""
    pads = []
    for axis, (size, distance) in enumerate(zip(kernel, dilation)):
        mode = border_mode[axis] if isinstance(border_mode, tuple) \
            else border_mode
        reach = (size - 1) * distance
        mode = {'valid': 0, 'half': (reach + 1) // 2,
                'full': reach}.get(mode, mode)
        pads.append(mode if isinstance(mode, tuple) else (mode, mode))
    return pads


def convolve(images, filters, border_mode='valid', subsample=None,
             filter_flip=True, filter_dilation=None, num_groups=1,
             unshared=False):
    """Convolve images (batch, channels, ...) with filters in loops."""
    number = images.ndim - 2
    steps = subsample or (1,) * number
    dilation = filter_dilation or (1,) * number
    kernel = filters.shape[-number:]
    pads = pads_of(border_mode, kernel, dilation)
    padded = numpy.pad(images, [(0, 0), (0, 0), *pads])
    counts = [(length - (size - 1) * distance - 1) // step + 1
              for length, size, distance, step
              in zip(padded.shape[2:], kernel, dilation, steps)]
    mine, outputs = filters.shape[-number - 1], len(filters)
    result = numpy.zeros((len(images), outputs, *counts))
    for place in itertools.product(*map(range, counts)):
        for offset in itertools.product(*map(range, kernel)):
            here = tuple(p * s + o * d for p, s, o, d
                         in zip(place, steps, offset, dilation))
            turned = tuple(
                size - 1 - o if filter_flip else o
                for size, o in zip(kernel, offset))
            for output in range(outputs):
                group = output // (outputs // num_groups)
                for channel in range(mine):
                    weight = filters[(output, *(place if unshared else ()),
                                      channel, *turned)]
                    result[(slice(None), output, *place)] += weight * padded[
                        (slice(None), group * mine + channel, *here)]
    return result


def variables(*values):
    """Return a variable for each array."""
    return [tensor.TensorType(str(value.dtype), (False,) * value.ndim)()
            for value in values]


def computed(function, *values, mode=None):
    """Evaluate a function of variables."""
    inputs = variables(*values)
    return theano.function(inputs, function(*inputs), mode=mode)(*values)


def check_gradients(function, *values, eps=1e-6):
    """Compare ``theano.grad`` with finite differences of a random projection.

    Parameters
    ----------
    function : callable
        Maps variables to a variable.
    *values : numpy.ndarray
        Arguments in float64.
    eps : float
        Half the step of the central differences.

    """
    inputs = variables(*values)
    output = function(*inputs)
    shape = output.eval(dict(zip(inputs, values))).shape
    weights = numpy.random.RandomState(0).normal(size=shape)
    cost = (output * weights).sum()
    f = theano.function(inputs, [cost, *theano.grad(cost, inputs)])
    _, *gradients = f(*values)
    for number, (value, gradient) in enumerate(zip(values, gradients)):
        expected = numpy.zeros_like(value)
        for index in numpy.ndindex(value.shape):
            costs = []
            for sign in 1, -1:
                moved = value.copy()
                moved[index] += sign * eps
                costs.append(f(*values[:number], moved,
                               *values[number + 1:])[0])
            expected[index] = (costs[0] - costs[1]) / (2 * eps)
        assert_allclose(gradient, expected, rtol=1e-5, atol=1e-7)
