"""Compare the training of convolutional networks with PyTorch.

    python -m benchmarks conv_speed [--quick] [--threads 1 2]

Builds each network twice with the same parameters, of bricks and of PyTorch's
modules, and checks that both compute the same costs. Then their training steps
(forward, backward, gradient descent) alternate in one process with the same
number of threads. The figure is the median of the ratios of adjacent steps, so
that other load of the machine affects both. On a busy machine only the ratios
are meaningful; with ``--processor-time`` and one thread they are hardly
affected by other load.

"""
import argparse
import os
import time
from typing import NamedTuple

import numpy

from benchmarks._recurrent_processes import ratio

RATE = .05
PAUSE = .01  # seconds, so that spinning threads fall asleep
#: The largest ratio to PyTorch that the project accepts.
BOUND = 3.


class Network(NamedTuple):
    """A convolutional network for ten classes.

    Attributes
    ----------
    batch, channels, size : int
        Number of images, their channels, their height and width.
    filters : tuple of (int, int)
        Height and width, and number, of the filters of each convolution. A
        rectifier and 2 by 2 pooling follow each.
    border_mode : {'valid', 'half'}
        Padding of all convolutions.
    hidden : int
        Units of the layer before the last.

    """

    batch: int
    channels: int
    size: int
    filters: tuple
    border_mode: str
    hidden: int

    def data(self):
        """Return images and classes."""
        rng = numpy.random.RandomState(1)
        images = rng.rand(self.batch, self.channels, self.size, self.size)
        return images.astype('float32'), rng.randint(0, 10, self.batch)


NETWORKS = {
    'LeNet': Network(64, 1, 28, ((5, 20), (5, 50)), 'valid', 500),
    'three layers of 3 by 3': Network(
        32, 3, 32, ((3, 32), (3, 32), (3, 64)), 'half', 128)}


def bricks(network):
    """Build the network of bricks.

    Returns
    -------
    parameters : list of numpy.ndarray
        The initial values, weights and biases, layer by layer.
    step : callable
        Performs a training step and returns the cost before it.

    """
    import theano
    from blocks.bricks import MLP, Rectifier, Softmax
    from blocks.bricks.conv import (
        Convolutional,
        ConvolutionalSequence,
        Flattener,
        MaxPooling,
    )
    from blocks.initialization import Constant, Uniform
    from theano import tensor

    schemes = dict(weights_init=Uniform(width=.2), biases_init=Constant(0),
                   seed=1)
    convolutions = [
        Convolutional((length, length), number,
                      border_mode=network.border_mode, name=f'conv_{layer}')
        for layer, (length, number) in enumerate(network.filters)]
    layers = ConvolutionalSequence(
        [brick for one in convolutions
         for brick in (one, Rectifier(), MaxPooling((2, 2)))],
        network.channels, image_size=(network.size, network.size), **schemes)
    layers.push_allocation_config()
    top = MLP([Rectifier(), None],
              [int(numpy.prod(layers.get_dim('output'))), network.hidden, 10],
              **schemes)
    layers.initialize()
    top.initialize()
    x, y = tensor.tensor4('images'), tensor.lvector('classes')
    cost = Softmax().categorical_cross_entropy(
        y, top.apply(Flattener().apply(layers.apply(x)))).mean()
    parameters = [parameter for brick in (
        *convolutions, *top.linear_transformations)
        for parameter in brick.parameters]
    step = theano.function([x, y], cost, updates=[
        (parameter, parameter - numpy.float32(RATE) * gradient)
        for parameter, gradient in zip(parameters,
                                       theano.grad(cost, parameters))])
    images, classes = network.data()
    return ([parameter.get_value() for parameter in parameters],
            lambda: float(step(images, classes)))


def modules(network, parameters):
    """Build the same network of PyTorch's modules and return its step."""
    import torch
    from torch import nn

    layers, channels = [], network.channels
    for length, number in network.filters:
        padding = length // 2 if network.border_mode == 'half' else 0
        layers += [nn.Conv2d(channels, number, length, padding=padding),
                   nn.ReLU(), nn.MaxPool2d(2)]
        channels = number
    features, hidden = parameters[-4].shape
    model = nn.Sequential(*layers, nn.Flatten(),
                          nn.Linear(features, hidden), nn.ReLU(),
                          nn.Linear(hidden, 10))
    with torch.no_grad():
        for mine, other in zip(model.parameters(), parameters):
            if other.ndim == 4:  # Theano flips filters
                other = other[:, :, ::-1, ::-1].copy()
            mine.copy_(torch.from_numpy(other.T.copy() if other.ndim == 2
                                        else other))
    descent = torch.optim.SGD(model.parameters(), lr=RATE)
    images, classes = map(torch.from_numpy, network.data())

    def step():
        descent.zero_grad()
        cost = nn.functional.cross_entropy(model(images), classes)
        cost.backward()
        descent.step()
        return float(cost.detach())

    return step


def set_threads(number):
    """Set the number of threads of the bricks, PyTorch and BLAS."""
    import torch
    from threadpoolctl import threadpool_limits

    os.environ['BLOCKS_RNN_THREADS'] = str(number)
    torch.set_num_threads(number)
    threadpool_limits(number, user_api='blas')


def take_turns(functions, seconds, clock, least=5, most=200):
    """Time functions in turn.

    Parameters
    ----------
    functions : list of callable
    seconds : float
        The time after which to stop, if there are `least` rounds by then.
    clock : callable
        The function that measures time.
    least, most : int, optional
        Bounds of the number of rounds.

    Returns
    -------
    numpy.ndarray, shape (rounds, len(functions))
        Seconds.

    """
    rounds, end = [], time.perf_counter() + seconds
    while len(rounds) < least or (time.perf_counter() < end
                                  and len(rounds) < most):
        times = []
        for function in functions:
            time.sleep(PAUSE)
            start = clock()
            function()
            times.append(clock() - start)
        rounds.append(times)
    return numpy.array(rounds)


def compare(name, network, threads, seconds, clock=time.perf_counter):
    """Time both networks and print a line.

    Returns
    -------
    list of float
        The ratio of times for each number of threads.

    Raises
    ------
    ValueError
        If the costs of the networks differ.

    """
    parameters, ours = bricks(network)
    theirs = modules(network, parameters)
    for _ in range(5):
        costs = ours(), theirs()
        if not numpy.allclose(*costs, rtol=1e-4):
            raise ValueError(f'{name}: the costs differ: {costs}')
    ratios = []
    for number in threads:
        set_threads(number)
        times = take_turns([ours, theirs], seconds, clock)
        share = ratio(times)
        mine, other = 1e3 * numpy.median(times, axis=0)
        print(f'{name:<24}{number:>8}{mine:>12.1f}{other:>14.1f}'
              f'{share:>9.2f}{"" if share <= BOUND else " (!)"}',
              flush=True)
        ratios.append(share)
    return ratios


def main():
    parser = argparse.ArgumentParser(description=__doc__.partition('\n')[0])
    parser.add_argument('--quick', action='store_true',
                        help='LeNet only, and fewer steps')
    parser.add_argument('--seconds', type=float, default=8,
                        help='how long to repeat each comparison')
    parser.add_argument('--threads', type=int, nargs='+', default=[1, 2])
    parser.add_argument('--processor-time', action='store_true',
                        help='count processor time, for a busy machine; '
                        'only fair with one thread')
    options = parser.parse_args()
    import theano
    theano.config.floatX = 'float32'
    print(f'{"network":<24}{"threads":>8}{"bricks, ms":>12}'
          f'{"PyTorch, ms":>14}{"ratio":>9}')
    for name in list(NETWORKS)[:1 if options.quick else None]:
        compare(name, NETWORKS[name], options.threads,
                1 if options.quick else options.seconds,
                time.process_time if options.processor_time
                else time.perf_counter)


if __name__ == '__main__':
    main()
