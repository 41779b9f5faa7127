"""Operations on sparse matrices."""

from pytensor.sparse.basic import *  # noqa: F401, F403
from pytensor.sparse.basic import as_sparse_variable as constant  # noqa: F401
from pytensor.sparse.basic import sparse_formats  # noqa: F401
from pytensor.sparse.math import *  # noqa: F401, F403
from pytensor.sparse.math import SparseDenseMultiply as MulSD  # noqa: F401
from pytensor.sparse.math import sign as sgn  # noqa: F401
from pytensor.sparse.variable import (
    SparseConstant,  # noqa: F401
    SparseVariable,  # noqa: F401
)

__all__ = [name for name in dir() if not name.startswith('_')]
