"""Translating indexing and slicing."""
import numpy
from theano.tensor.subtensor import get_idx_list

from blocks_rnn_bricks.export.arrays import reversed_axis
from blocks_rnn_bricks.export.shapes import emit_length, sources_of_scalar
from blocks_rnn_bricks.export.translation import as_integer, translates

_LAST = numpy.iinfo('int64').max
_BEFORE_FIRST = numpy.iinfo('int64').min


@translates('Subtensor')
def part(translation, node):
    """Translate slices and integer indices."""
    variable, output = node.inputs[0], node.outputs[0]
    indices = list(get_idx_list(node.inputs, node.op.idx_list))
    if is_reversal(indices):
        return reversed_axis(translation, node)
    if variable in translation.ends:
        end = end_of(indices)
        return translation.ends[variable][end]
    if output.ndim == 0:
        name = emit_length(translation, sources_of_scalar(output))
        if name is not None:
            return name
    name = _sliced(translation, translation.value(variable), indices)
    axis = 0
    for index in indices:
        if isinstance(index, slice):
            axis += 1
        else:
            name = translation.graph.node(
                'Gather', name, _scalar(translation, index), axis=axis)
    return name


def is_reversal(indices):
    """Return whether an index is ``[::-1]``."""
    return (len(indices) == 1 and isinstance(indices[0], slice) and
            indices[0].start is None and indices[0].stop is None and
            indices[0].step is not None and
            as_integer(indices[0].step) == -1)


def end_of(indices):
    """Return 0 for ``[0]``, 1 for ``[-1]``, None for any other index."""
    if len(indices) == 1 and not isinstance(indices[0], slice):
        return {0: 0, -1: 1}.get(as_integer(indices[0]))
    return None


def _scalar(translation, index):
    number = as_integer(index)
    return (translation.cast(index, 'int64') if number is None
            else translation.graph.constant(number))


def _sliced(translation, name, indices):
    """Apply the slices of an index."""
    starts, stops, steps, axes = [], [], [], []
    for axis, index in enumerate(indices):
        if not isinstance(index, slice) or index == slice(None):
            continue
        step = 1 if index.step is None else as_integer(index.step)
        first, last = (0, _LAST) if step is None or step > 0 else (
            _LAST, _BEFORE_FIRST)
        starts.append(first if index.start is None else index.start)
        stops.append(last if index.stop is None else index.stop)
        steps.append(index.step if step is None else step)
        axes.append(axis)
    if not axes:
        return name
    return translation.graph.node(
        'Slice', name, translation.scalars(starts),
        translation.scalars(stops), translation.graph.constant(axes),
        translation.scalars(steps))


@translates('AdvancedSubtensor1')
def rows(translation, node):
    """Translate indexing by a vector of row numbers."""
    return translation.graph.node(
        'Gather', translation.value(node.inputs[0]),
        translation.cast(node.inputs[1], 'int64'), axis=0)


@translates('AdvancedSubtensor')
def elements(translation, node):
    """Translate indexing of rows or elements by integer arrays."""
    graph = translation.graph
    indices = list(node.inputs[1:])
    if hasattr(node.op, 'idx_list'):
        indices = list(get_idx_list(node.inputs, node.op.idx_list))
    arrays = [index for index in indices if hasattr(index, 'ndim')]
    places = [place for place, index in enumerate(indices)
              if hasattr(index, 'ndim')]
    if any(index.dtype == 'bool' for index in arrays) or not all(
            hasattr(index, 'ndim') or index == slice(None)
            for index in indices):
        translation.refuse(
            node, 'picks elements by a mask, or beside a slice',
            'use switch, or slice before')
    name = translation.value(node.inputs[0])
    if len(arrays) == 1:
        return graph.node('Gather', name,
                          translation.cast(arrays[0], 'int64'),
                          axis=places[0])
    if places != list(range(len(places))):
        translation.refuse(node, 'picks elements by several arrays that do '
                           'not come first', 'dimshuffle the axes')
    ndim = max(index.ndim for index in arrays)
    total = None
    names = []
    for index in arrays:
        one = translation.cast(index, 'int64')
        if index.ndim < ndim:
            one = graph.unsqueeze(one, *range(ndim - index.ndim))
        names.append(one)
        total = one if total is None else graph.node('Add', total, one)
    shape = graph.node('Shape', total)
    return graph.node('GatherND', name, graph.concat(
        [graph.unsqueeze(graph.node('Expand', one, shape), ndim)
         for one in names], axis=ndim))
