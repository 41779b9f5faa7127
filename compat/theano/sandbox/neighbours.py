"""``theano.tensor.nnet.neighbours`` under an older path."""

from theano.tensor.nnet.neighbours import (
    Images2Neibs,
    images2neibs,
    neibs2images,
)

__all__ = ['Images2Neibs', 'images2neibs', 'neibs2images']
