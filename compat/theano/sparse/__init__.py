"""Sparse matrices: PyTensor's, under Theano's names."""

from pytensor.sparse import sparse_grad
from theano.sparse import basic, sharedvar, type
from theano.sparse.basic import *  # noqa: F401, F403
from theano.sparse.sharedvar import shared
from theano.sparse.type import SparseType

__all__ = basic.__all__ + ['SparseType', 'basic', 'enable_sparse', 'shared',
                           'sharedvar', 'sparse_grad', 'type']

#: SciPy, which computes with sparse matrices, is available.
enable_sparse = True
