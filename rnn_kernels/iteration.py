"""From a step and its sequences to the variables of all time steps."""
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


#: What holds in this thread: `group`, `disabled`, `inside_step`.
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
    """Whether steps are to be iterated in kernels where they can be.

    Returns
    -------
    bool
        False if the environment variable ``RNN_KERNELS`` is 0, or inside of
        :func:`disabled`.

    """
    return (os.environ.get(VARIABLE, '1') != '0' and
            not getattr(_current, 'disabled', False))


def disabled():
    """Leave kernels out inside of a ``with`` block."""
    return _set('disabled', True)


def inside_step():
    """Whether the graph that is being built is that of one time step.

    Returns
    -------
    bool

    """
    return bool(getattr(_current, 'inside_step', False))


def building_step():
    """Say so inside of a ``with`` block."""
    return _set('inside_step', True)


def project(sequence, weights, bias=None):
    """Multiply the rows of a sequence by a matrix.

    Where a kernel iterates over the result, it computes the product itself,
    for valid steps only. So do not replace the result in a graph by
    something else (noise, say) after it has been used.

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
    """Return what a variable is a projection of.

    Parameters
    ----------
    variable : variable
        A result of :func:`project`, a copy of one, or anything else.

    Returns
    -------
    tuple or None
        The sequence, the weights and the bias (None without one).

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
        One time step: takes variables by name, (B, width) or (B,), and
        returns those of `outputs` in their order. See
        :mod:`~rnn_kernels.tracing` for what it may hold.
    sequences : dict
        Variables (T, B, width) or (T, B) by name. Without one, nothing says
        how many steps there are.
    states : dict
        The states before the first step by name, (B, width) or (B,).
    contexts : dict
        What is the same at all steps of a sequence, (B, width) or (B,), or
        for all sequences, (width,).
    outputs : list of str
        The names of what the step returns. An output called like a state is
        the state at the next step.
    get_dim : callable
        Returns the width of a sequence, state or context by its name, 0 for
        one without an axis of features.
    mask : str, optional
        Which of the sequences is a mask, (T, B), of 1 for data and 0 for
        padding. If the step does no more with it than to carry over the
        states where it is 0, these steps cost no time.
    reverse : bool, optional
        Whether to process the last time step first. Outputs are in the order
        of processing.
    who : str, optional
        Who asks, for messages.
    threads : int, optional
        The most threads to use; see :func:`number_of_threads`.

    Returns
    -------
    list of variables
        (T, B, width) or (T, B), in the order of `outputs`.

    Raises
    ------
    Refusal
        If the step holds anything that a kernel cannot compute.

    """
    return start(*prepare(step, sequences, states, contexts, outputs,
                          get_dim, mask, reverse, who), threads=threads)


def start(recurrence, inputs, threads=None):
    """Iterate what has been prepared.

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
        What :func:`start` takes beside it.

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
        raise Refusal('the states are of dtype {}, not float32 or float64'
                      .format(dtype))
    step, sequences, widths = _with_projections(step, sequences)
    arguments, variables = [], []
    for kind, given in (('sequence', sequences), ('state', states),
                        ('context', contexts)):
        for name, variable in given.items():
            ndim = variable.ndim - (kind == 'sequence')
            if kind == 'context' and ndim == 1 and _dim(name, get_dim):
                # The same features for all sequences.
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
                    'the {} {!r} is of dtype {}, the states are {}'.format(
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
        With what is projected in place of the projections; once, if several
        are projections of it.
    widths : dict
        The widths of these by name.

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
    """Return how many features an argument of the step has."""
    if ndim not in (1, 2):
        raise Refusal('the {} {!r} has {} axes beside time, a kernel takes '
                      'one row for each sequence'.format(kind, name, ndim))
    if ndim == 1:
        return 1
    width = _dim(name, get_dim)
    if width is None:
        raise Refusal('get_dim({!r}) does not say how many features the {} '
                      'has'.format(name, kind))
    return width


def _dim(name, get_dim):
    """Return what get_dim says, None for nothing and for zero."""
    try:
        width = get_dim(name)
    except (ValueError, KeyError, AttributeError, NotImplementedError):
        return None
    known = isinstance(width, (int, numpy.integer)) and width > 0
    return int(width) if known else None


class _Group:
    """Recurrences that shall run at the same time.

    Those that read the outputs of others come after these, in another node.

    """

    def __init__(self):
        self._levels = {}  # of the outputs, which no node computes yet
        self._nodes = []   # by level

    def add(self, recurrence, inputs, threads):
        """Add a recurrence, and return its outputs."""
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
        """Make the nodes that compute all outputs."""
        for recurrences, inputs, outputs, threads in self._nodes:
            theano.Apply(Iterate(tuple(recurrences), max(threads)), inputs,
                         outputs)


@contextmanager
def side_by_side():
    """Let recurrences that do not read each other run at the same time.

    What is iterated by kernels inside of the ``with`` block becomes one node
    of the graph, whose threads are shared out among the recurrences: two
    directions of a layer, say. What reads outputs of the same block comes
    after them, in a node of its own.

    """
    with _set('group', _Group()) as group:
        yield
    group.close()
