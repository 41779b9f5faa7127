"""Computing shapes, from the inputs of the graph where possible."""
import numpy
from theano.tensor.subtensor import get_idx_list

from blocks_rnn_bricks.export.translation import (
    as_integer,
    constant_of,
    translates,
)
from rnn_kernels.ops import Iterate

_SAME = ('CheckShapes', 'CheckState', 'ReverseTime', 'CheckCostData',
         'Softmax', 'LogSoftmax', 'ViewOp', 'Rebroadcast',
         'PatternBroadcast', 'AddBroadcast', 'Unbroadcast', 'SpecifyShape',
         'Assert', 'CheckAndRaise', 'DisconnectedGrad')


def sources_of_length(variable, axis):
    """Find axes of the same length, back to the inputs.

    Otherwise a graph would compute arrays only to look at their shapes.

    Yields
    ------
    tuple
        A variable and an axis, or an integer and None. Variables closer to
        the inputs come later.

    """
    while variable is not None:
        yield variable, axis
        if variable.broadcastable[axis]:
            yield 1, None
            return
        node = variable.owner
        if node is None:
            data = constant_of(variable)
            if data is None and hasattr(variable, 'get_value'):
                data = variable.get_value(borrow=True)
            if data is not None:
                yield int(numpy.shape(data)[axis]), None
            return
        lengths = _length_given(node, axis)
        if lengths is not None:
            yield from sources_of_scalar(lengths)
            return
        variable, axis = _one_before(node, variable, axis)


def _length_given(node, axis):
    """Return the scalar passed to a node as a length, or None."""
    kind = type(node.op).__name__
    if kind == 'Reshape':
        lengths = vector_elements(node.inputs[1])
        if lengths is not None and as_integer(lengths[axis]) != -1:
            return lengths[axis]
    return node.inputs[1 + axis] if kind == 'Alloc' else None


def _one_before(node, variable, axis):
    """Return an input, and its axis, with the length of an output's axis."""
    kind = type(node.op).__name__
    if kind == 'Elemwise':
        inside = [one for one in node.inputs if not one.broadcastable[axis]]
        # Variables without an owner exist before anything is computed.
        return (min(inside, key=lambda one: one.owner is not None)
                if inside else None), axis
    if kind in _SAME:
        return node.inputs[node.outputs.index(variable)], axis
    if kind == 'DimShuffle':
        return node.inputs[0], node.op.new_order[axis]
    if kind == 'Dot' and variable.ndim == 2 and all(
            one.ndim == 2 for one in node.inputs):
        return node.inputs[axis], axis
    if isinstance(node.op, Iterate) and axis < 2:
        return _first_sequence(node, variable), axis
    if kind == 'Join' and axis != as_integer(node.inputs[0]):
        return node.inputs[1], axis
    return None, None


def _first_sequence(node, variable):
    """Return a sequence of the recurrence that a variable comes from."""
    return next(
        given[recurrence.cells.general.of_kind('sequence')[0].name]
        for recurrence, given, made in zip(
            node.op.recurrences, node.op.split(node.inputs),
            node.op.split_outputs(node.outputs))
        if any(variable is output for output in made))


def sources_of_scalar(scalar):
    """Find the variable and axis whose length a scalar is.

    Yields
    ------
    tuple
        As in :func:`sources_of_length`; none if the scalar is not a length.

    """
    number = as_integer(scalar)
    if number is not None:
        yield number, None
        return
    node = scalar.owner
    kind = type(getattr(node, 'op', None)).__name__
    if kind in ('ScalarFromTensor', 'TensorFromScalar') or (
            kind == 'Elemwise' and type(node.op.scalar_op).__name__ in (
                'Cast', 'Identity')):
        for found in sources_of_scalar(node.inputs[0]):
            yield found
    elif kind == 'Shape_i':
        for found in sources_of_length(node.inputs[0], node.op.i):
            yield found
    elif kind == 'Subtensor' and type(getattr(
            node.inputs[0].owner, 'op', None)).__name__ == 'Shape':
        index = get_idx_list(node.inputs, node.op.idx_list)[0]
        axis = None if isinstance(index, slice) else as_integer(index)
        if axis is not None:
            shaped, = node.inputs[0].owner.inputs
            for found in sources_of_length(shaped, axis % shaped.ndim):
                yield found


def vector_elements(vector):
    """List the elements of a vector of lengths, or return None."""
    data = constant_of(vector)
    if data is not None:
        return [int(number) for number in data]
    node = vector.owner
    kind = type(getattr(node, 'op', None)).__name__
    if kind == 'MakeVector':
        return list(node.inputs)
    if kind == 'Elemwise' and type(node.op.scalar_op).__name__ in (
            'Cast', 'Identity'):
        return vector_elements(node.inputs[0])
    if kind == 'Shape':
        shaped, = node.inputs
        return [shaped.shape[axis] for axis in range(shaped.ndim)]
    if kind == 'Join' and as_integer(node.inputs[0]) == 0:
        parts = [vector_elements(part) for part in node.inputs[1:]]
        return None if None in parts else sum(parts, [])
    if kind == 'DimShuffle' and node.op.new_order == ('x',):
        return [node.inputs[0]]
    return None


def emit_length(translation, sources):
    """Return the name of a scalar, the length of one of its sources.

    Parameters
    ----------
    translation : :class:`~.translation.Translation`
    sources : iterable of tuples
        See :func:`sources_of_length`.

    Returns
    -------
    str or None
        None if no source has been translated.

    """
    graph = translation.graph
    there = [(source, axis) for source, axis in sources
             if axis is None or translation.has(source)]
    if not there:
        return None
    source, axis = there[-1]
    if axis is None:
        return graph.constant(source)
    key = 'length', source, axis
    if key not in translation.notes:
        translation.notes[key] = graph.squeeze(graph.node(
            'Shape', translation.value(source), start=axis, end=axis + 1), 0)
    return translation.notes[key]


def length(translation, variable, axis):
    """Return the name of a scalar, the length of an axis of a variable."""
    return emit_length(translation, sources_of_length(variable, axis))


@translates('Shape')
def shape(translation, node):
    """Translate a shape."""
    variable, = node.inputs
    graph = translation.graph
    parts = [graph.unsqueeze(length(translation, variable, axis), 0)
             for axis in range(variable.ndim)]
    return graph.concat(parts, 0) if parts else graph.constant([])


@translates('Shape_i')
def one_length(translation, node):
    """Translate the length of one axis."""
    return length(translation, node.inputs[0], node.op.i)


@translates('MakeVector')
def make_vector(translation, node):
    """Translate a vector of scalars."""
    dtype = translation.dtype(node.outputs[0])
    name = translation.scalars(node.inputs)
    return name if dtype == 'int64' else translation.graph.cast(name, dtype)


@translates('Reshape')
def reshape(translation, node):
    """Translate reshaping."""
    graph = translation.graph
    lengths = vector_elements(node.inputs[1])
    # An axis of length 0 must not mean "as before".
    zeros = lengths is not None and all(
        as_integer(length) != -1 for length in lengths)
    return graph.node(
        'Reshape', translation.value(node.inputs[0]),
        translation.cast(node.inputs[1], 'int64'), allowzero=int(zeros))


@translates('Alloc')
def allocate(translation, node):
    """Translate repeating a value along axes."""
    return translation.graph.node(
        'Expand', translation.value(node.inputs[0]),
        translation.scalars(node.inputs[1:]))
