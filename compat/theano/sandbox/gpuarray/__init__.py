"""``theano.gpuarray`` under an older path."""

import sys

from theano import gpuarray
from theano.gpuarray import *  # noqa: F401, F403

__all__ = gpuarray.__all__

for _name in 'basic_ops', 'dnn', 'type':
    sys.modules[f'{__name__}.{_name}'] = getattr(gpuarray, _name)
