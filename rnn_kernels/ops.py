"""Theano operations that iterate cells over sequences.

Importing Numba takes longer than importing the rest of the package, so
functions import the modules of the kernels when they first need them.

"""
from typing import Any, NamedTuple

import numpy
import theano
from theano import tensor
from theano.gradient import DisconnectedType

from .buffers import buffers
from .layout import layout_of
from .op import KernelOp, no_second_derivatives
from .plan import is_binary, make_plan
from .threads import run as run_tasks

#: Minimal number of multiplications by weights per additional thread: about
#: 0.2 milliseconds of work.
WORK_OF_THREAD = 8 * 10 ** 6


class Recurrence(NamedTuple):
    """A cell and how it is iterated.

    Attributes
    ----------
    cells : :class:`~rnn_kernels.cell.Cells`
    reverse : bool
        Whether to process the last time step first.
    who : str
        The caller, for messages.

    """

    cells: Any
    reverse: bool
    who: str

    @property
    def arguments(self):
        """The arguments of the cell, in their order."""
        return self.cells.general.arguments

    @property
    def outputs(self):
        """The outputs of the cell, in order."""
        return self.cells.general.outputs

    @property
    def dtype(self):
        """The dtype of the cell."""
        return self.cells.general.dtype

    @property
    def mask(self):
        """The name of the mask that allows skipping steps, or None."""
        skipping = self.cells.skipping
        return None if skipping is None else skipping.mask

    def work(self):
        """Return the number of multiplications by weights of a step."""
        return sum(product.depth * product.width
                   for product in layout_of(self.cells.general).products)

    def bind(self, shape, arrays, shares):
        """Choose the cell by the mask, and plan its work.

        Parameters
        ----------
        shape : tuple of int
            ``(T, B)``.
        arrays : dict
            Arguments by name; unneeded ones may be missing.
        shares : int
            The number of threads of this recurrence.

        Returns
        -------
        :class:`~rnn_kernels.kernel.Run`

        """
        from .kernel import Run
        steps, batch = shape
        shares = max(1, min(shares, batch, steps * batch * self.work() //
                            WORK_OF_THREAD))
        mask = None
        cell = self.cells.general
        if self.mask is not None:
            mask = arrays[self.mask].reshape(shape)
            if is_binary(mask):
                cell = self.cells.skipping
            else:
                # Steps where the mask is 0 are computed, too: zero their
                # inputs, since 0 times NaN is NaN.
                arrays = {argument.name: numpy.where(
                    _beside(mask == 0, arrays[argument.name]), 0,
                    arrays[argument.name]).astype(self.dtype)
                    if argument.kind == 'sequence' else arrays[argument.name]
                    for argument in self.arguments
                    if argument.name in arrays}
                mask = None
        plan = make_plan(shape, mask, self.reverse, shares)
        arguments, initial = {}, {}
        for argument in self.arguments:
            if argument.name in arrays:
                array = arrays[argument.name]
                if argument.kind == 'state':
                    initial[argument.name] = array.reshape(
                        batch, argument.width)
                elif argument.kind == 'vector':
                    arguments[argument.name] = array.reshape(argument.width)
                elif argument.kind != 'matrix':
                    arguments[argument.name] = array.reshape(
                        -1, argument.width)
                else:
                    arguments[argument.name] = array
        return Run(cell, plan, arguments, initial)

    def shape(self, argument, steps, batch):
        """Return the shape that an argument must have.

        Vectors have None, since they may have further axes of length 1.

        """
        if argument.kind == 'matrix':
            return argument.rows, argument.width
        if argument.kind == 'vector':
            return None
        axes = (batch, argument.width)[:argument.ndim]
        return (steps,) + axes if argument.kind == 'sequence' else axes

    def check(self, arrays):
        """Raise ValueError if shapes do not match.

        Returns
        -------
        tuple of int
            ``(T, B)``.

        """
        first = self.cells.general.of_kind('sequence')[0].name
        shape = arrays[first].shape[:2]
        for argument in self.arguments:
            expected = self.shape(argument, *shape)
            got = arrays[argument.name].shape
            if expected is None:
                if arrays[argument.name].size == argument.width:
                    continue
                expected = (argument.width,)
            if got != expected:
                raise ValueError(
                    '{}: the {} {!r} must have the shape {}, since {!r} has '
                    '{}; got {}{}'.format(
                        self.who, argument.kind, argument.name, expected,
                        first, arrays[first].shape, got,
                        '; transpose batch-major data to time-major'
                        if argument.kind == 'sequence' and
                        got[:2] == expected[1::-1] else ''))
        return shape


class _RecurrencesOp(KernelOp):
    """Base class of the Ops of this module.

    Parameters
    ----------
    recurrences : tuple of :class:`Recurrence`
        Computed at the same time.
    threads : int
        The maximal number of threads.

    """

    def _tensor(self, dtype, ndim):
        return tensor.TensorType(dtype, (False,) * ndim)()


class Iterate(_RecurrencesOp):
    """Iterates cells over sequences.

    Inputs are the arguments of each cell, with whole sequences (T, B, ...) and
    initial states (B, ...). Outputs are, for each cell, the outputs of the
    step, (T, B, ...) in the order of processing, and the tape, a vector with
    the values that the gradient needs.

    Parameters
    ----------
    recurrences, threads
        See :class:`_RecurrencesOp`.

    Raises
    ------
    ValueError
        When the function runs, if shapes do not match.

    """

    __props__ = ('recurrences', 'threads')

    def __init__(self, recurrences, threads):
        self.recurrences = recurrences
        self.threads = threads

    def make_node(self, *inputs):
        inputs = [tensor.as_tensor_variable(variable) for variable in inputs]
        outputs = []
        for recurrence in self.recurrences:
            outputs += [self._tensor(recurrence.dtype, 1 + output.ndim)
                        for output in recurrence.outputs]
            outputs.append(self._tensor(recurrence.dtype, 1))
        return theano.Apply(self, inputs, outputs)

    def split(self, inputs):
        """Split inputs by recurrence, into dictionaries by name."""
        inputs = iter(inputs)
        return [{argument.name: next(inputs)
                 for argument in recurrence.arguments}
                for recurrence in self.recurrences]

    def split_outputs(self, outputs):
        """Split outputs by recurrence, into lists with the tape last."""
        outputs = iter(outputs)
        return [[next(outputs) for _ in range(len(recurrence.outputs) + 1)]
                for recurrence in self.recurrences]

    def shares(self):
        """Return the number of threads for each recurrence."""
        return max(1, self.threads // len(self.recurrences))

    def perform(self, node, inputs, output_storage):
        from .kernel import forward_tasks, tape_size
        tasks = []
        for recurrence, arrays, storage, read in zip(
                self.recurrences, self.split(map(buffers.carray, inputs)),
                self.split_outputs(output_storage),
                self.split_outputs(self.read(node))):
            shape = recurrence.check(arrays)
            run = recurrence.bind(shape, arrays, self.shares())
            cell = run.cell
            flat = {}
            for output, cell_ in zip(cell.outputs, storage):
                width = layout_of(cell).make.width(output.value)
                array = buffers.empty(
                    shape + (width,)[:output.ndim - 1], cell.dtype)
                flat[output.name] = array.reshape(-1, width)
                cell_[0] = array[::-1] if recurrence.reverse else array
            # Without a gradient no node reads the tape. Not writing it saves
            # a tenth of the time.
            taped = read[-1]
            tape = buffers.empty(
                tape_size(cell, run.plan.size) if taped else 0, cell.dtype)
            storage[-1][0] = tape
            tasks += forward_tasks(run, flat, tape if taped else None)
        run_tasks(tasks, self.threads)

    def infer_shape(self, *arguments):
        shapes = []
        for recurrence, given in zip(self.recurrences,
                                     self.split(arguments[-1])):
            first = recurrence.cells.general.of_kind('sequence')[0].name
            steps, batch = given[first][:2]
            make = layout_of(recurrence.cells.general).make
            for output in recurrence.outputs:
                width = numpy.int64(make.width(output.value))
                shapes.append((steps, batch) + (
                    tensor.constant(width),)[:output.ndim - 1])
            shapes.append(None)
        return shapes

    def connection_pattern(self, node):
        pattern = []
        for recurrence in self.recurrences:
            row = []
            for other in self.recurrences:
                row += [other is recurrence] * len(other.outputs) + [False]
            pattern += [row] * len(recurrence.arguments)
        return pattern

    def L_op(self, inputs, outputs, output_grads):
        taken, live, connected = [], [], []
        for recurrence, given, made, gradients in zip(
                self.recurrences, self.split(inputs),
                self.split_outputs(outputs),
                self.split_outputs(output_grads)):
            there = tuple(
                output.name for output, gradient in zip(
                    recurrence.outputs, gradients)
                if not isinstance(gradient.type, DisconnectedType))
            if not there:
                continue
            live.append(recurrence)
            connected.append(there)
            taken += [given[name]
                      for name in gradient_arguments(recurrence, there)]
            taken.append(made[-1])
            taken += [
                tensor.cast(gradient, recurrence.dtype)
                for output, gradient in zip(recurrence.outputs, gradients)
                if output.name in there]
        op = IterateGradient(tuple(live), tuple(connected), self.threads,
                             self.shares())
        results = iter(op(*taken, return_list=True))
        terms = []
        for recurrence, given in zip(self.recurrences, self.split(inputs)):
            for argument in recurrence.arguments:
                if recurrence not in live:
                    terms.append(DisconnectedType()())
                elif argument.name == recurrence.mask:
                    terms.append(None)
                else:
                    result = next(results)
                    if argument.kind == 'sequence':
                        result = wanted(result)
                    terms.append(tensor.patternbroadcast(
                        result, given[argument.name].broadcastable))
        return self._with_masks(terms, inputs, output_grads)

    def _with_masks(self, terms, inputs, output_grads):
        """Add gradients with respect to masks.

        These gradients need the steps that are otherwise skipped, so a
        separate Op computes all steps. It is in the graph only if the
        gradients are used.

        """
        if None not in terms:
            return terms
        whole = Iterate(tuple(
            recurrence._replace(cells=recurrence.cells._replace(
                skipping=None)) for recurrence in self.recurrences),
            self.threads)
        outputs = whole(*inputs, return_list=True)
        others = whole.L_op(inputs, outputs, output_grads)
        return [other if term is None else term
                for term, other in zip(terms, others)]


def gradient_arguments(recurrence, connected):
    """List the names of the arguments that the gradient also needs.

    Parameters
    ----------
    recurrence : :class:`Recurrence`
    connected : tuple of str
        The outputs on which the cost depends.

    Returns
    -------
    list of str

    """
    from .source import backward_source
    needed = {recurrence.mask}
    for cell in recurrence.cells:
        if cell is not None:
            source = backward_source(cell, _extra(cell, connected))
            needed.update(name for kind, name in source.parameters
                          if kind == 'argument')
    return [argument.name for argument in recurrence.arguments
            if argument.name in needed]


def _extra(cell, connected):
    return tuple(output.name for output in cell.outputs
                 if output.state is None and output.name in connected)


class IterateGradient(_RecurrencesOp):
    """The gradient of :class:`Iterate`.

    Inputs are, for each recurrence, the arguments that the gradient needs, the
    tape, and the gradients with respect to the outputs on which the cost
    depends. Outputs are the gradients with respect to all arguments except the
    masks.

    Parameters
    ----------
    recurrences, threads
        See :class:`_RecurrencesOp`.
    connected : tuple of tuple of str
        For each recurrence the outputs on which the cost depends.
    shares : int
        The number of threads for each recurrence in the forward pass, which
        may have been larger: the tape is split into as many parts.

    """

    __props__ = ('recurrences', 'connected', 'threads', 'shares')

    def __init__(self, recurrences, connected, threads, shares):
        self.recurrences = recurrences
        self.connected = connected
        self.threads = threads
        self.shares = shares

    def _split(self, inputs):
        """Split inputs by recurrence: arguments, tape and gradients."""
        inputs = iter(inputs)
        return [
            ({name: next(inputs)
              for name in gradient_arguments(recurrence, connected)},
             next(inputs), {name: next(inputs) for name in connected})
            for recurrence, connected in zip(self.recurrences,
                                             self.connected)]

    def _results(self, recurrence):
        return [argument for argument in recurrence.arguments
                if argument.name != recurrence.mask]

    def make_node(self, *inputs):
        inputs = [tensor.as_tensor_variable(variable) for variable in inputs]
        outputs = [
            self._tensor(recurrence.dtype, argument.ndim + (
                argument.kind == 'sequence'))
            for recurrence in self.recurrences
            for argument in self._results(recurrence)]
        return theano.Apply(self, inputs, outputs)

    def perform(self, node, inputs, output_storage):
        from .kernel import RunGradients
        tasks, passes = [], []
        wanted = self._wanted(node)
        for number, (recurrence, (arrays, tape, gradients)) in enumerate(zip(
                self.recurrences, self._split(inputs))):
            shape = next(iter(gradients.values())).shape[:2]
            run = recurrence.bind(
                shape, {name: buffers.carray(array)
                        for name, array in arrays.items()}, self.shares)
            one = RunGradients(run, {
                name: _in_time(gradient, recurrence.reverse).reshape(
                    shape[0] * shape[1],
                    gradient.shape[2] if gradient.ndim == 3 else 1)
                for name, gradient in gradients.items()}, wanted[number])
            mine = one.tasks(tape)
            passes.append((recurrence, one, len(mine), shape))
            tasks += mine
        parts = run_tasks(tasks, self.threads)
        storage = iter(output_storage)
        for recurrence, one, number, shape in passes:
            totals = one.sum(parts[:number])
            del parts[:number]
            totals.update(one.sequences)
            totals.update(one.contexts)
            totals.update(one.initial)
            for argument in self._results(recurrence):
                expected = recurrence.shape(argument, *shape)
                if expected is None:
                    expected = _vector_shape(argument)
                array = totals.get(argument.name)
                next(storage)[0] = (
                    numpy.zeros((0,) * len(expected), recurrence.dtype)
                    if array is None else array.reshape(expected))

    def _wanted(self, node):
        """List for each recurrence the arguments whose gradients are read.

        A first layer, for example, does not need those of sequences.

        """
        read = iter(self.read(node))
        return [[argument.name for argument in self._results(recurrence)
                 if next(read)] for recurrence in self.recurrences]

    def infer_shape(self, *arguments):
        shapes = []
        for recurrence, (_, _, gradients) in zip(
                self.recurrences, self._split(arguments[-1])):
            steps, batch = next(iter(gradients.values()))[:2]
            for argument in self._results(recurrence):
                shape = recurrence.shape(argument, steps, batch)
                if shape is None:
                    shape = _vector_shape(argument)
                shapes.append(tuple(
                    tensor.constant(numpy.int64(length)) if isinstance(
                        length, int) else length for length in shape))
        return shapes

    def grad(self, inputs, output_grads):
        return no_second_derivatives(
            self, inputs, 'kernels', 'for higher ones, iterate the step by '
            'scan: set RNN_KERNELS=0 or blocks.config.fuse_recurrent = False')


class Wanted(theano.Op):
    """A view of a gradient that is computed only if it is used.

    An Op can detect which nodes of a graph read its outputs, but not whether
    they are outputs of the function.

    """

    __props__ = ()
    view_map = {0: [0]}

    def make_node(self, variable):
        return theano.Apply(self, [variable], [variable.type()])

    def perform(self, node, inputs, output_storage):
        output_storage[0][0], = inputs

    def infer_shape(self, *arguments):
        return arguments[-1]

    def grad(self, inputs, output_grads):
        return output_grads


wanted = Wanted()


def _vector_shape(argument):
    """Return the shape of a vector that may have axes of length 1."""
    axes = [1] * argument.ndim
    if axes and argument.axis is not None:
        axes[argument.axis] = argument.width
    return tuple(axes)


def _beside(mask, sequence):
    """Add an axis of features to a mask if a sequence has one."""
    return mask.reshape(mask.shape + (1,) * (sequence.ndim - mask.ndim))


def _in_time(gradient, reverse):
    """Return a gradient in the order of time."""
    return buffers.carray(gradient[::-1] if reverse else gradient)
