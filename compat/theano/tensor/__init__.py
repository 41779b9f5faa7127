"""Tensors: variables, and functions of them."""

from theano import gradient
from theano.gof import Apply, Constant, Op, Type, Variable
from theano.gradient import (
    DisconnectedType, Lop, Rop, consider_constant, grad,
    grad_not_implemented, grad_undefined, hessian, jacobian, numeric_grad,
    verify_grad)
from theano.tensor import (
    basic, elemwise, extra_ops, nlinalg, opt, raw_random,
    shared_randomstreams, sharedvar, slinalg, subtensor, type)
from theano.tensor import nnet, signal
from theano.tensor.basic import *  # noqa: F401, F403
from theano.tensor.elemwise import CAReduce, DimShuffle, Elemwise, Sum
from theano.tensor.sharedvar import (
    SharedVariable, TensorSharedVariable, shared as _shared)
from theano.tensor.subtensor import *  # noqa: F401, F403

__all__ = basic.__all__ + subtensor.__all__ + [
    'Apply', 'CAReduce', 'Constant', 'DimShuffle', 'DisconnectedType',
    'Elemwise', 'Lop', 'Op', 'Rop', 'SharedVariable', 'Sum',
    'TensorSharedVariable', 'Type', 'Variable', '_shared', 'basic',
    'consider_constant', 'elemwise', 'extra_ops', 'grad',
    'grad_not_implemented', 'grad_undefined', 'gradient', 'hessian',
    'jacobian', 'nlinalg', 'nnet', 'numeric_grad', 'opt', 'raw_random',
    'shared_randomstreams', 'sharedvar', 'signal', 'slinalg',
    'subtensor', 'type',
    'verify_grad']
