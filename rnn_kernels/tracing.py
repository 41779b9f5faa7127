"""Tracing of the graph of one step to expressions.

A step is traced by calling it once with symbolic rows, one for each sequence
of a batch. Its results may depend on these by elementwise operations, products
with matrices, slices and concatenations of features, and sums over features.
Variables that do not depend on them (weights, biases, anything computed only
from these) become arguments of the kernel.

"""
from typing import NamedTuple, Optional

import numpy
import theano
from theano import tensor
from theano.tensor.elemwise import DimShuffle, Elemwise
from theano.tensor.subtensor import Subtensor, get_idx_list

from .expressions import Expressions, unused_name


class Refusal(Exception):
    """No kernel can be made from a step; the message names the reason."""


class Argument(NamedTuple):
    """An argument of a kernel.

    Attributes
    ----------
    kind : str
        'sequence', 'state' or 'context', which have a row for each sequence
        of a batch; 'vector' (of one element, it is a scalar) or 'matrix',
        which do not change with sequences or time.
    name : str
    width : int
        Number of features of a row or vector, or of columns of a matrix.
    ndim : int
        The number of axes of the variable that is passed.
    rows : int, optional
        Number of rows of a matrix.
    axis : int, optional
        The axis of a vector's variable that is not of length 1.

    """

    kind: str
    name: str
    width: int
    ndim: int
    rows: Optional[int] = None
    axis: Optional[int] = None


class Trace(NamedTuple):
    """The result of tracing a step.

    Attributes
    ----------
    expressions : :class:`~rnn_kernels.expressions.Expressions`
    outputs : list of (int, int)
        The values that the step returns, and their ranks.
    arguments : list of :class:`Argument`
        The arguments in `expressions`: those of the step in order, then
        variables from outside.
    outside : list of variables
        The variables to pass for the arguments from outside.

    """

    expressions: Expressions
    outputs: list
    arguments: list
    outside: list


#: Scalar operations of Theano by the name of their class. Those of PyTensor
#: are among them.
_SCALAR_OPERATIONS = {
    'Add': 'add', 'Mul': 'multiply', 'Sub': 'subtract', 'TrueDiv': 'divide',
    'Pow': 'power', 'Maximum': 'maximum', 'ScalarMaximum': 'maximum',
    'Minimum': 'minimum', 'ScalarMinimum': 'minimum', 'Switch': 'where',
    'Clip': 'clip', 'Neg': 'negative', 'Sqr': 'square', 'Sqrt': 'sqrt',
    'Abs': 'absolute', 'Tanh': 'tanh', 'Sigmoid': 'sigmoid',
    'ScalarSigmoid': 'sigmoid', 'Exp': 'exp', 'Expm1': 'expm1', 'Log': 'log',
    'Log1p': 'log1p', 'Softplus': 'softplus', 'ScalarSoftplus': 'softplus',
    'Sin': 'sin', 'Cos': 'cos', 'Sinh': 'sinh', 'Cosh': 'cosh', 'Erf': 'erf',
    'Sgn': 'sign', 'Sign': 'sign', 'LT': 'less', 'LE': 'less_equal',
    'GT': 'greater', 'GE': 'greater_equal', 'EQ': 'equal',
    'NEQ': 'not_equal', 'AND': 'and', 'OR': 'or', 'XOR': 'xor',
    'Invert': 'not'}
_RECIPROCALS = ('Inv', 'Reciprocal')
#: Operations that change the type of a variable but not its value.
_VIEWS = ('Rebroadcast', 'ViewOp', 'OutputGuard', 'DeepCopyOp', 'SpecifyShape',
          'TensorFromScalar', 'PatternBroadcast', 'AddBroadcast',
          'Unbroadcast')


#: The dtypes of variables that are lengths of axes or computed from them.
_LENGTHS = ('int16', 'int32', 'int64', 'uint16', 'uint32', 'uint64')


class _Rows(NamedTuple):
    """A variable of the step that depends on its arguments.

    Attributes
    ----------
    value : int
        Its value, which may have width 1 if all numbers are equal.
    axes : tuple
        The length of each axis, or ``'batch'``.

    """

    value: int
    axes: tuple

    @property
    def width(self):
        """The number of features of a row."""
        width = 1
        for axis in self.axes:
            width *= 1 if axis == 'batch' else axis
        return width


def trace(step, arguments, dtype):
    """Trace a step.

    Parameters
    ----------
    step : callable
        Takes variables by name and returns variables.
    arguments : list of :class:`Argument`
        Sequences, states, contexts and vectors; `ndim` is the rank inside the
        step.
    dtype : str
        The dtype of the rows.

    Returns
    -------
    Trace

    Raises
    ------
    Refusal
        If the step contains an expression that a kernel cannot compute.

    """
    variables = [
        tensor.TensorType(dtype, (False,) * argument.ndim)(argument.name)
        for argument in arguments]
    outputs = step(**{argument.name: variable for argument, variable in zip(
        arguments, variables)})
    if not isinstance(outputs, (list, tuple)):
        outputs = [outputs]
    outputs = [tensor.as_tensor_variable(output) for output in outputs]
    return _Tracer(variables, arguments, dtype, outputs).trace(outputs)


class _Tracer:
    """Converts the variables of one step.

    Parameters
    ----------
    variables : list of variables
        The symbolic arguments of the step.
    arguments : list of :class:`Argument`
    dtype : str
    outputs : list of variables
        The results of the step.

    """

    def __init__(self, variables, arguments, dtype, outputs):
        self.make = Expressions()
        self.dtype = dtype
        self.arguments = list(arguments)
        self.outside = []
        self._outside = {}
        self._matrices = {}
        self._dependent = set()
        self._known = {}
        self._users = {}
        for variable, argument in zip(variables, arguments):
            axes = ('batch', argument.width)[:argument.ndim]
            if argument.kind == 'vector':
                axes = (argument.width,)
            value = self.make.argument(argument.name, argument.width)
            self._known[variable] = _Rows(value, axes)
        self._nodes = self._dependent_nodes(variables, outputs)

    def trace(self, outputs):
        """Return the :class:`Trace` of the outputs."""
        for node in self._nodes:
            if node.outputs[0].dtype in _LENGTHS or self._shape_of(
                    node.outputs[0]) is not None:
                continue  # inspected where a length is needed
            self._known[node.outputs[0]] = self._convert(node)
        values = []
        for output in outputs:
            if output not in self._known:
                raise Refusal("the output {} does not depend on a sequence, "
                              "state or context".format(_describe(output)))
            rows = self._known[output]
            if 'batch' not in rows.axes[:1] or len(rows.axes) > 2:
                raise Refusal('the output {} is not one row for each sequence'
                              .format(_describe(output)))
            values.append((self._widened(rows), len(rows.axes)))
        return Trace(self.make, values, self.arguments, self.outside)

    def _dependent_nodes(self, variables, outputs):
        """List the nodes that depend on arguments, inputs first."""
        dependent, order, seen = self._dependent, [], set()
        dependent.update(variables)
        stack = [(output.owner, False) for output in reversed(outputs)
                 if output.owner is not None]
        while stack:
            node, expanded = stack.pop()
            if expanded:
                if any(variable in dependent for variable in node.inputs):
                    if type(node.op).__name__ == 'Scan':
                        raise Refusal('{}: a loop inside the step'.format(
                            _reason(node)))
                    if len(node.outputs) > 1:
                        raise Refusal(_reason(node))
                    dependent.update(node.outputs)
                    order.append(node)
                    for variable in node.inputs:
                        self._users[variable] = self._users.get(
                            variable, 0) + 1
            elif node not in seen:
                seen.add(node)
                stack.append((node, True))
                stack.extend((variable.owner, False) for variable in
                             reversed(node.inputs) if variable.owner)
        for output in outputs:
            self._users[output] = self._users.get(output, 0) + 1
        return order

    def _convert(self, node):
        """Return the :class:`_Rows` of a node's output."""
        kind = type(node.op).__name__
        try:
            if isinstance(node.op, Elemwise):
                return self._elementwise(node)
            if isinstance(node.op, DimShuffle):
                return self._shuffle(node)
            if isinstance(node.op, Subtensor):
                return self._subtensor(node)
            if kind in _VIEWS:
                return self._rows(node.inputs[0])
            converters = {
                'Dot': self._dot, 'Dot22': self._dot, 'Join': self._join,
                'Sum': self._sum, 'Alloc': self._alloc}
            if kind in converters:
                return converters[kind](node)
        except (ValueError, KeyError) as error:
            raise Refusal('{}: {}'.format(_reason(node), error)) from error
        raise Refusal(_reason(node))

    def _rows(self, variable):
        """Return the :class:`_Rows` of any variable."""
        if variable in self._known:
            return self._known[variable]
        number = _number(variable)
        if number is None and variable.dtype in _LENGTHS:
            number = self._length(variable)
            if number in ('batch', None):
                raise Refusal('{}: an integer that is not the length of a row'
                              .format(_describe(variable)))
        if number is None:
            rows = self._from_outside(variable)
        else:
            rows = _Rows(self.make.constant(number), (1,) * variable.ndim)
        self._known[variable] = rows
        return rows

    def _from_outside(self, variable):
        """Make an argument of a variable that does not change over time."""
        axes = ()
        if isinstance(getattr(variable.owner, 'op', None), DimShuffle):
            order = variable.owner.op.new_order
            if [axis for axis in order if axis != 'x'] in ([], [0]):
                inner = self._from_outside(variable.owner.inputs[0])
                return _Rows(inner.value, tuple(
                    1 if axis == 'x' else inner.axes[0] for axis in order))
        if variable not in self._outside:
            shape = _shape(variable, self.dtype)
            axes = tuple(shape)
            if sum(axis != 1 for axis in axes) > 1:
                raise Refusal(
                    'the variable {} of shape {} is used in an elementwise '
                    'operation, but is not a row of features; if it has a '
                    'row for each sequence, declare it a context'.format(
                        _describe(variable), shape))
            width = int(numpy.prod(axes)) if axes else 1
            name = self._add_outside(
                'vector', variable, width, axis=next(
                    (axis for axis, length in enumerate(axes) if length != 1),
                    None))
            self._outside[variable] = _Rows(
                self.make.argument(name, width), axes)
        return self._outside[variable]

    def _add_outside(self, kind, variable, width, **sizes):
        name = unused_name(variable.name or kind, {
            argument.name for argument in self.arguments})
        self.arguments.append(Argument(kind, name, width, variable.ndim,
                                       **sizes))
        self.outside.append(variable)
        return name

    def _widened(self, rows):
        """Return a value with the width of its row."""
        if self.make.width(rows.value) == rows.width:
            return rows.value
        return self.make.spread(rows.value, rows.width)

    def _elementwise(self, node):
        scalar = type(node.op.scalar_op).__name__
        inputs = [self._rows(variable) for variable in node.inputs]
        axes = _broadcast([rows.axes for rows in inputs])
        values = [rows.value for rows in inputs]
        if scalar == 'Second':
            return _Rows(values[1], axes)
        if scalar == 'Identity':
            return _Rows(values[0], axes)
        if scalar == 'Cast':
            return _Rows(self._cast(node, values[0]), axes)
        for variable in list(node.inputs) + node.outputs:
            if variable.dtype not in (self.dtype, 'bool', 'int8', 'uint8') \
                    and (variable in node.outputs or
                         _number(variable) is None):
                raise Refusal('{} has dtype {}, the states have {}'.format(
                    _describe(variable), variable.dtype, self.dtype))
        if scalar in _RECIPROCALS:
            return _Rows(self.make('divide', self.make.constant(1),
                                   values[0]), axes)
        if scalar not in _SCALAR_OPERATIONS:
            raise Refusal(_reason(node))
        op = _SCALAR_OPERATIONS[scalar]
        if op == 'add':
            return _Rows(self._add(node, values), axes)
        if op == 'multiply':
            total = values[0]
            for value in values[1:]:
                total = self.make(op, total, value)
            return _Rows(total, axes)
        if op in ('and', 'or', 'xor', 'not') and not all(
                map(self.make.is_boolean, values)):
            raise Refusal(_reason(node))
        return _Rows(self.make(op, *values), axes)

    def _cast(self, node, value):
        dtype = node.outputs[0].dtype
        if dtype == self.dtype:
            return (self.make('number', value)
                    if self.make.is_boolean(value) else value)
        if dtype in ('bool', 'int8', 'uint8') and self.make.is_boolean(value):
            return value
        raise Refusal('{}: a cast to {}'.format(_reason(node), dtype))

    def _add(self, node, values):
        """Add values; products without other readers are merged."""
        make = self.make
        factors, addends, others = [], (), []
        for value, variable in zip(values, node.inputs):
            if make.nodes[value].op == 'product' and (
                    self._users.get(variable, 0) == 1):
                factors += make.factors(value)
                addends += make.addends(value)
                width = make.width(value)
            else:
                others.append(value)
        if factors:
            addends += tuple(value for value in others
                             if self._joins(value, width))
            others = [value for value in others if value not in addends]
            others.insert(0, make.product(factors, addends, width))
        total = others[0]
        for value in others[1:]:
            total = make('add', total, value)
        return total

    def _joins(self, value, width):
        """Return whether a value is available before all products."""
        node = self.make.nodes[value]
        if node.width != width:
            return False
        if node.op == 'slice':
            node = self.make.nodes[node.arguments[0]]
        return node.op == 'argument' and (
            self._kind(node.data) in ('sequence', 'vector'))

    def _kind(self, name):
        return next(argument.kind for argument in self.arguments
                    if argument.name == name)

    def _shuffle(self, node):
        rows = self._rows(node.inputs[0])
        order = node.op.new_order
        kept = [axis for axis in order if axis != 'x']
        if kept != sorted(kept) or any(
                rows.axes[axis] != 1 for axis in range(len(rows.axes))
                if axis not in kept):
            raise Refusal(_reason(node))
        axes = tuple(1 if axis == 'x' else rows.axes[axis] for axis in order)
        return _Rows(rows.value, axes)

    def _dot(self, node):
        left, right = node.inputs
        if left not in self._dependent or right in self._dependent:
            raise Refusal('{}: only products of a row with a matrix that does '
                          'not change over time'.format(_reason(node)))
        rows = self._known[left]
        if len(rows.axes) != 2 or rows.axes[0] != 'batch' or right.ndim != 2:
            raise Refusal(_reason(node))
        depth, width = _shape(right, self.dtype)
        if depth != rows.axes[1]:
            raise Refusal(
                '{}: a row of {} features times a matrix of shape {}'.format(
                    _reason(node), rows.axes[1], (depth, width)))
        if right not in self._matrices:
            self._matrices[right] = self._add_outside(
                'matrix', right, width, rows=depth)
        return _Rows(
            self.make.product([(self._widened(rows), self._matrices[right])],
                              (), width), ('batch', width))

    def _join(self, node):
        axis = int(node.inputs[0].data)
        inputs = [self._rows(variable) for variable in node.inputs[1:]]
        if axis % len(inputs[0].axes) != 1 or any(
                rows.axes[0] != 'batch' for rows in inputs):
            raise Refusal(_reason(node))
        return _Rows(
            self.make.concatenate([self._widened(rows) for rows in inputs]),
            ('batch', sum(rows.axes[1] for rows in inputs)))

    def _sum(self, node):
        rows = self._rows(node.inputs[0])
        axes = node.op.axis
        axes = range(len(rows.axes)) if axes is None else [
            axis % len(rows.axes) for axis in (
                axes if isinstance(axes, (tuple, list)) else [axes])]
        if any(rows.axes[axis] == 'batch' for axis in axes):
            raise Refusal('{}: a sum over the sequences of a batch'.format(
                _reason(node)))
        value = rows.value
        if any(rows.axes[axis] != 1 for axis in axes):
            value = self.make.sum(self._widened(rows))
        return _Rows(value, tuple(
            length for axis, length in enumerate(rows.axes)
            if axis not in axes))

    def _subtensor(self, node):
        if self._shape_of(node.inputs[0]) is not None:
            length = self._length(node.outputs[0])
            if length in ('batch', None):
                raise Refusal('{}: it depends on the size of the batch'
                              .format(_reason(node)))
            return _Rows(self.make.constant(length), ())
        rows = self._rows(node.inputs[0])
        indices = get_idx_list(node.inputs, node.op.idx_list)
        value, axes = rows.value, []
        for axis, index in enumerate(indices):
            length = rows.axes[axis]
            if not isinstance(index, slice):
                if length == 'batch':
                    raise Refusal('{}: it picks sequences of the batch'
                                  .format(_reason(node)))
                start = self._integer(index, node)
                start += length if start < 0 else 0
                value = self.make.slice(self._widened(
                    rows._replace(value=value)), start, 1)
                continue
            start, stop, step = (
                None if part is None else self._integer(part, node)
                for part in (index.start, index.stop, index.step))
            if length == 'batch':
                if (start, stop, step) != (None, None, None):
                    raise Refusal('{}: it picks sequences of the batch'
                                  .format(_reason(node)))
                axes.append(length)
                continue
            start, stop, step = slice(start, stop, step).indices(length)
            if step != 1 or stop <= start:
                raise Refusal('{}: only slices of one or more neighbouring '
                              'features'.format(_reason(node)))
            if self.make.width(value) > 1:
                value = self.make.slice(value, start, stop - start)
            axes.append(stop - start)
        return _Rows(value, tuple(axes) + rows.axes[len(indices):])

    def _integer(self, part, node):
        """Return the integer value of a part of an index."""
        length = self._length(part)
        if length is None or length == 'batch':
            raise Refusal('{}: an index that is not constant'.format(
                _reason(node)))
        return length

    def _length(self, variable):
        """Return an integer variable as a number, 'batch' or None."""
        if isinstance(variable, (int, numpy.integer)):
            return int(variable)
        data = getattr(variable, 'data', None)
        if data is not None:
            return int(data)
        node = variable.owner
        kind = type(getattr(node, 'op', None)).__name__
        if kind in ('ScalarFromTensor', 'TensorFromScalar'):
            return self._length(node.inputs[0])
        if kind == 'Elemwise' and type(
                node.op.scalar_op).__name__ in ('Cast', 'Identity'):
            return self._length(node.inputs[0])
        if kind == 'Shape_i':
            return self._rows(node.inputs[0]).axes[node.op.i]
        if kind == 'Subtensor':
            shape = self._shape_of(node.inputs[0])
            indices = get_idx_list(node.inputs, node.op.idx_list)
            if shape is not None and not isinstance(indices[0], slice):
                axis = self._length(indices[0])
                return None if axis is None else shape[axis]
        return None

    def _shape_of(self, variable):
        """Return the axes whose lengths a vector holds, or None."""
        node = variable.owner
        kind = type(getattr(node, 'op', None)).__name__
        if kind == 'Elemwise' and type(node.op.scalar_op).__name__ == 'Cast':
            return self._shape_of(node.inputs[0])
        return self._rows(node.inputs[0]).axes if kind == 'Shape' else None

    def _alloc(self, node):
        rows = self._rows(node.inputs[0])
        lengths = tuple(map(self._length, node.inputs[1:]))
        if None in lengths:
            raise Refusal('{}: a shape that is not known'.format(
                _reason(node)))
        return _Rows(rows.value, _broadcast([rows.axes, lengths]))


def _broadcast(shapes):
    """Return the broadcast axes of an elementwise operation."""
    ndim = max(map(len, shapes))
    axes = [1] * ndim
    for shape in shapes:
        for axis, length in enumerate(shape, ndim - len(shape)):
            if length != 1:
                if axes[axis] not in (1, length):
                    raise ValueError('axes {} and {} do not broadcast'
                                     .format(axes[axis], length))
                axes[axis] = length
    if 'batch' in axes[1:]:
        raise ValueError('an axis of sequences is in the place of an axis of '
                         'features')
    return tuple(axes)


def _shape(variable, dtype):
    """Return the shape of a variable from outside the step.

    Raises
    ------
    Refusal
        If it is not known before the graph runs, if the variable is random,
        or if its dtype differs from that of the rows.

    """
    if variable.dtype != dtype:
        raise Refusal('{} has dtype {}, the states have {}'.format(
            _describe(variable), variable.dtype, dtype))
    for ancestor in ancestors(variable):
        if getattr(ancestor, 'default_update', None) is not None:
            raise Refusal('{} is drawn at random at each step'.format(
                _describe(variable)))
        if ancestor.owner is not None and type(
                ancestor.owner.op).__name__ == 'Scan':
            raise Refusal('{} is the result of a loop'.format(
                _describe(variable)))
    shape = known_shape(variable)
    if shape is None:
        raise Refusal('the shape of {} is not known before the graph runs'
                      .format(_describe(variable)))
    return shape


def _number(variable):
    """Return the value of a constant variable, or None."""
    if not all(variable.broadcastable):
        return None
    try:
        return float(tensor.get_scalar_constant_value(variable))
    except tensor.basic.NotScalarConstantError:
        return None


def ancestors(*variables):
    """Yield variables and all their ancestors, each once."""
    seen, stack = set(), list(variables)
    while stack:
        ancestor = stack.pop()
        if ancestor not in seen:
            seen.add(ancestor)
            yield ancestor
            if ancestor.owner is not None:
                stack.extend(ancestor.owner.inputs)


def known_shape(variable):
    """Return a shape if it does not depend on symbolic inputs, else None."""
    if variable.ndim == 0:
        return ()
    if isinstance(variable, theano.compile.SharedVariable):
        return variable.get_value(borrow=True).shape
    data = getattr(variable, 'data', None)
    if data is not None:
        return data.shape
    if variable.owner is None:
        return None
    if isinstance(variable.owner.op, DimShuffle):
        inner = known_shape(variable.owner.inputs[0])
        return inner and tuple(1 if axis == 'x' else inner[axis]
                               for axis in variable.owner.op.new_order)
    if isinstance(variable.owner.op, Elemwise):
        shapes = [known_shape(one) for one in variable.owner.inputs]
        return None if None in shapes else _broadcast(shapes)
    if any(ancestor.owner is None and
           not hasattr(ancestor, 'get_value') and
           getattr(ancestor, 'data', None) is None
           for ancestor in ancestors(variable)):
        return None
    return tuple(int(length) for length in variable.shape.eval())


def _describe(variable):
    """Name a variable in a message."""
    if variable.name:
        return repr(variable.name)
    if variable.owner is not None:
        if isinstance(variable.owner.op, DimShuffle):
            return _describe(variable.owner.inputs[0])
        return 'the result of {}'.format(_operation(variable.owner))
    return str(variable)


def _operation(node):
    return type(node.op.scalar_op if isinstance(node.op, Elemwise)
                else node.op).__name__


def _reason(node):
    """Name the expression of a node that a kernel cannot compute."""
    name = node.outputs[0].name
    return '{}{} of {}'.format(
        _operation(node), ' (named {!r})'.format(name) if name else '',
        ', '.join(_describe(variable) for variable in node.inputs))
