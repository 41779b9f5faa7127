"""Random streams that keep their state in shared variables."""

from pytensor.tensor.random.variable import (
    RandomGeneratorSharedVariable as RandomStateSharedVariable)

from theano.sandbox.rng_mrg import MRG_RandomStreams as RandomStreams

__all__ = ['RandomStateSharedVariable', 'RandomStreams']
