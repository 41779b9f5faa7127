"""The linker that computes graphs in Python, on whole arrays at once."""

import functools

import numpy
from pytensor.link.vm import VMLinker as _BackendLinker
from pytensor.scalar.basic import Add, Cast, Clip, Identity, Mul, Second
from pytensor.scalar.math import Erf, Log1mexp, Softplus
from pytensor.tensor.elemwise import Elemwise

__all__ = ['VMLinker']


class VMLinker(_BackendLinker):
    """Calls a function for each node of a graph, one after the other.

    Where PyTensor's Python code would loop over elements, or check arguments
    around every call of NumPy, this linker calls NumPy directly. Other linkers
    compute elementwise operations as PyTensor does.

    """

    def make_vm(self, nodes, thunks, input_storage, output_storage,
                storage_map, post_thunk_clear, computed, compute_map,
                updated_vars):
        """Make the virtual machine that runs the nodes, with faster thunks."""
        # In place: the caller returns the list, too.
        thunks[:] = [quick_thunk(node, thunk, compute_map)
                     for node, thunk in zip(nodes, thunks)]
        return super().make_vm(
            nodes, thunks, input_storage, output_storage, storage_map,
            post_thunk_clear, computed, compute_map, updated_vars)


def quick_thunk(node, thunk, compute_map):
    """Return a function that computes a node as `thunk` does, but faster.

    Parameters
    ----------
    node : Apply
    thunk : callable
        The function that PyTensor made to compute the node.
    compute_map : dict
        For each variable a cell that holds whether it has been computed.

    Returns
    -------
    callable
        `thunk` itself if it already runs C or NumPy.

    """
    op = node.op
    if not isinstance(op, Elemwise) or not hasattr(thunk, 'perform'):
        return thunk
    if _calls_one_ufunc(op, node):
        quick = _bare_ufunc(node, thunk)
    elif _runs_for_every_element(op, node):
        quick = _whole_arrays_at_once(node, thunk)
    else:
        return thunk
    flag = compute_map[node.outputs[0]]

    def compute():
        quick()
        flag[0] = True

    vars(compute).update(vars(thunk))
    return compute


def _softplus(x):
    """Compute ``log(1 + exp(x))`` without overflow."""
    return numpy.logaddexp(x, x.dtype.type(0))


def _log1mexp(x):
    """Compute ``log(1 - exp(x))`` for negative numbers."""
    with numpy.errstate(divide='ignore', invalid='ignore'):
        return numpy.where(x < -numpy.log(2.), numpy.log1p(-numpy.exp(x)),
                           numpy.log(-numpy.expm1(x)))


def _second(shape_giver, x):
    """Repeat `x` to the common shape of both."""
    return numpy.broadcast_arrays(shape_giver, x)[1]


def _erf(x):
    from scipy.special import erf  # takes 0.2 s, and few graphs need it
    return erf(x)


#: Scalar operations that PyTensor computes in Python for every element, with
#: functions of whole arrays.  The first two have ufuncs of two arguments, but
#: run slow code for three or more.
WHOLE_ARRAYS = {
    Add: lambda *terms: functools.reduce(numpy.add, terms),
    Mul: lambda *factors: functools.reduce(numpy.multiply, factors),
    Cast: lambda x: x, Clip: numpy.clip, Erf: _erf,
    Identity: lambda x: x, Log1mexp: _log1mexp, Second: _second,
    Softplus: _softplus}
#: Operations that compute in the data type of their result.
_UPGRADED = Erf, Log1mexp, Softplus


def _runs_for_every_element(op, node):
    """Return whether PyTensor runs Python for every element of a node."""
    operation = type(op.scalar_op)
    return operation in WHOLE_ARRAYS and not (
        len(node.inputs) == 2 and operation in (Add, Mul))


def _whole_arrays_at_once(node, thunk):
    """Compute a node by a function of whole arrays."""
    operation = type(node.op.scalar_op)
    function = WHOLE_ARRAYS[operation]
    dtype = node.outputs[0].type.dtype
    (result,) = thunk.outputs

    def compute():
        inputs = [cell[0] for cell in thunk.inputs]
        node.op._check_runtime_broadcast(node, inputs)
        if operation in _UPGRADED:
            inputs = [numpy.asarray(x, dtype) for x in inputs]
        result[0] = numpy.array(function(*inputs), dtype)

    return compute


def _calls_one_ufunc(op, node):
    """Return whether a node is one ufunc on floats of its result's type.

    If there are two arrays they must be of equal shape, unless the type of
    one is that of a single number.

    """
    variables = [*node.inputs, *node.outputs]
    single = [all(x.type.broadcastable) for x in node.inputs]
    spread = [any(x.type.broadcastable) for x in node.inputs]
    return (isinstance(op.nfunc, numpy.ufunc) and not op.inplace_pattern
            and op.nfunc_spec[1:] == (len(node.inputs), 1)
            and len(node.inputs) <= 2
            and not all(single)
            and all(a or not b for a, b in zip(single, spread))
            and all(x.dtype == variables[0].dtype for x in variables)
            and variables[0].dtype in ('float32', 'float64'))


def _bare_ufunc(node, thunk):
    """Call the ufunc of a node and nothing else.

    PyTensor spends some ten microseconds around each ufunc. A training step of
    a stack of LSTMs calls hundreds; calling them directly takes 0.86 of the
    time.

    """
    ufunc, (result,) = node.op.nfunc, thunk.outputs
    first, *second = thunk.inputs

    def unary():
        with numpy.errstate(all='ignore'):
            result[0] = ufunc(first[0])

    equal = not any(all(x.type.broadcastable) for x in node.inputs)

    def binary():
        a, b = first[0], second[0][0]
        if equal and a.shape != b.shape:
            thunk()  # raises
        with numpy.errstate(all='ignore'):
            result[0] = ufunc(a, b)

    return binary if second else unary
