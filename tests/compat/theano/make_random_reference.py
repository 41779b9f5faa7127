"""Print numbers drawn by Theano 1.0.5, for tests of the random streams.

Run with Python 3.8 and Theano 1.0.5 (``python make_random_reference.py >
random_reference.json``), with a C++ compiler: Theano's C code draws the
numbers. The functions in ``CASES`` use only Theano's interface, and the
tests call them with this package.

"""

import json

import numpy
import theano
from theano import tensor
from theano.sandbox.rng_mrg import MRG_RandomStreams
from theano.tensor.shared_randomstreams import RandomStreams

PROBABILITIES = [[.1, .2, .3, .4], [.7, .1, .1, .1], [0., .5, .25, .25]]


def uniform_float64():
    """Draw two samples of different shape, twice each."""
    streams = MRG_RandomStreams(seed=1)
    return [streams.uniform((3, 4), dtype='float64'),
            streams.uniform((5,), low=-1., high=2., dtype='float64')]


def uniform_float32():
    """Draw a sample larger than its number of streams."""
    return [MRG_RandomStreams(seed=234).uniform((7, 3), dtype='float32')]


def uniform_six_seeds():
    """Use a seed of six numbers."""
    streams = MRG_RandomStreams(seed=[1, 2, 3, 4, 5, 6])
    return [streams.uniform((4,), dtype='float64', nstreams=3)]


def uniform_symbolic_size():
    """Use a size that is known only when the function runs."""
    size = tensor.as_tensor_variable(numpy.array([2, 3]))
    return [MRG_RandomStreams(seed=99).uniform(
        size + 0, ndim=2, dtype='float32')]


def binomial():
    """Draw zeros and ones."""
    streams = MRG_RandomStreams(seed=5)
    return [streams.binomial((20,), p=.3),
            streams.binomial((2, 5), p=.5, dtype='float32')]


def multinomial():
    """Draw counts of outcomes."""
    streams = MRG_RandomStreams(seed=6)
    pvals = numpy.array(PROBABILITIES, dtype='float32')
    return [streams.multinomial(pvals=pvals, dtype='int64'),
            streams.multinomial(pvals=pvals, n=5, dtype='float32'),
            streams.multinomial(pvals=pvals.astype('float64'), n=3)]


def choice():
    """Draw distinct outcomes."""
    streams = MRG_RandomStreams(seed=7)
    pvals = numpy.array(PROBABILITIES[:2], dtype='float32')
    return [streams.choice(size=2, replace=False, p=pvals),
            streams.choice(size=4, replace=False,
                           p=pvals.astype('float64'))]


def normal():
    """Draw an odd number of normal numbers, and a matrix."""
    streams = MRG_RandomStreams(seed=8)
    return [streams.normal((7,), dtype='float64'),
            streams.normal((2, 4), avg=1., std=3., dtype='float32')]


def truncated():
    """Draw normal numbers within two standard deviations."""
    streams = MRG_RandomStreams(seed=9)
    return [streams.normal((41,), dtype='float64', truncate=True),
            streams.truncated_normal((6,), std=2., dtype='float64')]


def in_scan():
    """Draw once in each step."""
    streams = MRG_RandomStreams(seed=10)
    outputs, updates = theano.scan(
        lambda: streams.uniform((3,), dtype='float64'), n_steps=4)
    return [outputs], updates


def twister():
    """Draw all distributions of the streams over NumPy's generator."""
    streams = RandomStreams(seed=42)
    return [streams.uniform((2, 3), dtype='float64'),
            streams.normal((3,), avg=1, std=2, dtype='float64'),
            streams.binomial((4,), n=5, p=.4),
            streams.poisson((3,), lam=4.),
            streams.random_integers((2, 2), low=-3, high=9),
            streams.choice((4,), a=5),
            streams.choice((2,), a=5, replace=False),
            streams.permutation((2,), n=4),
            streams.multinomial((2,), n=6, pvals=[.2, .3, .5]),
            streams.multinomial(n=3, pvals=numpy.array([[.5, .5],
                                                        [.9, .1]])),
            streams.shuffle_row_elements(numpy.arange(6.).reshape(2, 3)),
            streams.uniform(low=numpy.zeros(3), high=numpy.arange(1, 4.),
                            dtype='float64')]


def twister_in_scan():
    """Draw once in each step."""
    streams = RandomStreams(seed=3)
    outputs, updates = theano.scan(
        lambda: streams.uniform((2,), dtype='float64'), n_steps=3)
    return [outputs], updates


CASES = [uniform_float64, uniform_float32, uniform_six_seeds,
         uniform_symbolic_size, binomial, multinomial, choice, normal,
         truncated, in_scan, twister, twister_in_scan]


def draw_twice(case):
    """Compile a case's variables and call the function twice."""
    made = case()
    outputs, updates = made if isinstance(made, tuple) else (made, None)
    function = theano.function([], outputs, updates=updates)
    return [function(), function()]


def main():
    """Print all numbers, fractions in hexadecimal."""
    def exact(array):
        flat = array.ravel().tolist()
        if array.dtype.kind == 'f':
            flat = [float(number).hex() for number in flat]
        return {'dtype': str(array.dtype), 'shape': array.shape,
                'numbers': flat}

    print(json.dumps(
        {case.__name__: [[exact(array) for array in call]
                         for call in draw_twice(case)] for case in CASES},
        indent=0))


if __name__ == '__main__':
    main()
