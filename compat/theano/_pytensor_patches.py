"""All patches to PyTensor, each with its reason.

A test for each patch fails when PyTensor no longer needs it.

"""

import functools

from pytensor.compile.sharedvalue import SharedVariable
from pytensor.graph.basic import Constant, Variable
from pytensor.scalar.basic import GE, GT, LE, LT
from pytensor.scan import op as _scan_op
from pytensor.scan.op import Scan
from pytensor.tensor import basic as _basic
from pytensor.tensor import reshape as _reshape
from pytensor.tensor.elemwise import Elemwise
from pytensor.tensor.random import op as _random_op
from pytensor.tensor.type import TensorType
from pytensor.tensor.variable import TensorVariable, _tensor_py_operators
from theano import _scan_patches, _subtensor_patches
from theano._replacement import (
    replace_keeping_common_parts,
    sharing_replacements,
)
from theano.compile import _compiled_code


def _truth_value(self):
    """Return True for ``if variable:``, a test for presence in scripts."""
    node = self.owner
    if node is not None and isinstance(node.op, Elemwise) and isinstance(
            node.op.scalar_op, (GE, GT, LE, LT)):
        raise TypeError('the result of a symbolic comparison has no truth '
                        'value; chain comparisons with tensor.and_ and '
                        'choose with tensor.switch')
    return True


def _lengths_known_at_once(shape):
    """Return which lengths are constants, without rewriting any graph."""
    shape = [_basic.as_tensor_variable(length, ndim=0) for length in shape]
    for length in shape:
        if length.type.dtype not in _basic.integer_dtypes:
            raise TypeError(f'lengths must be integer scalars, got {length} '
                            f'of data type {length.type.dtype}')
    return shape, tuple(
        length.data.item() if isinstance(length, Constant) else None
        for length in shape)


_reshape_method = _tensor_py_operators.reshape


@functools.wraps(_reshape_method)
def _reshape_by_position(self, shape, ndim=None):
    """Accept the number of axes by position, too."""
    return _reshape_method(self, shape, ndim=ndim)


_subtract = _tensor_py_operators.__sub__
_negate = _tensor_py_operators.__neg__


def _is_truth(value):
    return isinstance(value, bool) or getattr(value, 'dtype', '') == 'bool'


@functools.wraps(_subtract)
def _difference(self, other):
    """Subtract, treating comparisons as numbers if both are comparisons."""
    if _is_truth(self) and _is_truth(other):
        self = self.astype('int8')
    return _subtract(self, other)


@functools.wraps(_negate)
def _opposite(self):
    return _negate(self.astype('int8') if _is_truth(self) else self)


_filter = TensorType.filter


@functools.wraps(_filter)
def _filter_by_range(self, data, strict=False, allow_downcast=None):
    """Refuse a Python integer out of range like any other wrong value."""
    try:
        return _filter(self, data, strict, allow_downcast)
    except OverflowError as error:
        raise TypeError(f'{error}; the value must fit into {self}'
                        ) from error


def _with_common_parts(gradient_of_loop):
    """Wrap the method that differentiates a loop."""
    @functools.wraps(gradient_of_loop)
    def pullback(self, inputs, outs, dC_douts):
        with sharing_replacements():
            return gradient_of_loop(self, inputs, outs, dC_douts)
    return pullback


_filter_variable = TensorType.filter_variable


@functools.wraps(_filter_variable)
def _take_known_lengths(self, other, allow_convert=True):
    """Accept a variable whose static shape is more specific than the type."""
    if isinstance(other, Variable) and self.is_super(other.type):
        return other
    return _filter_variable(self, other, allow_convert)


def _set_default_update(self, value):
    """Set the expression that updates a shared variable after each call."""
    self._default_update = None if value is None else (
        self.type.filter_variable(value, allow_convert=True))


def _delete_default_update(self):
    """Stop updating the variable after each call."""
    if self._default_update is None:
        raise AttributeError('default_update')
    self._default_update = None


def apply_all():
    """Install every patch."""
    # Scripts write ``if mask:`` to check for a mask; PyTensor raises.
    _tensor_py_operators.__bool__ = _truth_value
    # Every zeros, alloc and repeat rewrites a small graph to infer static
    # lengths, which makes building graphs very slow.  Constants do not need
    # this.
    for module in (_basic, _random_op, _reshape):
        module.infer_static_shape = _lengths_known_at_once
    # In Theano the number of axes could be given by position.
    _tensor_py_operators.reshape = _reshape_by_position
    # Until Theano 0.8, comparisons returned int8, and scripts subtract them.
    _tensor_py_operators.__sub__ = _difference
    _tensor_py_operators.__neg__ = _opposite
    # In Theano a variable could be created without the node that computes it.
    for kind in Variable, TensorVariable:
        kind.__init__.__defaults__ = None, None, None
    # NumPy 2 raises an OverflowError for an integer out of range.
    TensorType.filter = _filter_by_range
    # Scripts set default_update; PyTensor deprecates that, does not support
    # ``del``, and refuses expressions whose lengths happen to be known.
    SharedVariable.default_update = property(
        SharedVariable.default_update.fget, _set_default_update,
        _delete_default_update, SharedVariable.default_update.__doc__)
    TensorType.filter_variable = _take_known_lengths
    # Theano's names for the bounds of a loop's graph.
    Scan.inputs = property(lambda self: list(self.fgraph.inputs))
    Scan.outputs = property(lambda self: list(self.fgraph.outputs))
    _scan_patches.apply_all()
    _subtensor_patches.apply_all()
    # The first function compiles a loop in C even if it runs it in Python,
    # and fails without a working compiler.
    _compiled_code.patch_linker()
    # The gradients of a step with respect to its inputs share most of their
    # graph, and PyTensor copies it for each of them.
    _scan_op.forced_replace = replace_keeping_common_parts
    Scan.pullback = _with_common_parts(Scan.pullback)
