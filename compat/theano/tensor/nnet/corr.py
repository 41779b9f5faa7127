"""Correlation of images: the operations ``CorrMM`` of Theano."""

from theano.tensor.nnet._conv_ops import (
    AbstractConv2d,
    AbstractConv2d_gradInputs,
    AbstractConv2d_gradWeights,
)
from theano.tensor.nnet._correlating import Correlating, WithLengths

__all__ = ['CorrMM', 'CorrMM_gradInputs', 'CorrMM_gradWeights']


class CorrMM(Correlating, AbstractConv2d):
    """Correlate images with filters, which are not flipped."""


class CorrMM_gradWeights(WithLengths, Correlating,
                         AbstractConv2d_gradWeights):
    """Gradient of the filters of :class:`CorrMM`."""


class CorrMM_gradInputs(WithLengths, Correlating, AbstractConv2d_gradInputs):
    """Gradient of the images of :class:`CorrMM`."""
