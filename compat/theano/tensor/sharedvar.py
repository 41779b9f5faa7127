"""Shared variables that hold tensors."""

from pytensor.compile.sharedvalue import SharedVariable, shared_constructor
from pytensor.tensor.sharedvar import (
    TensorSharedVariable,
    scalar_constructor,
    tensor_constructor,
)
from theano.compile.sharedvalue import shared

ScalarSharedVariable = TensorSharedVariable

__all__ = ['ScalarSharedVariable', 'SharedVariable', 'TensorSharedVariable',
           'scalar_constructor', 'shared', 'shared_constructor',
           'tensor_constructor']
