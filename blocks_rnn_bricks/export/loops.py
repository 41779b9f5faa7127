"""Translating any cell to ONNX' Scan."""
from blocks_rnn_bricks.export.elementwise import elementwise
from blocks_rnn_bricks.export.nodes import OnnxGraph, tensor_type
from rnn_kernels.operations import OPERATIONS


def scan(translation, recurrence, given, who):
    """Iterate the general form of a cell, with any mask.

    Parameters
    ----------
    translation : :class:`~.translation.Translation`
    recurrence : :class:`~rnn_kernels.ops.Recurrence`
    given : dict
        Variables by the names of the arguments.
    who : str
        The name of the node.

    Returns
    -------
    list of str
        The outputs in the order of processing, (T, B, width) or (T, B).

    """
    graph = translation.graph
    cell = recurrence.cells.general
    names = {argument.name: _as_rows(translation, argument,
                                     given[argument.name])
             for argument in cell.arguments}
    if recurrence.mask is not None:
        _clean(translation, cell, names, recurrence.mask)
    states = [output for output in cell.outputs if output.state is not None]
    sequences = cell.of_kind('sequence')
    body = _Body(graph, cell, translation.dtype(given[sequences[0].name]),
                 names, who)
    outputs = graph.node(
        'Scan', *([names[output.state] for output in states] +
                  [names[argument.name] for argument in sequences]),
        outputs=len(states) + len(cell.outputs), name=who,
        body=body.make(states, sequences), num_scan_inputs=len(sequences),
        scan_input_directions=[int(recurrence.reverse)] * len(sequences),
        scan_output_directions=[int(recurrence.reverse)] * len(cell.outputs))
    if not isinstance(outputs, list):
        outputs = [outputs]
    made = [name if output.ndim == 2 else graph.squeeze(name, 2)
            for output, name in zip(cell.outputs, outputs[len(states):])]
    return [graph.flip(name) for name in made] if recurrence.reverse else made


def _as_rows(translation, argument, variable):
    """Give an argument a feature axis; a vector gets no other axis."""
    graph = translation.graph
    name = translation.value(variable)
    if argument.kind == 'vector':
        known = translation.known(variable)
        if known is not None:
            return graph.initializer(name + ':row', known.reshape(1, -1))
        return graph.node('Reshape', name, graph.constant([1, -1]))
    if argument.kind != 'matrix' and argument.ndim == 1:
        return graph.unsqueeze(name, 2 if argument.kind == 'sequence' else 1)
    return name


def _clean(translation, cell, names, mask):
    """Zero the padding, since zero times NaN is NaN."""
    graph = translation.graph
    dtype = cell.dtype if translation.floats is None else translation.floats
    zero = graph.constant(0, dtype)
    padding = graph.node('Equal', names[mask], zero)
    for argument in cell.of_kind('sequence'):
        if argument.name != mask:
            names[argument.name] = graph.node(
                'Where', padding, zero, names[argument.name])


class _Body:
    """One step."""

    def __init__(self, graph, cell, dtype, names, who):
        self.graph = OnnxGraph(graph)
        self.cell = cell
        self.dtype = dtype
        self.names = dict(names)
        self.who = who
        self._values = {}
        self._batch = set()

    def make(self, states, sequences):
        """Return the graph of the step."""
        helper = self.graph.helper
        kind = tensor_type(self.dtype)
        inputs = []
        for name, width in (
                [(output.state, self._width(output.state))
                 for output in states] +
                [(argument.name, argument.width) for argument in sequences]):
            self.names[name] = self.graph.unused(
                '{}:{}'.format(self.who, name))
            inputs.append(helper.make_tensor_value_info(
                self.names[name], kind, ['batch', width]))
        for argument in self.cell.of_kind('sequence', 'state', 'context'):
            self._batch.add(self.names[argument.name])
        for number, node in enumerate(self.cell.nodes):
            self._values[number] = self._emit(node)
        outputs = []
        for output in states + list(self.cell.outputs):
            width = self.cell.nodes[output.value].width
            name = self.graph.node('Identity', self._with_batch(
                self._values[output.value], width), name=output.name)
            outputs.append(helper.make_tensor_value_info(
                name, kind, ['batch', width]))
        return helper.make_graph(self.graph.nodes, self.graph.unused(
            self.who + ':step'), inputs, outputs)

    def _width(self, state):
        return next(argument.width for argument in self.cell.arguments
                    if argument.name == state)

    def _emit(self, node):
        """Translate a value; it is (B, width), (B, 1), (1, width) or ()."""
        graph = self.graph
        arguments = [self._values[number] for number in node.arguments]
        if node.op == 'argument':
            return self.names[node.data]
        if node.op == 'constant':
            return graph.constant(node.data, self.dtype)
        name = self._compute(node, arguments)
        if any(argument in self._batch for argument in arguments):
            self._batch.add(name)
        return name

    def _compute(self, node, arguments):
        graph = self.graph
        if node.op == 'slice':
            return graph.slice(arguments[0], 1, node.data,
                               node.data + node.width)
        if node.op == 'spread':
            return graph.node('Expand', arguments[0],
                              graph.constant([1, node.width]))
        if node.op == 'sum':
            return graph.node('ReduceSum', arguments[0], graph.constant([1]),
                              keepdims=1)
        if node.op == 'concatenate':
            if any(argument in self._batch for argument in arguments):
                arguments = [
                    self._with_batch(argument, self.cell.nodes[number].width)
                    for argument, number in zip(arguments, node.arguments)]
            return graph.concat(arguments, axis=1)
        if node.op == 'product':
            matrices, count = node.data
            parts = [graph.node('MatMul', argument, self.names[matrix])
                     for argument, matrix in zip(arguments, matrices)]
            return elementwise(graph, 'add', self.dtype,
                               *(parts + arguments[count:]))
        if node.op == 'where' and not self._is_boolean(node.arguments[0]):
            arguments[0] = graph.cast(arguments[0], 'bool')
        return elementwise(graph, node.op, self.dtype, *arguments)

    def _is_boolean(self, number):
        operation = OPERATIONS.get(self.cell.nodes[number].op)
        return operation is not None and operation.boolean

    def _with_batch(self, name, width):
        """Repeat a value shared by all sequences for each of them."""
        if name in self._batch:
            return name
        first = self.names[self.cell.of_kind('state')[0].name]
        return self.graph.node('Expand', name, self.graph.concat(
            [self.graph.node('Shape', first, start=0, end=1),
             self.graph.constant([width])], axis=0))
