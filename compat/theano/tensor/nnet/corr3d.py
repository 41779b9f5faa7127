"""Correlation of volumes: the operations ``Corr3dMM`` of Theano."""

from theano.tensor.nnet._conv_ops import (
    AbstractConv3d,
    AbstractConv3d_gradInputs,
    AbstractConv3d_gradWeights,
)
from theano.tensor.nnet._correlating import Correlating, WithLengths

__all__ = ['Corr3dMM', 'Corr3dMM_gradInputs', 'Corr3dMM_gradWeights']


class Corr3dMM(Correlating, AbstractConv3d):
    """Correlate volumes with filters, which are not flipped."""


class Corr3dMM_gradWeights(WithLengths, Correlating,
                           AbstractConv3d_gradWeights):
    """Gradient of the filters of :class:`Corr3dMM`."""


class Corr3dMM_gradInputs(WithLengths, Correlating,
                          AbstractConv3d_gradInputs):
    """Gradient of the volumes of :class:`Corr3dMM`."""
