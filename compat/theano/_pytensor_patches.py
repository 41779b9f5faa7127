"""All that is changed inside PyTensor, each change with its reason.

A test beside each patch fails when PyTensor no longer needs it.
"""

import functools

import numpy
from pytensor.graph.basic import Constant
from pytensor.scalar.basic import GE, GT, LE, LT, Add, Mul
from pytensor.scan.op import Scan
from pytensor.tensor import basic as _basic
from pytensor.tensor import reshape as _reshape
from pytensor.tensor.elemwise import Elemwise
from pytensor.tensor.random import op as _random_op
from pytensor.tensor.variable import _tensor_py_operators


def _truth_value(self):
    """Answer ``if variable:``, by which scripts ask for its presence."""
    node = self.owner
    if node is not None and isinstance(node.op, Elemwise) and isinstance(
            node.op.scalar_op, (GE, GT, LE, LT)):
        raise TypeError('the result of a symbolic comparison has no truth '
                        'value; chain comparisons with tensor.and_ and '
                        'choose with tensor.switch')
    return True


def _lengths_known_at_once(shape):
    """Tell which lengths are constants, without rewriting any graph."""
    shape = [_basic.as_tensor_variable(length, ndim=0) for length in shape]
    for length in shape:
        if length.type.dtype not in _basic.integer_dtypes:
            raise TypeError(f'lengths must be integer scalars, got {length} '
                            f'of data type {length.type.dtype}')
    return shape, tuple(
        length.data.item() if isinstance(length, Constant) else None
        for length in shape)


_elementwise = Elemwise.perform


@functools.wraps(_elementwise)
def _add_or_multiply_pairwise(self, node, inputs, output_storage):
    """Compute sums and products of many arrays with binary ufuncs."""
    if len(inputs) < 3 or not isinstance(self.scalar_op, (Add, Mul)):
        return _elementwise(self, node, inputs, output_storage)
    self._check_runtime_broadcast(node, inputs)
    ufunc = numpy.add if isinstance(self.scalar_op, Add) else numpy.multiply
    output_storage[0][0] = numpy.asarray(
        functools.reduce(ufunc, inputs), dtype=node.outputs[0].type.dtype)


def apply_all():
    """Install every patch."""
    # Scripts write ``if mask:`` for "is there a mask"; PyTensor raises.
    _tensor_py_operators.__bool__ = _truth_value
    # Every zeros, alloc and repeat rewrites a small graph to learn static
    # lengths: building graphs crawls.  Constants are known without.
    for module in (_basic, _random_op, _reshape):
        module.infer_static_shape = _lengths_known_at_once
    # Sums of three and more arrays run Python code for every element.
    Elemwise.perform = _add_or_multiply_pairwise
    # Theano's names for the bounds of a loop's graph.
    Scan.inputs = property(lambda self: list(self.fgraph.inputs))
    Scan.outputs = property(lambda self: list(self.fgraph.outputs))
