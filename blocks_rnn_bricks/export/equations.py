"""The equations of ONNX' recurrent operators, found in the record of a cell.

What counts is what a cell computes, not what its brick is called: the parts
of its expressions are compared with

* RNN: ``h' = f(net)``;
* GRU: ``h' = (1 - z) n + z h`` with ``z = f(net)``, ``r = f(net)`` and ``n``
  either ``g(net + r (h R + b))`` or ``g(net + (r h) R)``;
* LSTM: ``c' = f c + i g(net)``, ``h' = o h(c')`` with gates ``f(net)``, each
  of which may see the cells through weights of its own.

A *net* is a sum of products of sequences and of the state before with
matrices, of sequences, and of biases.

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
        The row that is multiplied, or the value.
    name : str or None
        The matrix or vector.
    start : int
        The first column or feature of it that counts.
    sign : int
        1 or -1.

    """

    kind: str
    value: int
    name: Optional[str]
    start: int
    sign: int


class Net(NamedTuple):
    """The input of the activation of a gate.

    Attributes
    ----------
    inputs : list of :class:`Term`
        Products with sequences, and sequences.
    recurrent : list of :class:`Term`
        Products with the state before.
    biases, recurrent_biases : list of :class:`Term`
        Vectors; the second are added before a reset gate multiplies.
    peephole : :class:`Term` or None
    sign : int
        Of all of it.

    """

    inputs: list
    recurrent: list
    biases: list
    recurrent_biases: list
    peephole: Optional[Term] = None
    sign: int = 1


class Equations(NamedTuple):
    """The recognised equations.

    Attributes
    ----------
    operator : {'RNN', 'GRU', 'LSTM'}
    nets : tuple of :class:`Net`
        In ONNX' order of gates.
    activations : tuple of str
        In ONNX' names and order.
    states : tuple of str
        The names of h and, for an LSTM, c.
    width : int
    linear_before_reset : int

    """

    operator: str
    nets: tuple
    activations: tuple
    states: tuple
    width: int
    linear_before_reset: int = 0


class _Different(Exception):
    """A cell does not match the equations."""


def recognize(cell):
    """Find out which of ONNX' recurrent operators a cell is.

    Parameters
    ----------
    cell : :class:`~rnn_kernels.cell.Cell`
        Without a mask.

    Returns
    -------
    :class:`Equations` or None
        None if it is none of them.

    """
    states = cell.of_kind('state')
    if len(cell.outputs) != len(states) or len(
            {state.width for state in states}) != 1 or any(
            argument.ndim != 2 for argument in cell.of_kind(
                'state', 'sequence') if argument.name != cell.mask):
        return None
    for compare in _COMPARISONS.get(len(states), ()):
        for names in ([states[0].name, states[-1].name],
                      [states[-1].name, states[0].name]):
            try:
                return compare(_Reader(cell, names[0]), *names)
            except _Different:
                pass
    return None


class _Reader:
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
        """Return the arguments of an operation, which it must be."""
        node = self.node(value)
        require(node.op == op)
        return node.arguments

    def is_one(self, value):
        """Whether a value is the constant 1."""
        return self.make.number(value) == 1

    def activation(self, value):
        """Return the name of an activation, and what it is applied to."""
        node = self.node(value)
        if node.op in _ACTIVATIONS:
            return _ACTIVATIONS[node.op], node.arguments[0]
        argument = self._rectified(node)
        require(argument is not None)
        return 'Relu', argument

    def _rectified(self, node):
        """Return x where a node is max(x, 0), or (x + abs(x)) / 2."""
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
        """Split a value into what it is the sum of."""
        node = self.node(value)
        width = node.width if width is None else width
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
        """Return the name of a vector, and where a slice of it begins."""
        node, first = self.node(value), 0
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
            The cells that may be seen through a peephole.

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
            The row by which recurrent matrices are multiplied.

        """
        net, rest = Net([], [], [], []), []
        for term in terms:
            node = self.node(term.value)
            kind = (self.kinds[node.data].kind if node.op == 'argument'
                    else None)
            if term.kind == 'product' and kind == 'sequence' or (
                    term.kind == 'row' and kind == 'sequence'):
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


def require(true):
    """Give up unless something is as it should be."""
    if not true:
        raise _Different


def _rnn(reader, h, _):
    name, argument = reader.activation(reader.cell.state_output(h).value)
    return Equations('RNN', (reader.net(argument),), (name,), (h,),
                     reader.width)


def _gru(reader, h, _):
    value = reader.cell.state_output(h).value
    for new, old in _orders(reader.arguments(value, 'add')):
        try:
            return _gru_of(reader, h, new, old)
        except _Different:
            pass
    raise _Different


def _gru_of(reader, h, new, old):
    """Compare with ``new = (1 - z) n`` and ``old = z h``."""
    update = _other(reader.arguments(old, 'multiply'), reader.before)
    for rest, candidate in _orders(reader.arguments(new, 'multiply')):
        for plain, opposite, sign in ((update, rest, 1), (rest, update, -1)):
            node = reader.node(opposite)
            if node.op == 'subtract' and node.arguments[1] == plain and (
                    reader.is_one(node.arguments[0])):
                gates, argument = reader.activation(plain)
                # 1 - sigmoid(x) is sigmoid(-x).
                require(sign == 1 or gates == 'Sigmoid')
                z = reader.net(argument)._replace(sign=sign)
                return _with_candidate(reader, h, z, gates, candidate)
    raise _Different


def _with_candidate(reader, h, z, gates, candidate):
    activation, argument = reader.activation(candidate)
    terms = reader.terms(argument)
    for term in terms:
        node = reader.node(term.value)
        if node.op != 'multiply' or term.sign != 1:
            continue
        others = [one for one in terms if one is not term]
        for reset, inside in _orders(node.arguments):
            try:
                name, net = reader.activation(reset)
                r = reader.net(net)
            except _Different:
                continue
            require(name == gates)
            if term.kind == 'product':
                # (r h) R
                require(inside == reader.before)
                n, rest = reader.split(terms, term.value)
                require(not rest)
                return Equations('GRU', (z, r, n), (gates, activation),
                                 (h,), reader.width, 0)
            n, rest = reader.split(others, None)
            require(not rest and term.kind == 'other')
            multiplied = reader.net(inside)
            require(not multiplied.inputs and multiplied.peephole is None)
            n = n._replace(recurrent=multiplied.recurrent,
                           recurrent_biases=multiplied.biases)
            return Equations('GRU', (z, r, n), (gates, activation), (h,),
                             reader.width, 1)
    raise _Different


def _lstm(reader, h, c):
    outputs = reader.cell.state_output
    cells, before = outputs(c).value, reader.argument(c)
    for gate, squashed in _orders(reader.arguments(outputs(h).value,
                                                   'multiply')):
        try:
            (last, shown), (gates, net) = map(reader.activation,
                                              (squashed, gate))
        except _Different:
            continue
        if shown != cells:
            continue
        o = reader.net(net, cells)
        for kept, new in _orders(reader.arguments(cells, 'add')):
            if before not in reader.node(kept).arguments:
                continue
            forget = _other(reader.arguments(kept, 'multiply'), before)
            name, net = reader.activation(forget)
            require(name == gates)
            f = reader.net(net, before)
            parts = sorted(reader.arguments(new, 'multiply'),
                           key=lambda one: reader.activation(one)[0] != gates)
            (name, into), (middle, block) = map(reader.activation, parts)
            require(name == gates)
            i, g = reader.net(into, before), reader.net(block)
            return Equations('LSTM', (i, o, f, g), (gates, middle, last),
                             (h, c), reader.width)
    raise _Different


def _orders(pair):
    require(len(pair) == 2)
    return tuple(pair), tuple(pair)[::-1]


def _other(pair, one):
    """Return what stands beside a value in a pair."""
    require(len(pair) == 2 and one in pair)
    return pair[1] if pair[0] == one else pair[0]


#: By the number of states.
_COMPARISONS = {1: (_gru, _rnn), 2: (_lstm,)}
