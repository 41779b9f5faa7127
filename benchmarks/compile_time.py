"""Time the compilation of graphs: deep, with many members, or with loops.

Fresh processes with empty caches build a graph and compile it, by default
with the settings of ``compat/theano``; ``--flags`` changes them::

    python -m benchmarks compile_time [--programs NAME ...]
                                      [--flags mode=FAST_COMPILE]
                                      [--original /path/to/python3.8]

``--original`` also measures an interpreter that has the original Theano and
Blocks (see ``--original-path``, ``--original-flags``). The programs:

``unrolled``
    A recurrent network of 120 steps without a loop, and its gradients: 2,900
    nodes.
``residual``
    50 layers with residual connections, and Adam for 100 parameters.
``attention``
    Blocks: a recurrent brick whose LSTM draws on a canvas in 16 glances.
    In each it reads a patch of an image and writes one, through a grid of
    Gaussian filters that it places itself. Variational bound, Adam with
    clipping.
``small``
    200 functions of a few nodes each.

Times are seconds of processor time, including compilers. Both interpreters
run this file, so it is written in the Python of both.

"""
import argparse
import json
import os
import subprocess
import sys
import tempfile

STACK = [os.path.dirname(os.path.dirname(os.path.abspath(__file__)))]
STACK.append(os.path.join(STACK[0], 'compat'))
COLUMNS = ('import', 'graph', 'compile', 'first', 'total', 'step')


def clock():
    """Return the processor seconds of this process and its children."""
    return sum(os.times()[:4])


def weights(*shape):
    """Return a shared variable of small random numbers."""
    import numpy
    import theano
    rng = numpy.random.RandomState(sum(shape))
    return theano.shared((rng.randn(*shape) * .1).astype('float32'))


def unrolled(steps=120, dim=16):
    """Return inputs, cost, updates and data of a network without a loop."""
    import numpy
    import theano
    from theano import tensor
    x = tensor.tensor3('x', 'float32')
    parameters = weights(8, dim), weights(dim, dim), weights(dim)
    inward, around, bias = parameters
    states = tensor.zeros((x.shape[1], dim), dtype='float32')
    for step in range(steps):
        states = tensor.tanh(tensor.dot(x[step], inward)
                             + tensor.dot(states, around) + bias)
    cost = tensor.sqr(states).mean()
    return [x], cost, [
        (parameter, parameter - numpy.float32(.1) * gradient)
        for parameter, gradient in zip(
            parameters, theano.grad(cost, list(parameters)))
    ], numpy.ones((steps, 4, 8), 'float32')


def residual(layers=50, dim=16):
    """Return inputs, cost, updates and data of a deep network with Adam."""
    import numpy
    import theano
    from theano import tensor
    x = tensor.matrix('x', 'float32')
    parameters, top = [], x
    for _ in range(layers):
        matrix, bias = weights(dim, dim), weights(dim)
        parameters += [matrix, bias]
        top = top + tensor.nnet.relu(tensor.dot(top, matrix) + bias)
    cost = tensor.sqr(top).mean()
    updates = []
    for parameter, gradient in zip(parameters,
                                   theano.grad(cost, parameters)):
        first, second = (theano.shared(0 * parameter.get_value())
                         for _ in range(2))
        average = .9 * first + .1 * gradient
        square = .999 * second + .001 * gradient ** 2
        change = .01 * average / (tensor.sqrt(square) + 1e-8)
        updates += [(first, average), (second, square),
                    (parameter, tensor.cast(parameter - change, 'float32'))]
    updates = [(variable, tensor.cast(new, 'float32'))
               for variable, new in updates]
    return [x], cost, updates, numpy.ones((4, dim), 'float32')


def painter(side=28, patch=5, dim=64, latent=20):
    """Return the recurrent brick of the program ``attention``."""
    from blocks.bricks import Initializable, Linear
    from blocks.bricks.recurrent import LSTM, BaseRecurrent, recurrent
    from theano import tensor

    class Painter(BaseRecurrent, Initializable):
        """Looks at a patch, guesses a code, paints a patch of the canvas."""

        def __init__(self, **kwargs):
            super().__init__(**kwargs)
            self.look = Linear(dim, 4, name='look')
            self.place = Linear(dim, 4, name='place')
            self.encode = Linear(2 * patch ** 2 + dim, 4 * dim, name='encode')
            self.encoder = LSTM(dim, name='encoder')
            self.code = Linear(dim, 2 * latent, name='code')
            self.decode = Linear(latent, 4 * dim, name='decode')
            self.decoder = LSTM(dim, name='decoder')
            self.stroke = Linear(dim, patch ** 2, name='stroke')
            self.children = [self.look, self.place, self.encode, self.encoder,
                             self.code, self.decode, self.decoder,
                             self.stroke]

        def get_dim(self, name):
            if name == 'canvas':
                return side ** 2
            if name in ('h', 'c', 'g', 'd'):
                return dim
            return super().get_dim(name)

        def filters(self, aim):
            """Return filters (batch, patch, side) along both axes."""
            offsets = tensor.arange(patch, dtype=aim.dtype) - (patch - 1) / 2.
            pixels = tensor.arange(side, dtype=aim.dtype)
            stride, width = (tensor.exp(aim[:, k])[:, None] for k in (2, 3))
            found = []
            for k in range(2):
                centre = (aim[:, k] + 1)[:, None] * side / 2.
                means = centre + stride * offsets
                bumps = tensor.exp(-tensor.sqr(
                    (pixels - means[:, :, None]) / width[:, :, None]) / 2.)
                found.append(bumps / (bumps.sum(axis=2, keepdims=True)
                                      + 1e-4))
            return found

        def read(self, picture, rows, columns):
            """Return the patch of a picture, (batch, patch ** 2)."""
            picture = picture.reshape((picture.shape[0], side, side))
            return tensor.batched_dot(
                tensor.batched_dot(rows, picture),
                columns.dimshuffle(0, 2, 1)).flatten(2)

        @recurrent(sequences=['noise'], contexts=['image'],
                   states=['canvas', 'h', 'c', 'g', 'd'],
                   outputs=['canvas', 'h', 'c', 'g', 'd', 'cost'])
        def apply(self, noise, canvas, h, c, g, d, image):
            missing = image - tensor.nnet.sigmoid(canvas)
            rows, columns = self.filters(self.look.apply(g))
            h, c = self.encoder.apply(
                states=h, cells=c, iterate=False,
                inputs=self.encode.apply(tensor.concatenate(
                    [self.read(image, rows, columns),
                     self.read(missing, rows, columns), g], axis=1)))
            code = self.code.apply(h)
            mean, deviation = code[:, :latent], tensor.exp(code[:, latent:])
            cost = (tensor.sqr(mean) + tensor.sqr(deviation)
                    - 2 * code[:, latent:] - 1).sum(axis=1) / 2.
            g, d = self.decoder.apply(
                states=g, cells=d, iterate=False,
                inputs=self.decode.apply(mean + deviation * noise))
            rows, columns = self.filters(self.place.apply(g))
            stroke = self.stroke.apply(g).reshape(
                (g.shape[0], patch, patch))
            canvas = canvas + tensor.batched_dot(
                tensor.batched_dot(rows.dimshuffle(0, 2, 1), stroke),
                columns).flatten(2)
            return canvas, h, c, g, d, cost

    return Painter


def attention(glances=16, side=28, latent=20):
    """Return inputs, cost, updates and data of the painter."""
    import numpy
    from blocks.algorithms import (
        Adam,
        CompositeRule,
        GradientDescent,
        StepClipping,
    )
    from blocks.bricks.cost import BinaryCrossEntropy
    from blocks.graph import ComputationGraph
    from blocks.initialization import Constant, IsotropicGaussian
    from theano import tensor
    from theano.sandbox.rng_mrg import MRG_RandomStreams

    sys.setrecursionlimit(100000)
    brick = painter(side=side, latent=latent)(
        weights_init=IsotropicGaussian(.01), biases_init=Constant(0),
        name='painter')
    brick.initialize()
    image = tensor.matrix('image')
    noise = MRG_RandomStreams(1).normal((glances, image.shape[0], latent))
    outputs = brick.apply(noise=noise, image=image)
    cost = (BinaryCrossEntropy().apply(image,
                                       tensor.nnet.sigmoid(outputs[0][-1]))
            + outputs[-1].sum(axis=0).mean())
    algorithm = GradientDescent(
        cost=cost, parameters=ComputationGraph(cost).parameters,
        step_rule=CompositeRule([StepClipping(10.), Adam()]))
    return [image], cost, algorithm.updates, numpy.random.RandomState(
        1).uniform(size=(20, side ** 2)).astype('float32')


def small(number=200):
    """Compile many functions and return one more."""
    import numpy
    import theano
    from theano import tensor
    for k in range(number):
        x = tensor.matrix('x', 'float32')
        theano.function([x], tensor.tanh(
            tensor.dot(x, weights(4, 3))) * numpy.float32(k) + x.sum())
    return [x], x.sum(), [], numpy.ones((2, 4), 'float32')


PROGRAMS = {program.__name__: program
            for program in (unrolled, residual, attention, small)}


def measure(name, seconds=3.):
    """Measure in this process; return the columns and the last cost."""
    times = [clock()]
    import blocks.bricks  # noqa: F401
    import theano
    times.append(clock())
    inputs, cost, updates, data = PROGRAMS[name]()
    times.append(clock())
    function = theano.function(inputs, cost, updates=updates)
    times.append(clock())
    function(data)
    times.append(clock())
    number = 0
    while number < 3 or clock() - times[4] < seconds:
        value = function(data)
        number += 1
    spent = [after - before for before, after in zip(times, times[1:])]
    return spent + [times[4] - times[0], (clock() - times[4]) / number,
                    float(value)]


def run(python, name, environment, flags):
    """Measure with an interpreter in a process with empty caches."""
    with tempfile.TemporaryDirectory() as folder:
        settings = ['floatX=float32', 'base_compiledir=' + folder, flags]
        answer = subprocess.run(
            [python, os.path.abspath(__file__), '--worker', name], cwd=folder,
            stdout=subprocess.PIPE, check=True, env=dict(
                os.environ, OMP_NUM_THREADS='1', OPENBLAS_NUM_THREADS='1',
                THEANO_FLAGS=','.join(filter(None, settings)),
                NUMBA_CACHE_DIR=folder, **environment))
    return json.loads(answer.stdout.decode().splitlines()[-1])


def main():
    """Measure according to the command line and print a table."""
    parser = argparse.ArgumentParser(
        description=__doc__.partition('\n')[0])
    parser.add_argument('--programs', nargs='+', choices=sorted(PROGRAMS),
                        default=list(PROGRAMS))
    parser.add_argument('--flags', default='', metavar='FLAGS',
                        help='THEANO_FLAGS for compat/theano')
    parser.add_argument('--original', metavar='PYTHON',
                        help='interpreter that has the original stack')
    parser.add_argument('--original-path', default='', metavar='PATHS',
                        help='PYTHONPATH for it')
    parser.add_argument('--original-flags', default='', metavar='FLAGS',
                        help='THEANO_FLAGS for it')
    parser.add_argument('--worker', choices=sorted(PROGRAMS),
                        help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.worker:
        print(json.dumps(measure(options.worker)))
        return
    stacks = [('compat', sys.executable, os.pathsep.join(
        STACK + [os.environ.get('PYTHONPATH', '')]), options.flags)]
    if options.original:
        stacks.append(('original', options.original, options.original_path,
                       options.original_flags))
    print('{:12}{:10}'.format('program', 'stack')
          + ''.join('{:>13}'.format(column) for column in COLUMNS))
    for name in options.programs:
        for stack, python, path, flags in stacks:
            row = run(python, name, {'PYTHONPATH': path}, flags)
            print('{:12}{:10}'.format(name, stack)
                  + ''.join('{:11.2f} s'.format(value) for value in row[:5])
                  + '{:10.1f} ms'.format(1000 * row[5]), flush=True)


if __name__ == '__main__':
    main()
