"""Tensors: variables, and functions of them."""

from theano import compile, gof, gradient, printing
from theano import scalar as scal
from theano.configparser import config
from theano.gof import Apply, Constant, Op, Type, Variable
from theano.gradient import (
    DisconnectedType,
    Lop,
    Rop,
    consider_constant,
    grad,
    grad_not_implemented,
    grad_undefined,
    hessian,
    jacobian,
    numeric_grad,
    verify_grad,
)

# Functions share the names of these modules: importing the modules later
# would replace the functions.
from theano.tensor import (  # noqa: F401
    basic,
    blas,
    elemwise,
    extra_ops,
    nlinalg,
    nnet,
    opt,
    raw_random,
    shared_randomstreams,
    sharedvar,
    signal,
    slinalg,
    sort,
    subtensor,
    type,
    type_other,
    utils,
    var,
    xlogx,
)
from theano.tensor.basic import *  # noqa: F401, F403
from theano.tensor.sharedvar import SharedVariable, TensorSharedVariable
from theano.tensor.sharedvar import shared as _shared
from theano.tensor.subtensor import *  # noqa: F401, F403

__all__ = basic.__all__ + subtensor.__all__ + [
    'Apply', 'Constant', 'DisconnectedType', 'Lop', 'Op', 'Rop',
    'SharedVariable', 'TensorSharedVariable', 'Type', 'Variable', '_shared',
    'basic', 'blas', 'compile', 'config', 'consider_constant', 'elemwise',
    'extra_ops', 'gof', 'grad', 'grad_not_implemented', 'grad_undefined',
    'gradient', 'hessian', 'jacobian', 'nlinalg', 'nnet', 'numeric_grad',
    'opt', 'printing', 'raw_random', 'scal', 'shared_randomstreams',
    'sharedvar', 'signal', 'slinalg', 'subtensor', 'type', 'type_other',
    'utils', 'verify_grad', 'xlogx']
