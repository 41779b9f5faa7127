"""``solve`` under an older path."""

from theano.tensor.slinalg import Solve, solve

__all__ = ['Solve', 'solve']
