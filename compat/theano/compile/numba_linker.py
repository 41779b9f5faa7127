"""The Numba linker, with support for operations in Python."""

from pytensor.link.numba.linker import NumbaLinker as _BackendLinker
from pytensor.tensor.type import TensorType
from theano.compile._compiled_code import find_folder

__all__ = ['NumbaLinker']


class NumbaLinker(_BackendLinker):
    """Compiles graphs to machine code.

    User-defined operations are supported: compiled code passes their inputs to
    Python and receives the outputs.

    """

    def fgraph_convert(self, fgraph, **kwargs):
        """Convert a graph, after registering user-defined operations."""
        find_folder()
        _register()
        return super().fgraph_convert(fgraph, **kwargs)


def _register():
    """Register user-defined operations with Numba."""
    from pytensor.link.numba.dispatch.basic import numba_funcify
    from theano.gof.op import Op

    if numba_funcify.dispatch(Op) is not _call_python:
        numba_funcify.register(Op, _call_python)


def _call_python(op, node, **kwargs):
    """Make compiled code that calls ``op.perform``."""
    import numba
    from pytensor.link.numba.dispatch.basic import get_numba_type, numba_njit

    types = [get_numba_type(output.type) for output in node.outputs]
    signature = types[0] if len(types) == 1 else numba.types.Tuple(types)
    filters = [output.type.filter for output in node.outputs]
    tensors = [isinstance(output.type, TensorType) for output in node.outputs]

    def perform(inputs):
        storage = [[None] for _ in filters]
        op.perform(node, list(inputs), storage)
        values = [filter_(cell[0], allow_downcast=True) if tensor
                  else cell[0] for filter_, cell, tensor
                  in zip(filters, storage, tensors)]
        return values[0] if len(values) == 1 else tuple(values)

    @numba_njit
    def call_python(*inputs):
        with numba.objmode(results=signature):
            results = perform(inputs)
        return results

    return call_python
