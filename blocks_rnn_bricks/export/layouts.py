"""Weights in the layout of ONNX' recurrent operators."""
import numpy


def lay_out(translation, cell, equations, given):
    """Lay out weights as ONNX expects them.

    Parameters
    ----------
    translation : :class:`~.translation.Translation`
    cell : :class:`~rnn_kernels.cell.Cell`
    equations : :class:`~.equations.Equations`
    given : dict
        Variables by the names of the arguments.

    Returns
    -------
    sources : tuple of variables
        The sequences that are the operator's X, side by side.
    weights : dict or None
        W, R, B and possibly P, as arrays without the axis of directions.
        None if any of them is unknown before the graph runs.

    """
    sequences = [argument for argument in cell.of_kind('sequence') if any(
        cell.nodes[term.value].data == argument.name
        for net in equations.nets for term in net.inputs)]
    known = {}
    for net in equations.nets:
        terms = net.recurrent + net.biases + net.recurrent_biases + [
            term for term in net.inputs if term.kind == 'product'] + (
            [net.peephole] if net.peephole else [])
        for term in terms:
            if term.name not in known:
                known[term.name] = translation.known(given[term.name])
    if not sequences or any(array is None for array in known.values()):
        return (), None
    width = equations.width
    widths = {argument.name: argument.width for argument in sequences}
    layout = _Layout(cell, known, widths, width)
    weights = {
        'W': numpy.concatenate([layout.inputs(net)
                                for net in equations.nets]),
        'R': numpy.concatenate([layout.matrix(net.recurrent, width) *
                                net.sign for net in equations.nets]),
        'B': numpy.concatenate(
            [layout.bias(net.biases) * net.sign for net in equations.nets] +
            [layout.bias(net.recurrent_biases) * net.sign
             for net in equations.nets])}
    peepholes = [net.peephole for net in equations.nets[:3]]
    if equations.operator == 'LSTM' and any(peepholes):
        weights['P'] = numpy.concatenate(
            [layout.bias([term] if term else []) for term in peepholes])
    sources = tuple(given[argument.name] for argument in sequences)
    return sources, {name: array.astype('float32')
                     for name, array in weights.items()}


class _Layout:
    """The weights of a gate, transposed."""

    def __init__(self, cell, known, widths, width):
        self.cell = cell
        self.known = known
        self.widths = widths
        self.width = width

    def matrix(self, terms, rows):
        """Add up the columns of matrices, (width, rows)."""
        total = numpy.zeros((rows, self.width))
        for term in terms:
            total += term.sign * self.known[term.name][
                :, term.start:term.start + self.width]
        return total.T

    def inputs(self, net):
        """Put the weights of all sequences side by side."""
        parts = []
        for name, rows in self.widths.items():
            mine = [term for term in net.inputs
                    if self.cell.nodes[term.value].data == name]
            part = self.matrix([term for term in mine
                                if term.kind == 'product'], rows)
            for term in mine:
                if term.kind == 'row':
                    part = part + term.sign * numpy.eye(
                        self.width, rows, term.start)
            parts.append(part)
        return numpy.concatenate(parts, axis=1) * net.sign

    def bias(self, terms):
        """Add up vectors, (width,)."""
        total = numpy.zeros(self.width)
        for term in terms:
            vector = self.known[term.name].ravel()
            total += term.sign * (
                vector if len(vector) == 1 else
                vector[term.start:term.start + self.width])
        return total
