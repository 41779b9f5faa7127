"""Recognizing the equations of ONNX' recurrent operators in a cell.

A cell is recognized by its computation, not by the name of its brick: the
parts of its expressions are compared with

* RNN: ``h' = f(net)``;
* GRU: ``h' = (1 - z) n + z h`` with ``z = f(net)``, ``r = f(net)`` and ``n``
  either ``g(net + r (h R + b))`` or ``g(net + (r h) R)``;
* LSTM: ``c' = f c + i g(net)``, ``h' = o h(c')`` with gates ``f(net)``, each
  of which may read the cells through its own weights.

See :mod:`~blocks_rnn_bricks.export.nets` for the definition of a net.

"""
from typing import NamedTuple

from blocks_rnn_bricks.export.nets import Different, Reader, require


class Equations(NamedTuple):
    """The recognised equations.

    Attributes
    ----------
    operator : {'RNN', 'GRU', 'LSTM'}
    nets : tuple of :class:`~.nets.Net`
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


def recognize(cell):
    """Determine which of ONNX' recurrent operators computes a cell.

    Parameters
    ----------
    cell : :class:`~rnn_kernels.cell.Cell`
        A cell without a mask.

    Returns
    -------
    :class:`Equations` or None
        None if none of them does.

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
                return compare(Reader(cell, names[0]), *names)
            except Different:
                pass
    return None


def _rnn(reader, h, _):
    name, argument = reader.activation(reader.cell.state_output(h).value)
    return Equations('RNN', (reader.net(argument),), (name,), (h,),
                     reader.width)


def _gru(reader, h, _):
    value = reader.cell.state_output(h).value
    for new, old in _orders(reader.arguments(value, 'add')):
        try:
            return _gru_of(reader, h, new, old)
        except Different:
            pass
    raise Different


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
    raise Different


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
            except Different:
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
    raise Different


def _lstm(reader, h, c):
    outputs = reader.cell.state_output
    cells, before = outputs(c).value, reader.argument(c)
    for gate, squashed in _orders(reader.arguments(outputs(h).value,
                                                   'multiply')):
        try:
            (last, shown), (gates, net) = map(reader.activation,
                                              (squashed, gate))
        except Different:
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
    raise Different


def _orders(pair):
    require(len(pair) == 2)
    return tuple(pair), tuple(pair)[::-1]


def _other(pair, one):
    """Return the other value of a pair."""
    require(len(pair) == 2 and one in pair)
    return pair[1] if pair[0] == one else pair[0]


#: By the number of states.
_COMPARISONS = {1: (_gru, _rnn), 2: (_lstm,)}
