"""Products of matrices by BLAS."""

from pytensor.tensor.blas import (
    BatchedDot,
    Dot22,
    Dot22Scalar,
    Gemm,
    Gemv,
    Ger,
    _batched_dot,
    _dot22,
    _dot22scalar,
    gemm_inplace,
    gemm_no_inplace,
    gemv_inplace,
    gemv_no_inplace,
    ger,
    ger_destructive,
)
from theano.tensor.basic import batched_dot, batched_tensordot

gemv, gemm = gemv_no_inplace, gemm_no_inplace

__all__ = ['BatchedDot', 'Dot22', 'Dot22Scalar', 'Gemm', 'Gemv', 'Ger',
           '_batched_dot', '_dot22', '_dot22scalar', 'batched_dot',
           'batched_tensordot', 'gemm', 'gemm_inplace', 'gemm_no_inplace',
           'gemv', 'gemv_inplace', 'gemv_no_inplace', 'ger',
           'ger_destructive']
