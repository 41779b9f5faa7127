"""Translating operations on arrays."""
import numpy
from theano.tensor.elemwise import Elemwise

from blocks_rnn_bricks.export.elementwise import (
    BOOLEAN,
    OF_SCALARS,
    elementwise,
)
from blocks_rnn_bricks.export.translation import (
    array_of,
    as_integer,
    translates,
)

#: Dtypes that all operators of a runtime accept.
_COMMON = ('float32', 'float64', 'int32', 'int64')


@translates('ViewOp', 'OutputGuard', 'DeepCopyOp', 'SpecifyShape',
            'Rebroadcast', 'PatternBroadcast', 'AddBroadcast', 'Unbroadcast',
            'TensorFromScalar', 'ScalarFromTensor', 'DisconnectedGrad',
            'ConsiderConstant', 'ZeroGrad', 'GradClip', 'Assert',
            'CheckAndRaise', 'CheckState')
def same(translation, node):
    """Translate operations that return their first input."""
    return translation.value(node.inputs[0])


@translates('CheckShapes', 'CheckCostData')
def same_all(translation, node):
    """Translate operations that return their inputs, one for each output."""
    return [translation.value(variable)
            for variable in node.inputs[:len(node.outputs)]]


@translates('Elemwise')
def elementwise_operation(translation, node):
    """Translate elementwise operations."""
    scalar = type(node.op.scalar_op).__name__
    output, = node.outputs
    inputs = node.inputs
    graph, dtype = translation.graph, translation.dtype(output)
    if scalar == 'Identity' and inputs[0] in translation.ends:
        translation.ends[output] = translation.ends[inputs[0]]
        return [None]
    if scalar in ('Identity', 'Cast'):
        return translation.cast(inputs[0], dtype)
    if scalar == 'Second':
        return graph.node('Expand', translation.cast(inputs[1], dtype),
                          graph.node('Shape', translation.value(inputs[0])))
    operation = OF_SCALARS.get(scalar)
    if operation is None:
        translation.refuse(node, 'is not translated to ONNX',
                           'remove it from the exported graph')
    if operation in ('and', 'or', 'xor', 'not'):
        if dtype != 'bool':
            translation.refuse(node, 'works on the bits of integers',
                               'apply it to truth values')
        return elementwise(graph, operation, dtype, *[
            translation.cast(variable, 'bool') for variable in inputs])
    common = dtype
    if operation in BOOLEAN:
        common = str(numpy.result_type(*map(translation.dtype, inputs)))
    if common not in _COMMON:
        common = 'float32' if common == 'float16' else 'int64'
    arguments = [translation.cast(variable, common) for variable in inputs]
    if operation == 'where':
        arguments[0] = translation.cast(inputs[0], 'bool')
    name = elementwise(graph, operation, common, *arguments)
    made = 'bool' if operation in BOOLEAN else common
    return name if made == dtype else graph.cast(name, dtype)


@translates('DimShuffle')
def shuffle(translation, node):
    """Permute, add and remove axes."""
    graph = translation.graph
    name = translation.value(node.inputs[0])
    order = node.op.new_order
    kept = [axis for axis in order if axis != 'x']
    dropped = [axis for axis in range(node.inputs[0].ndim)
               if axis not in kept]
    if dropped:
        name = graph.squeeze(name, *dropped)
    if kept != sorted(kept):
        places = [sorted(kept).index(axis) for axis in kept]
        name = graph.node('Transpose', name, perm=places)
    added = [place for place, axis in enumerate(order) if axis == 'x']
    if added == list(range(len(added))) and _is_broadcast(translation, node):
        return name
    return graph.unsqueeze(name, *added) if added else name


def _is_broadcast(translation, node):
    """Return whether all readers of an array broadcast its missing axes."""
    return all(
        reader is not None and isinstance(reader.op, Elemwise) and any(
            type(getattr(other.owner, 'op', None)) is not type(node.op) and
            array_of(other) is None for other in reader.inputs)
        for reader in translation.readers(node.outputs[0]))


@translates('Dot', 'BatchedDot', 'Dot22', 'Blockwise')
def product(translation, node):
    """Translate products of matrices."""
    core = getattr(node.op, 'core_op', None)
    if core is not None and type(core).__name__ != 'Dot':
        translation.refuse(node, 'is not translated to ONNX',
                           'remove it from the exported graph')
    dtype = translation.dtype(node.outputs[0])
    left, right = (translation.cast(variable, dtype)
                   for variable in node.inputs)
    if type(node.op).__name__ == 'BatchedDot' and (
            node.inputs[0].ndim, node.inputs[1].ndim) != (3, 3):
        translation.refuse(node, 'is not of batches of matrices',
                           'add an axis to any input that has two')
    return translation.graph.node('MatMul', left, right)


@translates('Join')
def join(translation, node):
    """Translate concatenation."""
    axis = as_integer(node.inputs[0])
    if axis is None:
        translation.refuse(node, 'joins along a symbolic axis',
                           'give the axis as a number')
    dtype = translation.dtype(node.outputs[0])
    return translation.graph.concat(
        [translation.cast(variable, dtype) for variable in node.inputs[1:]],
        axis=axis % node.outputs[0].ndim)


@translates('Sum', 'Prod', 'Max', 'Min', 'Any', 'All', 'CAReduce',
            'CAReduceDtype')
def reduction(translation, node):
    """Translate sums, products and extremes along axes."""
    graph = translation.graph
    variable, = node.inputs
    scalar = type(node.op.scalar_op).__name__
    operator = {'Add': 'ReduceSum', 'Mul': 'ReduceProd', 'OR': 'ReduceMax',
                'AND': 'ReduceMin'}.get(scalar)
    if operator is None and 'Max' in scalar:
        operator = 'ReduceMax'
    elif operator is None and 'Min' in scalar:
        operator = 'ReduceMin'
    elif operator is None:
        translation.refuse(node, 'reduces by ' + scalar,
                           'use sum, prod, max, min, any or all')
    dtype = translation.dtype(node.outputs[0])
    axes = axes_of(node.op.axis, variable.ndim)
    if not axes:
        return translation.cast(variable, dtype)
    common = dtype if dtype in _COMMON else 'int64'
    name = graph.node(operator, translation.cast(variable, common),
                      graph.constant(axes), keepdims=0)
    return name if common == dtype else graph.cast(name, dtype)


def axes_of(axis, ndim):
    """List the axes that an operation reduces."""
    if axis is None:
        return list(range(ndim))
    return [one % ndim for one in (
        axis if isinstance(axis, (tuple, list)) else [axis])]


@translates('Argmax', 'MaxAndArgmax')
def largest(translation, node):
    """Translate the position of the largest number along an axis."""
    graph = translation.graph
    variable = node.inputs[0]
    axes = axes_of(node.op.axis, variable.ndim)
    name = translation.value(variable)
    if len(axes) == variable.ndim:
        name = graph.node('Reshape', name, graph.constant([-1]))
        axes = [0]
    if len(axes) > 1:
        translation.refuse(node, 'is along several axes',
                           'flatten these first')
    place = graph.node('ArgMax', name, axis=axes[0], keepdims=0)
    if type(node.op).__name__ == 'Argmax':
        return place
    return [graph.node('ReduceMax', name, graph.constant(axes), keepdims=0),
            place]


@translates('Softmax', 'LogSoftmax')
def softmax(translation, node):
    """Translate softmax along an axis, the last one in Theano 1.0."""
    graph = translation.graph
    axes = axes_of(getattr(node.op, 'axis', -1), node.inputs[0].ndim)
    name = translation.value(node.inputs[0])
    whole = len(axes) > 1
    if whole:
        shape = graph.node('Shape', name)
        name = graph.node('Reshape', name, graph.constant([-1]))
    if len(axes) not in (1, node.inputs[0].ndim):
        translation.refuse(node, 'is along several axes',
                           'flatten these first')
    name = graph.node(type(node.op).__name__, name,
                      axis=0 if whole else axes[0])
    return graph.node('Reshape', name, shape) if whole else name


@translates('SoftmaxWithBias')
def softmax_with_bias(translation, node):
    """Translate softmax of a sum."""
    return translation.graph.node('Softmax', translation.graph.node(
        'Add', *map(translation.value, node.inputs)), axis=1)


@translates('ARange')
def numbers(translation, node):
    """Translate ranges of numbers."""
    dtype = translation.dtype(node.outputs[0])
    return translation.graph.node('Range', *[
        translation.cast(variable, dtype) for variable in node.inputs])


@translates('CumOp')
def cumulated(translation, node):
    """Translate cumulative sums."""
    graph = translation.graph
    name = translation.value(node.inputs[0])
    if node.op.mode != 'add':
        translation.refuse(node, 'multiplies', 'use cumsum of logarithms')
    axis = node.op.axis
    if axis is None:
        name, axis = graph.node('Reshape', name, graph.constant([-1])), 0
    return graph.node('CumSum', name, graph.constant(axis))


@translates('ArgSortOp', 'SortOp')
def ordered(translation, node):
    """Translate sorting, or the order of it, along an axis."""
    graph = translation.graph
    name = translation.value(node.inputs[0])
    axis = as_integer(node.inputs[1])
    if axis is None:
        translation.refuse(node, 'sorts along a symbolic axis',
                           'give the axis as a number')
    axis %= node.inputs[0].ndim
    length = graph.node('Shape', name, start=axis, end=axis + 1)
    values, places = graph.node('TopK', name, length, axis=axis, largest=0,
                                outputs=2)
    return places if type(node.op).__name__ == 'ArgSortOp' else values


@translates('ReverseTime')
def reverse_time(translation, node):
    """Translate the reversal of time, the first axis."""
    return reversed_axis(translation, node)


def reversed_axis(translation, node):
    """Reverse the first axis, even if only its ends are translated."""
    variable = node.inputs[0]
    if variable in translation.ends:
        translation.ends[node.outputs[0]] = translation.ends[variable][::-1]
        return [None]
    return translation.graph.flip(translation.value(variable))
