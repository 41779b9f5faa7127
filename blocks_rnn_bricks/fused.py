"""Symbolic functions of the fused LSTM kernel.

:func:`lstm_sequence` computes what iterating the step of an LSTM brick in a
scan computes, :func:`lstm_stack_layer` a whole layer of a (bidirectional)
stack with the projection of its inputs. The kernel behind them,
:mod:`blocks_rnn_bricks.kernels`, computes only the steps at which the mask
is 1.

"""
from typing import Any, NamedTuple

import numpy
import theano
from theano import tensor
from theano.gradient import DisconnectedType, grad_not_implemented

from .kernels import layer
from .kernels.buffers import buffers
from .kernels.lstm import tape_size
from .kernels.plan import make_plan
from .kernels.threads import number_of_threads


class Direction(NamedTuple):
    """The variables of one direction of a layer.

    Attributes
    ----------
    W_input : matrix, shape (F, 4 * dim)
        The projection of the inputs, gates in the order i, j, f, o.
    bias : vector, shape (4 * dim,)
        Added to the projection.
    W_state : matrix, shape (dim, 4 * dim)
        The recurrent weights.
    initial_states, initial_cells : matrix, shape (B, dim)
        What the first valid step starts from.
    peepholes : matrix, shape (3, dim), or three vectors, or None
        The diagonal weights from the cells to the gates j, f and o.

    """

    W_input: Any
    bias: Any
    W_state: Any
    initial_states: Any
    initial_cells: Any
    peepholes: Any = None


def lstm_sequence(inputs, W_state, initial_states, initial_cells, mask=None,
                  peepholes=None, reverse=False, mask_outputs=False,
                  threads=None):
    r"""Iterate an LSTM over projected inputs.

    With the equations of :mod:`blocks_rnn_bricks.kernels.lstm`. All
    variables but the mask have one dtype, float32 or float64, which is that
    of the outputs.

    Parameters
    ----------
    inputs : tensor3, shape (T, B, 4 * dim)
        The inputs times their weights plus the bias, gates in the order
        i, j, f, o.
    W_state : matrix, shape (dim, 4 * dim)
        The recurrent weights.
    initial_states, initial_cells : matrix, shape (B, dim)
        What the first valid step starts from.
    mask : matrix, shape (T, B), optional
        Floating point; 1 for data, 0 where states and cells are carried
        over. Holes are allowed.
    peepholes : matrix, shape (3, dim), or three vectors, optional
        The diagonal weights from the cells to the gates j, f and o.
    reverse : bool
        Whether to process the last time step first. The outputs are then
        in the order of processing, as those of a recurrent brick applied
        with ``reverse=True``: ``states[0]`` is the state after the last
        time step.
    mask_outputs : bool
        Whether outputs are zero where the mask is 0. The states that are
        carried over are the same.
    threads : int, optional
        The number of threads; by default the environment variable
        ``BLOCKS_RNN_THREADS``, or else every core this process may use.
        Settled when the graph is built.

    Returns
    -------
    states, cells : tensor3, shape (T, B, dim)

    Raises
    ------
    TypeError
        If a variable has the wrong number of dimensions or dtype.
    ValueError
        At run time, if shapes do not fit or the mask is not binary.

    """
    return _apply(
        inputs, [Direction(None, None, W_state, initial_states,
                           initial_cells, peepholes)],
        mask, (bool(reverse),), False, mask_outputs, threads)[0]


def lstm_stack_layer(x, directions, mask=None, mask_outputs=False,
                     threads=None):
    """Apply a layer of one or two LSTMs, the second one backward in time.

    The directions run in threads of their own. What `x` holds at masked
    steps has no influence on any value or gradient, not even if it is NaN.

    Parameters
    ----------
    x : tensor3, shape (T, B, F)
        The inputs.
    directions : list of :class:`Direction`
        One or two; tuples of the same order will do. The second one
        processes the last time step first.
    mask, mask_outputs, threads
        As for :func:`lstm_sequence`.

    Returns
    -------
    list of tuple
        The states and cells of each direction, of shape (T, B, dim), at the
        time step of their input in both directions.

    Raises
    ------
    TypeError, ValueError
        As :func:`lstm_sequence`; ValueError for another number of
        directions.

    """
    directions = [Direction(*direction) for direction in directions]
    if len(directions) not in (1, 2):
        raise ValueError(
            "lstm_stack_layer: expected one direction or two, got {}".format(
                len(directions)))
    return _apply(x, directions, mask, (False, True)[:len(directions)], True,
                  mask_outputs, threads)


def _apply(x, directions, mask, reverse, projects, mask_outputs, threads):
    peeping = tuple(direction.peepholes is not None
                    for direction in directions)
    threads = number_of_threads(threads)
    op = FusedLSTM(Setting(
        reverse, projects, mask is not None, peeping, not mask_outputs,
        threads, max(1, threads // len(directions))))
    inputs = [x] if mask is None else [x, mask]
    for direction in directions:
        peepholes = direction.peepholes
        if isinstance(peepholes, (tuple, list)):
            peepholes = tensor.stack(peepholes)
        inputs += [variable for variable in direction._replace(
            peepholes=peepholes) if variable is not None]
    outputs = op(*inputs)
    return [tuple(outputs[first:first + 2])
            for first in range(0, len(outputs), 3)]


#: How many multiplications by recurrent weights, at least, are worth the
#: start of one more thread: those of about 0.2 milliseconds.
WORK_OF_THREAD = 8 * 10 ** 6


class Setting(NamedTuple):
    """What is settled when the graph is built.

    Attributes
    ----------
    reverse : tuple of bool
        For each direction, whether it is backward in time.
    projects : bool
        Whether the Op projects the inputs; outputs are then aligned with
        the time of the inputs, and in the order of processing if not.
    masked : bool
        Whether there is a mask.
    peeping : tuple of bool
        For each direction, whether it has peepholes.
    carry : bool
        Whether outputs at masked steps show the state carried over, or
        zero.
    threads : int
        The most threads to use.
    shares : int
        How many of them are for each direction, if there is enough to do.
        Settled here and not when the graph runs, since the backward pass
        must find the rows where the forward pass has put them.

    """

    reverse: tuple
    projects: bool
    masked: bool
    peeping: tuple
    carry: bool
    threads: int
    shares: int

    def plans(self, shape, mask, dims):
        """Plan a batch of shape ``(T, B)`` for directions of some dims."""
        return [make_plan(shape, mask, reverse, self.projects, self.carry,
                          self._worthwhile_shares(shape, dim))
                for reverse, dim in zip(self.reverse, dims)]

    def _worthwhile_shares(self, shape, dim):
        steps, batch = shape
        work = steps * batch * 4 * dim ** 2
        return max(1, min(self.shares, batch, work // WORK_OF_THREAD))

    def names(self):
        """Name the inputs of the forward Op, in their order."""
        names = ['x', 'mask'] if self.masked else ['x']
        for peeping in self.peeping:
            names += self.fields(peeping)
        return names

    def fields(self, peeping):
        """Name the fields of a :class:`Direction` that are inputs."""
        absent = ([] if self.projects else ['W_input', 'bias']) + (
            [] if peeping else ['peepholes'])
        return [name for name in Direction._fields if name not in absent]

    def split(self, inputs):
        """Sort inputs into x, mask and a list of :class:`Direction`.

        Absent ones are None.

        """
        inputs = iter(inputs)
        x = next(inputs)
        mask = next(inputs) if self.masked else None
        directions = [
            Direction(**dict(dict.fromkeys(Direction._fields), **{
                name: next(inputs) for name in self.fields(peeping)}))
            for peeping in self.peeping]
        return x, mask, directions

    def restrict(self, directions):
        """Keep only some of the directions, given by their numbers."""
        return self._replace(
            reverse=tuple(self.reverse[d] for d in directions),
            peeping=tuple(self.peeping[d] for d in directions))


#: The number of dimensions of the inputs.
_NDIM = dict(x=3, mask=2, W_input=2, bias=1, W_state=2, initial_states=2,
             initial_cells=2, peepholes=2)


class FusedLSTM(theano.Op):
    """Forward pass of an LSTM over the valid steps of a batch.

    Inputs are the sequence, the mask if there is one, and for each direction
    the fields of its :class:`Direction` that there are. Outputs are for each
    direction the states, the cells and the tape, a vector of what the
    gradient needs.

    Parameters
    ----------
    setting : :class:`Setting`

    """

    __props__ = ('setting',)

    def __init__(self, setting):
        self.setting = setting

    def make_node(self, *inputs):
        inputs = [tensor.as_tensor_variable(variable) for variable in inputs]
        names = self.setting.names()
        dtype = inputs[0].dtype
        for name, variable in zip(names, inputs):
            if variable.ndim != _NDIM[name]:
                raise TypeError(
                    "fused LSTM: {} must have {} dimensions, got {} ({})"
                    .format(name, _NDIM[name], variable.ndim, variable))
            if name != 'mask' and (variable.dtype != dtype or dtype not in
                                   ('float32', 'float64')):
                raise TypeError(
                    "fused LSTM: all inputs must have the dtype of the "
                    "sequence, float32 or float64; the sequence has {} and "
                    "{} has {}; cast one with tensor.cast, and set floatX "
                    "for shared variables".format(
                        dtype, name, variable.dtype))
        sequence = tensor.TensorType(dtype, (False,) * 3)
        tape = tensor.TensorType(dtype, (False,))
        return theano.Apply(self, inputs, [
            kind() for _ in self.setting.reverse
            for kind in (sequence, sequence, tape)])

    def perform(self, node, inputs, output_storage):
        x, mask, directions = self.setting.split(map(_array, inputs))
        shape = x.shape[:2]
        _check_shapes(x, mask, directions)
        directions = [_arrays(direction) for direction in directions]
        plans = self.setting.plans(
            shape, mask, [len(direction.W_state) for direction in directions])
        allocate = buffers.empty if self.setting.carry else buffers.zeros
        states, cells = (
            [allocate(shape + (len(direction.W_state),), x.dtype)
             for direction in directions] for _ in range(2))
        tapes = [
            buffers.empty(tape_size(plan.size, *direction.sizes),
                          x.dtype) if needed else None
            for direction, plan, needed in zip(
                directions, plans, self._needed(node))]
        layer.forward(x, directions, plans, states, cells, tapes,
                      self.setting.threads)
        for number, arrays in enumerate(zip(states, cells, tapes)):
            for kind, array in enumerate(arrays):
                output_storage[3 * number + kind][0] = (
                    numpy.empty(0, dtype=x.dtype) if array is None else array)

    def prepare_node(self, node, storage_map, compute_map, impl):
        """Find out which tapes the graph to be compiled reads.

        Without a gradient there is no need to write them, which saves a
        tenth of the time.

        """
        read = _read(storage_map)
        node.tag.tapes = [tape in read for tape in node.outputs[2::3]]

    def _needed(self, node):
        return getattr(node.tag, 'tapes', [True] * len(self.setting.reverse))

    def infer_shape(self, node, shapes):
        x, _, directions = self.setting.split(shapes)
        if self.setting.masked:
            steps = tensor.neq(node.inputs[1], 0).sum()
        else:
            steps = x[0] * x[1]
        inferred = []
        for direction in directions:
            dim = direction.W_state[0]
            features = x[2] if self.setting.projects else None
            inferred += [(x[0], x[1], dim)] * 2
            inferred.append((tape_size(steps, dim, features),))
        return inferred

    def connection_pattern(self, node):
        directions = len(self.setting.reverse)
        pattern = [[True, True, False] * directions]
        if self.setting.masked:
            pattern.append([False] * 3 * directions)
        for number, peeping in enumerate(self.setting.peeping):
            mine = [False] * 3 * directions
            mine[3 * number:3 * number + 2] = [True, True]
            pattern += [mine] * len(self.setting.fields(peeping))
        return pattern

    def L_op(self, inputs, outputs, output_grads):
        x, mask, directions = self.setting.split(inputs)
        connected = [not isinstance(gradient.type, DisconnectedType)
                     for gradient in output_grads]
        live = [number for number in range(len(directions))
                if any(connected[3 * number:3 * number + 2])]
        setting = self.setting.restrict(live)
        op = FusedLSTMGradient(
            setting, tuple(tuple(connected[3 * number:3 * number + 2])
                           for number in live))
        taken = [] if mask is None else [mask]
        for number in live:
            direction = directions[number]
            taken += [variable for variable in (
                direction.W_input, direction.W_state, direction.peepholes,
                outputs[3 * number + 2]) if variable is not None]
            taken += [tensor.cast(output_grads[3 * number + kind], x.dtype)
                      for kind in range(2)
                      if connected[3 * number + kind]]
        results = iter(op(*taken, return_list=True))
        gradients = {}
        d_z = []
        for number in live:
            for name in setting.fields(self.setting.peeping[number]):
                gradients[number, name] = next(results)
            if setting.projects:
                d_z.append(next(results))
        if setting.projects:
            d_x = FusedLSTMInputGradient(setting)(
                *[x] + ([] if mask is None else [mask]) +
                [directions[number].W_input for number in live] + d_z)
        else:
            d_x = next(results)
        terms = [d_x] + ([] if mask is None else [DisconnectedType()()])
        for number, peeping in enumerate(self.setting.peeping):
            terms += [gradients.get((number, name), DisconnectedType()())
                      for name in setting.fields(peeping)]
        return [_patterned(term, variable)
                for term, variable in zip(terms, inputs)]


class FusedLSTMGradient(theano.Op):
    """Backward pass: gradients with respect to the parameters.

    Inputs are the mask if there is one, and for each direction ``W_input``
    if the layer projects, ``W_state``, the peepholes if there are any, the
    tape of the forward pass and the gradients with respect to those of its
    outputs that the cost depends on. Outputs are for each direction the
    gradients with respect to the fields of its :class:`Direction`, and for a
    layer that projects, those with respect to the projected valid steps,
    for :class:`FusedLSTMInputGradient`; for one that does not, the gradient
    with respect to the sequence comes last.

    Parameters
    ----------
    setting : :class:`Setting`
    connected : tuple of tuple of bool
        For each direction, whether the cost depends on the states and the
        cells.

    """

    __props__ = ('setting', 'connected')

    def __init__(self, setting, connected):
        self.setting = setting
        self.connected = connected

    def _split(self, inputs):
        inputs = iter(inputs)
        mask = next(inputs) if self.setting.masked else None
        return mask, [
            _Backward(*(next(inputs) if there else None for there in (
                self.setting.projects, True, peeping, True) + connected))
            for peeping, connected in zip(self.setting.peeping,
                                          self.connected)]

    def make_node(self, *inputs):
        inputs = [tensor.as_tensor_variable(variable) for variable in inputs]
        dtype = self._split(inputs)[1][0].W_state.dtype

        def kind(ndim):
            return tensor.TensorType(dtype, (False,) * ndim)

        outputs = []
        for peeping in self.setting.peeping:
            outputs += [kind(_NDIM[name])()
                        for name in self.setting.fields(peeping)]
            if self.setting.projects:
                outputs.append(kind(2)())
        if not self.setting.projects:
            outputs.append(kind(3)())
        return theano.Apply(self, inputs, outputs)

    def perform(self, node, inputs, output_storage):
        mask, directions = self._split(map(_array, inputs))
        shape = directions[0].output_gradient.shape[:2]
        plans = self.setting.plans(
            shape, mask, [len(direction.W_state) for direction in directions])
        results = layer.backward(
            shape, [_arrays(direction) for direction in directions], plans,
            [direction.tape for direction in directions],
            [direction.d_states for direction in directions],
            [direction.d_cells for direction in directions],
            self.setting.threads, self._kept(node))
        outputs = []
        for peeping, result in zip(self.setting.peeping, results):
            outputs += [getattr(result, name)
                        for name in self.setting.fields(peeping)]
            if self.setting.projects:
                outputs.append(numpy.empty((0, 0), dtype=result.W_state.dtype)
                               if result.d_z is None else result.d_z)
        if not self.setting.projects:
            outputs.append(layer.input_gradient(
                shape, plans, [result.d_z for result in results],
                self.setting.threads))
        for storage, array in zip(output_storage, outputs):
            storage[0] = array

    def prepare_node(self, node, storage_map, compute_map, impl):
        """Find out whether the gradients of the valid steps are read.

        A first layer does not need them. They are then not written, which
        saves a third of the memory and some time.

        """
        if self.setting.projects:
            read = _read(storage_map)
            outputs = iter(node.outputs)
            node.tag.kept = []
            for peeping in self.setting.peeping:
                for _ in self.setting.fields(peeping):
                    next(outputs)
                node.tag.kept.append(next(outputs) in read)

    def _kept(self, node):
        return getattr(node.tag, 'kept', None)

    def infer_shape(self, node, shapes):
        _, directions = self._split(shapes)
        time, batch, dim = directions[0].output_gradient
        inferred = []
        for direction, peeping in zip(directions, self.setting.peeping):
            _, batch, dim = direction.output_gradient
            known = dict(
                W_input=direction.W_input, bias=(4 * dim,),
                W_state=direction.W_state, initial_states=(batch, dim),
                initial_cells=(batch, dim), peepholes=direction.peepholes)
            inferred += [known[name]
                         for name in self.setting.fields(peeping)]
            if self.setting.projects:
                steps = direction.tape[0] // tape_size(
                    1, dim, direction.W_input[0])
                inferred.append((steps, 4 * dim))
        if not self.setting.projects:
            inferred.append((time, batch, 4 * dim))
        return inferred

    def grad(self, inputs, output_grads):
        return _no_second_derivative(self, inputs)


class _Backward(NamedTuple):
    """The inputs of the backward pass for one direction."""

    W_input: Any
    W_state: Any
    peepholes: Any
    tape: Any
    d_states: Any
    d_cells: Any

    @property
    def output_gradient(self):
        """The gradient of one of the outputs, whichever there is."""
        return self.d_cells if self.d_states is None else self.d_states


class FusedLSTMInputGradient(theano.Op):
    """Gradient with respect to the inputs of a layer that projects them.

    Inputs are the sequence, the mask if there is one, the ``W_input`` of
    all directions and what :class:`FusedLSTMGradient` says of the projected
    valid steps of all directions. An Op of its own, because a first layer
    does not need it.

    Parameters
    ----------
    setting : :class:`Setting`

    """

    __props__ = ('setting',)

    def __init__(self, setting):
        self.setting = setting

    def make_node(self, *inputs):
        inputs = [tensor.as_tensor_variable(variable) for variable in inputs]
        return theano.Apply(self, inputs, [
            tensor.TensorType(inputs[0].dtype, (False,) * 3)()])

    def perform(self, node, inputs, output_storage):
        x, *inputs = map(_array, inputs)
        mask = inputs.pop(0) if self.setting.masked else None
        directions = len(self.setting.reverse)
        W_input, d_z = inputs[:directions], inputs[directions:]
        plans = self.setting.plans(
            x.shape[:2], mask, [W.shape[1] // 4 for W in W_input])
        output_storage[0][0] = layer.input_gradient(
            x.shape[:2], plans, d_z, self.setting.threads, W_input)

    def infer_shape(self, node, shapes):
        return [shapes[0]]

    def grad(self, inputs, output_grads):
        return _no_second_derivative(self, inputs)


def _read(storage_map):
    """Return the variables that some node of a compiled graph takes."""
    return {variable for output in storage_map if output.owner
            for variable in output.owner.inputs}


def _array(value):
    """Bring an array into the form that the kernels are compiled for."""
    return numpy.require(value, requirements='CAW')


def _arrays(direction):
    """Make a direction of the kernel of one of symbolic names."""
    dim = len(direction.W_state)
    peepholes = direction.peepholes
    if peepholes is None:
        peepholes = numpy.empty((0, dim), dtype=direction.W_state.dtype)
    return layer.Direction(
        direction.W_state, getattr(direction, 'initial_states', None),
        getattr(direction, 'initial_cells', None), peepholes,
        getattr(direction, 'W_input', None), getattr(direction, 'bias', None))


def _check_shapes(x, mask, directions):
    """Raise ValueError if shapes do not fit."""
    steps, batch, features = x.shape
    expected = [('mask', mask, (steps, batch))]
    for direction in directions:
        dim = len(direction.W_state)
        if direction.W_input is None:
            expected.append(('inputs', x, (steps, batch, 4 * dim)))
        expected += [
            ('W_input', direction.W_input, (features, 4 * dim)),
            ('bias', direction.bias, (4 * dim,)),
            ('W_state', direction.W_state, (dim, 4 * dim)),
            ('initial_states', direction.initial_states, (batch, dim)),
            ('initial_cells', direction.initial_cells, (batch, dim)),
            ('peepholes', direction.peepholes, (3, dim))]
    for name, array, shape in expected:
        if array is not None and array.shape != shape:
            raise ValueError(
                "fused LSTM: {} must have shape {} for a sequence of shape "
                "{} and W_state of shape {}, got {}".format(
                    name, shape, x.shape, directions[0].W_state.shape,
                    array.shape))


def _patterned(term, variable):
    """Give a gradient the broadcastable dimensions of its variable."""
    if isinstance(term.type, DisconnectedType):
        return term
    return tensor.patternbroadcast(term, variable.broadcastable)


def _no_second_derivative(op, inputs):
    return [grad_not_implemented(
        op, position, variable,
        "the fused LSTM has first derivatives only; build the brick with "
        "fused=False for higher ones")
        for position, variable in enumerate(inputs)]
