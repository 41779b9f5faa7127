"""Translating kernels to ONNX' LSTM, GRU and RNN, or else to Scan."""
from typing import Any, NamedTuple

import numpy
from theano.tensor.subtensor import get_idx_list

from blocks_rnn_bricks.export.equations import recognize
from blocks_rnn_bricks.export.indexing import end_of, is_reversal
from blocks_rnn_bricks.export.layouts import lay_out
from blocks_rnn_bricks.export.loops import scan
from blocks_rnn_bricks.export.refusal import (
    nearest_call,
    operation_of,
    path_of,
)
from blocks_rnn_bricks.export.shapes import length
from blocks_rnn_bricks.export.translation import translates


class _Layer(NamedTuple):
    """The operator arguments of one direction.

    Attributes
    ----------
    recurrence : :class:`~rnn_kernels.ops.Recurrence`
    name : str
        The path of the brick.
    equations : :class:`~.equations.Equations`
    given : dict
        Variables by the names of the arguments.
    sources : tuple of str
        The values that are concatenated to X.
    mask : str or None
        The value of the mask.
    weights : dict
        W, R, B and possibly P, as arrays without the axis of directions.

    """

    recurrence: Any
    name: str
    equations: Any
    given: dict
    sources: tuple
    mask: Any
    weights: dict

    def pairs_with(self, other):
        """Return whether two layers are the directions of one operator."""
        return (
            not self.recurrence.reverse and other.recurrence.reverse and
            self.sources == other.sources and self.mask == other.mask and
            set(self.weights) == set(other.weights) and
            self.equations._replace(nets=(), states=()) ==
            other.equations._replace(nets=(), states=()))


@translates('Iterate')
def iterate(translation, node):
    """Translate recurrent layers."""
    op = node.op
    if any(recurrence.cells.general.rounded for recurrence in op.recurrences):
        translation.refuse(
            node, 'multiplies numbers that are rounded to bfloat16',
            "set the brick's attribute precision to 'float32', or build the "
            "graph inside of rnn_kernels.precision('float32')")
    found = list(zip(op.recurrences, op.split(node.inputs),
                     op.split_outputs(node.outputs)))
    layers = [_layer(translation, recurrence, given, outputs)
              for recurrence, given, outputs in found]
    names = [None] * len(found)
    for place, layer in enumerate(layers):
        if layer is None:
            recurrence, given, outputs = found[place]
            names[place] = scan(translation, recurrence, given, _name(
                translation, recurrence, outputs)) + [None]
        elif names[place] is None:
            together = [place] + [
                other for other, mate in enumerate(layers)
                if mate is not None and names[other] is None and
                layer.pairs_with(mate)][:1]
            made = _operator(translation, [layers[one] for one in together])
            for one, results in zip(together, made):
                names[one] = _outputs(translation, layers[one],
                                      found[one][2], *results)
    return sum(names, [])


def _name(translation, recurrence, outputs):
    """Name a node after its brick."""
    brick, _ = nearest_call(outputs, translation.readers)
    return recurrence.who if brick is None else path_of(brick)


def _layer(translation, recurrence, given, outputs):
    """Return a :class:`_Layer`, or None if the layer must become a Scan."""
    first = recurrence.cells.general.of_kind('sequence')[0]
    if translation.dtype(given[first.name]) != 'float32':
        return None
    if recurrence.mask is None:
        cell = recurrence.cells.general
    elif translation.masks == 'any':
        return None
    else:
        cell = recurrence.cells.skipping
    equations = recognize(cell)
    if equations is None:
        return None
    for name, output in zip(cell.outputs, outputs):
        if equations.states[1:] == (name.name,) and not _only_end(
                translation, output, 1):
            return None  # ONNX' LSTM returns only its last cells
    sources, weights = lay_out(translation, cell, equations, given)
    if weights is None:
        return None
    mask = recurrence.mask
    return _Layer(
        recurrence, _name(translation, recurrence, outputs), equations, given,
        tuple(map(translation.value, sources)),
        None if mask is None else translation.value(given[mask]), weights)


def _only_end(translation, variable, end):
    """Return whether only the last row of a sequence is read.

    Parameters
    ----------
    translation : :class:`~.translation.Translation`
    variable : variable
        In the order of processing if `end` is 1, reversed if it is 0.
    end : {0, 1}

    """
    for node in translation.readers(variable):
        if node is None:
            return False
        kind = operation_of(node)
        indices = (list(get_idx_list(node.inputs, node.op.idx_list))
                   if kind == 'Subtensor' else [])
        if kind == 'Identity':
            if not _only_end(translation, node.outputs[0], end):
                return False
        elif kind == 'ReverseTime' or is_reversal(indices):
            if not _only_end(translation, node.outputs[0], 1 - end):
                return False
        elif kind not in ('Shape', 'Shape_i') and end_of(indices) != end:
            return False
    return True


def _operator(translation, layers):
    """Add an operator of one or two directions.

    Returns
    -------
    list of tuples of str
        For each direction, the states at all steps, (T, B, width), in order
        of time, and the last value of each state, (B, width).

    """
    graph = translation.graph
    first = layers[0]
    equations = first.equations
    weights = {
        letter: graph.initializer(
            '{}.{}'.format(first.name, letter),
            numpy.stack([layer.weights[letter] for layer in layers]))
        for letter in first.weights}
    inputs = [graph.concat(first.sources, axis=2),
              weights['W'], weights['R'], weights['B'],
              _lengths(translation, first) if first.mask is not None else '']
    for position in range(len(equations.states)):
        inputs.append(graph.concat(
            [graph.unsqueeze(translation.value(
                layer.given[layer.equations.states[position]]), 0)
             for layer in layers], axis=0))
    if 'P' in weights:
        inputs.append(weights['P'])
    options = {}
    if equations.operator == 'GRU':
        options['linear_before_reset'] = equations.linear_before_reset
    direction = ('bidirectional' if len(layers) == 2 else
                 'reverse' if first.recurrence.reverse else 'forward')
    whole, *ends = graph.node(
        equations.operator, *inputs, name=first.name,
        outputs=1 + len(equations.states), hidden_size=equations.width,
        direction=direction,
        activations=list(equations.activations) * len(layers), **options)
    if len(layers) == 1:
        return [[graph.squeeze(whole, 1)] +
                [graph.squeeze(end, 0) for end in ends]]
    return [[graph.node('Gather', whole, graph.constant(place), axis=1)] +
            [graph.node('Gather', end, graph.constant(place), axis=0)
             for end in ends] for place in range(2)]


def _lengths(translation, layer):
    """Return the lengths given by a mask, at least 1, as int32.

    A mask with a hole, or with values other than 0 and 1, must not pass
    silently. A model cannot raise its own exceptions, but an index out of
    range is an error in every runtime, and the message includes the name of
    the node.

    """
    key = 'lengths', layer.mask
    if key not in translation.notes:
        graph = translation.graph
        mask, dtype = layer.mask, 'float32'
        total = graph.node('ReduceSum', mask, graph.constant([0]),
                           keepdims=0)
        steps = graph.node('Range', graph.constant(0),
                           length(translation, layer.given[
                               layer.recurrence.mask], 0),
                           graph.constant(1))
        prefix = graph.node('Less', graph.unsqueeze(
            graph.cast(steps, dtype), 1), total)
        same = graph.node('Equal', graph.cast(prefix, dtype), mask)
        wrong = graph.node('ReduceMax', graph.node(
            'Reshape', graph.cast(graph.node('Not', same), 'int64'),
            graph.constant([-1])), graph.constant([0]), keepdims=0)
        nothing = graph.node(
            'Gather', graph.constant([0], 'int32'), wrong, axis=0,
            name='{}: the mask must be ones followed by zeros for each '
            "sequence; export with masks='any' for masks with holes".format(
                layer.name))
        at_least_one = graph.node('Max', graph.cast(total, 'int32'),
                                  graph.constant(1, 'int32'))
        translation.notes[key] = graph.node('Add', at_least_one, nothing)
    return translation.notes[key]


def _outputs(translation, layer, variables, whole, *ends):
    """Carry states over the padding, and return them by output.

    ONNX fills the padding after the end of a sequence with zeros.

    """
    graph = translation.graph
    if layer.mask is not None:
        whole, ends = _carried(translation, layer, whole, ends)
    backwards = layer.recurrence.reverse
    if backwards:
        whole = graph.flip(whole)
    cells = layer.recurrence.cells.general
    names = []
    for output, variable in zip(cells.outputs, variables):
        position = layer.equations.states.index(output.name)
        if position == 0:
            names.append(whole)
        else:
            translation.ends[variable] = None, ends[position]
            names.append(None)
    return names + [None]


def _carried(translation, layer, whole, ends):
    """Replace the zeros in the padding with the carried states."""
    graph = translation.graph
    mask = layer.mask
    zero = graph.constant(0, 'float32')
    first = [translation.value(layer.given[name])
             for name in layer.equations.states]
    empty = 'empty', layer.mask
    if empty not in translation.notes:
        total = graph.node('ReduceSum', mask, graph.constant([0]),
                           keepdims=0)
        translation.notes[empty] = (
            graph.unsqueeze(graph.node('Equal', total, zero), 1),
            graph.unsqueeze(graph.node('Equal', mask, zero), 2))
    empty, padding = translation.notes[empty]
    ends = [graph.node('Where', empty, before, end)
            for before, end in zip(first, ends)]
    carried = first[0] if layer.recurrence.reverse else ends[0]
    return graph.node('Where', padding, graph.unsqueeze(carried, 0),
                      whole), ends
