"""``softsign`` under an older path."""

from theano.tensor.nnet.nnet import softsign

__all__ = ['softsign']
