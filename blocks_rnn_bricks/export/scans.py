"""Translating Theano's scan to ONNX' Scan, using its inner graph."""
import numpy
from theano.tensor.subtensor import get_idx_list

from blocks_rnn_bricks.export.nodes import OnnxGraph, tensor_type
from blocks_rnn_bricks.export.translation import (
    Translation,
    as_integer,
    translates,
)

_REMEDY = ('build the graph with kernels (without RNN_KERNELS=0 or '
           'fused=False), or unroll the loop')


@translates('Scan')
def loop(translation, node):
    """Translate a loop without a condition that reads one previous step."""
    op = node.op
    _check(translation, node)
    n_sequences, n_states, n_outputs = (
        _count(op, name) for name in ('n_seqs', 'sit_sot', 'n_nit_sot'))
    steps, inputs = node.inputs[0], list(node.inputs[1:])
    sequences, buffers = (inputs[:n_sequences],
                          inputs[n_sequences:n_sequences + n_states])
    outside = inputs[n_sequences + n_states + n_outputs:]
    graph = translation.graph
    number = translation.scalars([steps])
    starts = [translation.value(buffer) for buffer in buffers]
    states = [graph.node('Gather', start, graph.constant(0), axis=0)
              for start in starts]
    rows = [graph.node('Slice', translation.value(sequence),
                       graph.constant([0]), number, graph.constant([0]))
            for sequence in sequences]
    if not rows:
        # Scan gets the number of steps from a sequence.
        rows = [graph.node('Range', graph.constant(0), graph.squeeze(
            number, 0), graph.constant(1))]
    body = _body(translation, op, n_sequences, n_states, outside)
    made = graph.node(
        'Scan', *(states + rows), body=body, num_scan_inputs=len(rows),
        outputs=2 * n_states + n_outputs, name='scan')
    made = made if isinstance(made, list) else [made]
    whole = [graph.concat([graph.slice(start, 0, 0, 1), states_], axis=0)
             for start, states_ in zip(starts, made[n_states:])]
    return whole + made[2 * n_states:]


def _count(op, name):
    """Return a count of the Op, in Theano 1.0 or later."""
    for owner in (op, getattr(op, 'info', None)):
        for attribute in (name, 'n_' + name):
            if isinstance(getattr(owner, attribute, None), int):
                return getattr(owner, attribute)
    return len(getattr(op.info, name + '_in_slices', ()))


def _check(translation, node):
    """Refuse loops that ONNX' Scan cannot express."""
    op = node.op
    info = getattr(op, 'info', None)
    if getattr(op, 'as_while', False) or getattr(info, 'as_while', False):
        translation.refuse(node, 'ends on a condition',
                           'iterate a fixed number of steps')
    if _count(op, 'mit_mot') or _count(op, 'mit_sot'):
        translation.refuse(
            node, 'reads several previous steps',
            'return each of them as a separate state')
    if _count(op, 'shared_outs') or _count(op, 'untraced_sit_sot'):
        translation.refuse(node, 'updates shared variables', _REMEDY)


def _body(translation, op, n_sequences, n_states, outside):
    """Return the graph of one step."""
    graph = OnnxGraph(translation.graph)
    helper = graph.helper
    inner = list(op.inputs)
    sequences, states = (inner[:n_sequences],
                         inner[n_sequences:n_sequences + n_states])
    names, infos = {}, []
    for variable, other in zip(inner[n_sequences + n_states:], outside):
        names[variable] = translation.value(other)
    for variable in states + sequences:
        names[variable] = graph.unused('step')
        infos.append(_info(helper, names[variable], translation, variable))
    if not sequences:
        infos.append(helper.make_tensor_value_info(
            graph.unused('step'), tensor_type('int64'), []))
    outputs = list(op.outputs)
    made = Translation(graph, names, outputs, translation.floats,
                       translation.masks).run()
    results = []
    for variable, name in list(zip(outputs, made))[:n_states] + list(
            zip(outputs, made)):
        result = graph.node('Identity', name, name='result')
        results.append(_info(helper, result, translation, variable))
    return helper.make_graph(graph.nodes, graph.unused('step'), infos,
                             results)


def _info(helper, name, translation, variable):
    return helper.make_tensor_value_info(
        name, tensor_type(translation.dtype(variable)),
        [None] * variable.ndim)


@translates('AllocEmpty')
def empty(translation, node):
    """Translate the allocation of an array with arbitrary contents."""
    zero = translation.graph.constant(
        numpy.zeros((), translation.dtype(node.outputs[0])),
        translation.dtype(node.outputs[0]))
    return translation.graph.node('Expand', zero,
                                  translation.scalars(node.inputs))


@translates('IncSubtensor')
def set_first(translation, node):
    """Translate replacing the first rows, as at the start of a scan."""
    indices = list(get_idx_list([node.inputs[0]] + node.inputs[2:],
                                node.op.idx_list))
    index = indices[0]
    if not (getattr(node.op, 'set_instead_of_inc', False) and
            len(indices) == 1 and isinstance(index, slice) and
            index.start is None and (index.step is None or
                                     as_integer(index.step) == 1) and
            index.stop is not None):
        translation.refuse(node, 'changes a part of an array',
                           'use switch or concatenate')
    graph = translation.graph
    whole, rows = (translation.value(variable)
                   for variable in node.inputs[:2])
    stop = translation.scalars([index.stop])
    shape = graph.node('Shape', graph.node(
        'Slice', whole, graph.constant([0]), stop, graph.constant([0])))
    rest = graph.node('Slice', whole, stop, graph.constant(
        [numpy.iinfo('int64').max]), graph.constant([0]))
    return graph.concat([graph.node('Expand', rows, shape), rest], axis=0)
