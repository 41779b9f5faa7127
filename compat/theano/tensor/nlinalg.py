"""Linear algebra with NumPy."""

from pytensor.tensor.basic import AllocDiag, ExtractDiag, diag, trace
from pytensor.tensor.linalg import (
    SVD,
    Det,
    Eig,
    Eigh,
    MatrixInverse,
    MatrixPinv,
    TensorInv,
    TensorSolve,
    det,
    eig,
    eigh,
    lstsq,
    matrix_dot,
    matrix_inverse,
    matrix_power,
    norm,
    pinv,
    qr,
    svd,
    tensorinv,
    tensorsolve,
)

alloc_diag = extract_diag = diag

__all__ = [
    'AllocDiag', 'Det', 'Eig', 'Eigh', 'ExtractDiag', 'MatrixInverse',
    'MatrixPinv', 'SVD', 'TensorInv', 'TensorSolve', 'alloc_diag', 'det',
    'diag', 'eig', 'eigh', 'extract_diag', 'lstsq', 'matrix_dot',
    'matrix_inverse', 'matrix_power', 'norm', 'pinv', 'qr', 'svd',
    'tensorinv', 'tensorsolve', 'trace']
