"""Theano 1.0's interface over PyTensor.

Scripts written for Theano use ``import theano`` and ``from theano import
tensor`` as before, and run on a current Python. GPUs are not supported.

"""

import sys

from theano.configparser import change_flags, config
from theano import (
    _pytensor_patches, compat, compile, configdefaults, gof, gradient, ifelse,
    misc, printing, raise_op, scalar, scan_module, tensor, updates)
from theano import sandbox
from theano.configparser import theano_logger
from theano.compile import (
    FunctionMaker, In, Mode, OpFromGraph, Out, Param, ProfileStats,
    SharedVariable, SymbolicInput, SymbolicOutput, as_op, function,
    predefined_linkers, predefined_modes, predefined_optimizers, shared)
from theano.gof import (
    Apply, Constant, FunctionGraph, Generic, InconsistencyError, Op, Type,
    Variable, generic, object2)
from theano.gradient import Lop, Rop, grad, subgraph_grad
from theano.printing import pp, pprint
from theano.scalar import _asarray
from theano.scan_module import clone, foldl, foldr, map, reduce, scan
from theano.scan_module.scan_checkpoints import scan_checkpoints
from theano.tensor import dot, get_scalar_constant_value
from theano.updates import OrderedUpdates
from theano.version import version as __version__

_pytensor_patches.apply_all()

#: Scripts also use ``from theano import theano``.
theano = sys.modules[__name__]

__all__ = [
    'Apply', 'Constant', 'FunctionGraph', 'FunctionMaker', 'Generic', 'In',
    'InconsistencyError', 'Lop', 'Mode', 'Op', 'OpFromGraph', 'OrderedUpdates',
    'Out', 'Param', 'ProfileStats', 'Rop', 'SharedVariable', 'SymbolicInput',
    'SymbolicOutput', 'Type', 'Variable', '__version__', '_asarray', 'as_op',
    'change_flags', 'clone', 'compat', 'compile', 'config', 'configdefaults',
    'dot', 'foldl', 'foldr', 'function', 'generic',
    'get_scalar_constant_value', 'gof', 'grad', 'gradient', 'ifelse', 'map',
    'misc', 'object2', 'pp', 'pprint', 'predefined_linkers',
    'predefined_modes', 'predefined_optimizers', 'printing', 'raise_op',
    'reduce', 'sandbox', 'scalar', 'scan', 'scan_checkpoints', 'scan_module',
    'shared', 'subgraph_grad', 'tensor', 'theano', 'theano_logger', 'updates']

#: Distinguishes this package from others of the same import name.
__distribution__ = 'blocks-rnn-bricks'
