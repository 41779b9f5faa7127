"""Lazy choice between two graphs."""

from pytensor.ifelse import IfElse, ifelse

__all__ = ['IfElse', 'ifelse']
