"""The record of a cell: the computation of one time step."""
from typing import NamedTuple, Optional

from .expressions import Expressions
from .tracing import Refusal, trace


class Output(NamedTuple):
    """An output of a step.

    Attributes
    ----------
    name : str
    value : int
        See :class:`Cell`.
    ndim : int
        The rank in the step: 2 for (batch, width), 1 for (batch,).
    state : str or None
        The state whose value at the next step is this output.

    """

    name: str
    value: int
    ndim: int
    state: Optional[str]


class Cell(NamedTuple):
    """One time step of a recurrent network.

    Two cells are equal if they compute the same from arguments of the same
    names and sizes.

    Attributes
    ----------
    nodes : tuple of :class:`~rnn_kernels.expressions.Node`
        The values, each after those it is computed from.
    arguments : tuple of :class:`~rnn_kernels.tracing.Argument`
    outputs : tuple of :class:`Output`
    dtype : str
        The dtype of all arguments and values, 'float32' or 'float64'.
    mask : str or None
        The sequence whose ones select the steps to compute. Where it is 0, all
        states stay as they are. No value depends on it.
    rounded : bool
        Whether the operands of products are rounded to bfloat16.

    """

    nodes: tuple
    arguments: tuple
    outputs: tuple
    dtype: str
    mask: Optional[str] = None
    rounded: bool = False

    def of_kind(self, *kinds):
        """List the arguments of some kinds."""
        return [argument for argument in self.arguments
                if argument.kind in kinds]

    def state_output(self, state):
        """Return the output that is a state."""
        return next(output for output in self.outputs
                    if output.state == state)


class Cells(NamedTuple):
    """A step as a cell, for any mask and for masks of zeros and ones.

    Attributes
    ----------
    general : :class:`Cell`
        Computes every step; a mask is a sequence like any other.
    skipping : :class:`Cell` or None
        Computes only the steps where the mask is 1. None without a mask, or
        if the step does more with it than carry over the states.

    """

    general: Cell
    skipping: Optional[Cell]


def make_cells(step, arguments, outputs, dtype, mask=None):
    """Trace a step.

    Parameters
    ----------
    step : callable
        Takes variables by name, (batch, width) or (batch,), and returns a
        variable or a list of some.
    arguments : list of :class:`~rnn_kernels.tracing.Argument`
        The sequences, states and contexts that the step takes.
    outputs : list of str
        The names of the results; that of a state is its next value.
    dtype : str
        The dtype of the rows.
    mask : str, optional
        The sequence that is a mask.

    Returns
    -------
    cells : :class:`Cells`
    outside : list of variables
        The variables to pass for the arguments of the cells after those given:
        variables that the step takes from outside.

    Raises
    ------
    Refusal
        If the step contains an expression that a kernel cannot compute.

    """
    traced = trace(step, arguments, dtype)
    make = traced.expressions
    states = [argument.name for argument in arguments
              if argument.kind == 'state']
    if len(outputs) != len(traced.outputs):
        raise Refusal('the step returns {} variables where {} are declared: '
                      '{}'.format(len(traced.outputs), len(outputs),
                                  ', '.join(outputs)))
    named = [Output(name, value, ndim, name if name in states else None)
             for name, (value, ndim) in zip(outputs, traced.outputs)]
    missing = set(states) - set(outputs)
    if missing:
        raise Refusal('the step does not return the state {}'.format(
            ', '.join(sorted(missing))))
    general = compact(make, traced.arguments, named, dtype, None)
    if mask is None or any(output.state is None for output in named):
        return Cells(general, None), traced.outside
    given = make.argument(mask, 1)
    values = [output.value for output in named]
    at_zero = make.replace(values, {given: make.constant(0)})
    if at_zero != [make.argument(output.state, make.width(output.value))
                   for output in named]:
        return Cells(general, None), traced.outside
    at_one = make.replace(values, {given: make.constant(1)})
    skipping = compact(
        make, traced.arguments, [
            output._replace(value=value)
            for output, value in zip(named, at_one)], dtype, mask)
    return Cells(general, skipping), traced.outside


def compact(make, arguments, outputs, dtype, mask):
    """Make a cell of those values that the outputs need, in their order.

    Parameters
    ----------
    make : :class:`~rnn_kernels.expressions.Expressions`
    arguments, outputs, dtype, mask
        See :class:`Cell`.

    Returns
    -------
    Cell

    """
    numbers = {}
    kept = []
    for old in make.order([output.value for output in outputs]):
        node = make.nodes[old]
        numbers[old] = len(kept)
        kept.append(node._replace(arguments=tuple(
            numbers[argument] for argument in node.arguments)))
    return Cell(
        tuple(kept), tuple(arguments),
        tuple(output._replace(value=numbers[output.value])
              for output in outputs), dtype, mask)


def expressions_of(cell):
    """Return the values of a cell, with the same numbers, to extend them."""
    return Expressions(cell.nodes)
