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


def logistic(x):
    return 1 / (1 + numpy.exp(-x))


ACTIVATIONS = [
    (Tanh, numpy.tanh), (Identity, lambda x: x), (Logistic, logistic),
    (Rectifier, lambda x: numpy.maximum(x, 0)),
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
    kind = [SimpleRecurrent, LSTM, GatedRecurrent][rng.randint(3)]
    dim, steps, batch = (int(number) for number in rng.randint(1, 6, size=3))
    options = {} if kind is LSTM else {'activation': Tanh()}
    brick = make(kind(dim, **options, **schemes))
    mask = (rng.uniform(size=(steps, batch)) < .7).astype(float)
    widths = {SimpleRecurrent: [1], LSTM: [4], GatedRecurrent: [1, 2]}[kind]
    inputs = [rng.normal(size=(steps, batch, width * dim))
              for width in widths]
    values = {parameter.name: parameter.get_value()
              for parameter in brick.parameters}
    expected = LOOPS[kind](values, inputs, mask, dim)
    variables = [tensor.dtensor3() for _ in inputs]
    masks = tensor.dmatrix()
    states = brick.apply(*variables, mask=masks)
    if kind is LSTM:
        states = states[0]
    return states, [*zip(variables, inputs), (masks, mask)], expected


def loop(step, state, steps, mask):
    """Iterate; where the mask is 0, carry the state over."""
    seen = []
    for time_step in range(steps):
        keep = mask[time_step][:, None]
        state = [keep * new + (1 - keep) * old for new, old
                 in zip(step(time_step, *state), state)]
        seen.append(state[0])
    return numpy.array(seen)


def begin(values, prefix, batch, dim):
    initial = [value for name, value in values.items()
               if prefix in name.lower() and value.ndim == 1]
    start = initial[0] if initial else numpy.zeros(dim)
    return numpy.tile(start, (batch, 1))


def simple_loop(values, inputs, mask, dim):
    W, = (value for value in values.values() if value.ndim == 2)
    return loop(lambda t, h: [numpy.tanh(inputs[0][t] + h @ W)],
                [begin(values, 'initial_state', mask.shape[1], dim)],
                len(mask), mask)


def gated_loop(values, inputs, mask, dim):
    W, gates = values['state_to_state'], values['state_to_gates']

    def step(t, h):
        gate = logistic(inputs[1][t] + h @ gates)
        update, reset = gate[:, :dim], gate[:, dim:]
        new = numpy.tanh(inputs[0][t] + (h * reset) @ W)
        return [update * new + (1 - update) * h]
    return loop(step, [begin(values, 'initial_state', mask.shape[1], dim)],
                len(mask), mask)


def lstm_loop(values, inputs, mask, dim):
    def step(t, h, c):
        i, f, g, o = numpy.split(inputs[0][t] + h @ values['W_state'], 4, 1)
        i = logistic(i + c * values['W_cell_to_in'])
        f = logistic(f + c * values['W_cell_to_forget'])
        c = f * c + i * numpy.tanh(g)
        return [logistic(o + c * values['W_cell_to_out']) * numpy.tanh(c), c]
    return loop(step, [begin(values, name, mask.shape[1], dim) for name
                       in ('initial_state', 'initial_cells')],
                len(mask), mask)


LOOPS = {SimpleRecurrent: simple_loop, GatedRecurrent: gated_loop,
         LSTM: lstm_loop}


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
