"""Operations beyond the basic ones."""

from pytensor.tensor.extra_ops import (
    CumOp,
    FillDiagonal,
    FillDiagonalOffset,
    RavelMultiIndex,
    Repeat,
    SearchsortedOp,
    Unique,
    UnravelIndex,
    bartlett,
    bincount,
    compress,
    cumprod,
    cumsum,
    diff,
    fill_diagonal,
    fill_diagonal_offset,
    ravel_multi_index,
    repeat,
    searchsorted,
    squeeze,
    to_one_hot,
    unravel_index,
)

__all__ = [
    'CumOp', 'FillDiagonal', 'FillDiagonalOffset', 'RavelMultiIndex',
    'Repeat', 'SearchsortedOp', 'Unique', 'UnravelIndex', 'bartlett',
    'bincount', 'compress', 'cumprod', 'cumsum', 'diff', 'fill_diagonal',
    'fill_diagonal_offset', 'ravel_multi_index', 'repeat', 'searchsorted',
    'squeeze', 'to_one_hot', 'unravel_index']
