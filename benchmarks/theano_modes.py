"""Compare the modes of ``compat/theano`` on the training of an LSTM.

For every mode a fresh process imports Theano, builds the graph of an LSTM
of 128 cells over 50 symbols (50 steps, batch 32) with Adam and gradient
clipping, compiles it and trains: once with empty caches of compiled code,
once with full ones. Two programs are measured: ``scan`` writes the LSTM as a
loop, ``op`` as one Op that has only ``perform``, so that the rest of the
graph is the same as beside a fused kernel.

Usage::

    python benchmarks/theano_modes.py [--programs scan op]
                                      [--modes vm-fast_compile vm-fast_run
                                               cvm numba]

Times are seconds of processor time, including compilers, with matrix
products in one thread; on an idle machine they equal the elapsed time. The
last columns are ratios to the first mode.

"""

import argparse
import json
import os
import subprocess
import sys
import tempfile

MODES = {
    'vm-fast_compile': 'mode=FAST_COMPILE,linker=vm',
    'vm-fast_run': 'mode=FAST_RUN,linker=vm',
    'cvm': 'mode=FAST_RUN,linker=cvm',
    'numba': 'mode=FAST_RUN,linker=numba'}
SYMBOLS, CELLS, STEPS, BATCH = 50, 128, 50, 32
COLUMNS = ('import', 'graph', 'compile', 'first update', 'step')


def scan_lstm(inputs, recurrent):
    """Write the LSTM as a loop over (steps, batch, 4 * cells)."""
    import theano
    from theano import tensor

    def step(x, h, c, recurrent):
        gates = x + tensor.dot(h, recurrent)
        i, j, f, o = [gates[:, k * CELLS:(k + 1) * CELLS] for k in range(4)]
        c = (tensor.nnet.sigmoid(f) * c
             + tensor.tanh(i) * tensor.nnet.sigmoid(j))
        return tensor.tanh(c) * tensor.nnet.sigmoid(o), c

    zeros = tensor.zeros((inputs.shape[1], CELLS))
    (states, _), _ = theano.scan(step, sequences=[inputs],
                                 outputs_info=[zeros, zeros],
                                 non_sequences=[recurrent])
    return states


def op_lstm(inputs, recurrent):
    """Write the LSTM as an Op that only Python can perform."""
    import numpy
    import theano

    def sigmoid(x):
        return .5 + .5 * numpy.tanh(.5 * x)

    def forward(x, w):
        h, c = numpy.zeros((2, len(x) + 1) + x.shape[1:2] + (CELLS,),
                           dtype=x.dtype)
        gates = numpy.empty_like(x)
        for t in range(len(x)):
            z = x[t] + h[t].dot(w)
            z[:, :CELLS] = numpy.tanh(z[:, :CELLS])
            z[:, CELLS:] = sigmoid(z[:, CELLS:])
            i, j, f, o = numpy.split(z, 4, axis=1)
            c[t + 1] = f * c[t] + i * j
            h[t + 1] = numpy.tanh(c[t + 1]) * o
            gates[t] = z
        return h, c, gates

    class LSTM(theano.Op):
        __props__ = ()

        def make_node(self, x, w):
            return theano.Apply(self, [x, w], [x.type()])

        def perform(self, node, inputs, output_storage):
            output_storage[0][0] = forward(*inputs)[0][1:]

        def grad(self, inputs, output_grads):
            return LSTMGradient()(*inputs, *output_grads)

    class LSTMGradient(theano.Op):
        __props__ = ()

        def make_node(self, x, w, g):
            return theano.Apply(self, [x, w, g], [x.type(), w.type()])

        def perform(self, node, inputs, output_storage):
            x, w, g = inputs
            h, c, gates = forward(x, w)
            dx = numpy.empty_like(x)
            dh = dc = numpy.zeros_like(h[0])
            for t in reversed(range(len(x))):
                i, j, f, o = numpy.split(gates[t], 4, axis=1)
                tanh_c = numpy.tanh(c[t + 1])
                dh = dh + g[t]
                dc = dc + dh * o * (1 - tanh_c ** 2)
                dx[t] = numpy.concatenate(
                    [dc * j * (1 - i ** 2), dc * i * j * (1 - j),
                     dc * c[t] * f * (1 - f), dh * tanh_c * o * (1 - o)],
                    axis=1)
                dh, dc = dx[t].dot(w.T), dc * f
            output_storage[0][0] = dx
            output_storage[1][0] = numpy.tensordot(
                h[:-1], dx, axes=[[0, 1], [0, 1]])

    return LSTM()(inputs, recurrent)


def clock():
    """Return the processor seconds of this process and its children."""
    return sum(os.times()[:4])


PROGRAMS = {'scan': scan_lstm, 'op': op_lstm}


def measure(program, seconds=4.):
    """Train in this process; return the columns and the last cost."""
    times = [clock()]
    import numpy
    import theano
    from theano import tensor
    times.append(clock())
    rng = numpy.random.RandomState(0)

    def weights(*shape):
        return theano.shared((rng.randn(*shape) * .08).astype('float32'))

    parameters = [weights(SYMBOLS, 4 * CELLS), weights(CELLS, 4 * CELLS),
                  weights(4 * CELLS), weights(CELLS, SYMBOLS),
                  weights(SYMBOLS)]
    embedding, recurrent, bias, output, output_bias = parameters
    x, y = tensor.lmatrix('x'), tensor.lmatrix('y')
    states = PROGRAMS[program](embedding[x] + bias, recurrent)
    mask = theano.sandbox.rng_mrg.MRG_RandomStreams(1).binomial(
        states.shape, p=.9, dtype='float32')
    scores = tensor.dot((states * mask).reshape((-1, CELLS)), output)
    cost = tensor.nnet.categorical_crossentropy(
        tensor.nnet.softmax(scores + output_bias), y.flatten()).mean()
    gradients = theano.grad(cost, parameters)
    norm = tensor.sqrt(sum((g ** 2).sum() for g in gradients))
    updates = []
    for parameter, gradient in zip(parameters, gradients):
        first, second = (theano.shared(0 * parameter.get_value())
                         for _ in range(2))
        gradient = tensor.switch(norm > 1, gradient / norm, gradient)
        average = .9 * first + .1 * gradient
        square = .999 * second + .001 * gradient ** 2
        change = .01 * average / (tensor.sqrt(square) + 1e-8)
        updates += [(first, average), (second, square),
                    (parameter, parameter - change)]
    times.append(clock())
    train = theano.function([x, y], cost, updates=updates)
    times.append(clock())
    data = rng.randint(0, SYMBOLS, (STEPS, BATCH))
    value = train(data, data)
    times.append(clock())
    number = 0
    while clock() - times[4] < seconds:
        value = train(data, data)
        number += 1
    parts = numpy.diff(times + [clock()])
    return [*parts[:3], times[4] - times[0], parts[4] / number, float(value)]


def run(program, mode, folder):
    """Measure in a fresh process with caches in `folder`."""
    flags = f'floatX=float32,base_compiledir={folder},{MODES[mode]}'
    environ = dict(os.environ, THEANO_FLAGS=flags, OPENBLAS_NUM_THREADS='1',
                   NUMBA_CACHE_DIR=os.path.join(folder, 'numba'))
    answer = subprocess.run(
        [sys.executable, __file__, '--measure', program], env=environ,
        stdout=subprocess.PIPE, check=True, text=True)
    return json.loads(answer.stdout.splitlines()[-1])


def main():
    parser = argparse.ArgumentParser(description=__doc__.split('\n')[0])
    parser.add_argument('--programs', nargs='+', choices=PROGRAMS,
                        default=list(PROGRAMS))
    parser.add_argument('--modes', nargs='+', choices=MODES,
                        default=list(MODES))
    parser.add_argument('--measure', choices=PROGRAMS,
                        help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.measure:
        print(json.dumps(measure(arguments.measure)))
        return
    print(f'{"program":8}{"mode":18}{"caches":8}'
          + ''.join(f'{column:>13}' for column in COLUMNS)
          + f'{"first/":>9}{"step/":>9}')
    for program in arguments.programs:
        base = None
        for mode in arguments.modes:
            with tempfile.TemporaryDirectory() as folder:
                for caches in 'empty', 'full':
                    *row, _ = run(program, mode, folder)
                    base = base or row
                    print(f'{program:8}{mode:18}{caches:8}'
                          + ''.join(f'{value:11.2f} s' for value in row[:4])
                          + f'{1000 * row[4]:10.1f} ms'
                          + f'{row[3] / base[3]:9.2f}'
                          + f'{row[4] / base[4]:9.2f}', flush=True)


if __name__ == '__main__':
    main()
