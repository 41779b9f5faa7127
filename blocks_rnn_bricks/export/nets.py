"""The inputs of a cell's gates, read from its record.

A *net* is a sum of products (of sequences or the previous state with
matrices), sequences and biases.

"""
from typing import NamedTuple, Optional

from rnn_kernels.cell import expressions_of

_ACTIVATIONS = {'tanh': 'Tanh', 'sigmoid': 'Sigmoid'}


class Term(NamedTuple):
    """A summand of a net.

    Attributes
    ----------
    kind : str
        'product' of a row with a matrix, 'row' (a sequence or vector),
        'scaled' (a value times a vector) or 'other'.
    value : int
        The row being multiplied, or the value.
    name : str or None
        The matrix or vector.
    start : int
        Its first column or feature that is used.
    sign : int
        1 or -1.

    """

    kind: str
    value: int
    name: Optional[str]
    start: int
    sign: int


class Net(NamedTuple):
    """The argument of a gate's activation.

    Attributes
    ----------
    inputs : list of :class:`Term`
        Products with sequences, and sequences.
    recurrent : list of :class:`Term`
        Products with the previous state.
    biases, recurrent_biases : list of :class:`Term`
        Vectors; the recurrent ones are added before a reset gate multiplies.
    peephole : :class:`Term` or None
    sign : int
        The sign of the whole net.

    """

    inputs: list
    recurrent: list
    biases: list
    recurrent_biases: list
    peephole: Optional[Term] = None
    sign: int = 1


class Different(Exception):
    """Raised when a cell differs from the one it is compared with."""


def require(true):
    """Raise :class:`Different` unless a condition holds."""
    if not true:
        raise Different


class Reader:
    """Reads the expressions of a cell."""

    def __init__(self, cell, state):
        self.cell = cell
        self.make = expressions_of(cell)
        self.width = next(argument.width for argument in cell.arguments
                          if argument.name == state)
        self.kinds = {argument.name: argument for argument in cell.arguments}
        self.before = self.argument(state)

    def argument(self, name):
        """Return the value of an argument."""
        return self.make.argument(name, self.kinds[name].width)

    def node(self, value):
        """Return the node of a value."""
        return self.make.nodes[value]

    def arguments(self, value, op):
        """Return the arguments of a value that must be an operation."""
        node = self.node(value)
        require(node.op == op)
        return node.arguments

    def is_one(self, value):
        """Return whether a value is the constant 1."""
        return self.make.number(value) == 1

    def activation(self, value):
        """Return the name of an activation, and its argument."""
        node = self.node(value)
        if node.op in _ACTIVATIONS:
            return _ACTIVATIONS[node.op], node.arguments[0]
        argument = self._rectified(node)
        require(argument is not None)
        return 'Relu', argument

    def _rectified(self, node):
        """Return x if a node is max(x, 0) or (x + abs(x)) / 2."""
        number = self.make.number
        if node.op == 'maximum':
            for x, other in (node.arguments, node.arguments[::-1]):
                if number(other) == 0:
                    return x
        if node.op == 'multiply':
            for total, half in (node.arguments, node.arguments[::-1]):
                inside = self.node(total)
                if number(half) == .5 and inside.op == 'add':
                    for x, other in (inside.arguments,
                                     inside.arguments[::-1]):
                        if self.node(other)[:2] == ('absolute', (x,)):
                            return x
        return None

    def terms(self, value, start=0, width=None, sign=1):
        """Split a value into the terms of its sum."""
        node = self.node(value)
        width = node.width if width is None else width
        if node.width < self.width and node.op != 'argument':
            # A single number for all features is not a matrix column.
            return [Term('other', value, None, start, sign)]
        if node.op == 'add':
            return sum([self.terms(one, start, width, sign)
                        for one in node.arguments], [])
        if node.op == 'subtract':
            first, second = node.arguments
            return (self.terms(first, start, width, sign) +
                    self.terms(second, start, width, -sign))
        if node.op == 'negative':
            return self.terms(node.arguments[0], start, width, -sign)
        if node.op == 'slice':
            return self.terms(node.arguments[0], start + node.data, width,
                              sign)
        if node.op == 'product':
            found = [Term('product', row, matrix, start, sign)
                     for row, matrix in self.make.factors(value)]
            return sum([self.terms(one, start, width, sign)
                        for one in self.make.addends(value)], found)
        if node.op == 'argument':
            return [Term('row', value, node.data, start, sign)]
        if node.op == 'multiply':
            for vector, other in (node.arguments, node.arguments[::-1]):
                found = self._vector(vector)
                if found is not None:
                    name, first = found
                    return [Term('scaled', other, name, first + start, sign)]
        return [Term('other', value, None, start, sign)]

    def _vector(self, value):
        """Return the name of a vector, and the start of a slice of it."""
        node, first = self.node(value), 0
        if node.width < self.width:
            return None
        if node.op == 'slice':
            first, node = node.data, self.node(node.arguments[0])
        if node.op != 'argument':
            return None
        kind = self.kinds[node.data]
        return (node.data, first) if (
            kind.kind == 'vector' and kind.width >= self.width) else None

    def net(self, value, cells=None):
        """Read a net.

        Parameters
        ----------
        value : int
        cells : int, optional
            The cells that a peephole may read.

        Returns
        -------
        :class:`Net`

        """
        net, rest = self.split(self.terms(value), self.before)
        peepholes = [term for term in rest if term.kind == 'scaled' and
                     term.value == cells]
        require(len(peepholes) == len(rest) and len(rest) <= 1)
        return net._replace(peephole=peepholes[0] if peepholes else None)

    def split(self, terms, multiplied):
        """Sort terms into a net and the rest.

        Parameters
        ----------
        terms : list of :class:`Term`
        multiplied : int
            The row that multiplies the recurrent matrices.

        """
        net, rest = Net([], [], [], []), []
        for term in terms:
            node = self.node(term.value)
            kind = (self.kinds[node.data].kind if node.op == 'argument'
                    else None)
            if kind == 'sequence' and (
                    term.kind == 'product' or term.kind == 'row' and
                    term.start + self.width <= node.width):
                net.inputs.append(term)
            elif term.kind == 'product' and term.value == multiplied:
                net.recurrent.append(term)
            elif term.kind == 'row' and kind == 'vector' and (
                    term.start + self.width <= node.width or
                    node.width == 1):
                net.biases.append(term)
            else:
                rest.append(term)
        return net, rest
