"""Shared variables that hold sparse matrices."""

from pytensor.sparse.sharedvar import (
    SparseTensorSharedVariable,
    sparse_constructor,
)

shared = sparse_constructor

__all__ = ['SparseTensorSharedVariable', 'shared', 'sparse_constructor']
