"""Linear algebra with SciPy."""

from pytensor.tensor.linalg import (
    Cholesky,
    Eigvalsh,
    Expm,
    Solve,
    cholesky,
    eigvalsh,
    expm,
    kron,
    solve,
    solve_triangular,
)

__all__ = ['Cholesky', 'Eigvalsh', 'Expm', 'Solve', 'cholesky', 'eigvalsh',
           'expm', 'kron', 'solve', 'solve_lower_triangular',
           'solve_upper_triangular']


def solve_lower_triangular(a, b):
    """Solve ``a x = b`` with the lower triangle of `a`."""
    return solve_triangular(a, b, lower=True)


def solve_upper_triangular(a, b):
    """Solve ``a x = b`` with the upper triangle of `a`."""
    return solve_triangular(a, b, lower=False)
