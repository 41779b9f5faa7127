"""Assertions inside a graph."""

from pytensor.raise_op import Assert, CheckAndRaise, assert_op

__all__ = ['Assert', 'CheckAndRaise', 'assert_op']
