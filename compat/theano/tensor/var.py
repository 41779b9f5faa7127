"""Tensor variables."""

from pytensor.tensor.sharedvar import TensorSharedVariable
from pytensor.tensor.variable import (
    TensorConstant,
    TensorConstantSignature,
    TensorVariable,
    _tensor_py_operators,
)

__all__ = ['TensorConstant', 'TensorConstantSignature',
           'TensorSharedVariable', 'TensorVariable', '_tensor_py_operators']
