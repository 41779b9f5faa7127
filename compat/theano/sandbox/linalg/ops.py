"""``theano.tensor.nlinalg`` and ``theano.tensor.slinalg`` in one."""

from theano.tensor import nlinalg, slinalg
from theano.tensor.nlinalg import *  # noqa: F401, F403
from theano.tensor.slinalg import *  # noqa: F401, F403

__all__ = nlinalg.__all__ + slinalg.__all__
