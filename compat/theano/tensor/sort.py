"""Sorting."""

from pytensor.tensor.sort import ArgSortOp, SortOp, argsort, sort

__all__ = ['ArgSortOp', 'SortOp', 'argsort', 'sort']
