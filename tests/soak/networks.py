"""Compare random networks with loops in NumPy."""
import time

import numpy
import theano
from blocks.bricks import (
    LSTM,
    MLP,
    GatedRecurrent,
    Identity,
    Logistic,
    Rectifier,
    SimpleRecurrent,
    Softplus,
    Tanh,
)
from blocks.initialization import IsotropicGaussian
from numpy.testing import assert_allclose
from theano import tensor

from tests.equations import (
    blocks_gru_step,
    blocks_lstm_step,
    initial_states_of,
    iterated_padded,
    relu,
    sigmoid,
    simple_step,
)

ACTIVATIONS = [
    (Tanh, numpy.tanh), (Identity, lambda x: x), (Logistic, sigmoid),
    (Rectifier, relu),
    (Softplus, lambda x: numpy.log1p(numpy.exp(x)))]


def make(brick):
    brick.initialize()
    return brick


def feedforward(rng, schemes):
    """Return a perceptron of random depth, widths and activations."""
    depth = rng.randint(1, 5)
    dims = rng.randint(1, 8, size=depth + 1).tolist()
    picked = [ACTIVATIONS[index] for index
              in rng.randint(len(ACTIVATIONS), size=depth)]
    mlp = make(MLP([brick() for brick, _ in picked], dims, **schemes))
    x = rng.normal(size=(rng.randint(1, 6), dims[0]))
    expected = x
    for layer, (_, function) in zip(mlp.linear_transformations, picked):
        W, b = (parameter.get_value() for parameter in layer.parameters)
        expected = function(expected @ W + b)
    variable = tensor.dmatrix()
    return mlp.apply(variable), [(variable, x)], expected


def recurrent(rng, schemes):
    """Return a recurrent layer with a mask that has holes."""
    kind, step, widths = [
        (SimpleRecurrent, simple_step, [1]), (LSTM, blocks_lstm_step, [4]),
        (GatedRecurrent, blocks_gru_step, [1, 2])][rng.randint(3)]
    dim, steps, batch = (int(number) for number in rng.randint(1, 6, size=3))
    options = {} if kind is LSTM else {'activation': Tanh()}
    brick = make(kind(dim, **options, **schemes))
    mask = (rng.uniform(size=(steps, batch)) < .7).astype(float)
    inputs = [rng.normal(size=(steps, batch, width * dim))
              for width in widths]
    values = {parameter.name: parameter.get_value()
              for parameter in brick.parameters}
    expected = iterated_padded(
        step, values, numpy.concatenate(inputs, axis=2), mask,
        initial_states_of(values, batch))[0]
    variables = [tensor.dtensor3() for _ in inputs]
    masks = tensor.dmatrix()
    states = brick.apply(*variables, mask=masks)
    if kind is LSTM:
        states = states[0]
    return states, [*zip(variables, inputs), (masks, mask)], expected


def main(seconds, seed):
    """Run for some seconds, see :mod:`tests.soak`."""
    end = time.monotonic() + seconds
    before, theano.config.floatX = theano.config.floatX, 'float64'
    rounds = 0
    try:
        while time.monotonic() < end:
            rng = numpy.random.RandomState([seed, rounds])
            schemes = {'weights_init': IsotropicGaussian(.5),
                       'biases_init': IsotropicGaussian(.5),
                       'seed': int(rng.randint(10 ** 6))}
            made = (feedforward, recurrent)[rounds % 2](rng, schemes)
            output, pairs, expected = made
            variables, values = zip(*pairs)
            assert_allclose(
                theano.function(list(variables), output)(*values), expected,
                rtol=1e-7, atol=1e-9, err_msg=f'seed {seed}, round {rounds}')
            rounds += 1
    finally:
        theano.config.floatX = before
    return rounds
