"""Iteration of a step over sequences, as symbolic variables."""
import os
import threading
from contextlib import contextmanager

import numpy
import theano
from theano import tensor

from .cell import Cells, make_cells
from .ops import Iterate, Recurrence
from .precisions import rounds, settled_precision
from .threads import number_of_threads
from .tracing import Argument, Refusal, ancestors, known_shape

#: Environment variable: 0 turns kernels off.
VARIABLE = 'RNN_KERNELS'

_DTYPES = ('float32', 'float64')


#: Settings of this thread: `group`, `disabled`, `inside_step`.
_current = threading.local()


@contextmanager
def _set(name, value):
    outer = getattr(_current, name, None)
    setattr(_current, name, value)
    try:
        yield value
    finally:
        setattr(_current, name, outer)


def enabled():
    """Return whether steps are iterated in kernels if possible.

    Returns
    -------
    bool
        False if the environment variable ``RNN_KERNELS`` is 0, or inside
        :func:`disabled`.

    """
    return (os.environ.get(VARIABLE, '1') != '0' and
            not getattr(_current, 'disabled', False))


def disabled():
    """Disable kernels inside a ``with`` block."""
    return _set('disabled', True)


def inside_step():
    """Return whether the graph of a single time step is being built.

    Returns
    -------
    bool

    """
    return bool(getattr(_current, 'inside_step', False))


def building_step():
    """Declare that a ``with`` block builds the graph of a time step."""
    return _set('inside_step', True)


def project(sequence, weights, bias=None):
    """Multiply the rows of a sequence by a matrix.

    A kernel that iterates over the result computes the product itself, for
    valid steps only. So do not replace the result in a graph (for example,
    with a noisy version) after it has been used.

    Parameters
    ----------
    sequence : variable
        (T, B, F).
    weights : variable
        (F, width).
    bias : variable, optional
        (width,).

    Returns
    -------
    variable
        (T, B, width).

    """
    product = tensor.dot(sequence, weights)
    if bias is not None:
        product = product + bias
    product.tag.projection = sequence, weights, bias
    return product


def projection_of(variable):
    """Return the factors of a projection.

    Parameters
    ----------
    variable : variable
        A result of :func:`project`, a copy of one, or anything else.

    Returns
    -------
    tuple or None
        The sequence, the weights and the bias (or None).

    """
    while not hasattr(getattr(variable, 'tag', None), 'projection'):
        op = getattr(getattr(variable, 'owner', None), 'op', None)
        if type(getattr(op, 'scalar_op', None)).__name__ != 'Identity':
            return None
        variable, = variable.owner.inputs
    return variable.tag.projection


def iterate(step, sequences, states, contexts, outputs, get_dim, mask=None,
            reverse=False, who='iterate', threads=None):
    """Iterate a step over sequences in kernels made from it.

    Parameters
    ----------
    step : callable
        One time step: takes variables by name, (B, width) or (B,), and returns
        those of `outputs` in their order. See :mod:`~rnn_kernels.tracing` for
        the supported operations.
    sequences : dict
        Variables (T, B, width) or (T, B) by name. At least one is required, to
        determine the number of time steps.
    states : dict
        The initial states by name, (B, width) or (B,).
    contexts : dict
        Variables that are the same at all time steps of a sequence, (B, width)
        or (B,), or for all sequences, (width,).
    outputs : list of str
        The names of the step's results. An output with the name of a state is
        the next value of that state.
    get_dim : callable
        Returns the width of a sequence, state or context by name, or 0 if it
        has no axis of features.
    mask : str, optional
        The name of the sequence that is a mask, (T, B), 1 for data and 0 for
        padding. If the step uses it only to carry over the states where it is
        0, these steps take no time.
    reverse : bool, optional
        Whether to process the last time step first. Outputs are in the order
        of processing.
    who : str, optional
        The caller, for messages.
    threads : int, optional
        The maximal number of threads; see :func:`number_of_threads`.

    Returns
    -------
    list of variables
        (T, B, width) or (T, B), in the order of `outputs`.

    Raises
    ------
    Refusal
        If the step contains an expression that a kernel cannot compute.

    """
    return start(*prepare(step, sequences, states, contexts, outputs,
                          get_dim, mask, reverse, who), threads=threads)


def start(recurrence, inputs, threads=None):
    """Iterate a prepared step.

    Parameters
    ----------
    recurrence, inputs
        From :func:`prepare`.
    threads : int, optional
        As for :func:`iterate`.

    Returns
    -------
    list of variables
        As :func:`iterate`.

    """
    threads = number_of_threads(threads)
    group = getattr(_current, 'group', None)
    if group is not None:
        return group.add(recurrence, inputs, threads)
    return Iterate((recurrence,), threads)(*inputs, return_list=True)[:-1]


def prepare(step, sequences, states, contexts, outputs, get_dim, mask=None,
            reverse=False, who='iterate'):
    """Trace a step.

    Parameters
    ----------
    step, sequences, states, contexts, outputs, get_dim, mask, reverse, who
        As for :func:`iterate`.

    Returns
    -------
    recurrence : :class:`~rnn_kernels.ops.Recurrence`
    inputs : list of variables
        The further argument of :func:`start`.

    Raises
    ------
    Refusal
        As :func:`iterate`.

    """
    if not sequences:
        raise Refusal('there is no sequence to iterate over')
    if not states:
        raise Refusal('there is no state')
    dtype = next(iter(states.values())).dtype
    if dtype not in _DTYPES:
        raise Refusal('the states have dtype {}, not float32 or float64'
                      .format(dtype))
    step, sequences, widths = _with_projections(step, sequences)
    arguments, variables = [], []
    for kind, given in (('sequence', sequences), ('state', states),
                        ('context', contexts)):
        for name, variable in given.items():
            ndim = variable.ndim - (kind == 'sequence')
            if kind == 'context' and ndim == 1 and _dim(name, get_dim):
                # The same row for all sequences.
                arguments.append(Argument(
                    'vector', name, _dim(name, get_dim), 1, axis=0))
            else:
                arguments.append(Argument(
                    kind, name, widths.get(name) or
                    _width(kind, name, ndim, get_dim), ndim))
            if name == mask and variable.dtype != dtype:
                variable = tensor.cast(variable, dtype)
            if variable.dtype != dtype:
                raise Refusal(
                    'the {} {!r} has dtype {}, the states have {}'.format(
                        kind, name, variable.dtype, dtype))
            variables.append(variable)
    with building_step():
        cells, outside = make_cells(step, arguments, outputs, dtype, mask)
    if rounds(settled_precision(dtype)):
        cells = Cells(*(cell and cell._replace(rounded=True)
                        for cell in cells))
    return (Recurrence(cells, bool(reverse), who),
            variables + [tensor.as_tensor_variable(variable)
                         for variable in outside])


def _with_projections(step, sequences):
    """Move products with whole sequences into the step.

    Returns
    -------
    step : callable
    sequences : dict
        With the source in place of its projections; once, even if several
        projections share it.
    widths : dict
        Their widths by name.

    """
    kept, widths, sources, moved = {}, {}, {}, {}
    for name, variable in sequences.items():
        projection = projection_of(variable)
        if projection is None:
            kept[name] = variable
            continue
        sequence, weights, bias = projection
        source = sources.setdefault(sequence, name)
        kept[source] = sequence
        shape = known_shape(weights)
        if shape is None:
            raise Refusal('the shape of {}, by which the sequence {!r} is '
                          'projected, is not known before the graph runs'
                          .format(weights, name))
        widths[source] = shape[0]
        moved[name] = source, weights, bias
    if not moved:
        return step, sequences, widths

    def project_and_step(**arguments):
        rows = dict(arguments)
        for name, (source, weights, bias) in moved.items():
            product = tensor.dot(arguments[source], weights)
            rows[name] = product if bias is None else product + bias
        return step(**rows)
    return project_and_step, kept, widths


def _width(kind, name, ndim, get_dim):
    """Return the number of features of an argument of the step."""
    if ndim not in (1, 2):
        raise Refusal('the {} {!r} has {} axes besides time; a kernel takes '
                      'one row for each sequence'.format(kind, name, ndim))
    if ndim == 1:
        return 1
    width = _dim(name, get_dim)
    if width is None:
        raise Refusal('get_dim({!r}) does not say how many features the {} '
                      'has'.format(name, kind))
    return width


def _dim(name, get_dim):
    """Return the result of get_dim, with None for zero."""
    try:
        width = get_dim(name)
    except (ValueError, KeyError, AttributeError, NotImplementedError):
        return None
    known = isinstance(width, (int, numpy.integer)) and width > 0
    return int(width) if known else None


class _Group:
    """Recurrences to compute at the same time.

    Recurrences that read the outputs of others follow in another node.

    """

    def __init__(self):
        self._levels = {}  # outputs that no node computes yet
        self._nodes = []   # by level

    def add(self, recurrence, inputs, threads):
        """Add a recurrence and return its outputs."""
        node = Iterate((recurrence,), threads).make_node(*inputs)
        outputs = [output.type() for output in node.outputs]
        level = 1 + max((self._levels.get(variable, -1) for variable in
                         ancestors(*node.inputs)), default=-1)
        self._levels.update(dict.fromkeys(outputs, level))
        if level == len(self._nodes):
            self._nodes.append(([], [], [], []))
        for together, mine in zip(self._nodes[level], (
                [recurrence], node.inputs, outputs, [threads])):
            together.extend(mine)
        return outputs[:-1]

    def close(self):
        """Create the nodes that compute all outputs."""
        for recurrences, inputs, outputs, threads in self._nodes:
            theano.Apply(Iterate(tuple(recurrences), max(threads)), inputs,
                         outputs)


@contextmanager
def side_by_side():
    """Compute independent recurrences at the same time.

    Kernels iterated inside the ``with`` block, for example the two directions
    of a layer, become one node of the graph, which divides its threads among
    them. Recurrences that read outputs of the same block follow in a separate
    node.

    """
    with _set('group', _Group()) as group:
        yield
    group.close()
